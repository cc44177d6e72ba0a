"""Inputs that once went wrong without a word, each with what is said of it now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

COLUMNS = (
    "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,replied_at,"
    "closed_at,resolved,satisfaction,reviewed_at,redone,missing_items\n"
)
UNITS = "unit,name,group\nD1,东城,市区\n"


def case(
    key: str, received: str, *, planned: str = "", closed: str = "", kind: str = "投诉", more: str = "是,满意,,,0"
) -> str:
    return f"{key},D1,{kind},P{key},Q,{received},{received},{received},{received},{planned},,{closed},{more}\n"


@pytest.fixture
def ledger(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(cases: str, **registers: str) -> Path:
        empty = {
            "events": "event_id,unit,at,kind,count\n",
            "submissions": "unit,kind,due_at,submitted_at,valid,missing_items\n",
        }
        for name, text in (empty | {"units": UNITS, "cases": COLUMNS + cases} | registers).items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def scored(run_cli):  # type: ignore[no-untyped-def]
    def run(folder: Path, *options: str, period: str = "2025-12"):  # type: ignore[no-untyped-def]
        done = run_cli("score", "s22-heating", "--ledger", folder, "--period", period, "--format", "json", *options)
        assert done.exit_code == 0, done.output
        result = json.loads(done.stdout)
        return result, {item["id"]: item for item in result["units"][0]["indicators"]}

    return run


def test_a_limit_missed_over_a_weekend_costs_a_started_working_day(ledger, scored) -> None:
    # Friday 20:00 + 24 h is Saturday 20:00; Sunday 23:00 is late, though no working day has passed.
    folder = ledger(case("C1", "2025-12-05T20:00:00", planned="2025-12-07T23:00:00", closed="2025-12-09T08:00:00"))
    assert scored(folder)[1]["handling_timeliness"]["points"] == "12"
    assert scored(folder, "--reading", "overtime_days=completed")[1]["handling_timeliness"]["points"] == "15"


def test_the_end_of_three_working_days_is_a_reading(ledger, scored) -> None:
    # Tuesday 30 September 10:00; after the holidays the working days are 9, 10 and, a make-up Saturday, 11 October.
    folder = ledger(
        case("C1", "2025-09-30T10:00:00", planned="2025-10-11T15:00:00", closed="2025-10-20T08:00:00", kind="复杂")
    )
    assert scored(folder, period="2025-09")[1]["handling_timeliness"]["points"] == "15"
    same_time = scored(folder, "--reading", "working_day_limit=same_time", period="2025-09")[1]
    assert same_time["handling_timeliness"]["points"] == "12"


def test_a_closed_case_without_recorded_times_was_handled_by_its_closing(ledger, scored) -> None:
    row = "C1,D1,投诉,P,Q,2025-12-01T09:00:00,,,,,,2025-12-01T09:20:00,是,满意,,,0\n"
    indicators = scored(ledger(row))[1]
    assert indicators["response_timeliness"]["points"] == "10"
    assert indicators["handling_timeliness"]["points"] == "15"


def test_a_month_that_has_not_begun_has_no_data_and_stays_out_of_the_year(ledger, scored) -> None:
    rows = case("C1", "2025-11-03T08:00:00", closed="2025-11-04T08:00:00") + case("C2", "2025-12-03T08:00:00")
    folder = ledger(rows)
    (folder / "ledger.yaml").write_text('as_of: "2026-02-01T00:00:00"\n')
    early = ("--as-of", "2025-12-01T00:00:00")
    assert "the ledger has no row in 2025-12" in scored(folder, *early)[0]["warnings"]
    year = scored(folder, *early, period="2025")[0]
    december = next(part for part in year["units"][0]["roll_up"] if part["period"] == "2025-12")
    assert december["total"] is None
    assert "2025-12 has no data: left out, as the roll-up declares" in year["warnings"]


def test_a_mark_never_stands_for_one_waiting_rule_among_others_that_score(ledger, scored) -> None:
    marks = "unit,period,indicator,points\nD1,2025-12,special_tasks,6\n"
    folder = ledger(case("C1", "2025-12-01T08:00:00"), marks=marks)
    result, indicators = scored(folder)
    assert indicators["special_tasks"]["gaps"] == ["task_quality_points"]
    assert "unit D1: the mark for special_tasks is not used, the scheme takes no mark there" in result["warnings"]


@pytest.mark.parametrize("points", ["9", "-2"])
def test_a_mark_outside_its_indicator_is_refused_with_unit_and_bounds(ledger, run_cli, points) -> None:
    marks = f"unit,period,indicator,points\nD1,2025-12,clipped_item,{points}\n"
    folder = ledger(case("C1", "2025-12-01T08:00:00"), marks=marks)
    done = run_cli("score", "s22-heating", "--ledger", folder, "--period", "2025-12")
    assert done.exit_code == 2
    assert f"marks: D1, clipped_item: found {points}, expected a mark from 0 to 7" in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--set", "clipped_item=9"), "--set clipped_item [二(四)2]: found 9, expected a value from 0 to 7"),
        (("--set", "clipped_item=-1"), "found -1, expected a value from 0 to 7"),
        (("--as-of", "2026-01-05T00:00:00Z"), "found the offset in '2026-01-05T00:00:00Z'"),
    ],
)
def test_values_that_would_be_bent_are_refused(ledger, run_cli, options, message) -> None:
    done = run_cli("score", "s22-heating", "--ledger", ledger(""), "--period", "2025-12", *options)
    assert done.exit_code == 2
    assert message in done.stderr


def test_negative_counts_are_rejected(ledger, run_cli) -> None:
    folder = ledger(case("C1", "2025-12-01T08:00:00", more="是,满意,,,-4"))
    done = run_cli("score", "s22-heating", "--ledger", folder, "--period", "2025-12")
    assert done.exit_code == 2
    assert "missing_items: found -4, expected a whole number from 0 on" in done.stderr


def test_words_that_no_rule_knows_and_files_that_are_no_register_are_named(ledger, scored) -> None:
    folder = ledger(
        case("C1", "2025-12-01T08:00:00", kind="投述") + case("C2", "2025-12-01T08:00:00", more="是,满 意,,,0")
    )
    (folder / "event.csv").write_text("event_id\n")
    warnings = scored(folder)[0]["warnings"]
    assert "cases: 1 row with kind 投述, which the scheme does not name; is 投诉 meant? (C1)" in warnings
    assert "cases: 1 row with satisfaction 满 意, which the scheme does not name; is 满意 meant? (C2)" in warnings
    assert "the ledger's file event.csv is no register and is not read" in warnings


def test_replacing_a_ledger_never_removes_what_no_intake_wrote(root, tmp_path, run_cli) -> None:
    source = tmp_path / "export.csv"
    source.write_text(
        "case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_code,type,department,source\n"
        "1,2011-07-01 01:00:00,,,ONTIME,Open,x,y,PWDx,z\n"
    )
    folder = tmp_path / "precious"
    folder.mkdir()
    (folder / "letter.txt").write_text("do not lose")
    done = run_cli("intake", source, "--mapping", "boston311", "--out", folder, "--replace")
    assert done.exit_code == 2
    assert "found letter.txt, which no intake wrote" in done.stderr
    assert (folder / "letter.txt").read_text() == "do not lose"


def test_a_folder_is_no_scheme_and_a_file_that_cannot_be_written_is_named(ledger, run_cli, tmp_path) -> None:
    folder = ledger("")
    no_scheme = run_cli("check", folder)
    assert no_scheme.exit_code == 2
    assert "found a folder, expected a scheme file" in no_scheme.stderr
    blocked = tmp_path / "units.csv" / "out.json"  # a file stands where a folder is needed
    done = run_cli(
        "score", "s22-heating", "--ledger", folder, "--period", "2025-12", "--format", "json", "--out", blocked
    )
    assert done.exit_code == 2
    assert "units.csv" in done.stderr


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("run: ../../evil", "run: found '../../evil'"),
        ("as_of: soon", "as_of: found 'soon'"),
        ("periods: []", "periods: found an empty list, expected at least one item"),
        ("periods: [2025-12, 2025-12]", "found 2025-12 twice in periods"),
        (
            "notebooks: [{notebook: unit_audit, per: unit, parameters: {language: fr}}]",
            "found language among the parameters",
        ),
    ],
)
def test_a_faulty_run_file_is_refused(tmp_path, run_cli, changes, message) -> None:
    given = {
        "run": "run: small", "title": "title: {zh: 小, en: small}", "scheme": "scheme: s22-heating",
        "ledger": "ledger: nowhere", "periods": "periods: [2025-12]",
        "notebooks": "notebooks: [{notebook: unit_audit, per: unit}]",
    } | {changes.partition(":")[0]: changes}  # fmt: skip
    file = tmp_path / "run.yaml"
    file.write_text("\n".join(given.values()) + "\n", encoding="utf-8")
    done = run_cli("run", file)
    assert done.exit_code == 2
    assert message in done.stderr
