"""The one door for exact numbers: points, marks, rates and thresholds.

Inside, every number is a :class:`fractions.Fraction`; binary floats are refused at the door, and
the only way out is :func:`decimal_text` with a declared :class:`Rounding`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

__all__ = ["Exact", "Rounding", "RoundingMode", "StepMode", "decimal_text", "exact", "round_exact", "whole_steps"]

Exact = Fraction
RoundingMode = Literal["half_up", "half_even", "down", "up"]
StepMode = Literal["floor", "ceil", "exact"]


@dataclass(frozen=True)
class Rounding:
    """How a number is rounded: to how many decimal digits, and which way at a half."""

    digits: int
    mode: RoundingMode = "half_up"


def exact(value: str | int | Decimal | Fraction) -> Fraction:
    """The exact value of a number written as text (``"0.85"``, ``"-2"``, ``"1/3"``), or of a whole number.

    Raises :class:`TypeError` for a binary float and :class:`ValueError` for anything that is not a
    finite number: ``exact(0.1)`` would be 3602879701896397/36028797018963968.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | Fraction):
        raise TypeError(f"exact numbers are written as text or whole numbers, not {type(value).__name__} {value!r}")
    if isinstance(value, int | Fraction):
        return Fraction(value)
    text = str(value).strip()
    try:
        if "/" in text:
            return Fraction(text)
        number = Decimal(text)
        if number.is_finite():
            return Fraction(number)
    except (InvalidOperation, ValueError, ZeroDivisionError):
        pass
    raise ValueError(f"{text!r} is not a number such as 12, -0.5 or 1/3")


def round_exact(value: Fraction, rounding: Rounding) -> Fraction:
    """``value`` rounded by the declared rule; ``half_up`` rounds halves away from zero, as offices do."""
    scale = 10**rounding.digits
    magnitude = abs(value) * scale
    whole, rest = divmod(magnitude.numerator, magnitude.denominator)
    half = Fraction(rest, magnitude.denominator)
    up = {
        "half_up": half >= Fraction(1, 2),
        "half_even": half > Fraction(1, 2) or (half == Fraction(1, 2) and whole % 2 == 1),
        "down": False,
        "up": half > 0,
    }[rounding.mode]
    rounded = Fraction(whole + up, scale)
    return -rounded if value < 0 else rounded


def decimal_text(value: Fraction, rounding: Rounding) -> str:
    """``value`` as plain decimal text, rounded as declared, without trailing zeros: ``"80.5"``, ``"-2"``."""
    scaled = round_exact(value, rounding) * 10**rounding.digits
    digits = str(abs(scaled.numerator)).rjust(rounding.digits + 1, "0")
    head, tail = digits[: len(digits) - rounding.digits], digits[len(digits) - rounding.digits :].rstrip("0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{head}.{tail}" if tail else f"{sign}{head}"


def whole_steps(excess: Fraction, size: Fraction, mode: StepMode) -> Fraction:
    """How many steps of ``size`` an ``excess`` makes: completed (floor), started (ceil) or in proportion (exact).

    An excess of zero or less makes none.
    """
    if excess <= 0:
        return Fraction(0)
    steps = excess / size
    if mode == "floor":
        return Fraction(steps.numerator // steps.denominator)
    if mode == "ceil":
        return Fraction(-(-steps.numerator // steps.denominator))
    return steps
