"""Days and months that may be swapped although every time was read: by the order of ids, by months that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.tables.layout import Doubt

__all__ = ["swapped_days"]

FEWEST = 6
"""Of fewer times that could be swapped, nothing is said."""
TWELFTH = 12
MOST = 100_000
"""So many cases from the first on are looked at: an order that is broken shows among them."""


def swapped_days(cases: pl.LazyFrame) -> Iterator[Doubt]:
    """Times of receipt that fit their ids, or each other, far better with day and month exchanged."""
    at = pl.col("received_at")
    some = cases.select("case_id", "received_at").head(MOST).collect()
    some = some.with_columns(turned=_turned(at), free=(at.dt.day() <= TWELFTH) & (at.dt.day() != at.dt.month()))
    count = int(some["free"].sum())
    if count < FEWEST:
        return
    if _order_is_better(some):
        message = Message(
            "cases.received_at: in the order of ids {count} {count:time|times} would follow each other far better with "
            "day and month exchanged",
            count=count,
        )  # fmt: skip
        yield Doubt("day_and_month", message, count)
    elif _months_are_fewer(some):
        message = Message(
            "cases.received_at: {count} {count:time lies|times lie} in months of which there is no day after the 12th, "
            "and in those of the others with day and month exchanged",
            count=count,
        )  # fmt: skip
        yield Doubt("day_and_month", message, count)


def _turned(at: pl.Expr) -> pl.Expr:
    """Times with day and month exchanged, where the day could be a month."""
    other = pl.datetime(at.dt.year(), at.dt.day(), at.dt.month(), at.dt.hour(), at.dt.minute(), at.dt.second())
    return pl.when(at.dt.day() <= TWELFTH).then(other).otherwise(at)


def _order_is_better(some: pl.DataFrame) -> bool:
    """Whether ids with one beginning, by their numbers, put the exchanged times in order and not those read."""
    number = pl.col("case_id").str.extract(r"([0-9]{1,18})$", 1).cast(pl.Int64, strict=False)
    begin = pl.col("case_id").str.replace(r"[0-9]{1,18}$", "")
    numbered = some.with_columns(number=number, begin=begin).drop_nulls("number").sort("begin", "number")
    if numbered["begin"].n_unique() * FEWEST > numbered.height:
        return False
    after, turned_after = (
        numbered.select((pl.col(name).diff().over("begin") < 0).sum()).item() for name in ("received_at", "turned")
    )
    return after >= FEWEST // 2 and after * 10 >= numbered.height and turned_after * 5 <= after


def _months_are_fewer(some: pl.DataFrame) -> bool:
    """Whether times up to the 12th lie outside all months that have later days, and inside them when exchanged.

    Where no month has any, whether the exchanged times lie in one or two months and those read in five or more.
    """
    free, late = some.filter("free"), some.filter(pl.col("received_at").dt.day() > TWELFTH)
    month, turned = (pl.col(name).dt.truncate("1mo") for name in ("received_at", "turned"))
    if late.is_empty():
        months, exchanged = (free.select(one.n_unique()).item() for one in (month, turned))
        return bool(months >= FEWEST - 1 and exchanged <= 2)
    known = late.select(month.unique()).to_series()
    outside = free.filter(~month.is_in(known.implode()))
    inside = outside.filter(turned.is_in(known.implode()))
    return outside.height >= FEWEST and outside.height * 2 >= free.height and inside.height * 10 >= outside.height * 9
