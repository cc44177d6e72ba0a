"""Who moved since the period before, by how much, and which indicators moved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditlib.analysis.peers import Change
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore
from auditlib.scoring.totals import paired

__all__ = ["Movement", "falls", "movements", "rises"]


@dataclass(frozen=True)
class Movement:
    """A unit in two periods.

    ``places`` is how many ranks it rose (negative: fell), None where it was not ranked in the same group in both.
    ``points`` is the change of its total, None where the totals are out of different maxima; ``causes`` are the
    indicators whose points changed, the largest change first.
    """

    unit: UnitScore
    before: UnitScore
    places: int | None
    points: Fraction | None
    causes: tuple[Change, ...]


def movements(resolved: Resolved, result: Result, previous: Result | None, language: str) -> tuple[Movement, ...]:
    """The movement of every unit that both periods hold, by group and rank; none without a period before."""
    earlier: Mapping[str, UnitScore] = {unit.unit: unit for unit in previous.units} if previous else {}
    return tuple(
        _movement(resolved, unit, earlier[unit.unit], language) for unit in result.units if unit.unit in earlier
    )


def _movement(resolved: Resolved, unit: UnitScore, before: UnitScore, language: str) -> Movement:
    places = points = None
    if unit.rank is not None and before.rank is not None and unit.ranked_in == before.ranked_in:
        places = before.rank - unit.rank
    if unit.total is not None and before.total is not None and unit.total_of == before.total_of:
        points = unit.total - before.total
    return Movement(unit, before, places, points, _causes(resolved, unit, before, language))


def _causes(resolved: Resolved, unit: UnitScore, before: UnitScore, language: str) -> tuple[Change, ...]:
    earlier = {indicator.id: indicator for indicator in before.indicators}
    found = []
    for indicator, now in paired(resolved.scheme, unit.indicators):
        then = earlier.get(indicator.id)
        if then is None or then.points is None or now.points is None or then.max != now.max:
            continue
        if then.points != now.points:
            found.append(Change(indicator.id, indicator.title(language), now.points - then.points))
    return tuple(sorted(found, key=lambda change: -abs(change.points)))


def rises(moved: Sequence[Movement]) -> list[Movement]:
    """Those that rose, furthest first; of equal ranks the larger gain of points."""
    up = [one for one in moved if one.places is not None and one.places > 0]
    return sorted(up, key=lambda one: (-(one.places or 0), -(one.points or 0), one.unit.unit))


def falls(moved: Sequence[Movement]) -> list[Movement]:
    """Those that fell, furthest first; of equal ranks the larger loss of points."""
    down = [one for one in moved if one.places is not None and one.places < 0]
    return sorted(down, key=lambda one: (one.places or 0, one.points or 0, one.unit.unit))
