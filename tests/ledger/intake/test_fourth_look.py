"""More kinds of spoilt exports that went through without a word or for a wrong reason, each beside a good file."""

import bz2
import lzma
import shutil
import sqlite3
import struct
import subprocess
from datetime import datetime

import pytest
import xlsxwriter
from test_kinds import HEADER, ONE, TWO, ids, kinds, mapping_of, taken

from auditlib.core.errors import InputError
from auditlib.ledger.intake.take_in import take_in

THREE = TWO.replace("A002", "A003").replace("-06", "-07")
GOOD = HEADER + ONE + TWO + THREE


def dbase() -> bytes:
    """A table of two fields and one row, as the description of dBase III has it."""
    head = struct.pack("<B3BIHH20x", 3, 126, 1, 31, 1, 32 + 2 * 32 + 1, 41)
    fields = b"".join(struct.pack("<11sc4xBB14x", name, b"C", 20, 0) for name in (b"ID", b"UNIT"))
    return head + fields + b"\r" + b" " + "东区".encode("gbk").ljust(20) + b"A001".ljust(20) + b"\x1a"


def sqlite_file(folder) -> bytes:
    with sqlite3.connect(folder / "x.db") as made:
        made.execute("CREATE TABLE cases (id)")
    made.close()
    return (folder / "x.db").read_bytes()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (dbase(), r"a table of dBase \(DBF\)"),
        (bz2.compress(GOOD.encode()), "a file packed by bzip2"),
        (lzma.compress(GOOD.encode()), "a file packed by xz"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), r"a picture \(PNG\)"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(range(256)), "a RAR archive"),
        (b"{\\rtf1\\ansi hello}\n", r"a text of a word processor \(RTF\)"),
        (b'ID;PWXL;N;E\nC;Y1;X1;K"id"\n', r"a SYLK file \(.slk\)"),
        (b"<html><table><tr><td>id</td></tr></table></html>\n", r"a web page \(HTML\)"),
        (b"<?xml version='1.0'?>\n<rows/>\n", "an XML file"),
        (b'[{"id": "A1"},\n{"id": "A2"}]\n', "a file of JSON"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(tmp_path, content, what) -> None:
    with pytest.raises(InputError, match=f"found {what} named .csv, expected text with separators"):
        taken(tmp_path, {"cases.csv": content})


def test_a_database_named_csv_is_called_one(tmp_path) -> None:
    with pytest.raises(InputError, match=r"found an SQLite database named .csv"):
        taken(tmp_path, {"cases.csv": sqlite_file(tmp_path)})


def test_a_web_archive_is_no_workbook(tmp_path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "cases.xls").write_bytes(
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html></html>\n"
    )
    with pytest.raises(InputError, match=r"found a web archive \(MHTML\) named .xls, expected it saved as XLSX or CSV"):
        take_in([tmp_path / "src"], mapping_of(tmp_path))


@pytest.mark.parametrize("tail", [b"\x00" * 4, b"\x00" * 512, b"\x00" * 4096 + b"\n"])
def test_zeros_behind_a_text_are_told_and_its_rows_stay(tmp_path, tail) -> None:
    intake = taken(tmp_path, {"cases.csv": GOOD.encode() + tail})
    assert (ids(intake), kinds(intake)) == (["A001", "A002", "A003"], ["cut_off"])
    assert f"ends in {tail.count(0)} zero bytes" in str(intake.doubts[0].message)


def test_utf16_without_a_mark_ends_in_a_zero_and_is_whole(tmp_path) -> None:
    intake = taken(tmp_path, {"cases.csv": GOOD.encode("utf-16-le")})
    assert (ids(intake), kinds(intake)) == (["A001", "A002", "A003"], [])


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\xa0", "\u3000", "\u2003"])
def test_breaks_and_blanks_of_no_keyboard_in_a_unit_are_told_without_a_twin(tmp_path, sign) -> None:
    intake = taken(tmp_path, {"cases.csv": GOOD.replace("东区", f"东{sign}区")})
    assert (len(ids(intake)), kinds(intake)) == (3, ["odd_signs"])


@pytest.mark.parametrize(("left", "right"), ["“”", "‘’", "「」", "『』", "《》", "【】"])
def test_a_unit_in_quotes_is_told_alone_and_beside_the_bare_one(tmp_path, left, right) -> None:
    quoted = f"{left}东区{right}"
    (tmp_path / "one").mkdir()
    assert kinds(taken(tmp_path / "one", {"cases.csv": HEADER + ONE + THREE.replace("西区", quoted)})) == [
        "look_alikes"
    ]
    if left != "‘":  # an apostrophe may begin a name
        assert kinds(taken(tmp_path, {"cases.csv": GOOD.replace("东区", quoted)})) == ["odd_signs"]


@pytest.mark.parametrize("unit", ["东 区", "东区(北)", "东区“12345”中心", "O'Hare"])
def test_blanks_brackets_and_quotes_within_a_unit_are_not_doubted(tmp_path, unit) -> None:
    assert kinds(taken(tmp_path, {"cases.csv": GOOD.replace("东区", unit)})) == []


@pytest.mark.parametrize("sign", ["\x0c", "\x0b", "\x85", "\u2028"])
def test_a_break_of_a_page_before_an_id_is_told(tmp_path, sign) -> None:
    intake = taken(tmp_path, {"cases.csv": GOOD.replace("A002", f"{sign}A002")})
    assert (ids(intake), kinds(intake)) == (["A001", "A002", "A003"], ["page_breaks"])


@pytest.mark.parametrize("status", ['5" 管', '管 5"', '3" 到 5"'])
def test_a_bare_quote_within_a_field_is_read_as_it_stands_and_told(tmp_path, status) -> None:
    intake = taken(tmp_path, {"cases.csv": GOOD.replace("已办结", status)})
    assert intake.registers["cases"]["status"][0] == status
    assert kinds(intake) == ["bare_quotes"]


@pytest.mark.parametrize("written", ['"5"" 管"', '"管"', '="00123"', '""""'])
def test_quotes_that_are_well_written_are_not_doubted(tmp_path, written) -> None:
    assert "bare_quotes" not in kinds(taken(tmp_path, {"cases.csv": GOOD.replace("已办结", written)}))


def exchanged(text: str, one: int, other: int) -> str:
    """Lines with two of their fields in each other's place."""
    lines = [line.split(",") for line in text.splitlines()]
    for fields in lines:
        fields[one], fields[other] = fields[other], fields[one]
    return "".join(",".join(fields) + "\n" for fields in lines)


@pytest.mark.parametrize(("one", "other"), [(0, 1), (3, 4)])
def test_column_names_again_in_another_order_are_refused_with_their_line(tmp_path, one, other) -> None:
    with pytest.raises(InputError, match=r"cases.csv:3: found the names of the columns again in another order"):
        taken(tmp_path, {"cases.csv": HEADER + ONE + exchanged(HEADER + TWO + THREE, one, other)})


@pytest.mark.parametrize(("other", "told"), [("Kind", ["column_again"]), ("sort", [])])
def test_a_column_whose_name_differs_by_case_alone_is_told(tmp_path, other, told) -> None:
    first, *others = GOOD.splitlines()
    content = "\n".join([f"{first},kind,{other}", *(f"{line},x,y" for line in others)]) + "\n"
    columns = {"kind": {"column": "kind"}}
    assert kinds(taken(tmp_path, {"cases.csv": content}, columns=columns)) == told


def test_times_of_an_ods_and_an_xls_that_libreoffice_made_are_those_of_the_workbook(tmp_path) -> None:
    if (office := shutil.which("soffice")) is None:
        pytest.skip("LibreOffice is not installed: soffice")
    received, due, closed = datetime(2026, 1, 5, 8, 30), datetime(2026, 1, 10), datetime(2026, 1, 6, 9, 0, 59)
    book = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(str(book), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, HEADER.strip().split(","))
        page.write_row(1, 0, ["A001", "东区"])
        for column, at in enumerate((received, due, closed), start=2):
            page.write_datetime(1, column, at)
        page.write_row(2, 0, ["A002", "东区", "2026-01-05 08:30:00"])  # a text, as a person types it
    for kind in ("ods", "xls"):
        source = tmp_path / kind
        words = [office, f"-env:UserInstallation={(tmp_path / 'office').as_uri()}", "--headless", "--convert-to", kind]
        subprocess.run([*words, "--outdir", source, book], check=True, capture_output=True, timeout=300)
        intake = take_in([source], mapping_of(tmp_path))
        cases = intake.registers["cases"].select("received_at", "due_at", "closed_at").rows()
        end = datetime(2026, 1, 10, 23, 59, 59, 999_999)  # all deadlines lie at midnight: they are bare dates
        assert cases == [(received, end, closed), (received, None, None)]
        assert intake.rejects.is_empty()
