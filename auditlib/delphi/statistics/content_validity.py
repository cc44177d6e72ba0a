"""Do the experts find items relevant: content validity indices of items and of the whole instrument, exactly.

Sources: Lynn, Determination and quantification of content validity, Nursing Research 35 (1986) 382-385; Polit, Beck and
Owen, Is the CVI an acceptable indicator of content validity?, Research in Nursing & Health 30 (2007) 459-467, for κ*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Literal

__all__ = ["ItemValidity", "ScaleValidity", "item_validity", "scale_validity"]

Rating = Literal["excellent", "good", "fair", "poor"]


@dataclass(frozen=True)
class ItemValidity:
    """One item: of ``experts`` who answered, ``agreeing`` found it relevant.

    ``I_CVI`` is their share, ``chance`` the probability that exactly so many agree when each tosses a coin, ``kappa``
    κ* = (I-CVI − chance) / (1 − chance). ``rating``: excellent above 0.74, good from 0.60, fair from 0.40, else poor.
    """

    experts: int
    agreeing: int
    I_CVI: Fraction
    chance: Fraction
    kappa: Fraction
    rating: Rating


@dataclass(frozen=True)
class ScaleValidity:
    """The instrument: ``UA`` is the share of items on which all agree, ``average`` the mean of the I-CVI."""

    UA: Fraction
    average: Fraction


def item_validity(marks: Sequence[Fraction], relevant_from: Fraction) -> ItemValidity | None:
    """The validity of an item by its ``marks``, of which those from ``relevant_from`` on agree; None without marks."""
    n, agreeing = len(marks), sum(mark >= relevant_from for mark in marks)
    if not n:
        return None
    share, chance = Fraction(agreeing, n), Fraction(comb(n, agreeing), 2**n)
    kappa = (share - chance) / (1 - chance)
    rating: Rating = (
        "excellent" if kappa > Fraction("0.74") else "good" if kappa >= Fraction("0.6")
        else "fair" if kappa >= Fraction("0.4") else "poor"
    )  # fmt: skip
    return ItemValidity(n, agreeing, share, chance, kappa, rating)


def scale_validity(items: Mapping[str, ItemValidity]) -> ScaleValidity | None:
    """The validity of the instrument over its ``items``; None where there are none."""
    shares = [item.I_CVI for item in items.values()]
    if not shares:
        return None
    return ScaleValidity(
        Fraction(sum(share == 1 for share in shares), len(shares)), sum(shares, Fraction(0)) / len(shares)
    )
