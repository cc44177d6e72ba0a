"""The command: tables, JSON, workbook, one line explained, settings, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from honest import closed_by_office_hours


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probe") / "ledger"
    folder.mkdir()
    cases = closed_by_office_hours(5, 24, units=4, cases=150).with_columns(satisfaction=pl.lit("满意"))
    cases.write_csv(folder / "cases.csv", datetime_format="%Y-%m-%dT%H:%M:%S")
    (folder / "units.csv").write_text("unit\nD00\nD01\nD02\nD03\n", encoding="utf-8")
    (folder / "ledger.yaml").write_text("as_of: 2025-12-31T00:00:00\n", encoding="utf-8")
    return folder


def test_json_counts_what_was_tested_and_drops_nothing(run_cli, ledger: Path) -> None:  # type: ignore[no-untyped-def]
    done = run_cli("probe", ledger, "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["schema"] == "auditlib-probe/1"
    states = ("strong", "signal", "fact", "nothing_seen", "too_few", "not_applicable", "settings_missing")
    assert sum(found["head"][state] for state in states) == len(found["results"])
    bunching = [one for one in found["results"] if one["test"] == "bunching"]
    assert {one["unit"] for one in bunching} == {"D00", "D01", "D02", "D03"}
    assert all(one["method"] == "placebo_clock" for one in bunching)
    assert all(one["says"]["zh"] and one["does_not_say"]["en"] and one["ask_first"]["zh"] for one in found["results"])
    assert {one["state"] for one in found["results"] if one["test"] == "reopened"} == {"not_applicable"}
    assert found["power"][1] == {"test": "bunching", "n": "400", "moved": "0.5", "found": "0.48"}
    assert run_cli("probe", ledger, "--format", "json").stdout == done.stdout
    line = bunching[0]
    assert json.loads(run_cli("probe", ledger, "--explain", line["id"]).stdout) == line


def test_a_table_and_a_workbook_show_the_lines(run_cli, ledger: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = run_cli("probe", ledger, "--language", "en")
    assert done.exit_code == 0, done.output
    assert "false signals are to be expected" in done.stdout
    assert "clean" not in done.stdout
    written = run_cli("probe", ledger, "--format", "xlsx", "--out", tmp_path / "probe.xlsx")
    assert written.exit_code == 0, written.output
    sheet = openpyxl.load_workbook(tmp_path / "probe.xlsx")["probe"]
    assert sheet["C1"].value == "检验"
    assert sheet.max_row > 20


def test_the_limits_of_a_scheme_are_its_clocks(run_cli) -> None:  # type: ignore[no-untyped-def]
    done = run_cli("probe", "s22-heating", "--scheme", "s22-heating", "--period", "2025-12", "--format", "json")
    assert done.exit_code == 0, done.output
    clocks = {one["clock"].split("/")[0] for one in json.loads(done.stdout)["families"] if one["test"] == "bunching"}
    assert {"received_at>accepted_by", "accepted_at>contacted_by", "received_at>handled_by"} <= clocks


def test_what_cannot_be_probed_is_refused(run_cli, ledger: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = run_cli("probe", ledger, "--only", "bunching,astrology")
    assert (done.exit_code, "found astrology, expected some of bunching" in done.stderr) == (2, True)
    done = run_cli("probe", ledger, "--explain", "000000000000")
    assert (done.exit_code, "found no line 000000000000" in done.stderr) == (2, True)
    (tmp_path / "s.yaml").write_text('least_excess: 0\nwindows: "1/10"\n', encoding="utf-8")
    done = run_cli("probe", ledger, "--settings", tmp_path / "s.yaml")
    assert done.exit_code == 2
    assert "s.yaml:1" in done.stderr
    assert "s.yaml:2" in done.stderr
    assert run_cli("probe", ledger, "--period", "2031-01").exit_code == 2
    assert run_cli("probe", ledger, "--scheme", "s22-heating").exit_code == 2
