"""Whether a table of shares says anything: could one and the same share have given all of them?

Sources: Freeman & Halton, Biometrika 38 (1951); Mehta & Patel, JASA 78 (1983), whose bounds keep the exact sum short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import comb
from operator import mul
from typing import Literal

import numpy as np
import scipy  # its parts are imported when they are first asked for

__all__ = ["DRAWS", "Homogeneity", "freeman_halton", "homogeneity"]

DRAWS = 100_000
"""Simulated tables, where the exact sum is too long and the expected counts are too small for χ²."""
EXPECTED = 5
"""From so many expected cases in every cell on χ² is used."""
STEPS = 400_000
"""Of the exact sum: so many products are worked through before it is given up."""
LEVEL = Fraction(1, 20)


@dataclass(frozen=True)
class Homogeneity:
    """The p-value of one share for all units, and how it was computed; ``says_nothing`` where chance explains all."""

    p: float
    method: Literal["exact", "chi2", "simulated", "one_unit"]

    @property
    def says_nothing(self) -> bool:
        return self.p > float(LEVEL)


def homogeneity(hits: Sequence[int], cases: Sequence[int]) -> Homogeneity:
    """``hits`` of ``cases`` in each unit against one share for all. Units without cases are left out.

    χ² where at least :data:`EXPECTED` cases are to be expected in every cell; otherwise Fisher–Freeman–Halton, exact
    or, for large tables, simulated with a seed that comes from the table itself.
    """
    pairs = [(x, n) for x, n in zip(hits, cases, strict=True) if n]
    whole, hit = sum(n for _, n in pairs), sum(x for x, _ in pairs)
    if len(pairs) < 2 or hit in (0, whole):
        return Homogeneity(1.0, "one_unit" if len(pairs) < 2 else "exact")
    least = Fraction(min(n for _, n in pairs) * min(hit, whole - hit), whole)
    if least >= EXPECTED:
        share = hit / whole
        statistic = sum((x - n * share) ** 2 / (n * share * (1 - share)) for x, n in pairs)
        return Homogeneity(float(scipy.special.chdtrc(len(pairs) - 1, statistic)), "chi2")
    exact = freeman_halton([x for x, _ in pairs], [n for _, n in pairs])
    if exact is not None:
        return Homogeneity(exact.numerator / exact.denominator, "exact")
    return Homogeneity(_simulated(pairs), "simulated")


def freeman_halton(hits: Sequence[int], cases: Sequence[int]) -> Fraction | None:
    """The exact p-value: all tables with these margins that are at most as likely as the one observed.

    None where the sum would be too long.
    """
    order = sorted(range(len(cases)), key=lambda place: -cases[place])
    sizes, total = [cases[place] for place in order], sum(hits)
    if sum(n * min(n, total) for n in sizes) > STEPS:
        return None
    observed = 1
    for x, n in zip(hits, cases, strict=True):
        observed *= comb(n, x)
    longest, shortest = _bounds(sizes, total)
    reached: dict[int, dict[int, int]] = {0: {1: 1}}
    found = steps = 0
    for place, n in enumerate(sizes):
        left, following = sum(sizes[place + 1 :]), place + 1
        choices = [comb(n, x) for x in range(min(n, total) + 1)]
        orders = [comb(left, rest) for rest in range(total + 1)]
        ways: dict[int, dict[int, int]] = {}
        for gone, products in reached.items():
            for x in range(max(0, total - gone - left), min(n, total - gone) + 1):
                rest, own = total - gone - x, choices[x]
                most, least, all_ = longest[following][rest], shortest[following][rest], orders[rest]
                into = ways.setdefault(gone + x, {})
                for product, times in products.items():
                    reaches = product * own
                    if reaches * most <= observed:
                        found += times * reaches * all_
                    elif reaches * least <= observed:
                        into[reaches] = into.get(reaches, 0) + times
                steps += len(products)
                if steps > STEPS:
                    return None
        reached = ways
    return Fraction(found, comb(sum(sizes), total))


def _bounds(sizes: Sequence[int], total: int) -> tuple[list[list[int]], list[list[int]]]:
    """From each unit on, for each number of hits still to be given out, the greatest and smallest product.

    0 where the units have fewer cases than that.
    """
    longest, shortest = [[1] + [0] * total], [[1] + [0] * total]
    later = 0
    for n in reversed(sizes):
        great, small = [0] * (total + 1), [0] * (total + 1)
        own = [comb(n, x) for x in range(min(n, total) + 1)]
        for rest in range(min(total, later + n) + 1):
            fewest, most = max(0, rest - later), min(n, rest)  # of this unit: the later ones take the rest
            left = slice(rest - most, rest - fewest + 1)
            ways = own[most : fewest - 1 if fewest else None : -1]
            great[rest] = max(map(mul, ways, longest[-1][left]))
            small[rest] = min(map(mul, ways, shortest[-1][left]))
        later += n
        longest.append(great)
        shortest.append(small)
    return longest[::-1], shortest[::-1]


def _simulated(pairs: Sequence[tuple[int, int]]) -> float:
    """The same by random tables; the observed one counts among them, so that p is never 0."""
    sizes = np.array([n for _, n in pairs])
    seed = int.from_bytes(sha256(repr(list(pairs)).encode()).digest(), "big")
    maker = np.random.default_rng(seed)
    tables = maker.multivariate_hypergeometric(sizes, sum(x for x, _ in pairs), size=DRAWS, method="marginals")
    likely = _log_product(tables, sizes)
    observed = _log_product(np.array([[x for x, _ in pairs]]), sizes)[0]
    return (1 + int((likely <= observed + 1e-7).sum())) / (1 + DRAWS)


def _log_product(tables: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    own = (
        scipy.special.gammaln(sizes + 1) - scipy.special.gammaln(tables + 1) - scipy.special.gammaln(sizes - tables + 1)
    )
    return np.asarray(own.sum(axis=1))
