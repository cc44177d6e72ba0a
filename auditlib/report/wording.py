# ruff: noqa: E501 — the two languages stand side by side
"""Every fixed sentence of a report, in Chinese and English, and the words for what the library says in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from auditlib.period import Period
from auditlib.registers import REGISTERS
from auditlib.scheme.load import Resolved

__all__ = ["LANGUAGES", "WORDS", "period_words", "said", "say", "worded"]

LANGUAGES = ("zh", "en")

# fmt: off
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    # titles
    "unit_title": ("{name}考核报告", "Assessment of {name}"),
    "ranking_title": ("考核排名", "Ranking"),
    "index_title": ("考核报告目录", "Index of reports"),
    "waterfall": ("分数从何而来", "How the score comes about"),
    "peers": ("组内位置", "Position among peers"),
    "arrivals": ("来件与扣分", "Cases and lost points"),
    "indicators": ("各项指标", "Indicators"),
    "lines": ("计分明细", "Score lines"),
    "cases": ("扣分涉及的件", "Cases behind lost points"),
    "reading": ("读法", "Reading"), "readings": ("所用读法", "Readings in use"),
    "gaps": ("来源缺口", "Gaps of the source"),
    "rejects": ("未采用的台账行", "Rows that were not used"),
    "repeat": ("如何复核本报告", "How to re-perform this report"),
    "roll_up": ("年度构成", "Parts of the total"),
    "evidence_state": ("证据状况", "State of the evidence"),
    "costliest": ("失分最多的三项", "What cost most"),
    "ranking": ("排名表", "Ranking"),
    "totals": ("总分比较", "Totals compared"),
    # column headings
    "unit": ("单位", "Unit"), "code": ("代码", "Code"), "name": ("名称", "Name"), "group": ("组别", "Group"),
    "period": ("考核期", "Period"), "scheme": ("考核办法", "Scheme"), "version": ("版本", "version"),
    "as_of": ("截止时点", "As of"), "rank": ("名次", "Rank"), "total": ("总分", "Total"), "out_of": ("满分", "Out of"),
    "score": ("得分", "Score"), "change": ("较上期", "Change"), "complete": ("是否完整", "Complete"),
    "outcomes": ("结果运用", "Outcomes"), "tie": ("并列未定", "Undecided tie"), "indicator": ("指标", "Indicator"),
    "dimension": ("维度", "Dimension"), "max": ("满分", "Max"), "points": ("得分", "Points"), "lost": ("失分", "Lost"),
    "status": ("状态", "Status"), "note": ("说明", "Note"), "rule": ("规则", "Rule"), "clause": ("条款", "Clause"),
    "quote": ("条款原文", "Text of the clause"), "operands": ("数据", "What was counted"),
    "arithmetic": ("算式", "Arithmetic"), "count": ("件数", "Number"), "case_ids": ("证据", "Evidence"),
    "rule_and_clause": ("规则与条款", "Rule and clause"), "data_and_arithmetic": ("数据与算式", "Count and arithmetic"),
    "question": ("待定问题", "Question"), "used": ("采用", "In use"), "others": ("其他读法", "Other readings"),
    "missing": ("缺少的内容", "What is missing"), "policy": ("处理", "Treatment"), "supplied": ("补给值", "Value supplied"),
    "register": ("登记簿", "Register"), "column": ("列", "Column"), "expected": ("要求", "Expected"),
    "rows": ("行数", "Rows"), "of_unit": ("属本单位", "Of this unit"), "example": ("例（文件：行 → 值）", "Example (file: row → value)"),
    "case": ("件号", "Case"), "kind": ("类别", "Kind"), "received": ("提交", "Received"), "closed": ("办结", "Closed"),
    "counted_in": ("扣分规则", "Rules that it cost points under"), "weight": ("权重", "Weight"), "step": ("步骤", "Step"),
    "command": ("命令", "Command"), "what": ("依据", "What went in"), "value": ("内容", "Value"),
    "report": ("报告", "Report"), "state": ("生成", "Made"),
    "exclusions": ("剔除清单", "Exclusions"), "consequences": ("后果", "What it brings"), "conditions": ("条件与数据", "Conditions and numbers"),
    "outcome": ("结果", "Outcome"), "state_of": ("是否成立", "Holds"), "approver": ("批准单位", "Approved by"), "reason": ("理由", "Reason"), "units": ("单位", "Units"),
    "to_decide": ("须由人决定", "A person decides"), "rules_out": ("因此不得有", "Rules out"),
    "outcome_holds": ("成立", "holds"), "outcome_undecided": ("未定", "undecided"), "outcome_barred": ("被取消", "ruled out"),
    "outcome_waits": ("待补资料", "cannot be told"), "outcome_no": ("不成立", "does not hold"),
    "targets_missed": ("未达到的目标：{names}。", "Targets that are not met: {names}."), "targets_met": ("各项目标均已达到。", "Every target is met."),
    "met": ("达到", "met"), "not_met": ("未达到", "not met"),
    "note_exclusions": ("剔除 {count} 件；剔除后得 {after}，不剔除得 {before}。", "{count} cases left out; the total is {after} with the exclusions, {before} without."),
    "note_outcomes": ("逐条列出办法所定的结果、条件和本单位的数据；成立的列明后果，须由人决定的另行注明。", "Every outcome of the scheme with its conditions and the unit's numbers; one that holds says what it brings and what a person has yet to decide."),
    "note_outcomes_all": ("逐条列出办法所定的结果和落入的单位；后果见各单位报告。", "Every outcome of the scheme and the units it falls to; what it brings stands in the report of each unit."),
    # statuses and values
    "scored": ("已计分", "scored"), "not_assessable": ("不予评价", "not assessable"), "needs_input": ("待补资料", "needs input"),
    "yes": ("是", "yes"), "no": ("否", "no"), "partial": ("部分", "in part"), "none": ("无", "none"), "undecided_mark": ("（未定）", " (undecided)"), "open": ("未办结", "open"),
    "exclude": ("不计入，其余照常计分", "left out; the rest is scored"),
    "require": ("须补给后方有总分", "no total until it is supplied"),
    "not_supplied": ("未补给", "not supplied"), "undetermined": ("无法判定", "cannot be told"),
    "no_data": ("{periods}没有数据，按办法{how}。", "No data in {periods}: {how}, as the roll-up declares."),
    "left_out": ("不计入", "left out"), "zero_points": ("计零分", "zero points"),
    "note_roll_up": ("同一类考核期先取各期总分的平均，再乘以该类权重；没有数据的考核期按办法处理。",
                     "The totals of periods of one kind are averaged, then weighted; the scheme says what a period without data counts for."),
    "waterfall_parts": ("本期总分 {total} 由多个考核期合成，见“年度构成”。", " The total of {total} is made of several periods, see the parts of the total."),
    "done": ("完成", "done"), "failed": ("失败", "failed"), "all_units": ("全部单位", "all units"), "no_group": ("未分组", "no group"),
    # sentences of the first screen
    "out_of_value": ("满分 {value}", "out of {value}"),
    "no_maximum": ("办法未设满分", "the scheme sets no maximum"),
    "no_total": ("无总分", "no total"),
    "not_counted": ("另有 {value} 分未能计入", "{value} more points could not be scored"),
    "rank_value": ("第 {rank} 名，共 {count} 个单位", "{rank} of {count}"),
    "no_rank": ("未排名", "not ranked"),
    "change_value": ("{change}（{period}：{total}）", "{change} ({period}: {total})"),
    "change_other": ("不可比：{period}得 {total}，满分 {of}，本期满分 {now}",
                     "not comparable: {total} out of {of} in {period}, this period is out of {now}"),
    "no_previous": ("台账中没有{period}的数据", "the ledger has no data on {period}"),
    "lost_of": ("失 {lost} 分（满分 {max}，得 {points}）", "lost {lost} of {max}, {points} left"),
    "lost_from": ("{points} 分", "{points} points"),
    "nothing_lost": ("本期没有失分。", "No points were lost in this period."),
    "evidence_cases": ("{count} 件", "{count} cases"),
    "rejected_none": ("台账没有未采用的行。", "No row of the ledger was rejected."),
    "rejected_some": ("台账有 {count} 行未采用{own}，未参与计分。", "Rejected rows of the ledger: {count}{own}; they count for nothing."),
    "rejected_own": ("，其中属本单位 {count} 行", " ({count} of this unit)"),
    "gaps_none": ("没有未补给的来源缺口。", "No gap of the source is open."),
    "gaps_some": ("来源缺口 {count} 处未补给，相应内容未计分。", "Open gaps of the source: {count}; what they concern is not scored."),
    "tie_none": ("名次无未定并列。", "The rank is not tied."),
    "tie_some": ("与 {units} 同分，办法未规定先后。", "Tied with {units}; the scheme does not say who stands first."),
    "ties_none": ("没有未定并列。", "No tie is undecided."),
    "ties_some": ("有 {count} 组并列，办法未规定先后：{units}。", "Ties that the scheme does not decide: {count} ({units})."),
    "unscored_none": ("各项指标均已计分。", "Every indicator was scored."),
    "unscored_some": ("未计分指标：{names}。", "Indicators without a score: {names}."),
    "synthetic": ("本台账为合成数据，仅供演示，不涉及任何真实单位或个人。", "The ledger is synthetic, made for demonstration; no real unit or person is concerned."),
    # captions
    "waterfall_caption": ("从满分 {full} 分起，{losses} 项指标共失 {lost} 分{bonus}，得 {total} 分；失分最多的是{worst}（−{most}）。",
                          "From the full {full}, {losses} indicators lost {lost} points{bonus}, which leaves {total}; {worst} cost most (−{most})."),
    "waterfall_bonus": ("，{count} 项加 {points} 分", " and {count} gained {points}"),
    "waterfall_full": ("从满分 {full} 分起，没有失分{bonus}，得 {total} 分。", "From the full {full} nothing was lost{bonus}, which leaves {total}."),
    "waterfall_none": ("没有可计分的指标。", "No indicator could be scored."),
    "peers_caption": ("{group} {count} 个单位中，{name}{value}，名列第 {rank}；中位数为 {median}，最高 {high}，最低 {low}。",
                      "Among {count} units of {group}, {name} has {value} and rank {rank}; the median is {median}, the highest {high}, the lowest {low}."),
    "peers_none": ("{name}没有总分，无从比较。", "{name} has no total to compare."),
    "peers_share": ("得分率（%），因各单位可计分的满分不同", "total as a share of what could be scored (%), as maxima differ"),
    "arrivals_caption": ("本期受理 {count} 件，其中 {lost} 件（{share} %）涉及扣分；来件最多的{bin}是 {peak}（{most} 件）{days}。",
                         "{count} cases came in, of which {lost} ({share} %) lost points; the busiest {bin} was {peak} ({most}){days}."),
    "arrivals_days": ("；办结的 {closed} 件中位用时 {median} 天，未办结 {open} 件", "; closing took a median of {median} days ({closed} closed, {open} open)"),
    "arrivals_none": ("本期台账中没有该单位的件。", "The ledger has no case of this unit in the period."),
    "bin_day": ("一天", "day"), "bin_week": ("一周", "week"), "bin_month": ("一个月", "month"),
    "ranking_caption": ("{group}：{count} 个单位，{best}以 {high} 居首，{worst}以 {low} 居末，相差 {range} 分，中位数 {median}{cut}。",
                        "{group}: {count} units; {best} leads with {high}, {worst} is last with {low}, {range} points apart, median {median}{cut}."),
    "ranking_one": ("{group}：只有{best}一个单位有总分（{high}）。", "{group}: only {best} has a total ({high})."),
    "ranking_none": ("{group}：没有单位有总分。", "{group}: no unit has a total."),
    "gap_caption": ("{group}相邻名次差距最大处在第 {above} 名{first}与第 {below} 名{second}之间（{gap} 分）",
                    "in {group} the widest gap between neighbours is {gap} points, between {first} (rank {above}) and {second} (rank {below})"),
    "totals_caption": ("总分按名次排列，深色为各组第一{gaps}。", "Totals by rank, the first of each group in dark{gaps}."),
    "ranking_cut": ("；图中只画前后各 {count} 名", "; only the first and last {count} are drawn"),
    # words in figures
    "full_marks": ("满分", "full marks"), "starting_points": ("起始分", "start"), "own_total": ("本期得分", "this period"),
    "axis_points": ("分", "points"), "axis_cases": ("件", "cases"), "axis_days": ("办理天数", "days to close"),
    "this_unit": ("{name}  {value}", "{name}  {value}"), "median": ("中位数 {value}", "median {value}"),
    "lost_points": ("涉及扣分", "lost points"), "lost_none": ("未扣分", "no points lost"),
    "received_axis": ("受理日期", "date received"), "still_open": ("未办结（至截止时点）", "still open (until the as-of time)"),
    # notes
    "note_lines": ("按办法顺序列出每条规则；未扣分的规则以浅色显示。", "Every rule in the order of the scheme; rules that cost nothing are pale."),
    "note_readings": ("条款有不同理解之处，本报告采用下列读法；换一种读法可能改变得分。",
                      "Where a clause can be understood in several ways, these readings are in use; another may change the score."),
    "note_gaps": ("来源文本没有给出的内容。未补给的缺口不计零分，也不计满分。",
                  "What the source does not give. A gap that is open counts neither as zero nor as full marks."),
    "note_rejects": ("以下各行因所述原因未采用；更正后重新计分即可纳入。", "These rows were set aside for the reason given; once mended they count."),
    "note_repeat": ("同样的输入得出同样的报告。下列命令重新计分、逐条解释并重新生成本报告。",
                    "The same inputs give the same report. These commands score again, explain each line and make the report anew."),
    "note_cases": ("共 {count} 件{shown}。", "{count} cases{shown}."),
    "note_shown": ("，此处列出前 {count} 件，其余见计分明细的证据", ", the first {count} are listed here, the others under the score lines"),
    "not_printed": ("（清单见电子版）", " (listed in the electronic report)"), "rest_cases": ("其余 {count} 件", "{count} more"),
    "open_of": ("{status}（满分 {max}）", "{status} (of {max})"), "colon": ("：", ": "),
    "more_lines": ("另有 {count} 条，见计分明细", "{count} more, see the score lines"), "own_value": ("得 {value}", "{value}"), "share_value": ("的得分率为 {value}", "{value} of what could be scored"),
    "more": ("另 {count} 件", "{count} more"), "all_ids": ("共 {count} 件", "{count} in all"),
    "no_lines": ("没有计分明细。", "There are no score lines."), "no_rows": ("无。", "None."),
    "step_score": ("重新计分", "Score again"), "step_explain": ("逐条解释", "Explain each line"), "step_report": ("重新生成报告", "Make the report anew"),
    "scheme_file": ("考核办法文件", "Scheme file"), "ledger": ("台账", "Ledger"), "snapshot": ("台账快照", "Ledger snapshot"),
    "basis": ("本报告所据数据", "Data behind this report"),
    "software": ("软件", "Software"), "source": ("来源文件", "Source document"), "last_checked": ("{date} 核对", "checked {date}"),
    "kind_unit": ("单位报告", "Unit report"), "kind_ranking": ("排名", "Ranking"), "search": ("筛选", "Filter"),
    "index_count": ("共 {count} 份报告，完成 {done} 份，失败 {failed} 份。", "Reports: {count}; done {done}, failed {failed}."),
    "sort_hint": ("点击表头可排序。", "Click a heading to sort."),
    "failed_banner": ("本报告未能完成：运行中出错，以下内容不完整，不得作为考核依据。",
                      "This report was not finished: an error stopped it. What follows is incomplete and must not be relied upon."),
    "failed_detail": ("出错详情", "Details of the error"), "page_of": ("第", "Page"),
})
# fmt: on


SINGULAR = re.compile(r"(?<![\w.,−])(1 (?:indicator|point|case|unit|row|day|more point))s\b")


def say(name: str, language: str, /, **values: object) -> str:
    """The wording ``name`` in a language, with its values put in as text."""
    return worded(WORDS[name], language, **values)


def worded(wording: tuple[str, str], language: str, /, **values: object) -> str:
    """One of two wordings, Chinese and English, with its values put in as text."""
    text = wording[LANGUAGES.index(language)].format_map({key: str(value) for key, value in values.items()})
    text = text.replace(" %", "\N{NO-BREAK SPACE}%")
    return SINGULAR.sub(r"\1", text) if language == "en" else text


def period_words(period: str, language: str) -> str:
    """A period as people say it: ``2026年1月``, ``2026年第2季度``; in English as it is written."""
    if language == "en":
        return period
    parsed = Period.parse(period)
    year, month = parsed.first.year, parsed.first.month
    return {
        "month": f"{year}年{month}月",
        "quarter": f"{year}年第{(month + 2) // 3}季度",
        "half": f"{year}年{'上' if month == 1 else '下'}半年",
        "year": f"{year}年度",
    }[parsed.granularity]


def _register(name: str) -> str:
    return f"“{REGISTERS[name].zh}”（{name}）" if name in REGISTERS else name


SPOKEN: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"the ledger has no register (\w+)", lambda m: f"台账没有登记簿{_register(m[1])}"),
    (
        r"ledger has no register (\w+): what needs it is not scored",
        lambda m: f"台账没有登记簿{_register(m[1])}，相关内容未计分",
    ),
    (r"the ledger has no fact (\S+) in unit_facts", lambda m: f"单位基础数据（unit_facts）中没有 {m[1]}"),
    (r"0/0: there is nothing to assess", lambda m: "0÷0：没有可评价的对象"),
    (r"no mark has been given", lambda m: "尚未评分"),
    (r"the ledger has no row in (\S+)", lambda m: f"台账中没有 {m[1]} 的数据"),
    (r"(\S+) has no data: left out, as the roll-up declares", lambda m: f"{m[1]} 没有数据，按办法不计入"),
    (r"(\S+) has no data: zero points, as the roll-up declares", lambda m: f"{m[1]} 没有数据，按办法计零分"),
    (
        r"(\S+) lies outside the days in force of version (\S+): (?:from (\S+))? ?(?:until (\S+))?",
        lambda m: f"{m[1]} 不在版本 {m[2]} 的施行期内（{_days(m[3], m[4])}）",
    ),
    (
        r"version (\S+) was last checked against its source on (\S+), before (\S+) ended",
        lambda m: f"版本 {m[1]} 最近一次与来源核对是 {m[2]}，早于 {m[3]} 期末",
    ),
    (
        r"totals are out of different maxima, because some indicators cannot be assessed for some units",
        lambda m: "各单位总分的满分不同，因为有的指标对有的单位无法评价",
    ),
    (
        r"unit (.+): the mark for (\S+) is not used, the scheme takes no mark there",
        lambda m: f"单位 {m[1]}：指标 {m[2]} 的人工评分未采用，办法此处不接受评分",
    ),
    # what a rejected row should have been
    (r"an ISO 8601 time such as (\S+)", lambda m: f"ISO 8601 时间，如 {m[1]}"),
    (r"an ISO 8601 time or date such as (\S+) or (\S+)", lambda m: f"ISO 8601 时间或日期，如 {m[1]} 或 {m[2]}"),
    (r"true or false .*", lambda m: "是或否（true/false、1/0）"),
    (r"a whole number", lambda m: "整数"),
    (r"an exact number such as .*", lambda m: "精确数，如 12、-0.5、1/3"),
    (r"a period such as .*", lambda m: "考核期，如 2025-06、2025Q2、2025H1、2025"),
    (r"a time written as (.+)", lambda m: f"按 {m[1]} 书写的时间"),
    (r"one of (.+)", lambda m: f"{m[1].replace(', ', '、')}之一"),
    (r"a time no later than the as-of time (\S+)", lambda m: f"不晚于截止时点 {m[1].replace('T', ' ')}"),
    (r"a time not before received_at", lambda m: "不早于提交时间"),
    (r"a unit of the register of units", lambda m: "单位登记簿中的单位"),
    (r"(.+) only once; an earlier row has it", lambda m: f"{m[1]} 不得重复，前面已有一行"),
    (r"(\d+) fields, as in the header", lambda m: f"{m[1]} 个字段，与表头一致"),
    (r"a value: (.+)", lambda m: f"须填写：{_column(m[1])}"),
)


def _column(meaning: str) -> str:
    columns = (column for register in REGISTERS.values() for column in register.columns)
    return next((column.zh for column in columns if column.meaning == meaning), meaning)


def _days(first: str | None, last: str | None) -> str:
    return f"自 {first} 起" * bool(first) + "，" * bool(first and last) + f"至 {last} 止" * bool(last)


def said(text: str, language: str, resolved: Resolved | None = None) -> str:
    """A reason or warning of the library in the language of the report; unknown sentences stay as they are."""
    if language == "en":
        return text
    missing = {gap.missing.en: gap.missing.zh for gap in resolved.scheme.gaps.values()} if resolved else {}
    if text in missing:
        return missing[text]
    if (parts := text.split("; ")) and all(part in missing for part in parts):  # a rule that waits for several
        return "；".join(missing[part] for part in parts)
    for measure in resolved.scheme.measures.values() if resolved else ():
        waiting = rf"unit (.+): {re.escape(measure.title.en)}: (\d+), not counted yet"
        if measure.undecided and (match := re.fullmatch(waiting, text)):
            return f"单位 {match[1]}：{measure.title.zh} {match[2]} 件，尚未计入"
    for pattern, words in SPOKEN:
        if match := re.fullmatch(pattern, text):
            return words(match)
    return text
