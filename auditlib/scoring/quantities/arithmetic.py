"""Quantities of one unit from its other quantities, by the word that each is written with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from auditlib.core.exact import Rounding, round_exact
from auditlib.scheme.conditions import UnitCondition
from auditlib.scheme.formers.arithmetic import Add, Divide, LeastOrGreatest, Mean, Multiply, RoundedValue, StepsOf
from auditlib.scheme.formers.base import Former
from auditlib.scheme.formers.choices import Choose, Curve, Holds, HowMany
from auditlib.scoring.quantities.forming import curve_value, least_or_greatest, mean_of, step_count
from auditlib.scoring.unknown import Unknown, Value, first_unknown

__all__ = ["formed"]


class Values(Protocol):
    """The quantities of the units of a period."""

    def value(self, part: str | Fraction, unit: str) -> Value:
        """A number, or the value of a quantity for a unit, or why it has none."""

    def holds(self, condition: UnitCondition, unit: str, *, strict: bool = False) -> bool | Unknown:
        """Whether a condition holds for a unit, or what has to be known first."""


def formed(of: Values, former: Former, unit: str) -> Value:
    """What a quantity of the unit's own is for it, or why it has no value."""
    return FORMING[type(former)](of, former, unit)


def _all(of: Values, parts: Sequence[str | Fraction], unit: str) -> list[Value]:
    return [of.value(part, unit) for part in parts]


def _add(of: Values, former: Add, unit: str) -> Value:
    values = _all(of, [part for part, _ in former.add], unit)
    if (unknown := first_unknown(values)) is not None:
        return unknown
    weights = (weight for _, weight in former.add)
    return sum((v * w for v, w in zip(values, weights, strict=True) if isinstance(v, Fraction)), Fraction(0))


def _multiply(of: Values, former: Multiply, unit: str) -> Value:
    product = Fraction(1)
    values = _all(of, former.multiply, unit)
    if (unknown := first_unknown(values)) is not None:
        return unknown
    for value in values:
        assert isinstance(value, Fraction)
        product *= value
    return product


def _divide(of: Values, former: Divide, unit: str) -> Value:
    over, under = _all(of, former.divide, unit)
    if (unknown := first_unknown((over, under))) is not None:
        return unknown
    assert isinstance(over, Fraction)
    assert isinstance(under, Fraction)
    return of.value(former.zero, unit) if under == 0 else over / under


def _extreme(of: Values, former: LeastOrGreatest, unit: str) -> Value:
    values = _all(of, former.least or former.greatest or (), unit)
    return least_or_greatest(values, greatest=former.greatest is not None, missing=former.missing)


def _mean(of: Values, former: Mean, unit: str) -> Value:
    return mean_of(former, _all(of, [part for part, _ in former.mean], unit))


def _curve(of: Values, former: Curve, unit: str) -> Value:
    value, ends = of.value(former.curve, unit), [_all(of, knot, unit) for knot in former.knots]
    if (unknown := first_unknown((value, *(end for knot in ends for end in knot)))) is not None:
        return unknown
    below, above = (
        "hold" if side is None or side == "hold" else "extend" if side == "extend" else of.value(side, unit)
        for side in (former.outside.below, former.outside.above)
    )
    flat = None if former.flat is None else of.value(former.flat, unit)
    assert isinstance(value, Fraction)
    return curve_value(former, value, [(a, b) for a, b in ends], below, above, flat)  # type: ignore[misc]


def _choose(of: Values, former: Choose, unit: str) -> Value:
    for case in former.choose:
        truth = of.holds(case.when, unit)
        if isinstance(truth, Unknown):
            return truth
        if truth:
            return of.value(case.is_, unit)
    return of.value(former.else_, unit)


def _steps(of: Values, former: StepsOf, unit: str) -> Value:
    steps = former.steps
    above = steps.above is not None
    values = _all(of, (steps.of, steps.above if above else steps.below, steps.every), unit)  # type: ignore[arg-type]
    if (unknown := first_unknown(values)) is not None:
        return unknown
    value, threshold, every = (one for one in values if isinstance(one, Fraction))
    return step_count(value, threshold, every, steps.mode, above=above)


def _rounded(of: Values, former: RoundedValue, unit: str) -> Value:
    value = of.value(former.round, unit)
    return value if isinstance(value, Unknown) else round_exact(value, Rounding(former.digits, former.mode))


def _how_many(of: Values, former: HowMany, unit: str) -> Value:
    truths = [of.holds(condition, unit) for condition in former.how_many]
    unknown = first_unknown(truths)
    return Fraction(sum(truth is True for truth in truths)) if unknown is None else unknown


def _holds(of: Values, former: Holds, unit: str) -> Value:
    truth = of.holds(former.holds, unit, strict=True)
    return truth if isinstance(truth, Unknown) else Fraction(truth)


FORMING: Mapping[type[Former], Callable[[Values, Any, str], Value]] = {
    Add: _add, Multiply: _multiply, Divide: _divide, LeastOrGreatest: _extreme, Mean: _mean, Curve: _curve,
    Choose: _choose, StepsOf: _steps, RoundedValue: _rounded, HowMany: _how_many, Holds: _holds,
}  # fmt: skip
