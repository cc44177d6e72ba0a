"""Closings on rest days and outside office hours, against those of peers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from auditlib.core.worktime import Calendar, china
from auditlib.probe.clocks import DAY, Grounds, hour_cells
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Hypergeometric
from auditlib.probe.settings import Settings

__all__ = ["off_hours", "office_hours"]

ENOUGH = 10
REST = 7


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
    closed = grounds.cases.filter(pl.col("closed_at").is_not_null())
    calendar = grounds.calendar or (china().lenient() if grounds.timezone == "Asia/Shanghai" else None)
    for name, off in zip(
        ("rest_day", "outside_hours"), off_hours(closed["closed_at"], settings, calendar), strict=True
    ):
        table = closed.select("unit", "closed_at").with_columns(off=pl.Series(off))
        acts = table.unique(["unit", pl.col("closed_at").dt.truncate("1m")])
        yield Family("office_hours", f"closed_at/{name}", list(_against_peers(table, acts, "off")))


def _against_peers(table: pl.DataFrame, acts: pl.DataFrame, column: str) -> Iterator[Observed]:
    whole, few = ((one.height, int(one[column].sum())) for one in (table, acts))
    fewer = {unit: (n, k) for unit, n, k in acts.group_by("unit").agg(pl.len(), pl.col(column).sum()).iter_rows()}
    for unit, n, k in table.group_by("unit").agg(pl.len(), pl.col(column).sum()).sort("unit").iter_rows():
        yield Observed(
            unit,
            {"off": k, "closed": n, "peers_off": whole[1] - k, "peers_closed": whole[0] - n},
            Hypergeometric(k, *whole, n),
            Hypergeometric(fewer[unit][1], *few, fewer[unit][0]),
            enough=n >= ENOUGH,
        )
