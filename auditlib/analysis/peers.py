"""The numbers behind figures and their sentences: what changed the score, where a unit stands among its peers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from statistics import median

from auditlib.analysis.losses import lost, reference
from auditlib.analysis.tree import branch_effects, shares
from auditlib.core.exact import Rounding, told_apart
from auditlib.core.numerals import PERCENT_DIGITS, number_text
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore
from auditlib.scoring.totals import paired

__all__ = ["Change", "Changes", "Standing", "changes", "costliest", "groups", "peers_of", "standing"]


@dataclass(frozen=True)
class Change:
    """What one indicator did to the score, or a branch of the tree beyond the nodes under it: points lost (negative) or
    gained."""

    id: str
    title: str
    points: Fraction


@dataclass(frozen=True)
class Changes:
    """From ``full`` through the ``changes`` to ``total``, over the indicators that were scored.

    ``full`` is the sum of the full marks where the scheme has them, and of the starting points where not.
    ``lowest`` is the lowest point of the way.
    """

    full: Fraction
    changes: tuple[Change, ...]
    total: Fraction
    lowest: Fraction
    has_maximum: bool


def changes(resolved: Resolved, unit: UnitScore, language: str) -> Changes:
    """How a unit's own score of the period comes about; a roll-up's parts are not in it."""
    base = resolved.scheme.base.points if resolved.scheme.base else Fraction(0)
    scored = [
        (indicator, score) for indicator, score in paired(resolved.scheme, unit.indicators) if score.points is not None
    ]
    reach = shares(resolved.scheme, unit)
    full = base + sum((reference(indicator) * reach[indicator.id] for indicator, _ in scored), Fraction(0))
    steps = tuple(
        Change(indicator.id, indicator.title(language), -(lost(indicator, score) or Fraction(0)) * reach[indicator.id])
        for indicator, score in scored
    )
    steps += tuple(
        Change(effect.branch.id, effect.branch.title(language), effect.points)
        for effect in branch_effects(resolved.scheme, unit)
    )
    levels = list(accumulate((step.points for step in steps), initial=full))
    has_maximum = resolved.scheme.base is None and all(indicator.max is not None for indicator, _ in scored)
    return Changes(full, steps, levels[-1], min(levels), has_maximum)


def costliest(resolved: Resolved, unit: UnitScore, language: str, count: int = 3) -> tuple[Change, ...]:
    """The indicators that cost most, worst first; equal ones in the order of the scheme."""
    losses = [change for change in changes(resolved, unit, language).changes if change.points < 0]
    return tuple(sorted(losses, key=lambda change: change.points)[:count])


def groups(result: Result) -> dict[str | None, tuple[UnitScore, ...]]:
    """The ranked units, by the group they are ranked in, in the order of their rank."""
    found: dict[str | None, list[UnitScore]] = {}
    for unit in result.units:
        if unit.rank is not None:
            found.setdefault(unit.ranked_in, []).append(unit)
    return {group: tuple(units) for group, units in found.items()}


def peers_of(result: Result, unit: UnitScore) -> tuple[UnitScore, ...]:
    """The units that ``unit`` is ranked against, itself among them."""
    return groups(result).get(unit.ranked_in, ())


@dataclass(frozen=True)
class Standing:
    """Where a unit stands: its value and everybody's; with ``share`` these are percentages of the full marks.

    All are written with the digits of ``rounding``.
    """

    unit: str
    own: Fraction
    values: Mapping[str, Fraction]
    median: Fraction
    share: bool
    rounding: Rounding

    def text(self, value: Fraction) -> str:
        """One of the values, or what they are compared with, without a sign for per cent or points."""
        return number_text(value, self.rounding)


def _of_shares(values: Iterable[Fraction]) -> Rounding:
    """How percentages are written beside each other: with digits that tell them apart."""
    declared = Rounding(PERCENT_DIGITS)
    wider = told_apart(values, declared).values()
    return max(wider, key=lambda one: one.digits, default=declared)


def standing(result: Result, unit: UnitScore) -> Standing | None:
    """A unit among its peers; None where it is not ranked.

    Totals out of different full marks are compared as percentages of what could be scored.
    """
    peers = peers_of(result, unit)
    if unit.rank is None or not peers:
        return None
    share = len({peer.total_of for peer in peers}) > 1 and all(peer.total_of for peer in peers)
    values = {
        peer.unit: (peer.total or Fraction(0)) * 100 / peer.total_of if share and peer.total_of else peer.total
        for peer in peers
        if peer.total is not None
    }
    rounding = _of_shares(values.values()) if share else result.total_rounding
    return Standing(unit.unit, values[unit.unit], values, Fraction(median(values.values())), share, rounding)
