"""What a restatement means: parts that add up to the points, totals that close, completeness by age.

The class of each difference is tested beside :mod:`auditlib.ledger.restatement`.
"""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction as F
from pathlib import Path

import polars as pl
import pytest

from auditlib.restate.favour import sign_test
from auditlib.restate.restatement import completeness

TAKEN = datetime(2026, 2, 1)


def test_restatement_direction() -> None:
    assert float(sign_test(9, 1)) == pytest.approx(0.0107421875, rel=1e-15)


def test_late_arrival_lag() -> None:
    """1, 2, 5, 26, 30 and 200 hours: half within a day, five of six within two."""
    cases = pl.DataFrame({"case_id": list("abcdef"), "unit": "U", "hours": [1, 2, 5, 26, 30, 200]}).with_columns(
        received_at=pl.lit(TAKEN), entered_at=pl.lit(TAKEN) + pl.duration(hours="hours")
    )
    (found,) = completeness(cases)
    assert [F(found["within_days"][age]) for age in ("1", "2", "7", "30")] == [F(1, 2), F(5, 6), F(5, 6), 1]


@pytest.fixture
def snapshots(root: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The S22 demonstration as it is, and a month later with two closings rewritten and one case gone."""
    source = root / "params" / "demonstrations" / "s22-heating"
    for name, day in (("old", "2026-01-20"), ("new", "2026-02-20")):
        (tmp_path / name).mkdir()
        for file in source.glob("*.csv"):
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
        (tmp_path / name / "ledger.yaml").write_text(f"as_of: {day}T00:00:00\n", encoding="utf-8")
    return tmp_path / "old", tmp_path / "new"


@pytest.mark.long
def test_points_by_class_add_up_and_say_who_gains(run_cli, snapshots: tuple[Path, Path]) -> None:  # type: ignore[no-untyped-def]
    old, new = snapshots
    table = pl.read_csv(new / "cases.csv", infer_schema=False)
    own = table.filter((pl.col("unit") == "B2") & (pl.col("satisfaction") == "不满意"))["case_id"].to_list()
    assert own
    gone = table.filter(pl.col("unit") == "B1")["case_id"][0]
    table.with_columns(
        satisfaction=pl.when(pl.col("case_id").is_in(own)).then(pl.lit("满意")).otherwise("satisfaction")
    ).filter(pl.col("case_id") != gone).write_csv(new / "cases.csv")
    done = run_cli("restate", old, new, "--scheme", "s22-heating", "--period", "2025-12", "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    kinds = {one["key"]: one["class"] for one in found["differences"]}
    assert kinds == {gone: "removed"} | dict.fromkeys(own, "rewritten")
    counts = found["registers"]["cases"]
    assert (counts["rows_before"], counts["rows_after"]) == (table.height, table.height - 1)
    assert (counts["removed"], counts["changed"], counts["added"]) == (1, len(own), 0)
    assert counts["unchanged"] == table.height - 1 - len(own)
    assert (counts["cells_changed"], counts["classes"]) == (
        {"satisfaction": len(own)},
        {"rewritten": len(own), "removed": 1},
    )
    assert all(one["opening"] + one["in"] - one["out"] == one["closing"] for one in found["totals"])
    assert sum(one["out"] for one in found["totals"]) == 1
    for one in found["points"]:
        parts = sum((F(value) for value in one["classes"].values()), F(one["interaction"]))
        assert F(one["after"]) - F(one["before"]) == parts
    points = {one["unit"]: one for one in found["points"]}
    assert F(points["B2"]["classes"]["rewritten"]) > 0
    assert found["direction"]["units_gaining"] >= 1
    assert run_cli("restate", old, new, "--fail-on-asked").exit_code == 1
    assert run_cli("restate", old, old, "--fail-on-asked").exit_code == 0


def test_snapshots_that_cannot_be_compared_are_refused(run_cli, snapshots: tuple[Path, Path], tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    old, new = snapshots
    done = run_cli("restate", new, old)
    assert (done.exit_code, "expected no earlier than 2026-02-20" in done.stderr) == (2, True)
    (old / "ledger.yaml").unlink()
    done = run_cli("restate", old, new)
    assert (done.exit_code, "when the first snapshot was taken" in done.stderr) == (2, True)
    other = tmp_path / "other"
    other.mkdir()
    (other / "units.csv").write_text("unit\nX\n", encoding="utf-8")
    (other / "cases.csv").write_text("case_id,unit,received_at\nZ1,X,2026-01-01\n", encoding="utf-8")
    (other / "ledger.yaml").write_text("as_of: 2026-01-20T00:00:00\n", encoding="utf-8")
    done = run_cli("restate", other, new)
    assert (done.exit_code, "expected a later snapshot of the same ledger" in done.stderr) == (2, True)
    assert run_cli("restate", new, new, "--scheme", "s22-heating").exit_code == 2
