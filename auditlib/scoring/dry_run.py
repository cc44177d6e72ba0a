"""Scoring tried over registers that are there, typed and empty: what only counting would find, found without data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError, Problem
from auditlib.core.period import Granularity, Period
from auditlib.ledger.checks import REJECTS_SCHEMA
from auditlib.ledger.note import LedgerNote
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.model import Scheme
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.counting import Counter
from auditlib.scoring.score import score

__all__ = ["dry_run", "empty_ledger"]

SOME_DAY = date(2025, 1, 1)
"""Of a scheme whose source names no day."""
NOBODY = "nobody"
"""The one unit of the empty ledger: without one no rule would be applied."""


def empty_ledger(scheme: Scheme) -> Ledger:
    """A ledger with every register and column that there is and the scheme declares, one unit, and no other row.

    Only the list of exclusions is not there: with one everything is scored twice.
    """
    frames = {}
    for name, register in scheme.known_registers.items():
        if name == "exclusions":
            continue
        own = dict.fromkeys(scheme.extra_columns.get(name, {}), pl.String())
        schema = {column.name: column.dtype for column in register.columns} | own
        rows = {"unit": [NOBODY]} if name == "units" else {}
        frames[name] = pl.DataFrame({column: rows.get(column, [None] * len(rows)) for column in schema}, schema=schema)
    registers = {name: frame.lazy() for name, frame in frames.items()}
    return Ledger(
        Path("empty"), LedgerNote(), registers, pl.DataFrame(schema=REJECTS_SCHEMA), extra=scheme.extra_registers
    )


def dry_run(file: SchemeFile, days: CalendarChoice = PUBLISHED) -> tuple[Problem, ...]:
    """What scoring refuses in the first whole period in which a scheme is in force, whatever the rows; none at best.

    The readings in use are tried. A calendar that is not there, a value that is not in force yet, and an expression
    that Polars cannot compute over the types of the registers are found so.
    """
    scheme = file.natural
    period = _first_period(scheme)
    try:
        resolved = file.resolve(on=period.first)
    except InputError as error:
        return error.problems
    try:
        calendar = calendar_of(resolved, days)
    except InputError as error:
        return tuple(file.tree.problem(("calendar",), f"{one.file}: {one.message}") for one in error.problems)
    ledger = empty_ledger(scheme)
    try:
        score(resolved, ledger, period, calendar=calendar, evidence=False)
    except InputError as error:
        counter = Counter(resolved.scheme, ledger.registers, period, period.end, calendar)
        return tuple(_by_measure(file, counter)) or tuple(file.tree.problem((), one.message) for one in error.problems)
    return ()


def _by_measure(file: SchemeFile, counter: Counter) -> list[Problem]:
    """Which measures cannot be counted, each with its place."""
    found = []
    for name in counter.scheme.measures:
        try:
            counter.counts([name])
        except InputError as error:
            found += [file.tree.problem(("measures", name), one.message) for one in error.problems]
    return found


def _first_period(scheme: Scheme) -> Period:
    """The first period of the scheme's own kind that begins when it is in force, or on it."""
    granularity: Granularity = scheme.periods[0]
    first = scheme.effective.first or SOME_DAY
    month = Period(date(first.year, first.month, 1), "month")
    period = month.around(granularity, scheme.year_starts)
    return period if period.first >= first else Period(period.after, granularity)
