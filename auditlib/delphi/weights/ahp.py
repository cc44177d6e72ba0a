"""Weights from pairwise comparisons: the analytic hierarchy process (层次分析法).

Source: Saaty, The Analytic Hierarchy Process (McGraw-Hill 1980).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["ACCEPTABLE", "RANDOM_INDEX", "Comparison", "Priorities", "judgement_faults", "priorities", "reciprocal"]

Judgements = Sequence[Sequence[Fraction]]
"""Row i, column j: how many times more important item i is than item j."""

RANDOM_INDEX = dict(
    enumerate([0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59], start=1)
)
"""The mean CI of random matrices by their size: Saaty (1980), p. 21."""

ACCEPTABLE = 0.1
"""Judgements with a CR of this or more should be thought over: Saaty (1980)."""

ROUNDING_ERROR = 1e-9
"""A λmax this near to n is n: the judgements are consistent."""


@dataclass(frozen=True)
class Comparison:
    """The comparison of items ``row`` and ``column`` (counted from 0) that spoils consistency most.

    ``given`` by the judge; ``implied`` by all other comparisons; ``CR`` what the consistency ratio would be with the
    implied value instead (Harker, Mathematical Modelling 9 (1987) 353-360, leaves a comparison out in this way).
    """

    row: int
    column: int
    given: Fraction
    implied: float
    CR: float


@dataclass(frozen=True)
class Priorities:
    """Weights (sum 1), λmax, consistency index CI = (λmax − n)/(n − 1), ratio CR = CI / RI; acceptable below 0.1.

    One or two items cannot be inconsistent: CR is 0. ``worst`` is None where the judgements agree entirely, and for
    three items, of which every comparison contradicts the two others alike.
    """

    weights: tuple[float, ...]
    lambda_max: float
    CI: float
    CR: float
    acceptable: bool
    worst: Comparison | None


def judgement_faults(judgements: Judgements, names: Sequence[str]) -> tuple[str, ...]:
    """Everything that keeps ``judgements`` from being a reciprocal matrix over ``names``: a sentence each, or none."""
    n = len(names)
    if len(judgements) != n or any(len(row) != n for row in judgements):
        sizes = ", ".join(str(len(row)) for row in judgements)
        return (f"found {len(judgements)} rows of {sizes} judgements, expected {n} rows of {n}",)
    faults = [
        f"found {judgements[i][k]} for {names[i]} over {names[k]}, expected more than 0"
        for i in range(n)
        for k in range(n)
        if judgements[i][k] <= 0
    ]
    faults += [
        f"found {judgements[i][i]} for {names[i]} over itself, expected 1"
        for i in range(n)
        if judgements[i][i] > 0 and judgements[i][i] != 1
    ]
    for i, k in combinations(range(n), 2):
        there, back = judgements[i][k], judgements[k][i]
        if there > 0 and back > 0 and there * back != 1:
            faults.append(
                f"found {there} for {names[i]} over {names[k]} and {back} for {names[k]} over {names[i]}, "
                f"expected {1 / there} for the second"
            )
    return tuple(faults)


def reciprocal(upper: Mapping[tuple[int, int], Fraction], n: int) -> tuple[tuple[Fraction, ...], ...]:
    """The matrix of ``n`` items from the judgements above its diagonal, by row and column counted from 0.

    Raises :class:`ValueError` with every missing, surplus and not positive judgement.
    """
    pairs = list(combinations(range(n), 2))
    faults = [f"found no judgement of items {i} and {k}" for i, k in pairs if (i, k) not in upper]
    faults += [
        f"found a judgement of items {i} and {k}, expected 0 ≤ row < column < {n}" for i, k in upper.keys() - pairs
    ]
    faults += [
        f"found {value} for items {i} and {k}, expected more than 0" for (i, k), value in upper.items() if value <= 0
    ]
    if faults:
        raise ValueError("; ".join(sorted(faults)))
    one = Fraction(1)
    return tuple(
        tuple(one if i == k else upper[i, k] if i < k else 1 / upper[k, i] for k in range(n)) for i in range(n)
    )


def priorities(judgements: Judgements, random_index: Mapping[int, float] = RANDOM_INDEX) -> Priorities:
    """The weights of a reciprocal matrix of judgements: its principal eigenvector; CR by ``random_index``.

    Raises :class:`ValueError` with all of :func:`judgement_faults`, or for no items or more than Saaty's 15.
    """
    n = len(judgements)
    if n not in random_index:
        raise ValueError(f"found judgements of {n} items, expected 1 to {max(random_index)}")
    if faults := judgement_faults(judgements, [str(position + 1) for position in range(n)]):
        raise ValueError("; ".join(faults))
    matrix = np.array([[float(value) for value in row] for row in judgements])
    lambda_max, weights = _principal(matrix)
    CI, CR = _consistency(lambda_max, n, random_index)
    worst = None if n < 4 or lambda_max - n < ROUNDING_ERROR else _worst(judgements, matrix, random_index)
    return Priorities(tuple(map(float, weights)), lambda_max, CI, CR, CR < ACCEPTABLE, worst)


def _principal(matrix: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """The largest eigenvalue, which is real for a positive matrix, and its eigenvector with sum 1."""
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    return float(values[largest].real), vector / vector.sum()


def _consistency(lambda_max: float, n: int, random_index: Mapping[int, float]) -> tuple[float, float]:
    if n < 3:
        return 0.0, 0.0
    CI = max(0.0, (lambda_max - n) / (n - 1))
    return CI, CI / random_index[n]


def _worst(judgements: Judgements, matrix: NDArray[np.float64], random_index: Mapping[int, float]) -> Comparison:
    """The comparison without which the others are most consistent.

    A comparison left out is 0 off the diagonal and 1 more on it: the eigenvector then is that of the matrix completed
    with the quotient of its weights, and so is λmax.
    """
    n = len(matrix)
    without = []
    for i, k in combinations(range(n), 2):
        reduced = matrix.copy()
        reduced[i, k] = reduced[k, i] = 0
        reduced[i, i] = reduced[k, k] = 2
        lambda_max, weights = _principal(reduced)
        CR = _consistency(lambda_max, n, random_index)[1]
        without.append(Comparison(i, k, judgements[i][k], float(weights[i] / weights[k]), CR))
    return min(without, key=lambda comparison: round(comparison.CR, 12))
