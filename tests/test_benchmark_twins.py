"""The counts that a benchmark writes out by hand, beside those of the scheme: all of them, and the same."""

from __future__ import annotations

import sys

import polars as pl
import pytest


@pytest.fixture
def bench(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import bench_measures

    yield bench_measures
    for name in ("bench_measures", "generate"):
        sys.modules.pop(name, None)


def test_the_hand_written_counts_of_the_benchmark_are_those_of_the_scheme(bench, tmp_path) -> None:
    from generate import write_cases

    file = tmp_path / "cases.parquet"
    write_cases(file, 3000, units=5, open_share=0.1)
    assert bench.disagreements_on(file) == []


def test_a_measure_that_one_does_not_count_or_counts_otherwise_is_named(bench) -> None:
    ours = {"U1": {"late": 2, "closed": 3}, "U2": {"late": 0, "closed": 1}}
    theirs = {"U1": {"late": 1, "other": 3}, "U2": {"late": 0, "other": 1}}
    found = {"auditlib": bench.by_measure(ours), "by hand": bench.by_measure(theirs)}
    assert bench.disagreements(found) == [
        "by hand counts late otherwise",
        "by hand counts other, which the scheme does not have",
        "by hand does not count closed; write it beside the others",
    ]
    assert bench.disagreements({"auditlib": found["auditlib"], "by hand": bench.by_measure(dict(ours))}) == []


def test_duties_judged_by_hand_are_those_of_the_engine(root, monkeypatch, tmp_path) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import bench_duties

    bench_duties.write_ledger(tmp_path / "few", 2_000)
    ours, theirs = bench_duties.by_auditlib(tmp_path / "few"), bench_duties.by_hand(tmp_path / "few")
    assert bench_duties.differences(ours, theirs) == []
    assert {key.split()[2] for key in ours} == {"met", "late", "missed", "not_assessable"}
    assert not any(bench_duties.faults(tmp_path / "few").values())
    key = next(key for key in ours if key.endswith("late"))
    assert bench_duties.differences(ours, theirs | {key: 0}) == [f"{key}: auditlib {ours[key]}, by hand 0"]
    acts = pl.read_parquet(tmp_path / "few" / "acts.parquet")
    spoilt = pl.concat([acts, acts.head(1), acts[1:2].with_columns(case_id=pl.lit("13912345678"), unit=pl.lit("U9"))])
    spoilt.write_parquet(tmp_path / "few" / "acts.parquet")
    assert {name: number for name, number in bench_duties.faults(tmp_path / "few").items() if number} == {
        "acts with a key again": 2, "acts of an unknown unit": 1, "acts with personal data in case_id": 1,
        "acts stray": 1,
    }  # fmt: skip
    sys.modules.pop("bench_duties", None)


@pytest.mark.long
def test_counts_of_a_probe_and_of_a_restatement_by_hand_are_those_of_auditlib(root, monkeypatch, tmp_path) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import bench_audit

    bench_audit.write_ledgers(tmp_path / "few", 20_000)
    ours, theirs = bench_audit.by_auditlib(tmp_path / "few"), bench_audit.by_hand(tmp_path / "few")
    assert bench_audit.differences(ours, theirs) == []
    assert all(len(ours[name]["counts"]) in (1, bench_audit.UNITS) for name in bench_audit.NAMES)
    ours["windows"]["counts"]["U000"][0] += 1
    assert len(bench_audit.differences(ours, theirs)) == 1
    found = bench_audit.restated_by_auditlib(tmp_path / "few")
    assert found == bench_audit.restated_by_hand(tmp_path / "few")
    assert set(found["classes"]) == {"rewritten", "moved", "removed", "late_arrival"}
    sys.modules.pop("bench_audit", None)
