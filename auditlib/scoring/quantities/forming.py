"""What each word makes of the values of its parts, for one unit. Pure functions over exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm, prod

from auditlib.core.exact import Rounding, whole_steps
from auditlib.core.message import Message
from auditlib.core.roots import rounded_root
from auditlib.scheme.formers.arithmetic import Mean
from auditlib.scheme.formers.choices import Curve
from auditlib.scoring.unknown import NOTHING, Unknown, Value, first_unknown

__all__ = ["curve_value", "least_or_greatest", "mean_of", "step_count"]

NEGATIVE = Unknown(Message("a geometric mean of a number below 0 does not exist"), not_assessable=True)
FLAT = Unknown(Message("two ends of the curve are equal"), not_assessable=True)
OUTSIDE = Unknown(Message("the value lies outside the curve"), not_assessable=True)
NO_STEP = Unknown(Message("a step of 0 or less counts nothing"), not_assessable=True)

Known = Sequence[tuple[Fraction, Fraction]]
"""Values with their weights."""


def least_or_greatest(values: Sequence[Value], *, greatest: bool, missing: str) -> Value:
    """The least or the greatest of ``values``. One that somebody owes is never passed over."""
    unknown = first_unknown(values)
    known = [value for value in values if isinstance(value, Fraction)]
    if unknown is not None and (not unknown.not_assessable or missing == "not_assessable" or not known):
        return unknown
    return max(known) if greatest else min(known)


def mean_of(mean: Mean, values: Sequence[Value]) -> Value:
    """The mean of ``values`` as declared; those that are not assessable by its policy."""
    unknown = first_unknown(values)
    if unknown is not None and (not unknown.not_assessable or mean.missing == "not_assessable"):
        return unknown
    known: list[tuple[Fraction, Fraction]] = []
    for value, (_, weight) in zip(values, mean.mean, strict=True):
        if isinstance(value, Fraction):
            known.append((value, weight))
        elif mean.missing in ("zero", "full"):
            known.append((Fraction(mean.missing == "full"), weight))
    whole = sum((weight for _, weight in known), Fraction(0))
    if whole == 0:
        return NOTHING
    if mean.kind == "geometric":
        return _geometric(known, whole, Rounding(mean.digits or 0, mean.mode))
    if mean.kind == "harmonic":
        if any(value == 0 for value, _ in known):
            return Fraction(0)
        return whole / sum((weight / value for value, weight in known), Fraction(0))
    return sum((value * weight for value, weight in known), Fraction(0)) / whole


def _geometric(known: Known, whole: Fraction, rounding: Rounding) -> Value:
    """The root of a product of powers: with weights 1/2 and 1/3 the sixth root of the third and second powers."""
    if any(value < 0 for value, _ in known):
        return NEGATIVE
    shares = [weight / whole for _, weight in known]
    degree = lcm(*(share.denominator for share in shares))
    powers = (value ** int(share * degree) for (value, _), share in zip(known, shares, strict=True))
    return rounded_root(prod(powers, start=Fraction(1)), degree, rounding)


def step_count(value: Fraction, threshold: Fraction, every: Fraction, mode: str, *, above: bool) -> Value:
    """How many steps ``value`` lies beyond ``threshold``."""
    if every <= 0:
        return NO_STEP
    return whole_steps(value - threshold if above else threshold - value, every, mode)  # type: ignore[arg-type]


def curve_value(
    curve: Curve, value: Fraction, knots: Sequence[tuple[Fraction, Fraction]], below: Value | str, above: Value | str,
    flat: Value | None,
) -> Value:  # fmt: skip
    """What a curve gives at ``value``: ``knots`` in any order, ``below`` and ``above`` what lies beyond them."""
    ordered = sorted(knots, key=lambda knot: knot[0])
    if any(one[0] == other[0] for one, other in pairwise(ordered)):
        return FLAT if flat is None else flat
    first, last = ordered[0], ordered[-1]
    if curve.between == "from":
        if value < first[0]:
            return _beyond(below, first[1])
        return next(gives for at, gives in reversed(ordered) if at <= value)
    if curve.between == "to":
        if value > last[0]:
            return _beyond(above, last[1])
        return next(gives for at, gives in ordered if value <= at)
    if value < first[0]:
        return _on_line(value, first, ordered[1]) if below == "extend" else _beyond(below, first[1])
    if value > last[0]:
        return _on_line(value, ordered[-2], last) if above == "extend" else _beyond(above, last[1])
    return next(_on_line(value, one, other) for one, other in pairwise(ordered) if one[0] <= value <= other[0])


def _beyond(side: Value | str, held: Fraction) -> Value:
    if side == "hold":
        return held
    return OUTSIDE if isinstance(side, str) else side


def _on_line(value: Fraction, one: tuple[Fraction, Fraction], other: tuple[Fraction, Fraction]) -> Fraction:
    return one[1] + (value - one[0]) * (other[1] - one[1]) / (other[0] - one[0])
