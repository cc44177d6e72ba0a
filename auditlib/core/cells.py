"""Cells of tables that spreadsheets open: what comes from data never starts a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BOM", "csv_text", "inert", "inert_frame", "lively"]

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Before a CSV file that people open: without it, a Chinese Excel takes UTF-8 for GBK."""

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet runs as a formula when it stands first in a cell; in some languages full-width signs as well."""
SIGNS = "".join(re.escape(sign) for sign in STARTS)
APOSTROPHE = re.compile(b"'[=+\\-@\\t\\r\\n]|'\xef\xbc")
"""The bytes of an apostrophe before a sign that a spreadsheet runs; the full-width signs begin with these bytes."""
RUN = re.compile(f"'*[{SIGNS}]")
"""A text or name that a spreadsheet would run, after the apostrophes that stand before it."""
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def inert(value: object) -> str:
    """The text of a CSV cell: None is empty, and a text that a spreadsheet would run begins with an apostrophe.

    A number keeps its sign: ``-2`` stays ``-2``. What begins with an apostrophe stays, so that a text which is read
    and written again does not grow.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS) and not NUMBER.fullmatch(text) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV text, every cell :func:`inert`."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([inert(cell) for cell in row] for row in (header, *rows))
    return text.getvalue()


def inert_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame to be written as CSV: no text and no name is run by a spreadsheet; :func:`lively` gives each back."""
    import polars as pl

    return frame.with_columns(
        pl.when(_runs(name, "'*")).then(pl.concat_str(pl.lit("'"), name)).otherwise(name).alias(name)
        for name in _texts(frame)
    ).rename({name: f"'{name}" for name in frame.columns if RUN.match(name)})


def lively(frame: pl.DataFrame, written: bytes) -> pl.DataFrame:
    """The texts of a CSV file, as ``written``, without the apostrophe that :func:`inert` put first.

    A spreadsheet that is given ``'=1`` holds the text ``=1``, too.
    """
    import polars as pl

    if b"'" not in written or not APOSTROPHE.search(written):  # nearly every file: its columns are not looked at
        return frame
    return frame.with_columns(
        pl.when(_runs(name, "'+")).then(pl.col(name).str.slice(1)).otherwise(name).alias(name) for name in _texts(frame)
    ).rename({name: name[1:] for name in frame.columns if name.startswith("'") and RUN.match(name)})


def _texts(frame: pl.DataFrame) -> list[str]:
    import polars as pl

    return [name for name, kind in frame.schema.items() if kind == pl.String]


def _runs(name: str, before: str) -> pl.Expr:
    """Whether a text, after the apostrophes that ``before`` asks for, would be run and is no number."""
    import polars as pl

    text = pl.col(name)
    runs = text.str.contains(f"^{before}[{SIGNS}]")
    return runs & ~text.str.contains(f"^(?:{NUMBER.pattern})$")
