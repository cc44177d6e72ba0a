"""What a sample bounds: upper limits of a rate, rounded away from what was observed so that they stay limits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import scipy  # its parts are imported when they are first asked for

from auditlib.core.distributions import at_most, binomial_at_most, digits_text, hypergeometric_at_most
from auditlib.core.errors import AuditError

__all__ = ["bad_at_most", "clopper_pearson", "outward", "poisson_factor", "rate_at_most", "stringer", "wilson"]

EXACT = 2_000


def _check(errors: int, n: int) -> None:
    if not 0 <= errors <= n or n < 1:
        raise AuditError(f"errors: found {errors} of {n}, expected 0 to {n}")


def rate_at_most(errors: int, n: int, confidence: Fraction) -> float:
    """The Clopper–Pearson upper limit, one-sided: the quantile of Beta(x + 1, n − x); 1 where all are errors.

    Source: Clopper & Pearson, Biometrika 26 (1934).
    """
    _check(errors, n)
    return 1.0 if errors == n else float(scipy.special.betaincinv(errors + 1, n - errors, float(confidence)))


def clopper_pearson(x: int, n: int, confidence: Fraction) -> tuple[float, float]:
    """The two-sided interval of a rate: what either tail at (1 − confidence)/2 does not exclude."""
    side = (1 + confidence) / 2
    return 1 - rate_at_most(n - x, n, side), rate_at_most(x, n, side)


def wilson(x: int, n: int, confidence: Fraction) -> tuple[float, float]:
    """Wilson's score interval, for display; it may miss its confidence for small n. Wilson, JASA 22 (1927)."""
    _check(x, n)
    z = float(scipy.special.ndtri(float((1 + confidence) / 2)))
    centre, spread = x + z * z / 2, z * (x * (n - x) / n + z * z / 4) ** 0.5
    low, high = (centre - spread) / (n + z * z), (centre + spread) / (n + z * z)
    return (0.0 if x == 0 else low), (1.0 if x == n else high)


def bad_at_most(errors: int, n: int, population: int, confidence: Fraction) -> int:
    """The largest number of bad ones in a finite population that the sample does not exclude, exactly.

    The largest K with P(X ≤ errors) > 1 − confidence, where X of n drawn without replacement are bad.
    """
    _check(errors, n)
    if n > population:
        raise AuditError(f"population: found {population}, expected at least {n}, the cases drawn")
    low, high = errors, population - n + errors
    while low < high:
        middle = (low + high + 1) // 2
        if at_most(
            float(scipy.stats.hypergeom.cdf(errors, population, middle, n)),
            1 - confidence,
            lambda bad=middle: hypergeometric_at_most(errors, population, bad, n),  # type: ignore[misc]
        ):
            high = middle - 1
        else:
            low = middle
    return low


def poisson_factor(errors: int, confidence: Fraction) -> float:
    """The upper limit of a Poisson mean after so many errors: 2.996, 4.744, 6.296 … at 95 %."""
    return float(scipy.special.gammaincinv(errors + 1, float(confidence)))


def stringer(
    taints: Sequence[Fraction], n: int, confidence: Fraction, model: Literal["binomial", "poisson"] = "binomial"
) -> float:
    """The Stringer bound of a weighted sample: U(0) + Σ (U(i) − U(i−1)) · t(i), the ``taints`` descending.

    A taint is the share of an item's weight that is wrong, above 0 and at most 1. It is conservative in practice;
    no proof is known for finite samples (de Jager, Pap & van Zuijlen, 1997).
    Source: Stringer (1963); Bickel, International Statistical Review 60 (1992).
    """
    if any(not 0 < taint <= 1 for taint in taints):
        raise AuditError("taints: found one outside, expected each above 0 and at most 1")
    _check(len(taints), n)

    def upper(errors: int) -> float:
        return rate_at_most(errors, n, confidence) if model == "binomial" else poisson_factor(errors, confidence) / n

    limits = [upper(errors) for errors in range(len(taints) + 1)]
    steps = [
        (after - before) * float(t)
        for (before, after), t in zip(pairwise(limits), sorted(taints, reverse=True), strict=True)
    ]
    return min(1.0, limits[0] + sum(steps))


def outward(errors: int, n: int, confidence: Fraction) -> Fraction:
    """:func:`rate_at_most` with ten digits, rounded up; of up to :data:`EXACT` cases checked exactly."""
    limit = Fraction(digits_text(rate_at_most(errors, n, confidence), "up"))
    step = Fraction(1, 10**12)
    while n <= EXACT and errors < n and binomial_at_most(errors, n, limit) > 1 - confidence:
        limit += step
    return min(limit, Fraction(1))
