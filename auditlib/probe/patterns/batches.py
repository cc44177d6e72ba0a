"""Closings of a unit in one minute: a batch is one act, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import fullest
from auditlib.probe.settings import Settings

__all__ = ["batches"]

MINUTES = 60
"""Of an hour, into which its closings fall."""


def batches(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """The fullest minute of each unit, against closings that fall uniformly into the minutes of their hour.

    What an hour holds is taken as given, so that the rhythm of a day makes no signal. The p-value is that of the unit's
    most striking hour, times the number of hours in which two were closed. From ``settings.batch`` on a
    minute is a fact; the share of late cases stands beside, within such minutes and outside.
    """
    closed = grounds.with_late().filter(pl.col("closed_at").is_not_null())
    minutes = closed.group_by("unit", pl.col("closed_at").dt.truncate("1m").alias("minute")).agg(
        pl.len().alias("cases"), pl.col("late").sum().alias("late"), pl.col("case_id").sort()
    )
    hours = minutes.group_by("unit", pl.col("minute").dt.truncate("1h").alias("hour")).agg(
        pl.col("cases").sum().alias("n"), pl.col("cases").max().alias("most")
    )
    totals = {
        unit: (n, late) for unit, n, late in closed.group_by("unit").agg(pl.len(), pl.col("late").sum()).iter_rows()
    }
    observed = []
    for unit in sorted(totals):
        full = minutes.filter((pl.col("unit") == unit) & (pl.col("cases") >= settings.batch)).sort("minute")
        inside, late = int(full["cases"].sum()), int(full["late"].sum())
        most = int(minutes.filter(pl.col("unit") == unit)["cases"].max() or 0)  # type: ignore[arg-type]
        counts = {
            "closed": totals[unit][0],
            "fullest_minute": most,
            "batches": full.height,
            "in_batches": inside,
            "late_in_batches": late,
            "outside": totals[unit][0] - inside,
            "late_outside": totals[unit][1] - late,
        }
        cases = [case for list_ in full["case_id"] for case in list_]
        null = fullest(hours.filter(pl.col("unit") == unit), MINUTES)
        observed.append(Observed(unit, counts, null, cases=cases, fact=full.height > 0))
    yield Family("batches", "closed_at", observed, floor=False)
