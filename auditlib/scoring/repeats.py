"""Repeats: which rows have an earlier row with the same keys, near enough in time."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.times import Earlier

__all__ = ["HASH", "compared_rows", "hashes_of", "keys_hash", "near_hashes", "repeated", "repeated_keys"]

NUMBER, HASH = "\x00number", "\x00hash"


def compared_rows(frame: pl.LazyFrame, earlier: Earlier, key: str) -> pl.LazyFrame:
    """The rows of ``frame`` that can be repeats or be repeated, with the columns that decide it, and their ``key``."""
    return frame.filter(_wanted(earlier)).select(*dict.fromkeys((*earlier.same, earlier.order, key)))


def _wanted(earlier: Earlier) -> pl.Expr:
    wanted = pl.all_horizontal(pl.col(name).is_not_null() for name in (*earlier.same, earlier.order))
    return wanted if earlier.where is None else wanted & parse_sql(earlier.where).expression


def repeated(earlier: Earlier, key: str, found: pl.Series) -> pl.Expr:
    """Whether a row is among the ``found`` ones (:func:`repeated_keys`), or where equals are counted its number."""
    if not earlier.count:
        return pl.col(key).is_in(found.implode())
    keys, numbers = found.struct.field(key), found.struct.field(NUMBER)
    own = pl.col(key).replace_strict(keys, numbers, default=1, return_dtype=pl.Int64)
    return pl.when(_wanted(earlier)).then(own).otherwise(0)


def keys_hash(same: tuple[str, ...]) -> pl.Expr:
    """A hash of the keys that are compared: the same for the same keys within one process, and for few others."""
    return pl.struct(same).hash()


def hashes_of(rows: pl.LazyFrame, earlier: Earlier) -> pl.LazyFrame:
    """The hash and the time of :func:`compared_rows`."""
    return rows.select(keys_hash(earlier.same).alias(HASH), earlier.order)


def near_hashes(hashes: pl.DataFrame, earlier: Earlier) -> pl.Series:
    """The hashes that two rows have in common, near enough in time, each once."""
    return hashes.sort(HASH, earlier.order).filter(_near((HASH,), earlier))[HASH].unique()


def repeated_keys(rows: pl.LazyFrame, earlier: Earlier, key: str) -> pl.Series:
    """The ``key`` of every one of the :func:`compared_rows` that has an earlier row with the same values.

    A row repeats the one before it in time; of rows at the same time the one with the greater key is
    the later. Exact, in two steps, because sorting ten million pairs of text is slow: hashes find the
    few groups in which two rows are near enough, whatever else shares their hash; then only the rows of
    those groups are sorted and compared by their true values. Where equals are counted, each key comes in a struct with
    its number, from 2 on.
    """
    rows = rows.with_columns(keys_hash(earlier.same).alias(HASH))
    near = near_hashes(hashes_of(rows, earlier).collect(engine="streaming"), earlier)
    candidates = rows.join(near.to_frame().lazy(), on=HASH, how="semi").sort(*earlier.same, earlier.order, key)
    if earlier.count:
        return _counted(candidates, earlier, key)
    return candidates.filter(_near(earlier.same, earlier)).select(key).collect(engine="streaming").to_series()


def _counted(candidates: pl.LazyFrame, earlier: Earlier, key: str) -> pl.Series:
    """The rows that are not the first of their equals, each with its number among those near enough in time."""
    table = candidates.collect().with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(earlier.same).alias(NUMBER)
    )
    if earlier.within is not None:
        # Those that lie too far back count no more: as many as lie before the beginning of the row's own window.
        day = pl.col(earlier.order).dt.truncate("1d") if earlier.within.ends == "day" else pl.col(earlier.order)
        reach = timedelta(microseconds=earlier.within.span.us)
        times = table.select(*earlier.same, NUMBER, day.alias("\x00at"), (day - reach).alias("\x00from"))
        before = times.lazy().select(*earlier.same, "\x00at", pl.col(NUMBER).alias("\x00gone"))
        far = (
            times.lazy().with_row_index("\x00row").sort("\x00from")
            .join_asof(before.sort("\x00at"), left_on="\x00from", right_on="\x00at", by=list(earlier.same),
                       strategy="backward", allow_exact_matches=False, check_sortedness=False)
            .sort("\x00row").select(pl.col("\x00gone").fill_null(0)).collect().to_series()
        )  # fmt: skip
        table = table.with_columns((pl.col(NUMBER) - far).alias(NUMBER))
    return table.filter(pl.col(NUMBER) > 1).select(pl.struct(key, NUMBER).alias(key)).to_series()


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
