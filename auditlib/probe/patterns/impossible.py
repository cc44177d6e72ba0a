"""Orders of times that cannot be, and work that took no time at all."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.settings import Settings

__all__ = ["ORDERS", "impossible"]

ORDERS = (
    ("received_at", "accepted_at"),
    ("received_at", "closed_at"),
    ("accepted_at", "contacted_at"),
    ("accepted_at", "closed_at"),
    ("received_at", "entered_at"),
    ("closed_at", "reviewed_at"),
)
"""What comes first, and what cannot come before it."""
AT_ONCE = 60
"""Seconds within which a closing is as good as the opening."""


def impossible(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """Facts: the second time before the first; closings in the second, and in the minute, of the opening."""
    seen = False
    for first, second in ORDERS:
        if not grounds.has(first, second):
            continue
        seen = True
        wrong = grounds.cases.filter(pl.col(second) < pl.col(first))
        yield Family("impossible", f"{second}<{first}", list(_facts(wrong, "wrong")))
    if not seen:
        yield Family("impossible", "", state="not_applicable", why="cases.closed_at")
    if grounds.has("closed_at"):
        took = (pl.col("closed_at") - pl.col("received_at")).dt.total_seconds()
        at_once = grounds.cases.filter((took >= 0) & (took <= AT_ONCE))
        same = (pl.col("closed_at") == pl.col("received_at")).sum().alias("same_second")
        yield Family("impossible", "closed_at=received_at", list(_facts(at_once, "within_a_minute", same)))


def _facts(rows: pl.DataFrame, name: str, *more: pl.Expr) -> Iterator[Observed]:
    if rows.is_empty():
        yield Observed("", {name: 0})
    table = rows.group_by("unit").agg(pl.len().alias(name), *more, pl.col("case_id").sort()).sort("unit")
    for row in table.iter_rows(named=True):
        cases = row.pop("case_id")
        yield Observed(row.pop("unit"), row, cases=cases, fact=True)
