"""What missing ratings could hide in the rates of a scheme, beside the lines at which its points change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from auditlib.core.period import Period
from auditlib.core.values import Text
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scheme.rules import Bound, Shortfall
from auditlib.scoring.needed import needed_columns
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

__all__ = ["RateBounds", "UnitBounds", "bounds_of_rates"]

BAD, GOOD = "不满意", "满意"
"""What every missing rating is taken to be, once each."""


@dataclass(frozen=True)
class UnitBounds:
    """A rate of a unit: the least and the greatest that missing ratings allow, and what it is without them.

    ``as_rated`` is None where nobody rated the unit. ``crossed`` are the lines of the scheme of which nobody can say on
    which side the unit stands.
    """

    unit: str
    low: Fraction
    as_rated: Fraction | None
    high: Fraction
    crossed: tuple[Fraction, ...]


@dataclass(frozen=True)
class RateBounds:
    """A rate, or another quantity, of the scheme that hangs on ratings, with its ``lines``: thresholds of its rules."""

    id: str
    title: Text
    lines: tuple[Fraction, ...]
    units: tuple[UnitBounds, ...]


def bounds_of_rates(
    ledger: Ledger, resolved: Resolved, period: Period, result: Result, calendar: Calendar | None
) -> tuple[RateBounds, ...]:
    """The rates of a result that would be others if every missing rating of a closed case were bad, or good.

    The ledger is scored twice more, with these ratings in the empty cells, so that a rate weighs and leaves out what
    the scheme weighs and leaves out. None where the scheme reads no ratings of cases, and where none is missing.
    Source: Manski, J. Human Resources 24 (1989).
    """
    cases = ledger.registers.get("cases")
    if cases is None or not {"satisfaction", "closed_at"} <= {*cases.collect_schema().names()}:
        return ()
    if "satisfaction" not in needed_columns(resolved.scheme).get("cases", ()):
        return ()
    missing = pl.col("satisfaction").is_null() & (pl.col("closed_at") <= result.as_of)
    if not cases.select(missing.any()).collect().item():
        return ()

    def rates(rating: str) -> Mapping[str, Mapping[str, Fraction | None]]:
        filled = cases.with_columns(satisfaction=pl.when(missing).then(pl.lit(rating)).otherwise("satisfaction"))
        whole = replace(ledger, registers={**ledger.registers, "cases": filled})
        found = score(resolved, whole, period, result.as_of, calendar=calendar, evidence=False)
        return {unit.unit: unit.rates for unit in found.units}

    bad, good = rates(BAD), rates(GOOD)
    names = {name: None for unit in result.units for name in unit.rates if _differ(bad, good, name)}
    return tuple(_bounds(resolved, name, result, bad, good) for name in names)


Rates = Mapping[str, Mapping[str, Fraction | None]]


def _differ(bad: Rates, good: Rates, name: str) -> bool:
    return any(own.get(name) != good[unit].get(name) for unit, own in bad.items())


def _bounds(resolved: Resolved, name: str, result: Result, bad: Rates, good: Rates) -> RateBounds:
    scheme = resolved.scheme
    lines = tuple(sorted({one.threshold for one in scheme.thresholds(name)}))
    units = []
    for unit in result.units:
        ends = [found[unit.unit].get(name) for found in (bad, good)]
        known = [end for end in ends if end is not None]
        if len(known) == len(ends):
            low, high = min(known), max(known)
            sides = [one for one in lines if _crosses(resolved, name, low, high, one)]
            units.append(UnitBounds(unit.unit, low, unit.rates.get(name), high, tuple(sides)))
    return RateBounds(name, scheme.title_of(name), lines, tuple(units))


def _crosses(resolved: Resolved, name: str, low: Fraction, high: Fraction, line: Fraction) -> bool:
    """Whether the ends lie on two sides of a line; the scheme says on which side the line itself is."""
    own = (one for one in resolved.scheme.thresholds(name) if one.threshold == line)
    return any(_beyond(one, low) != _beyond(one, high) for one in own)


def _beyond(line: Bound | Shortfall, value: Fraction) -> bool:
    """Whether a value is where the line's condition holds, or its steps are counted, be it only in part."""
    if isinstance(line, Bound):
        return line.holds(value)
    return value < line.threshold if line.below is not None else value > line.threshold
