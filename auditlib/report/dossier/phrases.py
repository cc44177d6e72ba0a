# ruff: noqa: E501 — the two languages stand side by side
"""Every fixed sentence of a scheme's dossier and of the pages of worked examples, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from auditlib.report.wording import worded

__all__ = ["PHRASES", "phrase"]

# fmt: off
PHRASES: Mapping[str, tuple[str, str]] = MappingProxyType({
    # titles and head
    "dossier_of": ("{title}：办法说明书", "{title}: dossier"), "examples_of": ("{title}：例释", "{title}: worked examples"),
    "kicker": ("办法说明书", "Scheme dossier"), "examples_kicker": ("例释", "Worked examples"),
    "index": ("考核办法说明书目录", "Dossiers of the schemes"),
    "index_note": ("共 {count} 部办法。每部说明书逐条列出条款原文、计分规则、数据口径、待定读法、来源缺口和检查结论。",
                   "Schemes: {count}. Each dossier gives the clauses, the rules, what is counted, the open readings, the gaps of the source and the findings."),
    "id": ("编号", "Id"), "issuer": ("发布机关", "Issued by"), "source_title": ("来源文件", "Source document"),
    "file": ("文件", "File"), "last_checked": ("最近核对", "Last compared"), "effective": ("施行", "In force"),
    "not_stated": ("来源未载明", "not stated in the source"), "from_day": ("自 {first} 起", "from {first}"),
    "until_day": ("至 {last}", "until {last}"), "between_days": ("{first} 至 {last}", "{first} to {last}"),
    "assessed_by": ("考核周期", "Assessed by"), "calendar": ("工作日历", "Calendar"), "extends": ("以此为基础", "Laid over"),
    "contents": ("目录", "Contents"), "other_language": ("English", "中文"), "all_dossiers": ("全部办法", "All schemes"),
    "to_examples": ("例释：{count} 例", "Worked examples: {count}"), "to_dossier": ("办法说明书", "Scheme dossier"),
    "anchor": ("本条链接", "Link to this"),
    # sections
    "glance": ("一览", "At a glance"), "clauses": ("条款", "Clauses"), "rules": ("指标与计分规则", "Indicators and rules"),
    "data": ("数据口径", "What is counted"), "readings": ("待定读法", "Open readings"), "gaps": ("来源缺口", "Gaps of the source"),
    "results": ("汇总、排名与结果运用", "Roll-up, ranking and outcomes"), "findings": ("检查结论", "Findings"),
    # at a glance
    "glance_note": ("横条长度按分值比例绘制，同一比例尺；自左向右依次相接，合计即满分 {total} 分。", "Bars are drawn to one scale and follow one another from the left: together they make the full {total} points."),
    "glance_no_total": ("本办法没有设定分值的指标，不作比例图。", "No indicator of this scheme has a maximum, so nothing is drawn to scale."),
    "glance_table": ("指标与满分", "Indicators and their maximum"), "whole": ("总分", "Total"),
    "base": ("基准分", "Base points"), "points_value": ("{value} 分", "{value}"), "no_maximum": ("未设满分", "no maximum"),
    "on_top": ("满分之外加分，最多 {value} 分", "a bonus on top, at most {value}"), "bonus_to": ("可加至 {value} 分", "up to {value} with its bonus"),
    "maximum_waits": ("满分缺失，待补给", "maximum missing, to be supplied"), "target_only": ("只判断是否达标", "met or not met"),
    "deduct_only": ("只扣分", "deducts only"),
    "count_clauses": ("条款", "clauses"), "count_indicators": ("指标", "indicators"), "count_rules": ("规则", "rules"),
    "count_readings": ("待定读法", "open readings"), "count_gaps": ("来源缺口", "gaps"), "count_findings": ("检查结论", "findings"),
    "weights": ("{period}总分的构成", "Parts of the total of the {period}"),
    # clauses
    "clauses_note": ("原文逐字引自来源文件；每条之下列出引用它的规则、读法、缺口和结果。", "Quoted to the letter from the source; below each clause stands what cites it."),
    "cited_by": ("引用", "Cited by"), "cited_by_none": ("没有规则引用本条。", "Nothing cites this clause."),
    "about": ("本条只界定办法的框架，不产生分值。", "This clause frames the scheme and gives no points."),
    "missing_quote": ("来源文本缺失", "missing from the source"),
    "kind_indicator": ("指标", "indicator"), "kind_rule": ("规则", "rule"), "kind_multiplier": ("加倍", "multiplier"), "kind_reading": ("读法", "reading"),
    "kind_gap": ("缺口", "gap"), "kind_outcome": ("结果", "outcome"), "kind_dimension": ("维度", "dimension"), "kind_base": ("基准分", "base points"),
    "kind_roll_up": ("汇总", "roll-up"), "kind_ranking": ("排名", "ranking"), "kind_finding": ("检查结论", "finding"), "kind_example": ("例", "example"),
    # rules
    "rules_note": ("每条规则先写成一句话，再写成算式；算式中 ⌊ ⌋ 为舍去不足一步的部分，⌈ ⌉ 为不足一步按一步计，⇒ 为“则”。门限一律按精确值比较，不先舍入。",
                   "Each rule is a sentence first and arithmetic second: ⌊ ⌋ drops an unfinished step, ⌈ ⌉ counts it as one, ⇒ is “then”. Thresholds are compared with exact values, never with rounded ones."),
    "maximum": ("满分", "Maximum"), "start": ("起始分", "Start"), "floor": ("下限", "Floor"), "cap": ("上限", "Cap"),
    "no_bound": ("不设", "none"), "only_in": ("适用", "Assessed in"), "clause": ("条款", "Clause"), "looks_at": ("数据", "Looks at"),
    "evidence": ("证据", "Evidence"), "hangs_on": ("读法", "Readings"), "waits_for": ("缺口", "Gap"), "dimension": ("维度", "Dimension"), "points_of": ("得分", "Points"),
    # data
    "data_note": ("以下为计分所用的全部数量。条件先写成文字，再附文件中的表达式，以表达式为准。“首个有值者（甲，乙）”指甲有记录取甲，没有取乙。",
                  "Everything that is counted for the points. Each condition stands in words and then as it is written in the file, which decides. “The first known of (a, b)” is a where a is recorded and b where it is not."),
    "rates": ("比率", "Rates"), "composites": ("综合指数", "Composites"), "standings": ("按名次取值", "Values by place"),
    "measures": ("指标量", "Measures"), "columns": ("推导列", "Derived columns"), "values": ("按日期生效的数值", "Dated values"),
    "quantity": ("名称", "Name"), "how": ("口径", "How"), "formula": ("算式", "Arithmetic"), "policy": ("分母或数据为空时", "Where there is nothing to divide"),
    "value": ("数值", "Value"), "for_reader": ("仅供阅读，不参与计分", "for the reader only, no rule looks at it"), "column": ("列", "Column"),
    # readings
    "readings_note": ("条款可有不同理解之处，各种读法并列于此，所用的一种已标明。“改变什么”由程序将规则在该读法下重新求出后逐项比较得到。",
                      "Where a clause can be understood in several ways, the readings stand here side by side, with the one in use. What each would change was found by resolving the rules under it and comparing them item by item."),
    "no_readings": ("本办法没有待定的读法。", "This scheme has no open readings."),
    "in_use": ("采用", "in use"), "alternative": ("另一读法", "alternative"), "if_chosen": ("若采用“{option}”", "If “{option}” were in use"),
    "changes_caption": ("“{option}”改变的规则与口径", "What “{option}” changes in the rules"), "changed": ("项目", "What"), "aspect": ("方面", "Aspect"), "now": ("现行", "In use"), "then": ("改为", "Would be"),
    "absent": ("（无）", "(none)"), "no_change": ("规则与口径均无变化。", "Nothing in the rules would change."), "touches": ("受影响的计分规则", "Rules that it reaches"),
    "demo": ("对示例台账的影响", "In the demonstration"), "demo_ledger": ("示例台账：{title}；考核期 {period}；截止时点 {as_of}。", "Demonstration: {title}; period {period}; as of {as_of}."),
    "demo_caption": ("“{option}”使示例台账的结果发生的变化", "What “{option}” changes in the demonstration"),
    "demo_same": ("示例台账的 {count} 个单位，分数、名次和结果均不变。", "None of the {count} units of the demonstration changes in points, rank or outcomes."),
    "demo_rest": ("其余 {count} 个单位不变。", "The other {count} units stay as they are."), "demo_refused": ("示例台账在此读法下不能计分：{why}", "The demonstration cannot be scored under this reading: {why}"),
    "unit": ("单位", "Unit"), "total": ("总分", "Total"), "rank": ("名次", "Rank"), "difference": ("差", "Difference"), "indicators_changed": ("变动的指标", "Indicators that change"), "outcomes": ("结果运用", "Outcomes"), "no_value": ("无", "none"), "is_decided": ("已定", "decided"), "is_undecided": ("未定", "undecided"),
    # gaps
    "gaps_note": ("来源没有给出的内容。未补给之前既不计零分，也不计满分。", "What the source does not give. Until it is supplied it counts neither as zero nor as full marks."),
    "no_gaps": ("没有发现来源缺口。", "The source has no gaps."), "missing": ("缺少的内容", "What is missing"), "treatment": ("处理", "Treatment"), "at_stake": ("涉及分值", "Points at stake"), "used_by": ("等待它的规则", "What waits for it"),
    # results
    "roll_up": ("汇总", "Roll-up"), "no_roll_up": ("各考核期独立计分，不由较短的考核期汇总。", "Each period is scored by itself; none is rolled up from shorter ones."),
    "ranking": ("排名", "Ranking"), "no_clause": ("来源没有规定；排名为本库为便于比较所加。", "The source does not say; the ranking is added for comparison."),
    "outcome_none": ("来源没有规定结果运用，或该部分已缺失。", "The source names no consequences, or they are missing from it."),
    "conditions": ("条件", "Conditions"), "all_hold": ("同时满足：", "All of:"), "effects": ("效力", "Effect"), "who": ("对象", "Who"), "what": ("后果", "What"), "how_much": ("幅度", "How much"), "consequences_caption": ("“{title}”的后果", "Consequences of “{title}”"),
    "rounding": ("显示", "Shown"), "rounding_value": ("显示时保留 {digits} 位小数（{mode}）；计分、比较和排名用精确值。", "Shown with {digits} decimals ({mode}); scored, compared and ranked with exact values."),
    "half_up": ("四舍五入", "half up"), "half_even": ("四舍六入五成双", "half to even"), "down": ("舍去", "down"), "up": ("进一", "up"),
    # findings
    "findings_note": ("不看任何数据、只从规则本身即可证明的问题。“已知”指办法文件已经列明并说明处理方式的；其余为新发现。", "What can be proved from the rules alone, without any data. A known finding is listed in the file with what was done about it; any other is new."),
    "no_findings": ("没有发现。", "Nothing was found."), "known": ("已知", "known"), "new": ("新发现", "new"), "concerns": ("涉及", "Concerns"), "proof": ("证明", "Proof"), "under": ("在此读法下", "Under"), "handled": ("说明", "Note"),
    "severity_error": ("错误", "error"), "severity_warning": ("警示", "warning"), "severity_note": ("提示", "note"), "broken": ("本文件有不能载入之处：", "This file does not load:"),
    # foot
    "foot": ("本页由办法文件自动生成；同样的文件得出同样的页面。", "This page is made from the scheme's file; the same file gives the same page."),
    # examples
    "examples_note": ("每例先述案情，次列台账所载事实，再列依条款应得的结果；条款有不同读法的，并列另一读法下的结果。所列结果由测试逐一核对。", "Each case says in words what happened, then what the ledger holds, then what the clause gives; where it can be read otherwise, what it gives then. The tests hold every result."),
    "common": ("各例共同的事实", "Common to the cases"), "common_note": ("除例中另有说明外：", "Unless a case says otherwise:"), "period": ("考核期", "Period"), "as_of": ("截止时点", "As of"),
    "facts": ("事实", "Facts"), "no_facts": ("台账中没有任何记录。", "The ledger holds no rows."), "only_usual": ("{count} 行，均如共同事实。", "{count} rows, as in the common facts."), "rows": ("行数", "Rows"), "empty_cell": ("（空）", "(empty)"),
    "expected": ("依条款应得", "What the clauses give"), "under_reading": ("若采用另一读法", "Under another reading"), "result": ("项目", "What"), "gives": ("结果", "Result"), "of_unit": ("单位 {unit}", "Unit {unit}"),
    "supplied": ("补给的缺口", "Gaps supplied"), "refused": ("不予计分，提示：", "Not scored; the message is:"), "status": ("状态", "status"), "met_yes": ("达到", "met"), "met_no": ("未达到", "not met"), "measure_value": ("数量", "count"), "total_of": ("总分的满分", "the total is out of"), "tie": ("并列未定的单位", "undecided tie with"),
    "undecided": ("因并列而未定的结果", "outcomes that a tie leaves open"), "needs": ("尚待人决定", "still to be decided by a person"), "evidence_rows": ("证据行", "rows behind it"), "case": ("例", "Case"), "nobody": ("无", "none"), "no_reading": ("所用读法", "Readings in use"), "only_zh": ("案情以中文写成。", "The cases are told in Chinese."), "true": ("是", "true"), "false": ("否", "false"),
    "exclude": ("不计入，其余照常计分", "left out; the rest is scored"), "require": ("须补给后方有总分", "no total until it is supplied"), "scored": ("已计分", "scored"), "not_assessable": ("不予评价", "not assessable"), "needs_input": ("待补资料", "needs input"),
    "colon": ("：", ": "), "stop": ("；", "; "), "list": ("、", ", "), "points_short": ("分", " points"), "out_of": ("（满分 {value}）", " (of {value})"), "times_rows": ("{count} 行", "{count} rows"),
})
# fmt: on


def phrase(name: str, language: str, /, **values: object) -> str:
    """The phrase ``name`` in a language, with its values put in as text."""
    return worded(PHRASES[name], language, **values)
