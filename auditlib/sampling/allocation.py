"""How a sample is shared out among strata: in proportion, by Neyman, or so many in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isqrt

from auditlib.core.errors import AuditError

__all__ = ["ALLOCATIONS", "allocate", "deviation", "shared_out", "sizes_by_stratum"]

ALLOCATIONS = ("proportional", "neyman", "each")
SCALE = 10**12
"""Square roots are taken to twelve decimals, so that shares are the same on every machine."""


def deviation(rate: Fraction) -> Fraction:
    """The standard deviation of a yes or no whose suspected error rate is ``rate``: sqrt(p(1 − p))."""
    if not 0 <= rate <= 1:
        raise AuditError(f"suspected: found {rate}, expected a rate from 0 to 1")
    spread = rate * (1 - rate)
    return Fraction(isqrt(SCALE * SCALE * spread.numerator // spread.denominator), SCALE)


def allocate(n: int, sizes: Sequence[int], spreads: Sequence[Fraction] | None = None) -> list[int]:
    """``n`` shared out over strata of these ``sizes``, in proportion to size, or with ``spreads`` to size · spread.

    By largest remainder; of equal remainders the earlier stratum comes first. A stratum whose share exceeds its size is
    taken whole and the rest is shared out anew. Source: Neyman (1934); Cochran, Sampling Techniques (1977), ch. 5.
    """
    if not 0 <= n <= sum(sizes):
        raise AuditError(f"size: found {n}, expected at most {sum(sizes)}, the cases that there are")
    weights = [size * spread for size, spread in zip(sizes, spreads or [Fraction(1)] * len(sizes), strict=True)]
    whole: set[int] = set()
    while True:
        left = n - sum(sizes[place] for place in whole)
        open_ = [place for place in range(len(sizes)) if place not in whole]
        shares = shared_out(left, [Fraction(weights[place]) for place in open_])
        over = {place for place, share in zip(open_, shares, strict=True) if share > sizes[place]}
        if not over:
            found = dict(zip(open_, shares, strict=True))
            return [found.get(place, sizes[place]) for place in range(len(sizes))]
        whole |= over


def shared_out(n: int, weights: Sequence[Fraction]) -> list[int]:
    """Whole shares of ``n`` in proportion to ``weights``, by largest remainder, ties to the earlier."""
    together = sum(weights)
    if together == 0:  # no stratum is suspected of anything: all alike
        weights, together = [Fraction(1)] * len(weights), Fraction(len(weights))
    exact = [n * weight / together for weight in weights]
    shares = [share.numerator // share.denominator for share in exact]
    order = sorted(range(len(shares)), key=lambda place: (shares[place] - exact[place], place))
    for place in order[: n - sum(shares)]:
        shares[place] += 1
    return shares


def sizes_by_stratum(n: int, counts: Mapping[str, int], how: str, suspected: Mapping[str, Fraction]) -> dict[str, int]:
    """The number to draw from each stratum of these ``counts``; ``each`` draws ``n`` from every one."""
    names = list(counts)
    if how == "each":
        return {name: min(n, counts[name]) for name in names}
    spreads = [deviation(suspected[name]) for name in names] if how == "neyman" else None
    return dict(zip(names, allocate(min(n, sum(counts.values())), list(counts.values()), spreads), strict=True))
