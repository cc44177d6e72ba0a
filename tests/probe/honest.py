"""Made-up ledgers in which nobody cheats, and the same with one unit that does: what tests are tested by."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from auditlib.probe.clocks import Grounds, clocks_of
from auditlib.probe.probe import judged
from auditlib.probe.settings import Settings

__all__ = ["closed_by_office_hours", "grounds_of", "signals"]

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


def signals(cases: pl.DataFrame, *tests: str) -> dict[str, set[str]]:
    """By test and clock the units with a signal."""
    families, lines = judged(grounds_of(cases), Settings(), tests)
    found: dict[str, set[str]] = {f"{one.test} {one.clock}": set() for one in families}
    for line in lines:
        if line.state in ("signal", "strong"):
            found[f"{line.test} {line.clock}"].add(line.unit)
    return found
