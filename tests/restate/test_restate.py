"""Two snapshots of one ledger: every row in one class, totals that close, parts that add up to the points."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction as F
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.restate.classes import compare_rows
from auditlib.restate.favour import sign_test
from auditlib.restate.restatement import completeness, control_totals

TAKEN = datetime(2026, 2, 1)


def frame(rows: list[tuple[str, str, str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, ["case_id", "unit", "entered_at", "closed_at"], orient="row").with_columns(
        pl.col("entered_at").str.to_datetime("%Y-%m-%d", time_unit="us"),
        pl.col("closed_at").cast(pl.String).str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us"),
        received_at=pl.col("entered_at").str.to_datetime("%Y-%m-%d", time_unit="us"),
    )


BEFORE = frame([
    ("A", "U1", "2026-01-03", "2026-01-10T10:00"), ("B", "U1", "2026-01-04", "2026-01-12T09:00"),
    ("C", "U2", "2026-01-30", None), ("D", "U2", "2026-01-05", "2026-01-13T08:00"),
])  # fmt: skip
AFTER = frame([
    ("A", "U1", "2026-01-03", "2026-01-09T10:00"), ("B", "U2", "2026-01-04", "2026-01-12T09:00"),
    ("C", "U2", "2026-01-30", "2026-02-03T11:00"), ("E", "U1", "2026-02-02", None),
    ("F", "U1", "2026-01-20", "2026-01-21T09:00"),
])  # fmt: skip


def test_restatement_tiny() -> None:
    """datacompy 1.1.0 has the same 2 added, 1 removed, 3 changed."""
    found = compare_rows("cases", BEFORE, AFTER, TAKEN)
    assert (found.before, found.after, found.unchanged, found.added, found.removed) == (4, 5, 0, 2, 1)
    assert found.cells_changed == {"closed_at": 2, "unit": 1}
    assert {one.key: one.kind for one in found.differences} == {
        "A": "rewritten", "B": "moved", "C": "progress", "D": "removed", "E": "late_arrival", "F": "inserted",
    }  # fmt: skip
    totals = control_totals(BEFORE, AFTER, found)
    assert all(one["opening"] + one["in"] - one["out"] == one["closing"] for one in totals)
    first = next(one for one in totals if (one["unit"], one["month"]) == ("U1", "2026-01"))
    assert [first[name] for name in ("opening", "in", "out", "closing")] == [2, 1, 1, 2]  # F came, B went


def test_what_was_recorded_after_the_fact_is_told_from_what_went_on() -> None:
    old = BEFORE.with_columns(status=pl.lit("办理中"), satisfaction=pl.Series([None, "不满意", None, None]))
    late = datetime(2026, 1, 31)
    new = old.with_columns(
        closed_at=pl.when(pl.col("case_id") == "C").then(pl.lit(late)).otherwise("closed_at"),
        satisfaction=pl.when(pl.col("case_id") == "B").then(pl.lit("满意")).otherwise("satisfaction"),
        redone=pl.col("case_id") == "B",
    )
    kinds = {one.key: one.kind for one in compare_rows("cases", old.with_columns(redone=False), new, TAKEN).differences}
    assert kinds == {"B": "rewritten", "C": "filled_in_late"}  # `redone` itself was rewritten, a fact that was false
    unknown = old.with_columns(redone=pl.lit(None, pl.Boolean))
    kinds = {
        one.key: one.kind for one in compare_rows("cases", unknown, new.with_columns(redone=True), TAKEN).differences
    }
    assert kinds["B"] == "filled_in_late"
    gone_on = old.with_columns(
        closed_at=pl.when(pl.col("case_id") == "C").then(pl.lit(datetime(2026, 2, 2))).otherwise("closed_at"),
        status=pl.when(pl.col("case_id") == "C").then(pl.lit("办结")).otherwise("status"),
    )
    assert [one.kind for one in compare_rows("cases", old, gone_on, TAKEN).differences] == ["progress"]
    second = old.with_columns(redone=True)
    again = second.with_columns(satisfaction=pl.lit("满意"))
    kinds = {one.key: one.kind for one in compare_rows("cases", second, again, TAKEN).differences}
    assert kinds["B"] == "second_rating"


def test_restatement_direction() -> None:
    assert float(sign_test(9, 1)) == pytest.approx(0.0107421875, rel=1e-15)


def test_late_arrival_lag() -> None:
    """1, 2, 5, 26, 30 and 200 hours: half within a day, five of six within two."""
    cases = pl.DataFrame({"case_id": list("abcdef"), "unit": "U", "hours": [1, 2, 5, 26, 30, 200]}).with_columns(
        received_at=pl.lit(TAKEN), entered_at=pl.lit(TAKEN) + pl.duration(hours="hours")
    )
    (found,) = completeness(cases)
    assert [F(found["within_days"][age]) for age in ("1", "2", "7", "30")] == [F(1, 2), F(5, 6), F(5, 6), 1]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8), st.data())
def test_rows_are_conserved_whatever_happens_to_them(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    """Each case is, before and after, absent (0) or at one of three units; totals close in every unit."""
    rows = [
        [(f"K{n}", f"U{pair[side]}", "2026-01-03", None) for n, pair in enumerate(pairs) if pair[side]]
        for side in (0, 1)
    ]
    schema = frame([("A", "U", "2026-01-01", None)]).clear()
    old, new = (frame(side) if side else schema for side in rows)
    found = compare_rows("cases", old, new, TAKEN)
    assert found.before + found.added - found.removed == found.after
    assert found.unchanged == sum(a == b != 0 for a, b in pairs)
    assert all(one["opening"] + one["in"] - one["out"] == one["closing"] for one in control_totals(old, new, found))


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
