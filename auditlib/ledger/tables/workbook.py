"""Workbooks (XLSX, XLSM, XLS, XLSB, ODS): which sheets are taken, which row has the names, and cells with errors."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.message import Message
from auditlib.ledger.checks import ROW
from auditlib.ledger.table_guards import guard_workbook
from auditlib.ledger.tables.layout import (
    HEAD,
    NO_FAULTS,
    Doubt,
    Layout,
    SourceTable,
    filled_rows,
    header_names,
    without_footer,
)
from auditlib.ledger.tables.other_files import other_kind
from auditlib.ledger.tables.sheet_looks import column_number, looks_of, sheet_xml

if TYPE_CHECKING:
    import fastexcel

__all__ = ["WORKBOOKS", "read_workbook"]

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
ZIPPED = (".xlsx", ".xlsm")
"""Workbooks whose sheets lie in them as XML."""
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ERRORS = {
    "NA": "#N/A", "Ref": "#REF!", "Div0": "#DIV/0!", "Value": "#VALUE!", "Name": "#NAME?", "Null": "#NULL!",
    "Num": "#NUM!",
}  # fmt: skip
ERROR = re.compile(r"Error\((\w+)\)")
CELL = re.compile(rb"<c\b([^<>]*)>\s*<f\b([^<>]*?)(/>|>([^<]*)</f>)\s*(<v\s*/>|<v>\s*</v>)?\s*</c>")
PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')


def read_workbook(file: Path, layout: Layout) -> Iterator[SourceTable]:
    """The sheets of a workbook that ``layout`` names, or else its first visible one; those passed over are named.

    A cell with an error holds the error's name, a formula that was never computed its text: neither is empty.
    Raises :class:`InputError` for a file that is none, needs a password, or lacks a sheet.
    """
    import fastexcel  # a ledger of text files needs none

    guard_workbook(file)
    content = file.read_bytes()
    _refuse_others(content, file)
    try:
        book = fastexcel.read_excel(content)
        sheets = [book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string") for name in book.sheet_names]
    except fastexcel.FastExcelError as error:
        if content.startswith(OLE):
            found = "found an old Office file (.xls) that is damaged, or a workbook with a password (encrypted)"
            raise InputError.at(file, "", f"{found}; expected one saved as .xlsx without a password") from None
        raise InputError.at(file, "", f"cannot be read: {str(error).splitlines()[0]}") from None
    filled = [sheet for sheet in sheets if sheet.width and sheet.total_height]
    if not filled:
        raise InputError.at(file, "", "the table is empty; expected at least a row of column names")
    chosen, doubts = _chosen(file, sheets if layout.sheets else filled, layout)
    for sheet in chosen:
        several = bool(layout.sheets) or len(filled) > 1
        name = f"{file}[{sheet.name}]" if several else str(file)
        yield _table(sheet, name, file, content, layout, doubts)
        doubts = ()


def _refuse_others(content: bytes, file: Path) -> None:
    ending = file.suffix
    if content.startswith(OLE) and ENCRYPTED in content:
        raise InputError.at(file, "", "found a workbook with a password (encrypted), expected one saved without")
    if content.startswith((OLE, ZIP)):
        return
    if (what := other_kind(content)) is not None:
        raise InputError.at(file, "", f"found {what} named {ending}, expected it saved as XLSX or CSV")
    if not content:
        raise InputError.at(file, "", "the file is empty; expected at least a row of column names")
    if b"\x00" not in content[:2000] and b"\n" in content:
        raise InputError.at(file, "", f"found text named {ending}, expected a workbook; name it .csv if it is a table")


def _chosen(
    file: Path, sheets: list[fastexcel.ExcelSheet], layout: Layout
) -> tuple[list[fastexcel.ExcelSheet], tuple[Doubt, ...]]:
    if layout.sheets:
        chosen = [sheet for sheet in sheets if any(fnmatch.fnmatchcase(sheet.name, one) for one in layout.sheets)]
        for wanted in layout.sheets:
            if not any(fnmatch.fnmatchcase(sheet.name, wanted) for sheet in sheets):
                known = ", ".join(sheet.name for sheet in sheets)
                raise InputError.at(file, "", f"found no sheet {wanted}, expected one of {known}")
        # A pattern takes what can be seen; a hidden sheet is taken where it is called by its name.
        return [sheet for sheet in chosen if sheet.visible == "visible" or sheet.name in layout.sheets], ()
    visible = [sheet for sheet in sheets if sheet.visible == "visible"]
    if not visible:
        names = ", ".join(sheet.name for sheet in sheets)
        raise InputError.at(file, "", f"found only hidden sheets ({names}), expected the mapping to name its `sheet`")
    doubts = []
    if others := visible[1:]:
        message = Message(
            "{file}: the sheet {sheet} was taken, not {others}; name those that are wanted as `sheet`",
            file=str(file), sheet=visible[0].name, others=tuple(sheet.name for sheet in others),
        )  # fmt: skip
        doubts.append(Doubt("sheets_left_out", message, len(others), str(file)))
    if hidden := [sheet for sheet in sheets if sheet.visible != "visible"]:
        message = Message(
            "{file}: hidden sheets were not taken: {hidden}", file=str(file), hidden=tuple(one.name for one in hidden)
        )
        doubts.append(Doubt("hidden_sheets", message, len(hidden), str(file)))
    return visible[:1], tuple(doubts)


def _table(
    sheet: fastexcel.ExcelSheet, name: str, file: Path, content: bytes, layout: Layout, doubts: tuple[Doubt, ...]
) -> SourceTable:
    cells = sheet.to_polars()
    cells.columns = [str(place) for place in range(cells.width)]
    cells = _with_errors(cells, sheet, content if file.suffix.lower() in ZIPPED else b"")
    filled = cells.with_row_index(ROW, 1).filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))
    if filled.is_empty():
        raise InputError.at(name, "", "the table is empty; expected at least a row of column names")
    rows = layout.header or (int(filled[ROW][0]),)
    names = header_names([[cell or "" for cell in cells.row(row - 1)] for row in rows if row <= cells.height])
    twice = sorted({column for column in names if column and names.count(column) > 1})
    if twice:
        raise InputError.at(name, ", ".join(twice), "found the column twice, expected each column once", line=max(rows))
    names = [column or f"__UNNAMED__{place}" for place, column in enumerate(names)]
    table = filled.filter(pl.col(ROW) > max(rows)).rename(dict(zip(cells.columns, names, strict=True)))
    head = tuple(tuple((cell or "").strip() for cell in row) for row in cells.head(HEAD).iter_rows())
    table, broken = without_footer(filled_rows(table), NO_FAULTS, layout.footer)
    assumed = {} if layout.sheets else {"sheet": sheet.name}
    if file.suffix.lower() in ZIPPED:
        looks = looks_of(content, sheet.name, names, max(rows))
        doubts = (*doubts, *looks.doubts(name))
        if looks.from_1904:
            assumed["days"] = "1904"
    return SourceTable(
        name, table, broken, doubts, assumed, head, file, sheet.name, from_1904=assumed.get("days") == "1904"
    )


def _with_errors(cells: pl.DataFrame, sheet: fastexcel.ExcelSheet, content: bytes) -> pl.DataFrame:
    """The cells with the names of errors, and the text of formulas without a value, where they would be empty."""
    _, errors = sheet.to_arrow_with_errors()
    found: dict[str, list[tuple[int, str]]] = {}
    for error in errors.errors if errors is not None else ():
        told = ERROR.search(error.detail)
        row, column = error.position
        text = ERRORS.get(told[1], "#ERROR!") if told else "#ERROR!"
        found.setdefault(str(column), []).append((row, text))
    for row, column, formula in _uncomputed(content, sheet.name) if content else ():
        if str(column) in cells.columns and row < cells.height and cells[str(column)][row] is None:
            found.setdefault(str(column), []).append((row, formula))
    return cells.with_columns(
        cells[column].scatter([row for row, _ in places], pl.Series([text for _, text in places]))
        for column, places in found.items()
    )


def _uncomputed(content: bytes, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Formulas without a stored value, by row and column from 0 as the sheet is read, and their text."""
    xml = sheet_xml(content, sheet)
    if b"<f" not in xml:
        return
    first = min((column_number(place[1]) for place in PLACE.finditer(xml)), default=0)
    for match in CELL.finditer(xml):
        place = PLACE.search(match[1])
        if place is not None and b't="str"' not in match[1]:
            text = (match[4] or b"").decode("utf-8")
            yield int(place[2]) - 1, column_number(place[1]) - first, f"={text}"
