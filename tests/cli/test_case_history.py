"""``auditlib explain --case``: what happened in a case and which clocks ran."""

from __future__ import annotations

import json
import shutil

import pytest
from demonstrations import DEMONSTRATIONS

SCHEME = ("explain", "s21-prefecture-centre", "--ledger", "s21-prefecture-centre")


@pytest.mark.long
def test_the_timeline_of_a_case_names_acts_clocks_and_what_became_of_each_duty(run_cli) -> None:
    done = run_cli(*SCHEME, "--case", "T02", "--language", "en")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert any(line.startswith("2024-03-18\tthe limit of") and "ends: late" in line for line in lines)
    assert any("act “答复”" in line and line.endswith("acts:H05") for line in lines)
    assert any(line.startswith("no more than 3 representatives") and line.endswith("not applicable") for line in lines)


def test_the_same_as_json(run_cli) -> None:
    found = json.loads(run_cli(*SCHEME, "--case", "T02", "--format", "json").stdout)
    assert found["case"] == "T02"
    times = [entry["at"] for entry in found["timeline"]]
    assert times == sorted(times)
    (late,) = [one for one in found["instances"] if one["status"] == "late"]
    assert (late["due"], late["late"]["working_days"]) == ("2024-03-18", 5)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--case", "XX"), "--case: found XX, expected a case of the register of cases"),
        (("--case", "T02", "--unit", "中心"), "--case stands alone"),
        (("--unit", "中心"), "Missing option '--period'"),
        (("--period", "2024"), "Missing option '--unit'"),
    ],
)
def test_what_does_not_go_together_is_refused(run_cli, more, told) -> None:
    done = run_cli(*SCHEME, *more)
    assert done.exit_code == 2
    assert told in done.stderr


@pytest.mark.long
def test_an_act_that_sets_a_day_is_told_with_the_day(run_cli, tmp_path) -> None:
    """An extension to the 12th ends with the 12th: nobody reads 23:59:59.999999."""
    copy = tmp_path / "ledger"
    shutil.copytree(DEMONSTRATIONS / "s21-prefecture-centre", copy)
    acts = (copy / "acts.csv").read_text(encoding="utf-8")
    head = acts.splitlines()[0].split(",")
    row = {"act_id": "X1", "case_id": "T02", "act": "延期", "at": "2024-03-10T09:00:00", "until": "2024-03-25"}
    more = ",".join(row.get(name, "") for name in head)
    (copy / "acts.csv").write_text(f"{acts.rstrip()}\n{more}\n", encoding="utf-8")
    done = run_cli("explain", "s21-prefecture-centre", "--ledger", copy, "--case", "T02", "--language", "zh")
    assert done.exit_code == 0, done.output
    assert "至2024-03-25" in done.stdout.replace(" ", "")
    assert "23:59:59" not in done.stdout
