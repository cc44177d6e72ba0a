"""Working papers as a workbook: what was found is locked, yellow cells are answered."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import xlsxwriter

from auditlib.core.errors import InputError
from auditlib.core.message import t
from auditlib.delphi.forms.sheets import Grid, grids, lines_in_cell, new_workbook
from auditlib.papers.folder import Papers
from auditlib.papers.sheets import FIRST_ROW, PaperSheet, meta_rows, paper_sheets

__all__ = ["MARKER", "paper_grids", "papers_workbook"]

LINE, SPACE, MOST_LINES = 14, 4, 25
"""Points that a line is high, and the room around all of them; so many lines at most: a row may be 409 points high."""
MARKER = "meta"
"""The hidden sheet that says whose papers they are, and from which state of them."""


def papers_workbook(papers: Papers, language: str) -> bytes:
    """The workbook; the same papers give the same bytes."""
    memory = io.BytesIO()
    book = new_workbook(memory, "working papers")
    for sheet in paper_sheets(papers, language):
        _write(book, sheet, papers, language)
    marker = book.add_worksheet(MARKER)
    for place, row in enumerate(meta_rows(papers, language)):
        marker.write_row(place, 0, row)
    marker.hide()
    book.close()
    return memory.getvalue()


def _write(book: xlsxwriter.Workbook, sheet: PaperSheet, papers: Papers, language: str) -> None:
    page = book.add_worksheet(sheet.name)
    plain: dict[str, Any] = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#B0B0B0",
                             "num_format": "@", "font_size": 10}  # fmt: skip
    head = book.add_format({**plain, "bold": True, "bg_color": "#E8EDF3"})
    cells = {False: book.add_format(plain), True: book.add_format({**plain, "locked": False, "bg_color": "#FFF9DB"})}
    page.write_string(0, 0, sheet.name, book.add_format({"bold": True, "font_size": 14}))
    known = papers.engagement
    scheme = " ".join(text for text in (known.scheme, known.period) if text)
    page.write_string(1, 0, t("Snapshot {snapshot} of {ledger} {scheme}", language, snapshot=known.snapshot[:12],
                              ledger=known.ledger, scheme=scheme))  # fmt: skip
    page.write_string(2, 0, _told(sheet, language))
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(FIRST_ROW - 2, place, column.title, head)
    for number, row in enumerate(sheet.rows, FIRST_ROW - 1):
        lines = max(lines_in_cell(row[one.key], one.width) for one in sheet.columns)
        page.set_row(number, LINE * min(MOST_LINES, lines) + SPACE)
        for place, column in enumerate(sheet.columns):
            if row[column.key] or not column.open:
                page.write_string(number, place, row[column.key], cells[column.open])
            else:
                page.write_blank(number, place, None, cells[column.open])
    last = FIRST_ROW - 2 + len(sheet.rows)
    for place, column in enumerate(sheet.columns):
        if column.choices and sheet.rows:
            page.data_validation(
                FIRST_ROW - 1, place, last, place, {"validate": "list", "source": list(column.choices)}
            )
    page.freeze_panes(FIRST_ROW - 1, 1)
    page.set_landscape()
    page.set_paper(8)  # A3: two pages side by side can be read
    page.fit_to_pages(1 if len(sheet.columns) < 10 else 2, 0)
    page.repeat_rows(FIRST_ROW - 2)
    page.repeat_columns(0)
    if sheet.kind != "case":
        page.autofilter(FIRST_ROW - 2, 0, max(FIRST_ROW - 1, last), len(sheet.columns) - 1)
    page.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})


def _told(sheet: PaperSheet, language: str) -> str:
    """What to do on a sheet."""
    if sheet.kind == "exception":
        return t(
            "Each line is counts beside what was to be expected, and never a verdict. Fill in yellow cells alone; "
            "explained and in error need evidence. No names, telephones or addresses.", language,
        )  # fmt: skip
    if sheet.kind == "sample":
        return t(
            "Answer from the file; one that cannot be found is answered “not found” and counts as an error.", language
        )
    if sheet.kind == "finding":
        return t(
            "A finding stands alone: criteria, condition, cause, effect, recommendation, answer. Where one is not "
            "known, say so.", language,
        )  # fmt: skip
    return t("All cases of the exceptions.", language)


def paper_grids(file: Path) -> tuple[dict[str, Grid], dict[str, str]]:
    """The sheets of a workbook that came back, and what its hidden one says. Raises :class:`InputError`."""
    found = grids(file, "workbook of working papers")
    if MARKER not in found:
        raise InputError.at(file, "", "found no sheet meta, expected a workbook of `auditlib papers export`")
    marker = {str(row[0]): row[1] or "" for row in found[MARKER] if len(row) > 1 and row[0]}
    return found, marker
