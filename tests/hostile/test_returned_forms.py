"""Filled forms and exports that come back from others: none fills the memory, keeps a command waiting or breaks it."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table
from pydantic import ValidationError

from auditlib.core.errors import InputError
from auditlib.delphi.forms.survey import SurveyFile, _mark
from auditlib.delphi.forms.survey_columns import fits
from auditlib.delphi.forms.word_form import word_grids
from auditlib.delphi.scales import Scale

Change = Callable[[Document, Table], object]


def word_file(folder: Path, change: Change = lambda document, table: None) -> Path:
    document = docx.Document()
    table = document.add_table(2, 2)
    for cell, text in zip((*table.rows[0].cells, *table.rows[1].cells), ("代号", "E1", "x", "y"), strict=True):
        cell.text = text
    change(document, table)
    file = folder / "form.docx"
    document.save(str(file))
    return file


def span(name: str, value: str) -> Change:
    def change(document: Document, table: Table) -> None:
        one = OxmlElement(f"w:{name}")
        one.set(qn("w:val"), value)
        place = table.rows[0]._tr.get_or_add_trPr() if name != "gridSpan" else table.cell(0, 0)._tc.get_or_add_tcPr()
        place.append(one)

    return change


def no_rows(document: Document, table: Table) -> None:
    for row in list(table.rows):
        table._tbl.remove(row._tr)


def no_cells(document: Document, table: Table) -> None:
    for cell in list(table.rows[0]._tr.tc_lst):
        table.rows[0]._tr.remove(cell)


def merged_upwards(document: Document, table: Table) -> None:
    table.cell(0, 0)._tc.get_or_add_tcPr().append(OxmlElement("w:vMerge"))


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (span("gridSpan", "2000000000"), True), (span("gridSpan", "-5"), True), (span("gridSpan", "many"), True),
        (span("gridBefore", "2000000000"), True), (merged_upwards, True), (no_rows, False), (no_cells, False),
        (span("gridSpan", "2"), False),
    ],
    ids=["wide", "negative", "word", "far", "merged", "no rows", "no cells", "sound"],
)  # fmt: skip
def test_a_table_of_word_is_no_wider_than_word_makes_it(tmp_path, change, refused) -> None:
    started = time.process_time()
    file = word_file(tmp_path, change)
    if refused:
        with pytest.raises(InputError, match="expected a filled questionnaire in DOCX"):
            word_grids(file)
    else:
        word_grids(file)
    assert time.process_time() - started < 5


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            written.writestr(name, read.read(name).replace(old, new) if name == part else read.read(name))
    return memory.getvalue()


def test_an_entity_of_a_word_file_reads_no_file(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("GEHEIM", encoding="utf-8")
    file = word_file(tmp_path)
    told = f'<!DOCTYPE w [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document'.encode()
    content = changed(file.read_bytes(), "word/document.xml", b"<w:document", told)
    file.write_bytes(changed(content, "word/document.xml", b"E1", b"&e;"))
    assert "GEHEIM" not in str(word_grids(file))


def test_damaged_word_files_are_refused(tmp_path) -> None:
    content = word_file(tmp_path).read_bytes()
    for place in range(0, len(content), len(content) // 60):
        file = tmp_path / "damaged.docx"
        file.write_bytes(content[:place] + b"\xff\x00\x7f" + content[place + 3 :])
        try:
            word_grids(file)
        except InputError:
            continue


# --- patterns of others ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "^(.*a){20}$", r"(\w+\s?)*$"])
def test_a_pattern_of_a_panel_searches_in_time(pattern) -> None:
    """Python's own expressions take longer than the world is old for the first of them."""
    started = time.process_time()
    fits(["a" * 30_000 + "!"], pattern)
    assert time.process_time() - started < 5
    assert fits(["the Code of the expert"], "code")
    assert not fits(["the code"], "^code")


@pytest.mark.parametrize("pattern", ["(", "(?=a)b", r"(a)\1", "x{1000}{1000}{1000}"])
def test_a_pattern_that_cannot_be_searched_for_is_refused(pattern) -> None:
    with pytest.raises(ValidationError, match="expected a regular expression"):
        SurveyFile.model_validate({"survey": "x", "title": {"zh": "x", "en": "x"}, "expert": pattern})


def test_a_cell_of_dots_is_no_mark_and_told_so_at_once() -> None:
    scale = Scale.model_validate({"min": 1, "max": 5})
    started = time.process_time()
    assert _mark("." * 30_000 + "\n" + "." * 30_000, scale) is None
    assert time.process_time() - started < 2
    assert _mark("5 \u5206", scale) == 5


def test_a_document_of_word_whose_parts_lead_nowhere_is_refused(tmp_path) -> None:
    sound = word_file(tmp_path)
    word_grids(sound)
    with zipfile.ZipFile(sound) as book, zipfile.ZipFile(tmp_path / "spoilt.docx", "w") as spoilt:
        for entry in book.infolist():
            content = book.read(entry)
            if entry.filename == "_rels/.rels":
                content = content.replace(b"Target=", b"Tarrget=")
            spoilt.writestr(entry.filename, content)
    with pytest.raises(InputError, match="expected a filled questionnaire in DOCX"):
        word_grids(tmp_path / "spoilt.docx")
