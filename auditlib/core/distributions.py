"""Tails of the distributions that audits need, exact where a decision hangs on them.

Each tail is a :class:`fractions.Fraction`. :func:`at_most` decides a comparison with a threshold by floats where these
are far apart, and exactly where they are near, so that no size or signal hangs on the last bits of a float.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import comb
from typing import Literal

import numpy as np

__all__ = [
    "at_most", "binomial_at_least", "binomial_at_most", "ceiling", "digits_text", "hypergeometric_at_least",
    "hypergeometric_at_most", "poisson_binomial_at_least", "strata_at_least", "tail_float",
]  # fmt: skip

NEAR = 1e-6
"""Floats whose ratio is nearer to 1 than this are not trusted to tell which is greater."""
DIGITS = 10
"""Significant digits of a p-value or bound that is written."""


def ceiling(value: Fraction) -> int:
    """The smallest whole number that is not below ``value``."""
    return -(-value.numerator // value.denominator)


def binomial_at_most(k: int, n: int, p: Fraction) -> Fraction:
    """P(X ≤ k) of X successes in ``n`` independent trials with chance ``p``; 0 for a negative ``k``."""
    a, b = p.numerator, p.denominator
    return Fraction(sum(comb(n, i) * a**i * (b - a) ** (n - i) for i in range(min(k, n) + 1)), b**n)


def binomial_at_least(k: int, n: int, p: Fraction) -> Fraction:
    """P(X ≥ k) of the same."""
    return binomial_at_most(n - k, n, 1 - p)


def hypergeometric_at_most(k: int, population: int, bad: int, n: int) -> Fraction:
    """P(X ≤ k) of X bad ones among ``n`` drawn without replacement from ``population`` with ``bad`` bad ones."""
    first = max(0, n - (population - bad))
    found = sum(comb(bad, i) * comb(population - bad, n - i) for i in range(first, min(k, bad, n) + 1))
    return Fraction(found, comb(population, n))


def hypergeometric_at_least(k: int, population: int, bad: int, n: int) -> Fraction:
    """P(X ≥ k) of the same: Fisher's exact test, one-sided, where X is a cell of a table with fixed margins."""
    return hypergeometric_at_most(n - k, population, population - bad, n)


def strata_at_least(k: int, strata: Sequence[tuple[int, int, int]]) -> Fraction:
    """P(ΣX ≥ k) over strata ``(population, bad, n)`` with their margins fixed: the exact conditional
    Cochran–Mantel–Haenszel test (Agresti, Categorical Data Analysis, 6.3.4; R ``mantelhaen.test(exact=TRUE)``)."""
    ways, whole = [1], 1
    for population, bad, n in strata:
        own = [comb(bad, i) * comb(population - bad, n - i) for i in range(min(bad, n) + 1)]
        added = [0] * (len(ways) + len(own) - 1)
        for i, one in enumerate(ways):
            for j, other in enumerate(own):
                added[i + j] += one * other
        ways, whole = added, whole * comb(population, n)
    return Fraction(sum(ways[max(k, 0) :]), whole)


def poisson_binomial_at_least(k: int, chances: Iterable[float | Fraction]) -> float:
    """P(X ≥ k) of X successes in independent trials with these ``chances``, by convolution of all of them.

    Laws are brought together two by two: sums of products of what is not negative, so that no digit is lost.
    """
    laws = [np.array([1 - float(p), float(p)]) for p in chances] or [np.array([1.0])]
    while len(laws) > 1:
        odd = laws[len(laws) // 2 * 2 :]
        laws = [np.convolve(one, other) for one, other in zip(laws[::2], laws[1::2], strict=False)] + odd
    return float(laws[0][max(k, 0) :].sum())


def at_most(risk: float, threshold: Fraction, exactly: Callable[[], Fraction]) -> bool:
    """Whether a probability is at most ``threshold``; ``risk`` is its float, ``exactly`` where both are near."""
    if abs(risk - float(threshold)) > NEAR * float(threshold):
        return risk <= float(threshold)
    return exactly() <= threshold


def tail_float(value: Fraction) -> float:
    """A probability as a float: the nearest one, however small."""
    return value.numerator / value.denominator


def digits_text(value: float | Fraction, towards: Literal["nearest", "up", "down"] = "nearest") -> str:
    """A probability with ten significant digits, as JSON holds it: ``"0.007424060115"``, ``"1.846303656E-13"``.

    A bound is written ``up`` or ``down``, away from what was observed, so that it stays a bound.
    """
    with localcontext() as context:
        context.prec = DIGITS
        context.rounding = {"nearest": ROUND_HALF_EVEN, "up": ROUND_CEILING, "down": ROUND_FLOOR}[towards]
        if isinstance(value, Fraction):
            found = Decimal(value.numerator) / Decimal(value.denominator)
        else:
            found = context.create_decimal_from_float(value)
        found = found.normalize()
        return format(found, "f") if found == 0 or found.adjusted() >= -6 else str(found)
