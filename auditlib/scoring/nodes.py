"""Points of the nodes of a tree that have other nodes under them. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from auditlib.core.message import Message
from auditlib.scheme.load import Resolved
from auditlib.scheme.nodes import Branch
from auditlib.scoring.facts import Facts
from auditlib.scoring.points import Applied, apply_rules, bounded, bounds_of, not_concerned, status_of
from auditlib.scoring.result import IndicatorScore
from auditlib.scoring.unknown import Unknown

__all__ = ["branch_points"]

NO_CHILD = Unknown(Message("none of the nodes under it has points"), not_assessable=True)
CHILD_WAITS = Unknown(Message("a node under it waits for what somebody owes"))
CHILD_EMPTY = Unknown(Message("a node under it has no points"), not_assessable=True)


def branch_points(
    resolved: Resolved, branch: Branch, facts: Facts, children: Sequence[IndicatorScore | None]
) -> IndicatorScore:
    """The points of a branch from those of its ``children``, in the order of the file; None is not assessed now.

    ``raw`` is what it comes to after its own rules, before floor and cap.
    """
    start, floor, cap, unknown = bounds_of(branch, facts)
    if (left_out := not_concerned(branch, facts)) is not None:
        return left_out
    assessed = [
        (score, child) for score, child in zip(children, branch.children, strict=True) if score is not None
    ]  # fmt: skip
    combined = _combined(resolved, branch, [(score, resolved.scheme.node(child).weight) for score, child in assessed])
    if isinstance(combined, Unknown):
        applied = Applied(start, unknown=[combined])
    else:
        applied = apply_rules(resolved, branch, facts, start + combined)
    applied.unknown += unknown
    gaps = (*applied.open_gaps, *([branch.gap] if branch.gap else ()))
    status = status_of(resolved, applied, nothing=False)
    if status != "scored":
        return IndicatorScore(branch.id, branch.max, None, status, tuple(applied.lines), None, gaps)
    points = bounded(applied.running, floor, cap)
    return IndicatorScore(branch.id, branch.max, points, "scored", tuple(applied.lines), applied.running, gaps)


def _combined(
    resolved: Resolved, branch: Branch, children: Sequence[tuple[IndicatorScore, Fraction | None]]
) -> Fraction | Unknown:
    """What the children come to together, by the node's policy for those without points."""
    known = [(score, weight) for score, weight in children if score.points is not None]
    lost = [score for score, _ in children if score.points is None and score.met is None]
    if lost and branch.missing == "not_assessable":
        return CHILD_WAITS if any(score.status == "needs_input" for score in lost) else CHILD_EMPTY
    if not known:
        return CHILD_WAITS if any(score.status == "needs_input" for score in lost) else NO_CHILD
    points = [score.points for score, _ in known if score.points is not None]
    if branch.combine == "least":
        return min(points)
    if branch.combine == "mean":
        weights = [Fraction(1) if weight is None else weight for _, weight in known]
        whole = sum(weights, Fraction(0))
        if whole == 0:
            return NO_CHILD
        return sum((one * weight for one, weight in zip(points, weights, strict=True)), Fraction(0)) / whole
    total = sum(points, Fraction(0))
    if not lost or branch.missing == "left_out":
        return total
    full = [score.max or Fraction(0) for score, _ in known]
    gone = sum((score.max or Fraction(0) for score in lost), Fraction(0))
    if branch.missing == "in_proportion":
        return total * (sum(full, Fraction(0)) + gone) / sum(full, Fraction(0))
    each = gone / len(known)
    return sum((one * (of + each) / of for one, of in zip(points, full, strict=True)), Fraction(0))
