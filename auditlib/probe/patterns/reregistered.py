"""The same person and problem registered anew soon after the case was closed, or while it was open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Hypergeometric
from auditlib.probe.peers import among_all, share_of_unit
from auditlib.probe.settings import Settings

__all__ = ["opened_anew", "reregistered"]

KEYS = ("person_key", "problem_key")
ENOUGH = 5


def opened_anew(cases: pl.DataFrame, days: int, keys: tuple[str, ...] = KEYS) -> pl.DataFrame:
    """Each case that has the next one with the same keys within ``days`` after its closing, or while it was open.

    Columns: those of the case, ``next_case``, ``next_unit``, and ``while_open``. As with repeats, only
    groups of equal hashes with two rows are sorted, by their true values only where these differ in one of them.
    """
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in keys)
    hashes = cases.select(hash=pl.struct(keys).hash())["hash"]
    some = cases.with_columns(hashes).filter(known & pl.lit(hashes.is_duplicated()))
    twice = some.sort("hash", "received_at", "case_id")
    alike = pl.col("hash") == pl.col("hash").shift(1)
    if twice.select((alike & pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in keys)).any()).item():
        twice = twice.sort(*keys, "received_at", "case_id")  # two true values with one hash
    following = {"next_at": "received_at", "next_case": "case_id", "next_unit": "unit"}
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in keys)
    pairs = twice.with_columns(pl.when(same).then(pl.col(old).shift(-1)).alias(new) for new, old in following.items())
    while_open = pl.col("closed_at").is_null() | (pl.col("next_at") < pl.col("closed_at"))
    soon = while_open | (pl.col("next_at") - pl.col("closed_at") <= timedelta(days=days))
    found = pairs.filter(pl.col("next_at").is_not_null() & soon).with_columns(while_open=while_open)
    return found.drop("hash", "next_at")


def reregistered(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """Whether late cases are opened anew more often than punctual ones of the same unit, given the margins (Fisher),
    and whether a unit's cases are more often than those of all others.

    Only what comes after the closing is compared: a late case is open for longer, so that more falls into that time by
    itself. True recurrences are the scheme's own repeats; what is looked at is that lateness goes with a fresh number.
    """
    if not grounds.has(*KEYS, "closed_at"):
        yield Family("reregistered", "person_key+problem_key", state="not_applicable", why="cases.problem_key")
        return
    cases = grounds.with_late().select("case_id", "unit", *KEYS, "received_at", "closed_at", "late")
    found = opened_anew(cases, settings.again_within_days)
    anew, before = (found.filter(pl.col("while_open") == state)["case_id"].to_list() for state in (False, True))
    again = cases.with_columns(anew=pl.col("case_id").is_in(anew), open=pl.col("case_id").is_in(before))
    table = (
        again.group_by("unit")
        .agg(
            pl.len(),
            pl.col("anew").sum(),
            pl.col("open").sum(),
            pl.col("late").sum(),
            (pl.col("anew") & pl.col("late")).sum().alias("both"),
            pl.col("case_id").filter(pl.col("anew") & pl.col("late")).sort().alias("ids"),
            pl.col("case_id").filter(pl.col("anew")).sort().alias("all_ids"),
        )
        .sort("unit")
    )
    yield Family(
        "reregistered",
        "person_key+problem_key",
        [
            Observed(
                unit,
                {"cases": n, "opened_anew": anew_, "late": late, "late_opened_anew": both, "while_open": open_},
                Hypergeometric(both, n, anew_, late),
                cases=ids,
                enough=anew_ >= ENOUGH,
                against=late * (anew_ - both) / (n - late) if n > late else None,
            )
            for unit, n, anew_, open_, late, both, ids, _ in table.iter_rows()
        ],
    )
    yield Family(
        "reregistered",
        "person_key+problem_key/peers",
        [
            share_of_unit(unit, {"opened_anew": anew_, "cases": n}, ids, enough=n >= ENOUGH)
            for unit, n, anew_, *_, ids in table.iter_rows()
        ],
        peers=partial(among_all, others="peers"),
    )
