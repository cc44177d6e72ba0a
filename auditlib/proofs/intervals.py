"""Exact intervals: where a number can lie, with ends that are included, excluded or infinite.

Every operation gives an interval that holds all true values and perhaps more: what lies outside is impossible,
what lies inside may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.numerals import plain

__all__ = ["ANYTHING", "COUNT", "Interval", "between", "exactly", "hull"]


@dataclass(frozen=True)
class Interval:
    """All numbers from ``low`` to ``high``. None is infinite; an open end is itself not included.

    ``whole`` says that only whole numbers are meant.
    """

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False
    whole: bool = False

    def __str__(self) -> str:
        return self.written(plain)

    def written(self, number: Callable[[Fraction], str]) -> str:
        """The interval with its ends as ``number`` writes them: ``[0 %, 100 %)``."""
        if self.point is not None:
            return number(self.point)
        low = "(−∞" if self.low is None else f"{'(' if self.low_open else '['}{number(self.low)}"
        high = "∞)" if self.high is None else f"{number(self.high)}{')' if self.high_open else ']'}"
        return f"{low}, {high}"

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        tight = self._tight()
        if tight.low is None or tight.high is None:
            return False
        return tight.low > tight.high or (tight.low == tight.high and (tight.low_open or tight.high_open))

    @property
    def point(self) -> Fraction | None:
        """The only number in it, if there is only one."""
        return self.low if self.low is not None and self.low == self.high and not self.empty else None

    def __contains__(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below and (not self.whole or value.denominator == 1)

    def within(self, other: Interval) -> bool:
        """Whether every number in it lies in ``other``."""
        if self.empty:
            return True
        mine = self._tight()
        low = other.low is None or (
            mine.low is not None
            and (mine.low > other.low or (mine.low == other.low and (mine.low_open or not other.low_open)))
        )
        high = other.high is None or (
            mine.high is not None
            and (mine.high < other.high or (mine.high == other.high and (mine.high_open or not other.high_open)))
        )
        whole = mine.whole or not other.whole or (mine.point is not None and mine.point in other)
        return low and high and whole

    def meets(self, other: Interval) -> Interval:
        """The numbers that lie in both; perhaps none."""
        low, low_open = _tighter(self.low, self.low_open, other.low, other.low_open, max)
        high, high_open = _tighter(self.high, self.high_open, other.high, other.high_open, min)
        return Interval(low, high, low_open, high_open, self.whole or other.whole)._tight()

    def __add__(self, other: Interval) -> Interval:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high, self.low_open or other.low_open, self.high_open or other.high_open)

    def times(self, factor: Fraction) -> Interval:
        """Every number in it, multiplied."""
        if factor == 0:
            return exactly(Fraction(0))
        low, high = (None if end is None else end * factor for end in (self.low, self.high))
        if factor > 0:
            return Interval(low, high, self.low_open, self.high_open)
        return Interval(high, low, self.high_open, self.low_open)

    def clipped(self, low: Fraction | None, high: Fraction | None) -> Interval:
        """Every number in it after a cap and then a floor: what lies beyond comes to lie on them."""
        result = self
        if high is not None:
            result = -(-result)._raised(-high)
        return result if low is None else result._raised(low)

    def __neg__(self) -> Interval:
        return Interval(self._minus(self.high), self._minus(self.low), self.high_open, self.low_open)

    @staticmethod
    def _minus(value: Fraction | None) -> Fraction | None:
        return None if value is None else -value

    def _raised(self, floor: Fraction) -> Interval:
        """Every number in it, or ``floor`` instead of smaller ones."""
        if self.high is not None and self.high <= floor:
            return exactly(floor)
        if self.low is None or self.low < floor:
            return Interval(floor, self.high, False, self.high_open)
        return Interval(self.low, self.high, self.low_open, self.high_open)

    def _tight(self) -> Interval:
        """Closed at whole numbers where only whole numbers are meant."""
        if not self.whole:
            return self
        low = None if self.low is None else Fraction(-(-self.low.numerator // self.low.denominator))
        high = None if self.high is None else Fraction(self.high.numerator // self.high.denominator)
        if low is not None and self.low_open and low == self.low:
            low += 1
        if high is not None and self.high_open and high == self.high:
            high -= 1
        return Interval(low, high, whole=True)


def _tighter(
    a: Fraction | None,
    a_open: bool,
    b: Fraction | None,
    b_open: bool,
    choose: Callable[[Fraction, Fraction], Fraction],
) -> tuple[Fraction | None, bool]:
    if a is None or b is None:
        return (b, b_open) if a is None else (a, a_open)
    if a == b:
        return a, a_open or b_open
    chosen = choose(a, b)
    return chosen, a_open if chosen == a else b_open


def exactly(value: Fraction) -> Interval:
    """The interval of one number."""
    return Interval(value, value)


def between(low: Fraction | int | None, high: Fraction | int | None) -> Interval:
    """The interval with both ends included."""
    return Interval(None if low is None else Fraction(low), None if high is None else Fraction(high))


def hull(intervals: Iterable[Interval]) -> Interval:
    """The smallest interval around all that are not empty. At least one must not be."""
    filled = [interval for interval in intervals if not interval.empty]
    lows = [interval for interval in filled if interval.low is not None]
    highs = [interval for interval in filled if interval.high is not None]
    low = min((i.low for i in lows if i.low is not None), default=None) if len(lows) == len(filled) else None
    high = max((i.high for i in highs if i.high is not None), default=None) if len(highs) == len(filled) else None
    return Interval(
        low,
        high,
        low is not None and all(i.low_open for i in lows if i.low == low),
        high is not None and all(i.high_open for i in highs if i.high == high),
        all(i.whole for i in filled),
    )


ANYTHING = Interval(None, None)
"""What nothing is known about."""

COUNT = Interval(Fraction(0), None, whole=True)
"""How many there can be."""
