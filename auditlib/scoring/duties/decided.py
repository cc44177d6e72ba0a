"""What the decision tables of a source give for the cases of a period."""

from __future__ import annotations

import polars as pl

from auditlib.scoring.duties.rows import DutyRows

__all__ = ["DECIDED", "decided"]

DECIDED = {"column": pl.String, "unit": pl.String, "value": pl.String, "count": pl.Int64}
"""The columns of what decision tables give: which table, the unit that has the cases, the value, how many cases."""


def decided(rows: DutyRows) -> pl.DataFrame:
    """What the decision tables that duties look at give, by unit; a value of null is undecided."""
    names = [
        name for name, column in rows.scheme.columns.get("cases", {}).items()
        if column.choose is not None and name in rows.needed["cases"]
    ]  # fmt: skip
    received = pl.col("received_at").is_between(rows.period.start, rows.period.end, closed="left")
    own = rows.cases.filter(received) if names else rows.cases.clear()
    counted = [
        own.group_by("unit", pl.col(name).cast(pl.String).alias("value")).len("count").select(
            pl.lit(name).alias("column"), "unit", "value", pl.col("count").cast(pl.Int64)
        )
        for name in names
    ]  # fmt: skip
    found = pl.concat(counted) if counted else pl.DataFrame(schema=DECIDED)
    return found.sort("column", "unit", "value", nulls_last=True)
