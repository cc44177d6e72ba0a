"""What would be if nothing were made up: for each kind of count its law, its p-value, and the smallest it could have.

A p-value is one-sided. It is exact (a fraction) up to :data:`EXACT` cases, a float beyond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial
from typing import Protocol

import numpy as np
import polars as pl
import scipy  # its parts are imported when they are first asked for

from auditlib.core.distributions import (
    binomial_at_least,
    hypergeometric_at_least,
    poisson_binomial_at_least,
    strata_at_least,
    tail_float,
)  # fmt: skip

__all__ = [
    "Binomial", "Hypergeometric", "Null", "Occupancy", "PoissonBinomial", "Squares", "fullest", "smallest_total",
    "strata_tail",
]  # fmt: skip

FEW = 40
"""Up to so many cases in cells these are counted out."""
EXACT = 2_000
"""Up to so many cases p-values are fractions."""


class Null(Protocol):
    """A null model with what was observed: ``p`` of it, ``least`` of any observation, what was ``expected``."""

    @property
    def p(self) -> float: ...

    @property
    def least(self) -> float: ...

    @property
    def expected(self) -> float: ...

    @property
    def observed(self) -> float: ...


@dataclass(frozen=True)
class Binomial:
    """At least ``observed`` of ``n`` where each has the same ``chance``."""

    observed: int
    n: int
    chance: Fraction

    @property
    def p(self) -> float:
        if self.n <= EXACT:
            return tail_float(binomial_at_least(self.observed, self.n, self.chance))
        return float(scipy.stats.binom.sf(self.observed - 1, self.n, float(self.chance)))

    @property
    def two_sided(self) -> float:
        """The chance of anything that is no likelier than what was observed, in either direction."""
        if self.n > EXACT:
            return float(scipy.stats.binomtest(self.observed, self.n, float(self.chance)).pvalue)
        top, rest = self.chance.numerator, self.chance.denominator - self.chance.numerator
        ways = [comb(self.n, k) * top**k * rest ** (self.n - k) for k in range(self.n + 1)]
        return tail_float(Fraction(sum(way for way in ways if way <= ways[self.observed]), sum(ways)))

    @property
    def least(self) -> float:
        return float(self.chance) ** self.n

    @property
    def expected(self) -> float:
        return self.n * float(self.chance)


@dataclass(frozen=True)
class Hypergeometric:
    """At least ``observed`` of ``n`` where ``bad`` of ``population`` are so: Fisher's exact test, one-sided."""

    observed: int
    population: int
    bad: int
    n: int

    @property
    def p(self) -> float:
        if self.population <= EXACT:
            return tail_float(hypergeometric_at_least(self.observed, self.population, self.bad, self.n))
        return float(scipy.stats.hypergeom.sf(self.observed - 1, self.population, self.bad, self.n))

    @property
    def least(self) -> float:
        return (
            Hypergeometric(min(self.bad, self.n), self.population, self.bad, self.n).p if self.n and self.bad else 1.0
        )

    @property
    def expected(self) -> float:
        return self.n * self.bad / self.population if self.population else 0.0


@dataclass(frozen=True)
class PoissonBinomial:
    """At least ``observed`` successes where trial i has its own chance."""

    observed: int
    chances: Sequence[float] = field(repr=False)

    @property
    def p(self) -> float:
        if len(self.chances) <= EXACT:
            return poisson_binomial_at_least(self.observed, self.chances)
        return float(np.clip(_law(np.asarray(self.chances))[self.observed :].sum(), 0, 1))

    @property
    def least(self) -> float:
        return float(np.prod(np.asarray(self.chances, dtype=float))) if len(self.chances) else 1.0

    @property
    def expected(self) -> float:
        return float(np.sum(np.asarray(self.chances, dtype=float)))


def _law(chances: np.ndarray) -> np.ndarray:
    if len(chances) <= 64:
        law = np.array([1.0])
        for p in chances:
            law = np.convolve(law, [1 - p, p])
        return law
    half = len(chances) // 2
    return np.asarray(scipy.signal.fftconvolve(_law(chances[:half]), _law(chances[half:])))


