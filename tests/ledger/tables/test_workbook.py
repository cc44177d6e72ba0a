"""Workbooks: sheets, titles, and cells that are not empty although they hold no value."""

from datetime import datetime

import pytest
import xlsxwriter

from auditlib.core.errors import InputError
from auditlib.ledger.checks import ROW
from auditlib.ledger.tables.layout import Layout
from auditlib.ledger.tables.read_table import read_tables

HEADER = ["id", "at", "n"]


def workbook(folder, sheets, hidden=(), name="book.xlsx"):
    """A workbook: by sheet the rows, an item ``=…`` a formula without a value, ``#N/A`` one with that error."""
    file = folder / name
    with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        for number, (title, rows) in enumerate(sheets.items()):
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    if cell == "#N/A":
                        sheet.write_formula(row, place, "=NA()", None, "#N/A")
                    elif isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(row, place, cell, None, "")
                    elif cell is not None:
                        sheet.write(row, place, cell)
            if title in hidden:
                sheet.hide()
            elif number and len(hidden) == number:
                sheet.activate()
                sheet.set_first_sheet()
    return file


def read(file, **layout):
    return list(read_tables(file, Layout(**layout)))


def refused(file, **layout):
    with pytest.raises(InputError) as caught:
        read(file, **layout)
    return str(caught.value).replace(f"{file.parent}/", "")


def test_rows_are_counted_as_the_sheet_counts_them(tmp_path):
    file = workbook(tmp_path, {"a": [[], [], HEADER, ["A1", datetime(2026, 1, 5, 8, 30), 1], [], ["A2", None, 2]]})
    (table,) = read(file)
    assert table.rows.rows() == [(4, "A1", "2026-01-05 08:30:00", "1"), (6, "A2", None, "2")]


def test_errors_and_formulas_without_a_value_are_not_empty(tmp_path):
    file = workbook(tmp_path, {"a": [HEADER, ["A1", "#N/A", 1], ["A2", "=B9", 2], ["A3", None, 3]]})
    (table,) = read(file)
    assert table.rows["at"].to_list() == ["#N/A", "=B9", None]


def test_errors_stand_in_their_row_below_blank_ones_too(tmp_path):
    (table,) = read(workbook(tmp_path, {"a": [[], ["title"], HEADER, ["A1", "#N/A", 1]]}), header=(3,))
    assert table.rows.rows() == [(4, "A1", "#N/A", "1")]


def test_the_first_visible_sheet_is_taken_and_the_others_are_named(tmp_path):
    sheets = {name: [HEADER, [name, None, 1]] for name in ("old", "one", "two")}
    (table,) = read(workbook(tmp_path, sheets, hidden=("old",)))
    assert table.rows["id"].to_list() == ["one"]
    assert [doubt.kind for doubt in table.doubts] == ["sheets_left_out", "hidden_sheets"]
    assert [doubt.count for doubt in table.doubts] == [1, 1]


def test_a_workbook_of_one_sheet_says_nothing(tmp_path):
    (table,) = read(workbook(tmp_path, {"a": [HEADER, ["A1", None, 1]], "empty": []}))
    assert table.doubts == ()


def test_sheets_are_taken_by_name_and_by_pattern_hidden_ones_only_by_name(tmp_path):
    sheets = {name: [HEADER, [name, None, 1]] for name in ("old", "1月", "2月", "注")}
    file = workbook(tmp_path, sheets, hidden=("old",))
    assert [table.sheet for table in read(file, sheets=("?月",))] == ["1月", "2月"]
    assert [table.sheet for table in read(file, sheets=("*",))] == ["1月", "2月", "注"]
    assert [table.name[-5:] for table in read(file, sheets=("old",))] == ["[old]"]
    assert refused(file, sheets=("3月",)) == "book.xlsx: found no sheet 3月, expected one of old, 1月, 2月, 注"


def test_a_column_twice_is_refused_in_the_row_of_the_header(tmp_path):
    file = workbook(tmp_path, {"a": [["title"], ["id", "at", "at"], ["A1", 1, 2]]})
    assert refused(file, header=(2,)) == "book.xlsx:2: at: found the column twice, expected each column once"


def test_a_title_and_a_footer_are_left_out(tmp_path):
    file = workbook(tmp_path, {"a": [["title"], HEADER, ["A1", None, 1], ["total", None, 1]]})
    (table,) = read(file, header=(2,), footer=1)
    assert table.rows.rows() == [(3, "A1", None, "1")]
    (table,) = read(file)
    assert table.header_row(HEADER) == 2


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "found a workbook with a password (encrypted)"),
        (b"<html><table><tr><td>1</td></tr></table>", "found a web page (HTML) named .xlsx"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "found a web page (HTML) named .xlsx"),
        (b'<?xml version="1.0"?><Workbook/>', "found an XML file named .xlsx"),
        (b"a\tb\n1\t2\n", "found text named .xlsx"),
        (b"", "the file is empty"),
        (b"\xd0\xcf\x11\xe0\x00", "that is damaged, or a workbook with a password (encrypted)"),
    ],
)
def test_what_is_no_workbook_is_called_what_it_is(tmp_path, content, found):
    file = tmp_path / "book.xlsx"
    file.write_bytes(content)
    assert found in refused(file)


def test_only_hidden_sheets_are_refused(tmp_path, monkeypatch):
    file = workbook(tmp_path, {"old": [HEADER, ["A1", None, 1]], "empty": []}, hidden=("old",))
    assert "found only hidden sheets (old)" in refused(file)
    (table,) = read(file, sheets=("old",))
    assert table.rows[ROW].to_list() == [2]
