"""Closings of a unit in one minute: a batch is one act, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.minutes import KEY, SHIFT, minute_key, with_code
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
    wanted = grounds.with_late().select("case_id", "unit", "closed_at", "late")
    closed = wanted.filter(pl.col("closed_at").is_not_null())
    names, coded = with_code(closed)
    rows = coded.select("case_id", minute_key("closed_at"), "late")
    minutes = rows.group_by(KEY).agg(pl.len().cast(pl.Int64).alias("cases"), pl.col("late").sum().cast(pl.Int64))
    code = (pl.col(KEY) // SHIFT).alias("code")
    hour = (pl.col(KEY) // SHIFT * SHIFT + pl.col(KEY) % SHIFT // MINUTES).alias(KEY)
    hours = minutes.group_by(hour).agg(pl.col("cases").sum().alias("n"), pl.col("cases").max().alias("most"))
    by_unit = {unit[0]: own for unit, own in hours.with_columns(code).partition_by("code", as_dict=True).items()}
    full = minutes.filter(pl.col("cases") >= settings.batch)
    inside = {key[0]: own for key, own in full.with_columns(code).partition_by("code", as_dict=True).items()}
    ids = rows.filter(pl.col(KEY).is_in(full[KEY].implode())).with_columns(code).sort(KEY, "case_id")
    cases = dict(ids.group_by("code").agg("case_id").iter_rows())
    totals = minutes.group_by(code).agg(
        pl.col("cases").sum(), pl.col("late").sum(), pl.col("cases").max().alias("most")
    )
    observed = []
    for place, closed_, late, most in totals.sort("code").iter_rows():
        own = inside.get(place, full.clear())
        in_batches, late_inside = int(own["cases"].sum()), int(own["late"].sum())
        counts = {
            "closed": closed_,
            "fullest_minute": most,
            "batches": own.height,
            "in_batches": in_batches,
            "late_in_batches": late_inside,
            "outside": closed_ - in_batches,
            "late_outside": late - late_inside,
        }
        null = fullest(by_unit[place], MINUTES)
        observed.append(Observed(names[place], counts, null, cases=cases.get(place, []), fact=own.height > 0))
    yield Family("batches", "closed_at", observed, floor=False)
