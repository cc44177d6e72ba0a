"""Every fixed sentence of the reports on units and periods, and the words for what the library says in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import PERCENT_DIGITS
from auditlib.core.period import Period
from auditlib.ledger.registers import REGISTERS

__all__ = ["number_words", "period_words", "said"]


LISTED = 6
"""So many names are listed; of more, the first three."""


def number_words(rounding: Rounding, language: str) -> str:
    """How the numbers of a scheme are rounded, and how a reader can tell which of them are."""
    count = rounding.digits
    places = t("{count} {count:decimal|decimals}", language, count=count) if count else t("whole numbers", language)
    return t(
        "Points are rounded to {places}, percentages to {percent} {percent:decimal|decimals}; ≈ "
        "stands where rounding changed a number, = between numbers that are equal. Ranks and "
        "thresholds go by unrounded numbers, shown with more digits where that matters.",
        language,
        places=places,
        percent=PERCENT_DIGITS,
    )


def period_words(period: str, language: str) -> str:
    """A period as people say it: ``2026年1月``, ``2026年第2季度``; in English as it is written."""
    return Period.parse(period).words(language)


SPOKEN: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
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


def _in_english(text: str) -> str:
    """A sentence of the library for readers: its own English, but for patterns and long lists."""
    if match := re.fullmatch(r"a time written as (.+)", text):
        return f"a time such as {_moment(match[1])}"
    if (match := re.fullmatch(r"one of (.+)", text)) and len(names := match[1].split(", ")) > LISTED:
        return f"one of {', '.join(names[:3])} … ({len(names)})"
    return text


def said(text: str, language: str) -> str:
    """What the library says of a rejected row in the language of the report; unknown sentences stay as they are."""
    if language == "en":
        return _in_english(text)
    for pattern, words in SPOKEN:
        if match := re.fullmatch(pattern, text):
            return words(match)
    return text
