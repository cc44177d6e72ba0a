"""The one door for exact numbers: points, marks, rates and thresholds.

Inside, every number is a :class:`fractions.Fraction`; binary floats are refused at the door. There are two ways out:
:func:`decimal_text` with a declared :class:`Rounding`, and :func:`full_text` without any loss. Both are for machines
and write a plain ``-``; :mod:`auditlib.core.numerals` says the same to people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import lcm
from typing import Literal

from auditlib.core.guards import DIGITS

__all__ = [
    "MORE_DIGITS", "Exact", "Rounding", "RoundingMode", "StepMode", "added", "apart", "decimal_text", "exact",
    "fixed_text", "full_text", "round_exact", "telling", "told_apart", "whole_steps",
]  # fmt: skip

Exact = Fraction
RoundingMode = Literal["half_up", "half_even", "down", "up"]
StepMode = Literal["floor", "ceil", "exact"]

MORE_DIGITS = 24
"""So many digits more than declared are tried before a number is written in full."""


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
    if len(text) > DIGITS:
        raise ValueError(f"{text[:20]!r}… has {len(text)} characters, expected a number of at most {DIGITS}")
    try:
        if "/" in text:
            return Fraction(text)
        number = Decimal(text)
        if number.is_finite() and abs(number.adjusted()) <= DIGITS:  # 1e999999999 would fill the memory
            return Fraction(number)
    except (InvalidOperation, ValueError, ZeroDivisionError):
        pass
    raise ValueError(f"{text!r} is not a number such as 12, -0.5 or 1/3")


def added(values: Iterable[Fraction]) -> Fraction:
    """The sum: over one denominator, where ``sum`` would look for a common one at every step."""
    ratios = [value.as_integer_ratio() for value in values]
    whole = lcm(*(bottom for _, bottom in ratios))
    return Fraction(sum(top * (whole // bottom) for top, bottom in ratios), whole)


def round_exact(value: Fraction, rounding: Rounding) -> Fraction:
    """``value`` rounded by the declared rule; ``half_up`` rounds halves away from zero, as offices do."""
    return Fraction(_units(value, rounding), 10**rounding.digits)


def decimal_text(value: Fraction, rounding: Rounding) -> str:
    """``value`` as plain decimal text, rounded as declared, without trailing zeros: ``"80.5"``, ``"-2"``."""
    units = _units(value, rounding)
    digits = str(abs(units)).rjust(rounding.digits + 1, "0")
    head, tail = digits[: len(digits) - rounding.digits], digits[len(digits) - rounding.digits :].rstrip("0")
    sign = "-" if units < 0 else ""
    return f"{sign}{head}.{tail}" if tail else f"{sign}{head}"


def _units(value: Fraction, rounding: Rounding) -> int:
    """``value`` rounded, in units of its last digit: in whole numbers, as a report rounds a thousand times over."""
    bottom = value.denominator
    whole, rest = divmod(abs(value.numerator) * 10**rounding.digits, bottom)
    match rounding.mode:
        case "half_up":
            up = 2 * rest >= bottom
        case "half_even":
            up = 2 * rest > bottom or (2 * rest == bottom and whole % 2 == 1)
        case "down":
            up = False
        case "up":
            up = rest > 0
    return -(whole + up) if value.numerator < 0 else whole + up


def fixed_text(value: Fraction, digits: int) -> str:
    """``value`` with all its ``digits``, halves away from zero: ``"80.50"``."""
    text = decimal_text(value, Rounding(digits))
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(digits, '0')}" if digits else whole


def full_text(value: Fraction) -> str:
    """``value`` without any loss: ``"-0.85"``, or ``"7/3"`` where the decimals never end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return decimal_text(value, Rounding(max(twos, fives))) if rest == 1 else str(value)


def telling(value: Fraction, rounding: Rounding, tells: Callable[[Fraction], bool]) -> Rounding | None:
    """``rounding`` with as few more digits as it takes that the rounded value ``tells`` what the exact one does.

    None where no digits do, as for 1/3 beside a threshold of 1/3: such a number is written in full.
    """
    for more in range(MORE_DIGITS + 1):
        wider = replace(rounding, digits=rounding.digits + more)
        if tells(round_exact(value, wider)):
            return wider
    return None


def apart(value: Fraction, others: Iterable[Fraction], rounding: Rounding) -> Rounding | None:
    """``rounding`` with as many digits as it takes that no other number is written as ``value`` is."""
    alike = round_exact(value, rounding)
    near = [other for other in others if other != value and round_exact(other, rounding) == alike]
    wider = rounding
    while any(round_exact(other, wider) == round_exact(value, wider) for other in near):
        if wider.digits - rounding.digits > MORE_DIGITS:
            return None
        wider = replace(wider, digits=wider.digits + 1)
    return wider


def told_apart(values: Iterable[Fraction], rounding: Rounding) -> dict[Fraction, Rounding]:
    """Those of ``values`` that ``rounding`` would write as it writes another, each with as many digits as differ.

    Where none differ soon enough, with all that are tried.
    """
    alike: dict[Fraction, set[Fraction]] = {}
    for value in values:
        alike.setdefault(round_exact(value, rounding), set()).add(value)
    most = replace(rounding, digits=rounding.digits + MORE_DIGITS)
    return {value: apart(value, near, rounding) or most for near in alike.values() if len(near) > 1 for value in near}


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
