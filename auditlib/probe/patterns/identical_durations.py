"""The same duration to the minute, again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import polars as pl

from auditlib.core.exact import full_text
from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
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
    closed = grounds.cases.filter(pl.col("closed_at") >= pl.col("received_at"))
    took = (pl.col("closed_at") - pl.col("received_at")).dt.total_minutes().alias("minutes")
    table = closed.group_by("unit", took).agg(pl.len().alias("cases"), pl.col("case_id").sort())
    blocks = table.group_by("unit", pl.col("minutes") // BLOCK).agg(
        pl.col("cases").max().alias("most"), pl.col("cases").sum().alias("n")
    )
    observed = []
    for (unit,), own in sorted(table.group_by("unit"), key=lambda pair: str(pair[0][0])):
        counts = own["cases"].to_list()
        most = own.sort("cases", "minutes", descending=[True, False]).row(0, named=True)
        shown = {
            "closed": sum(counts),
            "average_frequency": full_text(average_frequency(counts)),
            "commonest_minutes": most["minutes"],
            "at_commonest": most["cases"],
        }
        null = fullest(blocks.filter(pl.col("unit") == unit), BLOCK)
        observed.append(Observed(str(unit), shown, null, cases=most["case_id"], enough=sum(counts) >= ENOUGH))
    yield Family("identical_durations", "received_at>closed_at", observed, floor=False)
