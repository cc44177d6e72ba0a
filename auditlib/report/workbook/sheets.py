"""Typed sheets into an XLSX file: numbers as numbers, text never as a formula, and the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_col_to_name, xl_rowcol_to_cell

from auditlib.core.errors import InputError
from auditlib.core.exact import Rounding, decimal_text, fixed_text, round_exact
from auditlib.core.table import Number, Table
from auditlib.core.visible import visible

__all__ = ["Cell", "Formula", "Sheet", "reference", "workbook_bytes"]

DIGITS = 15
"""How many digits of a number a spreadsheet keeps."""
ROWS = 1_048_576
LONGEST_TEXT = 32_767
LONGEST_HEADER = 200
WIDEST_HEADING, MARGIN = 10, 3
LINE = 15.0
"""The height of a line of text, in points."""
LINES = 20
"""A row is not made higher than so many lines; XLSX knows none above 409 points."""
INDENTED = {"align": "left", "indent": 1}
FIRST_ROW = 1
"""The rows of a sheet begin below its one row of headings."""


@dataclass(frozen=True)
class Formula:
    """A formula of ours, with its value for readers that do not calculate. Nothing from data may stand in ``text``."""

    text: str
    value: Number


Cell = str | int | Number | Formula | None


@dataclass(frozen=True)
class Sheet:
    """One table on a sheet of its own. ``checks`` names the columns that are zero where all is right.

    ``widest`` is the width, in letters, beyond which a column breaks its lines; ``listing`` says that it is a list of
    facts with their values rather than a table of numbers.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]] = field(repr=False)
    checks: frozenset[str] = frozenset()
    widest: int = 26
    listing: bool = False

    @classmethod
    def of(cls, table: Table, name: str, language: str) -> Sheet:
        """A table of the library on a sheet. A number stays one: the cell holds it unrounded, so that formulas count
        with it; what rounds it on the screen is the spreadsheet. One without an end (1/3) has the digits a cell keeps.
        """
        rows: list[list[Cell]] = []
        for row, texts in zip(table.rows, table.texts(language), strict=True):
            shown = [None if text is None else str(text) for text in texts]
            rows.append([c if isinstance(c, Number | int) else text for c, text in zip(row, shown, strict=True)])
        return cls(name, table.headings(language), rows)

    def column(self, title: str) -> str:
        """All cells of a column, as a formula on any sheet names them. Needs a row."""
        letter = xl_col_to_name(list(self.columns).index(title))
        return f"{quote_sheetname(self.name)}!${letter}${FIRST_ROW + 1}:${letter}${FIRST_ROW + len(self.rows)}"


def reference(row: int, column: int) -> str:
    """The name of a cell on its own sheet; ``row`` counts the rows below the headings from zero."""
    name: str = xl_rowcol_to_cell(row + FIRST_ROW, column)
    return name


