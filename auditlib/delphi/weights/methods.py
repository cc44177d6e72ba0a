"""Weights by every method that a panel's answers allow, side by side over the same items.

Rank-order centroids, fuzzy Delphi and AHP give importance inside each group of siblings; all are then divided by their
sum and multiplied down the tree, as means are. Sources: Barron and Barrett, Management Science 42 (1996) 1515-1523;
Klir and Yuan, Fuzzy Sets and Fuzzy Logic (1995), for triangles of minimum, geometric mean and maximum; Chen and Hsieh,
Graded mean integration representation, Tamsui Oxford J. Math. Sci. 15 (1999), for (l + 4m + u)/6; Forman and Peniwati,
Aggregating individual judgments and priorities, European J. of Operational Research 108 (1998) 165-169.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from auditlib.delphi.weights.ahp import RANDOM_INDEX, Priorities, priorities, reciprocal
from auditlib.delphi.weights.from_data import rank_order_centroid

__all__ = [
    "Aggregation", "Consistency", "Defuzzification", "centroid_shares", "defuzzified", "geometric_mean",
    "group_priorities", "joint_priorities", "triangle",
]  # fmt: skip

Aggregation = Literal["judgements", "priorities"]
Defuzzification = Literal["centroid", "graded_mean", "middle"]

SIGNIFICANT = 12
"""Digits that are kept of a root, so that every machine gives the same fraction."""

Upper = Mapping[tuple[int, int], Fraction]


@dataclass(frozen=True)
class Consistency:
    """How consistently one expert compared the items of one group, with the comparison that spoils it most, if any."""

    expert: str
    found: Priorities


def centroid_shares(importance: Mapping[str, Sequence[Fraction | None]]) -> dict[str, Fraction] | None:
    """The mean rank-order centroid weights of the items of a group over the experts who answered all of them: exact.

    ``importance`` by item, one an expert; more is better, and equal ones share their places. None where nobody did.
    """
    items = list(importance)
    shares: list[tuple[Fraction, ...]] = []
    for row in zip(*importance.values(), strict=True):
        known = [value for value in row if value is not None]
        if len(known) == len(items):
            shares.append(rank_order_centroid([1 + sum(other > value for other in known) for value in known]))
    if not shares:
        return None
    return {
        item: sum(column, Fraction(0)) / len(shares)
        for item, column in zip(items, zip(*shares, strict=True), strict=True)
    }


def triangle(importance: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction] | None:
    """The triangular fuzzy number of an item: minimum, geometric mean (to 12 digits), maximum; None without answers."""
    if not importance:
        return None
    mean = float(math.prod(importance, start=Fraction(1))) ** (1 / len(importance))
    low, high = min(importance), max(importance)
    return low, min(high, max(low, Fraction(f"{mean:.{SIGNIFICANT}g}"))), high


def defuzzified(fuzzy: tuple[Fraction, Fraction, Fraction], method: Defuzzification) -> Fraction:
    """One number for a triangle: its centroid (l + m + u)/3, its graded mean (l + 4m + u)/6, or its middle m."""
    low, middle, high = fuzzy
    if method == "middle":
        return middle
    return (low + middle + high) / 3 if method == "centroid" else (low + 4 * middle + high) / 6


def group_priorities(
    judgements: Mapping[str, Upper], items: int, how: Aggregation, random_index: Mapping[int, float] = RANDOM_INDEX
) -> tuple[tuple[Fraction, ...], tuple[Consistency, ...]] | None:
    """The priorities of a group of experts over so many items (sum 1), and each expert's consistency.

    ``judgements`` by expert, above the diagonal. Geometric means of the judgements (one matrix for all), or of the
    experts' own priorities; CR by ``random_index``. None where nobody compared them. Raises
    :class:`ValueError` for more than 15 items.
    """
    if items == 1:
        return (Fraction(1),), ()
    if not judgements:
        return None
    own = {expert: priorities(reciprocal(upper, items), random_index) for expert, upper in judgements.items()}
    if how == "judgements":
        joint = joint_priorities(judgements, items, random_index)
        found = [Fraction(f"{weight:.{SIGNIFICANT}g}") for weight in joint.weights]
    else:
        found = [geometric_mean([one.weights[place] for one in own.values()]) for place in range(items)]
    return tuple(weight / sum(found) for weight in found), tuple(Consistency(e, one) for e, one in own.items())


def joint_priorities(
    judgements: Mapping[str, Upper], items: int, random_index: Mapping[int, float] = RANDOM_INDEX
) -> Priorities:
    """The priorities and the consistency of one matrix for all: the geometric means of the experts' ``judgements``.

    Its CR is at most the largest of the experts' own (Xu, European J. of Operational Research 126 (2000) 683-687).
    """
    pairs = next(iter(judgements.values()))
    upper = {pair: geometric_mean([float(one[pair]) for one in judgements.values()]) for pair in pairs}
    return priorities(reciprocal(upper, items), random_index)


def geometric_mean(values: Sequence[float | Fraction]) -> Fraction:
    """The geometric mean of positive numbers, to 12 significant digits."""
    mean = math.exp(math.fsum(map(math.log, values)) / len(values))
    return Fraction(f"{mean:.{SIGNIFICANT}g}")
