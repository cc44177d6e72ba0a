"""What a reader must know of marks, and of rows that give their period: those that nothing takes."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence

import polars as pl

from auditlib.core.message import Message, Notice, Sayable
from auditlib.core.period import Granularity, Period
from auditlib.ledger.read import Ledger
from auditlib.scheme.formers.elsewhere import OverPeriods
from auditlib.scheme.model import Scheme

__all__ = ["given_inside", "marks_of_others", "meant", "other_periods", "unused_marks"]


def unused_marks(marks: Iterable[tuple[str, str]], usable: Collection[str]) -> Iterator[Notice]:
    """The marks, by unit and indicator, that the scheme takes nowhere, each with the name that was perhaps meant."""
    for unit, indicator in marks:
        if indicator in usable:
            continue
        message = Message(
            "unit {unit}: the mark for {indicator} is not used, the scheme takes no mark there{near}",
            unit=unit, indicator=indicator, near=meant(difflib.get_close_matches(indicator, sorted(usable), n=1)),
        )  # fmt: skip
        yield Notice("mark_not_used", message, (unit,))


def marks_of_others(marks: Iterable[tuple[str, str]], assessed: Collection[str], period: Period) -> Iterator[Notice]:
    """The marks of ``period``, by unit and indicator, of units that are not assessed then."""
    found: dict[str, list[str]] = {}
    for unit, indicator in marks:
        if unit not in assessed:
            found.setdefault(unit, []).append(indicator)
    for unit, indicators in sorted(found.items()):
        message = Message(
            "unit {unit}: it is not assessed in {period}, and its marks of {period} do not count: {indicators}",
            unit=unit, period=period, indicators=tuple(sorted(indicators)),
        )  # fmt: skip
        yield Notice("mark_not_used", message, (unit,))


def _taken_over(scheme: Scheme) -> set[Granularity]:
    """The kinds of period over which quantities are taken."""
    return {one.each for one in scheme.quantities.values() if isinstance(one, OverPeriods)}


def _given(ledger: Ledger) -> Iterator[tuple[str, list[Period]]]:
    """The periods of which the ledger has facts, and of which it has marks."""
    for register in ("unit_facts", "marks"):
        if register in ledger.registers:
            given = ledger.registers[register].select(pl.col("period").drop_nulls().unique().sort()).collect()
            yield register, [Period.parse(one) for one in given["period"]]


def given_inside(scheme: Scheme, ledger: Ledger, period: Period) -> bool:
    """Whether the ledger has facts or marks of shorter periods in ``period`` that a quantity is taken over."""
    kinds = _taken_over(scheme) - {period.granularity}
    return bool(kinds) and any(
        one.granularity in kinds and one.start >= period.start and one.end <= period.end
        for _, given in _given(ledger)
        for one in given
    )


def other_periods(scheme: Scheme, ledger: Ledger, period: Period) -> Iterator[Notice]:
    """Marks and facts of a length of time that the scheme never looks at, and that overlaps ``period``."""
    lengths = {*scheme.periods, *(part.of for roll_up in scheme.roll_up.values() for part in roll_up.parts)}
    lengths |= _taken_over(scheme)
    for register, given in _given(ledger):
        others = [one for one in given if one.granularity not in lengths]
        if near := tuple(one for one in others if one.start < period.end and one.end > period.start):
            message = Message(
                "{register}: rows of {periods} are not used, as the scheme assesses no such period",
                register=register, periods=near,
            )  # fmt: skip
            yield Notice("mark_not_used", message)


def meant(near: Sequence[str]) -> Sayable:
    """A question after the word that comes nearest; nothing where none comes near."""
    return Message("; is {near} meant?", near=near[0]) if near else ""
