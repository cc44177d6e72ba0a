"""How a table lies in its file, and what was read: its rows, those that are none, and what is doubtful about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.checks import REJECTS_SCHEMA, ROW
from auditlib.ledger.expectations import fields, header_fields

__all__ = [
    "HEAD",
    "NO_FAULTS",
    "Doubt",
    "Layout",
    "SourceTable",
    "faults_of_fields",
    "filled_rows",
    "header_names",
    "without_footer",
]

UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
"""Signs that show nothing, which no reader of a table sees in a name."""
HEAD = 10
"""So many rows from the top are kept as they stand: among them a header is looked for where it is missing."""
NO_FAULTS = pl.DataFrame(schema={**REJECTS_SCHEMA, "fields": pl.Int64, "columns": pl.Int64})


@dataclass(frozen=True)
class Doubt:
    """What a careful auditor would say of a source although it is taken: a ``kind`` for programs, words for people.

    ``file`` is the table it stands in, empty for all of them; ``count`` how many rows or files it is about.
    """

    kind: str
    message: Message
    count: int = 1
    file: str = ""


@dataclass(frozen=True)
class Layout:
    """How a table lies in its file; what is not said is found out.

    ``header`` are the rows of the column names, counted from 1; ``footer`` so many last rows are no data. ``sheets``
    name sheets of a workbook, with ``*`` for any letters.
    """

    header: tuple[int, ...] = ()
    footer: int = 0
    separator: str | None = None
    encoding: str | None = None
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceTable:
    """One table as it stands in its file: text with row numbers (column :data:`.ROW`), and the rows that are none.

    ``head`` holds the first rows of the file, ``assumed`` what was found out that nobody declared.
    """

    name: str
    rows: pl.DataFrame
    broken: pl.DataFrame = field(default_factory=lambda: NO_FAULTS)
    doubts: tuple[Doubt, ...] = ()
    assumed: dict[str, str] = field(default_factory=dict)
    head: tuple[tuple[str, ...], ...] = ()
    file: Path = Path()
    sheet: str | None = None
    times: frozenset[str] = frozenset()
    """The columns that are times by their type, whose text is ISO 8601 whatever format a mapping expects."""
    from_1904: bool = False
    """Whether its workbook counts days from 1904."""

    @property
    def is_sheet(self) -> bool:
        """Whether its cells have types of their own, so that a time may be a number."""
        return self.sheet is not None

    @property
    def called(self) -> tuple[str, ...]:
        """The names of its sheet and columns, which messages and lists of faults repeat."""
        return (self.sheet or "", *self.rows.columns)

    @property
    def extent(self) -> tuple[int, int]:
        """How many rows it has, those that are none among them, and the number of the last of the others."""
        last = self.rows[ROW].max()
        return self.rows.height + self.broken.height, last if isinstance(last, int) else 0

    def header_row(self, wanted: Sequence[str]) -> int | None:
        """Where the column names stand that are ``wanted`` and missing in the first row; None where nowhere."""
        best = max(range(len(self.head)), key=lambda place: len({*wanted} & {*self.head[place]}), default=0)
        found = len({*wanted} & {*self.head[best]}) if self.head else 0
        return best + 1 if found and found * 2 >= len(wanted) else None


def header_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """The column names that one or several rows of a header make together.

    Of several rows an upper cell stands for the empty ones to its right (a merged cell); names are joined by a blank.
    """
    width = max((len(row) for row in rows), default=0)
    parts: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(rows):
        last = ""
        for place in range(width):
            cell = " ".join(UNSEEN.sub("", row[place]).split()) if place < len(row) else ""
            if not cell and level < len(rows) - 1:
                cell = last
            last = cell
            if cell and cell not in parts[place]:
                parts[place].append(cell)
    return [" ".join(part) for part in parts]


def faults_of_fields(name: str, wrong: Sequence[tuple[int, int]], columns: int) -> pl.DataFrame:
    """The rows with more or fewer fields than there are columns, as faults: row number and number of fields each."""
    expected = str(header_fields(columns))
    lines = [
        {"file": name, "row": row, "column": "", "found": str(fields(count)), "expected": expected}
        | {"fields": count, "columns": columns}
        for row, count in wrong
    ]
    return pl.DataFrame(lines, schema=NO_FAULTS.schema)


def filled_rows(table: pl.DataFrame) -> pl.DataFrame:
    """The rows that hold anything."""
    columns = [name for name in table.columns if name != ROW]
    if columns and not table.select(_is_empty(columns[0]).any()).item():  # nearly every table
        return table
    return table.filter(~pl.all_horizontal(map(_is_empty, columns))) if columns else table


def _is_empty(column: str) -> pl.Expr:
    return pl.col(column).is_null() | (pl.col(column).cast(pl.String).str.strip_chars() == "")


def without_footer(table: pl.DataFrame, broken: pl.DataFrame, footer: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A table and its broken rows without the last ``footer`` rows, whichever of the two they are among."""
    if not footer:
        return table, broken
    numbers = sorted([*table[ROW].tail(footer), *broken["row"].tail(footer)])[-footer:]
    return table.filter(~pl.col(ROW).is_in(numbers)), broken.filter(~pl.col("row").is_in(numbers))
