"""Whatever opens a ledger for a scheme reads the registers that the scheme declares: one snapshot for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

Run = Callable[..., Result]
SCHEME = """
scheme: visits
version: "1"
title: 走访考核
source: {document: x.txt, title: 走访考核办法}
effective: {from: null}
periods: [month]
clauses: {一: {quote: 走访每次得1分，最多10分。}}
extra_registers:
  home_visits: {title: 入户走访, key: visit_id, at: visited_at, columns: {visit_id: text, visited_at: time}}
measures: {visits: {title: 走访, register: home_visits}}
indicators:
  - {id: visits, title: 走访, clause: 一, max: 10, start: 0, floor: 0, cap: 10,
     rules: [{id: each, clause: 一, title: 每次1分, points: 1, per: visits}]}
ranking: {clause: null, by: total, order: descending, within: all, ties: shared, different_maxima: undecided}
rounding: {digits: 2, mode: half_up}
"""
VISITS = ("V1,甲,2025-06-03T09:00:00", "V2,甲,2025-06-04T10:00:00", "V3,乙,2025-06-05T11:00:00")
ASKED = ("--period", "2025-06")


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    file = tmp_path / "visits.yaml"
    file.write_text(SCHEME, encoding="utf-8")
    return file


def ledger(folder: Path, *visits: str, note: str = "") -> Path:
    folder.mkdir()
    (folder / "ledger.yaml").write_text(f"as_of: 2025-07-01T00:00:00\n{note}", encoding="utf-8")
    (folder / "units.csv").write_text("unit\n甲\n乙\n", encoding="utf-8")
    rows = [f"C{n},{'甲乙'[n % 2]},2025-06-{1 + n:02d}T09:0{n}:00,2025-06-{9 + n:02d}T1{n}:07:13" for n in range(8)]
    (folder / "cases.csv").write_text("\n".join(["case_id,unit,received_at,closed_at", *rows, ""]), encoding="utf-8")
    (folder / "home_visits.csv").write_text("\n".join(["visit_id,unit,visited_at", *visits, ""]), encoding="utf-8")
    return folder


def said(done: Result) -> dict[str, object]:
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def probed(run: Run, scheme: Path | None, at: Path) -> object:
    return said(run("probe", at, *(("--scheme", scheme) if scheme else ()), *ASKED, "--format", "json"))["snapshot"]


def restated(run: Run, scheme: Path, at: Path) -> object:
    return said(run("restate", at, at, "--scheme", scheme, *ASKED, "--format", "json"))["new"]


def drawn(run: Run, at: Path, plan: Path, *more: object) -> Path:
    asked = ("--confidence", "0.5", "--tolerable", "0.3", "--population", "8", "--nonce", "7f3a", "--out", plan)
    planned = run("sample", "plan", *asked, *more)
    assert planned.exit_code == 0, planned.output
    done = run("sample", "draw", plan, "--ledger", at, "--out", plan.with_suffix(".json"))
    assert done.exit_code == 0, done.output
    return plan.with_suffix(".json")


def opened(run: Run, scheme: Path, at: Path, *more: object) -> Path:
    folder = at.with_name("papers")
    done = run("papers", "new", folder, "--ledger", at, "--scheme", scheme, *ASKED, "--auditor", "lin", "--auditor",
               "chen", *more)  # fmt: skip
    assert done.exit_code == 0, done.output
    return folder


def test_probe_restatement_sample_and_papers_name_one_snapshot(run_cli: Run, tmp_path: Path, scheme: Path) -> None:
    at = ledger(tmp_path / "ledger", *VISITS)
    papers = opened(run_cli, scheme, at)
    sample = drawn(run_cli, at, tmp_path / "plan.yaml", "--scheme", scheme)
    own = json.loads((papers / "engagement.json").read_text(encoding="utf-8"))["snapshot"]
    assert probed(run_cli, scheme, at) == restated(run_cli, scheme, at) == own
    assert json.loads(sample.read_text(encoding="utf-8"))["snapshot"] == own


def test_it_is_the_snapshot_of_a_ledger_that_declares_the_register_itself(
    run_cli: Run, tmp_path: Path, scheme: Path
) -> None:
    at = ledger(tmp_path / "ledger", *VISITS)
    note = yaml.safe_dump({"extra_registers": yaml.safe_load(SCHEME)["extra_registers"]}, allow_unicode=True)
    itself = ledger(tmp_path / "declared", *VISITS, note=note)
    assert probed(run_cli, scheme, at) == probed(run_cli, None, itself)
    assert probed(run_cli, None, at) != probed(run_cli, None, itself), "the control: nobody declares it"


def test_papers_take_such_a_sample_and_verify_against_the_ledger(run_cli: Run, tmp_path: Path, scheme: Path) -> None:
    at = ledger(tmp_path / "ledger", *VISITS)
    papers = opened(run_cli, scheme, at)
    sample = drawn(run_cli, at, tmp_path / "plan.yaml", "--scheme", scheme)
    taken = run_cli("papers", "add", papers, "--sample", sample, "--ledger", at, "--scheme", scheme, "--by", "lin")
    assert taken.exit_code == 0, taken.output
    assert run_cli("sample", "verify", sample, "--ledger", at).exit_code == 0
    held = run_cli("papers", "verify", papers, "--ledger", at, "--scheme", scheme)
    assert (held.exit_code, held.stderr) == (0, "0 differences\n")


def test_papers_refuse_a_sample_that_was_drawn_without_the_register(run_cli: Run, tmp_path: Path, scheme: Path) -> None:
    at = ledger(tmp_path / "ledger", *VISITS)
    papers = opened(run_cli, scheme, at)
    sample = drawn(run_cli, at, tmp_path / "plan.yaml")
    refused = run_cli("papers", "add", papers, "--sample", sample, "--ledger", at, "--scheme", scheme, "--by", "lin")
    assert refused.exit_code == 2
    assert "found a frame of the snapshot" in refused.stderr


def test_a_visit_that_went_missing_costs_its_point_in_the_papers(run_cli: Run, tmp_path: Path, scheme: Path) -> None:
    """甲 had two visits and has one: the row that is gone cost it 2 − 1 = 1 point."""
    before = ledger(tmp_path / "before", *VISITS)
    at = ledger(tmp_path / "ledger", VISITS[0], VISITS[2])
    papers = opened(run_cli, scheme, at, "--since", before)
    found = json.loads((papers / "exceptions.json").read_text(encoding="utf-8"))
    assert ["V2"] in [one["cases"] for one in found]
    points = json.loads((papers / "restate.json").read_text(encoding="utf-8"))["points"]
    (one,) = [one for one in points if one["unit"] == "甲"]
    assert (one["before"], one["after"], one["classes"]) == ("2", "1", {"other_registers": "-1"})
