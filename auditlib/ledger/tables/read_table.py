"""One reader for every form of a table: CSV and its kin, workbooks, Parquet."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from auditlib.core.cells import lively
from auditlib.core.errors import InputError
from auditlib.core.guards import content_of
from auditlib.ledger.checks import ROW
from auditlib.ledger.table_guards import guard_parquet, telling_damage, unpacked
from auditlib.ledger.tables.layout import Layout, SourceTable
from auditlib.ledger.tables.text_table import read_text
from auditlib.ledger.tables.workbook import WORKBOOKS, read_workbook

__all__ = ["TABLES", "is_table", "read_table", "read_tables"]

TABLES = (".csv", ".tsv", ".tab", ".gz", ".parquet", *WORKBOOKS)
"""The endings of tables, however they are written: .CSV is one of them."""
UNREADABLE = (OSError, EOFError, zlib.error, csv.Error, pl.exceptions.PolarsError)


def is_table(file: Path) -> bool:
    """Whether a file is a table by its name."""
    return file.suffix.lower() in TABLES


def read_table(file: Path, sheet: str | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A table as it stands in a CSV (UTF-8 or GB18030, also gzipped), Parquet or XLSX file, with its row numbers.

    Returns the rows, and the rows that are not rows (too many or too few fields) as rejects, with how many fields and
    columns there are. Text stays text.
    Raises :class:`InputError` for an empty or unreadable file, and for a column whose name stands for others.
    """
    layout = Layout() if sheet is None else Layout(sheets=(sheet,))
    table = next(read_tables(file, layout))
    return table.rows, table.broken


def read_tables(file: Path, layout: Layout) -> Iterator[SourceTable]:
    """The tables of a file: one, or one for each sheet that ``layout`` names. Raises :class:`InputError`."""
    try:
        for table in _tables(file, layout):
            patterns = [column for column in table.rows.columns if column.startswith("^") and column.endswith("$")]
            if patterns:  # Polars would look for the columns that it describes, and pass over this one
                expected = "expected no name that begins with ^ and ends with $"
                found = f"found this name of a column, {expected}"
                raise InputError.at(table.name, ", ".join(patterns), found, line=1)
            yield table
    except UNREADABLE as error:
        raise InputError.at(file, "", f"cannot be read: {str(error).splitlines()[0]}") from None


def _tables(file: Path, layout: Layout) -> Iterator[SourceTable]:
    ending = file.suffix.lower()
    if ending == ".parquet":
        with telling_damage(file):
            guard_parquet(file)
            rows = pl.read_parquet(file).rechunk().with_row_index(ROW, 2)
        yield SourceTable(str(file), rows, file=file)
    elif ending in WORKBOOKS or layout.sheets:
        from fastexcel import FastExcelError

        try:
            yield from read_workbook(file, layout)
        except FastExcelError as error:
            raise InputError.at(file, "", f"cannot be read: {str(error).splitlines()[0]}") from None
    else:
        content = content_of(file)
        content = unpacked(content, str(file)) if ending == ".gz" else content
        table = read_text(content, str(file), layout)
        yield replace(table, rows=lively(table.rows, content), file=file)
