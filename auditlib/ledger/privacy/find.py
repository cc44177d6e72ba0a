"""Personal data in a ledger's texts: found, named by kind, and taken out.

What was found is told by its kind and place alone; no message, rejected row or report repeats it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from bisect import bisect, insort
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import polars as pl

from auditlib.core.files import stamp
from auditlib.core.message import Message
from auditlib.ledger.distinct import looked_at
from auditlib.ledger.privacy.deciding import HAN
from auditlib.ledger.privacy.listed import lists_in_force, names_in_force
from auditlib.ledger.privacy.names import is_bare_name
from auditlib.ledger.privacy.patterns import KINDS, MAIL_HOST, PATTERNS, Pattern

__all__ = [
    "INVISIBLE",
    "NOT_PERSONAL",
    "NO_PERSONAL_DATA",
    "Span",
    "find_personal",
    "mask_personal",
    "names_persons",
    "personal_data",
    "pseudonym",
    "told_instead",
    "withhold",
]

NOT_PERSONAL = Message("no personal data; names, phones, numbers and addresses of persons stay in the source")
"""What is expected of every text of a ledger."""
NO_PERSONAL_DATA = str(NOT_PERSONAL)
"""The same, as a list of rejected rows says it."""

INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Characters that show nothing."""
FULL_WIDTH = "０-９＠＋＊＃－／．①-⓿❶-➓\u00b2\u00b3\u00b9\u2070-\u209f\U0001d7ce-\U0001d7ff"
"""Digits in other dress: a text with one of them is looked at as plain digits say it."""
DINGBATS = {start + digit: str(digit + 1) for start in (0x2776, 0x2780, 0x278A) for digit in range(9)} | {0x24FF: "0"}
SHORTEST, SHORTEST_NAME = 7, 6
"""Bytes of the shortest text that can hold personal data (QQ12345), and of a name of two Chinese characters."""
TOGETHER = 8
WORDS = 500
"""So many texts of a column are remembered with what was found in them."""
LIKELY = (
    "[^\x00-\x7f]|[0-9][0-9 ().,+-]{6}|[0-9][ -]?[*xX#]{2}|@|[A-Za-z] ?:|(?:M[Rrsx]{1,2}|Miss)[. ]|[0-9] [A-Z]"
    f"|(?i:qq|vx|wechat|weixin|passport|phone|mobile|tel|cell|[(\\[]at[)\\]]| at (?:{MAIL_HOST}))"
)
"""A quick first look: a text without any of it fits no pattern."""
CODE = "^(?:[A-Za-z][0-9]+|[0-9]{1,9})$"
"""What fits no pattern either, though digits follow one another: most keys of registers look like this."""
AREA = re.compile("(?:(?![住在到于从的址是为约向往了])[一-鿿0-9]){1,16}$")
DOOR = re.compile("[0-9一二三四五六七八九十零〇号室楼栋幢座单元层门户院#-]{1,32}")
NEAR = 16
"""So many letters before an address may say where it is, as :data:`AREA` has it."""
PERSONS = re.compile(
    "person_key|(?:.*_)?by|approver|(?:.*_)?(?:person|complainant|contact|customer)_?name"
    "|.*(?:姓名|投诉人|举报人|申诉人|信访人|联系人|当事人|经办人|报修人|户主|收件人)(?!数|次).*",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """Where personal data of a kind of :data:`.KINDS` stands in a text after :func:`_cleaned`."""

    start: int
    end: int
    kind: str


def names_persons(column: str) -> bool:
    """Whether the cells of a column speak of a person, so that a name in one needs no label to be taken for a name."""
    return PERSONS.fullmatch(column) is not None


def find_personal(text: str, *, persons: bool = False) -> tuple[Span, ...]:
    """The personal data in ``text``, from left to right, none over another; see :data:`.PATTERNS`.

    With ``persons`` the text is a cell of a column of persons: a Chinese name that fills it is found too.
    """
    return _spans(_cleaned(text), persons)


def mask_personal(text: str, *, persons: bool = False) -> str:
    """``text`` with its personal data replaced by what they are, ``〔手机号已隐去〕``; every other character as it is.

    A character that says several plain ones (½) goes as a whole where one of them belongs to what was found.
    """
    spans = find_personal(text, persons=persons)
    if not spans:
        return text
    parts: list[str] = []
    place, told = 0, -1
    for piece in _pieces(text):
        plain = _cleaned(piece)
        start, place = place, place + len(plain)
        hiding = next((n for n, s in enumerate(spans) if s.start < max(place, start + 1) and start < s.end), None)
        if hiding is None:
            parts.append(piece)
        else:
            parts += [f"〔{KINDS[span.kind]}已隐去〕" for span in spans[max(hiding, told + 1) : hiding + 1]]
            told = hiding
    return "".join(parts)


def _pieces(text: str) -> Iterator[str]:
    """``text`` cut where it may be cut, so that what :func:`_cleaned` makes of the pieces, together, is that of it.

    A character that shows nothing stays with the one before it.
    """
    piece = ""
    for character in text:
        plain = _cleaned(character)
        apart = plain and _cleaned(piece + character) == _cleaned(piece) + plain
        if piece and apart and not unicodedata.combining(plain[0]):
            yield piece
            piece = ""
        piece += character
    yield piece


def withhold(text: str, *, persons: bool = False) -> str:
    """``text`` for a list of faults: as it is, or, where it holds personal data, only what kinds of them."""
    kinds = dict.fromkeys(span.kind for span in find_personal(text, persons=persons))
    return _told(kinds) if kinds else text


def personal_data(table: pl.DataFrame) -> dict[str, dict[str, str]]:
    """By column of texts, those that hold personal data, each with what a list of faults says in its place."""
    if table.is_empty():
        return {}
    listed = bool(names_in_force())
    likely = {name: _likely(looked_at(table[name]), name, listed) for name in table.columns}
    told = {name: told_instead(texts, persons=names_persons(name)) for name, texts in likely.items()}
    return {name: own for name, own in told.items() if own}


def told_instead(texts: pl.Series, *, persons: bool = False) -> dict[str, str]:
    """Those of distinct texts that hold personal data, each with what :func:`withhold` makes of it."""
    if texts.is_empty():
        return {}
    if texts.len() > WORDS:
        return _told_instead(texts, persons)
    lists = tuple((file, *stamp(file)) for file in lists_in_force())
    return dict(_told_of_words(tuple(sorted(texts)), persons, lists))  # every piece of a long table has the same ones


@lru_cache(maxsize=64)
def _told_of_words(words: tuple[str, ...], persons: bool, lists: tuple[object, ...]) -> dict[str, str]:
    """As :func:`told_instead`, of a few texts while the same lists of names are in force."""
    return _told_instead(pl.Series(words), persons)


def _told_instead(texts: pl.Series, persons: bool) -> dict[str, str]:
    text = pl.lit(texts)
    dressed = f"[{INVISIBLE}{FULL_WIDTH}]"
    groups = _groups()
    seen = pl.select(
        text.alias("text"), text.str.contains(dressed).alias("all"),
        *(_fits(text, pattern, group).alias(str(number)) for number, (pattern, group) in enumerate(groups)),
    )  # fmt: skip
    if persons:
        bare = pl.Series((is_bare_name(text.strip()) for text in texts), dtype=pl.Boolean)
        seen = seen.with_columns(pl.col("all") | bare)
    if names := names_in_force():
        listed = pl.Series((any(names.spans(_cleaned(text))) for text in texts), dtype=pl.Boolean)
        seen = seen.with_columns(pl.col("all") | listed)
    told = {}
    for own, every, *fits in seen.filter(pl.any_horizontal(pl.exclude("text"))).iter_rows():
        cleaned = _cleaned(own)
        # In a text that is as it was cleaned, no pattern fits but one of a group that was seen to.
        likely = [one for (_, group), fit in zip(groups, fits, strict=True) if fit for one in group]
        spans = _spans(cleaned, persons, PATTERNS if every or cleaned != own else likely)
        if kinds := dict.fromkeys(span.kind for span in spans):
            told[own] = _told(kinds)
    return told


def _likely(texts: pl.Series, column: str, listed: bool) -> pl.Series:
    """The distinct texts of a column that a closer look is worth. Codes and short words are not.

    Where a list of names is in force, every text is.
    """
    shortest = SHORTEST_NAME if names_persons(column) else SHORTEST
    text = pl.col("text")
    if listed:
        return texts.drop_nulls().unique()
    closer = (text.str.len_bytes() >= shortest) & text.str.contains(LIKELY) & ~text.str.contains(CODE)
    return texts.to_frame("text").filter(closer).to_series().unique()


def _is_worth_a_look(cleaned: str) -> bool:
    """Whether a text can fit a pattern at all: the names of files and columns do not make their searches compile."""
    return len(cleaned.encode()) >= SHORTEST and bool(re.search(LIKELY, cleaned)) and not re.search(CODE, cleaned)


def pseudonym(text: str, key: bytes) -> str:
    """A name for ``text`` that only the holder of ``key`` can make: the same for the same text, however it is spaced.

    ``P-`` and 20 hexadecimal digits of HMAC-SHA-256. Without the key nobody can try all telephone numbers.
    """
    plain = re.sub(r"[\s\-]", "", _cleaned(text)).casefold()
    return f"P-{hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:20]}"


@cache
def _groups() -> tuple[tuple[str, Sequence[Pattern]], ...]:
    """All patterns, some together: a column is looked through once for each, and one of all of them is slow.

    Rust's automaton of more than so many outgrows its cache, and is then worked through state by state.
    """
    kinds = [[pattern for pattern in PATTERNS if pattern.in_chinese == asked] for asked in (False, True)]
    groups = [kind[start : start + TOGETHER] for kind in kinds for start in range(0, len(kind), TOGETHER)]
    return tuple(("|".join(pattern.vectorised for pattern in group), group) for group in groups)


def _fits(text: pl.Expr, together: str, group: Sequence[Pattern]) -> pl.Expr:
    fits = text.str.contains(together)
    return fits & text.str.contains(HAN) if group[0].in_chinese else fits


def _cleaned(text: str) -> str:
    """``text`` with full-width characters as plain ones and without characters that show nothing."""
    return unicodedata.normalize("NFKC", re.sub(f"[{INVISIBLE}]", "", text).translate(DINGBATS))


def _spans(cleaned: str, persons: bool, patterns: Iterable[Pattern] = PATTERNS) -> tuple[Span, ...]:
    found: list[Span] = []
    for start, end in names_in_force().spans(cleaned):
        if not found or found[-1].end <= start:
            found.append(Span(start, end, "name"))
    if persons and not found and is_bare_name(cleaned.strip()):
        found.append(Span(0, len(cleaned), "name"))
    if not _is_worth_a_look(cleaned):
        return tuple(found)
    chinese = re.search(HAN, cleaned) is not None
    for pattern in patterns:
        if pattern.in_chinese and not chinese:
            continue
        for match in pattern.compiled.finditer(cleaned):
            start, end = match.span("name") if "name" in match.groupdict() else match.span()
            if not _is_free(found, start, end) or not pattern.holds(match):
                continue
            if pattern.kind == "address":
                start, end = _whole_address(cleaned, start, end)
            if _is_free(found, start, end):
                insort(found, Span(start, end, pattern.kind))
    return tuple(found)


def _is_free(found: Sequence[Span], start: int, end: int) -> bool:
    """Whether a place touches none of those found, which are in order and apart: only its neighbours can."""
    at = bisect(found, Span(start, start, ""))
    return (not at or found[at - 1].end <= start) and (at == len(found) or end <= found[at].start)


def _whole_address(text: str, start: int, end: int) -> tuple[int, int]:
    """An address with the place before it and the door after it, of which the pattern needs no more than a part."""
    near = max(0, start - NEAR)  # what is further away is not looked at again for every address of a long text
    before, after = AREA.search(text[near:start]), DOOR.match(text, end)
    return near + before.start() if before else start, after.end() if after else end


def _told(kinds: Iterable[str]) -> str:
    return f"〔{'、'.join(KINDS[kind] for kind in kinds)}，已隐去〕"
