"""Cases that were withdrawn, against those of peers, and late ones against punctual ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Hypergeometric
from auditlib.probe.peers import among_all, share_of_unit
from auditlib.probe.settings import Settings

__all__ = ["withdrawn"]

ENOUGH = 5


def withdrawn(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """The share withdrawn of a unit's cases given all; and of its late cases given its own."""
    if not grounds.has("withdrawn"):
        yield Family("withdrawn", "peers", state="not_applicable", why="cases.withdrawn")
        return
    gone = pl.col("withdrawn").fill_null(False)
    both = gone & pl.col("late")
    table = (
        grounds.with_late()
        .select("case_id", "unit", "withdrawn", "late")
        .group_by("unit")
        .agg(
            pl.len(),
            gone.sum().alias("gone"),
            pl.col("late").sum(),
            both.sum().alias("both"),
            pl.col("case_id").filter(gone).sort().alias("ids"),
            pl.col("case_id").filter(both).sort().alias("late_ids"),
        )
        .sort("unit")
    )
    rows = table.rows(named=True)
    yield Family(
        "withdrawn",
        "peers",
        [
            share_of_unit(
                row["unit"], {"withdrawn": row["gone"], "cases": row["len"]}, row["ids"], enough=row["len"] >= ENOUGH
            )
            for row in rows
        ],
        peers=partial(among_all, others="peers"),
    )
    yield Family(
        "withdrawn",
        "late",
        [
            Observed(
                row["unit"],
                {"late_withdrawn": row["both"], "late": row["late"], "withdrawn": row["gone"], "cases": row["len"]},
                Hypergeometric(row["both"], row["len"], row["gone"], row["late"]),
                cases=row["late_ids"],
                enough=row["gone"] >= ENOUGH,
                against=_as_punctual(row),
            )
            for row in rows
        ],
    )


def _as_punctual(row: dict[str, Any]) -> float | None:
    """How many of the late cases would be withdrawn if they were like the punctual ones."""
    punctual = row["len"] - row["late"]
    return row["late"] * (row["gone"] - row["both"]) / punctual if punctual else None
