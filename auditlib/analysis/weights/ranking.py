"""Ranks of many weightings at once, without rounding noise.

Values and weights are brought to whole numbers so small that every product and sum is exact in double precision.
The same ranks come out whatever the order in which a machine adds, and units with equal values are always tied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

__all__ = ["Places", "Ranker"]

VALUE_BITS = 26
"""Values with more digits than this are rounded: one part in 67 million of the widest range of an indicator."""
WEIGHT_BITS = 40
EXACT_BITS = 53
"""Whole numbers below 2**53 are exact in double precision."""
KEY_BITS = 62


@dataclass(frozen=True)
class Places:
    """The places of the units, a row a weighting and a column a unit, counted from 0 at the top.

    Units with equal totals stand on all the places from ``first`` to ``last``; alone, both are the same. The rank
    is ``first`` + 1.
    """

    first: NDArray[np.unsignedinteger]
    last: NDArray[np.unsignedinteger]


class Ranker:
    """Ranks units by weighted sums of ``values`` (a row a unit, a column an indicator), highest first.

    Where ``tie_within_rounding``, totals that differ by no more than the rounding of the weights explains are
    tied: right for weights that take few values, where equal totals are likely. Otherwise totals are tied only
    where they are equal after rounding, in practice where the units have equal values.
    """

    def __init__(self, values: Sequence[Sequence[Fraction]], *, tie_within_rounding: bool) -> None:
        shortfalls, rounded = _whole_shortfalls(values)
        widest = max(map(max, shortfalls))
        self._units = len(shortfalls)
        self._unit_bits = (self._units - 1).bit_length()
        # Weights add up to at most twice their scale, since none is rounded to 0.
        room = min(EXACT_BITS, KEY_BITS - self._unit_bits) - widest.bit_length() - 1
        self._scale = 2.0 ** min(room, WEIGHT_BITS)
        self._shortfalls = np.ascontiguousarray(np.array(shortfalls, dtype=np.float64).T)
        spread = sum(map(max, zip(*shortfalls, strict=True)))
        self._tolerance = spread + (2 * int(self._scale) if rounded else 0) if tie_within_rounding else 0
        self._place: NDArray[np.unsignedinteger] = np.arange(self._units).astype(np.min_scalar_type(self._units))

    def places(self, weights: NDArray[np.float64]) -> Places:
        """The places under each row of ``weights``."""
        units, shortfalls = self._sorted(weights)
        here = units + np.arange(len(units))[:, None] * self._units
        first = np.empty(here.size, self._place.dtype)
        first[here] = self._place
        apart = np.diff(shortfalls, axis=1) > self._tolerance
        tied = np.flatnonzero(~apart.all(axis=1))
        last = first
        if tied.size:
            last = first.copy()
            first[here[tied]], last[here[tied]] = self._tied_places(apart[tied])
        return Places(first.reshape(units.shape), last.reshape(units.shape))

    def _sorted(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The units from the top down, and how far each falls short.

        Both are sorted as one number with the unit in its low bits: nearly twice as fast as sorting indices.
        """
        whole = np.rint(weights * self._scale)
        # A weight above 0 stays above 0, so that a unit that is better in one indicator alone stays above.
        np.maximum(whole, weights > 0, out=whole)
        keys = (whole @ self._shortfalls).astype(np.int64)
        keys <<= self._unit_bits
        keys |= np.arange(self._units)
        keys.sort(axis=1)
        return keys & ((1 << self._unit_bits) - 1), keys >> self._unit_bits

    def _tied_places(self, apart: NDArray[np.bool_]) -> tuple[NDArray[np.unsignedinteger], NDArray[np.unsignedinteger]]:
        """The first and last place of each unit in sorted order; ``apart`` says where a unit's total ends."""
        edge = np.ones((len(apart), 1), dtype=bool)
        starts, ends = np.hstack([edge, apart]), np.hstack([apart, edge])
        first = np.maximum.accumulate(np.where(starts, self._place, 0), axis=1)
        last = np.minimum.accumulate(np.where(ends, self._place, self._units)[:, ::-1], axis=1)[:, ::-1]
        return first, last


def _whole_shortfalls(values: Sequence[Sequence[Fraction]]) -> tuple[list[list[int]], bool]:
    """How far each value stays under the best of its indicator, in whole numbers, and whether they are rounded."""
    best = [max(column) for column in zip(*values, strict=True)]
    exact = [[most - value for most, value in zip(best, row, strict=True)] for row in values]
    unit = lcm(*(value.denominator for row in exact for value in row))
    widest = max(map(max, exact))
    rounded = widest * unit >= 1 << VALUE_BITS
    scale = Fraction((1 << VALUE_BITS) - 1) / widest if rounded else Fraction(unit)
    return [[round(value * scale) for value in row] for row in exact], rounded
