"""Which ranks a unit can have: those that no sure difference to another unit excludes.

Pairs are compared by Fisher's exact test, two-sided, with Holm's correction over all pairs. In the spirit of Mogstad,
Romano, Shaikh & Wilhelm, Review of Economic Studies 91 (2024), and Mohamad, van Zwet, Goeman & Solari (2019).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
import scipy  # its parts are imported when they are first asked for

from auditlib.core.distributions import at_most

__all__ = ["fisher", "fisher_exact", "rank_sets"]

EXACT = 2_000
"""Up to so many cases in a pair a decision is exact where floats are near."""
SAME = 1e-7
"""Probabilities whose ratio is nearer to 1 are equal, as in R."""
LEVEL = Fraction(1, 20)


@lru_cache(maxsize=65_536)
def fisher(x: int, n: int, y: int, m: int) -> float:
    """The two-sided p-value of ``x`` of ``n`` against ``y`` of ``m``: all tables at most as likely, with these margins.

    Source: Fisher (1935); the same as R's ``fisher.test``.
    """
    hits = x + y
    values = np.arange(max(0, hits - m), min(n, hits) + 1)
    log = scipy.special.gammaln(n + 1) - scipy.special.gammaln(values + 1) - scipy.special.gammaln(n - values + 1)
    log += (
        scipy.special.gammaln(m + 1)
        - scipy.special.gammaln(hits - values + 1)
        - scipy.special.gammaln(m - hits + values + 1)
    )
    chance = np.exp(log - log.max())
    own = chance[x - values[0]]
    return float(min(1.0, chance[chance <= own * (1 + SAME)].sum() / chance.sum()))


def fisher_exact(x: int, n: int, y: int, m: int) -> Fraction:
    """The same exactly."""
    hits = x + y
    ways = [comb(n, i) * comb(m, hits - i) for i in range(max(0, hits - m), min(n, hits) + 1)]
    own = comb(n, x) * comb(m, y)
    return Fraction(sum(way for way in ways if way <= own), comb(n + m, hits))


def rank_sets(
    hits: Sequence[int],
    cases: Sequence[int],
    level: Fraction = LEVEL,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[int, int]]:
    """The first and last rank that each unit can have, the highest share first: all sets hold together with 1 − level.

    A unit's set runs from one more than the units that are surely higher to all but those surely lower. Every unit
    needs a case. ``progress`` is told how many pairs of how many are compared.
    """
    pairs = list(combinations(range(len(cases)), 2))
    tested = []
    for place, (i, j) in enumerate(pairs):
        tested.append((fisher(hits[i], cases[i], hits[j], cases[j]), i, j))
        if progress is not None and place % 1_000 == 0:
            progress(place, len(pairs))
    higher, lower = [0] * len(cases), [0] * len(cases)
    for place, (p, i, j) in enumerate(sorted(tested)):
        if not _at_most(p, level / (len(pairs) - place), hits[i], cases[i], hits[j], cases[j]):
            break
        better, worse = (i, j) if hits[i] * cases[j] > hits[j] * cases[i] else (j, i)
        higher[worse] += 1
        lower[better] += 1
    return [(1 + above, len(cases) - below) for above, below in zip(higher, lower, strict=True)]


def _at_most(p: float, threshold: Fraction, x: int, n: int, y: int, m: int) -> bool:
    if n + m > EXACT:
        return p <= float(threshold)
    return at_most(p, threshold, lambda: fisher_exact(x, n, y, m))
