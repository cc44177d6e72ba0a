"""Full marks that a dimension states, beside those that its indicators add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.message import Joined, Message, Named, Sayable
from auditlib.core.numerals import plain
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Dimension, Indicator

__all__ = ["Unequal", "together", "unequal", "within"]


@dataclass(frozen=True)
class Unequal:
    """A dimension whose indicators, all with full marks, add up to something else than it states."""

    index: int
    dimension: Dimension
    message: Message
    proof: Joined


def together(scheme: Scheme) -> list[tuple[str | None, list[Indicator]]]:
    """The indicators that are assessed together: all of them, or those of each kind of period where they differ."""
    if all(indicator.periods is None for indicator in scheme.indicators):
        return [(None, list(scheme.indicators))]
    return [
        (period, [i for i in scheme.indicators if i.periods is None or period in i.periods])
        for period in scheme.periods
    ]


def within(period: str | None, message: Message) -> Message:
    """A message that holds for a kind of period, or for all where there is none."""
    return message if period is None else Message("{what} in a {period}", what=message, period=Named(period, "periods"))


def unequal(scheme: Scheme) -> Iterator[Unequal]:
    """Every dimension whose full marks are not the sum of its indicators', for each kind of period by itself."""
    for index, dimension in enumerate(scheme.dimensions):
        if dimension.max is None:
            continue
        for period, indicators in together(scheme):
            inside = [indicator for indicator in indicators if indicator.dimension == dimension.id]
            known = [indicator.max for indicator in inside if indicator.max is not None]
            total = sum(known, Fraction(0))
            if len(known) == len(inside) and total != dimension.max:
                states = plain(dimension.max)
                message = Message(
                    "states {points} {points:point|points}, but its indicators add up to {total}",
                    points=states,
                    total=total,
                )
                terms: Sayable = " + ".join(map(plain, known)) if known else Message("no indicator")
                sums = Joined(terms, " = ", plain(total)) if len(known) != 1 else plain(total)
                yield Unequal(index, dimension, within(period, message), Joined(sums, f" ≠ {states}"))
