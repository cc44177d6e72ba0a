"""Every fixed sentence of the reports on units and periods, and the words for what the library says in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from auditlib.period import Period
from auditlib.registers import REGISTERS
from auditlib.report.catalogue import Catalogue
from auditlib.scheme.load import Resolved

__all__ = ["period_words", "said", "say"]


say = Catalogue("report")
LISTED = 6
"""So many names are listed; of more, the first three."""


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
    (
        r"(\S+) gives no total for (.+): left out, as the roll-up declares",
        lambda m: f"{m[1]} 中{m[2].replace(', ', '、')}没有总分，按办法不计入",
    ),
    (
        r"(\S+) gives no total for (.+): zero points, as the roll-up declares",
        lambda m: f"{m[1]} 中{m[2].replace(', ', '、')}没有总分，按办法计零分",
    ),
    (r"undecided tie: (.+)", lambda m: f"并列未定：{m[1].replace(', ', '、')}"),
    (
        r"rejected rows are not counted: (\d+) \((.+)\)",
        lambda m: f"未采用的行不计入：{m[1]} 行（{m[2].replace(', ', '、')}）",
    ),
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
    (r"a time written as (.+)", lambda m: f"时间，写法如 {_moment(m[1])}"),
    (r"one of (.+)", lambda m: f"{_some(m[1].split(', '))}之一"),
    (r"a time no later than the as-of time (\S+)", lambda m: f"不晚于截止时点 {m[1].replace('T', ' ')}"),
    (r"a time not before received_at", lambda m: "不早于提交时间"),
    (r"a unit of the register of units", lambda m: "单位登记簿中的单位"),
    (r"no personal data; .*", lambda m: "不含个人信息；姓名、电话、证件号码和住址留在来源系统"),
    (r"(.+) only once; an earlier row has it", lambda m: f"{_key(m[1])}不得重复，前面已有一行"),
    (r"(\d+) fields, as in the header", lambda m: f"{m[1]} 个字段，与表头一致"),
    (r"a value: (.+)", lambda m: f"须填写：{_column(m[1])}"),
    # what a rejected row was
    (r"nothing", lambda m: "（空）"),
    (r"(\d+) fields", lambda m: f"{m[1]} 个字段"),
)


def _column(meaning: str) -> str:
    columns = (column for register in REGISTERS.values() for column in register.columns)
    return next((column.zh for column in columns if column.meaning == meaning), meaning)


def _key(columns: str) -> str:
    titles = {column.name: column.zh for register in REGISTERS.values() for column in register.columns}
    return "＋".join(titles.get(name, name) for name in columns.split(" + "))


def _moment(pattern: str) -> str:
    """A time written as a mapping says, for readers who know no such patterns."""
    return datetime(2026, 1, 31, 16, 5, 9).strftime(pattern)


def _some(names: Sequence[str]) -> str:
    """The names, or the first of many with their number."""
    if len(names) <= LISTED:
        return "、".join(names)
    return f"{'、'.join(names[:3])}等 {len(names)} 个"


def _days(first: str | None, last: str | None) -> str:
    return f"自 {first} 起" * bool(first) + "，" * bool(first and last) + f"至 {last} 止" * bool(last)


def _in_english(text: str) -> str:
    """A sentence of the library for readers: its own English, but for patterns and long lists."""
    if match := re.fullmatch(r"a time written as (.+)", text):
        return f"a time such as {_moment(match[1])}"
    if (match := re.fullmatch(r"one of (.+)", text)) and len(names := match[1].split(", ")) > LISTED:
        return f"one of {', '.join(names[:3])} … ({len(names)})"
    return text


def said(text: str, language: str, resolved: Resolved | None = None) -> str:
    """A reason or warning of the library in the language of the report; unknown sentences stay as they are."""
    if language == "en":
        return _in_english(text)
    missing = {gap.missing.en: gap.missing.zh for gap in resolved.scheme.gaps.values()} if resolved else {}
    if text in missing:
        return missing[text]
    if (parts := text.split("; ")) and all(part in missing for part in parts):  # a rule that waits for several
        return "；".join(missing[part] for part in parts)
    if resolved and (gap := re.fullmatch(r"gap (\S+) \[.*", text)) and gap[1] in resolved.scheme.gaps:
        found = resolved.scheme.gaps[gap[1]]
        return f"来源缺口〔{found.clause}〕：{found.missing.zh}"
    for measure in resolved.scheme.measures.values() if resolved else ():
        waiting = rf"unit (.+): {re.escape(measure.title.en)}: (\d+), not counted yet"
        if measure.undecided and (match := re.fullmatch(waiting, text)):
            return f"单位 {match[1]}：{measure.title.zh} {match[2]} 件，尚未计入"
    for pattern, words in SPOKEN:
        if match := re.fullmatch(pattern, text):
            return words(match)
    return text
