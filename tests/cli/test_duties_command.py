"""The command on duties: what it prints, what it refuses, when it fails."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from demonstrations import DEMONSTRATIONS

from auditlib.cli import main

ROOT = Path(__file__).parents[2]
SCHEME = ROOT / "params" / "schemes" / "s21-prefecture-centre.yaml"
CASES = (
    "case_id,unit,route,received_at,closed_at\n"
    "C1,甲,自办,2024-03-04T09:00,\nC2,甲,自办,2024-03-04T09:00,\nC3,甲,转办,2024-03-04,\n"
)
ACTS = (
    "act_id,case_id,act,at,until,approver\n"
    "A1,C1,办结,2024-03-18T16:00,,\nA2,C1,答复,2024-03-18T17:00,,\n"
    "A3,C2,延期,2024-03-15,2024-04-10,办公室\nA4,C2,办结,2024-04-15T10:00,,\nA5,C2,答复,2024-04-15T10:00,,\n"
)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    (tmp_path / "units.csv").write_text("unit\n甲\n", encoding="utf-8")
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    (tmp_path / "acts.csv").write_text(ACTS, encoding="utf-8")
    (tmp_path / "ledger.yaml").write_text("records: {acts: [办结, 答复]}\n", encoding="utf-8")
    return tmp_path


def run(ledger: Path, *more: str) -> Result:
    arguments = ["duties", str(SCHEME), "--ledger", str(ledger), "--period", "2024", "--as-of", "2024-12-31T00:00:00"]
    return CliRunner().invoke(main, [*arguments, *more])


@pytest.mark.long
def test_json_counts_each_duty_and_lists_its_instances_with_their_evidence(ledger: Path) -> None:
    unit = json.loads(run(ledger, "--format", "json").stdout)["units"][0]
    settle = next(one for one in unit["duties"] if one["id"] == "settle_own")
    assert (settle["counts"]["met"], settle["counts"]["late"], settle["counts"]["not_applicable"]) == (1, 1, 1)
    assert settle["rate"] == "0.5"
    late = next(one for one in unit["instances"] if one["case"] == "C2" and one["duty"] == "settle_own")
    assert (late["first_due"], late["due"], late["done"]) == ("2024-03-18", "2024-04-10", "2024-04-15T10:00:00")
    assert late["extended"] == {"act": "A3", "until": "2024-04-10", "cap": "2024-04-16"}
    assert late["late"] == {"working_days": 3, "calendar_days": 5, "minutes": 6360}
    assert late["evidence"] == ["cases:C2", "acts:A3", "acts:A4", "acts:A5"]
    assert late["readings"] == {"first_day": "excluded", "cap": "total", "late_approval": "due"}


def test_a_list_for_the_office_has_the_instances_of_the_statuses_asked_for(ledger: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(ledger, "--status", "逾期履行,missed", "--format", "csv").stdout)))
    assert [(row["case"], row["status"]) for row in rows] == [("C2", "late")]


@pytest.mark.long
def test_a_nightly_list_fails_where_something_is_late_and_not_where_nothing_is(ledger: Path) -> None:
    assert run(ledger, "--fail-on-breach").exit_code == 1
    assert run(ledger, "--fail-on-breach", "--status", "met").exit_code == 0
    assert run(ledger).exit_code == 0


@pytest.mark.long
def test_one_case_shows_what_does_not_apply_to_it_too(ledger: Path) -> None:
    unit = json.loads(run(ledger, "--case", "C3", "--format", "json").stdout)["units"][0]
    assert {one["duty"]: one["status"] for one in unit["instances"]}["settle_own"] == "not_applicable"
    assert {one["case"] for one in unit["instances"]} == {"C3"}


@pytest.mark.long
def test_the_workbook_is_the_same_bytes_each_time(ledger: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        assert run(ledger, "--format", "xlsx", "--out", str(ledger / name)).exit_code == 0
    assert (ledger / "a.xlsx").read_bytes() == (ledger / "b.xlsx").read_bytes()


def test_a_word_without_a_number_is_never_late_until_a_limit_is_supplied(ledger: Path) -> None:
    (ledger / "cases.csv").write_text(
        "case_id,unit,can_be_done_at_once,received_at,closed_at\nC1,甲,是,2024-03-04T09:00,2024-03-04T10:00\n",
        encoding="utf-8",
    )
    (ledger / "acts.csv").unlink()
    common = ["duties", "s35-hospital-first-asked", "--ledger", str(ledger), "--period", "2024", "--format", "json"]
    found = {}
    for limit in (None, "1小时", "30 minutes"):
        more = ["--set", f"on_the_spot={limit}"] if limit else []
        result = json.loads(CliRunner().invoke(main, [*common, *more]).stdout)
        one = next(one for one in result["units"][0]["instances"] if one["duty"] == "on_the_spot")
        found[limit] = (one["status"], one.get("late", {}).get("minutes"))
        assert any("was supplied" in warning for warning in result["warnings"]) == bool(limit)
    assert found == {None: ("done", None), "1小时": ("met", None), "30 minutes": ("late", 30)}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--status", "spaet"], "found 'spaet', expected some of met (按期履行), late (逾期履行)"),
        (["--unit", "乙"], "--unit: found 乙, expected one of 甲"),
        (["--case", "C9"], "--case: found C9"),
        (["--set", "to_leader=soon"], "found 'soon', expected a limit such as `30 minutes`"),
        (
            ["--set", "nothing=1"],
            "found nothing, expected one of the gaps: deduction, feed_back, recomplaint, settle_transfer, to_leader",
        ),
        (["--format", "xlsx"], "expected --out FILE.xlsx"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(ledger: Path, more: list[str], said: str) -> None:
    result = run(ledger, *more)
    assert result.exit_code == 2
    assert said in result.output


def test_a_scheme_without_duties_says_so() -> None:
    result = CliRunner().invoke(
        main, ["duties", "s04-hotline", "--ledger", "s04-hotline", "--period", "2025-12", "--accept-rejects"]
    )
    assert result.exit_code == 2
    assert "expected a scheme that declares duties" in result.output


def test_rows_that_no_duty_can_use_are_named(ledger: Path) -> None:
    with (ledger / "acts.csv").open("a", encoding="utf-8") as stream:
        stream.write(
            "A6,C9,办结,2024-04-01,,\nA7,C1,喝茶,2024-04-01,,\nA8,C1,办结,2024-02-01,,\nA9,C3,延期,2024-03-05,2024-04-01,\n"
        )
    said = run(ledger, "--language", "en").stderr
    for words in (
        "acts A6: found a case_id that no case has", "acts A7: found the acts 喝茶", "acts A8: found a time before",
        "acts A9: found 延期 without approver",
    ):  # fmt: skip
        assert words in said
    assert "办理环节 A9：延期 缺 approver" in run(ledger).stderr


def test_a_status_is_asked_for_by_its_name_or_by_what_people_call_it(ledger: Path) -> None:
    by_name = run(ledger, "--status", "late,missed").stdout
    assert "late" in by_name
    assert run(ledger, "--status", "逾期履行、应履行而未履行").stdout == by_name
    assert run(ledger, "--status", "met").stdout != by_name


@pytest.mark.long
def test_a_score_in_json_counts_the_duties_of_each_unit_as_the_command_does(ledger: Path) -> None:
    judged = json.loads(run(ledger, "--format", "json").stdout)["units"][0]
    arguments = ["--ledger", str(ledger), "--period", "2024", "--as-of", "2024-12-31T00:00:00", "--format", "json"]
    done = CliRunner().invoke(main, ["score", str(SCHEME), *arguments])
    assert done.exit_code == 0, done.output
    scored = json.loads(done.stdout)["units"][0]
    assert scored["unit"] == judged["unit"]
    assert [one["id"] for one in scored["duties"]] == [one["id"] for one in judged["duties"]]
    for own, other in zip(scored["duties"], judged["duties"], strict=True):
        assert own == {key: other[key] for key in ("id", "clause", "counts", "soft", "rate")}
    settle = next(one for one in scored["duties"] if one["id"] == "settle_own")
    assert (settle["counts"]["met"], settle["counts"]["late"], settle["rate"]) == (1, 1, "0.5")


def test_a_scheme_without_duties_has_no_such_key() -> None:
    done = CliRunner().invoke(
        main, ["score", "s04-hotline", "--ledger", "s04-hotline", "--period", "2025-12", "--format", "json"]
    )
    assert all("duties" not in unit for unit in json.loads(done.stdout)["units"])


@pytest.mark.long
def test_diff_names_the_count_of_a_duty_that_changed(ledger: Path, tmp_path: Path) -> None:
    names = [str(tmp_path / name) for name in ("old.json", "new.json")]
    for name in names:
        arguments = ["--ledger", str(ledger), "--period", "2024", "--as-of", "2024-12-31T00:00:00"]
        CliRunner().invoke(main, ["score", str(SCHEME), *arguments, "--format", "json", "--out", name])
        acts = ledger / "acts.csv"
        acts.write_text(acts.read_text(encoding="utf-8").replace("2024-03-18T17", "2024-03-19T17"), encoding="utf-8")
    found = CliRunner().invoke(main, ["diff", *names, "--format", "json"])
    assert found.exit_code == 1
    assert "duties.settle_own.counts.late" in found.stdout


@pytest.mark.long
@pytest.mark.parametrize("unit", ["", ",unit"])
def test_a_score_takes_acts_of_nobody_and_names_a_word_that_it_does_not_know(ledger: Path, unit: str) -> None:
    """An act may leave its unit to its case: the column may be absent, or empty for a party outside."""
    rows = ["A1,C1,办结,2024-03-18T16:00", "A2,C1,喝茶,2024-03-18T17:00"]
    own = [f"{row},{'甲' if place else ''}" if unit else row for place, row in enumerate(rows)]
    more = ["A3,C2,喝茶,2024-03-18T17:00,"] if unit else []
    (ledger / "acts.csv").write_text("\n".join([f"act_id,case_id,act,at{unit}", *own, *more, ""]), encoding="utf-8")
    arguments = ["--ledger", str(ledger), "--period", "2024", "--as-of", "2024-12-31T00:00:00", "--format", "json"]
    done = CliRunner().invoke(main, ["score", str(SCHEME), *arguments])
    assert done.exit_code == 0, done.output
    told = [one for one in json.loads(done.stdout)["notices"] if one["kind"] == "unknown_word"]
    assert [("喝茶" in one["zh"], one["units"]) for one in told] == [(True, ["甲"] if unit else [])]


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["s21-prefecture-centre", "s26-hospital", "s38-first-asked"])
def test_a_divided_ledger_gives_the_same_duties_legs_of_other_units_among_them(scheme: str, run_cli, tmp_path) -> None:
    whole = DEMONSTRATIONS / scheme
    period = re.search(r'^period: "?([^"\n]+)"?$', (whole / "ledger.yaml").read_text(encoding="utf-8"), re.M)[1]
    divided = tmp_path / "parts"
    assert run_cli("partition", whole, "--out", divided, "--parts", "3").exit_code == 0
    assert len(list((divided / "acts").glob("*.parquet"))) == 3
    asked = ("--period", period, "--format", "json")
    found = [run_cli("duties", scheme, "--ledger", ledger, *asked).stdout for ledger in (whole, divided)]
    assert found[0] == found[1]
    legs = pl.read_csv(whole / "acts.csv", infer_schema=False).filter(pl.col("to_unit").is_not_null())
    assert legs.filter(pl.col("to_unit").ne_missing(pl.col("unit"))).height
