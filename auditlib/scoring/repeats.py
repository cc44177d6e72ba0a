"""Repeats: which rows have an earlier row with the same keys, near enough in time."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.times import Earlier

__all__ = ["compared_rows", "repeated_keys"]


def compared_rows(frame: pl.LazyFrame, earlier: Earlier, key: str) -> pl.LazyFrame:
    """The rows of ``frame`` that can be repeats or be repeated, with the columns that decide it, and their ``key``."""
    wanted = pl.all_horizontal(pl.col(name).is_not_null() for name in (*earlier.same, earlier.order))
    if earlier.where is not None:
        wanted = wanted & parse_sql(earlier.where).expression
    return frame.filter(wanted).select(*dict.fromkeys((*earlier.same, earlier.order, key)))


def repeated_keys(rows: pl.LazyFrame, earlier: Earlier, key: str) -> pl.Series:
    """The ``key`` of every one of the :func:`compared_rows` that has an earlier row with the same values.

    A row repeats the one before it in time; of rows at the same time the one with the greater key is
    the later. Exact, in two steps, because sorting ten million pairs of text is slow: hashes find the
    few groups in which two rows are near enough, whatever else shares their hash; then only the rows of
    those groups are sorted and compared by their true values.
    """
    rows = rows.with_columns(pl.struct(earlier.same).hash().alias("\x00hash"))
    hashes = rows.select("\x00hash", earlier.order).collect(engine="streaming").sort("\x00hash", earlier.order)
    groups = hashes.filter(_near(("\x00hash",), earlier)).select(pl.col("\x00hash").unique())
    candidates = rows.join(groups.lazy(), on="\x00hash", how="semi").sort(*earlier.same, earlier.order, key)
    return candidates.filter(_near(earlier.same, earlier)).select(key).collect(engine="streaming").to_series()


def _near(same: tuple[str, ...], earlier: Earlier) -> pl.Expr:
    """Whether the row before, in sorted order, has the same values and lies near enough in time."""
    time = pl.col(earlier.order)
    found = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in same)
    if earlier.within is not None and earlier.within.months is not None:
        last_day = time.shift(1).dt.truncate("1d").dt.offset_by(f"{earlier.within.months}mo")
        found = found & (time.dt.truncate("1d") <= last_day)
    elif earlier.within is not None:
        time = time.dt.truncate("1d") if earlier.within.ends == "day" else time
        found = found & (time - time.shift(1) <= timedelta(microseconds=earlier.within.span.us))
    return found
