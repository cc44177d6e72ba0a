"""Made-up ledgers in which nobody cheats, and the same with one unit that does: what tests are tested by."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from auditlib.probe.clocks import Grounds, clocks_of
from auditlib.probe.probe import judged
from auditlib.probe.settings import Settings

__all__ = ["closed_by_office_hours", "grounds_of", "honest_grounds", "signals", "signals_in"]

MONDAY = datetime(2025, 6, 2)
RATINGS = (None, "满意", "不满意")


def closed_by_office_hours(seed: int, limit_hours: int, units: int = 12, cases: int = 400) -> pl.DataFrame:
    """Cases received round the clock and closed Monday to Friday from 8 to 17; what is carried over in the first hours.

    The limit falls at the time of day of the intake: the daily rhythm of closings bunches them before it by itself.
    """
    numbers = np.random.default_rng(seed)
    n = units * cases
    received = numbers.integers(0, 56 * 86_400, n)
    busy = received % 86_400
    received = np.where(
        numbers.random(n) < 0.8, received - busy + 8 * 3600 + numbers.integers(0, 9 * 3600, n), received
    )
    ready = received + (numbers.exponential(limit_hours * 0.6, n) * 3600).astype(np.int64)
    day, second = ready // 86_400, ready % 86_400
    closed_now = (day % 7 < 5) & (second >= 8 * 3600) & (second < 17 * 3600)
    day = day + (second >= 17 * 3600)
    day = np.where(day % 7 >= 5, day + 7 - day % 7, day)
    carried = day * 86_400 + 8 * 3600 + numbers.integers(0, 3 * 3600, n)
    closed = np.where(closed_now, ready, carried)
    return pl.DataFrame({
        "case_id": [f"C{place:06d}" for place in range(n)],
        "unit": [f"D{place % units:02d}" for place in range(n)],
        "kind": "投诉",
        "received_at": received, "due_at": received + limit_hours * 3600, "closed_at": closed,
        "person_key": [f"p{one}" for one in numbers.integers(0, n // 2, n)],
        "problem_key": [f"q{one}" for one in numbers.integers(0, 6, n)],
        "withdrawn": numbers.random(n) < 0.05,
        "satisfaction": [RATINGS[one] for one in numbers.choice(3, n, p=[0.3, 0.63, 0.07])],
    }).with_columns(
        (pl.lit(MONDAY) + pl.duration(seconds=pl.col(name))).cast(pl.Datetime("us")).alias(name)
        for name in ("received_at", "due_at", "closed_at")
    )  # fmt: skip


def grounds_of(cases: pl.DataFrame) -> Grounds:
    clocks, late = clocks_of(None, cases, None, None)
    return Grounds(cases, clocks, late, None, "0" * 64)


def honest_grounds(seed: int, units: int = 12, cases: int = 400) -> Grounds:
    """A ledger that gives every test something to look at: two kinds, times of three steps, exclusions, reopenings."""
    numbers = np.random.default_rng(seed + 10**6)
    plain = closed_by_office_hours(seed, 24, units, cases)
    n = plain.height
    hard = pl.Series(numbers.random(n) < 0.25)
    day = timedelta(days=1)
    table = plain.with_columns(
        kind=pl.when(hard).then(pl.lit("复杂")).otherwise(pl.lit("投诉")),
        due_at=pl.when(hard).then(pl.col("due_at") + 2 * day).otherwise(pl.col("due_at")),
        accepted_at=pl.col("received_at") + pl.duration(seconds=pl.Series(numbers.integers(30, 1700, n))),
        contacted_at=pl.col("received_at") + pl.duration(seconds=pl.Series(numbers.integers(1800, 7000, n))),
        entered_at=pl.col("received_at") + pl.duration(seconds=pl.Series(numbers.integers(60, 60_000, n))),
    )
    whole = grounds_of(table)
    (clock,) = whole.clocks
    split = tuple(
        replace(clock, name=kind, rows=clock.rows.filter(pl.col("kind") == kind)) for kind in ("投诉", "复杂")
    )
    out = numbers.choice(n, n // 40, replace=False)
    again = numbers.choice(n, n // 25, replace=False)
    rows = table.select("case_id", "unit", "closed_at")
    registers = {
        "exclusions": rows[out].select(
            "case_id", approver=pl.Series([f"批{one}" for one in numbers.integers(0, 4, len(out))]), clause=pl.lit("一")
        ),
        "events": rows[again].select("case_id", "unit", at=pl.col("closed_at") + day, kind=pl.lit("重开")),
    }
    return replace(whole, clocks=split, registers={name: one.lazy() for name, one in registers.items()})


def signals(cases: pl.DataFrame, *tests: str) -> dict[str, set[str]]:
    """By test and clock the units with a signal."""
    return signals_in(grounds_of(cases), *tests)


def signals_in(grounds: Grounds, *tests: str) -> dict[str, set[str]]:
    """By test and clock the units with a signal."""
    families, lines = judged(grounds, Settings(), tests)
    found: dict[str, set[str]] = {f"{one.test} {one.clock}": set() for one in families}
    for line in lines:
        if line.state in ("signal", "strong"):
            found[f"{line.test} {line.clock}"].add(line.unit)
    return found
