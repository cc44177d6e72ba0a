"""Totals: what the nodes of a unit that stand under no other come to, and out of how much. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from auditlib.core.exact import added
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Indicator
from auditlib.scoring.result import IndicatorScore

__all__ = ["paired", "total_of_unit"]


def total_of_unit(
    resolved: Resolved, indicators: Sequence[IndicatorScore], branches: Sequence[IndicatorScore] = ()
) -> tuple[Fraction | None, Fraction | None, bool]:
    """What can be scored added up, out of how much, and whether every indicator got what it needs.

    The total of a tree are the points of the nodes that stand under no other.
    """
    scheme = resolved.scheme
    roots = set(scheme.roots) if scheme.branches else None
    tops = [one for one in (*indicators, *branches) if roots is None or one.id in roots]
    scored = [one for one in tops if one.points is not None]
    waiting = [gap for one in (*indicators, *branches) for gap in one.gaps]
    complete = not waiting and all(one.status != "needs_input" for one in (*indicators, *branches))
    blocked = any(gap in scheme.gaps and scheme.gaps[gap].policy == "require" for gap in waiting)
    base = scheme.base.points if scheme.base else Fraction(0)
    every = {one.id: one for one in (*indicators, *branches)} if scheme.branches else {}
    maxima = [_full_marks(scheme, one, every) for one in scored]
    bounded = scheme.base is None and None not in maxima
    total = base + added(one.points or Fraction(0) for one in scored)
    if not scored and scheme.base is None:
        return None, None, complete  # nothing could be assessed: that is no score of zero
    known = (one for one in maxima if one is not None)
    return (None if blocked else total), (added(known) if bounded else None), complete


def _full_marks(scheme: Scheme, score: IndicatorScore, every: Mapping[str, IndicatorScore]) -> Fraction | None:
    """The full marks of a node: those it states; without them, of a sum, those of the children that count."""
    if score.max is not None:
        return score.max
    branch = next((one for one in scheme.branches if one.id == score.id), None)
    if branch is None or branch.combine != "sum":
        return None
    children = [every[child] for child in branch.children if child in every and every[child].points is not None]
    parts = [_full_marks(scheme, child, every) for child in children]
    return None if None in parts else sum((part for part in parts if part is not None), Fraction(0))


def paired(scheme: Scheme, scores: Sequence[IndicatorScore]) -> list[tuple[Indicator, IndicatorScore]]:
    """Each indicator's score with its declaration; an indicator that the period does not assess has no score."""
    declared = {indicator.id: indicator for indicator in scheme.indicators}
    return [(declared[score.id], score) for score in scores]
