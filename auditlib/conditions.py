"""Conditions on rows: SQL expressions, parsed by Polars' own parser, which cannot read files or run code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

__all__ = ["CLOCK_COLUMNS", "Condition", "parse_sql"]

CLOCK_COLUMNS = ("as_of", "period_start", "period_end")
"""Columns that stand beside those of every register: when we look, and the bounds of the period."""

# Polars would spread the result of an aggregate over all rows, so that a row's points hung on its neighbours.
ACROSS_ROWS = re.compile(
    r"\b(count|sum|avg|mean|min|max|first|last|median|stdev|stddev|std|variance|var|quantile_cont|quantile_disc|corr|covar)\s*\("
    r"|\bover\s*\(",
    re.IGNORECASE,
)
QUOTED = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True)
class Condition:
    """A parsed SQL expression over the columns of one row, and which of the register's columns it reads."""

    sql: str
    expression: pl.Expr = field(compare=False)
    columns: tuple[str, ...]


@lru_cache(maxsize=4096)
def parse_sql(sql: str) -> Condition:
    """The condition that ``sql`` writes. Raises :class:`ValueError` where it is not one expression over one row."""
    across = ACROSS_ROWS.search(QUOTED.sub("''", sql))
    if across:
        raise ValueError(f"found {across.group(0).rstrip('( ')} in {sql!r}, expected an expression over one row")
    try:
        expression = pl.sql_expr(sql)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"found {sql!r}, which is not an SQL expression: {str(error).splitlines()[0]}") from None
    names = dict.fromkeys(expression.meta.root_names())
    return Condition(sql, expression, tuple(name for name in names if name not in CLOCK_COLUMNS))
