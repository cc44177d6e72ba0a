"""A probe of a ledger that lies in parts: what is counted by unit is counted part by part, and judged once.

A part holds all rows of its units, so that families of its units only have to be put beside those of the others. Tests
that look past a unit (bunching, by the hours of all; numbers in a row; one person at two units; left out by one
approver) are not divided: whoever asks makes them, while the parts are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.divided.parts import Part
from auditlib.probe.clocks import Grounds, clocks_of
from auditlib.probe.counted import cases_looked_at, counted_by
from auditlib.probe.families import Family, Observed
from auditlib.probe.settings import Settings

__all__ = ["DIVISIBLE", "PartQuestion", "Parts", "merged", "part_families"]

DIVISIBLE = frozenset({
    "batches", "office_hours", "round_times", "terminal_digit", "identical_durations", "all_satisfied",
    "survey_share", "nonresponse", "withdrawn", "impossible", "benford",
})  # fmt: skip
"""The tests that count by unit, and look at cases alone."""


@dataclass(frozen=True)
class PartQuestion:
    """What is counted of a part: these ``tests`` by these ``settings`` (as JSON) over the cases of a period.

    ``filled`` are the columns with anything in them in the whole ledger. ``late`` are the cases of the whole ledger
    that were late by the clocks of a scheme; None for those whose own ``due_at`` had passed.
    """

    tests: tuple[str, ...]
    settings: str
    filled: frozenset[str]
    period: Period | None
    late: tuple[str, ...] | None
    calendar: Calendar | None
    timezone: str

    @cached_property
    def own_settings(self) -> Settings:
        return Settings.model_validate_json(self.settings)


Parts = Callable[[PartQuestion], Callable[[], Sequence[Sequence[tuple[str, Sequence[Family]]]]]]
"""Asks every part of a ledger; what comes back waits for their answers."""


def part_families(question: PartQuestion, part: Part) -> list[tuple[str, list[Family]]]:
    """By test what a part has to say, before any unit is compared with its peers."""
    settings = question.own_settings
    cases = cases_looked_at(part.registers()["cases"], settings, question.period)
    if cases.is_empty():
        return []
    clocks, late = clocks_of(None, cases, None, None)
    if question.late is not None:
        late = pl.Series("case_id", question.late, dtype=pl.String)
    grounds = Grounds(cases, clocks, late, question.calendar, timezone=question.timezone, filled=question.filled)
    return [(name, counted_by(name, grounds, settings)) for name in question.tests]


def merged(answers: Iterable[Sequence[tuple[str, Sequence[Family]]]]) -> dict[str, list[Family]]:
    """By test the families of all parts, each with its units in their order."""
    found: dict[str, dict[str, list[Family]]] = {}
    for answer in answers:
        for name, families in answer:
            by_clock = found.setdefault(name, {})
            for family in families:
                by_clock.setdefault(family.clock, []).append(family)
    return {name: [_together(own) for own in by_clock.values()] for name, by_clock in found.items()}


def _together(families: Sequence[Family]) -> Family:
    """One family of those of all parts. What says that a part has nothing stands for a whole without anything."""
    of_units = [one for family in families for one in family.observed if one.unit]
    if not of_units:
        return families[0]
    return replace(families[0], observed=sorted(of_units, key=_unit))


def _unit(one: Observed) -> str:
    return one.unit
