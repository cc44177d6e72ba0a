"""Rows in the order of their cases, found by the number of the case: a place in an array in place of a join."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["NO", "ByCase", "Places", "places"]

NO = "\x00no"
"""The number of the case of a row: its place among the cases; null for a row of no case."""
Places = NDArray[np.int64]
"""Places of rows in a table."""


@dataclass(frozen=True)
class ByCase:
    """The rows of a table sorted by :data:`NO`, of which none is null; ``first`` is the place of each case's first row,
    and of the end."""

    rows: pl.DataFrame
    first: Places = field(repr=False)

    @classmethod
    def of(cls, rows: pl.DataFrame, cases: int) -> ByCase:
        """The same for ``rows`` that are sorted already, among so many ``cases``."""
        counts = np.bincount(rows[NO].to_numpy(), minlength=cases + 1)  # one case more, which has none: that of no case
        return cls(rows, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))

    @property
    def most(self) -> int:
        """How many rows a case has at most."""
        return int(np.diff(self.first).max())

    def pairs(self, numbers: pl.Series) -> tuple[Places, Places]:
        """Each row of a table, whose cases have these ``numbers``, with each row of the same case: the place there and
        here, in the order of both."""
        begin, count = self._spans(numbers)
        there = np.repeat(np.arange(len(count)), count)
        within = np.arange(len(there)) - np.repeat(np.cumsum(count) - count, count)
        return there, np.repeat(begin, count) + within

    def nth(self, numbers: pl.Series, place: int) -> pl.Series:
        """For rows whose cases have these ``numbers`` the place of the case's row after so many others, or null."""
        begin, count = self._spans(numbers)
        return places(np.where(count > place, begin + place, -1))

    def _spans(self, numbers: pl.Series) -> tuple[Places, Places]:
        own = numbers.fill_null(len(self.first) - 2).to_numpy()
        return self.first[own], self.first[own + 1] - self.first[own]


def places(found: Places) -> pl.Series:
    """Places of rows, null in place of -1."""
    return pl.Series(found).to_frame("at").select(pl.when(pl.col("at") >= 0).then(pl.col("at"))).to_series()
