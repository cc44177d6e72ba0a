"""The form of objections as a workbook: a sheet of A4 for every line of a unit's result, printed or filled as it is."""

from __future__ import annotations

import io
from typing import Any

from auditlib.core.message import t
from auditlib.delphi.forms.sheets import lines_in_cell, new_workbook
from auditlib.objections.contested import ContestedResult, keyed_registers
from auditlib.objections.layout import ENTRY, WIDTH, FormRow, form_rows, register_title, sheet_names

__all__ = ["LISTS", "MARKER", "marker_rows", "objection_form"]

MARKER, LISTS = "meta", "lists"
"""The hidden sheets: which result the form is on, and what can be chosen from."""
WIDTHS = (13, 13, 14, 20, 13, 13, 14)
LINE, SPACE, MOST = 15.0, 6.0, 20
"""The height of a line, and what a row has above its lines, in points; XLSX knows no row above 409 points."""
ENTRY_ROW, REASON = 24.0, 120.0
"""The heights of rows that are filled by hand, in points."""
LONGEST = 32_000


def marker_rows(result: ContestedResult) -> list[list[str]]:
    """What says of a form which result it is on."""
    named = {
        "form": "auditlib-objection/1", "run": result.terms.run, "scheme": result.scheme, "period": result.period,
        "unit": result.unit, "result": result.fingerprint,
    }  # fmt: skip
    return [[name, value] for name, value in named.items()]


def objection_form(result: ContestedResult) -> bytes:
    """The workbook of a unit; the same result gives the same bytes. All but the yellow cells is locked."""
    memory = io.BytesIO()
    book = new_workbook(memory, t("Objection to an assessment result", result.language))
    formats = _FormFormats(book)
    _contents(book, result, formats)
    for name, line in zip(sheet_names(result), result.lines, strict=True):
        sheet = book.add_worksheet(name)
        rows = form_rows(result, line)
        for number, row in enumerate(rows):
            _write(sheet, number, row, formats)
        _choices(sheet, rows, line.register)
        _paper(sheet)
    lists = book.add_worksheet(LISTS)
    for column, register in enumerate(keyed_registers()):
        names = [f"{title} {name}" for name, title in result.columns[register]]
        lists.write_column(0, column, [register_title(register, result.language), *names])
    lists.hide()
    marker = book.add_worksheet(MARKER)
    for number, cells in enumerate(marker_rows(result)):
        for column, text in enumerate(cells):
            marker.write_string(number, column, text)
    marker.hide()
    book.close()
    return memory.getvalue()


class _FormFormats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        plain = {"valign": "vcenter", "text_wrap": True, "border": 1, "border_color": "#808080", "num_format": "@"}
        self.cell = book.add_format(plain)
        self.label = book.add_format({**plain, "bg_color": "#EEF2F6"})
        self.head = book.add_format({**plain, "bold": True, "bg_color": "#EEF2F6"})
        self.entry = book.add_format({**plain, "locked": False, "bg_color": "#FFF9DB"})
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.note = book.add_format({"text_wrap": True, "valign": "top"})
        self.link = book.add_format({**plain, "font_color": "#1F4E9E", "underline": 1})


def _contents(book: Any, result: ContestedResult, formats: _FormFormats) -> None:
    """The first sheet: every line with its points, and the sheet on which it is contested."""
    language = result.language
    sheet = book.add_worksheet(t("Contents", language))
    for column, width in enumerate((14, 60, 16, 16)):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 3, t("Objection to an assessment result", language), formats.title)
    sheet.set_row(0, 30)
    place = 1
    for label, text in result.facts:
        sheet.write_string(place, 0, label, formats.label)
        sheet.merge_range(place, 1, place, 3, text, formats.cell)
        sheet.set_row(place, _height(text, 92))
        place += 1
    for column, name in enumerate(("Sheet", "Line", "Clause", "Points")):
        sheet.write_string(place, column, t(name, language), formats.head)
    for name, line in zip(sheet_names(result), result.lines, strict=True):
        place += 1
        sheet.write_url(place, 0, f"internal:'{name}'!A1", formats.link, name)
        for column, text in enumerate((line.title, line.clause, line.points), 1):
            sheet.write_string(place, column, text, formats.cell)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    _paper(sheet, columns=3)


def _write(sheet: Any, number: int, row: FormRow, formats: _FormFormats) -> None:
    if number == 0:
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
    if row.kind in ("title", "note"):
        shown = formats.title if row.kind == "title" else formats.note
        sheet.merge_range(number, 0, number, WIDTH - 1, row.cells[0], shown)
        sheet.set_row(number, 30 if row.kind == "title" else _height(row.cells[0] or "", sum(WIDTHS)))
    elif row.kind in ("fact", "reason", "filed"):
        text = row.cells[1]
        sheet.write_string(number, 0, row.cells[0], formats.label)
        shown = formats.entry if text is ENTRY else formats.cell
        sheet.merge_range(number, 1, number, WIDTH - 1, (text or "")[:LONGEST], shown)
        sheet.set_row(number, REASON if row.kind == "reason" else _height(text or "", sum(WIDTHS[1:])))
    elif row.kind == "sign":
        sheet.set_row(number, 36)
        for column in (0, 3):
            sheet.write_string(number, column, row.cells[column], formats.note)
    else:
        shown = formats.head if row.kind == "head" else formats.cell
        sheet.set_row(number, ENTRY_ROW)
        for column, text in enumerate(row.cells):
            if text is ENTRY:
                sheet.write_blank(number, column, None, formats.entry)
            else:
                sheet.write_string(number, column, text, shown)


def _choices(sheet: Any, rows: tuple[FormRow, ...], register: str) -> None:
    """Lists to choose from; what is not on them, such as a column that the ledger alone has, may be written, too."""
    places = [number for number, row in enumerate(rows) if row.kind == "change"]
    first, last = places[0], places[-1]
    free = {"validate": "list", "error_type": "information", "show_error": False}
    names = keyed_registers()
    letter = chr(ord("A") + len(names) - 1)
    sheet.data_validation(first, 1, last, 1, {**free, "source": f"={LISTS}!$A$1:${letter}$1"})
    if register:
        own = chr(ord("A") + names.index(register))
        sheet.data_validation(first, 3, last, 3, {**free, "source": f"={LISTS}!${own}$2:${own}$80"})
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _paper(sheet: Any, columns: int = WIDTH - 1) -> None:
    """One page of A4, upright."""
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.set_footer("&C&P / &N")


def _height(text: str, width: int) -> float:
    """High enough for a text in a cell so many small letters wide; a Chinese character is two."""
    return LINE * min(MOST, lines_in_cell(text, width)) + SPACE
