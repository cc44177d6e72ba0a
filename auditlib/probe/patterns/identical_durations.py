"""The same duration to the minute, again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import polars as pl

from auditlib.core.exact import full_text
from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.minutes import KEY, SHIFT, with_code
from auditlib.probe.nulls import fullest
from auditlib.probe.settings import Settings

__all__ = ["average_frequency", "identical_durations"]

ENOUGH = 30
BLOCK = 10
"""Minutes within which honest durations are taken to fall evenly."""


def average_frequency(counts: Sequence[int]) -> Fraction:
    """How often, on average, the value of a row occurs: Σf² / Σf over the frequencies of the values.

    Source: Simonsohn, Datacolada 77 (2019).
    """
    return Fraction(sum(count * count for count in counts), sum(counts))


def identical_durations(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """The commonest duration to the minute, against durations that fall evenly into the minutes of their ten.

    What ten minutes hold is taken as given. (Dealing out a day's closings anew would be no null: honest durations hang
    on when a case came in.) The p-value is that of the most striking ten minutes, times how many of them hold two.
    """
    wanted = grounds.cases.select("case_id", "unit", "received_at", "closed_at")
    closed = wanted.filter(pl.col("closed_at") >= pl.col("received_at"))
    took = (pl.col("closed_at") - pl.col("received_at")).dt.total_minutes()
    names, coded = with_code(closed)
    rows = coded.select("case_id", (pl.col("code") * SHIFT + took).alias(KEY))
    code, minutes = (pl.col(KEY) // SHIFT).alias("code"), (pl.col(KEY) % SHIFT).alias("minutes")
    table = rows.group_by(KEY).agg(pl.len().cast(pl.Int64).alias("cases")).select(KEY, code, minutes, "cases")
    table = table.sort("code", "cases", "minutes", descending=[False, True, False])
    commonest = table.group_by("code", maintain_order=True).first()
    ids = rows.filter(pl.col(KEY).is_in(commonest[KEY].implode())).sort("case_id").group_by(KEY).agg("case_id")
    at_commonest = dict(ids.iter_rows())
    observed = []
    for own in table.partition_by("code", maintain_order=True):
        counts = own["cases"].to_list()
        key, place, most, often = own.row(0)
        shown = {
            "closed": sum(counts),
            "average_frequency": full_text(average_frequency(counts)),
            "commonest_minutes": most,
            "at_commonest": often,
        }
        blocks = own.group_by(pl.col("minutes") // BLOCK).agg(
            pl.col("cases").max().alias("most"), pl.col("cases").sum().alias("n")
        )
        null = fullest(blocks, BLOCK)
        cases = at_commonest[key]
        observed.append(Observed(names[place], shown, null, cases=cases, enough=sum(counts) >= ENOUGH))
    yield Family("identical_durations", "received_at>closed_at", observed, floor=False)
