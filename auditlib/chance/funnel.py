"""Funnels: how far from a target chance alone takes a share of so many cases, and whether units do one kind of work.

Over-dispersion comes first: where units differ by more than chance, limits that know only chance call every large unit
striking. Source: Spiegelhalter, Statistics in Medicine 24 (2005), Appendix A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import scipy  # its parts are imported when they are first asked for

from auditlib.core.distributions import at_most, binomial_at_most

__all__ = [
    "ALARM", "WARNING", "Dispersion", "Verdict", "additive_limit", "dispersion", "funnel_limit", "limits_of", "verdict",
]  # fmt: skip

WARNING = (Fraction(25, 1000), Fraction(975, 1000))
ALARM = (Fraction(1, 1000), Fraction(999, 1000))
EXACT = 2_000
"""Up to so many cases a limit is decided exactly where floats are near."""
DIFFERENT = 10
"""From this φ on limits are not drawn: units do different work, and strata are asked for. A proposal."""
LEVEL = Fraction(1, 20)
TAIL = Fraction(1, 10)
"""So much of either end is drawn in where φ is given winsorised beside."""

Verdict = Literal["low_alarm", "low_warning", "inside", "high_warning", "high_alarm"]


@dataclass(frozen=True)
class Dispersion:
    """How much units differ beyond chance about one share, ``pooled``.

    ``q`` is the sum of squared z, ``p`` its tail of χ² with one degree of freedom less than units, ``phi`` q over the
    number of units, ``phi_winsorised`` the same with the ends drawn in, ``tau2`` the variance between units by moments
    (DerSimonian & Laird).
    """

    pooled: Fraction
    q: float
    p: float
    phi: float
    phi_winsorised: float
    tau2: float

    @property
    def kind(self) -> Literal["chance", "more", "different_work"]:
        """Whether chance explains the differences, limits have to be widened, or none can be drawn."""
        if self.p > float(LEVEL) or self.phi <= 1:
            return "chance"
        return "different_work" if self.phi >= DIFFERENT else "more"


def dispersion(hits: Sequence[int], cases: Sequence[int]) -> Dispersion | None:
    """Over-dispersion of ``hits`` of ``cases``, each unit with at least one; None for fewer than two units, and where
    the pooled share is 0 or 1."""
    x, n = np.array(hits, float), np.array(cases, float)
    pooled = Fraction(sum(hits), sum(cases)) if sum(cases) else Fraction(0)
    if len(n) < 2 or pooled in (0, 1):
        return None
    share = float(pooled)
    variance = share * (1 - share) / n
    z = (x / n - share) / np.sqrt(variance)
    q = float((z**2).sum())
    low, high = np.quantile(z, [float(TAIL), 1 - float(TAIL)])
    weight = 1 / variance
    spread = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (q - (len(n) - 1)) / spread)
    drawn_in = float((np.clip(z, low, high) ** 2).sum()) / len(n)
    return Dispersion(pooled, q, float(scipy.special.chdtrc(len(n) - 1, q)), q / len(n), drawn_in, tau2)


def funnel_limit(n: int, target: Fraction, p: Fraction) -> float:
    """The share of ``n`` cases below which chance takes a unit with share ``target`` with probability ``p``.

    Interpolated between whole numbers of cases: (r − a)/n, where r is the smallest number with F(r) > p and
    a = (F(r) − p)/(F(r) − F(r − 1)). It may lie below 0 or above 1; only a figure cuts it there.
    """
    chance, level = float(target), float(p)
    r = max(0, int(scipy.stats.binom.ppf(level, n, chance)) - 1)
    while not _exceeds(r, n, target, p):
        r += 1
    upper = float(scipy.stats.binom.cdf(r, n, chance))
    return (r - (upper - level) / float(scipy.stats.binom.pmf(r, n, chance))) / n


def _exceeds(r: int, n: int, target: Fraction, p: Fraction) -> bool:
    """Whether F(r) > p; F is 1 from n on."""
    if r >= n:
        return True
    risk = float(scipy.stats.binom.cdf(r, n, float(target)))
    if n > EXACT:
        return risk > float(p)
    return not at_most(risk, p, lambda: binomial_at_most(r, n, target))


def additive_limit(n: int, target: Fraction, p: Fraction, tau2: float) -> float:
    """The same where units differ beyond chance: target ± z · sqrt(s² + τ²)."""
    share = float(target)
    return share + float(scipy.special.ndtri(float(p))) * (share * (1 - share) / n + tau2) ** 0.5


def limits_of(n: int, found: Dispersion, target: Fraction | None = None) -> tuple[float, float, float, float] | None:
    """Alarm and warning limits of ``n`` cases from below to above; None where units do different work.

    The ``target`` is the pooled share where no other one is given. Where even none or all of the cases are no surprise
    the limit is 0 or 1.
    """
    about = found.pooled if target is None else target
    if found.kind == "different_work" or about in (0, 1):
        return None
    levels = (ALARM[0], WARNING[0], WARNING[1], ALARM[1])
    if found.kind == "more":
        one, two, three, four = (additive_limit(n, about, level, found.tau2) for level in levels)
    else:
        one, two, three, four = (_reached(n, about, level) for level in levels)
    return one, two, three, four


def _reached(n: int, target: Fraction, p: Fraction) -> float:
    if p < Fraction(1, 2) and _exceeds(0, n, target, p):
        return 0.0
    return 1.0 if p > Fraction(1, 2) and not _exceeds(n - 1, n, target, p) else funnel_limit(n, target, p)


def verdict(x: int, n: int, found: Dispersion, target: Fraction | None = None) -> Verdict | None:
    """Where a share lies in the funnel; None where no limits are drawn.

    By the exact tail, which is what a limit between whole numbers of cases stands for: below 99.8 % where at most so
    many are less likely than 0.001.
    """
    limits, about = limits_of(n, found, target), found.pooled if target is None else target
    if limits is None:
        return None
    if found.kind == "more":
        own, (low, low_warning, high_warning, high) = x / n, limits
        places: tuple[bool, ...] = (own < low, own > high, own < low_warning, own > high_warning)
    else:
        tails = [
            (x, about, ALARM[0]),
            (n - x, 1 - about, ALARM[0]),
            (x, about, WARNING[0]),
            (n - x, 1 - about, WARNING[0]),
        ]
        places = tuple(not _exceeds(hits, n, share, level) for hits, share, level in tails)
    names: tuple[Verdict, ...] = ("low_alarm", "high_alarm", "low_warning", "high_warning")
    return next((name for name, there in zip(names, places, strict=True) if there), "inside")
