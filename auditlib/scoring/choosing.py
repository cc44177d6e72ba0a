"""What a decision table gives for a row."""

from __future__ import annotations

import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.decision import DecisionTable

__all__ = ["chosen"]


def chosen(table: DecisionTable) -> pl.Expr:
    """What a decision table gives for a row, null where it is undecided: rows that may fit, or several that do."""
    nothing = pl.lit(None, pl.String)
    fits = [
        (pl.lit(value=True) if row.when is None else parse_sql(row.when).expression, pl.lit(row.gives))
        for row in table.rows
    ]
    if table.hit == "first":
        found: pl.Expr = nothing
        for when, gives in reversed(fits):
            found = pl.when(when.is_null()).then(nothing).when(when).then(gives).otherwise(found)
        return found
    if table.hit == "highest":
        found = nothing
        for value in reversed(table.order):
            any_of = [when for when, row in zip((w for w, _ in fits), table.rows, strict=True) if row.gives == value]
            holds = pl.any_horizontal(any_of) if any_of else pl.lit(value=False)
            found = pl.when(holds.is_null()).then(nothing).when(holds).then(pl.lit(value)).otherwise(found)
        return found
    number = pl.sum_horizontal([when.fill_null(True).cast(pl.Int64) for when, _ in fits])
    sure = pl.coalesce([pl.when(when).then(gives) for when, gives in fits])
    return pl.when(number == 1).then(sure)
