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

from auditlib.analysis.explain import bounds_note, explain
from auditlib.analysis.gaps import GapState, gap_states
from auditlib.analysis.losses import lost
from auditlib.analysis.request import CaseRow, EventRow, Reject
from auditlib.core.exact import Rounding
from auditlib.core.message import Sayable, t, told
from auditlib.core.numerals import number_text, signed
from auditlib.ledger.expectations import taken_at
from auditlib.ledger.registers import REGISTERS
from auditlib.report.headings import POLICIES, REPORT, STATUSES
from auditlib.scheme.load import Resolved
from auditlib.scoring.points import paired
from auditlib.scoring.result import IndicatorScore, Result, ScoreLine, UnitScore

__all__ = [
    "case_table", "cell_text", "event_table", "frame", "gap_table", "indicator_table", "joined", "line_table",
    "outcome_words", "points_table", "points_text", "ranking_table", "reading_table", "reason_text",
    "reject_table", "shown_number", "with_reason",
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
    unit = " 分" if language == "zh" else " point" if abs(value) == 1 else " points"
    return (signed if sign else number_text)(value, rounding) + unit


def indicator_table(resolved: Resolved, result: Result, unit: UnitScore, language: str) -> pd.DataFrame:
    """One row an indicator: full mark, points, loss, status in words, and what bounded it or what is lacking."""
    dimensions = {dimension.id: dimension.title(language) for dimension in resolved.scheme.dimensions}
    rows = [
        (
            indicator.title(language),
            dimensions.get(indicator.dimension or "", ""),
            shown_number(scored.max, result.rounding),
            shown_number(scored.points, result.rounding),
            _lost_text(lost(indicator, scored), result.rounding),
            t(STATUSES[scored.status] if scored.met is None else "met" if scored.met else "not met", language),
            _note(resolved, result, unit, scored, language),
        )
        for indicator, scored in paired(resolved.scheme, unit.indicators)
    ]
    table = frame(rows, ("indicator", "dimension", "max", "points", "lost", "status", "note"), language)
    return table if dimensions else table.drop(columns=t("Dimension", language))


def _lost_text(value: Fraction | None, rounding: Rounding) -> str | None:
    if value is None:
        return None
    return "0" if value == 0 else signed(-value, rounding)


def _note(resolved: Resolved, result: Result, unit: UnitScore, scored: IndicatorScore, language: str) -> str:
    notes = [bounds_note(scored, result.rounding, language)]
    if scored.met is not None:
        own = (line for line in explain(resolved, result, unit, language) if line.indicator == scored.id)
        notes += [f"{line.operands}{'；' if language == 'zh' else '; '}{line.arithmetic}" for line in own]
    if scored.status != "scored" or scored.gaps:
        missing = (line.reason for line in scored.lines if line.points is None and line.reason)
        notes += [told(reason, language) for reason in dict.fromkeys(missing)]
    return ("；" if language == "zh" else "; ").join(note for note in notes if note)


def line_table(resolved: Resolved, result: Result, unit: UnitScore, language: str) -> pd.DataFrame:
    """Every score line: clause and quote, what was counted, the arithmetic, the points, the keys of the rows behind."""
    titles = {indicator.id: indicator.title(language) for indicator in resolved.scheme.indicators}
    rows = []
    for line, scored in zip(explain(resolved, result, unit, language), _lines(unit), strict=True):
        reason = reason_text(resolved, scored, language)
        operands = with_reason(line.operands, reason, language)
        rows.append(
            (titles[line.indicator], line.title, line.clause, line.quote, operands, line.arithmetic, line.points,
             len(line.evidence), (*line.evidence, *line.facts), "\n".join(line.readings))
        )  # fmt: skip
    columns = (
        "indicator",
        "rule",
        "clause",
        "quote",
        "operands",
        "arithmetic",
        "points",
        "count",
        "case_ids",
        "readings",
    )
    return frame(rows, columns, language)


def _lines(unit: UnitScore) -> Iterable[ScoreLine]:
    return (line for indicator in unit.indicators for line in indicator.lines)


def with_reason(operands: str, reason: str, language: str) -> str:
    """What was looked at, and in brackets why a person decided so or what weighed it again: no part of the number."""
    if not operands or not reason:
        return operands or reason
    return f"{operands}（{reason}）" if language == "zh" else f"{operands} ({reason})"


def reason_text(resolved: Resolved, line: ScoreLine, language: str) -> str:
    """Why a line has no points, or what weighed them again, in words."""
    return told(line.reason or "", language)


def reading_table(resolved: Resolved, language: str) -> pd.DataFrame:
    """Every open clause, the question it leaves, the answer in use, and the answers that are not."""
    rows = []
    for name, reading in resolved.scheme.readings.items():
        used = resolved.readings[name]
        others = tuple(option(language) for key, option in reading.options.items() if key != used)
        rows.append((reading.clause, reading.question(language), reading.options[used](language), "\n".join(others)))
    return frame(rows, ("clause", "question", "used", "others"), language)


def gap_table(resolved: Resolved, result: Result, units: Sequence[UnitScore], language: str) -> pd.DataFrame:
    """What the source does not give, how many points hang on it, what is done about it, and the value supplied.

    Where people's marks stand in for a value, it says so, and of how many of the ``units`` they are lacking.
    """
    rows = [
        (
            gap.clause,
            gap.missing(language),
            shown_number(gap.max, result.rounding),
            t(POLICIES[gap.policy], language),
            shown_number(resolved.supplied.get(state.name), result.rounding) or _in_place(state, language),
        )
        for state, gap in zip(gap_states(resolved, result, units), resolved.scheme.gaps.values(), strict=True)
    ]
    return frame(rows, ("clause", "missing", "max", "policy", "supplied"), language)


def _in_place(state: GapState, language: str) -> str:
    """What stands in place of a value that nobody supplied."""
    if state.outcome or (state.open and not state.marked):
        return t("not supplied", language)
    if not state.marked:
        return t("not supplied, and nothing here hangs on it", language)
    return t(
        "marked by people; {count} {count:unit lacks|units lack} it" if state.open else "marked by people",
        language,
        count=len(state.open),
    )


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


def _in_english(kind: tuple[Sayable, ...]) -> list[str]:
    return [told(one, "en") for one in kind]


def ranking_table(result: Result, language: str, previous: Result | None = None) -> pd.DataFrame:
    """Every unit by group and rank with its total, out of how much, its change, ties and outcomes."""
    earlier = {unit.unit: unit for unit in previous.units} if previous else {}
    rows = []
    for unit in result.units:
        before = earlier.get(unit.unit)
        comparable = before is not None and before.total_of == unit.total_of
        change = None
        if comparable and before is not None and before.total is not None and unit.total is not None:
            change = signed(unit.total - before.total, result.rounding)
        rows.append(
            (
                None if unit.rank is None else str(unit.rank),
                unit.unit,
                unit.name,
                unit.group or "",
                unit.ranked_in or "",
                shown_number(unit.total, result.total_rounding),
                shown_number(unit.total_of, result.rounding),
                change,
                None if unit.total is None else t("yes" if unit.complete else "in part", language),
                joined(unit.tie, language),
                outcome_words(unit, language),
                str(sum(own.count for own in unit.provisional) or ""),
            )
        )
    columns = ("rank", "code", "name", "group", "ranked_in", "total", "out_of", "change", "complete", "tie", "outcomes")
    table = frame(rows, (*columns, "provisional_rows"), language)
    empty = {
        "group": not any(unit.group for unit in result.units),
        "ranked_in": not any(unit.moved for unit in result.units),
        "out_of": not any(unit.total_of is not None for unit in result.units),
        "change": not earlier,
        "tie": not any(unit.tie for unit in result.units),
        "outcomes": not any(unit.outcomes for unit in result.units),
        "provisional_rows": result.provisional_after is None,
    }
    return table.drop(columns=[t(REPORT[name], language) for name, drop in empty.items() if drop])


def cell_text(scored: IndicatorScore, rounding: Rounding, language: str) -> str | None:
    """The points of an indicator, or whether its target is met; None without either."""
    if scored.met is not None:
        return t("met" if scored.met else "not met", language)
    return shown_number(scored.points, rounding)


def points_table(resolved: Resolved, result: Result, language: str) -> pd.DataFrame:
    """The points of every unit (a row) under every indicator (a column), by group and rank."""
    assessed = result.units[0].indicators if result.units else ()
    titles = [indicator.title(language) for indicator, _ in paired(resolved.scheme, assessed)]
    rows = [
        (unit.name, *(cell_text(scored, result.rounding, language) for scored in unit.indicators))
        for unit in result.units
    ]
    return pd.DataFrame([list(row) for row in rows], columns=[t("Unit", language), *titles], dtype=object)


def case_table(counted: Mapping[str, Sequence[str]], cases: Mapping[str, CaseRow], language: str) -> pd.DataFrame:
    """The cases behind lost points: what kind, from when to when, and the rules that they cost points under."""
    unknown = CaseRow("", None, None, None)
    found = {key: cases.get(key, unknown) for key in sorted(counted)}
    kinds = {case.kind for case in found.values()}
    by_category = len(kinds) < 2 and any(case.category for case in found.values())
    limited = any(case.due_at is not None for case in found.values())
    rows = []
    for key, case in found.items():
        closed = _minute(case.closed_at) or t("open", language)
        kind = (case.category if by_category else case.kind) or ""
        rows.append(
            (key, kind, _minute(case.received_at), _minute(case.due_at), closed, joined(counted[key], language))
        )
    table = frame(rows, ("case", "kind", "received", "due", "closed", "counted_in"), language)
    empty = [name for name, there in (("kind", by_category or kinds != {None}), ("due", limited)) if not there]
    return table.drop(columns=[t(REPORT[name], language) for name in empty])


def event_table(counted: Mapping[str, Sequence[str]], events: Sequence[EventRow], language: str) -> pd.DataFrame:
    """The events behind lost points: what kind, when, and the rules under which they lost points."""
    rows = [
        (event.event_id, event.kind, _minute(event.at), joined(counted[event.event_id], language))
        for event in events
        if event.event_id in counted
    ]
    return frame(rows, ("event", "kind", "happened", "counted_in"), language)


def _minute(value: object) -> str:
    return "" if value is None else str(value)[:16]


def outcome_words(unit: UnitScore, language: str) -> str:
    """The outcomes of a unit by title; those that a tie leaves open are marked."""
    words = [
        outcome.title(language) + ("" if outcome.decided else t(" (undecided)", language)) for outcome in unit.outcomes
    ]
    return joined(words, language)


def joined(names: Sequence[str], language: str) -> str:
    """Several names as people list them."""
    return ("、" if language == "zh" else ", ").join(names)
