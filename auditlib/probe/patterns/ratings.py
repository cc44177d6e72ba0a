"""Ratings that are all the same: no dissatisfied person among many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Hypergeometric
from auditlib.probe.settings import Settings

__all__ = ["DISSATISFIED", "all_satisfied", "fewer_dissatisfied"]

DISSATISFIED = ("不满意", "dissatisfied")
ENOUGH = 29
"""Below so many ratings none dissatisfied says nothing where peers have nine in ten satisfied."""


def fewer_dissatisfied(bad: int, n: int, peers_bad: int, peers: int) -> Hypergeometric:
    """At most ``bad`` dissatisfied of ``n`` ratings, given those of the peers: as many satisfied ones or more."""
    return Hypergeometric(n - bad, n + peers, n + peers - bad - peers_bad, n)


def _none_dissatisfied(bad: int, n: int, peers_bad: int, peers: int) -> Hypergeometric:
    """No one dissatisfied of ``n``, which is none the likelier where some are: better work than that of peers is no
    pattern of ratings that were made."""
    found = fewer_dissatisfied(0, n, bad + peers_bad, peers)
    return found if bad == 0 else Hypergeometric(0, found.population, found.bad, found.n)


def all_satisfied(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """Whether none of a unit's ratings is 不满意, given those of all: one that has any is no signal."""
    if not grounds.has("satisfaction"):
        yield Family("all_satisfied", "satisfaction", state="not_applicable", why="cases.satisfaction")
        return
    rated = grounds.cases.select("unit", "satisfaction").filter(pl.col("satisfaction").is_not_null())
    bad = pl.col("satisfaction").is_in(DISSATISFIED).sum().alias("bad")
    table = rated.group_by("unit").agg(pl.len(), bad, pl.col("satisfaction").n_unique().alias("values")).sort("unit")
    observed = [
        Observed(
            unit,
            {"dissatisfied": k, "not_dissatisfied": n - k, "ratings": n, "different_values": values},
            enough=n >= ENOUGH,
        )
        for unit, n, k, values in table.iter_rows()
    ]
    yield Family("all_satisfied", "satisfaction", observed, floor=False, peers=_among_all)


def _among_all(observed: Sequence[Observed]) -> list[Observed]:
    """Each unit's ratings beside those of all others."""
    counts = [(int(str(one.counts["dissatisfied"])), int(str(one.counts["ratings"]))) for one in observed]
    whole, bad = sum(n for _, n in counts), sum(k for k, _ in counts)
    return [
        replace(
            one,
            counts={
                "dissatisfied": k,
                "not_dissatisfied": n - k,
                "ratings": n,
                "peers_dissatisfied": bad - k,
                "peers_ratings": whole - n,
                "different_values": one.counts["different_values"],
            },
            null=_none_dissatisfied(k, n, bad - k, whole - n),
        )
        for one, (k, n) in zip(observed, counts, strict=True)
    ]
