"""Columns of few different values, of which what holds for each value is found out once for all rows that have it."""

from __future__ import annotations

import polars as pl

__all__ = ["looked_at"]

BEGINNING, FEW = 1_000, 500
"""Of so many rows from the first on, up to so many are different in a column of few values: then so it goes on."""


def looked_at(values: pl.Series) -> pl.Series:
    """The values of a column that a look at all of them needs: each once where there are few, else as they stand."""
    if values.len() <= BEGINNING or values.head(BEGINNING).n_unique() > FEW:
        return values
    return values.unique()
