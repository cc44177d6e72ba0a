"""A query of a mapping: what it may say, whether its rows come in an order, and the same with every value as text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator

from auditlib.core.values import Strict
from auditlib.ledger.databases.address import checked_address
from auditlib.ledger.privacy.find import withhold

__all__ = ["ColumnType", "Kind", "Query", "as_texts"]

Kind = Literal["sqlite", "duckdb", "postgresql"]
ColumnType = Literal["time", "zoned", "other"]

UNREAD = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(\$\w*\$).*?\1", re.DOTALL)
"""Comments, texts and quoted names: no word in them is one of the language."""
READING = ("SELECT", "WITH", "VALUES", "TABLE")
INNERMOST = re.compile(r"\([^()]*\)")
ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)


def _plain(text: str) -> str:
    """A query without comments, with a name for each text and each quoted name."""
    return UNREAD.sub(lambda found: " " if found[0].startswith(("--", "/*")) else " x ", text)


def _reads(text: str) -> str:
    text = text.strip().removesuffix(";").rstrip()
    plain = _plain(text)
    word = (re.findall(r"^[\s(]*(\w+)", plain) or ["nothing"])[0]
    if word.upper() not in READING:
        expected = "expected a query that begins with SELECT or WITH: an intake only reads"
        raise ValueError(f"found {word}, {expected}")
    if ";" in plain:
        raise ValueError("found several statements, expected one query")
    if (told := withhold(text)) != text:
        raise ValueError("found personal data, expected a query without: it stands in the note of the ledger")
    return told


class Query(Strict):
    """Where a register in a database comes from: which one (see :func:`checked_address`), and what is asked."""

    database: Annotated[str, AfterValidator(checked_address)]
    query: Annotated[str, AfterValidator(_reads)]

    @property
    def sha256(self) -> str:
        """Of the query's text."""
        return hashlib.sha256(self.query.encode()).hexdigest()

    @property
    def is_ordered(self) -> bool:
        """Whether the answer as a whole, and not a part of it, has an order."""
        plain, before = _plain(self.query), ""
        while plain != before:
            plain, before = INNERMOST.sub(" x ", plain), plain
        return ORDERED.search(plain) is not None


def as_texts(query: str, kind: Kind, types: Sequence[ColumnType]) -> str:
    """The same query with every value as the text that an export to CSV has of it, whatever its type.

    A driver takes the type of an SQLite column from its first rows and fails at a later one; one of PostgreSQL has no
    infinite time, no money. A text has all of them. The columns are called c1, c2 and so on; a time with a zone is told
    in UTC with its offset.
    """
    columns = [f"c{place}" for place in range(1, len(types) + 1)]
    cells = [_text_of(column, kind, type) for column, type in zip(columns, types, strict=True)]
    return f"WITH q ({', '.join(columns)}) AS (\n{query}\n)\nSELECT {', '.join(cells)} FROM q"


def _text_of(column: str, kind: Kind, type: ColumnType) -> str:
    if kind == "sqlite":  # a batch of nulls would be one of whole numbers
        return f"coalesce(CAST({column} AS TEXT), '') AS {column}"
    if kind == "duckdb":
        offset = f" || CASE WHEN isfinite({column}) THEN ':00' ELSE '' END" if type == "zoned" else ""
        return f"CAST({column} AS VARCHAR){offset} AS {column}"
    if type == "zoned":
        return f"CASE WHEN isfinite({column}) THEN {column}::text || ':00' ELSE {column}::text END AS {column}"
    return f"{column}::text AS {column}"
