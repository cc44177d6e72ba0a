"""Boston in 2011: shares on time that differ by the kind of work, and a department with a single case."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from auditlib.chance.funnel import dispersion, limits_of
from auditlib.chance.homogeneity import homogeneity
from auditlib.chance.rank_sets import rank_sets

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def departments(shared_data: Path) -> pl.DataFrame:
    """Requests that are closed and had time: department, how many by their target, how many."""
    table = pl.read_csv(shared_data / "boston311_2011h2_slim.csv.gz", infer_schema=False)
    times = [pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S") for name in ("open_dt", "target_dt", "closed_dt")]
    closed = table.with_columns(times).filter(
        pl.col("closed_dt").is_not_null(), pl.col("target_dt") > pl.col("open_dt")
    )
    by_target = (pl.col("closed_dt") <= pl.col("target_dt")).sum()
    return closed.group_by("department").agg(by_target.alias("hits"), pl.len().alias("cases")).sort("department")


def test_boston_funnel(departments: pl.DataFrame) -> None:
    found = dispersion(departments["hits"].to_list(), departments["cases"].to_list())
    assert found is not None
    expected = [0.8122461089050163, 4401.948288971733, 489.10536544130366]
    assert [float(found.pooled), found.q, found.phi] == pytest.approx(expected, rel=1e-9)
    assert found.kind == "different_work"
    assert limits_of(1000, found) is None


def test_boston_rank_sets(departments: pl.DataFrame) -> None:
    assert departments["department"].to_list() == [
        "BPS_", "BTDT", "BWSC", "DISB", "INFO", "ISD", "PARK", "PROP", "PWDx",
    ]  # fmt: skip
    found = rank_sets(departments["hits"].to_list(), departments["cases"].to_list())
    assert found == [(1, 9), (3, 6), (6, 9), (3, 9), (3, 6), (6, 9), (5, 7), (1, 2), (2, 3)]


def test_boston_does_say_something(departments: pl.DataFrame) -> None:
    found = homogeneity(departments["hits"].to_list(), departments["cases"].to_list())
    assert found.method == "simulated"
    assert found.p == 1 / 100_001


def test_boston_cfpb(shared_data: Path) -> None:
    """Most companies have too few complaints to be told apart: a league table says nothing about them."""
    table = pl.read_csv(shared_data / "cfpb_sample_2011_2015.csv.gz", infer_schema=False)
    timely = next(name for name in table.columns if "timely" in name.lower())
    company = next(name for name in table.columns if name.lower() == "company")
    units = table.group_by(company).agg(pl.len().alias("cases"), (pl.col(timely) == "Yes").sum().alias("hits"))
    few = units.filter(pl.col("cases") < 10).height
    assert [units.height, few, units.filter(pl.col("hits") == pl.col("cases")).height] == [794, 707, 691]
