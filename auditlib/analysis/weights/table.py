"""A scored result as a weighted sum: what each unit attains of each indicator, and the weights in force."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from auditlib.core.errors import InputError, Problem
from auditlib.scoring.result import Result, UnitScore

__all__ = ["WeightedTable", "exact_ranks", "weighted_table"]


@dataclass(frozen=True)
class WeightedTable:
    """What weighting works on: ``total = full × Σ weight × value``, higher is better.

    ``values`` has a row a unit and a column an indicator: the share of its maximum that the unit attains, above
    1 with a bonus. ``weights`` add up to 1, and ``full`` is the sum of the maxima.
    Raises :class:`InputError` where shapes do not match, a name stands twice, or the weights are no shares of 1.
    """

    units: tuple[str, ...]
    indicators: tuple[str, ...]
    values: tuple[tuple[Fraction, ...], ...]
    weights: tuple[Fraction, ...]
    full: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise InputError(Problem("weighted table", None, path, message) for path, message in problems)

    def _problems(self) -> Iterator[tuple[str, str]]:
        for path, names in (("units", self.units), ("indicators", self.indicators)):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice or not names:
                yield path, f"found {', '.join(twice) + ' twice' if twice else 'none'}, expected names, each once"
        if len(self.values) != len(self.units):
            yield "values", f"found {len(self.values)} rows, expected one for each of {len(self.units)} units"
        for unit, row in zip(self.units, self.values, strict=False):
            if len(row) != len(self.indicators):
                yield f"values.{unit}", f"found {len(row)} values, expected {len(self.indicators)}"
        if len(self.weights) != len(self.indicators):
            yield "weights", f"found {len(self.weights)} weights, expected {len(self.indicators)}"
        if sum(self.weights) != 1 or any(weight < 0 for weight in self.weights):
            yield "weights", f"found {', '.join(map(str, self.weights))}, expected shares that add up to 1"

    @property
    def totals(self) -> tuple[Fraction, ...]:
        """The total of each unit under the weights in force."""
        return tuple(
            self.full * sum((weight * value for weight, value in zip(self.weights, row, strict=True)), Fraction(0))
            for row in self.values
        )

    @property
    def ranks(self) -> tuple[int, ...]:
        """The rank of each unit under the weights in force; equal totals share the better rank."""
        return exact_ranks(self.totals)


def exact_ranks(totals: Sequence[Fraction]) -> tuple[int, ...]:
    """The rank of each total, highest first: 1, 2, 2, 4."""
    ordered = sorted(totals, reverse=True)
    first = {total: place for place, total in reversed(list(enumerate(ordered, 1)))}
    return tuple(first[total] for total in totals)


def weighted_table(
    result: Result,
    group: str | None = None,
    *,
    without_units: Collection[str] = (),
    without_indicators: Collection[str] = (),
) -> WeightedTable:
    """A scored result whose maxima are the weights: 10 points out of 93 are a weight of 10/93.

    ``group`` chooses the units that are ranked together in it; they stand in the order of their codes, so that tables
    of several readings match. An indicator that is scored for none of them is left out, and so is what the caller
    names. Raises :class:`InputError` with every reason why the result is no weighted sum: an indicator without points
    for some units or without a maximum, a total that is not the sum of the indicators (a roll-up), an order that is
    not the one of the totals.
    """
    ranked = [unit for unit in result.units if unit.ranked_in == group]
    if not ranked:
        known = ", ".join(sorted({str(unit.ranked_in) for unit in result.units}))
        raise InputError.at(result.scheme, "group", f"found {group}, expected one of: {known}")
    _require_known(result, "without_units", without_units, [unit.unit for unit in ranked])
    _require_known(result, "without_indicators", without_indicators, [entry.id for entry in ranked[0].indicators])
    units = sorted((unit for unit in ranked if unit.unit not in without_units), key=lambda unit: unit.unit)
    if not units:
        raise InputError.at(result.scheme, "without_units", "found every unit, expected some to remain")
    ids = [
        indicator.id
        for indicator in units[0].indicators
        if indicator.id not in without_indicators
        and any(unit.indicator(indicator.id).points is not None for unit in units)
    ]
    if problems := [*_unweighable(result, units, ids), *_otherwise_ordered(result, units)]:
        raise InputError(problems)
    maxima = [units[0].indicator(id).max or Fraction(0) for id in ids]
    full = sum(maxima, Fraction(0))
    return WeightedTable(
        tuple(unit.unit for unit in units),
        tuple(ids),
        tuple(
            tuple((unit.indicator(id).points or Fraction(0)) / most for id, most in zip(ids, maxima, strict=True))
            for unit in units
        ),
        tuple(most / full for most in maxima),
        full,
    )


def _require_known(result: Result, path: str, names: Collection[str], known: Sequence[str]) -> None:
    if unknown := sorted(set(names) - set(known)):
        raise InputError.at(result.scheme, path, f"found {', '.join(unknown)}, expected some of: {', '.join(known)}")


def _unweighable(result: Result, units: Sequence[UnitScore], ids: Sequence[str]) -> Iterator[Problem]:
    if not ids:
        yield Problem(result.scheme, None, "indicators", "found none with points, expected at least one")
    for id in ids:
        most = units[0].indicator(id).max
        if not most or most < 0:
            yield Problem(result.scheme, None, id, f"found the maximum {most}, expected one above 0 to serve as weight")
    for unit in units:
        for id in ids:
            if unit.indicator(id).points is None:
                status = unit.indicator(id).status
                yield Problem(
                    result.scheme, None, f"{unit.unit}.{id}", f"found {status}, expected points for every unit"
                )
        added = sum((entry.points for entry in unit.indicators if entry.points is not None), Fraction(0))
        if unit.total != added:
            message = f"found {result.text(unit.total)}, expected the sum of the indicators {result.text(added)}"
            yield Problem(result.scheme, None, f"{unit.unit}.total", message)


def _otherwise_ordered(result: Result, units: Sequence[UnitScore]) -> Iterator[Problem]:
    """Neighbours in rank of which the lower has the higher total: an ascending order, or units forced last."""
    standing = [
        (unit.rank, unit.total, unit.unit) for unit in units if unit.rank is not None and unit.total is not None
    ]
    ordered = sorted(standing, key=lambda place: place[0])
    for (_, upper, above), (_, lower, below) in pairwise(ordered):
        if lower > upper:
            message = f"found it ranked above {below}, which has the higher total, expected ranks by descending total"
            yield Problem(result.scheme, None, f"{above}.rank", message)
