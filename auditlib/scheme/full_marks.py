"""Full marks that a dimension states, beside those that its indicators add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.numerals import plain
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Dimension, Indicator

__all__ = ["Unequal", "together", "unequal"]


@dataclass(frozen=True)
class Unequal:
    """A dimension whose indicators, all with full marks, add up to something else than it states."""

    index: int
    dimension: Dimension
    message: str
    proof: str


def together(scheme: Scheme) -> list[tuple[str, list[Indicator]]]:
    """The indicators that are assessed together: all of them, or those of each kind of period where they differ."""
    if all(indicator.periods is None for indicator in scheme.indicators):
        return [("", list(scheme.indicators))]
    return [
        (f" in a {period}", [i for i in scheme.indicators if i.periods is None or period in i.periods])
        for period in scheme.periods
    ]


def unequal(scheme: Scheme) -> Iterator[Unequal]:
    """Every dimension whose full marks are not the sum of its indicators', for each kind of period by itself."""
    for index, dimension in enumerate(scheme.dimensions):
        if dimension.max is None:
            continue
        for when, indicators in together(scheme):
            inside = [indicator for indicator in indicators if indicator.dimension == dimension.id]
            known = [indicator.max for indicator in inside if indicator.max is not None]
            total = sum(known, Fraction(0))
            if len(known) == len(inside) and total != dimension.max:
                states = plain(dimension.max)
                message = f"states {states} points, but its indicators add up to {plain(total)}{when}"
                terms = f"{' + '.join(map(plain, known))} = " if len(known) > 1 else "" if known else "no indicator = "
                proof = f"{terms}{plain(total)} ≠ {states}"
                yield Unequal(index, dimension, message, proof)
