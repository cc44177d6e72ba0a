"""One register in two snapshots: its rows brought together by their key, and the class of each difference."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

import numpy as np
import polars as pl

from auditlib.core.exact import exact
from auditlib.ledger.registers import Register

__all__ = ["ASKED", "CELLS", "CLASSES", "COUNTS", "ROWS", "TOTALS", "Pair"]

CLASSES = (
    "rewritten", "moved", "removed", "inserted", "filled_in_late", "added", "filled", "second_rating", "late_arrival",
    "progress", "format",
)  # fmt: skip
"""Of a row with several differences the first of these stands.

``rewritten``: a fact was there and is another one, or none; ``moved``: the unit changed; ``removed``: the row is gone;
``inserted``: the row was entered before the earlier snapshot, which lacks it; ``filled_in_late``: a time up to the
earlier snapshot where it had none; ``added``, ``filled``: a row, a value that is new and bears no time that would tell
whether it is late; ``second_rating``: another satisfaction after the case was handled again; ``late_arrival``: the row
was entered, or happened, after the earlier snapshot; ``progress``: a time after it where there was none, and what goes
with it; ``format``: another way to write the same.
"""

ASKED = CLASSES[: CLASSES.index("filled") + 1]
"""The classes that are to be asked about."""
FOLLOWS = ("status", "outcome")
"""Columns that change as a case goes on."""
NEW = "\x00new"
KEY, UNIT, MONTH, SAME = "\x00key", "\x00unit", "\x00month", "\x00same"
OLD_PLACE, NEW_PLACE = "\x00old place", "\x00new place"
ROWS = {"register": pl.String, "key": pl.String, "unit": pl.String, "class": pl.String}
CELLS = {**ROWS, "column": pl.String, "before": pl.String, "after": pl.String}
COUNTS = ("before", "added", "removed", "moved_in", "moved_out", "after")
FACTS = ("closed", "on_time", "seconds")
TOTALS = {"register": pl.String, "unit": pl.String, "month": pl.String} | dict.fromkeys(
    (*COUNTS, *(f"{fact}_{side}" for fact in FACTS for side in ("before", "after"))), pl.Int64
)

RegisterRows = pl.LazyFrame | pl.DataFrame | None


class Pair:
    """One register in two snapshots, with the same columns on both sides; one of them may lack it."""

    def __init__(
        self, register: Register, before: RegisterRows, after: RegisterRows,
        taken: datetime | None,
    ) -> None:  # fmt: skip
        self.register, self.taken = register, taken
        sides = [side.lazy().collect() for side in (before, after) if side is not None]
        sides = sides if after is not None else [*sides, sides[0].clear()]
        sides = sides if before is not None else [sides[0].clear(), *sides]
        names = list(dict.fromkeys(name for side in sides for name in side.columns))
        types = {name: _common([side.schema[name] for side in sides if name in side.columns]) for name in names}
        self.key = [*register.key] or [*names, SAME]
        self.columns = [name for name in names if name not in register.key]
        self.before, self.after = (self._aligned(side, types) for side in sides)
        places = [side.select(self.key).with_row_index(OLD_PLACE if n == 0 else NEW_PLACE)
                  for n, side in enumerate((self.before, self.after))]  # fmt: skip
        met = places[0].join(places[1], on=self.key, how="inner", nulls_equal=True).select(OLD_PLACE, NEW_PLACE)
        if SAME in self.key and (alike := self._alike(met)) is not None:
            met = pl.concat([met, alike])
        self._added = self.after.filter(_not_among(met[NEW_PLACE], self.after.height))
        self._removed = self.before.filter(_not_among(met[OLD_PLACE], self.before.height))
        self.both = self._changed(met[OLD_PLACE], met[NEW_PLACE])
        """The rows of both in which anything differs, the later values beside the earlier ones."""

    def _changed(self, old: pl.Series, new: pl.Series) -> pl.DataFrame:
        """Column by column, so that no second copy of two long registers is ever in the memory."""
        differ = pl.repeat(False, len(old), eager=True)
        for name in (*self.columns, UNIT, MONTH):
            differ |= self.before[name].gather(old).ne_missing(self.after[name].gather(new))
        rows = self.before[old.filter(differ)]
        later = self.after.select(pl.exclude([*self.register.key, SAME]))[new.filter(differ)]
        return rows.hstack(later.rename(lambda name: f"{name}{NEW}"))

    def _alike(self, met: pl.DataFrame) -> pl.DataFrame | None:
        """Of what is owed at a time, in a register without a key, the rows left on either side that are the only ones
        of their unit, kind and time: what came in later is the same row, and none that went and another that came."""
        owed = self.register.column(str(self.register.at))
        by = [name for name in ("unit", "kind", self.register.at) if name in self.columns]
        if owed is None or owed.type != "deadline" or owed.name not in by:
            return None
        left = []
        for side, place in ((self.before, OLD_PLACE), (self.after, NEW_PLACE)):
            rows = side.select(by).with_row_index(place).filter(_not_among(met[place], side.height))
            left.append(rows.filter(pl.struct(by).is_unique(), pl.all_horizontal(pl.col(by).is_not_null())))
        return left[0].join(left[1], on=by, how="inner").select(OLD_PLACE, NEW_PLACE)

    def _aligned(self, side: pl.DataFrame, types: Mapping[str, pl.DataType]) -> pl.DataFrame:
        filled = side.select(
            (pl.col(name).cast(dtype) if name in side.columns else pl.lit(None, dtype)).alias(name)
            for name, dtype in types.items()
        )
        if SAME in self.key:
            filled = filled.with_columns(pl.int_range(pl.len()).over(list(types)).alias(SAME))
        at = self.register.at
        known = at is not None and at in types
        month = pl.col(str(at)).dt.year() * 12 + pl.col(str(at)).dt.month() - 1 if known else pl.lit(None)
        unit = pl.col("unit").cast(pl.String) if "unit" in types else pl.lit(None, pl.String)
        return filled.with_columns(unit.alias(UNIT), month.cast(pl.Int32).alias(MONTH))

    @property
    def alone(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows that only the earlier snapshot has and those that only the later one has, with their columns."""
        return tuple(side.select(pl.exclude(UNIT, MONTH, SAME)) for side in (self._removed, self._added))  # type: ignore[return-value]

    def added(self) -> pl.DataFrame:
        """The rows that only the later snapshot has."""
        return self._told(self._added, self._arrival())

    def removed(self) -> pl.DataFrame:
        """The rows that only the earlier snapshot has."""
        return self._told(self._removed, pl.lit("removed"))

    def _arrival(self) -> pl.Expr:
        if self.taken is None:
            return pl.lit("added")
        never = pl.lit(None, pl.Datetime("us"))
        entered = pl.col("entered_at") if "entered_at" in self.columns else never
        at = pl.col(self.register.at) if self.register.at and self._is_time(self.register.at) else never
        return (
            pl.when(pl.coalesce(entered, at) > self.taken).then(pl.lit("late_arrival"))
            .when(entered.is_not_null()).then(pl.lit("inserted"))
            .otherwise(pl.lit("added"))
        )  # fmt: skip

    def _told(self, rows: pl.DataFrame, kind: pl.Expr) -> pl.DataFrame:
        return rows.select(
            pl.lit(self.register.name).alias("register"), self._key(rows).alias("key"), pl.col(UNIT).alias("unit"),
            kind.alias("class"),
        )  # fmt: skip

    def _key(self, rows: pl.DataFrame) -> pl.Series:
        """The key as one text; a row without one is called by a hash of what it says."""
        if SAME not in self.key:
            return rows.select(pl.concat_str(self.register.key, separator=" / ").alias(KEY)).to_series()
        texts = rows.select(pl.concat_list(pl.col(self.key).cast(pl.String))).to_series()
        hashes = [hashlib.sha256(repr(one.to_list()).encode()).hexdigest()[:16] for one in texts]
        return pl.Series(KEY, hashes, dtype=pl.String)

    def cells(self) -> pl.DataFrame:
        """The values that differ in rows that both snapshots have."""
        different = [pl.col(name).ne_missing(pl.col(f"{name}{NEW}")) for name in self.columns]
        rows = self.both.filter(pl.any_horizontal(different)) if different else self.both.clear()
        keyed = rows.with_columns(self._key(rows))
        found = [pl.DataFrame(schema=CELLS)]
        for name, differs in zip(self.columns, different, strict=True):
            old, new = pl.col(name), pl.col(f"{name}{NEW}")
            found.append(
                keyed.filter(differs).select(
                    pl.lit(self.register.name).alias("register"), pl.col(KEY).alias("key"),
                    pl.col(f"{UNIT}{NEW}").alias("unit"), self._class(name, old, new).alias("class"),
                    pl.lit(name).alias("column"), _text(old, rows.schema[name]).alias("before"),
                    _text(new, rows.schema[name]).alias("after"),
                )
            )  # fmt: skip
        return pl.concat([found[0], *(_format(lines, self.register) for lines in found[1:])])

    def _class(self, name: str, old: pl.Expr, new: pl.Expr) -> pl.Expr:
        """What a change of this column is, where it is more than another way to write the same."""
        kept = pl.lit("moved" if name == "unit" else "rewritten")
        if name == "satisfaction" and "redone" in self.columns:
            again = pl.col(f"redone{NEW}").fill_null(False) & new.is_not_null()
            kept = pl.when(again).then(pl.lit("second_rating")).otherwise(kept)
        if name in FOLLOWS:
            kept = pl.when(self._goes_on() | self._is_open()).then(pl.lit("progress")).otherwise(kept)
        filled = pl.when(self._goes_on()).then(pl.lit("progress")).otherwise(pl.lit("filled"))
        if self._is_time(name) and self.taken is not None:
            filled = pl.when(new > self.taken).then(pl.lit("progress")).otherwise(pl.lit("filled_in_late"))
        return pl.when(old.is_null()).then(filled).otherwise(kept)

    def _is_time(self, name: str) -> bool:
        """Whether a column is the time of a fact, which a deadline is not."""
        column = self.register.column(name)
        return column is not None and column.type == "time" and (name in self.columns or name in self.key)

    def _goes_on(self) -> pl.Expr:
        """Whether something happened in the row after the earlier snapshot that had not happened by then."""
        if self.taken is None:
            return pl.lit(False)
        times = [name for name in self.columns if self._is_time(name)]
        return pl.any_horizontal(
            pl.lit(False), *(pl.col(name).is_null() & (pl.col(f"{name}{NEW}") > self.taken) for name in times)
        ).fill_null(False)

    def _is_open(self) -> pl.Expr:
        return pl.col("closed_at").is_null() if "closed_at" in self.columns else pl.lit(False)

    def totals(self) -> pl.DataFrame:
        """Rows by unit and month on both sides, with what explains the difference."""
        elsewhere = self.both.filter(
            pl.col(UNIT).ne_missing(pl.col(f"{UNIT}{NEW}")) | pl.col(MONTH).ne_missing(pl.col(f"{MONTH}{NEW}"))
        )
        came = elsewhere.select(pl.col(f"{UNIT}{NEW}").alias(UNIT), pl.col(f"{MONTH}{NEW}").alias(MONTH))
        counted = {
            "before": self.before, "after": self.after, "moved_in": came, "moved_out": elsewhere,
            "added": self._added, "removed": self._removed,
        }  # fmt: skip
        parts = [
            rows.group_by(pl.col(UNIT).alias("unit"), pl.col(MONTH).alias("month")).agg(
                pl.len().cast(pl.Int64).alias(name), *(self._facts(name) if name in ("before", "after") else ())
            )
            for name, rows in counted.items()
        ]
        year, of_year = pl.col("month") // 12, pl.col("month") % 12 + 1
        told = pl.format("{}-{}", year.cast(pl.String).str.zfill(4), of_year.cast(pl.String).str.zfill(2))
        whole = pl.concat(parts, how="diagonal").group_by("unit", "month").agg(pl.exclude("unit", "month").sum())
        missing = [pl.lit(None, pl.Int64).alias(name) for name in TOTALS if name not in (*whole.columns, "register")]
        named = whole.with_columns(pl.lit(self.register.name).alias("register"), *missing)
        named = named.with_columns(told.alias("month"))
        return named.select(list(TOTALS)).sort("unit", "month", nulls_last=True)

    def _facts(self, side: str) -> list[pl.Expr]:
        """Of cases, what a total of facts holds on one side."""
        if self.register.name != "cases" or not {"closed_at", "received_at"} <= {*self.columns}:
            return []
        closed = pl.col("closed_at")
        found = {"closed": closed.is_not_null(), "seconds": (closed - pl.col("received_at")).dt.total_seconds()}
        if "due_at" in self.columns:
            found["on_time"] = closed <= pl.col("due_at")
        return [expression.sum().cast(pl.Int64).alias(f"{fact}_{side}") for fact, expression in found.items()]


def _not_among(places: pl.Series, height: int) -> pl.Series:
    """Which of so many rows are at none of these places."""
    found = np.ones(height, dtype=bool)
    found[places.to_numpy()] = False
    return pl.Series(found)


def _common(types: list[pl.DataType]) -> pl.DataType:
    """The type that both sides of a column have, or else text."""
    return types[0] if len(set(types)) == 1 else pl.String()


def _text(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return (
        value.dt.to_string("iso:strict").str.strip_suffix(".000000") if dtype.is_temporal() else value.cast(pl.String)
    )


def _format(lines: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The lines with those told apart that say the same in another way: of signs, or of an exact number."""
    if lines.is_empty():
        return lines
    column = register.column(lines["column"][0])
    if column is not None and column.type == "number":
        pairs = zip(lines["before"], lines["after"], strict=True)
        same = pl.Series([None not in (a, b) and exact(a) == exact(b) for a, b in pairs])
    else:
        plain = [pl.col(side).str.normalize("NFKC").str.strip_chars() for side in ("before", "after")]
        same = lines.select((plain[0] == plain[1]).fill_null(False)).to_series()
    return lines.with_columns(pl.when(same).then(pl.lit("format")).otherwise("class").alias("class"))
