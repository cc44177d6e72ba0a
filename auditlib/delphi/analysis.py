"""A panel analysed: agreement, screening, consensus, stability and weights of each round.

Everything is computed from the panel folder alone, so the same folder gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from auditlib.core.values import Text
from auditlib.delphi.attendance import attendance
from auditlib.delphi.authority import panel_authority
from auditlib.delphi.consensus_rules import ItemMarks, Verdict, judge
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.familiarity import item_authority
from auditlib.delphi.items import Group
from auditlib.delphi.notes import notes
from auditlib.delphi.result import Analysis, GroupAnalysis, ItemAnalysis, MovedItem, RoundAnalysis
from auditlib.delphi.rounds import Panel, Round
from auditlib.delphi.statistics.appropriateness import Appropriateness, appropriateness, quantile
from auditlib.delphi.statistics.concordance import UNDEFINED, concordance
from auditlib.delphi.statistics.content_validity import ItemValidity, item_validity
from auditlib.delphi.statistics.descriptives import Descriptives, describe, reaches
from auditlib.delphi.statistics.reliability import krippendorff_alpha
from auditlib.delphi.statistics.resampling import bootstrap_interval, exact_p
from auditlib.delphi.statistics.screening import Criterion, Screened, boundary_values, limit, screen
from auditlib.delphi.statistics.stability import Consensus, ItemStability, consensus, stability
from auditlib.delphi.weighing import (
    best_worst_consistencies,
    compared,
    consistencies,
    importance_by,
    joint_consistencies,
    weighing_notes,
)
from auditlib.delphi.weights.rounding import publish
from auditlib.delphi.weights.shares import Answers, weigh

__all__ = ["analyse", "analyse_items", "item_marks"]

NOT_COMPARED = {
    "declared": Text(zh="权重为事先声明，未请专家评分", en="the weights are declared, the panel was not asked"),
    "one_item": Text(zh="只有一个条目，W 没有定义", en="there is one item only, so W is not defined"),
    "one_expert": Text(zh="只有一位专家，W 没有定义", en="there is one expert only, so W is not defined"),
}
"""Why nothing can be said on the agreement over a group, before any mark is looked at."""


def analyse(panel: Panel) -> Analysis:
    """The analysis of every round of ``panel``. Raises :class:`InputError` where no round has come back."""
    rounds: list[RoundAnalysis] = []
    earlier: list[Round] = []
    for one in panel.answered:
        rounds.append(_round(panel, one, earlier))
        earlier.append(one)
    authority = panel_authority(list(panel.experts.values())) if panel.experts else None
    return Analysis(panel, tuple(rounds), authority, tuple(notes(panel, rounds)))


def _round(panel: Panel, one: Round, earlier: Sequence[Round]) -> RoundAnalysis:
    declared = panel.declared
    items = analyse_items(panel, one)
    groups = tuple(_group(declared, one, group) for group in declared.groups(one.number))
    levels = _comparable_levels(declared, one.number)
    by_level = {level: [item for item in items.values() if item.level == level] for level in levels}
    criteria = _criteria(declared)
    screening = {level: _screened(part, criteria) for level, part in by_level.items()} if criteria else {}
    known = [panel.experts[expert] for expert in one.experts] if panel.experts else []
    return RoundAnalysis(
        one,
        items,
        groups,
        {level: proposals for level, proposals in screening.items() if proposals},
        _stability(declared, earlier[-1], one) if earlier else None,
        panel_authority(known) if known else None,
        attendance(one, earlier, declared.left),
        compared(panel, one),
        consistencies(panel, one),
        joint_consistencies(panel, one),
        best_worst_consistencies(panel, one),
        tuple(weighing_notes(panel, one)),
    )


def analyse_items(panel: Panel, one: Round) -> dict[str, ItemAnalysis]:
    """The items of round ``one`` with their statistics and weights, parents before children."""
    declared = panel.declared
    standing = declared.standing(one.number)
    by_item = {item: item_authority(item, one.experts, panel.experts, one.familiarity)[1] for item in one.items}
    answers = {item.id: _answers(one, item.id) for item, _ in standing if item.weight is None}
    importance = importance_by(panel, one, declared.weights.method)
    siblings = declared.siblings_of(one.number)
    weights = weigh(declared.tree(one.number), importance)
    published = publish(weights, declared.digits)
    found = {}
    for item, level in standing:
        shares = (importance[item.id], weights[item.id], published.get(item.id))
        if item.weight is not None:
            found[item.id] = ItemAnalysis(item, level, None, *shares, None)
            continue
        top = float(declared.scale.top(siblings[item.id]))
        described = describe(one.matrix([item.id])[:, 0], top, declared.sd)
        agreed = _consensus(declared, answers[item.id], described, siblings[item.id])
        judged = _judged(panel, one, item.id, described)
        found[item.id] = ItemAnalysis(item, level, described, *shares, agreed, *judged, by_item[item.id])
    return found


def item_marks(panel: Panel, one: Round, item: str, described: Descriptives | None) -> ItemMarks:
    """What the experts said of an item in a round and the one before, as rules of consensus take it."""
    importance = [mark for mark in _answers(one, item) if mark is not None]
    before = next((other for other in panel.rounds if other.number == one.number - 1), None)
    earlier = [mark for mark in _answers(before, item) if mark is not None] if before is not None else []
    shown = panel.declared.shown(one.number)
    return ItemMarks(
        importance, [shown(item, mark) for mark in importance], None if described is None else described.cv,
        quantile(earlier, Fraction(1, 2)) if earlier else None, panel.declared.scale.turned,
    )  # fmt: skip


def _judged(
    panel: Panel, one: Round, item: str, described: Descriptives
) -> tuple[Verdict | None, Appropriateness | None, ItemValidity | None]:
    """Consensus by every agreed rule, RAND/UCLA appropriateness and content validity of an item, as far as agreed."""
    declared, limits = panel.declared, panel.declared.thresholds
    marks = item_marks(panel, one, item, described)
    importance = marks.importance
    validity = limits.content_validity
    relevant = None if validity is None else validity.relevant_from
    if relevant is not None and declared.scale.turned:
        relevant = declared.scale.min + declared.scale.top(declared.siblings_of(one.number)[item]) - relevant
    return (
        None if limits.consensus is None else judge(limits.consensus, marks),
        appropriateness(importance) if limits.appropriateness else None,
        None if relevant is None else item_validity(importance, relevant),
    )


def _comparable_levels(declared: PanelFile, number: int) -> list[int]:
    """The levels whose items are screened together; ranks and shares of points are comparable in one group alone."""
    levels = [group.level for group in declared.groups(number) if group.kind == "siblings"]
    return sorted({level for level in levels if declared.scale.kind == "marks" or levels.count(level) == 1})


def _answers(one: Round, item: str) -> Answers:
    return [one.marks.get((expert, item)) for expert in one.experts]


def _consensus(declared: PanelFile, answers: Answers, described: Descriptives, siblings: int) -> Consensus | None:
    limits, scale = declared.thresholds.consensus, declared.scale
    if limits is None:
        return None
    agreeing = limits.agreeing_from
    if agreeing is not None and scale.turned:
        agreeing = scale.min + scale.top(siblings) - agreeing
    return consensus(answers, described.cv, limits.cv_below, limits.agreement_at_least, agreeing)


def _group(declared: PanelFile, one: Round, group: Group) -> GroupAnalysis:
    asked = [item.id for item in group.items if item.weight is None]
    reason = "declared" if not asked else "one_item" if len(asked) < 2 else "one_expert" if one.returned < 2 else None
    if reason is not None:
        return GroupAnalysis(group, None, None, None, None, NOT_COMPARED[reason])
    marks = one.matrix(asked)
    agreed = concordance(marks, declared.missing)
    why = UNDEFINED[agreed.undefined] if agreed.undefined else None
    chance = interval = None
    if agreed.W is not None:
        draws, seed = declared.resampling.draws, declared.resampling.seed
        chance = exact_p(marks, draws, seed, declared.missing)
        interval = bootstrap_interval(marks, draws, seed, missing=declared.missing)
    return GroupAnalysis(group, agreed, chance, interval, krippendorff_alpha(marks), why)


def _criteria(declared: PanelFile) -> dict[str, Criterion]:
    screening = declared.thresholds.screening
    criteria = boundary_values(declared.sd) if screening.boundary_values else {}
    for name, own in screening.criteria.items():
        criteria[name] = limit(own.statistic, own.bound, float(own.limit))
    return criteria


def _screened(items: Sequence[ItemAnalysis], criteria: Mapping[str, Criterion]) -> tuple[Screened, ...]:
    return screen(
        {one.item.id: one.described for one in items if one.described is not None and one.described.n}, criteria
    )


def _stability(declared: PanelFile, before: Round, one: Round) -> tuple[MovedItem, ...]:
    """The items that both rounds asked; an expert who left or joined has no answers in one of them."""
    items = [item for item in one.items if item in before.items]
    experts = list(dict.fromkeys((*before.experts, *one.experts)))
    earlier, later = before.matrix(items, experts), one.matrix(items, experts)
    return tuple(MovedItem(moved, _stable(declared, moved)) for moved in stability(earlier, later, items, declared.sd))


def _stable(declared: PanelFile, moved: ItemStability) -> bool | None:
    """Whether every threshold of stability holds; None where none is declared, or what it asks for is undefined."""
    limits = declared.thresholds.stability
    if limits is None:
        return None
    verdicts: list[bool | None] = []
    unmoved = moved.undefined.get("wilcoxon_p") == "nobody_moved"  # as stable as can be, though nothing can be tested
    kappa, p = (1.0, 1.0) if unmoved else (moved.kappa_linear, moved.wilcoxon_p_holm)
    if (most := limits.cv_change_at_most) is not None:
        verdicts.append(None if moved.cv_change is None else reaches(abs(moved.cv_change), "at_most", most))
    if (least := limits.kappa_at_least) is not None:
        verdicts.append(None if kappa is None else reaches(kappa, "at_least", least))
    if limits.p_above is not None:
        verdicts.append(None if p is None else not reaches(p, "at_most", limits.p_above))
    if (least := limits.unchanged_at_least) is not None:
        verdicts.append(None if moved.unchanged is None else moved.unchanged >= least)
    return False if False in verdicts else None if None in verdicts or not verdicts else True
