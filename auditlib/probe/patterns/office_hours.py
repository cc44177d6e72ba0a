"""Closings on rest days and outside office hours, against those of peers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from auditlib.core.worktime import Calendar, china
from auditlib.probe.clocks import DAY, Grounds, hour_cells
from auditlib.probe.families import Family
from auditlib.probe.minutes import KEY, SHIFT, minute_key, with_code
from auditlib.probe.peers import among_all, share_of_unit
from auditlib.probe.settings import Settings

__all__ = ["off_hours", "office_hours"]

ENOUGH = 10
REST = 7
NAMES = ("rest_day", "outside_hours")


def off_hours(times: pl.Series, settings: Settings, calendar: Calendar | None) -> tuple[np.ndarray, np.ndarray]:
    """Which times lie on a rest day, and which on a working day outside office hours; make-up days are worked.

    Without a calendar, and outside its days, Saturday and Sunday are rest days.
    """
    us = times.cast(pl.Datetime("us")).cast(pl.Int64).to_numpy()
    day = hour_cells(us, calendar) // 24
    rest = day == REST
    if calendar is None:
        rest = day >= 5
    since = us % DAY
    start, end = (
        (limit.hour * 3600 + limit.minute * 60 + limit.second) * 1_000_000
        for limit in (settings.office_from, settings.office_to)
    )
    return rest, ~rest & ((since < start) | (since >= end))


def office_hours(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """The share closed off hours of each unit, against all others: never against none, for many work in shifts."""
    closed = grounds.cases.select("unit", "closed_at").filter(pl.col("closed_at").is_not_null())
    calendar = grounds.calendar or (china().lenient() if grounds.timezone == "Asia/Shanghai" else None)
    names, coded = with_code(closed)
    both = off_hours(closed["closed_at"], settings, calendar)
    coded = coded.with_columns(pl.Series(name, off) for name, off in zip(NAMES, both, strict=True))
    acts = coded.group_by(minute_key("closed_at")).agg(pl.len().cast(pl.Int64).alias("n"), pl.col(NAMES).sum(),
                                                       pl.col(NAMES).first().name.prefix("act_"))  # fmt: skip
    table = acts.group_by((pl.col(KEY) // SHIFT).alias("code")).agg(
        pl.col("n").sum(), pl.len().alias("acts"), pl.col(NAMES).sum(), pl.col("^act_.*$").sum()
    )
    for name in NAMES:
        own = table.sort("code").select("code", "n", name, "acts", f"act_{name}")
        observed = [
            share_of_unit(names[code], {"off": k, "closed": n}, enough=n >= ENOUGH, acts=(few, acts))
            for code, n, k, acts, few in own.iter_rows()
        ]
        yield Family("office_hours", f"closed_at/{name}", observed, peers=among_all)
