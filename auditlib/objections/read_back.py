"""A filled form back again: held against the result it objects to and against the ledger, and made a proposal of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from auditlib.core.errors import InputError, Problem
from auditlib.core.file_names import is_reserved
from auditlib.delphi.forms.sheets import form_grids
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, withhold
from auditlib.ledger.read import Ledger
from auditlib.objections.contested import ContestedLine, ContestedResult
from auditlib.objections.form import MARKER, marker_rows
from auditlib.objections.layout import CHANGE, ENTRY, WIDTH, FormRow, form_rows, sheet_names
from auditlib.objections.proposal import Proposal
from auditlib.scheme.model import Scheme
from auditlib.scoring.adjustments.declared import CellChange
from auditlib.scoring.adjustments.overlay import changed_units

__all__ = ["FormSubject", "form_subject", "read_objection"]

COMMAND = "auditlib objections forms"
LETTERS = "ABCDEFG"
HARMLESS = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True)
class FormSubject:
    """Which result a form says that it is on."""

    run: str
    scheme: str
    period: str
    unit: str


@dataclass
class _FilledSheet:
    """What stands in the cells of one sheet that are to be filled."""

    changes: list[tuple[CellChange, str]] = field(default_factory=list)
    reason: str = ""
    filed: str = ""
    reason_at: str = ""
    filed_at: str = ""


def form_subject(file: Path) -> FormSubject:
    """Which result a form is on. Raises :class:`InputError` for a workbook that is none of these forms."""
    (marker,) = form_grids(file, {MARKER: 2}, COMMAND)
    named = {row[0]: row[1] for row in marker}
    wanted = ("run", "scheme", "period", "unit")
    if named.get("form") != "auditlib-objection/1" or any(not named.get(name) for name in wanted):
        raise InputError.at(file, MARKER, f"found a form of another kind, expected one of `{COMMAND}`")
    return FormSubject(*(named[name] for name in wanted))


def read_objection(
    file: Path, result: ContestedResult, ledger: Ledger, scheme: Scheme, *, late: bool = False
) -> tuple[Proposal, ...]:  # fmt: skip
    """What a filled form proposes, a proposal for each line that it objects to.

    Raises :class:`InputError` with every fault by its cell: a form on another result, a printed cell that was changed,
    a row of another unit or none of the ledger, a ``was`` that the ledger does not have, personal data, a form filed
    after the deadline (but for ``late``), and one in which nothing is filled.
    """
    names = sheet_names(result)
    marker, *grids = form_grids(file, {MARKER: 2, **dict.fromkeys(names, WIDTH)}, COMMAND)
    for found, expected in zip(marker, marker_rows(result), strict=False):
        if found[:2] != expected:
            told = f"found a form on {found[0]} {found[1]}, expected {expected[1]}"
            again = "; the result is another than the one it was written for: issue the forms anew"
            raise InputError.at(file, MARKER, told + (again if expected[0] == "result" else ""))
    problems: list[Problem] = []
    filled = [
        (line, name, one)
        for line, name, grid in zip(result.lines, names, grids, strict=True)
        if (one := _sheet(str(file), name, form_rows(result, line), grid, problems)) is not None
    ]
    if not filled and not problems:
        problems.append(
            Problem(str(file), None, "", "found nothing filled, expected an objection on one sheet at least")
        )
    proposals = [_proposal(str(file), result, line, name, one, late, problems) for line, name, one in filled]
    placed = [(change, place) for _, _, one in filled for change, place in one.changes]
    for (_, place), whose in zip(placed, changed_units(ledger, scheme, [change for change, _ in placed]), strict=True):
        if isinstance(whose, ValueError):
            problems.append(Problem(str(file), None, place, str(whose)))
        elif whose is not None and whose != result.unit:
            problems.append(Problem(str(file), None, place, f"found a row of {whose}, expected one of {result.unit}"))
    if problems:
        raise InputError(problems)
    return tuple(one for one in proposals if one is not None)


def _sheet(
    file: str, sheet: str, rows: Sequence[FormRow], grid: list[list[str]], problems: list[Problem]
) -> _FilledSheet | None:
    """What is filled on a sheet; None where nothing is. A printed cell that says something else is a problem."""
    own = _FilledSheet()
    begun = len(problems)
    padded = [*grid, *([[""] * WIDTH] * (len(rows) - len(grid)))]
    for number, (row, found) in enumerate(zip(rows, padded, strict=False), 1):
        for column, (printed, text) in enumerate(zip(row.whole, found, strict=False)):
            if printed is not ENTRY and _plain(printed) != _plain(text or ""):
                told = f"found {(text or 'nothing')[:60]}, expected {printed[:60] or 'nothing'}, as the form was sent"
                problems.append(Problem(file, None, f"{sheet}!{LETTERS[column]}{number}", told))
        if row.kind == "change":
            _change(file, sheet, number, dict(zip(CHANGE, (text or "" for text in found), strict=False)), own, problems)
        elif row.kind == "reason":
            own.reason, own.reason_at = found[1] or "", f"{sheet}!B{number}"
        elif row.kind == "filed":
            own.filed, own.filed_at = found[1] or "", f"{sheet}!B{number}"
    if any(any(row) for row in padded[len(rows) :]):
        problems.append(Problem(file, None, f"{sheet}!A{len(rows) + 1}", "found text below the form, expected nothing"))
    return own if own.changes or own.reason or own.filed or len(problems) > begun else None


def _plain(text: str) -> str:
    """A text as a workbook hands it back: blanks at its ends and the kind of its line ends are not kept."""
    return " ".join(text.split())


def _change(
    file: str, sheet: str, number: int, line: dict[str, str], own: _FilledSheet, problems: list[Problem]
) -> None:  # fmt: skip
    place = f"{sheet}!D{number}"
    if not any(line[name] for name in ("column", "was", "becomes", "ref")):
        return
    if missing := [name for name in ("register", "key", "column") if not line[name]]:
        told = f"found no {missing[0]} beside a change, expected the register, the record and the column"
        problems.append(Problem(file, None, f"{sheet}!{LETTERS[CHANGE.index(missing[0])]}{number}", told))
        return
    if (told := withhold(line["ref"])) != line["ref"]:
        problems.append(Problem(file, None, f"{sheet}!G{number}", f"found {told}, expected {NO_PERSONAL_DATA}"))
        return
    keys = [part.strip() for part in re.split("[,，、]", line["key"])]
    try:
        change = CellChange.model_validate({
            "register": line["register"].split()[-1], "key": keys, "column": line["column"].split()[-1],
            "was": line["was"] or None, "becomes": line["becomes"] or None, "ref": line["ref"] or None,
        })  # fmt: skip
    except ValidationError as error:
        told = "; ".join(str(one["msg"]).removeprefix("Value error, ") for one in error.errors())
        problems.append(Problem(file, None, place, told))
        return
    own.changes.append((change, place))


def _proposal(
    file: str, result: ContestedResult, line: ContestedLine, sheet: str, one: _FilledSheet, late: bool,
    problems: list[Problem],
) -> Proposal | None:  # fmt: skip
    """The proposal of a sheet; None, with the problems, where it cannot stand."""
    against, issue = result.terms.objections, result.terms.issue
    assert against is not None
    faults = []
    if not one.reason:
        faults.append((one.reason_at, f"found no reason on sheet {sheet}, expected one"))
    elif (told := withhold(one.reason)) != one.reason:
        faults.append((one.reason_at, f"found {told}, expected {NO_PERSONAL_DATA}"))
    try:
        filed = date.fromisoformat(one.filed[:10])
    except ValueError:
        faults.append((one.filed_at, f"found {one.filed[:40] or 'no day'}, expected the day of filing, as 2026-01-31"))
    else:
        if filed < issue.date:
            faults.append((one.filed_at, f"found {filed}, expected no earlier than the date of issue, {issue.date}"))
        elif filed > against.deadline and not late:
            faults.append((one.filed_at, f"found {filed}, expected no later than the deadline, {against.deadline}"))
    problems += [Problem(file, None, place, told) for place, told in faults]
    if faults:
        return None
    return Proposal(
        proposed=_name(result, line), run=result.terms.run, scheme=result.scheme, period=result.period,
        unit=result.unit, line=line.name, result=f"sha256:{result.fingerprint}", filed_on=filed,
        clause=against.clause, reason=one.reason, changes=tuple(change for change, _ in one.changes),
    )  # fmt: skip


def _name(result: ContestedResult, line: ContestedLine) -> str:
    """The name of a proposal: period, unit and line; a unit whose code is no plain name is told by a hash."""
    return "-".join(_harmless(part) for part in (result.period, result.unit, line.indicator, line.rule))


def _harmless(part: str) -> str:
    if HARMLESS.fullmatch(part) and not is_reserved(part):
        return part
    return f"u{hashlib.sha256(part.encode()).hexdigest()[:10]}"
