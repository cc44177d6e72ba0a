"""Is an item appropriate, and do the experts disagree: the RAND/UCLA appropriateness method on marks from 1 to 9.

Source: Fitch, Bernstein, Aguilar and others, The RAND/UCLA Appropriateness Method User's Manual (RAND 2001), ch. 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from auditlib.core.values import Text

__all__ = ["CLASSES", "Appropriateness", "appropriateness", "quantile"]

Class = Literal["appropriate", "uncertain", "inappropriate"]

CLASSES: dict[Class, Text] = {
    "appropriate": Text(zh="适宜", en="appropriate"),
    "uncertain": Text(zh="不确定", en="uncertain"),
    "inappropriate": Text(zh="不适宜", en="inappropriate"),
}
"""What the method says of an item."""

SYMMETRIC, CORRECTION, CENTRE = Fraction("2.35"), Fraction("1.5"), Fraction(5)
"""The range between percentiles that is disagreement where marks are symmetric, and how much more asymmetry allows."""


@dataclass(frozen=True)
class Appropriateness:
    """The verdict on one item, all of it exact.

    ``IPR`` is the range from the 30th to the 70th percentile, ``IPRAS`` the range that would be disagreement, corrected
    for asymmetry, ``index`` the disagreement index IPR / IPRAS: above 1 the experts disagree. ``extremes`` says the
    same by the classic count: of 8 to 10 experts at least three at either end, one more for every three experts more.
    ``verdict`` goes by the median (from 7: appropriate, to 3: inappropriate) and is uncertain where they disagree.
    """

    median: Fraction
    IPR: Fraction
    IPRAS: Fraction
    index: Fraction
    disagreement: bool
    extremes: bool
    verdict: Class


def appropriateness(marks: Sequence[Fraction]) -> Appropriateness | None:
    """The verdict on the ``marks`` from 1 to 9 of one item; None where nobody answered.

    Raises :class:`ValueError` for a mark outside 1 to 9.
    """
    if wrong := [mark for mark in marks if not 1 <= mark <= 9]:
        raise ValueError(f"found the mark {wrong[0]}, expected marks from 1 to 9")
    if not marks:
        return None
    low, median, high = (quantile(marks, Fraction(share)) for share in ("0.3", "0.5", "0.7"))
    IPR = high - low
    IPRAS = SYMMETRIC + CORRECTION * abs(CENTRE - (low + high) / 2)
    least = max(1, (len(marks) + 1) // 3)
    ends = (sum(mark <= 3 for mark in marks), sum(mark >= 7 for mark in marks))
    disagreement = IPR > IPRAS
    verdict: Class = "uncertain"
    if not disagreement and (median >= 7 or median <= 3):
        verdict = "appropriate" if median >= 7 else "inappropriate"
    return Appropriateness(median, IPR, IPRAS, IPR / IPRAS, disagreement, min(ends) >= least, verdict)


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """The quantile of type 7 (linear between order statistics), exactly."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
