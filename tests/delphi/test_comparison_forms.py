"""Forms with comparisons go out and come back as XLSX and DOCX; the survey text comes back as an export."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel

BASE = """\
panel: forms
title: {zh: 例, en: case}
scale: {min: 1, max: 9}
weights: {method: ahp, compare: [best_worst, mean]}
items:
  - {id: A, title: {zh: 甲项, en: Item A}}
  - {id: B, title: {zh: 乙项, en: Item B}}
  - {id: C, title: {zh: 丙项, en: Item C}}
  - {id: D, title: {zh: 丁项, en: Item D}}
"""
# 8 : 4 : 2 : 1, and the same with 1/8 in the place of 8.
CONSISTENT, SPOILT = ["2", "4", "8", "2", "4", "2"], ["2", "4", "1/8", "2", "4", "2"]
EXTREMES = [("最重要", "", "8"), ("", "2", "4"), ("", "4", "2"), ("最不重要", "8", "")]


@pytest.fixture
def sent(panel, run_cli):
    """A panel whose forms for two experts have gone out."""
    folder = panel({}, base=BASE)
    done = run_cli("panel", "new", folder, "--experts", "2")
    assert done.exit_code == 0, done.stderr
    return folder


def fill_workbook(folder, expert, judgements, extremes=EXTREMES, mark=None):
    book = openpyxl.load_workbook(folder / "questionnaires" / "round-1" / f"{expert}.xlsx")
    for row, value in enumerate(judgements, start=2):
        book["两两比较"].cell(row, 5).value = value or None
    for row, cells in enumerate(extremes, start=2):
        for column, value in enumerate(cells, start=3):
            book["最优最劣"].cell(row, column).value = value or None
    if mark is not None:
        for row in range(5, 9):
            book["评分"].cell(row, 4).value = mark
    target = folder / f"{expert}.xlsx"
    book.save(target)
    return target


def choose(cell, text):
    """What Word does when a choice is made in a control."""
    (control,) = cell._tc.iter(qn("w:sdt"))
    placeholder = control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")
    placeholder.getparent().remove(placeholder)
    next(control.iter(qn("w:t"))).text = text


def test_ahp_and_best_worst_forms_come_back_with_their_consistency(sent, run_cli) -> None:
    files = [fill_workbook(sent, "E01", CONSISTENT), fill_workbook(sent, "E02", SPOILT)]
    done = run_cli("panel", "read", *files, "--panel", sent)
    assert done.exit_code == 0, done.stderr
    assert "E02: CR = " in done.stderr
    assert "A over D is 1/8, the others imply 8.00" in done.stderr
    assert "E01: CR" not in done.stderr
    one = analyse(read_panel(sent)).to_json()["rounds"][0]
    assert [own["acceptable"] for own in one["ahp"]] == [True, False]
    assert one["best_worst"][0]["weights"] == pytest.approx([8 / 15, 4 / 15, 2 / 15, 1 / 15])
    text = (sent / "pairwise-1.csv").read_text(encoding="utf-8")
    assert text.splitlines()[:2] == ["expert,item,over,judgement", "E01,A,B,2"]


def test_a_third_is_written_in_any_way(sent, run_cli) -> None:
    form = fill_workbook(sent, "E01", ["1/3", "0.333", "0.33", "1", "1", "1"])
    done = run_cli("panel", "read", form, "--panel", sent)
    assert done.exit_code == 0, done.stderr
    rows = (sent / "pairwise-1.csv").read_text(encoding="utf-8").splitlines()[1:4]
    assert [row.rpartition(",")[2] for row in rows] == ["1/3"] * 3


@pytest.mark.parametrize(
    ("judgements", "extremes", "message"),
    [
        (["2", "", "", "", "", ""], EXTREMES, "两两比较: found no judgement on A and C"),
        (["12", "4", "8", "2", "4", "2"], EXTREMES, "两两比较.A/B: found '12', expected a judgement from 1/9 to 9"),
        (CONSISTENT, [("最重要", "", "8"), ("最重要", "2", "4")], "最优最劣: found A, B as best of A, B, C, D"),
        (CONSISTENT, [("顶", "", "8")], "最优最劣.A: found '顶', expected best, worst or nothing"),
    ],
)
def test_faults_name_sheet_and_cell_and_nothing_is_written(sent, run_cli, judgements, extremes, message) -> None:
    done = run_cli("panel", "read", fill_workbook(sent, "E01", judgements, extremes), "--panel", sent)
    assert done.exit_code == 2
    assert message in done.stderr
    assert not list(sent.glob("*.csv"))


def test_comparisons_of_others_stay_and_other_answers_are_refused(sent, run_cli) -> None:
    assert run_cli("panel", "read", fill_workbook(sent, "E01", CONSISTENT), "--panel", sent).exit_code == 0
    assert run_cli("panel", "read", fill_workbook(sent, "E02", SPOILT), "--panel", sent).exit_code == 0
    kept = (sent / "pairwise-1.csv").read_bytes()
    assert kept.count(b"E01,") == kept.count(b"E02,") == 6
    again = fill_workbook(sent, "E01", SPOILT)
    refused = run_cli("panel", "read", again, "--panel", sent)
    assert refused.exit_code == 2
    assert "whose other answers" in refused.stderr
    assert (sent / "pairwise-1.csv").read_bytes() == kept
    assert run_cli("panel", "read", again, "--panel", sent, "--replace").exit_code == 0
    rows = (sent / "pairwise-1.csv").read_text(encoding="utf-8").splitlines()
    assert {"E01,A,D,1/8", "E02,A,D,1/8"} <= set(rows)
    assert len(rows) == 13


def test_a_form_with_nothing_in_it_is_refused(sent, run_cli) -> None:
    done = run_cli("panel", "read", fill_workbook(sent, "E01", [], []), "--panel", sent)
    assert done.exit_code == 2
    assert "found an empty form, expected at least one mark" in done.stderr


def test_a_word_form_comes_back_as_the_workbook_does(sent, run_cli) -> None:
    document = docx.Document(sent / "questionnaires" / "round-1" / "E01.docx")
    for table in document.tables:
        head = [cell.text for cell in table.rows[0].cells]
        if "评分" in head:
            for row, mark in zip(table.rows[1:], "9875", strict=True):
                choose(row.cells[head.index("评分")], mark)
            choose(table.rows[1].cells[-1], "宜细化；电13812345678")
        elif head[-1] == "判断":
            for row, value in zip(table.rows[1:], CONSISTENT, strict=True):
                choose(row.cells[-1], value)
        elif head[0] == "判断依据":
            for row in table.rows[1:-1]:
                choose(row.cells[1], "大")
            choose(table.rows[-1].cells[1], "熟悉")
        elif head[0] == "总体意见":
            choose(table.rows[0].cells[1], "可行")
    target = sent / "back.docx"
    document.save(target)
    done = run_cli("panel", "read", target, "--panel", sent)
    assert done.exit_code == 0, done.stderr
    assert (sent / "round-1.csv").read_text(encoding="utf-8") == "expert,A,B,C,D\nE01,9,8,7,5\n"
    assert (sent / "experts.csv").read_text(encoding="utf-8").splitlines()[1] == "E01,大,大,大,大,熟悉"
    remarks = (sent / "remarks-1.csv").read_text(encoding="utf-8")
    assert remarks == "expert,item,remark\nE01,A,宜细化；电〔手机号已隐去〕\nE01,,可行\n"
    assert "E01,A,D,8" in (sent / "pairwise-1.csv").read_text(encoding="utf-8")
    assert not (sent / "best-worst-1.csv").exists()


def test_a_word_form_that_nobody_filled_prints_empty_boxes_and_is_refused(sent, run_cli) -> None:
    form = sent / "questionnaires" / "round-1" / "E01.docx"
    done = run_cli("panel", "read", form, "--panel", sent)
    assert done.exit_code == 2
    assert "found an empty form" in done.stderr
    with zipfile.ZipFile(form) as archive:
        text = archive.read("word/document.xml").decode("utf-8")
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    # marks and their remarks, 6 pairs, 4 × 3 of best and worst, 4 bases, familiarity, the remark on the whole
    assert len(re.findall("<w:dropDownList>", text)) == 4 + 6 + 12 + 5
    assert len(re.findall("<w:text/>", text)) == 4 + 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"plain text"])
def test_what_is_no_word_document_is_refused(sent, run_cli, content) -> None:
    (sent / "E01.docx").write_bytes(content)
    done = run_cli("panel", "read", sent / "E01.docx", "--panel", sent)
    assert done.exit_code == 2
    assert "expected a filled questionnaire in DOCX" in done.stderr


def test_a_workbook_named_docx_is_refused(sent, run_cli) -> None:
    memory = io.BytesIO()
    openpyxl.Workbook().save(memory)
    (sent / "E01.docx").write_bytes(memory.getvalue())
    done = run_cli("panel", "read", sent / "E01.docx", "--panel", sent)
    assert done.exit_code == 2
    assert "expected a filled questionnaire in DOCX" in done.stderr


def test_the_same_panel_gives_the_same_forms(sent, run_cli) -> None:
    files = sorted((sent / "questionnaires" / "round-1").iterdir())
    before = [file.read_bytes() for file in files]
    assert run_cli("panel", "new", sent, "--experts", "2", "--replace").exit_code == 0
    assert [file.read_bytes() for file in files] == before


def test_the_survey_text_comes_back_as_an_export_of_wenjuanxing(sent, run_cli) -> None:
    """The headers of an export are made of the text: a matrix question gives "number、question—row"."""
    text = (sent / "questionnaires" / "round-1" / "survey.txt").read_text(encoding="utf-8")
    headers, question = ["序号", "所用时间"], ""
    for line in text.splitlines():
        if matched := re.match(r"(\d+、.+?)　\[(.+?题)", line):
            question, kind = matched[1], matched[2]
            headers += [] if kind.startswith("矩阵") else [question]
        elif line.startswith("  ") and "：" not in line:
            headers.append(f"{question}—{line.strip()}")
    row = ["1", "300秒", "E01", "9", "8", "7", "5", "大", "大", "中", "小", "很熟悉", "无"]
    assert len(headers) == len(row)
    (sent / "export.csv").write_text(f"{','.join(headers)}\n{','.join(row)}\n", encoding="utf-8")
    done = run_cli("panel", "read", sent / "export.csv", "--survey", "wenjuanxing", "--panel", sent)
    assert done.exit_code == 0, done.stderr
    assert (sent / "round-1.csv").read_text(encoding="utf-8") == "expert,A,B,C,D\nE01,9,8,7,5\n"
    assert (sent / "experts.csv").read_text(encoding="utf-8").splitlines()[1] == "E01,大,大,中,小,很熟悉"
    assert "两两比较、最优最劣请用 XLSX 或 DOCX 问卷填写" in text
