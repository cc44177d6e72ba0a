"""A clock that was converted: the commonest time of day moves by an hour with daylight saving time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.settings import Settings

__all__ = ["clock_shift", "modes_by_half"]

ENOUGH = 200
SHARE = Fraction(1, 5)
WINTER = (11, 12, 1, 2, 3)
HOUR = 3600


def modes_by_half(times: pl.Series) -> dict[str, tuple[int, int, int, list[int]]]:
    """For the months from April to October and the others: the commonest second of the day, how many times it stands
    there, of how many, and the months in which it does."""
    frame = pl.DataFrame({"at": times.drop_nulls()}).with_columns(
        month=pl.col("at").dt.month(), second=(pl.col("at") - pl.col("at").dt.truncate("1d")).dt.total_seconds()
    )
    found = {}
    for name, own in (
        ("summer", frame.filter(~pl.col("month").is_in(WINTER))),
        ("winter", frame.filter(pl.col("month").is_in(WINTER))),
    ):
        if own.height:
            second, count = own.group_by("second").len().sort("len", "second", descending=[True, False]).row(0)
            months = sorted(own.filter(pl.col("second") == second)["month"].unique())
            found[name] = (int(second), int(count), own.height, months)
    return found


def clock_shift(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """A fact where the commonest time of summer and of winter lie exactly an hour apart and each is a fifth of all."""
    columns = [name for name in ("due_at", "closed_at") if grounds.has(name)]
    if not columns:
        yield Family("clock_shift", "", state="not_applicable", why="cases.due_at")
    for column in columns:
        found = modes_by_half(grounds.cases[column])
        if len(found) < 2 or min(n for _, _, n, _ in found.values()) < ENOUGH:
            yield Family("clock_shift", column, state="too_few", why=str(ENOUGH))
            continue
        shifted = abs(found["summer"][0] - found["winter"][0]) == HOUR
        common = all(Fraction(count, n) >= SHARE for _, count, n, _ in found.values())
        counts = {
            f"{half}_{name}": value
            for half, values in found.items()
            for name, value in zip(("mode_second", "at_mode", "times"), values[:3], strict=True)
        }
        yield Family("clock_shift", column, [Observed("", counts, fact=shifted and common)])
