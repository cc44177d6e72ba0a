"""The commands as users and outside programs call them: output, exit codes, messages."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

SCHEMES = Path(__file__).resolve().parents[2] / "params" / "schemes"

UNITS = "unit,name,group\nD1,东城,市区\nD2,西城,市区\nD3,南城,县区\n"
COLUMNS = (
    "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,replied_at,"
    "closed_at,resolved,satisfaction,reviewed_at,redone,missing_items\n"
)
CASES = (
    "C1,D1,投诉,P1,Q1,2025-12-01T08:00:00,,2025-12-01T08:10:00,2025-12-01T12:15:00,2025-12-01T13:00:00,,2025-12-02T08:00:00,是,满意,,,0\n"
    "C2,D2,投诉,P2,Q2,2025-12-01T08:00:00,,2025-12-01T08:10:00,2025-12-01T09:00:00,2025-12-01T13:00:00,,2025-12-02T08:00:00,是,满意,,,0\n"
)
SUBMISSIONS = "unit,kind,due_at,submitted_at,valid,missing_items\nD1,制度,,2025-10-01,,0\n"
EVENTS = "event_id,unit,at,kind,count\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    for name, text in (("units", UNITS), ("cases", COLUMNS + CASES), ("submissions", SUBMISSIONS), ("events", EVENTS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_score_json_has_the_shape_that_outside_programs_rely_on(ledger: Path, run_cli) -> None:
    done = run_cli(
        "score",
        "s22-heating",
        "--ledger",
        ledger,
        "--period",
        "2025-12",
        "--as-of",
        "2026-01-05T00:00:00",
        "--format",
        "json",
    )
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert (result["scheme"], result["version"], result["period"], result["as_of"]) == (
        "s22-heating",
        "1",
        "2025-12",
        "2026-01-05T00:00:00",
    )
    # D1: policy 5, records 7, channels 4, response 6, handling 15, resolved 12, repeats 6, coverage 5, satisfaction 15,
    # review 5, tasks 8. D2 responds in time, but has no policy. D3, without cases, lacks the three rates.
    ranks = {unit["unit"]: (unit["group"], unit["rank"], unit["total"]) for unit in result["units"]}
    assert ranks == {"D1": ("市区", 1, "88"), "D2": ("市区", 2, "87"), "D3": ("县区", 1, "54")}
    first = next(unit for unit in result["units"] if unit["unit"] == "D1")
    assert first.keys() >= {"unit", "group", "total", "total_of", "complete", "rank", "outcomes", "indicators"}
    assert first["total_of"] == "93"
    assert first["complete"] is False
    response = next(item for item in first["indicators"] if item["id"] == "response_timeliness")
    assert (response["max"], response["points"], response["status"]) == ("10", "6", "scored")
    line = next(line for line in response["lines"] if line["rule"] == "contact_overdue")
    expected = {"clause": "二(二)1", "quantity": "2", "points": "-4", "evidence": ["C1"], "reading": "completed"}
    assert {key: line[key] for key in expected} == expected
    assert any("clipped_item" in warning for warning in result["warnings"])


def test_a_unit_without_cases_is_scored_and_its_rates_are_not_assessable(ledger: Path, run_cli) -> None:
    done = run_cli(
        "score", "s22-heating", "--ledger", ledger, "--period", "2025-12", "--unit", "D3", "--format", "json"
    )
    (unit,) = json.loads(done.stdout)["units"]
    status = {item["id"]: item["status"] for item in unit["indicators"]}
    assert status["response_timeliness"] == "scored"
    assert status["resolution_rate"] == status["satisfaction"] == status["repeat_rate"] == "not_assessable"
    assert unit["total_of"] == str(93 - 10 - 15 - 5)


def test_readings_and_supplied_gaps_change_the_score(ledger: Path, run_cli) -> None:
    common = ("score", "s22-heating", "--ledger", ledger, "--period", "2025-12", "--unit", "D1", "--format", "json")
    started = run_cli(*common, "--reading", "started_or_completed=started", "--set", "clipped_item=7")
    (unit,) = json.loads(started.stdout)["units"]
    points = {item["id"]: item["points"] for item in unit["indicators"]}
    assert points["response_timeliness"] == "4"  # 2 h 5 min over: three started hours
    assert points["clipped_item"] == "7"
    assert unit["total_of"] == "100"


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (
            ("--reading", "started_or_completed=sometimes"),
            "found sometimes, expected one of completed, started, proportional",
        ),
        (("--reading", "nonsense=a"), "found nonsense, expected one of the readings"),
        (("--set", "nonsense=1"), "found nonsense, expected one of the gaps"),
        (("--set", "clipped_item=viel"), "'viel' is not a number"),
        (("--unit", "D9"), "found D9, expected one of the units"),
        (("--period", "2025-13"), "'2025-13' is not a period"),
        (("--period", "2025H1"), "found 2025H1, expected one of: month, quarter, year"),
        (("--as-of", "gestern"), "expected a local time"),
        (("--set", "clipped_item"), "expected NAME=VALUE"),
    ],
)
def test_bad_options_exit_2_and_say_what_was_expected(ledger: Path, run_cli, arguments, found) -> None:
    done = run_cli("score", "s22-heating", "--ledger", ledger, "--period", "2025-12", *arguments)
    assert done.exit_code == 2
    assert found in done.stderr


def test_an_unknown_scheme_names_the_schemes_there_are(ledger: Path, run_cli) -> None:
    done = run_cli("score", "s99", "--ledger", ledger, "--period", "2025-12")
    assert done.exit_code == 2
    assert "s22-heating" in done.stderr


def test_a_missing_column_is_named_and_nothing_is_scored(ledger: Path, run_cli) -> None:
    text = (ledger / "cases.csv").read_text(encoding="utf-8").replace("satisfaction", "happiness")
    (ledger / "cases.csv").write_text(text, encoding="utf-8")
    done = run_cli("score", "s22-heating", "--ledger", ledger, "--period", "2025-12")
    assert done.exit_code == 2
    assert "cases.satisfaction: missing column" in done.stderr


def test_a_ledger_with_rejects_is_scored_only_when_the_caller_says_so(ledger: Path, run_cli) -> None:
    with (ledger / "cases.csv").open("a", encoding="utf-8") as stream:
        stream.write(CASES.splitlines()[0] + "\n")  # C1 again
        stream.write("C3,D7" + CASES.splitlines()[0][5:].replace("2025-12-01T08:10:00", "bald") + "\n")
    common = ("score", "s22-heating", "--ledger", ledger, "--period", "2025-12")
    refused = run_cli(*common)
    assert refused.exit_code == 2
    assert "cases.csv:4: case_id: found C1, expected case_id only once" in refused.stderr
    assert "cases.csv:5: unit: found D7, expected a unit of the register of units" in refused.stderr
    assert "cases.csv:5: accepted_at: found bald, expected an ISO 8601 time" in refused.stderr
    accepted = run_cli(*common, "--accept-rejects", "--format", "json")
    assert accepted.exit_code == 0
    assert "rejected rows are not counted: 2 (cases 2)" in json.loads(accepted.stdout)["warnings"]


def test_times_after_the_as_of_are_rejected_unless_the_ledger_says_when_it_was_taken(ledger: Path, run_cli) -> None:
    common = (
        "score",
        "s22-heating",
        "--ledger",
        ledger,
        "--period",
        "2025-12",
        "--as-of",
        "2025-12-01T12:00:00",
        "--format",
        "json",
    )
    refused = run_cli(*common)
    assert refused.exit_code == 2
    assert "expected a time no later than the as-of time 2025-12-01T12:00:00" in refused.stderr
    (ledger / "ledger.yaml").write_text('as_of: "2026-01-05T00:00:00"\n')
    seen = run_cli(*common)
    assert seen.exit_code == 0
    units = {unit["unit"]: unit["measures"] for unit in json.loads(seen.stdout)["units"]}
    assert units["D1"]["received"] == 1
    assert units["D1"]["closed"] == 0  # the closing of 2 December has not happened yet


def test_a_period_without_data_is_said(ledger: Path, run_cli) -> None:
    done = run_cli("score", "s22-heating", "--ledger", ledger, "--period", "2024-01", "--format", "json")
    assert done.exit_code == 0
    assert "the ledger has no row in 2024-01" in json.loads(done.stdout)["warnings"]


def test_explain_leads_from_points_to_clause_arithmetic_and_case_ids(ledger: Path, run_cli) -> None:
    done = run_cli(
        "explain",
        "s22-heating",
        "--ledger",
        ledger,
        "--period",
        "2025-12",
        "--unit",
        "D1",
        "--indicator",
        "response_timeliness",
    )
    assert done.exit_code == 0, done.output
    for part in ("响应时效", "6 / 10", "−4", "二(二)1", "−2 × 2 = −4", "每超1小时扣2分", "1: C1"):
        assert part in done.stdout
    unknown = run_cli(
        "explain", "s22-heating", "--ledger", ledger, "--period", "2025-12", "--unit", "D1", "--indicator", "x"
    )
    assert unknown.exit_code == 2


@pytest.mark.long
def test_scores_as_csv_and_xlsx_hold_the_same_totals_and_start_no_formula(
    ledger: Path, run_cli, tmp_path: Path
) -> None:
    text = (ledger / "units.csv").read_text(encoding="utf-8").replace("东城", "=HYPERLINK(1)")
    (ledger / "units.csv").write_text(text, encoding="utf-8")
    common = ("score", "s22-heating", "--ledger", ledger, "--period", "2025-12")
    table = list(csv.DictReader(io.StringIO(run_cli(*common, "--format", "csv").stdout)))
    assert {row["unit"]: row["name"] for row in table}["D1"] == "'=HYPERLINK(1)"
    file = tmp_path / "out" / "scores.xlsx"
    assert run_cli(*common, "--format", "xlsx", "--out", file).exit_code == 0
    sheet = pl.read_excel(file, sheet_name="排名表")
    assert {row["unit"]: float(row["total"]) for row in table} == dict(zip(sheet["代码"], sheet["总分"], strict=True))
    assert b"<f>" not in zipfile.ZipFile(file).read("xl/worksheets/sheet2.xml")
    assert run_cli(*common, "--format", "xlsx").exit_code == 2


def test_schema_prints_registers_columns_readings_and_gaps(run_cli) -> None:
    done = run_cli("schema", "s22-heating")
    assert done.exit_code == 0
    for word in (
        "cases",
        "received_at",
        "when the person submitted it",
        "submissions",
        "started_or_completed",
        "clipped_item",
    ):
        assert word in done.stdout
    plain = json.loads(run_cli("schema", "s09-chengde-12315", "--format", "json").stdout)
    assert plain["registers"]["unit_facts"]["value"]["required"]


@pytest.mark.parametrize("scheme", sorted(file.stem for file in SCHEMES.glob("*.yaml")))
def test_schema_says_of_every_scheme_the_same_facts_and_words_as_text_and_as_json(run_cli, scheme: str) -> None:
    done = run_cli("schema", scheme)
    assert done.exit_code == 0, done.output
    plain = json.loads(run_cli("schema", scheme, "--format", "json").stdout)
    words = {word for columns in plain["words"].values() for known in columns.values() for word in known}
    assert [word for word in (*plain["facts"], *plain["registers"], *words) if word not in done.stdout] == []
    assert ("\nfact\t数据项\t" in done.stdout) == bool(plain["facts"])


def test_schema_asks_for_groups_and_marks_where_a_scheme_goes_by_them_and_only_there(run_cli) -> None:
    columns = json.loads(run_cli("schema", "s04-hotline", "--format", "json").stdout)["registers"]
    assert list(columns["units"]) == ["unit", "group"]
    assert list(columns["marks"]) == ["unit", "period", "indicator", "points"]
    plain = json.loads(run_cli("schema", "boston311-timeliness", "--format", "json").stdout)["registers"]
    assert "marks" not in plain
    assert "group" not in plain["units"]


def test_schema_says_which_values_of_a_fact_are_possible(run_cli) -> None:
    lines = [line.split() for line in run_cli("schema", "s02-fujian-three-rates").stdout.splitlines()]
    (calls,) = (line for line in lines if line and line[0] == "first_time_connected")
    assert " ".join(calls).endswith("at least 0, at most calls")


@pytest.mark.long
def test_check_exits_1_and_prints_one_problem_a_line(run_cli, root: Path, tmp_path: Path) -> None:
    clean = run_cli("check", *sorted((root / "params" / "schemes").glob("*.yaml")))
    assert clean.exit_code == 0, clean.output
    broken = tmp_path / "broken.yaml"
    text = (root / "params" / "schemes" / "boston311-timeliness.yaml").read_text(encoding="utf-8")
    broken.write_text(text.replace('clause: "1"\n    max', 'clause: "7"\n    max'), encoding="utf-8")
    done = run_cli("check", broken)
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 1
    assert "found 7, expected a clause of this file" in done.stdout
    assert (
        json.loads(run_cli("check", broken, "--format", "json").stdout)["problems"][0]["path"] == "indicators[0].clause"
    )
    assert run_cli("check", tmp_path / "absent.yaml").exit_code == 2


def test_intake_reports_every_bad_row_by_the_source_and_replaces_nothing_unasked(
    root: Path, tmp_path: Path, run_cli
) -> None:
    source = tmp_path / "export.csv"
    header = "case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_code,type,department,source\n"
    rows = (
        "1,2011-07-01 01:00:00,,2011-07-02 01:00:00,ONTIME,Closed,x,y,PWDx,z\n"
        "2,01/07/2011,,,ONTIME,Open,x,y,PWDx,z\n"
        "1,2011-07-01 01:00:00,,2011-06-02 01:00:00,ONTIME,Closed,x,y,PWDx,z\n"
    )
    source.write_text(header + rows)
    out = tmp_path / "ledger"
    done = run_cli("intake", source, "--mapping", root / "params" / "mappings" / "boston311.yaml", "--out", out)
    assert done.exit_code == 1
    rejects = list(csv.DictReader((out / "rejects.csv").open(encoding="utf-8")))
    assert [(r["file"], r["row"], r["column"], r["found"]) for r in rejects] == [
        ("export.csv", "3", "open_dt", "01/07/2011"),
        ("export.csv", "4", "case_enquiry_id", "1"),
        ("export.csv", "4", "closed_dt", "2011-06-02 01:00:00"),
    ]
    assert len((out / "cases.csv").read_text().splitlines()) == 2
    again = run_cli("intake", source, "--mapping", "boston311", "--out", out)
    assert again.exit_code == 2
    assert "the folder exists" in again.stderr
    lacking = tmp_path / "lacking.csv"
    lacking.write_text(header.replace("department", "dept") + rows)
    missing = run_cli("intake", lacking, "--mapping", "boston311", "--out", tmp_path / "other")
    assert missing.exit_code == 2
    assert "department: missing column, expected by the mapping" in missing.stderr
    assert not (tmp_path / "other").exists()
