"""Cases of a kind with a longer limit just beyond the shorter one: reclassified when time ran out?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import polars as pl

from auditlib.probe.clocks import ClockRows, Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Hypergeometric
from auditlib.probe.peers import among_all, share_of_unit
from auditlib.probe.settings import Settings

__all__ = ["reclassified"]

BAND = 4
"""A band on either side of the shorter limit, as a part of it: a quarter."""
ENOUGH = 5


def reclassified(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """The share of the kind with the longer limit just beyond the shorter limit, against that just within it (Fisher);
    and how much of a unit's longer kind lies just beyond, against that of all other units.

    Complex cases do last longer: hence only the narrow band. Where all that a unit has just within is of the longer
    kind already, only its peers show that the rest went there as well. Who is never late has nothing else beyond; so
    peers are compared within the longer kind.
    """
    pairs = [
        (short, long)
        for one, other in combinations([clock for clock in grounds.clocks if clock.rows.height], 2)
        for short, long in [sorted((one, other), key=_median)]
        if one.between == other.between and _kinds(one) != _kinds(other) and _median(short) < _median(long)
    ]
    if not pairs:
        yield Family("reclassified", "", state="not_applicable", why="kind")
    for short, long in pairs:
        limit = _median(short)
        taken = (pl.col("end") - pl.col("start")).dt.total_microseconds()
        both = pl.concat(
            [
                clock.rows.select("case_id", "unit", taken.alias("taken"), pl.lit(is_long).alias("long"))
                for clock, is_long in ((short, False), (long, True))
            ]
        )
        band = both.filter((pl.col("taken") > limit - limit // BAND) & (pl.col("taken") <= limit + limit // BAND))
        band = band.with_columns(beyond=pl.col("taken") > limit)
        table = (
            band.group_by("unit")
            .agg(
                pl.len(),
                pl.col("long").sum(),
                pl.col("beyond").sum(),
                (pl.col("long") & pl.col("beyond")).sum().alias("both"),
                pl.col("case_id").filter(pl.col("long") & pl.col("beyond")).sort().alias("ids"),
            )
            .sort("unit")
        )
        yield Family(
            "reclassified",
            f"{short.name}|{long.name}",
            [
                Observed(
                    unit,
                    {"beyond": b, "beyond_longer_kind": x, "within": n - b, "within_longer_kind": k - x},
                    Hypergeometric(x, n, k, b),
                    cases=ids,
                    enough=b >= ENOUGH,
                    against=b * (k - x) / (n - b) if n > b else None,
                )
                for unit, n, k, b, x, ids in table.iter_rows()
            ],
        )
        beyond = {unit: (x, ids) for unit, _, _, _, x, ids in table.iter_rows()}
        yield Family(
            "reclassified",
            f"{short.name}|{long.name}/peers",
            [
                share_of_unit(unit, {"beyond_longer_kind": x, "longer_kind": n}, ids, enough=n >= ENOUGH)
                for unit, n in long.rows.group_by("unit").len().sort("unit").iter_rows()
                for x, ids in [beyond.get(unit, (0, []))]
            ],
            peers=among_all,
        )


def _kinds(clock: ClockRows) -> tuple[str, ...]:
    return tuple(sorted(clock.rows["kind"].drop_nulls().unique()))


def _median(clock: ClockRows) -> int:
    return int(clock.rows["allowed"].median() or 0)  # type: ignore[arg-type]
