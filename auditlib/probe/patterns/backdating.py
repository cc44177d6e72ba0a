"""Cases numbered or entered later than they say: received before a smaller number, entered beyond a limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.patterns.sequence import SERIES, numbered
from auditlib.probe.settings import Settings

__all__ = ["backdating", "inverted_pairs", "received_after_later", "received_before_earlier"]


def received_before_earlier(numbers: pl.Series, received: pl.Series) -> tuple[np.ndarray, int]:
    """Of rows in the order of their numbers: which were received before a smaller number, and the greatest lag.

    The lag is in the unit of ``received``, against the latest time of any smaller number.
    """
    order = np.argsort(numbers.to_numpy(), kind="stable")
    times = received.to_physical().to_numpy()[order]
    lag = np.maximum.accumulate(times) - times if len(times) else times
    found = np.zeros(len(times), dtype=bool)
    found[order] = lag > 0
    return found, int(lag.max()) if len(lag) else 0


def received_after_later(numbers: pl.Series, received: pl.Series) -> np.ndarray:
    """Of rows in the order of their numbers: which were received after a larger number.

    Where one receipt was moved back, the rows behind it are before an earlier one; where it was moved forward, those
    in front of it are after a later one. The smaller set is the likelier one to have moved.
    """
    order = np.argsort(numbers.to_numpy(), kind="stable")
    times = received.to_physical().to_numpy()[order]
    found = np.zeros(len(times), dtype=bool)
    if len(times):
        found[order] = times > np.minimum.accumulate(times[::-1])[::-1]
    return found


def inverted_pairs(values: np.ndarray) -> int:
    """How many pairs stand in the wrong order (Kendall), by merging."""
    if len(values) < 2:
        return 0
    half = len(values) // 2
    left, right = np.sort(values[:half]), values[half:]
    across = int((len(left) - np.searchsorted(left, right, side="right")).sum())
    return inverted_pairs(values[:half]) + inverted_pairs(right) + across


def backdating(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """Facts: cases received before a smaller number, or after a larger one; with ``entry_hours``, those entered later
    than that. The fewer of both are named, with their units."""
    rows = numbered(grounds.cases.select("case_id", "unit", "received_at"))
    few = rows["series"].n_unique() <= SERIES
    parts = sorted(rows.partition_by("series", as_dict=True).items()) if few else []
    del rows
    for (series,), own in parts:
        times = own["received_at"].cast(pl.Datetime("us"))
        found, lag = received_before_earlier(own["number"], times)
        after = received_after_later(own["number"], times)
        before_, after_ = int(found.sum()), int(after.sum())
        moved = own.filter(pl.Series(after if after_ < before_ else found)).sort("number", "case_id")
        counts = {
            "rows": own.height, "before_earlier": before_, "after_later": after_,
            "greatest_lag_seconds": lag // 1_000_000,
        }  # fmt: skip
        units = dict(moved.group_by("unit").len().sort("len", "unit", descending=[True, False]).iter_rows())
        cases = moved["case_id"].to_list()
        one = Observed("", counts, cases=cases, fact=bool(cases), more={"by_unit": units})
        yield Family("backdating", f"case_id/{series}", [one])
    if not grounds.has("entered_at"):
        yield Family("backdating", "entered_at", state="not_applicable", why="cases.entered_at")
    elif settings.entry_hours is None:
        yield Family("backdating", "entered_at", state="settings_missing", why="entry_hours")
    else:
        lag_ = pl.col("entered_at") - pl.col("received_at")
        late = grounds.cases.with_columns(late=(lag_ > timedelta(hours=settings.entry_hours)).fill_null(False))
        yield Family(
            "backdating",
            "entered_at",
            [
                Observed(unit, {"late": k, "entered": n}, cases=sorted(ids), fact=k > 0)
                for unit, n, k, ids in late.filter(pl.col("entered_at").is_not_null())
                .group_by("unit")
                .agg(pl.len(), pl.col("late").sum(), pl.col("case_id").filter(pl.col("late")).alias("ids"))
                .sort("unit")
                .iter_rows()
            ],
        )
