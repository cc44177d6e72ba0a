"""Weights without marks of importance: from ranks, from the data that the items produce, and combined ones.

A matrix of data has one row a unit (alternative) and one column an item (criterion).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Combination", "combine", "critic", "entropy", "rank_order_centroid"]

Combination = Literal["additive", "multiplicative"]

ROUNDING_ERROR = 1e-12
"""A conflict this near to 0 is none."""


def rank_order_centroid(ranks: Sequence[int]) -> tuple[Fraction, ...]:
    """Exact weights of items by rank of importance (1 = first): rank k of n has (1/n) Σ_{i=k…n} 1/i.

    Items of equal rank (1, 2, 2, 4) share the mean of the places that they take. Raises :class:`ValueError` for ranks
    that are not so. Source: Barron and Barrett, Decision quality using ranked attribute weights, Management Science 42
    (1996) 1515-1523.
    """
    n = len(ranks)
    expected = [1 + sum(other < rank for other in ranks) for rank in ranks]
    if list(ranks) != expected or not ranks:
        raise ValueError(f"found the ranks {list(ranks)}, expected {expected or 'at least one'}")
    places = [sum((Fraction(1, i) for i in range(k, n + 1)), Fraction(0)) / n for k in range(1, n + 1)]
    return tuple(
        sum(places[rank - 1 : rank - 1 + ranks.count(rank)], Fraction(0)) / ranks.count(rank) for rank in ranks
    )


def entropy(data: ArrayLike) -> tuple[float, ...]:
    """Entropy weights (熵权法): an item on which the units differ more weighs more.

    p_ij = x_ij / Σ_i x_ij, e_j = −Σ_i p_ij ln p_ij / ln m, w_j = (1 − e_j) / Σ (1 − e_k), with 0 ln 0 = 0. Source:
    Hwang and Yoon, Multiple Attribute Decision Making (1981), section 3.2, after Shannon (1948). Raises
    :class:`ValueError` for fewer than two units, missing or negative data, columns of zeros, or nothing that varies.
    """
    table = _table(data)
    if (table < 0).any() or not table.sum(axis=0).all():
        raise ValueError("found negative data or a column of zeros, expected shares of a positive sum")
    varies = np.ptp(table, axis=0) > 0
    if not varies.any():
        raise ValueError("found only constant columns, expected an item on which the units differ")
    shares = table / table.sum(axis=0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    diversity = np.where(varies, 1 + (shares * logs).sum(axis=0) / np.log(len(table)), 0)
    return tuple(map(float, diversity / diversity.sum()))


def critic(data: ArrayLike, costs: Sequence[bool] | None = None) -> tuple[float, ...]:
    """CRITIC weights: an item weighs by its contrast and by its conflict with the others.

    Columns scaled to [0, 1] (turned round where ``costs`` says that less is better), C_j = σ_j Σ_k (1 − r_jk) with
    Pearson's r, w_j = C_j / Σ C. Source: Diakoulaki, Mavrotas and Papayannakis, Determining objective weights in
    multiple criteria problems: the CRITIC method, Computers & Operations Research 22 (1995) 763-770. Raises
    :class:`ValueError` for fewer than two units or items, missing data, constant columns, or no conflict at all.
    """
    table = _table(data)
    spans = np.ptp(table, axis=0)
    if table.shape[1] < 2 or not spans.all():
        raise ValueError("found a single or a constant column, expected items on which the units differ")
    scaled = (table - table.min(axis=0)) / spans
    if costs is not None:
        if len(costs) != table.shape[1]:
            raise ValueError(f"found {len(costs)} costs, expected one for each of {table.shape[1]} items")
        scaled = np.where(np.asarray(costs), 1 - scaled, scaled)
    conflict = (1 - np.corrcoef(scaled, rowvar=False)).sum(axis=0)
    if (conflict < ROUNDING_ERROR).all():
        raise ValueError("found columns that all rise and fall together, expected some conflict")
    information = scaled.std(axis=0) * conflict
    return tuple(map(float, information / information.sum()))


def combine(
    vectors: Sequence[Sequence[Fraction]], method: Combination, shares: Sequence[Fraction] | None = None
) -> tuple[Fraction, ...]:
    """One vector of weights from several over the same items, each first divided by its sum: exact, sum 1.

    ``additive``: Σ share · vector, with ``shares`` that sum to 1 (default equal). ``multiplicative``: the products
    (乘法合成归一), divided by their sum; it takes no shares. Weights in floats enter as ``Fraction(weight)``.
    Raises :class:`ValueError` with everything that does not fit.
    """
    faults = []
    if not vectors or len({len(vector) for vector in vectors}) > 1:
        faults.append(f"found vectors of {[len(vector) for vector in vectors]} weights, expected the same items in all")
    if any(weight < 0 for vector in vectors for weight in vector) or not all(map(sum, vectors)):
        faults.append("found a negative weight or a vector of zeros, expected weights with a positive sum")
    if shares is not None and method == "multiplicative":
        faults.append("found shares, expected none for the multiplicative combination")
    if shares is not None and (len(shares) != len(vectors) or any(share < 0 for share in shares) or sum(shares) != 1):
        found = ", ".join(map(str, shares))
        faults.append(f"found the shares {found}, expected one of 0 or more for each vector, with the sum 1")
    if faults:
        raise ValueError("; ".join(faults))
    normed = [[weight / sum(vector) for weight in vector] for vector in vectors]
    if method == "additive":
        parts = shares if shares is not None else [Fraction(1, len(vectors))] * len(vectors)
        return tuple(sum(map(operator.mul, parts, column), Fraction(0)) for column in zip(*normed, strict=True))
    products = [math.prod(column, start=Fraction(1)) for column in zip(*normed, strict=True)]
    if not any(products):
        raise ValueError("found no item that every vector gives weight, expected one to multiply")
    return tuple(product / sum(products) for product in products)


def _table(data: ArrayLike) -> NDArray[np.float64]:
    table = np.asarray(data, dtype=np.float64)
    if table.ndim != 2 or len(table) < 2 or not np.isfinite(table).all():
        raise ValueError("found missing or too few data, expected at least two units (rows) by items (columns)")
    return table
