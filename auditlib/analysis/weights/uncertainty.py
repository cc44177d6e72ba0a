"""What random weightings say of ranks: intervals, chances of places, who stands above whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.core.errors import InputError

__all__ = ["PlaceAtRisk", "RankUncertainty"]

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class PlaceAtRisk:
    """A unit among the top or bottom N in force, and how often it would lose what it has."""

    unit: str
    rank: int
    changes_hands: float
    """The share of draws in which it does not have this rank."""
    drops_out: float
    """The share of draws in which it is not among the N."""


@dataclass(frozen=True, eq=False)
class RankUncertainty:
    """The ranks of ``units`` in ``draws`` random weightings, beside their ranks in force.

    Units with equal totals share the better rank. ``first`` counts how often each unit (row) has each rank
    (column, from 1 on); ``last`` counts the lowest place of its tie, which is the same where it stands alone.
    ``above`` counts how often each of ``compared`` (row) stands above each (column). ``totals`` has the totals of
    the first 16384 draws, a row a draw and a column a unit. Shares estimated from n draws have a standard error
    of at most 0.5/√n.
    """

    units: tuple[str, ...]
    in_force: tuple[int, ...]
    draws: int
    seed: int
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    compared: tuple[str, ...]
    above: NDArray[np.int64]
    totals: Shares

    def rank_interval(self, level: float = 0.9) -> NDArray[np.int64]:
        """The ranks between which each unit lies in the middle ``level`` of the draws: a row a unit, best and worst.

        Level 0.9 leaves at most 5 % of the draws on either side; level 1 is the full range.
        """
        if not 0 < level <= 1:
            raise InputError.at("rank interval", "level", f"found {level}, expected above 0 and at most 1")
        # Rounded, so that (1 − 0.9)/2 of 1000 draws is 50 and not 49.999….
        outside = round((1 - level) / 2 * self.draws, 6)
        reached = np.cumsum(self.first, axis=1)
        from_below = np.cumsum(self.first[:, ::-1], axis=1)
        best = np.argmax(reached > outside, axis=1)
        worst = len(self.units) - 1 - np.argmax(from_below > outside, axis=1)
        return np.column_stack([best, worst]) + 1

    def expected_rank(self) -> Shares:
        """The mean rank of each unit."""
        return self.first @ np.arange(1, len(self.units) + 1) / self.draws

    def total_quantiles(self, levels: Sequence[float]) -> Shares:
        """The quantiles of each unit's total (row) at ``levels`` (column)."""
        return np.quantile(self.totals, levels, axis=0).T

    def top(self, number: int) -> Shares:
        """The probability of each unit of being among the top ``number``: a rank up to it, ties included."""
        return self._times_in_top(number) / self.draws

    def bottom(self, number: int) -> Shares:
        """The probability of each unit of being among the bottom ``number``: fewer than that stand below it."""
        return self._times_in_bottom(number) / self.draws

    def probability_above(self) -> Shares:
        """For each of ``compared`` (row) the probability of standing above each (column).

        What ``p[a, b]`` and ``p[b, a]`` leave of 1 is the probability of a tie.
        """
        return self.above / self.draws

    def top_at_risk(self, number: int) -> tuple[PlaceAtRisk, ...]:
        """The units among the top ``number`` in force, best first, with the risk of each place."""
        return self._at_risk([rank <= number for rank in self.in_force], self._times_in_top(number))

    def bottom_at_risk(self, number: int) -> tuple[PlaceAtRisk, ...]:
        """The units among the bottom ``number`` in force, best first, with the risk of each place."""
        below = [sum(other > rank for other in self.in_force) for rank in self.in_force]
        return self._at_risk([count < number for count in below], self._times_in_bottom(number))

    def _times_in_top(self, number: int) -> NDArray[np.int64]:
        self._require_places(number)
        return self.first[:, :number].sum(axis=1)

    def _times_in_bottom(self, number: int) -> NDArray[np.int64]:
        self._require_places(number)
        return self.last[:, -number:].sum(axis=1)

    def _at_risk(self, among: Sequence[bool], stays: NDArray[np.int64]) -> tuple[PlaceAtRisk, ...]:
        places = [
            PlaceAtRisk(
                unit,
                rank,
                changes_hands=float((self.draws - self.first[row, rank - 1]) / self.draws),
                drops_out=float((self.draws - stays[row]) / self.draws),
            )
            for row, (unit, rank) in enumerate(zip(self.units, self.in_force, strict=True))
            if among[row]
        ]
        return tuple(sorted(places, key=lambda place: (place.rank, place.unit)))

    def _require_places(self, number: int) -> None:
        if not 1 <= number <= len(self.units):
            raise InputError.at("ranks", "number", f"found {number}, expected 1 to {len(self.units)} units")
