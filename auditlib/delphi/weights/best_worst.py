"""Weights from comparisons with the best and the worst item alone: the best-worst method (BWM).

Sources: Rezaei, Best-worst multi-criteria decision-making method, Omega 53 (2015) 49-57, for the comparisons, ξ* and
the consistency ratio; Rezaei, Some properties and a linear model, Omega 64 (2016) 126-130, for the weights, of which
that model has one solution; Liang, Brunelli and Rezaei, Consistency issues in the best worst method, Omega 96 (2020)
102175, for the ratio from the comparisons themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

__all__ = ["BestWorst", "BestWorstPriorities", "best_worst_faults", "best_worst_priorities", "mean_priorities"]

DENOMINATOR = 10**7
"""Solutions of these small programs with whole numbers have denominators far below this one."""
SIGNIFICANT = 12
HALVINGS = 60


@dataclass(frozen=True)
class BestWorst:
    """The comparisons of one judge over items counted from 0.

    ``best_over[j]`` says how many times more important the ``best`` item is than item j, ``over_worst[j]`` how many
    times more important item j is than the ``worst`` one; both are 1 for the item itself.
    """

    best: int
    worst: int
    best_over: tuple[Fraction, ...]
    over_worst: tuple[Fraction, ...]


@dataclass(frozen=True)
class BestWorstPriorities:
    """The weights (sum 1, exact where they can be), and how consistent the comparisons are.

    ``xi_linear`` is the ξ of the linear model, ``xi`` ξ* of the first model, ``CR`` is ξ* over the consistency index of
    a_BW: 0 for consistent comparisons, 1 for the worst possible. ``input_CR`` is the largest |a_Bj · a_jW − a_BW| over
    a_BW² − a_BW; ``spoils`` the item that it belongs to, None where the comparisons are consistent.
    """

    weights: tuple[Fraction, ...]
    xi_linear: Fraction
    xi: float
    CR: float
    input_CR: Fraction
    spoils: int | None


def best_worst_faults(judged: BestWorst) -> Iterator[str]:
    """Everything that keeps the comparisons from being those of a best and a worst item: a sentence each, or none."""
    n = len(judged.best_over)
    if len(judged.over_worst) != n or not (0 <= judged.best < n and 0 <= judged.worst < n):
        yield f"found {n} and {len(judged.over_worst)} comparisons, expected one for each item in both"
        return
    if n > 1 and judged.best == judged.worst:
        yield "found the same item as best and as worst, expected two"
    small = [value for value in (*judged.best_over, *judged.over_worst) if value < 1]
    if small:
        yield f"found {small[0]}, expected comparisons of 1 or more"
    if judged.best_over[judged.best] != 1 or judged.over_worst[judged.worst] != 1:
        yield "found the best or the worst item over itself other than 1"
    there, back = judged.best_over[judged.worst], judged.over_worst[judged.best]
    if there != back:
        yield f"found {there} and {back} for the best over the worst item, expected the same twice"


def best_worst_priorities(judged: BestWorst) -> BestWorstPriorities:
    """The weights by the linear model, and both ratios. Raises :class:`ValueError` with all faults."""
    if faults := list(best_worst_faults(judged)):
        raise ValueError("; ".join(faults))
    whole = judged.best_over[judged.worst]
    weights, xi_linear = _linear(judged)
    xi, spread = _xi(judged), whole * whole - whole
    apart = {
        place: abs(there * back - whole)
        for place, (there, back) in enumerate(zip(judged.best_over, judged.over_worst, strict=True))
        if place not in (judged.best, judged.worst)
    }
    most = max(apart.values(), default=Fraction(0))
    spoils = next((place for place, value in apart.items() if value == most), None) if most else None
    index = ((1 + 2 * float(whole)) - math.sqrt(1 + 8 * float(whole))) / 2
    # Where the best is no more important than the worst item, all are alike or the comparisons contradict themselves.
    CR = xi / index if index else float("inf") if xi else 0.0
    return BestWorstPriorities(weights, xi_linear, xi, CR, most / spread if spread else most, spoils)


def _rows(judged: BestWorst) -> Iterator[dict[int, Fraction]]:
    """What the linear model keeps within ξ either way: w_B − a_Bj w_j, w_j − a_jW w_W, by the places of weights."""
    for place in range(len(judged.best_over)):
        if place != judged.best:
            yield {judged.best: Fraction(1), place: -judged.best_over[place]}
        if place not in (judged.best, judged.worst):
            yield {place: Fraction(1), judged.worst: -judged.over_worst[place]}


def _linear(judged: BestWorst) -> tuple[tuple[Fraction, ...], Fraction]:
    """Weights and ξ that minimise ξ, as fractions where these fit exactly, else to 12 significant digits."""
    n, rows = len(judged.best_over), list(_rows(judged))
    if n == 1:
        return (Fraction(1),), Fraction(0)
    matrix = []
    for row in rows:
        cells = [float(row.get(place, 0)) for place in range(n)]
        matrix += [[*cells, -1.0], [*(-cell for cell in cells), -1.0]]
    found = linprog(
        [0.0] * n + [1.0], A_ub=np.array(matrix), b_ub=np.zeros(len(matrix)), A_eq=np.array([[1.0] * n + [0.0]]),
        b_eq=np.array([1.0]), bounds=[(0, None)] * (n + 1), method="highs",
    )  # fmt: skip
    values = [] if found.x is None else [float(value) for value in found.x]
    if not values:  # the program always has a solution; a solver that finds none is broken
        raise ValueError(f"found no weights ({found.message}), expected some for every judge")
    exact = [Fraction(value).limit_denominator(DENOMINATOR) for value in values]
    weights, xi = exact[:-1], exact[-1]
    kept = max(abs(sum((a * weights[place] for place, a in row.items()), Fraction(0))) for row in rows)
    if sum(weights) == 1 and kept == xi:
        return tuple(weights), xi
    rounded = [Fraction(f"{value:.{SIGNIFICANT}g}") for value in values]
    return tuple(weight / sum(rounded[:-1]) for weight in rounded[:-1]), rounded[-1]


def _xi(judged: BestWorst) -> float:
    """ξ* of the first model: the least ξ with a w_B / w_W that is within ξ of a_BW and that every item allows.

    Item j allows what lies between (a_Bj − ξ)(a_jW − ξ) and (a_Bj + ξ)(a_jW + ξ). Found by halving.
    """
    whole = float(judged.best_over[judged.worst])
    pairs = [
        (float(there), float(back))
        for place, (there, back) in enumerate(zip(judged.best_over, judged.over_worst, strict=True))
        if place not in (judged.best, judged.worst)
    ]

    def fits(xi: float) -> bool:
        low = max([whole - xi, *(max(0.0, there - xi) * max(0.0, back - xi) for there, back in pairs)])
        high = min([whole + xi, *((there + xi) * (back + xi) for there, back in pairs)])
        return low <= high

    if fits(0.0):
        return 0.0
    least, most = 0.0, max([whole, *map(max, pairs)])
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        least, most = (least, middle) if fits(middle) else (middle, most)
    return most


def mean_priorities(vectors: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    """The mean of the experts' weights item by item, exactly."""
    return tuple(sum(column, Fraction(0)) / len(vectors) for column in zip(*vectors, strict=True))
