# ruff: noqa: E501 — the two languages stand side by side
"""Every fixed sentence of the report on a revision of weights, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from auditlib.report.wording import worded

__all__ = ["WORDS", "phrased"]

# fmt: off
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    # titles
    "title": ("{period}按第{old}版与第{new}版计分：权重修订的影响", "Scores by versions {old} and {new}, {period}: what the new weights change"),
    "slopes": ("名次：旧版到新版", "Ranks, old version to new"),
    "moves": ("各单位的总分和名次", "Totals and ranks of the units"),
    "why": ("为什么变：各指标的贡献", "Why: what each indicator contributes"),
    "maxima": ("满分的变化", "What becomes of the maxima"),
    "intervals": ("新版名次有多稳", "How firm the new ranks are"),
    "chances": ("名次区间与把握", "Rank intervals and chances"),
    "drivers": ("名次取决于什么", "What the ranks hang on"),
    "indices": ("敏感性指数", "Sensitivity indices"),
    "without": ("去掉一项指标后的名次", "Ranks without one indicator"),
    "repeat": ("如何复核本报告", "How to re-perform this report"),
    # columns
    "unit": ("单位", "Unit"), "group": ("组别", "Group"), "old_total": ("旧版总分", "Old total"), "new_total": ("新版总分", "New total"),
    "change": ("变化", "Change"), "old_rank": ("旧名次", "Old rank"), "new_rank": ("新名次", "New rank"), "places": ("升降", "Moves"),
    "relative": ("比组内平均", "Against the group's mean"), "up": ("拉高最多", "Pulls up most"), "down": ("拉低最多", "Pulls down most"),
    "indicator": ("指标", "Indicator"), "clause": ("条款", "Clause"), "old_max": ("旧满分", "Old maximum"), "new_max": ("新满分", "New maximum"),
    "factor": ("旧满分的%", "% of the old"), "rank": ("新版名次", "Rank, new version"), "expected": ("期望名次", "Expected rank"),
    "interval": ("{level}%区间", "{level} % interval"), "keeps": ("名次不变（%）", "Keeps the rank (%)"),
    "top": ("前{number}名（%）", "Top {number} (%)"), "bottom": ("后{number}名（%）", "Bottom {number} (%)"),
    "input": ("不确定的因素", "What is uncertain"), "first": ("单独（S1）", "Alone (S1)"), "total": ("连同交互（ST）", "With interactions (ST)"),
    "half_width": ("ST的95%半宽", "ST, 95 % half width"), "moved": ("名次变动的单位", "Units that move"), "furthest": ("变动最大", "Moves furthest"),
    "what": ("依据", "What went in"), "value": ("内容", "Value"),
    # labels
    "period": ("考核期", "Period"), "old": ("旧版", "Old version"), "new": ("新版", "New version"), "panel": ("专家组", "Panel"), "ledger": ("台账", "Ledger"),
    "version": ("第{version}版", "version {version}"), "version_from": ("第{version}版，{first}起施行", "version {version}, in force from {first}"), "version_open": ("第{version}版，来源未写施行日期", "version {version}, no date in the source"),
    "panel_cited": ("{panel}，第{round}轮，{experts}位专家", "{panel}, round {round}, {experts} experts"),
    "synthetic": ("合成数据演示，不是真实考核或真实调查", "Synthetic demonstration, no real assessment or survey"),
    "no_group": ("全部单位", "All units"), "label_total": ("新权重下的名次", "Rank under the new weights"),
    "label_expected": ("期望名次", "Expected rank"), "label_interval": ("{level}%的抽样落在其中", "{level} % of the draws"),
    "axis_rank": ("名次", "Rank"), "axis_index": ("占名次变动的比例", "Share of the movement of ranks"), "weight_of": ("“{name}”的权重", "the weight of {name}"), "reading_of": ("读法〔{clause}〕{question}", "reading [{clause}] {question}"),
    # sentences
    "headline": ("{ranked}个有名次的单位中，{moved}个名次改变{furthest}。{cause}{incomplete}", "Of {ranked} ranked units, {moved} change rank{furthest}. {cause} {incomplete}"),
    "furthest_move": ("，变动最大的是{unit}，{group}第{old}名变为第{new}名", "; {unit} moves furthest, in {group} from {old} to {new}"),
    "only_weights": ("两版中每个单位在每项指标上的得分率都相同：名次变动全由权重引起。", "Every unit attains the same share of every maximum in both versions: weights alone move the ranks."),
    "not_only_weights": ("两版中有的指标得分率不同：名次变动不只是权重引起的。", "Some shares of the maxima differ between the versions: weights are not all that moves ranks."),
    "incomplete": ("名次变动的单位中，{units}的总分缺少别的单位有的指标，满分较低，不宜与组内直接比较。", "Of those that move, {units} lacks an indicator that others have; its total is out of less and hard to compare."),
    "slope_group": ("{group}：{count}个单位中{up}个上升、{down}个下降、{same}个不变", "{group}: of {count} units {up} rise, {down} fall, {same} stay"),
    "slopes_sum": ("{groups}。", "{groups}."),
    "note_moves": ("名次在组内比较。总分的满分随版本变化，未评价的指标不计入满分。", "Ranks are within groups. The maximum of a total changes with the version; indicators without a score are out of it."),
    "note_why": ("变化＝各指标贡献之和。全组同增同减不改变名次，所以右边三列比的是组内平均。", "A change is the sum of what the indicators contribute. What the whole group gains moves no rank, so the last columns are against the group's mean."),
    "maxima_caption": ("{count}项指标中，{up}项满分提高、{down}项降低；提高最多的是{most}（{gain}分），降低最多的是{least}（{loss}分）。", "Of {count} indicators, {up} gain and {down} lose; {most} gains most ({gain}), {least} loses most ({loss})."),
    "drawn_experts": ("把专家组的{experts}位专家有放回地重抽{draws}次", "{draws} panels of {experts} experts, drawn anew from the panel with replacement"),
    "drawn_dirichlet": ("在新权重附近按狄利克雷分布（集中度{concentration}）抽取{draws}次", "{draws} sets of weights around the new ones (Dirichlet, concentration {concentration})"),
    "interval_group": ("{group}有{fixed}/{count}个单位的{level}%区间只有一个名次；第一名{unit}在{share}%的抽样中保持第一", "in {group} the {level} % interval of {fixed} of {count} units is a single rank, and {unit}, the first, stays first in {share} % of the draws"),
    "intervals_sum": ("{how}（种子{seed}）：{groups}。{left_out}", "{how} (seed {seed}): {groups}. {left_out}"),
    "left_out": ("这里的名次不含{units}。", "The ranks here are without {units}."),
    "driver_group": ("{group}最要紧的是{name}，连同交互占{share}%{reading}", "in {group} what matters most is {name}, {share} % with interactions{reading}"),
    "driver_reading": ("，影响最大的{name}占{share}%", "; the most influential {name}, {share} %"),
    "driver_fixed": ("{group}的名次不随所列因素改变", "in {group} nothing listed moves a rank"),
    "drivers_sum": ("权重按狄利克雷分布（集中度{concentration}）变动，所列读法各选项等可能，{evaluations}次计算（种子{seed}）：{groups}。指数是对名次一致性（Spearman）方差的分解，为抽样估计。", "Weights vary around the new ones (Dirichlet, concentration {concentration}), the options of the readings listed are equally likely, {evaluations} evaluations (seed {seed}): {groups}. Indices share out the variance of the agreement of ranks (Spearman) and are estimates."),
    "note_without": ("其余指标的权重按比例放大。{sentence}", "The other weights grow in proportion. {sentence}"),
    "without_most": ("去掉{name}时变动的单位最多：{count}个。", "Most units move without {name}: {count}."),
    "without_none": ("去掉任何一项，名次都不变。", "No rank moves whichever is left out."),
    "note_repeat": ("以下命令重新得出本报告；输入以内容散列认定。", "These commands make the report again; inputs are known by the hash of their content."),
    "panel_same": ("文件夹内容与新版所引散列一致", "the folder has the hash that the new version cites"),
    "panel_other": ("文件夹内容与新版所引散列不一致", "the folder has NOT the hash that the new version cites"),
    "step_diff": ("逐条对照", "Clause by clause"), "step_check": ("检查新版", "Check the new version"), "step_report": ("重做本报告", "This report"),
    "sliders": ("权重滑块：合计总为100%，名次随动。", "Weights that always add up to 100 %; ranks follow at once."), "reset": ("恢复新版权重", "Back to the new weights"),
    "slider_rank": ("名次", "Rank"), "slider_total": ("总分", "Total"),
    # between sentences
    "semicolon": ("；", "; "),
})
# fmt: on


def phrased(name: str, language: str, /, **values: object) -> str:
    """The wording ``name`` in a language, with its values put in as text."""
    return worded(WORDS[name], language, **values)
