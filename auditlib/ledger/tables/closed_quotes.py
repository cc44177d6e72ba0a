r"""Fields whose closing quote is followed by more text: ``"he said \"yes\""``, written with backslashes for quotes.

Polars reads on and drops the quotes without a word; a separator among what follows would make one field two.
"""

from __future__ import annotations

import re
from functools import cache

from auditlib.core.errors import InputError

__all__ = ["refuse_text_after_quotes"]


def refuse_text_after_quotes(body: bytes, separator: str, name: str, first: int, *, doubled: bool) -> None:
    """Refuses a text in which a field goes on after its closing quote; ``doubled``: a value of it holds a quote.

    ``body`` begins in line ``first``. Raises :class:`InputError` with the line of the field.
    """
    sign = separator.encode()
    if not doubled:  # each quote opens a field or closes one: most texts are seen by counting alone
        opened = body.count(sign + b'"') + body.count(b'\n"') + body.startswith(b'"')
        if opened * 2 == body.count(b'"'):
            return
    match = _fields(sign).match(body)
    end = 0 if match is None else match.end()
    if end < len(body):
        line = body.count(b"\n", 0, end) + first
        found = "found text after the quote that ends a field"
        raise InputError.at(name, "", f"{found}, expected quotes inside a field doubled", line=line)


@cache
def _fields(sign: bytes) -> re.Pattern[bytes]:
    """As many fields as are well written: possessive, so that a text of any length is gone over once."""
    own = re.escape(sign)
    quoted = rb'"[^"]*+(?:""[^"]*+)*+"[ \t]*+(?=[' + own + rb"\r\n]|\Z)"
    plain = rb'[^"' + own + rb"\r\n][^" + own + rb"\r\n]*+"
    return re.compile(rb"(?:" + quoted + rb"|" + plain + rb"|[" + own + rb"\r\n])*+")
