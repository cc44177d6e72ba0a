"""The importance of a round's items by the method that a panel declares, and by every other that is to be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.values import Text
from auditlib.delphi.best_worst import best_worst_of
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.declared_weights import WeightMethod
from auditlib.delphi.familiarity import item_authority
from auditlib.delphi.pairwise import judgements_of
from auditlib.delphi.past_data import DATA
from auditlib.delphi.rounds import Panel, Round
from auditlib.delphi.weights.ahp import Priorities
from auditlib.delphi.weights.best_worst import BestWorstPriorities, best_worst_priorities, mean_priorities
from auditlib.delphi.weights.from_data import combine, critic, entropy
from auditlib.delphi.weights.methods import (
    Consistency,
    centroid_shares,
    defuzzified,
    group_priorities,
    joint_priorities,
    triangle,
)
from auditlib.delphi.weights.shares import Answers, Weight, mean_mark, weigh

__all__ = [
    "MethodWeights", "best_worst_consistencies", "compared", "consistencies", "importance_by",
    "joint_consistencies", "weighing_notes",
]  # fmt: skip

Importance = dict[str, Fraction | None]
SIGNIFICANT = 12
"""Digits that are kept of a weight from data, so that every machine gives the same fraction."""
DATA_METHODS: dict[WeightMethod, str] = {"entropy": "熵权法", "critic": "CRITIC 法"}
UNFIT = {
    "found negative data or a column of zeros": "有负数，或有一列全为 0",
    "found only constant columns": "各单位在每一列都相同",
    "found a single or a constant column": "只有一列，或有一列各单位都相同",
    "found columns that all rise and fall together": "各列同升同降，没有冲突",
    "found missing or too few data": "有缺失，或不足两个单位",
}
"""What is wrong with past data, in Chinese, by how the method says it."""


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
        judged = judgements_of(one.pairwise, group)
        found = group_priorities(judged, len(group), weighing.aggregate, weighing.index)
        return _by_item(group, None if found is None else found[0])
    if method == "best_worst":
        vectors = [best_worst_priorities(own).weights for own in best_worst_of(one.best_worst, group).values()]
        return _by_item(group, (Fraction(1),) if len(group) == 1 else mean_priorities(vectors) if vectors else None)
    if method in ("entropy", "critic"):
        return _by_item(group, _from_data(panel, group, method)[0])
    return _combined(panel, one, group)


def _by_item(group: Sequence[str], weights: Sequence[Fraction] | None) -> Importance:
    return dict.fromkeys(group) if weights is None else dict(zip(group, weights, strict=True))


def _from_data(
    panel: Panel, group: Sequence[str], method: WeightMethod
) -> tuple[tuple[Fraction, ...] | None, Text | None]:
    """The weights of a group from past data, or why there are none."""
    if len(group) == 1:
        return (Fraction(1),), None
    if panel.data is None:
        return None, Text(
            zh=f"没有 {DATA}（由 auditlib panel data 写出）", en=f"there is no {DATA}, which auditlib panel data writes"
        )
    if (table := panel.data.matrix(group)) is None:
        return None, Text(zh=f"{DATA} 没有该组全部条目的数据", en=f"{DATA} has no data of all items of the group")
    try:
        if method == "entropy":
            found = entropy(table)
        else:
            found = critic(table, [item in panel.declared.weights.costs for item in group])
    except ValueError as error:
        why = UNFIT.get(str(error).partition(",")[0], str(error))
        return None, Text(zh=f"{DATA} 的数据不能用（{why}）", en=f"the data of {DATA} do not serve: {error}")
    return tuple(Fraction(f"{weight:.{SIGNIFICANT}g}") for weight in found), None


def _combined(panel: Panel, one: Round, group: Sequence[str]) -> Importance:
    weighing = panel.declared.weights
    parts = [importance_by(panel, one, part) for part in weighing.combine.methods] if weighing.combine else []
    vectors = [[part[item] for item in group] for part in parts]
    known = [[value for value in vector if value is not None] for vector in vectors]
    if weighing.combine is None or any(len(vector) < len(group) or not sum(vector) for vector in known):
        return dict.fromkeys(group)
    shares = weighing.combine.shares or None
    try:
        return _by_item(group, combine(known, weighing.combine.how, shares))
    except ValueError:  # no item that every vector gives weight
        return dict.fromkeys(group)


def compared(panel: Panel, one: Round) -> tuple[MethodWeights, ...]:
    """The weights by the declared method and by each that is to be compared; nothing where one method stands alone."""
    declared = panel.declared
    methods = declared.weights.methods
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
    weighing = panel.declared.weights
    for group in panel.declared.siblings(one.number):
        judged = judgements_of(one.pairwise, group)
        both = group_priorities(judged, len(group), weighing.aggregate, weighing.index)
        if both is not None and both[1]:
            found[group] = both[1]
    return found


def joint_consistencies(panel: Panel, one: Round) -> dict[tuple[str, ...], Priorities]:
    """How consistent the one matrix is that stands for all experts who compared a group: where judgements are averaged,
    by two experts or more."""
    weighing = panel.declared.weights
    if weighing.aggregate != "judgements":
        return {}
    groups = [group for group in panel.declared.siblings(one.number) if len(group) > 1]
    judged = {group: judgements_of(one.pairwise, group) for group in groups}
    return {group: joint_priorities(by, len(group), weighing.index) for group, by in judged.items() if len(by) > 1}


def best_worst_consistencies(panel: Panel, one: Round) -> dict[tuple[str, ...], dict[str, BestWorstPriorities]]:
    """The weights and the consistency of each expert who compared a group with its best and worst item."""
    found = {}
    for group in panel.declared.siblings(one.number):
        if judged := best_worst_of(one.best_worst, group):
            found[group] = {expert: best_worst_priorities(own) for expert, own in judged.items()}
    return found


def weighing_notes(panel: Panel, one: Round) -> Iterator[Text]:
    """What the methods that the panel uses lack: comparisons that nobody made, data that are not there."""
    used = panel.declared.weights.used
    groups = [group for group in panel.declared.siblings(one.number) if len(group) > 1]
    if "ahp" in used:
        lost = [group for group in groups if not judgements_of(one.pairwise, group)]
        yield from _lost(
            lost, "没有人两两比较的组，层次分析法无权重", "groups that nobody compared in pairs, without AHP weights"
        )
    if "best_worst" in used:
        lost = [group for group in groups if not best_worst_of(one.best_worst, group)]
        yield from _lost(
            lost, "没有人比较最重要与最不重要条目的组，最优最劣法无权重",
            "groups that nobody compared with their best and worst items, without best-worst weights",
        )  # fmt: skip
    for method, named in DATA_METHODS.items():
        reasons: dict[tuple[str, str], list[tuple[str, ...]]] = {}
        for group in groups if method in used else ():
            if (why := _from_data(panel, group, method)[1]) is not None:
                reasons.setdefault((why.zh, why.en), []).append(group)
        for (zh, en), lost in reasons.items():
            yield from _lost(lost, f"{zh}，{named}无权重的组", f"{en}; groups without weights by {method}")


def _lost(groups: Sequence[Sequence[str]], zh: str, en: str) -> Iterator[Text]:
    if groups:
        listed_zh, listed_en = ("；".join("、".join(group) for group in groups), "; ".join(map(", ".join, groups)))
        yield Text(zh=f"{zh}：{listed_zh}", en=f"{en}: {listed_en}")
