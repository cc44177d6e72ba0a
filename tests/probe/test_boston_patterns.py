"""Boston's 311 requests of 2011 under every test: counts that others computed twice, by Polars and by pandas."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from auditlib.probe.clocks import Grounds, clocks_of
from auditlib.probe.families import Line
from auditlib.probe.nulls import Squares
from auditlib.probe.patterns.clock_shift import modes_by_half
from auditlib.probe.patterns.reregistered import opened_anew
from auditlib.probe.probe import judged
from auditlib.probe.settings import Settings

pytestmark = pytest.mark.shared
TIMES = {"received_at": "open_dt", "due_at": "target_dt", "closed_at": "closed_dt"}


def read(file: Path, times: dict[str, str], **names: str) -> pl.DataFrame:
    table = pl.read_csv(file, infer_schema=False)
    return table.select(
        *(pl.col(column).alias(name) for name, column in names.items()),
        *(
            pl.col(column).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us").alias(name)
            for name, column in times.items()
        ),
    )


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> pl.DataFrame:
    return read(
        shared_data / "boston311_2011h2_slim.csv.gz", TIMES, case_id="case_enquiry_id", unit="department", kind="type",
        person_key="loc_key", problem_key="type",
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(cases: pl.DataFrame) -> dict[tuple[str, str, str], Line]:
    clocks, late = clocks_of(None, cases, None, None)
    grounds = Grounds(cases, clocks, late, None, "0" * 64, timezone="America/New_York")
    tests = ("bunching", "batches", "round_times", "backdating", "sequence", "impossible")
    return {(one.test, one.clock, one.unit): one for one in judged(grounds, Settings(), tests)[1]}


CLOCK = "received_at>closed_at/due_at/each"


@pytest.mark.parametrize(
    ("unit", "counts", "expected", "p"),
    [("PWDx", [234, 166, 180], 246.8007510647351, 0.8896604732648431),
     ("ISD", [126, 116, 57], 116.39379947169299, 0.10536887080342172)],
)  # fmt: skip
def test_boston_clock(found, unit: str, counts: list[int], expected: float, p: float) -> None:  # type: ignore[no-untyped-def]
    line = found["bunching", CLOCK, unit]
    assert [line.observed.counts[name] for name in ("window", "before", "after")] == counts
    assert line.observed.null.expected == pytest.approx(expected, rel=1e-9)
    assert line.p == pytest.approx(p, rel=1e-6)
    assert line.state == "nothing_seen"


@pytest.mark.parametrize(
    ("unit", "counts"),
    [("PWDx", [89, 147, 55]), ("ISD", [37, 16, 24]), ("PARK", [8, 11, 3]), ("BTDT", [26, 73, 18])],
)
def test_boston_placebo(found, unit: str, counts: list[int]) -> None:  # type: ignore[no-untyped-def]
    """Four hours before limits of three days and more, and the same hours a day earlier and later."""
    line = found["bunching", f"{CLOCK}/4h", unit]
    assert [line.observed.counts[name] for name in ("window", "before", "after")] == counts
    assert line.state == "nothing_seen"


def test_boston_weighted_isd_is_no_signal(found) -> None:  # type: ignore[no-untyped-def]
    line = found["bunching", f"{CLOCK}/4h", "ISD"]
    assert line.observed.null.expected == pytest.approx(28.1, abs=0.06)
    assert line.bh > 0.05


def test_boston_batches_and_their_lateness(found) -> None:  # type: ignore[no-untyped-def]
    lines = [one.observed.counts for key, one in found.items() if key[0] == "batches"]
    assert [sum(one[name] for one in lines) for name in ("batches", "in_batches")] == [156, 3481]
    assert max(one["fullest_minute"] for one in lines) == 46
    assert sum(one["late_in_batches"] for one in lines) == 502


def test_boston_instant_minute5_sequence_order(found) -> None:  # type: ignore[no-untyped-def]
    instant = [one.observed.counts for key, one in found.items() if key[:2] == ("impossible", "closed_at=received_at")]
    assert [sum(one[name] for one in instant) for name in ("same_second", "within_a_minute")] == [2499, 9614]
    fives = [one.observed.counts for key, one in found.items() if key[1] == "closed_at/five_minutes"]
    assert [sum(one[name] for one in fives) for name in ("round", "times")] == [10_859, 54_570]
    series = found["sequence", "case_id/", ""].observed.counts
    assert [series[name] for name in ("rows", "gaps", "missing", "longest_gap")] == [58_251, 10_791, 15_567, 24]
    order = found["backdating", "case_id/", ""].observed.counts
    assert (order["before_earlier"], order["greatest_lag_seconds"]) == (1, 53)


def test_boston_seconds(cases: pl.DataFrame) -> None:
    counts = cases["closed_at"].drop_nulls().dt.second().value_counts().sort("closed_at")["count"].to_list()
    null = Squares(tuple(counts), (1 / 60,) * 60)
    assert null.statistic == pytest.approx(53.43485431555799, rel=1e-9)
    assert round(null.p, 2) == 0.68


def test_boston_same_place(cases: pl.DataFrame) -> None:
    """2,825 requests of the same place and type within a day after the earlier one was closed."""
    again = opened_anew(cases, 1)
    assert again.filter(~pl.col("while_open")).height == 2825


def test_boston_animals(shared_data: Path) -> None:
    """Targets at 04:30, and at 03:30 from November to March alone; seven closed before they were opened."""
    file = shared_data / "boston311_animals_2013_2019_slim.csv.gz"
    header = pl.read_csv(file, infer_schema=False, n_rows=1).columns
    cases = read(file, TIMES | {"due_at": "sla_target_dt"}, case_id=header[0], unit="department")
    modes = modes_by_half(cases["due_at"])
    assert (modes["summer"][0], modes["winter"][0], modes["winter"][1], modes["winter"][3]) == (
        16_200, 12_600, 2445, [1, 2, 3, 11, 12],
    )  # fmt: skip
    grounds = Grounds(cases, (), frozenset(), None, "0" * 64)
    lines = judged(grounds, Settings(), ["clock_shift", "impossible"])[1]
    assert next(one for one in lines if one.clock == "due_at").state == "fact"
    assert sum(one.observed.counts["wrong"] for one in lines if one.clock == "closed_at<received_at") == 7
