"""What each row adds to the measures: rows that add the same are one pattern, with their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import polars as pl

from auditlib.scoring.counting import Counter
from auditlib.scoring.selection import ROW, Selection, moment

__all__ = ["INSIDE", "Patterns", "patterns_of"]

INSIDE = "\x00inside"


@dataclass(frozen=True)
class Patterns:
    """Rows by what they add: ``unit``, :data:`INSIDE` (whether the period holds them), ``rows``, a column a measure.

    What a measure adds is to be divided by its entry in ``scales``.
    """

    table: pl.DataFrame
    scales: dict[str, int]


class _Rows(Selection):
    def additions(self, register: str, names: Sequence[str]) -> pl.LazyFrame:
        at = self.scheme.known_registers[register].at or ""
        key = self.key(register)
        own = self._validity.rows(self.registers, register)  # where nothing but duties counts the rows
        frame = self.frame(register, list(names), extra=[*key.meta.root_names(), at]) if names else own
        inside = (pl.col(at) >= moment(self.period.start)) & (pl.col(at) < moment(self.period.end))
        return frame.select(
            "unit", key.alias(ROW), (inside & (pl.col(at) <= moment(self.as_of))).alias(INSIDE),
            *(self._addition(name).alias(name) for name in names),
        )  # fmt: skip

    def _addition(self, name: str) -> pl.Expr:
        measure = self.scheme.measures[name]
        amount = pl.lit(1) if measure.sum is None else self._summed(measure.sum)
        return pl.when(self._selects(name)).then(amount).otherwise(0).fill_null(0).cast(pl.Int64)

    def whole(self, name: str) -> bool:
        """Whether rows add whole numbers to a measure.

        Different values, medians and greatest values are no sums, and marks that people write as fractions are not
        taken apart.
        """
        measure = self.scheme.measures[name]
        return measure.column is None or (measure.sum is not None and not self._is_written(measure))

    def scale(self, name: str) -> int:
        return self._scale(name)


def patterns_of(counter: Counter, register: str, more: pl.LazyFrame | None = None) -> Patterns:
    """The patterns of the rows of a register, over all its measures that add whole numbers.

    ``more`` has further additions by ``unit`` and the row's key, in the column :data:`ROW`.
    """
    rows = _Rows(**{field.name: getattr(counter, field.name) for field in fields(Selection) if field.init})
    named = [name for name, one in counter.scheme.measures.items() if one.register_ == register and rows.whole(name)]
    frame = rows.additions(register, named)
    others = [] if more is None else [name for name in more.collect_schema().names() if name not in ("unit", ROW)]
    if more is not None:
        frame = frame.join(more, on=["unit", ROW], how="left").with_columns(
            pl.col(name).fill_null(0) for name in others
        )
    table = frame.group_by("unit", INSIDE, *named, *others).agg(pl.len().alias("rows"))
    found = table.collect(engine="streaming").sort(pl.all(), nulls_last=True)
    scales = {name: rows.scale(name) for name in named} | dict.fromkeys(others, 1)
    return Patterns(found.select("unit", INSIDE, "rows", *named, *others), scales)
