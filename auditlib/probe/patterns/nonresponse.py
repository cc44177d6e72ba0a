"""Ratings that are missing where they would hurt: late cases without one, and what all the missing ones could hide."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from auditlib.core.exact import full_text
from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Hypergeometric
from auditlib.probe.patterns.ratings import DISSATISFIED
from auditlib.probe.settings import Settings

__all__ = ["nonresponse", "rating_bounds"]

ENOUGH = 6


def rating_bounds(closed: int, rated: int, good: Fraction) -> tuple[Fraction, Fraction | None, Fraction]:
    """The share of good ratings if every missing one were bad, as it was rated, and if every missing one were good.

    ``good`` may weigh ratings: 30 + 6/10 · 5 for 30 satisfied and 5 fairly satisfied. Source: Manski, J. Human
    Resources 24 (1989).
    """
    return good / closed, good / rated if rated else None, (good + closed - rated) / closed


def nonresponse(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """Whether late cases are unrated more often than punctual ones of the same unit (Fisher), always with bounds."""
    if not grounds.has("satisfaction") or not grounds.has("closed_at"):
        yield Family("nonresponse", "satisfaction", state="not_applicable", why="cases.satisfaction")
        return
    wanted = grounds.with_late().select("case_id", "unit", "closed_at", "satisfaction", "late")
    closed = wanted.filter(pl.col("closed_at").is_not_null()).drop("closed_at")
    unrated = pl.col("satisfaction").is_null()
    table = (
        closed.group_by("unit")
        .agg(
            pl.len(),
            unrated.sum().alias("unrated"),
            pl.col("late").sum(),
            (unrated & pl.col("late")).sum().alias("both"),
            (~unrated & ~pl.col("satisfaction").is_in(DISSATISFIED)).sum().alias("good"),
            pl.col("case_id").filter(unrated & pl.col("late")).sort().alias("ids"),
        )
        .sort("unit")
    )
    observed = []
    for unit, n, missing, late, both, good, ids in table.iter_rows():
        worst, as_rated, best = rating_bounds(n, n - missing, Fraction(good))
        bounds = {
            "worst": full_text(worst),
            "as_rated": full_text(as_rated) if as_rated is not None else None,
            "best": full_text(best),
        }
        counts = {"closed": n, "unrated": missing, "late": late, "late_unrated": both}
        observed.append(
            Observed(
                unit,
                counts,
                Hypergeometric(both, n, missing, late),
                cases=ids,
                enough=late >= ENOUGH,
                against=late * (missing - both) / (n - late) if n > late else None,
                more={"not_dissatisfied": bounds},
            )
        )
    yield Family("nonresponse", "satisfaction", observed)
