"""How many digits the numbers of a result need, so that what is printed decides as the exact numbers did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from auditlib.core.exact import MORE_DIGITS, Rounding, telling, told_apart
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Bound, Shortfall
from auditlib.scoring.result import TOTAL, UnitScore

__all__ = ["wider_digits"]

Key = tuple[str, str]


def wider_digits(scheme: Scheme, units: Sequence[UnitScore]) -> dict[Key, int]:
    """By unit and quantity (:data:`~auditlib.scoring.result.TOTAL` is the total), more digits than the scheme declares.

    They are there where the number, rounded as declared, would stand on the other side of a threshold, make another
    number of steps, or be equal to that of another unit which is ranked by it and has another number.
    """
    rounding = scheme.rounding.rounding()
    thresholds = {name: scheme.thresholds(name) for name in scheme.quantity_names}
    bounds = [outcome.total.bound for outcome in scheme.outcomes if outcome.total is not None]
    found: dict[Key, int] = {}
    for unit in units:
        for name, value in (*unit.measures.items(), *unit.rates.items()):
            if value is not None and value.denominator != 1 and thresholds[name]:
                _widen(found, (unit.unit, name), rounding, telling(value, rounding, _teller(value, thresholds[name])))
        if unit.total is not None:
            _widen(found, (unit.unit, TOTAL), rounding, telling(unit.total, rounding, _teller(unit.total, bounds)))
    for name, groups in _ranked(scheme, units):
        for values in groups:
            wider = told_apart(values.values(), rounding)
            for unit_code, value in values.items():
                _widen(found, (unit_code, name), rounding, wider.get(value, rounding))
    return found


def _teller(value: Fraction, thresholds: Iterable[Bound | Shortfall]) -> Callable[[Fraction], bool]:
    own = tuple(thresholds)
    return lambda shown: all(threshold.tells(value, shown) for threshold in own)


def _widen(found: dict[Key, int], key: Key, declared: Rounding, needed: Rounding | None) -> None:
    digits = declared.digits + MORE_DIGITS if needed is None else needed.digits
    if digits > found.get(key, declared.digits):
        found[key] = digits


def _ranked(scheme: Scheme, units: Sequence[UnitScore]) -> Iterator[tuple[str, list[dict[str, Fraction]]]]:
    """What units are ranked by, with the values of those that are ranked against each other."""
    yield TOTAL, _grouped((unit.ranked_in, unit.unit, unit.total) for unit in units if unit.rank is not None)
    by = [outcome.place.by for outcome in scheme.outcomes if outcome.place is not None and outcome.place.by]
    for name in dict.fromkeys(by):
        yield name, _grouped((unit.ranked_in, unit.unit, _value(unit, name)) for unit in units)
    for name in dict.fromkeys(standing.index for standing in scheme.standings.values()):
        yield name, _grouped((unit.group, unit.unit, _value(unit, name)) for unit in units)


def _value(unit: UnitScore, quantity: str) -> Fraction | None:
    return unit.rates.get(quantity, unit.measures.get(quantity))


def _grouped(rows: Iterable[tuple[str | None, str, Fraction | None]]) -> list[dict[str, Fraction]]:
    groups: dict[str | None, dict[str, Fraction]] = {}
    for group, unit, value in rows:
        if value is not None:
            groups.setdefault(group, {})[unit] = value
    return list(groups.values())
