"""The small tables of a panel: answers and experts as they are read, tables and workbooks as they are written."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unicodedata import east_asian_width

import fastexcel
import polars as pl
import xlsxwriter

from auditlib.core.errors import InputError, Problem
from auditlib.ledger.checks import ROW
from auditlib.ledger.parse import as_text
from auditlib.ledger.table_guards import guard_workbook
from auditlib.ledger.tables.read_table import read_table

__all__ = ["Grid", "Sheet", "form_grids", "grids", "lines_in_cell", "new_workbook", "read_sheet"]

Grid = list[list[str | None]]

CREATED = datetime(2000, 1, 1)  # a workbook states when it was made; the same inputs give the same bytes


@dataclass(frozen=True)
class Sheet:
    """A small table as it was received: column names, and rows of stripped text by row number; None where empty."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str | None]], ...]
    problems: tuple[Problem, ...] = field(default=())


def read_sheet(file: Path, sheet: str | None = None) -> Sheet:
    """A CSV or XLSX file as a :class:`Sheet`; rows with too many fields are among its problems.

    Raises :class:`InputError` for a file that cannot be read at all.
    """
    table, broken = read_table(file, sheet)
    texts = table.select(pl.col(ROW).cast(pl.Int64), *(as_text(table[n]) for n in table.columns if n != ROW))
    rows = tuple((row.pop(ROW), row) for row in texts.iter_rows(named=True))
    faults = tuple(
        Problem(row["file"], row["row"], row["column"], f"found {row['found']}, expected {row['expected']}")
        for row in broken.iter_rows(named=True)
    )
    return Sheet(str(file), tuple(n for n in table.columns if n != ROW), rows, faults)


def lines_in_cell(text: str, width: int) -> int:
    """About how many lines a text takes in a cell so many small letters wide; a Chinese character is two.

    A programme that opens a workbook need not set the heights of its rows.
    """
    signs = (sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line) for line in text.split("\n"))
    return sum(max(1, -(-count // width)) for count in signs)


def new_workbook(memory: io.BytesIO, title: str) -> xlsxwriter.Workbook:
    """A workbook to be written into ``memory``, in which text is never a formula or a link."""
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": CREATED})
    return book


def grids(file: Path, what: str = "questionnaire") -> dict[str, Grid]:
    """Every sheet of a workbook as rows of stripped text, row 1 first; None where empty. ``what`` was expected to be
    there.

    Raises :class:`InputError` for a file that is no workbook or too large to be one that was filled in.
    """
    if not file.is_file():
        raise InputError.at(file, "", "no such file")
    guard_workbook(file)
    try:
        book = fastexcel.read_excel(str(file))
        tables = {
            name: book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string") for name in book.sheet_names
        }
    except fastexcel.FastExcelError as error:
        raise InputError.at(file, "", f"found {str(error).splitlines()[0]}, expected a filled {what} in XLSX") from None
    return {
        name: [[(cell or "").strip() or None for cell in row] for row in table.to_polars().iter_rows()]
        for name, table in tables.items()
    }


def form_grids(file: Path, widths: Mapping[str, int], command: str) -> list[list[list[str]]]:
    """The sheets of a filled form of ``command``: rows of text, each at least so wide, empty where nothing stands.

    Raises :class:`InputError` as :func:`grids` does, and for a workbook that lacks one of the sheets.
    """
    found = grids(file, "form")
    if missing := [name for name in widths if name not in found]:
        raise InputError.at(file, "", f"found no sheet {', '.join(missing)}, expected a form of `{command}`")
    return [
        [[*(cell or "" for cell in row), *[""] * (width - len(row))] for row in found[name]]
        for name, width in widths.items()
    ]
