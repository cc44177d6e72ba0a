"""Tallies: what the rows of a ledger add up to, taken of the whole at once or of its parts, and equal either way.

A part holds all rows of its units, so that counts of different parts only have to be put side by side. One thing
looks past a unit: whether a row repeats an earlier one, which may stand in another part. Rows that could be compared
are therefore handed round first, each set of keys to one place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from operator import getitem
from typing import Any
from zlib import crc32

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.divided.parts import Part
from auditlib.scheme.columns import columns_of
from auditlib.scheme.model import Scheme
from auditlib.scheme.times import Earlier
from auditlib.scoring.counting import Counter
from auditlib.scoring.own_columns import typed_registers, unreadable
from auditlib.scoring.own_rows import without_excluded
from auditlib.scoring.repeats import repeated_keys
from auditlib.scoring.unknown_days import DaysUnknown

__all__ = [
    "PLACES",
    "Count",
    "Question",
    "Tally",
    "divisible",
    "merged",
    "take_tally",
    "tallies_of_parts",
    "tally_part",
]

PLACES = 8
"""At how many places rows are compared at once, at most: one place for every four parts."""


@dataclass(frozen=True)
class Question:
    """What is counted: the measures of ``scheme`` in ``period``, as known at ``as_of``; see :class:`Counter`.

    ``evidence`` names the measures whose rows are wanted too; ``exclude`` leaves out the cases that the ledger lists
    as exclusions.
    """

    scheme: Scheme
    period: Period
    as_of: datetime
    calendar: Calendar | None = None
    known_until: datetime | None = None
    evidence: tuple[str, ...] = ()
    exclude: bool = True
    ledger: str = ""
    """What errors call the ledger."""

    def counter(
        self, registers: Mapping[str, pl.LazyFrame], repeats: Mapping[tuple[str, str], pl.Series] | None = None
    ) -> Counter:
        """The counter that answers it from these registers."""
        typed = typed_registers(self.scheme, without_excluded(registers) if self.exclude else registers)
        return Counter(
            self.scheme, typed, self.period, self.as_of, self.calendar, self.known_until, repeats or {}, self.ledger
        )  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """The answer: by unit the counts, by measure and unit the rows behind them, with which units anything happened,
    and whether the period has data at all (see :meth:`Counter.has_data`).

    ``left_out`` counts by unit and register the rows outside the validity of their unit, ``provisional`` names by unit
    and register those that were counted by days of a provisional calendar. ``problems`` say what stands outside the
    range that the source leaves to people, ``unknown`` which rows need days that the calendar does not know.
    """

    counts: Mapping[str, Mapping[str, Fraction | None]] = field(default_factory=dict)
    evidence: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    active: frozenset[str] = frozenset()
    has_data: bool = False
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    provisional: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unknown: DaysUnknown | None = None


Count = Callable[[Question], Tally]
"""Answers questions about one ledger."""


def take_tally(
    question: Question,
    registers: Mapping[str, pl.LazyFrame],
    repeats: Mapping[tuple[str, str], pl.Series] | None = None,
) -> Tally:
    """The tally of these registers. ``repeats`` are the repeats among all parts, where these are one of them.

    Raises :class:`InputError` as :class:`Counter` does, and for extra columns that cannot be read as declared.
    """
    if faults := list(unreadable(question.scheme, registers, question.as_of, question.known_until)):
        raise InputError(faults)
    counter = question.counter(registers, repeats)
    counts, evidence = counter.counts(), counter.evidence(question.evidence)
    provisional: dict[str, dict[str, tuple[str, ...]]] = {}
    if question.calendar is not None and question.calendar.known_until is not None:
        provisional = {
            unit: {register: tuple(rows) for register, rows in own.items()}
            for unit, own in counter.unknown_days().items()
        }
    return Tally(counts, evidence, counter.active(), counter.has_data(), counter.left_out(), provisional)


def merged(tallies: Iterable[Tally]) -> Tally:
    """The tally of a ledger from those of its parts. Raises :class:`InputError` with the problems of all of them."""
    counts: dict[str, Mapping[str, Fraction | None]] = {}
    evidence: dict[str, dict[str, list[str]]] = {}
    active: frozenset[str] = frozenset()
    has_data = False
    problems: dict[Problem, None] = {}
    left_out: dict[str, Mapping[str, int]] = {}
    provisional: dict[str, Mapping[str, tuple[str, ...]]] = {}
    unknown: list[DaysUnknown] = []
    for tally in tallies:
        counts |= tally.counts
        for name, by_unit in tally.evidence.items():
            evidence.setdefault(name, {}).update(by_unit)
        active |= tally.active
        has_data |= tally.has_data
        left_out |= tally.left_out
        provisional |= tally.provisional
        problems |= dict.fromkeys(tally.problems)
        unknown += [tally.unknown] if tally.unknown else []
    if unknown:
        raise DaysUnknown.joined(unknown)
    if problems:
        raise InputError(problems)
    return Tally(counts, evidence, active, has_data, left_out, provisional)


# --- part by part ------------------------------------------------------------------------------------


def divisible(scheme: Scheme) -> bool:
    """Whether the parts of a ledger can be tallied apart.

    They cannot where rows of several units are compared in a register without a key: of rows at the same time the
    later one is then told by the order of the whole register, which no part knows.
    """
    known = scheme.known_registers
    return all(known[register].key for register, _, _ in _compared_columns(scheme, known))


def tallies_of_parts(
    question: Question, registers: Collection[str], parts: Sequence[Any], submit: Callable[..., Any]
) -> list[Any]:
    """The tally of every part of a :func:`divisible` question's ledger, which has these ``registers``.

    ``submit(function, *arguments)`` gives the function's value or something that stands for it, and takes such as
    arguments; so may each of ``parts`` stand for a :class:`Part`. The tallies come as ``submit`` gives them.
    """
    places = max(1, min(PLACES, len(parts) // 4))
    repeats: dict[tuple[str, str], list[Any]] = {}
    for register, name, earlier in _compared_columns(question.scheme, registers):
        spread = [submit(_rows_by_place, places, question, part, register, name, dict(repeats)) for part in parts]
        key = question.scheme.known_registers[register].key[-1]
        repeats[register, name] = [
            submit(_repeats_at, [submit(getitem, rows, place) for rows in spread], earlier, key)
            for place in range(places)
        ]
    return [submit(tally_part, question, part, repeats) for part in parts]


def tally_part(question: Question, part: Part, repeats: Mapping[tuple[str, str], Sequence[pl.Series]]) -> Tally:
    """The tally of one part; its problems are kept, so that those of all parts are told together."""
    try:
        return take_tally(question, part.registers(), _joined(repeats))
    except DaysUnknown as error:
        return Tally(unknown=error)
    except InputError as error:
        return Tally(problems=error.problems)


def _compared_columns(scheme: Scheme, registers: Collection[str]) -> Iterator[tuple[str, str, Earlier]]:
    """The columns that compare rows of several units, each after those that it reads."""
    seen = set()
    for measure in scheme.measures.values():
        register = measure.register_
        if register is None or register not in registers:
            continue
        derived = scheme.columns.get(register, {})
        for name in columns_of(scheme, measure):
            earlier = derived[name].earlier if name in derived else None
            if earlier is not None and "unit" not in earlier.same and (register, name) not in seen:
                seen.add((register, name))
                yield register, name, earlier


def _rows_by_place(
    places: int, question: Question, part: Part, register: str, name: str,
    repeats: Mapping[tuple[str, str], Sequence[pl.Series]],
) -> list[pl.DataFrame]:  # fmt: skip
    """The rows of a part that a column compares, by the place where rows with their keys meet.

    The place is a checksum of the keys as text: the same on every machine, which Polars' own hashes need not be.
    """
    rows = question.counter(part.registers(), _joined(repeats)).compared(register, name)
    earlier = question.scheme.columns[register][name].earlier
    assert earlier is not None
    keys = rows.select(pl.concat_str(pl.col(earlier.same).cast(pl.String), separator="\x1f")).to_series()
    meeting = pl.Series([crc32(text.encode()) % places for text in keys], dtype=pl.UInt32)
    return [rows.filter(meeting == place) for place in range(places)]


def _repeats_at(rows: Sequence[pl.DataFrame], earlier: Earlier, key: str) -> pl.Series:
    return repeated_keys(pl.concat(rows).lazy(), earlier, key)


def _joined(repeats: Mapping[tuple[str, str], Sequence[pl.Series]]) -> dict[tuple[str, str], pl.Series]:
    return {column: pl.concat(found) for column, found in repeats.items()}
