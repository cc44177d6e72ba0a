"""A panel analysed: agreement, screening, consensus, stability and weights of each round.

Everything is computed from the panel folder alone, so the same folder gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from auditlib.core.exact import full_text
from auditlib.core.values import Text
from auditlib.delphi.attendance import attendance
from auditlib.delphi.authority import panel_authority
from auditlib.delphi.declared import Group, PanelFile
from auditlib.delphi.forms.survey_flags import FLAGS
from auditlib.delphi.result import Analysis, GroupAnalysis, ItemAnalysis, MovedItem, RoundAnalysis
from auditlib.delphi.rounds import Panel, Round
from auditlib.delphi.scales import Scale
from auditlib.delphi.statistics.concordance import UNDEFINED, concordance
from auditlib.delphi.statistics.descriptives import Descriptives, describe, reaches
from auditlib.delphi.statistics.reliability import krippendorff_alpha
from auditlib.delphi.statistics.resampling import bootstrap_interval, exact_p
from auditlib.delphi.statistics.screening import Criterion, Screened, boundary_values, limit, screen
from auditlib.delphi.statistics.stability import Consensus, ItemStability, consensus, stability
from auditlib.delphi.weights.rounding import publish
from auditlib.delphi.weights.shares import UNDEFINED as WEIGHT_UNDEFINED
from auditlib.delphi.weights.shares import Answers, mean_mark, weigh

__all__ = ["analyse", "analyse_items", "scale_notes"]

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
    return Analysis(panel, tuple(rounds), authority, tuple(_notes(panel, rounds)))


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
        attendance(one, earlier),
    )


def analyse_items(panel: Panel, one: Round) -> dict[str, ItemAnalysis]:
    """The items of round ``one`` with their statistics and weights, parents before children."""
    declared = panel.declared
    standing = declared.standing(one.number)
    authority = None
    if declared.mean == "authority_weighted":
        authority = [panel.experts[expert].Cr or Fraction(0) for expert in one.experts]  # reading refused unknown ones
    answers = {item.id: _answers(one, item.id) for item, _ in standing if item.weight is None}
    importance = {
        item.id: item.weight if item.weight is not None else mean_mark(answers[item.id], authority)
        for item, _ in standing
    }
    siblings = declared.siblings_of(one.number)
    weights = weigh(declared.tree(one.number), importance)
    published = publish(weights, declared.digits)
    found = {}
    for item, level in standing:
        described = agreed = None
        if item.weight is None:
            top = float(declared.scale.top(siblings[item.id]))
            described = describe(one.matrix([item.id])[:, 0], top, declared.sd)
            agreed = _consensus(declared, answers[item.id], described, siblings[item.id])
        found[item.id] = ItemAnalysis(
            item, level, described, importance[item.id], weights[item.id], published.get(item.id), agreed
        )
    return found


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
    return screen({one.item.id: one.described for one in items if one.described is not None}, criteria)


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


def _notes(panel: Panel, rounds: Iterable[RoundAnalysis]) -> Iterator[Text]:
    declared = panel.declared
    if declared.synthetic:
        yield Text(
            zh="本专家组的数据为合成数据，不是真实调查", en="the data of this panel are synthetic, no survey was made"
        )
    if panel.experts and declared.authority is None:
        yield Text(
            zh="panel.yaml 没有声明权威系数的赋值表，采用一项已发表研究的表",
            en="panel.yaml declares no tables of authority; those of one published study are in force",
        )
    yield from scale_notes(declared.scale)
    for one in rounds:
        yield from _attendance_notes(one)
    for one in rounds:
        yield from _round_notes(declared, one)


def _attendance_notes(one: RoundAnalysis) -> Iterator[Text]:
    told = (
        (one.attendance.away, "答过前面轮次而缺席本轮", "answered an earlier round and not this one"),
        (one.attendance.back, "缺席上一轮而回到本轮", "missed the round before and are back"),
        (one.attendance.joined, "自本轮加入", "joined in this round"),
    )
    if one.round.flags:
        listed = "；".join(
            f"{expert}：{'、'.join(FLAGS[flag].zh for flag in flags)}" for expert, flags in one.round.flags.items()
        )
        in_en = "; ".join(
            f"{expert}: {', '.join(FLAGS[flag].en for flag in flags)}" for expert, flags in one.round.flags.items()
        )
        yield Text(
            zh=f"第{one.round.number}轮：答卷可能不够认真，但仍计入（{listed}）",
            en=f"round {one.round.number}: answers that look careless, and count all the same ({in_en})",
        )
    for experts, zh, en in told:
        if experts:
            number, count = one.round.number, len(experts)
            yield Text(
                zh=f"第{number}轮：{zh} {count} 人（{'、'.join(experts)}），本轮 n = {one.round.returned}",
                en=f"round {number}: {count} {en} ({', '.join(experts)}); n = {one.round.returned}",
            )


def scale_notes(scale: Scale) -> Iterator[Text]:
    """What a reader has to know of a scale on which less is more; nothing of the usual one."""
    if scale.kind == "ranking":
        yield Text(
            zh="专家给出的是名次（1 最重要）；均数、满分频率和权重按 n + 1 − 名次计算，n 为同组条目数",
            en="experts gave ranks (1 = most important); means, full marks and weights are of n + 1 − rank, "
            "n being the items of the group",
        )
    elif scale.turned:
        both = full_text(scale.min + scale.max)
        yield Text(
            zh=f"{full_text(scale.min)} 分表示最重要；均数、满分频率和权重按 {both} − 评分计算",
            en=f"{full_text(scale.min)} is the best mark; means, full marks and weights are of {both} − mark",
        )
    if scale.kind == "marks" and scale.best is None and scale.turned:
        yield Text(
            zh="panel.yaml 没有声明 scale.best，评分方向取自各分值的名称",
            en="panel.yaml declares no scale.best; which end is the best is taken from the labels",
        )


def _round_notes(declared: PanelFile, one: RoundAnalysis) -> Iterator[Text]:
    number, sent = one.round.number, one.round.sent
    if one.round.sent_from != "declared":
        zh, en = (
            ("experts.csv 的专家数", "the number of experts in experts.csv")
            if one.round.sent_from == "experts"
            else ("收回的份数", "the number of forms returned")
        )
        yield Text(
            zh=f"第{number}轮没有声明发出份数，以{zh} {sent} 计",
            en=f"round {number}: it is not declared how many forms were sent; {en}, {sent}, stands for it",
        )
    opened = declared.rounds[number].opened if number in declared.rounds else None
    fixed = declared.thresholds.declared
    if opened is not None and fixed is not None and fixed > opened:
        yield Text(
            zh=f"第{number}轮于 {opened} 发出，而阈值到 {fixed} 才约定",
            en=f"round {number} opened on {opened}, but its thresholds were agreed only on {fixed}",
        )
    for group in one.groups:
        if group.undefined is not None:
            yield Text(
                zh=f"第{number}轮 {group.group.id}：{group.undefined.zh}",
                en=f"round {number}, {group.group.id}: {group.undefined.en}",
            )
        if group.concordance is not None and group.concordance.dropped:
            count = group.concordance.dropped
            yield Text(
                zh=f"第{number}轮 {group.group.id}：{count} 位专家未答全，不计入 W",
                en=f"round {number}, {group.group.id}: experts who left an item out and do not count for W: {count}",
            )
    reasons = {(f.weight.parent, f.weight.undefined) for f in one.items.values() if f.weight.undefined is not None}
    for parent, reason in sorted(reasons, key=lambda pair: (pair[0] or "", pair[1] or "")):
        if reason is not None:
            why, group_id = WEIGHT_UNDEFINED[reason], parent or "level-1"
            yield Text(
                zh=f"第{number}轮 {group_id}：没有权重，{why.zh}",
                en=f"round {number}, {group_id}: no weights, {why.en}",
            )
