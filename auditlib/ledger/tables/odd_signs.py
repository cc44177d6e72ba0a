"""Signs of a text that are read and may stand for something else: quotes within a field, breaks of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.checks import ROW
from auditlib.ledger.tables.layout import Doubt

__all__ = ["odd_signs"]

BREAKS = "\x0b\x0c\x85\u2028\u2029"
"""What ends a line or page for some programs, and is a blank for those that read tables."""
AT_AN_END = f"^\\s*[{BREAKS}]|[{BREAKS}]\\s*$"
WRITTEN = tuple(sign.encode() for sign in BREAKS)


def odd_signs(table: pl.DataFrame, body: bytes, separator: str, name: str) -> Iterator[Doubt]:
    """What is doubtful about the signs of ``table``, read from the text ``body``; most texts have none of them."""
    if any(sign[:1] in body and sign in body for sign in WRITTEN):  # one byte is looked for many times faster
        for column in (one for one, kind in table.schema.items() if one != ROW and kind == pl.String):
            if count := int(table[column].str.contains(AT_AN_END).sum()):
                message = Message(
                    "{file}: {count} {count:value|values} of {column} {count:begins or ends|begin or end} with a break "
                    "of a line or page, which was dropped",
                    file=name, count=count, column=column,
                )  # fmt: skip
                yield Doubt("page_breaks", message, count, name)
    if count := _bare_quotes(table, body, separator):
        message = Message(
            "{file}: {count} {count:field has|fields have} a quote within, not doubled and in no quotes; it was read "
            "as it stands",
            file=name, count=count,
        )  # fmt: skip
        yield Doubt("bare_quotes", message, count, name)


def _bare_quotes(table: pl.DataFrame, body: bytes, separator: str) -> int:
    """How many fields that do not begin with a quote hold one: 5" is read as such, by most programs."""
    if b'"' not in body:
        return 0
    sign = separator.encode()
    opened = body.count(sign + b'"') + body.count(b'\n"') + body.startswith(b'"')
    if opened * 2 == body.count(b'"') and not _holds_quotes(table):  # each quote opens a field or closes one
        return 0
    return sum(match[1] is not None for match in _fields(sign).finditer(body))


def _holds_quotes(table: pl.DataFrame) -> bool:
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    return bool(texts) and bool(
        table.select(pl.any_horizontal(pl.col(texts).str.contains('"', literal=True).any())).item()
    )


@cache
def _fields(sign: bytes) -> re.Pattern[bytes]:
    """One field after another; the first group is one with a quote in its midst."""
    own = re.escape(sign)
    quoted = rb'=?+"[^"]*+(?:""[^"]*+)*+"'  # ="00123" keeps a spreadsheet from changing it, and is unwrapped
    plain = rb'[^"' + own + rb"\r\n][^" + own + rb'\r\n"]*+'
    return re.compile(quoted + rb"|" + plain + rb'(?:("[^' + own + rb"\r\n]*+))?")
