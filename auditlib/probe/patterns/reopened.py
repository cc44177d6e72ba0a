"""Closings that were opened again soon after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family
from auditlib.probe.peers import among_all, share_of_unit
from auditlib.probe.settings import Settings

__all__ = ["KINDS", "reopened"]

KINDS = ("重开", "reopened")
SOON = timedelta(days=3)


def reopened(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """The share of a unit's closings with an event 重开 within three days, against that of all others."""
    events = grounds.registers.get("events")
    if events is None or "case_id" not in events.collect_schema() or not grounds.has("closed_at"):
        yield Family("reopened", "events", state="not_applicable", why="events.case_id")
        return
    opened = events.filter(pl.col("kind").is_in(KINDS)).select("case_id", pl.col("at").alias("reopened_at")).collect()
    closed = grounds.cases.filter(pl.col("closed_at").is_not_null()).select("case_id", "unit", "closed_at")
    lag = pl.col("reopened_at") - pl.col("closed_at")
    soon = closed.join(opened, on="case_id").filter((lag >= timedelta()) & (lag <= SOON))["case_id"].unique()
    if opened.is_empty():
        yield Family("reopened", "events", state="not_applicable", why="events.kind = 重开")
        return
    table = closed.with_columns(again=pl.col("case_id").is_in(soon.to_list()))
    rows = table.group_by("unit").agg(
        pl.len(), pl.col("again").sum(), pl.col("case_id").filter(pl.col("again")).sort().alias("ids")
    )
    yield Family(
        "reopened",
        "events",
        [
            share_of_unit(unit, {"reopened": k, "closed": n}, ids, enough=n >= 5)
            for unit, n, k, ids in rows.sort("unit").iter_rows()
        ],
        peers=among_all,
    )
