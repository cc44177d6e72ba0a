"""Months in the midst of an export that have no row at all: a monthly file that was forgotten leaves such a gap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.tables.layout import Doubt

__all__ = ["missing_months"]

FEWEST = 10
"""So many cases has a month on average, of those with any, where one without is odd: by chance it would be rare."""
SHOWN = 5


def missing_months(cases: pl.LazyFrame) -> Iterator[Doubt]:
    """The months between the first and the last case in which none was received."""
    day = pl.col("received_at").dt.date()  # of a few days the months are sooner found than of all cases
    days = cases.select(day.alias("day")).drop_nulls().group_by("day").len().collect(engine="streaming")
    month = pl.col("day").dt.year().cast(pl.Int64) * 12 + pl.col("day").dt.month() - 1
    counted = days.group_by(month.alias("month")).agg(pl.col("len").sum())
    counts = counted.filter(pl.col("month") >= 12 * 1900).sort("month")
    if counts.is_empty() or counts["len"].sum() < FEWEST * counts.height:
        return
    gaps = [(before + 1, after - 1) for before, after in pairwise(counts["month"]) if after - before > 1]
    if gaps:
        count = sum(last - first + 1 for first, last in gaps)
        message = Message(
            "{count} {count:month|months} between the first case and the last {count:has|have} none ({months}); is a "
            "file missing?",
            count=count, months=tuple(_told(*gap) for gap in gaps[:SHOWN]),
        )  # fmt: skip
        yield Doubt("months_without_a_case", message, count)


def _told(first: int, last: int) -> str:
    names = [f"{month // 12}-{month % 12 + 1:02}" for month in dict.fromkeys((first, last))]
    return "–".join(names)
