"""How many points lie between a unit and the next rank, the one behind it, and the outcomes that hang on them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from auditlib.analysis.margins.nearest import Step, of_condition
from auditlib.core.period import Period
from auditlib.scheme.load import Resolved
from auditlib.scheme.results import Outcome, Place
from auditlib.scoring.rank import share
from auditlib.scoring.result import Result, UnitScore

__all__ = ["Neighbour", "OutcomeMargin", "neighbours", "outcome_margins"]


@dataclass(frozen=True)
class Neighbour:
    """The units that stand next to a unit in its group, and by how many points.

    ``points`` is what the unit lacks to draw level (or, for those behind, what it can lose until they do); to
    stand alone in front it needs more. None where points do not decide: one of them is put last by an outcome.
    """

    rank: int
    units: tuple[str, ...]
    points: Fraction | None


@dataclass(frozen=True)
class OutcomeMargin:
    """How near a unit is to having an outcome, or to having it no longer.

    ``points`` of its total, which must be passed where ``strict``; or ``steps`` of what the outcome counts.
    Positive points are to be gained, negative ones to be lost.
    """

    id: str
    clause: str
    holds: bool
    by: str
    """``total``, ``place`` or ``quantity``: the condition in question."""
    points: Fraction | None = None
    strict: bool = False
    steps: tuple[Step, ...] = ()


def neighbours(resolved: Resolved, result: Result, unit: UnitScore) -> tuple[Neighbour | None, Neighbour | None]:
    """Who stands next in front of ``unit`` and next behind it in its group; None at the ends or without a rank."""
    if unit.rank is None:
        return None, None
    group = _group(result, unit)
    ahead = [other.rank for other in group if other.rank is not None and other.rank < unit.rank]
    behind = [other.rank for other in group if other.rank is not None and other.rank > unit.rank]
    return (
        _neighbour(resolved, unit, group, max(ahead)) if ahead else None,
        _neighbour(resolved, unit, group, min(behind)) if behind else None,
    )


def outcome_margins(resolved: Resolved, result: Result, unit: UnitScore) -> tuple[OutcomeMargin, ...]:
    """Each outcome that hangs on one condition that points or counts can change, with what it takes.

    An outcome with several conditions is shown by each of them, the others as they are.
    """
    granularity = Period.parse(result.period).granularity
    found = []
    for outcome in resolved.scheme.outcomes:
        if not outcome.gaps and (outcome.periods is None or granularity in outcome.periods):
            holds = any(own.id == outcome.id for own in unit.outcomes)
            if outcome.total is not None and unit.rank is not None and unit.total is not None:
                found.append(_by_total(outcome, holds, unit.total))
            if outcome.place is not None and outcome.place.by is None and unit.rank is not None:
                found += _by_place(resolved, outcome, outcome.place, holds, unit, _group(result, unit))
            if outcome.quantity is not None:
                steps = of_condition(resolved, result, unit, outcome.quantity)
                found += [OutcomeMargin(outcome.id, outcome.clause, holds, "quantity", steps=steps)] if steps else []
    return tuple(found)


def _group(result: Result, unit: UnitScore) -> list[UnitScore]:
    return [other for other in result.units if other.ranked_in == unit.ranked_in and other.rank is not None]


def _neighbour(resolved: Resolved, unit: UnitScore, group: list[UnitScore], rank: int) -> Neighbour:
    there = [other for other in group if other.rank == rank]
    return Neighbour(rank, tuple(sorted(other.unit for other in there)), _between(resolved, unit, there[0]))


def _between(resolved: Resolved, unit: UnitScore, other: UnitScore) -> Fraction | None:
    """How many points lie between two totals, for ranks by share as points of ``unit``; None where an outcome puts one
    of the two last."""
    forcing = {outcome.id for outcome in resolved.scheme.outcomes if outcome.forces_last}
    one, another = (any(own.id in forcing for own in who.outcomes) for who in (unit, other))
    ranking = resolved.scheme.ranking
    if unit.total is None or other.total is None or (one != another or (one and ranking.forced_last == "undecided")):
        return None
    if ranking.different_maxima == "by_share" and unit.total_of:
        return abs(share(other) - share(unit)) * unit.total_of
    return abs(other.total - unit.total)


def _by_total(outcome: Outcome, holds: bool, total: Fraction) -> OutcomeMargin:
    assert outcome.total is not None
    bound = outcome.total.bound
    # Coming in one must reach the bound (pass it, where it is open); going out the other way round.
    strict = (bound.sign in ("<", ">")) != bound.holds(total)
    return OutcomeMargin(outcome.id, outcome.clause, holds, "total", bound.threshold - total, strict)


def _by_place(
    resolved: Resolved, outcome: Outcome, place: Place, holds: bool, unit: UnitScore, group: list[UnitScore]
) -> list[OutcomeMargin]:
    """What lies between the unit and the edge of the first or last places."""
    ordered = sorted(group, key=lambda other: other.rank or 0, reverse=place.bottom is not None)
    count = place.count(len(ordered))
    inside = [other for other in ordered[:count] if other.unit != unit.unit]
    within = any(other.unit == unit.unit for other in ordered[:count])
    outside = [other for other in ordered[count:] if other.unit != unit.unit]
    edge = (outside[0] if outside else None) if within else (inside[-1] if inside else None)
    points = None if edge is None else _between(resolved, unit, edge)
    if points is None:
        return []
    gains = within == (place.bottom is not None)
    sign = (1 if gains else -1) * (1 if resolved.scheme.ranking.order == "descending" else -1)
    return [OutcomeMargin(outcome.id, outcome.clause, holds, "place", sign * points, True)]
