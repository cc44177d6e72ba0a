"""Times by unit and minute: what is done in one minute by one unit is one act.

A unit and a minute are one whole number, so that ten million rows are grouped by a number and not by texts.
"""

from __future__ import annotations

import polars as pl

__all__ = ["KEY", "SHIFT", "minute_counts", "minute_key", "unit_code", "with_code"]

KEY = "key"
CODE = "code"
SHIFT = 2**32
"""More minutes than there are since 1970."""


def unit_code(units: pl.Series) -> tuple[list[str], pl.Series]:
    """The units in their order, and of each row the place of its own."""
    names = sorted(units.unique().cast(pl.String))
    return names, units.cast(pl.String).cast(pl.Enum(names)).to_physical().cast(pl.Int64).alias(CODE)


def with_code(rows: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    """The units in their order, and the rows beside the ``code`` of their unit."""
    names, codes = unit_code(rows["unit"])
    return names, rows.with_columns(codes)


def minute_key(column: str) -> pl.Expr:
    """Unit and minute of a time as one number; rows have a ``code``."""
    minute = pl.col(column).cast(pl.Datetime("us")).cast(pl.Int64) // 60_000_000
    return (pl.col(CODE) * SHIFT + minute).alias(KEY)


def minute_counts(cases: pl.DataFrame, column: str) -> pl.DataFrame:
    """By unit how many times there are and how many of them are round, and the same with a minute as one act.

    Columns: ``unit times half_hour five_minutes second_0``, the same with ``acts`` before them (``acts_times`` …), and
    ``digits``, of the acts how many minutes end with each digit. ``any_second`` says whether any time has seconds.
    """
    names, rows = with_code(cases.select("unit", column).drop_nulls(column))
    zero = pl.col(column).dt.second() == 0
    acts = (
        rows.lazy()
        .select(minute_key(column), zero.alias("zero"))
        .group_by(KEY)
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("zero").sum().cast(pl.Int64).alias("zeros"),
            pl.col("zero").first(),
        )
    )
    minute, n = pl.col(KEY) % SHIFT % 60, pl.col("n")
    round_ = {"half_hour": minute % 30 == 0, "five_minutes": minute % 5 == 0}
    found = (
        acts.group_by((pl.col(KEY) // SHIFT).alias(CODE))
        .agg(
            n.sum().alias("times"),
            *(n.filter(one).sum().alias(name) for name, one in round_.items()),
            pl.col("zeros").sum().alias("second_0"),
            pl.len().cast(pl.Int64).alias("acts_times"),
            *(one.sum().cast(pl.Int64).alias(f"acts_{name}") for name, one in round_.items()),
            pl.col("zero").sum().cast(pl.Int64).alias("acts_second_0"),
            *((minute % 10 == digit).sum().cast(pl.Int64).alias(f"digit_{digit}") for digit in range(10)),
        )
        .sort(CODE)
        .collect()
    )
    digits = [f"digit_{digit}" for digit in range(10)]
    return found.select(
        pl.col(CODE).map_elements(lambda code: names[code], return_dtype=pl.String).alias("unit"),
        pl.exclude(CODE, *digits), pl.concat_list(digits).alias("digits"),
        any_second=pl.col("second_0").sum() < pl.col("times").sum(),
    )  # fmt: skip
