"""Cells of tables that spreadsheets open: what comes from data never starts a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

__all__ = ["BOM", "csv_text", "inert"]

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Before a CSV file that people open: without it, a Chinese Excel takes UTF-8 for GBK."""

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet runs as a formula when it stands first in a cell; in some languages full-width signs as well."""
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def inert(value: object) -> str:
    """The text of a CSV cell: None is empty, and a text that a spreadsheet would run begins with an apostrophe.

    A number keeps its sign: ``-2`` stays ``-2``.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS) and not NUMBER.fullmatch(text) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV text, every cell :func:`inert`."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([inert(cell) for cell in row] for row in (header, *rows))
    return text.getvalue()
