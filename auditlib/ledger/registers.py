"""The registers of a ledger: the one table that says which columns there are and what each means.

Everything that reads, checks, prints or documents a ledger reads this table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from auditlib.core.values import Text

__all__ = ["REGISTERS", "UNIT", "Column", "ColumnType", "Register", "in_order", "register_title", "register_words"]

ColumnType = Literal["text", "time", "deadline", "boolean", "integer", "number", "period"]

PolarsType = type[pl.DataType] | pl.DataType
DTYPES: dict[ColumnType, PolarsType] = {
    "text": pl.String,
    "time": pl.Datetime("us"),
    "deadline": pl.Datetime("us"),
    "boolean": pl.Boolean,
    "integer": pl.Int64,
    # Numbers that people decide (points, premiums) stay text until Python reads them as exact fractions.
    "number": pl.String,
    "period": pl.String,
}


@dataclass(frozen=True)
class Column:
    """A column: its type, whether every row must fill it, and what it means.

    A ``time`` is a fact and may not lie after the as-of time. A ``deadline`` may; written as a bare
    date it ends with that day.
    """

    name: str
    type: ColumnType
    meaning: str
    zh: str
    required: bool = False
    minimum: int | None = None

    @property
    def dtype(self) -> PolarsType:
        return DTYPES[self.type]


@dataclass(frozen=True)
class Register:
    """A register: what one row is, its columns, its key, and the time by which a row belongs to a period."""

    name: str
    row: str
    zh: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    at: str | None = None

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


def _register(name: str, row: str, zh: str, key: str, at: str | None, *columns: Column) -> Register:
    return Register(name, row, zh, columns, tuple(key.split()), at)


UNIT = Column("unit", "text", "the unit under assessment, as in `units`", "被考核单位代码", required=True)

# fmt: off
REGISTERS: dict[str, Register] = {
    register.name: register
    for register in (
        _register(
            "units", "a unit under assessment", "被考核单位", "unit", None,
            Column("unit", "text", "the unit's code, unique", "单位代码", required=True),
            Column("name", "text", "the unit's name in reports", "单位名称"),
            Column("name_en", "text", "the same in English reports", "单位英文名称"),
            Column("group", "text", "whom the unit is ranked against", "组别"),
            Column("group_en", "text", "the same in English reports", "组别英文名称"),
            Column("valid_from", "time", "the unit is assessed from this time on; earlier rows are not its own", "起始时间"),
            Column("valid_to", "deadline", "the unit is assessed until this time; later rows are not its own", "终止时间"),
        ),
        _register(
            "unit_facts", "a fact on a unit in a period", "单位基础数据", "unit period fact", None,
            UNIT,
            Column("period", "period", "the period that the fact holds for: 2025-06, 2025Q2, 2025H1, 2025", "考核期", required=True),
            Column("fact", "text", "which fact: assessment_days, branches, premium_yuan, calls …", "数据项", required=True),
            Column("value", "number", "its value, an exact number", "数值", required=True),
            Column("source", "text", "where the number comes from: the document, system or office", "来源"),
        ),
        _register(
            "cases", "a complaint, report, petition or consultation", "信访投诉件", "case_id", "received_at",
            Column("case_id", "text", "the case's number, unique in the ledger", "件号", required=True),
            UNIT,
            Column("kind", "text", "咨询, 建议, 投诉, 复杂, 申诉, 举报 … as the scheme names them", "类别"),
            Column("channel", "text", "how it came in: telephone, letter, visit, online …", "渠道"),
            Column("category", "text", "what it is about", "问题分类"),
            Column("person_key", "text", "a pseudonym of the person, the same in all their cases", "当事人代号"),
            Column("problem_key", "text", "a pseudonym of the problem, the same in all its cases", "问题代号"),
            Column("received_at", "time", "when the person submitted it", "提交时间", required=True),
            Column("entered_at", "time", "when it was entered in the register", "录入时间"),
            Column("accepted_at", "time", "when the unit accepted it (接单)", "接单时间"),
            Column("dispatched_at", "time", "when it was passed to the responsible department", "派单时间"),
            Column("contacted_at", "time", "when the person was contacted", "联系时间"),
            Column("reported_at", "time", "when a superior was told that it could not be passed on in time", "报告领导时间"),
            Column("planned_at", "time", "when a solution or plan was put forward", "方案时间"),
            Column("replied_at", "time", "when the person, or the assigning office, was answered", "答复时间"),
            Column("due_at", "deadline", "the last moment for the answer, set case by case", "办理期限"),
            Column("closed_at", "time", "when the case was closed; empty while it is open", "办结时间"),
            Column("status", "text", "the state in the source system", "状态"),
            Column("outcome", "text", "how the case ended", "办理结果"),
            Column("resolved", "boolean", "the person confirmed that the matter is solved", "是否解决"),
            Column("filed", "boolean", "an enforcement case was filed (立案)", "是否立案"),
            Column("mediated", "boolean", "mediation was attempted", "是否调解"),
            Column("mediation_ok", "boolean", "mediation succeeded", "调解成功"),
            Column("verified", "boolean", "the facts were verified", "是否属实"),
            Column("fast_track", "boolean", "handled by the fast procedure", "快速处理"),
            Column("withdrawn", "boolean", "withdrawn by the person", "是否撤回"),
            Column("excused", "boolean", "lateness is excused by evidence", "是否免责"),
            Column("satisfaction", "text", "满意, 基本满意, 不满意; empty where no rating was obtained", "满意度"),
            Column("survey_channel", "text", "how the rating was obtained: 电话, 线上", "评价渠道"),
            Column("reviewed_at", "time", "when a 不满意 rating was reviewed", "复核时间"),
            Column("redone", "boolean", "handled again, or explained, after a 不满意 rating", "重新办理或解释"),
            Column("missing_items", "integer", "how many required items of the record are missing", "缺项数", minimum=0),
        ),
        _register(
            "events", "an incident or finding that a clause counts", "事件", "event_id", "at",
            Column("event_id", "text", "the event's number, unique", "事件编号", required=True),
            UNIT,
            Column("at", "time", "when it happened or was found", "发生时间", required=True),
            Column("kind", "text", "which kind of event, as the scheme names it", "事件类别", required=True),
            Column("count", "integer", "how many; empty counts as one", "次数", minimum=0),
            Column("level", "text", "administrative level or rank", "级别"),
            Column("severity", "text", "how grave", "严重程度"),
            Column("verified", "boolean", "the facts were verified", "是否属实"),
            Column("points", "number", "points set by a person for this event", "分值"),
            Column("reason", "text", "why, in words without personal data", "原因"),
            Column("case_id", "text", "the case it belongs to", "关联件号"),
            Column("staff_key", "text", "a pseudonym of the official, the same in all their events", "经办人代号"),
            Column("duty", "text", "the duty of the scheme that it breaks", "违反的义务"),
        ),
        _register(
            "acts", "an act in the handling of a case", "办理环节", "act_id", "at",
            Column("act_id", "text", "the act's number, unique", "环节编号", required=True),
            Column("case_id", "text", "the case that it belongs to", "件号", required=True),
            Column("act", "text", "what was done, as the scheme names it: 登记, 转办, 答复, 延期 …", "环节", required=True),
            Column("at", "time", "when it was done", "时间", required=True),
            Column("unit", "text", "the unit under assessment that acted; empty for a party outside", "办理单位"),
            Column("to_unit", "text", "to whom it went", "去向单位"),
            Column("post", "text", "in which role, as the scheme names its actors: 首问责任人, 分管领导 …", "办理岗位"),
            Column("to_post", "text", "to which role it went", "去向岗位"),
            Column("staff_key", "text", "a pseudonym of the official, the same in all their acts", "经办人代号"),
            Column("until", "deadline", "the last moment that the act sets: promised, extended to, ordered", "承诺或延长至"),
            Column("approver", "text", "the office that approved it", "批准单位"),
            Column("ref", "text", "the number of the paper: form, order, receipt", "文书编号"),
            Column("form", "text", "书面, 口头, 电话, 电子", "形式"),
            Column("reason", "text", "why, in words without personal data", "理由"),
        ),
        _register(
            "checks", "an answer that a person gives to one question", "核查记录", "check_id", "at",
            Column("check_id", "text", "the answer's number, unique", "核查编号", required=True),
            UNIT,
            Column("at", "time", "when it was answered", "核查时间", required=True),
            Column("duty", "text", "the duty of the scheme that was asked about", "义务", required=True),
            Column("case_id", "text", "the case looked at; empty where the unit as a whole was", "件号"),
            Column("result", "text", "符合, 不符合, 不适用, 无法判断", "结果", required=True),
            Column("by", "text", "the office that looked", "核查单位"),
            Column("method", "text", "抽查, 暗访, 自查, 系统", "核查方式"),
            Column("sample", "text", "the draw that it belongs to", "抽样批次"),
            Column("ref", "text", "the number of the paper", "文书编号"),
            Column("reason", "text", "why, in words without personal data", "理由"),
        ),
        _register(
            "ratings", "one vote, form or visit grade", "测评票", "", "at",
            UNIT,
            Column("at", "time", "when it was given", "测评时间", required=True),
            Column("method", "text", "即时, 综合, 明察暗访, 集中", "测评方式", required=True),
            Column("grade", "text", "优, 良, 一般, 较差, 差", "等次", required=True),
            Column("source", "text", "who gave it, by kind of assessor", "测评主体"),
        ),
        _register(
            "marks", "a mark or adjustment that a person decides", "人工评分", "unit period indicator", None,
            UNIT,
            Column("period", "period", "the period it holds for", "考核期", required=True),
            Column("indicator", "text", "the indicator of the scheme", "指标", required=True),
            Column("points", "number", "the mark, an exact number", "分值", required=True),
            Column("by", "text", "the office that decided", "评分人"),
            Column("reason", "text", "why", "理由"),
        ),
        _register(
            "submissions", "a document, report, plan or training that is owed", "报送事项", "", "due_at",
            UNIT,
            Column("kind", "text", "which kind, as the scheme names it", "事项类别", required=True),
            Column("due_at", "deadline", "when it is due", "应报时间"),
            Column("submitted_at", "time", "when it came in; empty while it is missing", "报送时间"),
            Column("title", "text", "its title", "题目"),
            Column("chars", "integer", "its length in characters", "字数", minimum=0),
            Column("valid", "boolean", "it counts formally (right folder, not withdrawn)", "是否有效"),
            Column("missing_items", "integer", "how many required elements are missing", "缺项数", minimum=0),
            Column("duplicate_of", "text", "the earlier submission that it repeats", "重复于"),
        ),
        _register(
            "exclusions", "a case that is left out of the assessment (剔除)", "剔除清单", "case_id", None,
            Column("case_id", "text", "the case that is left out", "件号", required=True),
            Column("reason", "text", "why", "剔除理由", required=True),
            Column("approver", "text", "the office that approved it", "批准单位", required=True),
            Column("clause", "text", "the clause that allows it", "依据条款"),
        ),
    )
}
# fmt: on
"""Every register by name."""


def in_order(names: Iterable[str]) -> list[str]:
    """Registers in the order in which they are told: those of every ledger, and after them one's own by name."""
    place = {name: number for number, name in enumerate(REGISTERS)}
    return sorted(names, key=lambda name: (place.get(name, len(place)), name))


def register_title(name: str) -> Text:
    """A register by its title in Chinese, by its name in English; one's own by its name."""
    return Text(zh=REGISTERS[name].zh if name in REGISTERS else name, en=name)


def register_words(name: str) -> Text:
    """A register as people say it: in Chinese with its title."""
    return Text(zh=f"“{REGISTERS[name].zh}”（{name}）" if name in REGISTERS else name, en=name)
