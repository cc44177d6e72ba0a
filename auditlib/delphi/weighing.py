"""The importance of a round's items by the method that a panel declares, and by every other that is to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditlib.delphi.declared import PanelFile, WeightMethod
from auditlib.delphi.familiarity import item_authority
from auditlib.delphi.pairwise import judgements_of
from auditlib.delphi.rounds import Panel, Round
from auditlib.delphi.weights.from_data import combine
from auditlib.delphi.weights.methods import Consistency, centroid_shares, defuzzified, group_priorities, triangle
from auditlib.delphi.weights.shares import Answers, Weight, mean_mark, weigh

__all__ = ["MethodWeights", "compared", "consistencies", "importance_by"]

Importance = dict[str, Fraction | None]


@dataclass(frozen=True)
class MethodWeights:
    """The weights of every item by one method, and its rank among its siblings: 1 for the heaviest, ties alike."""

    method: WeightMethod
    weights: Mapping[str, Weight]
    ranks: Mapping[str, int | None]


def importance_by(panel: Panel, one: Round, method: WeightMethod) -> Importance:
    """What the weights of a round are shares of by one method; None where its answers do not give it."""
    declared = panel.declared
    answers = {item: [one.marks.get((expert, item)) for expert in one.experts] for item in one.items}
    found: Importance = {item.id: item.weight for item, _ in declared.standing(one.number)}
    if method in ("mean", "authority_weighted"):
        weighted = method == "authority_weighted" or declared.mean == "authority_weighted"
        return found | {item: _mean(panel, one, item, answers[item], weighted) for item in one.items}
    for group in declared.siblings(one.number):
        found |= _of_group(panel, one, group, method, answers)
    return found


def _mean(panel: Panel, one: Round, item: str, answers: Answers, weighted: bool) -> Fraction | None:
    if not weighted:
        return mean_mark(answers)
    Cr = item_authority(item, one.experts, panel.experts, one.familiarity)[0]
    known = [value for value in Cr.values() if value is not None]
    return mean_mark(answers, known) if len(known) == len(answers) else None


def _of_group(
    panel: Panel, one: Round, group: Sequence[str], method: WeightMethod, answers: Mapping[str, Answers]
) -> Importance:
    weighing = panel.declared.weights
    if method == "rank_order_centroid":
        return dict(centroid_shares({item: answers[item] for item in group}) or dict.fromkeys(group))
    if method == "fuzzy":
        triangles = {item: triangle([mark for mark in answers[item] if mark is not None]) for item in group}
        return {item: None if one is None else defuzzified(one, weighing.defuzzify) for item, one in triangles.items()}
    if method == "ahp":
        found = group_priorities(judgements_of(one.pairwise, group), len(group), weighing.aggregate)
        return dict.fromkeys(group) if found is None else dict(zip(group, found[0], strict=True))
    parts = [importance_by(panel, one, part) for part in weighing.combine.methods] if weighing.combine else []
    vectors = [[part[item] for item in group] for part in parts]
    known = [[value for value in vector if value is not None] for vector in vectors]
    if weighing.combine is None or any(len(vector) < len(group) or not sum(vector) for vector in known):
        return dict.fromkeys(group)
    shares = weighing.combine.shares or None
    return dict(zip(group, combine(known, weighing.combine.how, shares), strict=True))


def compared(panel: Panel, one: Round) -> tuple[MethodWeights, ...]:
    """The weights by the declared method and by each that is to be compared; nothing where one method stands alone."""
    declared = panel.declared
    methods = tuple(dict.fromkeys((declared.weights.method, *declared.weights.compare)))
    return tuple(_weighed(declared, one, m, importance_by(panel, one, m)) for m in methods) if len(methods) > 1 else ()


def _weighed(declared: PanelFile, one: Round, method: WeightMethod, importance: Importance) -> MethodWeights:
    weights = weigh(declared.tree(one.number), importance)
    siblings: dict[str | None, list[Weight]] = {}
    for weight in weights.values():
        siblings.setdefault(weight.parent, []).append(weight)
    ranks = {item: _rank(weight, siblings[weight.parent]) for item, weight in weights.items()}
    return MethodWeights(method, weights, ranks)


def _rank(weight: Weight, siblings: Sequence[Weight]) -> int | None:
    if weight.weight is None:
        return None
    return 1 + sum(other.weight is not None and other.weight > weight.weight for other in siblings)


def consistencies(panel: Panel, one: Round) -> dict[tuple[str, ...], tuple[Consistency, ...]]:
    """How consistently each expert compared each group of items; nothing where no pairs were compared."""
    found = {}
    for group in panel.declared.siblings(one.number):
        judged = group_priorities(judgements_of(one.pairwise, group), len(group), panel.declared.weights.aggregate)
        if judged is not None and judged[1]:
            found[group] = judged[1]
    return found
