"""What a reader of a panel's numbers has to know, beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditlib.core.exact import full_text
from auditlib.core.values import Text
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.survey_flags import FLAGS
from auditlib.delphi.result import RoundAnalysis
from auditlib.delphi.rounds import Panel
from auditlib.delphi.scales import Scale
from auditlib.delphi.weights.shares import UNDEFINED as WEIGHT_UNDEFINED

__all__ = ["notes", "scale_notes"]


def notes(panel: Panel, rounds: Iterable[RoundAnalysis]) -> Iterator[Text]:
    """The notes of an analysis, in the order in which they are read."""
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
    yield from _agreement_notes(declared)
    for one in rounds:
        yield from _attendance_notes(one)
    for one in rounds:
        yield from _round_notes(declared, one)


def _attendance_notes(one: RoundAnalysis) -> Iterator[Text]:
    told = (
        (one.attendance.away, "答过前面轮次而缺席本轮", "answered an earlier round and not this one"),
        (one.attendance.back, "缺席上一轮而回到本轮", "missed the round before and are back"),
        (one.attendance.joined, "自本轮加入", "joined in this round"),
        (one.attendance.left, "已退出、不再询问的", "gave up the seat before and are no longer asked"),
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


def _agreement_notes(declared: PanelFile) -> Iterator[Text]:
    """Where agreement begins on the wrong side of the middle of the scale: a threshold for the other direction."""
    scale, limits = declared.scale, declared.thresholds.consensus
    if limits is None or limits.agreeing_from is None or scale.kind != "marks":
        return
    least, middle = limits.agreeing_from, (scale.min + scale.max) / 2
    if (least >= middle) if scale.turned else (least <= middle):
        low, high = (scale.min, least) if scale.turned else (least, scale.max)
        counted = f"{full_text(low)}—{full_text(high)}", f"{full_text(low)} to {full_text(high)}"
        yield Text(
            zh=f"agreeing_from: {full_text(least)} 把 {counted[0]} 分都算作同意，包括量表的中间；请核对评分方向",
            en=f"agreeing_from: {full_text(least)} counts marks from {counted[1]} as agreement, with the middle of the "
            "scale; check which end is the best",
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
    for said in one.weighing_notes:
        yield Text(zh=f"第{number}轮：{said.zh}", en=f"round {number}: {said.en}")
    reasons = {(f.weight.parent, f.weight.undefined) for f in one.items.values() if f.weight.undefined is not None}
    for parent, reason in sorted(reasons, key=lambda pair: (pair[0] or "", pair[1] or "")):
        if reason is not None:
            why, group_id = WEIGHT_UNDEFINED[reason], parent or "level-1"
            yield Text(
                zh=f"第{number}轮 {group_id}：没有权重，{why.zh}",
                en=f"round {number}, {group_id}: no weights, {why.en}",
            )
