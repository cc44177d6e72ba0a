"""Shares drawn towards those of all: shown beside what was counted, never scored.

A unit with two cases says little of itself; what it is expected to be is nearer to the others. Source: Morris, JASA 78
(1983); the prior by moments.
"""

from __future__ import annotations

from fractions import Fraction

from auditlib.chance.funnel import Dispersion

__all__ = ["prior_of", "shrunk"]


def shrunk(x: int, n: int, prior: tuple[Fraction, Fraction]) -> Fraction:
    """(x + a)/(n + a + b) under a Beta(a, b) prior."""
    a, b = prior
    return (x + a) / (n + a + b)


def prior_of(found: Dispersion) -> tuple[Fraction, Fraction] | None:
    """The Beta prior with the pooled share as its mean and τ² as its variance.

    None where units do not differ beyond chance: every share is then drawn to the pooled one.
    """
    share, between = found.pooled, Fraction(found.tau2)
    if not 0 < between < share * (1 - share):
        return None
    both = share * (1 - share) / between - 1
    return share * both, (1 - share) * both
