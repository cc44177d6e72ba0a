"""The shares of a result that chance can be asked about: rates of cases and duties kept in time, unit by unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from auditlib.core.message import Message
from auditlib.core.values import Text
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Rate
from auditlib.scoring.duties.statuses import RATED
from auditlib.scoring.result import Result, UnitScore

__all__ = ["NoShare", "ShareTable", "UnitShare", "no_shares", "share_tables"]


@dataclass(frozen=True)
class UnitShare:
    """``hits`` of the ``cases`` of a unit; ``too_few`` where the ranking needs more than it has."""

    unit: str
    name: str
    hits: int
    cases: int
    too_few: bool = False


@dataclass(frozen=True)
class ShareTable:
    """One share of all units that are ranked together, in the order of the result."""

    of: Literal["rate", "duty"]
    id: str
    title: Text
    group: str | None
    units: tuple[UnitShare, ...]


@dataclass(frozen=True)
class NoShare:
    """A rate of which chance cannot be asked, and why."""

    id: str
    title: Text
    why: Message


WEIGHTED = Message("it weighs what it counts, so that it is no share of cases")
BEYOND = Message("a unit has more above the line than below it, so that it is no share of cases")


def share_tables(resolved: Resolved, result: Result) -> Iterator[ShareTable]:
    """Every share of the result, a table a group: first the rates of the scheme in its order, then its duties.

    Units without cases are left out; a table that nobody has cases for is not there.
    """
    scheme = resolved.scheme
    for name, rate in scheme.rates.items():
        if _why_not(scheme, rate, result) is None:
            (over,), (under,) = rate.numerator, rate.denominator
            counts = {one.unit: (one.measures.get(over), one.measures.get(under)) for one in result.units}
            yield from _grouped("rate", name, rate.title, result, counts)
    for duty in scheme.duties:
        own = {one.unit: next((d for d in one.duties if d.id == duty.id), None) for one in result.units}
        counts = {
            unit: (None, None) if one is None
            else (Fraction(one.counts.get("met", 0)), Fraction(sum(one.counts.get(name, 0) for name in RATED)))
            for unit, one in own.items()
        }  # fmt: skip
        yield from _grouped("duty", duty.id, duty.title, result, counts)


def no_shares(resolved: Resolved, result: Result) -> tuple[NoShare, ...]:
    """The rates that are no shares of cases: no interval and no test by the binomial law fits them."""
    scheme = resolved.scheme
    found = ((name, rate, _why_not(scheme, rate, result)) for name, rate in scheme.rates.items())
    return tuple(NoShare(name, rate.title, why) for name, rate, why in found if why is not None)


def _why_not(scheme: Scheme, rate: Rate, result: Result) -> Message | None:
    sides = (rate.numerator, rate.denominator)
    if any(len(side) != 1 or set(side.values()) != {Fraction(1)} for side in sides):
        return WEIGHTED
    (over,), (under,) = sides
    if any(scheme.measures[name].column is not None for name in (over, under)):
        return WEIGHTED
    for unit in result.units:
        hits, cases = unit.measures.get(over), unit.measures.get(under)
        if hits is not None and cases is not None and not (0 <= hits <= cases and (hits + cases).denominator == 1):
            return BEYOND
    return None


def _grouped(
    of: Literal["rate", "duty"], name: str, title: Text, result: Result,
    counts: dict[str, tuple[Fraction | None, Fraction | None]],
) -> Iterator[ShareTable]:  # fmt: skip
    groups: dict[str | None, list[UnitShare]] = {}
    for unit in result.units:
        hits, cases = counts[unit.unit]
        if hits is not None and cases:
            groups.setdefault(_group(unit), []).append(
                UnitShare(unit.unit, unit.name, int(hits), int(cases), unit.too_few)
            )
    for group in sorted(groups, key=lambda one: (one is None, one or "")):
        yield ShareTable(of, name, title, group, tuple(groups[group]))


def _group(unit: UnitScore) -> str | None:
    """Whom a unit is compared with: its group, however much or little it was assessed on."""
    return (unit.group if unit.apart else unit.ranked_in) or None
