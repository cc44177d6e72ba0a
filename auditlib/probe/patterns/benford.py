"""First digits by Benford's law: off by default, because hardly anything in a ledger of cases follows it.

It needs values over several orders of magnitude without limits or assigned numbers. Case numbers are assigned, limits
are chosen, durations are cut by the limit, ratings have three values: without any fraud known, hours to close give
χ² = 521.6. It is for premiums, compensation and similar amounts alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Squares
from auditlib.probe.settings import Settings

__all__ = ["FIRST_DIGITS", "benford"]

FIRST_DIGITS = tuple(log10(1 + 1 / digit) for digit in range(1, 10))
ENOUGH = 300


def benford(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """First digits of the column of amounts that the settings name, by unit."""
    if settings.amount is None:
        yield Family("benford", "", state="settings_missing", why="amount")
        return
    if settings.amount not in grounds.cases.columns:
        yield Family("benford", settings.amount, state="not_applicable", why=f"cases.{settings.amount}")
        return
    first = pl.col(settings.amount).cast(pl.String).str.extract(r"([1-9])").cast(pl.Int64)
    table = grounds.cases.with_columns(first=first).filter(pl.col("first").is_not_null())
    counts = table.group_by("unit", "first").len()
    observed = []
    for unit in sorted(counts["unit"].unique()):
        own = dict(counts.filter(pl.col("unit") == unit).select("first", "len").iter_rows())
        digits = tuple(own.get(digit, 0) for digit in range(1, 10))
        null = Squares(digits, FIRST_DIGITS)
        observed.append(Observed(unit, {"first_digits": list(digits)}, null, enough=sum(digits) >= ENOUGH))
    yield Family("benford", settings.amount, observed)