def workbook_bytes(sheets: Sequence[Sheet], title: str, footer: str, created: datetime) -> bytes:
    """The sheets as an XLSX file, ready to be printed: A4 across, as wide as the page, headings on every page.

    ``footer`` is the line with the number of the page, in the codes of XLSX. Raises :class:`InputError` for a table
    with more rows than a sheet has.
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "author": "auditlib", "created": created})
    formats = _Formats(book)
    for sheet in sheets:
        if len(sheet.rows) >= ROWS:
            raise InputError.at(title, sheet.name, f"found {len(sheet.rows)} rows, expected fewer than {ROWS}; use CSV")
        _write(book.add_worksheet(sheet.name), sheet, formats, title, footer)
    book.close()
    return memory.getvalue()


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}
        heading = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#EEF2F6"}
        self.heading = book.add_format({**heading, **INDENTED})
        self.number_heading = book.add_format({**heading, "align": "right"})
        self.text = book.add_format({"text_wrap": True, "valign": "top", **INDENTED})

    def number(self, sheet: Sheet, heading: str, decimals: int) -> Any:
        """A number with so many decimals; a check that is not zero is red."""
        shown = f"0.{'0' * decimals}" if decimals else "0"
        pattern = f"[Red]{shown};[Red]-{shown};0" if heading in sheet.checks else shown
        align = INDENTED if sheet.listing else {}
        key = pattern, sheet.listing
        if key not in self._made:
            self._made[key] = self._book.add_format({"num_format": pattern, "valign": "top", **align})
        return self._made[key]


def _write(page: Any, sheet: Sheet, formats: _Formats, title: str, footer: str) -> None:
    last_row, last_column = len(sheet.rows), len(sheet.columns) - 1
    widths = [_column_width(sheet, column) for column in range(last_column + 1)]
    for column, (heading, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        page.set_column(column, column, width + MARGIN)
        numbers = not sheet.listing and any(_number(row[column]) is not None for row in sheet.rows)
        page.write_string(0, column, heading, formats.number_heading if numbers else formats.heading)
    page.set_row(0, _height(sheet.columns, widths))
    for number, row in enumerate(sheet.rows, start=FIRST_ROW):
        page.set_row(number, _height([_shown(cell) for cell in row], widths))
        for column, cell in enumerate(row):
            _write_cell(page, number, column, cell, sheet, formats)
    page.freeze_panes(FIRST_ROW, 0)
    page.autofilter(0, 0, last_row, last_column)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.hide_gridlines(0)  # print them
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.print_area(0, 0, last_row, last_column)
    head = f"{title} · {sheet.name}"[:LONGEST_HEADER].replace("&", "&&")
    page.set_header(f"&L{head}")
    page.set_footer(footer)


def _column_width(sheet: Sheet, column: int) -> int:
    """Wide enough for the cells, up to the widest; a heading breaks its lines before it widens its column."""
    heading = min(_width(sheet.columns[column]), WIDEST_HEADING)
    return min(sheet.widest, max([heading, *(_width(_shown(row[column])) for row in sheet.rows)]))


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """High enough for the cell with the most lines: a program that opens the file need not lay out the text again."""
    lines = (
        sum(max(1, -(-_width(line) // width)) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    return LINE * min(LINES, max(lines))


def _write_cell(page: Any, row: int, column: int, cell: Cell, sheet: Sheet, formats: _Formats) -> None:
    value = _number(cell)
    form = formats.number(sheet, sheet.columns[column], _decimals(cell)) if value is not None else None
    if isinstance(cell, Formula):
        page.write_formula(row, column, f"={cell.text}", form, float(cell.value.value))
    elif value is not None and _kept(cell):
        page.write_number(row, column, float(value), form)
    elif cell is not None and cell != "":
        page.write_string(row, column, _clipped(visible(_shown(cell))), formats.text)


def _number(cell: Cell) -> Fraction | None:
    number = cell.value if isinstance(cell, Formula) else cell
    return number.value if isinstance(number, Number) else Fraction(number) if isinstance(number, int) else None


def _kept(cell: Cell) -> bool:
    """Whether a spreadsheet keeps it as a number: a whole one of more digits than it has would be another one.

    Points and rates are numbers in any case: formulas add them up, and would pass over text.
    """
    return isinstance(cell, Number) or (isinstance(cell, int) and len(str(abs(cell)).strip("0")) <= DIGITS)


def _decimals(cell: Cell) -> int:
    """How many decimals a cell shows: those of its rounding, and more where a spreadsheet, which rounds halves away
    from zero whatever is declared, would show another number by them.
    """
    number = cell.value if isinstance(cell, Formula) else cell
    if not isinstance(number, Number):
        return 0
    value, declared = number.value, number.rounding
    rounded = round_exact(value, declared)
    decimals = len(decimal_text(value, declared).partition(".")[2])
    while decimals < DIGITS and round_exact(round_exact(value, Rounding(decimals)), declared) != rounded:
        decimals += 1
    return decimals


def _shown(cell: Cell) -> str:
    number = cell.value if isinstance(cell, Formula) else cell
    if isinstance(number, Number):
        return fixed_text(number.value, _decimals(cell))
    return "" if number is None else str(number)


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _width(text: str) -> int:
    """How many small letters wide the longest line of a text is; a Chinese character is two."""
    return max(sum(2 if east_asian_width(char) in "WF" else 1 for char in line) for line in text.split("\n"))
