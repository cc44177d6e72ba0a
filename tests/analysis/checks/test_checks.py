"""A sample of what a person must judge: the same draw, a form that comes back, faults by cell, records that stand."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result

Run = Callable[..., Result]
CASES = 40


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Forty complaints of a company, half of them remedied without an apology."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    (folder / "units.csv").write_text("unit,name\n甲,甲\n乙,乙\n", encoding="utf-8")
    cases = [f"N{n:02d},{'甲乙'[n % 2]},2024-03-{1 + n % 28:02d}T09:00,是,2024-04-01" for n in range(CASES)]
    (folder / "cases.csv").write_text("\n".join(["case_id,unit,received_at,verified,closed_at", *cases, ""]), "utf-8")
    acts = [f"A{n:02d},N{n:02d},{'记录' if n % 2 else '核实'},2024-03-30" for n in range(CASES)]
    (folder / "acts.csv").write_text("\n".join(["act_id,case_id,act,at", *acts, ""]), "utf-8")
    (folder / "ledger.yaml").write_text("records: {acts: [记录, 核实]}\n", encoding="utf-8")
    return folder


@pytest.fixture
def new(ledger: Path, run_cli: Run) -> Callable[..., Result]:
    def draw(out: Path, *more: object) -> Result:
        return run_cli(
            "checks", "new", "s25-company-notice", "--ledger", ledger, "--period", "2024", "--out", out, *more
        )

    return draw


def asked(form: Path) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(form)["核查"]
    return [tuple(cell.value for cell in row[:6]) for row in sheet.iter_rows(min_row=5)]


def fill(form: Path, answers: dict[str, object], *, every: dict[str, object] | None = None) -> None:
    """Writes into cells of a form; ``every`` is what each row gets by column letter."""
    book = openpyxl.load_workbook(form)
    sheet = book["核查"]
    for row in range(5, sheet.max_row + 1):
        for column, value in (every or {}).items():
            sheet[f"{column}{row}"] = value
    for cell, value in answers.items():
        sheet[cell] = value
    book.save(form)


DONE: dict[str, object] = {"G": "符合", "H": date(2024, 6, 3), "I": "总经理办公室", "J": "抽查"}


@pytest.mark.long
def test_the_same_ledger_draws_the_same_questions_and_another_seed_others(
    new: Callable[..., Result], tmp_path: Path
) -> None:
    first = new(tmp_path / "a.xlsx", "--sample", 5)
    assert first.exit_code == 0, first.output
    assert "heard: 5 of 40" in first.stdout
    new(tmp_path / "b.xlsx", "--sample", 5)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    new(tmp_path / "c.xlsx", "--sample", 5, "--seed", "another")
    assert asked(tmp_path / "c.xlsx") != asked(tmp_path / "a.xlsx")
    heard = [row for row in asked(tmp_path / "a.xlsx") if row[1] == "heard"]
    assert len({row[5] for row in heard}) == 5
    assert all(row[3].startswith("是否耐心") for row in heard)


def test_a_draw_of_one_unit_asks_about_it_alone_and_every_case_where_there_are_fewer(
    new: Callable[..., Result], tmp_path: Path
) -> None:
    assert "heard: 20 of 20" in new(tmp_path / "a.xlsx", "--sample", 100, "--unit", "乙").stdout
    assert {row[4] for row in asked(tmp_path / "a.xlsx")} == {"乙"}


@pytest.mark.long
def test_answers_come_back_and_judge_the_duty_and_are_not_asked_again(
    new: Callable[..., Result], ledger: Path, tmp_path: Path, run_cli: Run
) -> None:
    form = tmp_path / "a.xlsx"
    new(form, "--sample", 3)
    questions = asked(form)
    fill(form, {"G5": "不符合", "G6": None, "H6": None, "I6": None, "J6": None}, every=DONE)
    found = run_cli("checks", "read", form, "--ledger", ledger)
    assert found.exit_code == 0, found.output
    assert f"{len(questions) - 1} answers, 1 questions left open" in found.stdout
    (written,) = ledger.glob("checks-K*.csv")
    rows = list(csv.DictReader(written.open(encoding="utf-8")))
    assert (rows[0]["result"], rows[0]["at"], rows[0]["by"]) == ("不符合", "2024-06-03T00:00:00", "总经理办公室")
    assert {row["sample"] for row in rows} == {written.stem.removeprefix("checks-")}
    judged = json.loads(
        run_cli("duties", "s25-company-notice", "--ledger", ledger, "--period", "2024", "--format", "json").stdout
    )
    by_case = {
        (one["duty"], one["case"]): one["status"] for unit in judged["units"] for one in unit["instances"]
    }  # fmt: skip
    assert by_case[questions[0][1], questions[0][5]] == "missed"
    assert by_case[questions[1][1], questions[1][5]] == "not_assessable"
    assert by_case[questions[2][1], questions[2][5]] == "met"
    answered = {(row["duty"], row["case_id"]) for row in rows}
    assert "heard: 38 of 38" in new(tmp_path / "again.xlsx", "--sample", 40).stdout
    assert not answered & {(row[1], row[5]) for row in asked(tmp_path / "again.xlsx")}


def test_answers_of_a_sample_are_replaced_only_when_that_is_said(
    new: Callable[..., Result], ledger: Path, tmp_path: Path, run_cli: Run
) -> None:
    form = tmp_path / "a.xlsx"
    new(form, "--sample", 1)
    fill(form, {}, every=DONE)
    assert run_cli("checks", "read", form, "--ledger", ledger).exit_code == 0
    again = run_cli("checks", "read", form, "--ledger", ledger)
    assert again.exit_code == 2
    assert "found answers of this sample, expected none, or --replace" in again.stderr
    fill(form, {"G5": "不符合"})
    assert run_cli("checks", "read", form, "--ledger", ledger, "--replace").exit_code == 0
    (written,) = ledger.glob("checks-K*.csv")
    assert "不符合" in written.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"G5": "好"}, "核查!G5: found 好, expected one of 符合, 不符合, 不适用, 无法判断"),
        ({"G5": None}, "核查!G5: found no answer beside H5, expected one of 符合"),
        ({"H5": None}, "核查!H5: found no day, expected when it was looked at"),
        ({"H5": "六月三日"}, "核查!H5: found 六月三日, expected"),
        ({"F5": "N99"}, "核查!F5: found N99, expected N"),
        ({"I5": "王小明"}, "核查!I5: found 〔"),
        ({"A30": "K1"}, "核查!A30: found K1, expected no row below the last question"),
    ],
)
def test_a_fault_is_named_by_its_cell_and_nothing_is_written(
    new: Callable[..., Result], ledger: Path, tmp_path: Path, run_cli: Run, answers: dict[str, object], message: str
) -> None:
    form = tmp_path / "a.xlsx"
    new(form, "--sample", 2)
    fill(form, answers, every=DONE)
    refused = run_cli("checks", "read", form, "--ledger", ledger)
    assert refused.exit_code == 2
    assert message in refused.stderr
    assert not list(ledger.glob("checks*"))
    assert "王小明" not in refused.stderr


def test_a_look_after_the_ledger_was_taken_is_refused(
    new: Callable[..., Result], ledger: Path, tmp_path: Path, run_cli: Run
) -> None:
    (ledger / "ledger.yaml").write_text('as_of: "2024-06-01T00:00:00"\n', encoding="utf-8")
    form = tmp_path / "a.xlsx"
    new(form, "--sample", 1)
    fill(form, {}, every=DONE)
    refused = run_cli("checks", "read", form, "--ledger", ledger)
    assert refused.exit_code == 2
    assert "核查!H5: found 2024-06-03" in refused.stderr
    fill(form, {}, every={**DONE, "H": date(2024, 5, 31)})
    assert run_cli("checks", "read", form, "--ledger", ledger).exit_code == 0


def test_answers_go_into_a_folder_of_ones_own(run_cli: Run, tmp_path: Path) -> None:
    for ledger in ("s25-company-notice", tmp_path / "none"):
        assert run_cli("checks", "read", "a.xlsx", "--ledger", ledger).exit_code == 2


def test_two_forms_with_an_answer_to_one_question_are_refused(
    new: Callable[..., Result], ledger: Path, tmp_path: Path, run_cli: Run
) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        new(tmp_path / name, "--sample", 1)
        fill(tmp_path / name, {}, every=DONE)
    refused = run_cli("checks", "read", tmp_path / "a.xlsx", tmp_path / "b.xlsx", "--ledger", ledger)
    assert refused.exit_code == 2
    assert "found a second answer to K" in refused.stderr


def test_a_form_of_another_ledger_or_no_form_is_refused(
    new: Callable[..., Result], ledger: Path, tmp_path: Path, run_cli: Run
) -> None:
    form = tmp_path / "a.xlsx"
    new(form, "--sample", 1)
    fill(form, {}, every=DONE)
    cases = ledger / "cases.csv"
    cases.write_text(cases.read_text(encoding="utf-8").replace("\nN", "\nM"), encoding="utf-8")
    assert "expected a case of" in run_cli("checks", "read", form, "--ledger", ledger).stderr
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    assert "expected a form of `auditlib checks new`" in (
        run_cli("checks", "read", tmp_path / "empty.xlsx", "--ledger", ledger).stderr
    )


@pytest.mark.long
def test_a_computed_duty_is_never_overwritten_and_both_are_shown(
    new: Callable[..., Result], ledger: Path, tmp_path: Path, run_cli: Run
) -> None:
    form = tmp_path / "a.xlsx"
    drawn = new(form, "--sample", 40, "--duty", "record")
    assert drawn.exit_code == 0, drawn.output
    rows = {row[5]: 5 + place for place, row in enumerate(asked(form))}
    fill(form, {}, every={**DONE, "G": "符合"})
    assert run_cli("checks", "read", form, "--ledger", ledger).exit_code == 0
    found = run_cli("duties", "s25-company-notice", "--ledger", ledger, "--period", "2024", "--format", "json")
    judged = json.loads(found.stdout)
    record = {one["case"]: one for unit in judged["units"] for one in unit["instances"] if one["duty"] == "record"}
    assert record.keys() == rows.keys()
    assert {one["status"] for one in record.values()} == {"missed"}
    assert {one["check"]["result"] for one in record.values()} == {"符合"}
    kinds = [one["kind"] for one in judged["notices"]]
    assert kinds.count("checked_otherwise") == 1
    fill(form, {}, every={**DONE, "G": "不符合"})
    assert run_cli("checks", "read", form, "--ledger", ledger, "--replace").exit_code == 0
    agreed = run_cli("duties", "s25-company-notice", "--ledger", ledger, "--period", "2024", "--format", "json")
    assert "checked_otherwise" not in [one["kind"] for one in json.loads(agreed.stdout)["notices"]]


def test_what_cannot_be_drawn_is_said(new: Callable[..., Result], tmp_path: Path, run_cli: Run) -> None:
    for arguments, message in (
        (("--duty", "nothing"), "found no duty nothing, expected some of"),
        (("--unit", "丙"), "--unit: found 丙, expected one of"),
    ):
        refused = new(tmp_path / "a.xlsx", *arguments)
        assert refused.exit_code == 2
        assert message in refused.stderr
    refused = run_cli(
        "checks", "new", "s32-hunan-civil-affairs", "--ledger", "s32-hunan-civil-affairs", "--period", "2024",
        "--out", tmp_path / "a.xlsx",
    )  # fmt: skip
    assert "found none that asks a person" in refused.stderr
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.parametrize("name", ["K0/../../../owned", "../owned", "K0123456789abc", "", "/tmp/owned"])
def test_a_form_cannot_say_where_its_answers_are_written(
    new: Callable[..., Result], ledger: Path, tmp_path: Path, run_cli: Run, name: str
) -> None:
    form = tmp_path / "form.xlsx"
    assert new(form, "--sample", 2).exit_code == 0
    fill(form, {}, every=DONE)
    sound = form.read_bytes()
    book = openpyxl.load_workbook(form)
    assert book["meta"]["A1"].value == "sample"
    book["meta"]["B1"] = name
    book.save(form)
    before = sorted(tmp_path.rglob("*"))
    refused = run_cli("checks", "read", form, "--ledger", ledger)
    assert refused.exit_code == 2
    assert "meta!B1: found what names no sample" in refused.stderr
    assert sorted(tmp_path.rglob("*")) == before
    form.write_bytes(sound)
    assert run_cli("checks", "read", form, "--ledger", ledger).exit_code == 0


def test_a_form_that_unpacks_without_end_is_refused_before_it_is_read(
    ledger: Path, tmp_path: Path, run_cli: Run
) -> None:
    form = tmp_path / "form.xlsx"
    with zipfile.ZipFile(form, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * (2**26 + 2**24))
    refused = run_cli("checks", "read", form, "--ledger", ledger)
    assert refused.exit_code == 2
    assert "unpack" in refused.stderr or "MB" in refused.stderr
