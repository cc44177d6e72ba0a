"""A calculator for what is printed: it reads numbers and signs as people do, and knows nothing of the library.

``1/3`` is a number; ``÷`` divides, ``×`` multiplies, before ``+`` and ``−``; ``85 %`` is 0.85; ``⌊ ⌋`` and ``⌈ ⌉`` give
a whole number. ``=`` must be exact, ``≈`` must be the result of the rounding that was declared, and must be needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction
from math import ceil, floor

__all__ = ["TOKEN", "calculate", "check_chain", "check_comparison", "first_number", "rounded"]

TOKEN = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?|[×÷+−()⌊⌋⌈⌉%]")
CLOSED_BY = {"(": ")", "⌊": "⌋", "⌈": "⌉"}
MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}
COMPARED = {
    "≥": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "≤": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
}


def calculate(text: str) -> Fraction:
    """The value of an expression. Raises AssertionError for anything that is none."""
    tokens = TOKEN.findall(text)
    assert "".join(tokens) == re.sub(r"\s", "", text), f"no arithmetic: {text!r}"
    value, rest = _sum(tokens)
    assert not rest, f"left over in {text!r}: {rest}"
    return value


def _sum(tokens: list[str]) -> tuple[Fraction, list[str]]:
    value, tokens = _product(tokens)
    while tokens and tokens[0] in "+−":
        sign, (other, tokens) = tokens[0], _product(tokens[1:])
        value = value + other if sign == "+" else value - other
    return value, tokens


def _product(tokens: list[str]) -> tuple[Fraction, list[str]]:
    value, tokens = _factor(tokens)
    while tokens and tokens[0] in "×÷":
        sign, (other, tokens) = tokens[0], _factor(tokens[1:])
        value = value * other if sign == "×" else value / other
    return value, tokens


def _factor(tokens: list[str]) -> tuple[Fraction, list[str]]:
    assert tokens, "a number is missing"
    first, rest = tokens[0], tokens[1:]
    if first in "+−":
        value, rest = _factor(rest)
        return (-value if first == "−" else value), rest
    if first in CLOSED_BY:
        value, rest = _sum(rest)
        assert rest[:1] == [CLOSED_BY[first]], f"{first} is not closed"
        value = Fraction({"(": lambda x: x, "⌊": floor, "⌈": ceil}[first](value))
        rest = rest[1:]
    else:
        value = Fraction(first)
    while rest[:1] == ["%"]:
        value, rest = value / 100, rest[1:]
    return value, rest


def rounded(value: Fraction, digits: int, mode: str) -> Fraction:
    """Rounding by the ``decimal`` module, of as many places as a fraction needs to be judged."""
    context = Context(prec=120, rounding=MODES[mode])
    scaled = value * 10**digits
    whole = Decimal(scaled.numerator // scaled.denominator)
    rest = scaled - int(whole)
    # What lies between two neighbours is told apart from the half and from nothing by one digit each.
    told = (
        Decimal(0)
        if rest == 0
        else Decimal("0.5")
        if rest == Fraction(1, 2)
        else Decimal("0.25" if rest < Fraction(1, 2) else "0.75")
    )
    return Fraction(int((whole + told).quantize(Decimal(1), context=context))) / 10**digits


def check_chain(text: str, digits: Iterable[int], mode: str, *, needed: bool = True) -> list[Fraction]:
    """The values of ``a = b ≈ c``. Every ``=`` must be exact; every ``≈`` one of the roundings, and ``needed``."""
    parts = re.split(r" ([=≈]) ", text)
    values = [calculate(part) for part in parts[::2]]
    for sign, before, after, shown in zip(parts[1::2], values, values[1:], parts[2::2], strict=False):
        if sign == "=":
            assert before == after, f"{before} is not {after}: {text}"
            continue
        assert before != after or not needed, f"exactly equal, and said to be rounded: {text}"
        scale = 100 if shown.endswith("%") else 1
        assert any(rounded(before * scale, n, mode) == after * scale for n in digits), (
            f"{before} is not ≈ {after}: {text}"
        )
    return values


def check_comparison(text: str) -> tuple[Fraction, Fraction]:
    """The two sides of ``a < b``, which must be true."""
    left, sign, right = re.split(r" ([≥>≤<]) ", text)
    a, b = calculate(left), calculate(right)
    assert COMPARED[sign](a, b), f"not true: {text}"
    return a, b


def first_number(text: str) -> Fraction:
    """The number, with its sign and per cent, that a text begins with."""
    found = re.match(r"[+−]?\d+(?:\.\d+)?(?:/\d+)?(?: %)?", text)
    assert found, f"no number: {text!r}"
    return calculate(found[0])
