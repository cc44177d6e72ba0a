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
    """Some rows of a table in the order of their cases: ``order`` has their places, ``first`` where in it each case
    begins and the last ends."""

    rows: pl.DataFrame
    order: Places = field(repr=False)
    first: Places = field(repr=False)

    @classmethod
    def of(cls, rows: pl.DataFrame, cases: int, order: Places | None = None) -> ByCase:
        """All ``rows``, or those of ``order``, which are sorted by their case already, among so many ``cases``."""
        order = np.arange(rows.height) if order is None else order
        counts = np.bincount(rows[NO].to_numpy()[order], minlength=cases + 1)  # one case more, which has none: no case
        return cls(rows, order, np.concatenate([[0], np.cumsum(counts)]))

    @property
    def most(self) -> int:
        """How many rows a case has at most."""
        return int(np.diff(self.first).max())

    @property
    def table(self) -> pl.DataFrame:
        """The rows themselves, in this order."""
        return self.rows[self.order]

    def pairs(self, numbers: pl.Series) -> tuple[Places, Places]:
        """Each row of a table, whose cases have these ``numbers``, with each row of the same case: the place there and
        among :attr:`rows`, in the order of both."""
        begin, count = self._spans(numbers)
        there = np.repeat(np.arange(len(count)), count)
        within = np.arange(len(there)) - np.repeat(np.cumsum(count) - count, count)
        return there, self.order[np.repeat(begin, count) + within]

    def nth(self, numbers: pl.Series, number: int) -> pl.Series:
        """For rows whose cases have these ``numbers`` the place among :attr:`rows` of the case's row after so many
        others, or null."""
        begin, count = self._spans(numbers)
        found = np.full(len(count), -1)
        has = count > number
        found[has] = self.order[begin[has] + number]
        return places(found)

    def _spans(self, numbers: pl.Series) -> tuple[Places, Places]:
        own = numbers.fill_null(len(self.first) - 2).to_numpy()
        return self.first[own], self.first[own + 1] - self.first[own]


def places(found: Places) -> pl.Series:
    """Places of rows, null in place of -1."""
    return pl.Series(found).to_frame("at").select(pl.when(pl.col("at") >= 0).then(pl.col("at"))).to_series()
