"""The tables of a report as pandas frames, headed in the language of the report.

Numbers that are points stay exact decimal text; a tuple in a cell is a list of keys of the rows behind it.
:mod:`auditlib.report.markup` turns a frame into HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pandas as pd

from auditlib.analysis.request import Reject
from auditlib.core.exact import Rounding
from auditlib.core.message import Sayable, points_words, t, told
from auditlib.core.numerals import number_text, signed
from auditlib.ledger.expectations import taken_at
from auditlib.ledger.registers import REGISTERS
from auditlib.report.headings.shared import REPORT
from auditlib.scheme.load import Resolved
from auditlib.scoring.ranking_table import outcome_title
from auditlib.scoring.result import ScoreLine, UnitScore

__all__ = [
    "frame", "joined", "outcome_words", "points_text", "reason_text", "reject_table", "shown_number",
    "with_reason",
]  # fmt: skip


def frame(
    rows: Iterable[Sequence[object]], columns: Sequence[str], language: str, headings: Mapping[str, str] = REPORT
) -> pd.DataFrame:
    """Rows under the ``headings`` of these keys."""
    return pd.DataFrame(
        [list(row) for row in rows], columns=[t(headings[name], language) for name in columns], dtype=object
    )  # fmt: skip


def shown_number(value: Fraction | None, rounding: Rounding) -> str | None:
    """A number as decimal text with a true minus; None stays None."""
    return None if value is None else number_text(value, rounding)


def points_text(value: Fraction, rounding: Rounding, language: str, *, sign: bool = True) -> str:
    """Points with their unit: beside the title of a rate a bare number would be taken for its value."""
    return points_words((signed if sign else number_text)(value, rounding), language)


def with_reason(operands: str, reason: str, language: str) -> str:
    """What was looked at, and in brackets why a person decided so or what weighed it again: no part of the number."""
    if not operands or not reason:
        return operands or reason
    return f"{operands}（{reason}）" if language == "zh" else f"{operands} ({reason})"


def reason_text(resolved: Resolved, line: ScoreLine, language: str) -> str:
    """Why a line has no points, or what weighed them again, in words."""
    return told(line.reason or "", language)


def _expected(expected: Sayable, language: str, as_of: datetime) -> str:
    """What was expected of a rejected row, in words.

    Times are held to when the ledger was taken, where it says so, which may be later than a report looks.
    """
    time = taken_at(expected)
    if time is None or time == as_of:
        return told(expected, language)
    return t(
        "a time no later than when the ledger was taken, {time}",
        language,
        time=time.isoformat(" ", "auto" if time.second or time.microsecond else "minutes"),
    )


def reject_table(rejects: Sequence[Reject], unit: str | None, language: str, as_of: datetime) -> pd.DataFrame:
    """Rejected rows counted by register, column and what was expected, with one example each.

    Those of the period stand apart from those whose time cannot be read. With a ``unit`` its own are counted beside
    those whose unit cannot be told. ``as_of`` is when the report looks.
    """
    kinds: dict[tuple[str, str, Sayable], list[Reject]] = {}
    for reject in rejects:
        kinds.setdefault((reject.register, reject.column, reject.expected), []).append(reject)
    rows = []
    for (register, column, expected), group in sorted(
        kinds.items(), key=lambda kind: (*kind[0][:2], told(kind[0][2], "en"))
    ):
        first = group[0]
        own = sum(reject.unit == unit for reject in group)
        of_unit = str(own) if any(reject.unit is not None for reject in group) else t("cannot be told", language)
        title = f"{REGISTERS[register].zh} {register}" if language == "zh" and register in REGISTERS else register
        example = f"{Path(first.file).name}: {first.row} → {told(first.found, language)}"
        undated = sum(reject.at is None for reject in group)
        counted = (str(len(group) - undated), str(undated), of_unit)
        rows.append((title, column, _expected(expected, language, as_of), *counted, example))
    table = frame(rows, ("register", "column", "expected", "rows", "undated", "of_unit", "example"), language)
    shown = {"undated": any(reject.at is None for reject in rejects), "of_unit": unit is not None}
    return table.drop(columns=[t(REPORT[name], language) for name, there in shown.items() if not there])


def outcome_words(unit: UnitScore, language: str) -> str:
    """The outcomes of a unit by title; those that a tie leaves open are marked."""
    return joined([told(outcome_title(outcome), language) for outcome in unit.outcomes], language)


def joined(names: Sequence[str], language: str) -> str:
    """Several names as people list them."""
    return ("、" if language == "zh" else ", ").join(names)
