"""Exact numbers as people read them: a true minus, percentages, and a sign that tells whether a number was rounded."""

from __future__ import annotations

from fractions import Fraction

from auditlib.core.exact import Rounding, decimal_text, full_text, round_exact, telling

__all__ = [
    "PERCENT_DIGITS",
    "chinese_number",
    "equated",
    "for_people",
    "number_text",
    "percent_text",
    "plain",
    "plain_percent",
    "plain_signed",
    "share_text",
    "signed",
]

PERCENT_DIGITS = 2
"""Percentages that are rounded have so many decimals, wherever they stand."""
MINUS = "−"
NUMERALS = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A number from 1 to 99 as headings count: 三, 十一, 二十."""
    tens, ones = divmod(number, 10)
    if not 1 <= number <= 99:
        raise ValueError(f"found {number}, expected 1 to 99")
    before = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens]}十"
    return before + (NUMERALS[ones] if ones else "")


def for_people(text: str) -> str:
    """The text of a number with a true minus."""
    return text.replace("-", MINUS)


def plain(value: Fraction) -> str:
    """A number exactly: ``0.85``, ``−3``, or ``1/3`` where the decimals never end."""
    return for_people(full_text(value))


def plain_signed(value: Fraction) -> str:
    """An amount exactly, with its sign: ``+0.25``, ``−1/3``, ``0``."""
    return f"{'+' if value > 0 else ''}{plain(value)}"


def plain_percent(share: Fraction) -> str:
    """A share of one exactly: ``85 %``, or ``1/3`` where the decimals never end."""
    percent = plain(share * 100)
    return plain(share) if "/" in percent else f"{percent} %"


def number_text(value: Fraction, rounding: Rounding) -> str:
    """A number rounded as declared: ``−2``, ``46.0111``, ``0``."""
    return for_people(decimal_text(value, rounding))


def signed(value: Fraction, rounding: Rounding) -> str:
    """An amount rounded as declared, with its sign: ``−2``, ``+1``, ``0``."""
    text = number_text(value, rounding)
    return f"+{text}" if value > 0 and text != "0" else text


def percent_text(share: Fraction, rounding: Rounding, sign: str = " %") -> str:
    """A share of one as a percentage, rounded as declared: ``66.67 %``."""
    return number_text(share * 100, rounding) + sign


def share_text(share: Fraction, sign: str = " %") -> str:
    """A part of a whole as a percentage with :data:`PERCENT_DIGITS`; more where it is less than all and more than
    nothing and would look like either.
    """
    declared = Rounding(PERCENT_DIGITS)
    wide = telling(share * 100, declared, lambda shown: (shown == 0, shown == 100) == (share == 0, share == 1))
    return percent_text(share, wide or declared, sign)


def equated(value: Fraction, rounding: Rounding, shown: str) -> str:
    """``shown``, the text of the rounded ``value``, after ``=``, or after ``≈`` where rounding changed it."""
    return f"{'=' if round_exact(value, rounding) == value else '≈'} {shown}"
