"""How the points of the nodes of a tree come to the total: what of each reaches it, and what the branches change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.exact import Rounding
from auditlib.core.message import COMMA, sentence
from auditlib.core.numerals import number_text, plain
from auditlib.scheme.model import Scheme
from auditlib.scheme.nodes import Branch
from auditlib.scheme.rules import Indicator
from auditlib.scoring.result import IndicatorScore, UnitScore

__all__ = ["BranchEffect", "branch_effects", "combination", "nodes_of", "shares"]


@dataclass(frozen=True)
class BranchEffect:
    """What a branch does to the total beyond the weighted points of the nodes under it: its rules, floor and cap."""

    branch: Branch
    score: IndicatorScore
    points: Fraction


def nodes_of(scheme: Scheme, unit: UnitScore) -> list[tuple[Indicator | Branch, IndicatorScore]]:
    """Every node of a unit with its declaration: the indicators in the order of the file, then the branches."""
    return [(scheme.node(score.id), score) for score in (*unit.indicators, *unit.branches)]


def shares(scheme: Scheme, unit: UnitScore) -> dict[str, Fraction]:
    """By node the share of its points that reaches the total; 1 for all where the scheme has no tree."""
    scores = {one.id: one for one in (*unit.indicators, *unit.branches)}
    found = {id: Fraction(1) for id in scores}
    for branch in reversed(scheme.branches):
        for child, part in _parts(scheme, branch, scores).items():
            found[child] = found.get(branch.id, Fraction(0)) * part
    return found


def _parts(scheme: Scheme, branch: Branch, scores: Mapping[str, IndicatorScore]) -> dict[str, Fraction]:
    """What of the points of each child goes into a branch."""
    children = [child for child in branch.children if child in scores]
    known = {child: points for child in children if (points := scores[child].points) is not None}
    parts = dict.fromkeys(children, Fraction(0))
    if branch.id not in scores or scores[branch.id].points is None or not known:
        return parts
    if branch.combine == "sum":
        return parts | dict.fromkeys(known, Fraction(1))
    if branch.combine == "least":
        return parts | {min(known, key=lambda child: known[child]): Fraction(1)}
    weights = {child: scheme.node(child).weight for child in known}
    given = {child: Fraction(1) if weight is None else weight for child, weight in weights.items()}
    whole = sum(given.values(), Fraction(0))
    return parts | ({child: weight / whole for child, weight in given.items()} if whole else {})


def branch_effects(scheme: Scheme, unit: UnitScore) -> Iterator[BranchEffect]:
    """What each branch changes on the way to the total, children before parents; those that change nothing left out."""
    scores = {one.id: one for one in (*unit.indicators, *unit.branches)}
    reach = shares(scheme, unit)
    for branch in scheme.branches:
        score = scores.get(branch.id)
        if score is None or score.points is None:
            continue
        parts = _parts(scheme, branch, scores)
        from_children = sum((part * (scores[child].points or 0) for child, part in parts.items()), Fraction(0))
        effect = (score.points - from_children) * reach[branch.id]
        if effect:
            yield BranchEffect(branch, score, effect)


def combination(scheme: Scheme, branch: Branch, unit: UnitScore, rounding: Rounding, language: str) -> str:
    """How the nodes under a branch come together: ``60 + 40 = 100``, or their mean by weights."""
    scores = {one.id: one for one in (*unit.indicators, *unit.branches)}
    children = [(scheme.node(child), scores[child].points) for child in branch.children if child in scores]
    known = [(node, points) for node, points in children if points is not None]
    if not known:
        return ""
    texts = [f"{node.title(language)} {number_text(points, rounding)}" for node, points in known]
    own = scores[branch.id]
    lines = sum((line.points or Fraction(0) for line in own.lines), Fraction(0))
    result = "" if own.raw is None else f" = {number_text(own.raw - lines, rounding)}"
    if branch.combine == "sum":
        start = [plain(branch.start)] if branch.start else []
        return " + ".join([*start, *texts]) + result
    listed = COMMA[language].join(
        f"{text} × {plain(node.weight)}" if branch.combine == "mean" and node.weight is not None else text
        for (node, _), text in zip(known, texts, strict=True)
    )
    said = (
        sentence("the mean by weight of {parts}", language, parts=listed)
        if branch.combine == "mean"
        else sentence("the least of {parts}", language, parts=listed)
    )
    return said + result
