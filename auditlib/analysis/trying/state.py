"""What a scheme gives one unit, as its files stand and with a what-if."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from auditlib.analysis.trying.rows import with_rows
from auditlib.analysis.trying.what_if import WhatIf, changed_scheme
from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError, Problem
from auditlib.core.home import shown
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.find import find_ledger
from auditlib.ledger.read import Ledger
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved, SchemeFile, find_scheme, load_scheme, scheme_files
from auditlib.scoring.assess import assess_resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["NOTHING", "State", "Tried", "look"]

NOTHING = WhatIf()


@dataclass(frozen=True)
class Tried:
    """What is tried: a scheme, by its id or file, on one unit of a ledger in a period."""

    scheme: str
    ledger: Path
    period: Period
    unit: str
    as_of: datetime | None = None
    days: CalendarChoice = PUBLISHED
    accept_rejects: bool = False

    @cached_property
    def file(self) -> Path:
        """The file of the scheme. Raises :class:`InputError`."""
        return find_scheme(self.scheme, on=self.period.first)

    def watched(self) -> list[Path]:
        """The files whose change changes the state: the scheme, those that it extends, the ledger's."""
        try:
            schemes = scheme_files(self.file)
        except InputError:  # as it stands it is none; the state says why
            schemes = [self.file]
        folder = find_ledger(self.ledger)
        files = sorted(file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else [folder]
        return [*schemes, *files]


@dataclass(frozen=True)
class State:
    """A unit as the scheme scores it, among all units; ``what_if`` says what is otherwise than saved.

    ``ledger`` is what was scored: with the other rows, and with what appeals have changed.
    """

    scheme: SchemeFile
    ledger: Ledger = field(repr=False)
    resolved: Resolved = field(repr=False)
    result: Result = field(repr=False)
    unit: UnitScore
    what_if: WhatIf
    calendar: Calendar | None = field(default=None, repr=False)


def look(tried: Tried, what_if: WhatIf = NOTHING) -> State:
    """The state of the unit. Raises :class:`InputError` with every fault, each with its place."""
    file = load_scheme(tried.file, shown(tried.file))
    supplied = what_if.supplied(file)
    scheme = changed_scheme(file, what_if.changes(file))
    resolved = scheme.resolve(what_if.readings, supplied, tried.period.first)
    ledger = with_rows(_ledger(tried), what_if.rows, tried.as_of)
    assessed = assess_resolved(resolved, ledger, tried.period, tried.as_of, days=tried.days, duties=True)
    result = assessed.result
    known = [unit.unit for unit in result.units]
    if tried.unit not in known:
        listed = ", ".join(sorted(known)[:20]) or "none"
        raise InputError.at(
            tried.ledger, "unit", f"found {tried.unit}, expected one of those assessed in {tried.period}: {listed}"
        )
    return State(
        scheme, assessed.ledger, resolved, result, result.unit(tried.unit), what_if, assessed.calendar
    )  # fmt: skip


def _ledger(tried: Tried) -> Ledger:
    """The ledger, refused with the place of every rejected row, unless somebody accepted that."""
    ledger = read_for(str(tried.file), find_ledger(tried.ledger), tried.as_of)
    if ledger.rejects.height and not tried.accept_rejects:
        rows = ledger.rejects.select("file", "row", "column", "found", "expected").iter_rows()
        raise InputError(
            Problem(str(tried.ledger / file), row, column, f"found {found}, expected {expected}")
            for file, row, column, found, expected in rows
        )
    return ledger
