"""Quantities as people write them, never so that they seem to stand on another side of a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.exact import Rounding, round_exact, telling
from auditlib.core.message import t
from auditlib.core.numerals import PERCENT_DIGITS, number_text, percent_text, plain, plain_percent
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Bound, Shortfall
from auditlib.scheme.share_differences import is_difference

__all__ = ["QuantityForm", "compared", "exact_quantity", "factor", "quantity_text", "shown_quantity", "side_of"]

OPPOSITE = {"≥": "<", ">": "≤", "≤": ">", "<": "≥"}


@dataclass(frozen=True)
class QuantityForm:
    """How people write a quantity: as a percentage, in percentage points, or plainly, and what its text has to tell."""

    percent: bool
    points: bool
    """Whether it is a difference of shares, which is written in percentage points."""
    thresholds: tuple[Bound | Shortfall, ...]

    @classmethod
    def of(cls, scheme: Scheme, name: str) -> QuantityForm:
        return cls(scheme.is_percent(name), is_difference(scheme, name), scheme.thresholds(name))

    def exact(self, value: Fraction, language: str) -> str:
        """A value without any loss."""
        if self.points:
            return _in_points(plain(value * 100), language)
        return plain_percent(value) if self.percent else plain(value)

    def shown(
        self, value: Fraction, rounding: Rounding, language: str, beside: tuple[Fraction, ...] = ()
    ) -> tuple[str, Fraction]:  # fmt: skip
        """The text of a value, and the number that stands there."""
        edges = (*(threshold.threshold for threshold in self.thresholds), *beside)
        scale = 100 if self.percent else 1

        def tells(scaled: Fraction) -> bool:
            shown = scaled / scale
            sides = all(side_of(shown, edge) == side_of(value, edge) for edge in edges)
            return sides and all(threshold.tells(value, shown) for threshold in self.thresholds)

        declared = Rounding(PERCENT_DIGITS, rounding.mode) if self.percent else rounding
        wide = telling(value * scale, declared, tells)
        if wide is None:
            return self.exact(value, language), value
        shown = round_exact(value * scale, wide) / scale
        if self.points:
            return _in_points(number_text(value * 100, wide), language), shown
        return percent_text(value, wide) if self.percent else number_text(value, wide), shown


def exact_quantity(scheme: Scheme, name: str, value: Fraction, language: str) -> str:
    """A value of a quantity without any loss: ``85 %``, ``3``, ``1/3``; of shares ``5 percentage points``."""
    return QuantityForm.of(scheme, name).exact(value, language)


def quantity_text(
    resolved: Resolved, name: str, value: Fraction, rounding: Rounding, language: str, beside: tuple[Fraction, ...] = ()
) -> str:
    """A quantity as people write it: rounded, and a percentage where its rate says so.

    It never looks as if it were on the other side of a threshold of the scheme or of a number ``beside`` it, or equal
    to one that it is not: 99.996 % of a target of 100 % is written with as many digits as it takes.
    """
    text, _ = shown_quantity(resolved.scheme, name, value, rounding, language, beside)
    return text


def shown_quantity(
    scheme: Scheme, name: str, value: Fraction, rounding: Rounding, language: str, beside: tuple[Fraction, ...] = ()
) -> tuple[str, Fraction]:
    """The text of a quantity, and the number that stands there."""
    return QuantityForm.of(scheme, name).shown(value, rounding, language, beside)


def _in_points(number: str, language: str) -> str:
    return t("{number} percentage {number:point|points}", language, number=number)


def side_of(value: Fraction, edge: Fraction) -> int:
    """On which side of an edge a value lies: 1 above, −1 below, 0 on it."""
    return (value > edge) - (value < edge)


def compared(resolved: Resolved, bound: Bound, value: Fraction, rounding: Rounding, language: str) -> str:
    """How a value stands to a bound, as a true statement: ``66.67 % < 85 %``. Different numbers never look the same."""
    sign = bound.sign if bound.holds(value) else OPPOSITE[bound.sign]
    shown = quantity_text(resolved, bound.of, value, rounding, language, (bound.threshold,))
    return f"{shown} {sign} {exact_quantity(resolved.scheme, bound.of, bound.threshold, language)}"


def factor(value: Fraction) -> str:
    """A number where another sign stands before it."""
    text = plain(value)
    return f"({text})" if value < 0 or "/" in text else text
