"""Roots of exact numbers, rounded by whole numbers alone, so that every digit is certain."""

from __future__ import annotations

from fractions import Fraction

from auditlib.core.exact import Rounding, round_exact

__all__ = ["rounded_root", "whole_root"]

GUARD = 3
"""So many digits more than are kept; the digit after them only says on which side of a half the root lies."""


def whole_root(number: int, degree: int) -> int:
    """The greatest whole number whose power is at most ``number``, which is at least 0."""
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle**degree <= number:
            low = middle
        else:
            high = middle - 1
    return low


def rounded_root(value: Fraction, degree: int, rounding: Rounding) -> Fraction:
    """The root of ``value``, rounded; exact where it is rational within the digits that are looked at.

    Raises :class:`ValueError` for a negative value.
    """
    if value < 0:
        raise ValueError(f"{value} has no real root of degree {degree}")
    scale = 10 ** (rounding.digits + GUARD)
    floor = whole_root(value.numerator * scale**degree // value.denominator, degree)
    if Fraction(floor, scale) ** degree == value:
        return round_exact(Fraction(floor, scale), rounding)
    # An irrational root lies between two such numbers and on neither: the middle is rounded as it would be.
    return round_exact(Fraction(2 * floor + 1, 2 * scale), rounding)
