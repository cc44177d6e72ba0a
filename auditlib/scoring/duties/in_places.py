"""Duties judged at several places, each with all rows of its cases; put together they are what one place gives.

A ledger's parts hold the rows of their units. The acts of a case may be of several units (legs that cross), so that
they lie in several parts: here each case meets its acts, events and checks at one place, which a checksum of its id
names. Rows of no case (a unit's own duties, submissions, events of the unit) are judged at the first place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import getitem
from pathlib import Path
from typing import Any

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.divided.parts import Part, buckets, in_parts
from auditlib.ledger.note import LedgerNote
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scoring.duties.decided import DECIDED, decided
from auditlib.scoring.duties.found import is_filled, is_told_by_values
from auditlib.scoring.duties.instance_counts import InstanceCounts
from auditlib.scoring.duties.listing import Listing
from auditlib.scoring.duties.measured import Measured, measured, together
from auditlib.scoring.duties.row_facts import RowFacts
from auditlib.scoring.duties.rows import DutyRows

__all__ = [
    "MEETING", "DutyAnswer", "DutyQuestion", "answer_of", "answers_at_places", "filled_anywhere", "filled_in",
    "judged_apart", "judged_at", "judged_in", "judged_listing", "rows_by_place",
]  # fmt: skip

MEETING = ("cases", "acts", "events", "checks", "submissions")
"""The registers of which duties look at rows that lie in parts."""
OF_CASES = ("cases", "acts", "events")
"""What a duty is of that is judged at the place of its case."""


@dataclass(frozen=True)
class DutyQuestion:
    """Which duties are judged, for what period, as seen when; ``measures`` names the measures that count them.

    ``note`` and ``ledger`` are what the ledger says of itself, and what errors call it.
    """

    resolved: Resolved
    period: Period
    as_of: datetime
    calendar: Calendar | None
    exclude: bool
    note: LedgerNote
    ledger: str
    measures: tuple[str, ...] = ()

    def rows(self, registers: Mapping[str, pl.LazyFrame], filled: Mapping[tuple[str, str], bool]) -> DutyRows:
        """These registers as duties look at them; ``filled`` says which columns have a value anywhere in the ledger."""
        ledger = Ledger(Path(self.ledger), self.note, registers, pl.DataFrame())
        rows = DutyRows.of(self.resolved, ledger, self.period, self.as_of, self.calendar, exclude=self.exclude)
        return replace(rows, known_filled=filled)


@dataclass(frozen=True)
class DutyAnswer:
    """What the duties of some rows come to: counts, what the reader must know, what decision tables give, measures.

    ``problems`` says that they could not be judged there.
    """

    counts: InstanceCounts = field(default_factory=InstanceCounts)
    facts: RowFacts = field(default_factory=RowFacts)
    decided: tuple[tuple[Any, ...], ...] = ()
    measured: Mapping[str, Measured] = field(default_factory=dict)
    problems: bool = False


def judged_apart(question: DutyQuestion, registers: Mapping[str, pl.LazyFrame]) -> bool:
    """Whether cases can be judged without each other: no duty asks whether there was an earlier one."""
    rows = question.rows(registers, {})
    scheme = question.resolved.scheme
    return not any(
        column.earlier is not None and name in rows.read_columns(register)
        for register, columns in scheme.columns.items()
        for name, column in columns.items()
    )


def answers_at_places(
    question: DutyQuestion, registers: Collection[str], parts: Sequence[Any], places: int, submit: Callable[..., Any]
) -> list[Any]:
    """The answer of every place, for a ledger with these ``registers`` in ``parts``.

    ``submit(function, *arguments)`` gives the function's value or something that stands for it, and takes such as
    arguments. The answers come as ``submit`` gives them.
    """
    meeting = [name for name in MEETING if name in registers]
    spread = [submit(rows_by_place, places, part, meeting) for part in parts]
    rows = [[submit(getitem, found, place) for found in spread] for place in range(places)]
    filled = [submit(filled_at, question, parts[0], own) for own in rows]
    return [submit(judged_at, question, parts[0], own, place == 0, filled) for place, own in enumerate(rows)]


def rows_by_place(places: int, part: Part, names: Sequence[str]) -> list[dict[str, pl.DataFrame]]:
    """The rows of a part, register by register, by the place at which those of their case meet."""
    registers = part.registers()
    tables = {name: registers[name].collect() for name in names}
    where = {name: _place(table, places) for name, table in tables.items()}
    return [{name: table.filter(where[name] == place) for name, table in tables.items()} for place in range(places)]


def _place(table: pl.DataFrame, places: int) -> pl.Series:
    """The place of each row: that of its case, and the first for what is of no case."""
    if "case_id" not in table.columns:
        return pl.repeat(0, table.height, dtype=pl.Int64, eager=True)
    return buckets(table["case_id"], places)


def _met(part: Part, rows: Sequence[Mapping[str, pl.DataFrame]]) -> dict[str, pl.LazyFrame]:
    """The registers at a place: the rows that met there, and the small registers, which every part has whole."""
    whole = {name: frame for name, frame in part.registers().items() if not in_parts(name)}
    return whole | {name: pl.concat([own[name] for own in rows]).lazy() for name in rows[0]}


def filled_at(
    question: DutyQuestion, part: Part, rows: Sequence[Mapping[str, pl.DataFrame]]
) -> dict[tuple[str, str], bool]:
    """Of each column that a duty looks for, whether any row at a place has a value."""
    return filled_in(question, _met(part, rows))


def filled_in(question: DutyQuestion, registers: Mapping[str, pl.LazyFrame]) -> dict[tuple[str, str], bool]:
    """Of each column that a duty looks for, whether any of these rows has a value."""
    own = question.rows(registers, {})
    moments = {(duty.of, moment) for duty in own.scheme.duties for moment in duty.moments if isinstance(moment, str)}
    return {
        (register, name): is_filled(own, register, name)
        for register, name in sorted(moments)
        if is_told_by_values(own, register, name)
    }


def filled_anywhere(every: Sequence[Mapping[tuple[str, str], bool]]) -> dict[tuple[str, str], bool]:
    """Of each column, whether any of several has a value."""
    return {key: any(one[key] for one in every) for key in every[0]}


def judged_at(
    question: DutyQuestion,
    part: Part,
    rows: Sequence[Mapping[str, pl.DataFrame]],
    first: bool,
    filled: Sequence[Mapping[tuple[str, str], bool]],
) -> DutyAnswer:
    """The duties of the rows that met at a place; at the ``first`` one those of no case, too."""
    return judged_in(question, _met(part, rows), first, filled_anywhere(filled))


def judged_in(
    question: DutyQuestion, registers: Mapping[str, pl.LazyFrame], first: bool, filled: Mapping[tuple[str, str], bool]
) -> DutyAnswer:
    """The duties of these rows, all of their cases among them; of the ``first`` ones those of no case, too."""
    own = question.rows(registers, filled)
    try:
        return judged_listing(Listing(own), question.measures, first=first)
    except InputError:
        return DutyAnswer(problems=True)  # of all places together the ledger's owner is told


def judged_listing(listing: Listing, measures: Sequence[str] = (), *, first: bool = True) -> DutyAnswer:
    """What the duties of a listing come to; those that are of no case only where it is the ``first`` of several.

    Raises :class:`InputError` where days are needed that the calendar lacks.
    """
    own, counts = listing.rows, InstanceCounts()
    found: dict[str, list[pl.DataFrame]] = {name: [] for name in measures}
    for duty, judged in listing.judged():
        if not first and duty.of not in OF_CASES:
            continue
        counts.add(listing, duty, judged)
        for name in measures:
            if own.scheme.measures[name].duty == duty.id:
                found[name].append(listing.inside(judged))
    numbers = {
        name: measured(own.scheme.measures[name], pl.concat(tables)) if tables else Measured()
        for name, tables in found.items()
    }
    return DutyAnswer(counts, RowFacts.of(own), tuple(decided(own).rows()), numbers)


def answer_of(answers: Iterable[DutyAnswer]) -> DutyAnswer | None:
    """The answer of the whole ledger from those of its places; None where it cannot be judged."""
    every = list(answers)
    if any(one.problems for one in every):
        return None
    counts = InstanceCounts.together([one.counts for one in every])
    tables: Counter[tuple[str, str, str | None]] = Counter()
    for one in every:
        for column, unit, value, number in one.decided:
            tables[column, unit, value] += number
    rows = [(*key, number) for key, number in tables.items()]
    table = pl.DataFrame(rows, schema=DECIDED, orient="row").sort("column", "unit", "value", nulls_last=True)
    names = every[0].measured
    return DutyAnswer(
        counts,
        RowFacts.together([one.facts for one in every]),
        tuple(table.rows()),
        {name: together([one.measured[name] for one in every]) for name in names},
    )