@dataclass(frozen=True)
class Occupancy:
    """Some of ``cells`` has at least ``observed`` of ``n`` that fall uniformly into them, in the best of ``tries``."""

    observed: int
    n: int
    cells: int
    tries: int = 1

    @property
    def p(self) -> float:
        surely = self.n > self.cells * (self.observed - 1)
        if self.observed <= 1 or self.observed > self.n or surely:
            one = float(self.observed <= self.n)
        else:
            one = _some_cell(self.observed, self.n, self.cells)
        return min(1.0, one * self.tries)

    @property
    def least(self) -> float:
        return min(1.0, self.tries * float(self.cells) ** (1 - self.n)) if self.n else 1.0

    @property
    def expected(self) -> float:
        return max(1.0, self.n / self.cells) if self.cells else 0.0


@lru_cache(maxsize=65_536)
def _some_cell(observed: int, n: int, cells: int) -> float:
    most, left = observed - 1, cells
    if n <= FEW:  # exact: n! [x^n] (sum of x^i/i!)^cells over cells^n
        scale = factorial(most)
        law, power = [1], [scale // factorial(i) for i in range(most + 1)]
        while left:
            if left & 1:
                law = _times(law, power, n)
            power, left = _times(power, power, n), left >> 1
        return tail_float(1 - Fraction(law[n] * factorial(n), scale**cells * cells**n))
    cell = np.asarray(
        scipy.stats.poisson.pmf(np.arange(most + 1), n / cells)
    )  # truncated Poisson counts, given their sum
    together = np.array([1.0])
    while left:
        if left & 1:
            together = np.convolve(together, cell)[: n + 1]
        cell, left = np.convolve(cell, cell)[: n + 1], left >> 1
    return float(np.clip(1 - together[n] / scipy.stats.poisson.pmf(n, n), 0, 1))


def fullest(cells: pl.DataFrame, minutes: int) -> Occupancy:
    """The most striking of stretches with ``n`` cases and the ``most`` of them in one of their ``minutes``."""
    looked = cells.filter(pl.col("n") >= 2).group_by("most", "n").len().sort("most", "n")
    tries = int(looked["len"].sum())
    own = [Occupancy(most, n, minutes, tries) for most, n, _ in looked.iter_rows()]
    return min(own, key=lambda one: one.p) if own else Occupancy(0, 0, 1)


def _times(one: list[int], other: list[int], degree: int) -> list[int]:
    found = [0] * min(len(one) + len(other) - 1, degree + 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other[: degree + 1 - i]):
            found[i + j] += a * b
    return found


@dataclass(frozen=True)
class Squares:
    """Pearson's χ² of ``counts`` against equal ``shares`` or those given."""

    counts: tuple[int, ...]
    shares: tuple[float, ...]

    @property
    def statistic(self) -> float:
        n = sum(self.counts)
        return float(
            sum((count - n * share) ** 2 / (n * share) for count, share in zip(self.counts, self.shares, strict=True))
        )

    @property
    def p(self) -> float:
        return float(scipy.special.chdtrc(len(self.counts) - 1, self.statistic))

    @property
    def least(self) -> float:
        worst = [0] * len(self.counts)
        worst[int(np.argmin(self.shares))] = sum(self.counts)
        return float(scipy.special.chdtrc(len(worst) - 1, Squares(tuple(worst), self.shares).statistic))

    @property
    def observed(self) -> float:
        return max(self.counts)

    @property
    def expected(self) -> float:
        return sum(self.counts) * self.shares[int(np.argmax(self.counts))]


def strata_tail(observed: int, strata: Sequence[tuple[int, int, int]]) -> float:
    """At least ``observed`` over strata ``(population, bad, n)``: exact up to :data:`EXACT` cases, by floats beyond."""
    if sum(population for population, _, _ in strata) <= EXACT:
        return tail_float(strata_at_least(observed, strata))
    law = np.array([1.0])
    for population, bad, n in strata:
        law = np.convolve(law, scipy.stats.hypergeom.pmf(np.arange(min(bad, n) + 1), population, bad, n))
    return float(np.clip(law[max(observed, 0) :].sum(), 0, 1))


def smallest_total(chance: Fraction, level: Fraction) -> int:
    """The fewest events, all one way, with which a test can reject at ``level`` at all: 3 for a third at 5 %."""
    n = 1
    while chance**n > level:
        n += 1
    return n
