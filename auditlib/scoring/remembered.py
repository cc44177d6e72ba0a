"""Counting for many schemes that differ little: a measure that several of them ask alike is counted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from auditlib.core.errors import InputError
from auditlib.scheme.columns import columns_of
from auditlib.scheme.model import Scheme
from auditlib.scoring.counting import Counter
from auditlib.scoring.counts import Question, Tally, take_tally
from auditlib.scoring.own_columns import unreadable

__all__ = ["RememberedCounts"]

Key = tuple[object, ...]
ByUnit = Mapping[str, Fraction | None]


@dataclass
class RememberedCounts:
    """Answers questions about these ``registers`` as :func:`take_tally` does, a :data:`Count` of counts alone.

    What a reading does not touch is counted once for all its options. The rows that the validity of their unit leaves
    out and those that a provisional calendar decides are not told; a question for evidence is answered anew.
    """

    registers: Mapping[str, pl.LazyFrame]
    _counts: dict[Key, ByUnit] = field(default_factory=dict, repr=False)
    _readable: set[Key] = field(default_factory=set, repr=False)
    _units: dict[Key, tuple[frozenset[str], bool]] = field(default_factory=dict, repr=False)

    def __call__(self, question: Question) -> Tally:
        """Raises :class:`InputError` as :func:`take_tally` does."""
        if question.evidence:
            return take_tally(question, self.registers)
        counter, asked = question.counter(self.registers), _asked(question)
        if asked not in self._readable:
            if faults := list(unreadable(question.scheme, self.registers, question.as_of, question.known_until)):
                raise InputError(faults)
            self._readable.add(asked)
        keys = {
            name: (asked, *_read_by(question.scheme, name))
            for name, measure in question.scheme.measures.items()
            if measure.register_ in self.registers
        }
        if new := [name for name, key in keys.items() if key not in self._counts]:
            counted = counter.counts(new)
            for name in new:
                self._counts[keys[name]] = {unit: own[name] for unit, own in counted.items() if name in own}
        counts: dict[str, dict[str, Fraction | None]] = {}
        for name, key in keys.items():
            for unit, value in self._counts[key].items():
                counts.setdefault(unit, {})[name] = value
        active, has_data = self._happened(counter, asked)
        return Tally(counts, {}, active, has_data)

    def _happened(self, counter: Counter, asked: Key) -> tuple[frozenset[str], bool]:
        scheme = counter.scheme
        key = (asked, frozenset(measure.register_ for measure in scheme.measures.values()))
        if key not in self._units:
            self._units[key] = counter.active(), counter.has_data()
        return self._units[key]


def _asked(question: Question) -> Key:
    """What is the same of every measure of a question."""
    scheme = question.scheme
    return (
        question.period, question.as_of, question.known_until, question.exclude, question.calendar,
        scheme.validity, scheme.year_starts, repr((scheme.extra_registers, scheme.extra_columns)),
    )  # fmt: skip


def _read_by(scheme: Scheme, name: str) -> Key:
    """All that a measure's number hangs on in a scheme: its own words, the columns that it derives, the groups."""
    measure = scheme.measures[name]
    derived, columns = scheme.columns.get(measure.register_ or "", {}), columns_of(scheme, measure)
    groups = repr(scheme.ranking.regroup) if "group" in columns else None
    return (name, repr(measure), groups, *(f"{one} {derived[one]!r}" for one in columns if one in derived))
