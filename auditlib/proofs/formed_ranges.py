"""Where computed quantities can lie, and which conditions can hold, by intervals alone.

Each word has its rule: what it gives lies in the interval that its parts allow. What does not follow is not claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Protocol

from auditlib.proofs.intervals import ANYTHING, COUNT, Interval, between, exactly, hull
from auditlib.scheme.conditions import NOT_ASSESSABLE, UnitCondition
from auditlib.scheme.formers.arithmetic import (
    Add,
    Divide,
    LeastOrGreatest,
    Mean,
    Multiply,
    PointsOf,
    RoundedValue,
    StepsOf,
)
from auditlib.scheme.formers.base import Former
from auditlib.scheme.formers.choices import Choose, Curve, Holds, HowMany
from auditlib.scheme.formers.elsewhere import OfEarlier, OfOutcome, OfPeers, OverPeriods, Percentile
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Shortfall

__all__ = ["OfParts", "formed_range", "truth"]

SHARE = between(0, 1)
FROM_NOTHING = between(0, None)


class OfParts(Protocol):
    """What is known of the quantities that another is made of."""

    @property
    def scheme(self) -> Scheme:
        """The scheme whose quantities they are."""

    def of(self, quantity: str) -> Interval:
        """Where a quantity can lie whenever it has a value."""

    def of_node(self, node: str) -> Interval:
        """Where the points of a node can lie."""

    def part_of(self, small: str, large: str) -> bool:
        """Whether every row that one measure counts is one that another counts."""


def formed_range(ranges: OfParts, former: Former) -> Interval:
    """Where a computed quantity can lie whenever it has a value."""
    return RULES[type(former)](ranges, former)


def _part(ranges: OfParts, part: str | Fraction) -> Interval | None:
    """Where a part can lie; None for one that never has a value."""
    if isinstance(part, Fraction):
        return exactly(part)
    return None if part == NOT_ASSESSABLE else ranges.of(part)


def _hull(ranges: OfParts, parts: Iterable[str | Fraction | None]) -> Interval:
    found = [_part(ranges, part) for part in parts if part is not None]
    known = [one for one in found if one is not None]
    return hull(known) if known else ANYTHING


def _add(ranges: OfParts, former: Add) -> Interval:
    total = exactly(Fraction(0))
    for part, weight in former.add:
        total += (_part(ranges, part) or ANYTHING).times(weight)
    # n − m of which m counts some of the rows of n is no less than nothing.
    parts = {part: weight for part, weight in former.add if isinstance(part, str)}
    counts = ranges.scheme.measures.keys() >= parts.keys()
    more, less = [p for p, w in parts.items() if w > 0], [p for p, w in parts.items() if w < 0]
    pair = counts and len(parts) == len(former.add) == 2 and len(more) == len(less) == 1
    if pair and parts[more[0]] >= -parts[less[0]] and ranges.part_of(less[0], more[0]):
        return total.meets(FROM_NOTHING)
    return total


def _multiply(ranges: OfParts, former: Multiply) -> Interval:
    product = exactly(Fraction(1))
    for part in former.multiply:
        product = _times(product, _part(ranges, part) or ANYTHING)
    return product


def _times(one: Interval, other: Interval) -> Interval:
    if one.point is not None:
        return other.times(one.point)
    if other.point is not None:
        return one.times(other.point)
    if None in (one.low, one.high, other.low, other.high):
        if one.within(FROM_NOTHING) and other.within(FROM_NOTHING):
            return between((one.low or 0) * (other.low or 0), None)
        return ANYTHING
    ends = [a * b for a in (one.low, one.high) for b in (other.low, other.high) if a is not None and b is not None]
    return between(min(ends), max(ends))


def _divide(ranges: OfParts, former: Divide) -> Interval:
    over, under = former.divide
    value = _quotient(ranges, over, under)
    zero = _part(ranges, former.zero)
    return value if zero is None else hull((value, zero))


def _quotient(ranges: OfParts, over: str | Fraction, under: str | Fraction) -> Interval:
    top, bottom = _part(ranges, over) or ANYTHING, _part(ranges, under) or ANYTHING
    measures = ranges.scheme.measures
    if over in measures and under in measures and ranges.part_of(str(over), str(under)):
        return SHARE
    if bottom.point:
        return top.times(1 / bottom.point)
    if bottom.low is not None and bottom.low > 0:
        high = None if bottom.high is None else 1 / bottom.high
        return _times(top, Interval(high or Fraction(0), 1 / bottom.low, low_open=high is None))
    if top.within(FROM_NOTHING) and bottom.within(FROM_NOTHING):
        return FROM_NOTHING
    return ANYTHING


def _extreme(ranges: OfParts, former: LeastOrGreatest) -> Interval:
    parts = [_part(ranges, part) for part in former.least or former.greatest or ()]
    known = [one for one in parts if one is not None]
    if not known:
        return ANYTHING
    whole = hull(known)
    if former.missing == "left_out" and any(isinstance(p, str) for p in former.least or former.greatest or ()):
        fixed = [one.point for one in known if one.point is not None]
        if former.greatest is not None:
            return whole.meets(between(max(fixed), None)) if fixed else whole
        return whole.meets(between(None, min(fixed))) if fixed else whole
    lows, highs = [one.low for one in known], [one.high for one in known]
    if former.greatest is not None:
        low = max((one for one in lows if one is not None), default=None)
        return whole.meets(between(low, None))
    high = min((one for one in highs if one is not None), default=None)
    return whole.meets(between(None, high))


def _mean(ranges: OfParts, former: Mean) -> Interval:
    if any(weight < 0 for _, weight in former.mean):
        return ANYTHING
    stand_in = {"zero": [exactly(Fraction(0))], "full": [exactly(Fraction(1))]}.get(former.missing, [])
    whole = hull([_part(ranges, part) or ANYTHING for part, _ in former.mean] + stand_in)
    if former.kind == "arithmetic":
        return _unwhole(whole)
    if not whole.within(FROM_NOTHING):
        return FROM_NOTHING if former.kind == "geometric" else ANYTHING
    return _widened(whole, former.digits) if former.kind == "geometric" else _unwhole(whole)


def _unwhole(value: Interval) -> Interval:
    """The same, not of whole numbers alone."""
    return Interval(value.low, value.high, value.low_open, value.high_open)


def _widened(value: Interval, digits: int | None) -> Interval:
    unit = Fraction(1, 10 ** (digits or 0))
    low = None if value.low is None else value.low - unit
    return between(low, None if value.high is None else value.high + unit)


def _peers(ranges: OfParts, former: OfPeers) -> Interval:
    own = _part(ranges, former.peers) or ANYTHING
    take = former.take
    if isinstance(take, Percentile) or take in ("mean", "median", "pooled", "least", "greatest"):
        return own if take in ("least", "greatest") else _unwhole(own)
    if take == "sum":
        return FROM_NOTHING if own.within(FROM_NOTHING) else ANYTHING
    if take == "sd":
        if own.low is None or own.high is None:
            return FROM_NOTHING
        return between(0, own.high - own.low + Fraction(1, 10 ** (former.digits or 0)))
    if take == "place":
        return Interval(Fraction(1), None, whole=former.ties != "mean")
    return COUNT if take == "count" else Interval(Fraction(0), Fraction(1), high_open=True)


def _earlier(ranges: OfParts, former: OfEarlier) -> Interval:
    return _hull(ranges, (former.earlier, former.missing, former.published))


def _over(ranges: OfParts, former: OverPeriods) -> Interval:
    if former.take in ("count", "run"):
        return Interval(Fraction(0), None if former.last is None else Fraction(former.last), whole=True)
    own = between(0, 1) if isinstance(former.over, OfOutcome) else _part(ranges, former.over) or ANYTHING
    own = hull((own, exactly(Fraction(0)))) if former.missing == "zero" else own
    if former.take == "sum":
        return FROM_NOTHING if own.within(FROM_NOTHING) else ANYTHING
    return _unwhole(own)


def _points(ranges: OfParts, former: PointsOf) -> Interval:
    return ranges.of_node(former.points)


def _curve(ranges: OfParts, former: Curve) -> Interval:
    sides = (former.outside.below, former.outside.above)
    if "extend" in sides:
        return ANYTHING
    gives = [gives for _, gives in former.knots]
    beyond = [side for side in (*sides, former.flat) if side is not None and side != "hold"]
    return _unwhole(_hull(ranges, [*gives, *beyond]))


def _choose(ranges: OfParts, former: Choose) -> Interval:
    found = [case.is_ for case in former.choose if truth(ranges, case.when) is not False]
    certain = any(truth(ranges, case.when) is True for case in former.choose)
    return _hull(ranges, found if certain else [*found, former.else_])


def _steps(ranges: OfParts, former: StepsOf) -> Interval:
    steps = former.steps
    whole = steps.mode != "exact"
    of, above = _part(ranges, steps.of), steps.above is not None
    threshold = steps.above if above else steps.below
    if not isinstance(threshold, Fraction) or not isinstance(steps.every, Fraction) or of is None:
        return COUNT if whole else FROM_NOTHING
    fixed = Shortfall(
        of="",
        above=threshold if above else None,
        below=None if above else threshold,
        every=steps.every,
        mode=steps.mode,
    )
    near, far = (of.low, of.high) if above else (of.high, of.low)
    low = Fraction(0) if near is None else fixed.steps(near)
    return Interval(low, None if far is None else fixed.steps(far), whole=whole)


def _rounded(ranges: OfParts, former: RoundedValue) -> Interval:
    return _widened(_part(ranges, former.round) or ANYTHING, former.digits)


def _how_many(ranges: OfParts, former: HowMany) -> Interval:
    truths = [truth(ranges, condition) for condition in former.how_many]
    least, most = truths.count(True), len(truths) - truths.count(False)
    return Interval(Fraction(least), Fraction(most), whole=True)


def _holds(ranges: OfParts, former: Holds) -> Interval:
    found = truth(ranges, former.holds)
    return Interval(Fraction(0), Fraction(1), whole=True) if found is None else exactly(Fraction(found))


RULES: Mapping[type[Former], Callable[[OfParts, Any], Interval]] = {
    Add: _add, Multiply: _multiply, Divide: _divide, LeastOrGreatest: _extreme, Mean: _mean, OfPeers: _peers,
    OfEarlier: _earlier, OverPeriods: _over, PointsOf: _points, Curve: _curve, Choose: _choose, StepsOf: _steps,
    RoundedValue: _rounded, HowMany: _how_many, Holds: _holds,
}  # fmt: skip


def truth(ranges: OfParts, condition: UnitCondition) -> bool | None:
    """Whether a condition holds for every value that is possible, for none, or (None) for some.

    That something is not assessable makes a comparison fail: what holds for every value is then only never refuted,
    and is told as open, but for numbers.
    """
    if condition.of is not None:
        return _compared(ranges, condition)
    if condition.not_ is not None:
        found = truth(ranges, condition.not_)
        return None if found is None else not found
    if not condition.joined:
        return None
    truths = [truth(ranges, one) for one in condition.joined]
    decisive = condition.any is not None
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _compared(ranges: OfParts, condition: UnitCondition) -> bool | None:
    assert condition.of is not None
    value = _part(ranges, condition.of)
    if value is None:
        return False
    for sign, bound in condition.bounds:
        limit = _part(ranges, bound)
        if limit is None or value.meets(_where(sign, limit)).empty:
            return False
    return None


def _where(sign: str, limit: Interval) -> Interval:
    """Where a value can lie that stands so to some value of ``limit``."""
    if sign in ("≥", ">"):
        return Interval(limit.low, None, low_open=sign == ">" or limit.low_open)
    return Interval(None, limit.high, high_open=sign == "<" or limit.high_open)
