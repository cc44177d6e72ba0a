"""The condition of a measure in words: each token of its SQL in turn, so that nothing is left out or read into it."""

from __future__ import annotations

import re
from functools import cache

from auditlib.ledger.registers import REGISTERS

__all__ = ["Titles", "column_words", "condition_words"]

TOKEN = re.compile(
    r"""\s*(?:
      (?P<phrase>(?:is\s+not\s+null|is\s+null|is\s+not\s+true|is\s+true|is\s+not\s+false|is\s+false|not\s+in|in|
        and|or|not|case|when|then|else|end|coalesce|extract|interval|from)\b)
    | (?P<text>'(?:[^']|'')*')
    | (?P<name>"[^"]+"|[^\W\d]\w*)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<sign><>|!=|<=|>=|=|<|>|\+|-|\*|/|\(|\)|,)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
CLOCK = {
    "as_of": ("截止时点", "the as-of time"),
    "period_start": ("考核期起点", "the start of the period"),
    "period_end": ("考核期终点", "the end of the period"),
}
PHRASES = {
    "is not null": ("已填", "is filled"), "is null": ("未填", "is empty"),
    "is true": ("为“是”", "is true"), "is not true": ("不为“是”", "is not true"),
    "is false": ("为“否”", "is false"), "is not false": ("不为“否”", "is not false"),
    "and": ("，且", ", and"), "or": ("，或", ", or"), "not": ("并非", "not"),
    "case": ("", ""), "when": ("若", "if"), "then": ("则为", "then"), "else": ("，否则为", ", else"), "end": ("", ""),
    "in": ("属于", "is one of"), "not in": ("不属于", "is none of"),
    "coalesce": ("首个有值者", "the first known of"), "extract": ("取出", "the part"), "from": ("：", "of"),
    "interval": ("", ""),
}  # fmt: skip
SIGNS = {
    "<>": "≠", "!=": "≠", "<=": "≤", ">=": "≥", "=": "=", "<": "<", ">": ">", "+": "+", "-": "−", "*": "×", "/": "÷",
}  # fmt: skip
DATE_PARTS = {"year": "年份", "month": "月份", "week": "周次", "day": "日"}
OPENING = {"and", "or", "not", "when", "then", "else"}
CLOSING = {"and", "or", "then", "when", "else", "end"}
UNITS = {"minute": "分钟", "hour": "小时", "day": "天", "week": "周", "month": "个月", "year": "年"}


Titles = tuple[tuple[str, str], ...]
"""The columns of a register that a scheme derives, by name, each with its title."""


def column_words(register: str, column: str, language: str, derived: Titles = ()) -> str:
    """A column by its heading in Chinese, in English by its name; a derived one by its title where it has one."""
    column = column.strip('"')
    if title := dict(derived).get(column):
        return title
    if column in CLOCK:
        return CLOCK[column][language == "en"]
    known = next((found for name in (register, "units") if (found := REGISTERS[name].column(column))), None)
    return known.zh if known is not None and language == "zh" else column


@cache
def condition_words(sql: str, register: str, language: str, derived: Titles = ()) -> str | None:
    """``sql`` as people say it; None where it holds something that has no words here, so that nobody is misled."""
    tokens: list[re.Match[str]] = []
    while sql[(position := tokens[-1].end() if tokens else 0) :].strip():
        match = TOKEN.match(sql, position)
        if match is None:
            return None
        tokens.append(match)
    pieces = [
        _token(token, tokens[index - 1] if index else None, tokens[index + 1 : index + 2], register, language, derived)
        for index, token in enumerate(tokens)
    ]
    return _set([piece for piece in pieces if piece], language)


def _token(
    token: re.Match[str], before: re.Match[str] | None, after: list[re.Match[str]], register: str, language: str,
    derived: Titles,
) -> str:  # fmt: skip
    if phrase := token["phrase"]:
        words = PHRASES[_phrase(token)][language == "en"]
        if phrase.lower() == "case" and after and _phrase(after[0]) != "when":
            return "按" if language == "zh" else "by"
        if phrase.lower() == "when" and before is not None and _phrase(before) != "case":
            return ("；" if language == "zh" else "; ") + words
        return words
    if text := token["text"]:
        content = text[1:-1].replace("''", "'")
        return _span(content, language) or f"“{content}”"
    if name := token["name"]:
        if name.lower() in ("true", "false"):
            return ("“是”" if name.lower() == "true" else "“否”") if language == "zh" else name.lower()
        stands_alone = (before is None or _phrase(before) in OPENING or before["sign"] == "(") and (
            not after or _phrase(after[0]) in CLOSING or after[0]["sign"] == ")"
        )
        return column_words(register, name, language, derived) + (
            _holds(register, name, language) if stands_alone else ""
        )
    return token["number"] or SIGNS.get(token["sign"], token["sign"])


def _phrase(token: re.Match[str]) -> str:
    return " ".join((token["phrase"] or "").lower().split())


def _holds(register: str, name: str, language: str) -> str:
    """What is said of a column of yes and no that stands by itself."""
    if language == "en":
        return " is true"
    known = REGISTERS[register].column(name)
    return "为“是”" if known is not None and known.type == "boolean" else " 成立" if known is None else ""


def _span(text: str, language: str) -> str | None:
    """``24 hours`` as a length of time."""
    found = re.fullmatch(r"(\d+) (minute|hour|day|week|month|year)s?", text)
    if found is None:
        return None
    return f"{found[1]}{UNITS[found[2]]}" if language == "zh" else text


def _set(pieces: list[str], language: str) -> str:
    text = " ".join(pieces)
    if language == "en":
        text = re.sub(r"the part \( ?(\w+) of (\w+) ?\)", r"the \1 of \2", text)
        return re.sub(r"\s+([,;)])", r"\1", re.sub(r"\(\s+", "(", text))
    text = re.sub(r"\(\s*", "（", re.sub(r"\s*\)", "）", text))
    text = re.sub(r"”\s*,\s*“", "”“", text).replace(" , ", "，").replace(", ", "，")
    text = re.sub(r"属于 （([^（）]*)）", lambda found: f"属于{found[1].replace('，', '、')}", text)
    text = re.sub(r"= (“)", r"为\1", text)
    text = re.sub(r"≠ (“)", r"不为\1", text)
    text = re.sub(r"\s*([，：；（）“”])\s*", r"\1", text)
    text = re.sub(
        r"取出（(year|month|week|day)：([^（）]+)）", lambda found: f"{found[2]}的{DATE_PARTS[found[1]]}", text
    )
    han = r"[\u4e00-\u9fff]"
    return re.sub(rf"(?<={han}) (?={han})", "", text)
