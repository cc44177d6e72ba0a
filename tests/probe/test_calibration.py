"""Tests for the tests: how often honest ledgers have a signal, and how often a planted fault is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from honest import closed_by_office_hours, honest_grounds, signals, signals_in
from scipy import stats

FEW, MANY = 12, 400
LATE = pl.col("closed_at") > pl.col("due_at")
Plant = Callable[[pl.DataFrame, np.random.Generator], pl.DataFrame]


def false_signals(ledgers: int) -> tuple[Counter[str], Counter[str]]:
    """In how many ledgers each family has any signal, and in how many there is that family."""
    hit, there = Counter[str](), Counter[str]()
    for seed in range(ledgers):
        for family, units in signals_in(honest_grounds(seed)).items():
            there[family] += 1
            hit[family] += bool(units)
    return hit, there


def most(ledgers: int, families: int) -> int:
    """So many of these ledgers with a signal in one family, at a true rate of 5 %, come in one run of a thousand."""
    return int(stats.binom.isf(0.001 / families, ledgers, 0.05))


def held_to_the_rate(ledgers: int) -> None:
    hit, there = false_signals(ledgers)
    assert len(there) >= 30
    assert set(there.values()) == {ledgers}
    over = {family: count for family, count in hit.items() if count > most(ledgers, len(there))}
    assert over == {}
    # All families together: as many as stated in expectation, with three standard errors.
    expected, total = 0.05 * sum(there.values()), sum(hit.values())
    assert total <= expected + 3 * expected**0.5


@pytest.mark.long
def test_no_family_has_more_false_signals_than_stated_in_honest_ledgers() -> None:
    held_to_the_rate(FEW)


@pytest.mark.long
def test_no_family_has_more_false_signals_than_stated_in_four_hundred_honest_ledgers() -> None:
    held_to_the_rate(MANY)


@cache
def honest(seed: int) -> pl.DataFrame:
    return closed_by_office_hours(seed, 24)


def of_unit(cases: pl.DataFrame, chance: float, numbers: np.random.Generator) -> pl.Expr:
    """A part of the cases of D03."""
    return (pl.col("unit") == "D03") & pl.lit(pl.Series(numbers.random(cases.height) < chance))


def shave(cases: pl.DataFrame, numbers: np.random.Generator) -> pl.DataFrame:
    """Nine in ten of the cases that are up to six hours late are moved into the last hour before the limit."""
    near = (pl.col("closed_at") - pl.col("due_at")).dt.total_minutes().is_between(0, 360, closed="right")
    minutes = pl.Series(numbers.integers(1, 60, cases.height))
    moved = pl.col("due_at") - pl.duration(minutes=minutes)
    return cases.with_columns(closed_at=pl.when(of_unit(cases, 0.9, numbers) & near).then(moved).otherwise("closed_at"))


def drop_ratings(cases: pl.DataFrame, numbers: np.random.Generator) -> pl.DataFrame:
    gone = of_unit(cases, 0.8, numbers) & LATE
    return cases.with_columns(satisfaction=pl.when(gone).then(None).otherwise("satisfaction"))


def withdraw(cases: pl.DataFrame, numbers: np.random.Generator) -> pl.DataFrame:
    return cases.with_columns(withdrawn=pl.col("withdrawn") | (of_unit(cases, 0.4, numbers) & LATE))


def please(cases: pl.DataFrame, numbers: np.random.Generator) -> pl.DataFrame:
    glad = (pl.col("unit") == "D03") & pl.col("satisfaction").is_not_null()
    return cases.with_columns(satisfaction=pl.when(glad).then(pl.lit("满意")).otherwise("satisfaction"))


def round_off(cases: pl.DataFrame, numbers: np.random.Generator) -> pl.DataFrame:
    """One closing in five is written down at the half hour."""
    half = pl.col("closed_at").dt.truncate("30m")
    return cases.with_columns(closed_at=pl.when(of_unit(cases, 0.2, numbers)).then(half).otherwise("closed_at"))


def at_night(cases: pl.DataFrame, numbers: np.random.Generator) -> pl.DataFrame:
    """One closing in six is moved to a quarter to midnight."""
    night = pl.col("closed_at").dt.truncate("1d") + pl.duration(
        seconds=pl.Series(numbers.integers(85_500, 86_400, cases.height))
    )
    return cases.with_columns(closed_at=pl.when(of_unit(cases, 1 / 6, numbers)).then(night).otherwise("closed_at"))


def one_script(cases: pl.DataFrame, numbers: np.random.Generator) -> pl.DataFrame:
    """One case in twenty takes 437 minutes."""
    same = pl.col("received_at") + pl.duration(minutes=437)
    return cases.with_columns(closed_at=pl.when(of_unit(cases, 0.05, numbers)).then(same).otherwise("closed_at"))


POWER: dict[str, tuple[str, Plant, float]] = {
    "bunching": ("bunching received_at>closed_at/due_at/each", shave, 0.7),
    "nonresponse": ("nonresponse satisfaction", drop_ratings, 0.95),
    "withdrawn": ("withdrawn late", withdraw, 0.95),
    "all_satisfied": ("all_satisfied satisfaction", please, 0.95),
    "round_times": ("round_times closed_at/half_hour", round_off, 0.95),
    "office_hours": ("office_hours closed_at/outside_hours", at_night, 0.95),
    "identical_durations": ("identical_durations received_at>closed_at", one_script, 0.95),
}
"""By test: the family in which it shows, the fault, and how often it is found at least in units of 400 cases."""


@pytest.mark.parametrize("test", POWER)
def test_a_planted_fault_is_found_at_the_stated_rate_and_at_no_other_unit(test: str) -> None:
    """So few finds as fail this come once in a thousand runs at the stated rate."""
    family, plant, stated = POWER[test]
    found, others = 0, 0
    for seed in range(FEW):
        units = signals(plant(honest(seed), np.random.default_rng(seed)), test)[family]
        found += "D03" in units
        others += bool(units - {"D03"})
    assert found >= stats.binom.ppf(0.001, FEW, stated)
    assert others <= most(FEW, 1)


def test_signals_that_a_batch_makes_are_not_strong() -> None:
    """Sixty cases closed together at 16:30 are one act: no family calls them strong but that of batches."""
    from auditlib.probe.probe import judged
    from auditlib.probe.settings import Settings

    grounds = honest_grounds(3)
    batch = grounds.cases.filter(pl.col("unit") == "D05")["case_id"].head(60).to_list()
    at = pl.lit(pl.Series([grounds.cases["closed_at"].max()])).dt.truncate("1d") + pl.duration(hours=16, minutes=30)
    cases = grounds.cases.with_columns(
        closed_at=pl.when(pl.col("case_id").is_in(batch)).then(at).otherwise("closed_at")
    )
    lines = judged(replace(grounds, cases=cases), Settings(), ["round_times", "office_hours", "batches"])[1]
    strong = {(line.test, line.unit) for line in lines if line.state == "strong"}
    assert ("batches", "D05") in strong
    assert not {(test, unit) for test, unit in strong if unit == "D05" and test != "batches"}
    assert any(line.state == "signal" and line.unit == "D05" for line in lines)
