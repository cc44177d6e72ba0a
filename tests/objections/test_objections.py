"""Objections: the form of a unit and line, filled, read back, a proposal that changes nothing; wrong forms refused."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from click.testing import Result
from small_scheme import base_scheme

from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import score_period
from auditlib.core.errors import InputError
from auditlib.core.period import parse_period
from auditlib.ledger.read import read_ledger
from auditlib.objections.contested import contested_result
from auditlib.objections.form import objection_form
from auditlib.objections.issue import Issue, Terms, TermsOfObjection
from auditlib.runs.runfile import read_run
from auditlib.scoring.assess import assess

Run = Callable[..., Result]
CASES = {"A": ["迟", "迟", "迟"], "B": ["迟", "迟"], "C": ["按"]}
ISSUE = {
    "issuer": {"zh": "客户服务部", "en": "Customer Service"}, "date": "2025-07-10", "number": "客服〔2025〕3号",
    "reviewed_by": {"zh": "监督科", "en": "Supervision"}, "approved_by": {"zh": "考核领导小组", "en": "Committee"},
}  # fmt: skip
OBJECTIONS = {"deadline": "2025-07-20", "contact": {"zh": "考核办公室 0315-2812345", "en": "Assessment Office"}}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a scheme that takes a point for each late case, a ledger in which A is last, and a run file."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    rows = [(f"{unit}{n}", unit, status) for unit, all_ in CASES.items() for n, status in enumerate(all_)]
    cases = ["case_id,unit,received_at,closed_at,status", *(f"{c},{u},2025-06-10,2025-06-20,{s}" for c, u, s in rows)]
    (folder / "cases.csv").write_text("\n".join([*cases, ""]), encoding="utf-8")
    (folder / "units.csv").write_text("unit,group\nA,组\nB,组\nC,组\n", encoding="utf-8")
    schemes = tmp_path / "params" / "schemes"
    schemes.mkdir(parents=True)
    scheme = base_scheme(words={"cases": {"status": ["迟", "重", "按", "好"]}})
    (schemes / "small.yaml").write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path)
    return tmp_path


def write_run(place: Path, **changes: Any) -> Path:
    written = {
        "run": "june", "title": {"zh": "六月", "en": "June"}, "scheme": "small", "ledger": "ledger",
        "periods": ["2025-06"], "as_of": "2025-07-05T00:00:00", "issue": ISSUE, "objections": OBJECTIONS,
        "notebooks": [{"notebook": "unit_audit", "per": "unit"}],
    }  # fmt: skip
    file = place / "run.yaml"
    file.write_text(yaml.safe_dump(written | changes, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def form(run_cli: Run, place: Path, unit: str = "A") -> Path:
    made = run_cli("objections", "forms", "run.yaml", "--unit", unit, "--out", "forms")
    assert made.exit_code == 0, made.output
    return place / "forms" / f"{unit}-objection.xlsx"


def filled(
    file: Path, *changes: tuple[str, ...], reason: str = "停热通知属实", filed: str = "2025-07-15", **cells: str
) -> Path:
    """The form with its first sheet of a line filled: changes as column, was, becomes and paper, from the first row."""
    book = openpyxl.load_workbook(file)
    sheet = book["01"]
    rows = {sheet.cell(number, 1).value: number for number in range(sheet.max_row, 0, -1)}
    for number, change in enumerate(changes, rows["编号"] + 1):
        for column, text in enumerate(change, 4):
            sheet.cell(number, column).value = text or None
    sheet.cell(rows["理由"], 2).value = reason or None
    sheet.cell(rows["提出日期"], 2).value = filed or None
    for name, text in cells.items():
        sheet[name].value = text
    book.save(file)
    return file


def read(run_cli: Run, file: Path, *more: object) -> Result:
    return run_cli("objections", "read", "run.yaml", file, *more)


def totals(run_cli: Run, as_of: str) -> dict[str, str]:
    found = run_cli("score", "small", "--ledger", "ledger", "--period", "2025-06", "--as-of", as_of, "--format", "json")
    assert found.exit_code == 0, found.output
    return {one["unit"]: one["total"] for one in json.loads(found.stdout)["units"]}


LATE = "2025-08-01T00:00:00"
ID = "2025-06-A-timely-late"
GRANTED = ("处理状态 status", "迟", "按", "停热通知〔2025〕3号")


def test_a_form_that_was_filled_stands_as_a_proposal_and_changes_nothing(place: Path, run_cli: Run) -> None:
    done = read(run_cli, filled(form(run_cli, place), GRANTED))
    assert done.exit_code == 0, done.output
    written = yaml.safe_load((place / "params/adjustments/small/proposed" / f"{ID}.yaml").read_text(encoding="utf-8"))
    assert written["changes"] == [
        {
            "register": "cases",
            "key": ["A0"],
            "column": "status",
            "was": "迟",
            "becomes": "按",
            "ref": "停热通知〔2025〕3号",
        }
    ]
    assert (written["unit"], written["line"], written["filed_on"]) == ("A", "timely.late", "2025-07-15")
    assert "decided_at" not in written
    assert totals(run_cli, LATE) == {"A": "97", "B": "98", "C": "100"}
    listed = json.loads(run_cli("adjustments", "small", "--format", "json").stdout)
    assert [one["proposed"] for one in listed["proposed"]] == [ID]
    assert listed["adjustments"] == []


def test_what_is_granted_is_an_adjustment_and_moves_the_result_from_then_on(place: Path, run_cli: Run) -> None:
    read(run_cli, filled(form(run_cli, place), GRANTED, ("status", "迟", "按")))
    decision = ("--by", "考核领导小组", "--at", "2025-07-25", "--reason", "属实", "--but", "2")
    done = run_cli("objections", "decide", "small", ID, *decision)
    assert done.exit_code == 0, done.output
    assert totals(run_cli, "2025-07-24T00:00:00")["A"] == "97"
    assert totals(run_cli, LATE)["A"] == "98"
    listed = json.loads(run_cli("adjustments", "small", "--format", "json").stdout)
    assert ([one["adjustment"] for one in listed["adjustments"]], listed["proposed"]) == ([ID], [])
    again = run_cli("objections", "decide", "small", ID, "--by", "x", "--at", "2025-07-26", "--reason", "x")
    assert again.exit_code == 2
    assert "found a decision on it" in again.stderr


def test_an_objection_is_an_appeal_that_duties_judge(place: Path, run_cli: Run) -> None:
    """Told on Thursday 10 July, five working days to object: Thursday 17 July is in time, Friday 18 July late."""
    for unit, filed in (("A", "2025-07-17"), ("B", "2025-07-18")):
        filled(form(run_cli, place, unit), GRANTED, filed=filed)
    done = run_cli("objections", "read", "run.yaml", *sorted(place.glob("forms/*.xlsx")), "--appeals", "appeals")
    assert done.exit_code == 0, done.output
    scheme = ROOT / "params" / "schemes" / "s06-appeal-three-levels.yaml"
    judged = run_cli(
        "duties", scheme, "--ledger", "appeals", "--period", "2025-07", "--as-of", LATE, "--format", "json"
    )
    assert judged.exit_code == 0, judged.output
    found = {
        one["unit"]: {state: count for state, count in duty["counts"].items() if count}
        for one in json.loads(judged.stdout)["units"]
        for duty in one["duties"]
        if duty["id"] == "file"
    }
    assert found == {"A": {"met": 1}, "B": {"late": 1}}


def refused(done: Result, *told: str) -> None:
    assert done.exit_code == 2, done.output
    for text in told:
        assert text in done.stderr
    assert "proposed" not in " ".join(str(file) for file in Path.cwd().rglob("*.yaml"))


@pytest.mark.parametrize(
    ("change", "more", "told"),
    [
        (("status", "按", "好"), {}, "found 迟, expected 按, as `was` says"),
        (("colour", "迟", "按"), {}, "found no column colour"),
        (("status", "迟", "迟"), {}, "in place of the same, expected a change"),
        (("status", "迟", ""), {"filed": ""}, "found no day, expected the day of filing"),
        (("status", "迟", "按"), {"reason": ""}, "found no reason"),
        (("status", "迟", "按"), {"reason": "电话13912345678"}, "found 〔手机号"),
        (("status", "迟", "按", "张三 13912345678"), {}, "found 〔手机号"),
        (("status", "迟", "按"), {"filed": "2025-07-21"}, "expected no later than the deadline, 2025-07-20"),
        (("status", "迟", "按"), {"filed": "2025-07-09"}, "expected no earlier than the date of issue, 2025-07-10"),
        ((), {"reason": "", "filed": ""}, "found nothing filled"),
    ],
)
def test_a_form_that_cannot_stand_is_refused_by_its_cell(
    place: Path, run_cli: Run, change: tuple[str, ...], more: dict[str, str], told: str
) -> None:
    done = read(run_cli, filled(form(run_cli, place), change, **more))
    refused(done, "A-objection.xlsx", told)
    assert "13912345678" not in done.stderr


def test_a_late_form_is_taken_where_that_is_said(place: Path, run_cli: Run) -> None:
    file = filled(form(run_cli, place), GRANTED, filed="2025-07-21")
    assert read(run_cli, file, "--late").exit_code == 0


def test_a_row_of_another_unit_is_refused(place: Path, run_cli: Run) -> None:
    file = form(run_cli, place)
    sheet = openpyxl.load_workbook(file)["01"]
    first = next(number for number in range(1, sheet.max_row) if sheet.cell(number, 1).value == "编号") + 1
    spare = first + len(CASES["A"])
    other = {f"B{spare}": "cases", f"C{spare}": "B0", f"D{spare}": "status", f"E{spare}": "迟", f"F{spare}": "按"}
    refused(read(run_cli, filled(file, **other)), f"01!D{spare}", "found a row of B, expected one of A")


def test_a_printed_cell_that_was_changed_is_refused(place: Path, run_cli: Run) -> None:
    file = form(run_cli, place)
    sheet = openpyxl.load_workbook(file)["01"]
    number = next(number for number in range(1, sheet.max_row) if sheet.cell(number, 1).value == "得分")
    assert sheet.cell(number, 2).value == "−3"
    refused(read(run_cli, filled(file, GRANTED, **{f"B{number}": "−1"})), f"01!B{number}", "found −1, expected −3, as")


def test_a_form_of_another_run_period_or_result_is_refused(place: Path, run_cli: Run) -> None:
    file = filled(form(run_cli, place), GRANTED)
    write_run(place, run="other")
    refused(read(run_cli, file), "found a form of june, 2025-06, expected one of other, 2025-06")
    write_run(place, objections=OBJECTIONS | {"deadline": "2025-07-25"})
    refused(read(run_cli, file), "the result is another than the one it was written for: issue the forms anew")
    write_run(place)
    ledger = place / "ledger" / "cases.csv"
    row = "A1,A,2025-06-10,2025-06-20,"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace(f"{row}迟", f"{row}按"), encoding="utf-8")
    refused(read(run_cli, file), "issue the forms anew")


def test_another_workbook_is_no_form(place: Path, run_cli: Run) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.save(place / "other.xlsx")
    refused(read(run_cli, place / "other.xlsx"), "found no sheet meta, expected a form of `auditlib objections forms`")
    refused(read(run_cli, place / "none.xlsx"), "no such file")


def test_a_second_objection_to_a_line_is_refused_and_the_first_stays(place: Path, run_cli: Run) -> None:
    file = form(run_cli, place)
    assert read(run_cli, filled(file, GRANTED)).exit_code == 0
    kept = place / "params/adjustments/small/proposed" / f"{ID}.yaml"
    before = kept.read_bytes()
    assert read(run_cli, file).exit_code == 0  # the same again
    done = read(run_cli, filled(file, GRANTED, reason="另有理由"))
    assert done.exit_code == 2
    assert "found another objection to the same line" in done.stderr
    assert kept.read_bytes() == before


def test_forms_are_the_same_bytes_and_say_how_the_result_was_issued(place: Path, run_cli: Run) -> None:
    file = form(run_cli, place)
    first = hashlib.sha256(file.read_bytes()).hexdigest()
    book = openpyxl.load_workbook(file)
    said = {str(row[0].value): row[1].value for row in book["01"].iter_rows(max_col=2)}
    expected = {
        "制发单位": "客户服务部", "印发日期": "2025年7月10日", "发文字号": "客服〔2025〕3号", "审核": "监督科",
        "签发": "考核领导小组",
        "异议截止日期": "2025年7月20日", "异议受理": "考核办公室 0315-2812345",
    }  # fmt: skip
    assert {label: said[label] for label in expected} == expected
    assert "一　迟办一件扣一分" in said["条款"]
    assert hashlib.sha256(form(run_cli, place).read_bytes()).hexdigest() == first
    page = book["01"].page_setup
    assert (page.paperSize, page.orientation) == (9, "portrait")
    assert book["01"].sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.parametrize(
    ("changes", "line", "told"),
    [
        ({"issue": None}, "objections:", "objections: found objections to a result that nobody issues"),
        ({"objections": OBJECTIONS | {"deadline": "2025-07-09"}}, "  deadline:", "no earlier than the date of issue"),
        ({"issue": ISSUE | {"date": "2025-07-04"}}, "  date:", "found 2025-07-04, expected no earlier than as_of"),
        ({"issue": ISSUE | {"approved_by": {"zh": "张伟", "en": "x"}}}, "  approved_by:", "found 〔姓名"),
        ({"objections": OBJECTIONS | {"contact": {"zh": "13912345678", "en": "x"}}}, "  contact:", "found 〔手机号"),
        ({"issue": ISSUE | {"sealed": "x"}}, "  sealed:", "unknown key `sealed`"),
        ({"objections": {"contact": OBJECTIONS["contact"]}}, "objections:", "deadline"),
        ({"objections": OBJECTIONS | {"deadline": "soon"}}, "  deadline:", "expected a date such as 2025-01-31"),
    ],
)  # fmt: skip
def test_what_a_run_file_says_of_issue_and_objections_is_checked_by_line(
    place: Path, changes: dict[str, Any], line: str, told: str
) -> None:
    file = write_run(place, **changes)
    with pytest.raises(InputError) as error:
        read_run(file)
    (problem,) = error.value.problems
    assert told in str(problem)
    assert problem.line is not None
    near = file.read_text(encoding="utf-8").splitlines()[problem.line - 2 : problem.line]  # a text stands under its key
    assert any(one.startswith(line) for one in near), near


def test_a_clause_on_objections_is_one_of_the_scheme(place: Path) -> None:
    from auditlib.runs.plan import plan_run

    (place / "notebooks").symlink_to(ROOT / "notebooks")
    file = write_run(place, objections=OBJECTIONS | {"clause": "九"})
    with pytest.raises(InputError, match=r"run.yaml:\d+:\d+: objections.clause: found 九, expected null or a clause"):
        plan_run(read_run(file), place / "out")


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["s22-heating", "s20-office-evaluation", "s12-jiangsu-insurance", "s04-hotline"])
def test_a_form_from_what_a_report_may_see_is_that_from_the_whole_result(scheme: str) -> None:
    """A run writes forms from what it keeps for one unit; the command that reads them scores the ledger anew."""
    folder = ROOT / "params" / "demonstrations" / scheme
    ledger = read_ledger(folder)
    period = str(yaml.safe_load((folder / "ledger.yaml").read_text(encoding="utf-8"))["period"])
    terms = Terms("r", Issue.model_validate(ISSUE), TermsOfObjection.model_validate(OBJECTIONS))
    kept = score_period(Asked.of(scheme, str(folder), period), ledger)
    resolved, result = assess(scheme, ledger, parse_period(period, "period"))
    assert result.units
    for unit in result.units:
        own = kept.of_unit(unit.unit)
        one = contested_result(own.resolved, own.result, own.unit(unit.unit), terms, "zh")
        other = contested_result(resolved, result, unit, terms, "zh")
        assert one == other
        assert objection_form(one) == objection_form(other)
        assert {line.name for line in one.lines} == {f"{i.id}.{line.rule}" for i in unit.indicators for line in i.lines}


def test_a_disk_without_room_writes_no_proposal_and_no_decision(
    place: Path, run_cli: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filled(form(run_cli, place), GRANTED)
    decide = ("objections", "decide", "small", ID, "--by", "考核领导小组", "--at", "2025-07-25", "--reason", "属实")
    adjustments = place / "params" / "adjustments"

    def full(*anything: object) -> None:
        raise OSError(28, "No space left on device")

    for command in (("objections", "read", "run.yaml", file), decide):
        before = {one: one.read_bytes() for one in adjustments.rglob("*.yaml")}
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            refused = run_cli(*command)
        assert refused.exit_code == 2, refused.output
        assert "No space left on device" in refused.stderr.splitlines()[-1]
        assert "params/adjustments" in refused.stderr.splitlines()[-1]
        assert {one: one.read_bytes() for one in adjustments.rglob("*.yaml")} == before
        assert run_cli(*command).exit_code == 0
        assert {one: one.read_bytes() for one in adjustments.rglob("*.yaml")} != before
