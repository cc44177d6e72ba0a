"""The condition of a measure in words: each token of its SQL in turn, so that nothing is left out or read into it."""

from __future__ import annotations

import re
from functools import cache

from auditlib.core.message import t
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
    "as_of": "the as-of time",
    "period_start": "the start of the period",
    "period_end": "the end of the period",
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
UNITS = {
    "minute": "{number} {number:minute|minutes}",
    "hour": "{number} {number:hour|hours}",
    "day": "{number} {number:day|days}",
    "week": "{number} {number:week|weeks}",
    "month": "{number} {number:month|months}",
    "year": "{number} {number:year|years}",
}


Titles = tuple[tuple[str, str], ...]
"""The columns of a register that a scheme derives, by name, each with its title."""


def column_words(register: str, column: str, language: str, derived: Titles = ()) -> str:
    """A column by its heading in Chinese, in English by its name; a derived one by its title where it has one."""
    column = column.strip('"')
    if title := dict(derived).get(column):
        return title
    if column in CLOCK:
        return t(CLOCK[column], language)
    known = next(
        (
            found
            for name in (register, "units", "cases")
            if name in REGISTERS and (found := REGISTERS[name].column(column))
        ),
        None,
    )
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
            return t("by", language)
        if phrase.lower() == "when" and before is not None and _phrase(before) != "case":
            return t("; ", language) + words
        return words
    if text := token["text"]:
        content = text[1:-1].replace("''", "'")
        return _span(content, language) or f"“{content}”"
    if name := token["name"]:
        if name.lower() in ("true", "false"):
            return t("{yes_or_no}", language, yes_or_no=t(name.lower(), language))
        stands_alone = (before is None or _phrase(before) in OPENING or before["sign"] == "(") and (
            not after or _phrase(after[0]) in CLOSING or after[0]["sign"] == ")"
        )
        words = column_words(register, name, language, derived)
        return _holds(register, name, words, language) if stands_alone else words
    return token["number"] or SIGNS.get(token["sign"], token["sign"])


def _phrase(token: re.Match[str]) -> str:
    return " ".join((token["phrase"] or "").lower().split())


def _holds(register: str, name: str, words: str, language: str) -> str:
    """What is said of a column of yes and no that stands by itself."""
    known = REGISTERS[register].column(name) if register in REGISTERS else None
    if known is None:
        return t("{derived} is true", language, derived=words)
    return t("{column} is true" if known.type == "boolean" else "{other} is true", language, column=words, other=words)


def _span(text: str, language: str) -> str | None:
    """``24 hours`` as a length of time."""
    found = re.fullmatch(r"(\d+) (minute|hour|day|week|month|year)s?", text)
    if found is None:
        return None
    return t(UNITS[found[2]], language, number=found[1])


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
