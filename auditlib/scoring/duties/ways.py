"""A duty that can be met in several ways: of each row the best of them counts."""

from __future__ import annotations

import polars as pl

from auditlib.scoring.duties.limits import BY_THE_CLOCK, CIVIL, EXTENDED, LIMIT, SOFT, TARGET
from auditlib.scoring.duties.statuses import STATUS

__all__ = ["better_way"]

BEST = ("met", "done", "excused", "handed_over", "not_assessable", "late", "running", "missed")
"""Of several ways to meet a duty the best counts; of what nobody can assess, it may be better than late."""


def better_way(first: pl.LazyFrame, other: pl.LazyFrame, number: int) -> pl.LazyFrame:
    """The better of two ways to meet a duty, row by row."""
    rank = {status: place for place, status in enumerate(BEST)} | {"not_applicable": len(BEST)}
    shared = [
        "lacking", "missing", "done_acts", "done", "parts", "too_late", "first_due", "extension", "cap", "way",
        LIMIT, EXTENDED, SOFT, BY_THE_CLOCK, TARGET, CIVIL, STATUS,
    ]  # fmt: skip
    beside = other.with_columns(pl.lit(number).alias("way")).select(
        pl.col(name).alias(f"\x02{name}") for name in shared
    )
    both = pl.concat([first, beside], how="horizontal")
    places = [pl.col(name).replace_strict(rank, return_dtype=pl.Int64) for name in (STATUS, f"\x02{STATUS}")]
    takes = places[1] < places[0]
    return both.with_columns(
        pl.when(takes).then(pl.col(f"\x02{name}")).otherwise(pl.col(name)).alias(name) for name in shared
    ).drop([f"\x02{name}" for name in shared])
