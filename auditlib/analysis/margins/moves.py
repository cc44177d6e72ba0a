"""What could have been otherwise: the single kinds of change that an indicator's quantities feel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Literal

from auditlib.proofs.ranges import Ranges
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Rate
from auditlib.scheme.rules import Indicator

__all__ = ["Move", "moves"]


@dataclass(frozen=True)
class Move:
    """One kind of change, taken in whole steps; everything else that is counted stays as it is.

    ``more`` or ``fewer`` of ``measure``, or so many of ``instead_of`` that become ``measure``. Inside a rate the
    denominator stays: cases that are there anyway change their state, ``of`` how many.
    """

    kind: Literal["more", "fewer", "instead"]
    measure: str
    changes: Mapping[str, int]
    most: int | None
    """How often it can be done; None where nothing bounds it."""
    instead_of: str | None = None
    of: str | None = None
    """The measure whose cases change their state."""


def moves(
    scheme: Scheme, indicator: Indicator, counts: Mapping[str, Fraction], others: Sequence[Mapping[str, Fraction]] = ()
) -> tuple[Move, ...]:
    """The changes that the indicator's rules can feel, each once, in the order of the rules.

    ``others`` are the counts of the other units: measures of one index that count alike in every unit count the same
    cases, so that they change together.
    """
    ranges = Ranges(scheme)
    found: dict[tuple[tuple[str, int], ...], Move] = {}
    for rule in indicator.rules:
        if rule.quantity is None or any(name not in counts for name in scheme.measures_of(rule.quantity)):
            continue
        multiplied = rule.multiplier.of if rule.multiplier else None
        for move in _of_quantity(scheme, ranges, rule.quantity, multiplied, counts):
            move = _together(scheme, rule.quantity, move, (counts, *others))
            found.setdefault(tuple(sorted(move.changes.items())), move)
    return tuple(found.values())


def _of_quantity(
    scheme: Scheme, ranges: Ranges, quantity: str, multiplied: str | None, counts: Mapping[str, Fraction]
) -> Iterator[Move]:
    if quantity in scheme.measures:
        yield from _of_measure(quantity, multiplied, counts)
    elif quantity in scheme.rates:
        yield from _of_rate(ranges, scheme.rates[quantity], counts)
    elif quantity in scheme.quantities:
        yield from _of_parts(ranges, scheme.measures_of(quantity), counts)
    else:
        rates = [scheme.rates[name] for name in _rates_of(scheme, quantity)]
        below = {name for rate in rates for name in rate.denominator}
        for rate in rates:
            for move in _of_rate(ranges, rate, counts):
                if not below & move.changes.keys():  # what moves both sides of several rates need not move one way
                    yield move


def _together(scheme: Scheme, quantity: str, move: Move, units: Sequence[Mapping[str, Fraction]]) -> Move:
    """The change with the measures of the same index that count the same cases."""
    if quantity in scheme.measures or quantity in scheme.rates or quantity in scheme.quantities:
        return move
    changes = dict(move.changes)
    for name, step in move.changes.items():
        register = scheme.measures[name].register_
        for other in scheme.measures_of(quantity):
            same = register is not None and scheme.measures[other].register_ == register
            if same and other not in changes and all(unit.get(name) == unit.get(other) for unit in units):
                changes[other] = step
    return replace(move, changes=changes)


def _rates_of(scheme: Scheme, quantity: str) -> list[str]:
    if quantity in scheme.rates:
        return [quantity]
    index = scheme.standings[quantity].index if quantity in scheme.standings else quantity
    return [index] if index in scheme.rates else list(scheme.composites[index].parts)


def _of_measure(measure: str, multiplied: str | None, counts: Mapping[str, Fraction]) -> Iterator[Move]:
    again = counts.get(multiplied, Fraction(0)) if multiplied else Fraction(0)
    yield Move("more", measure, {measure: 1}, None)
    yield Move("fewer", measure, {measure: -1}, max(0, int(counts[measure] - again)))
    if multiplied is not None:
        yield Move("more", multiplied, {measure: 1, multiplied: 1}, None)
        yield Move("fewer", multiplied, {measure: -1, multiplied: -1}, int(min(again, counts[measure])))


def _of_parts(ranges: Ranges, measures: Sequence[str], counts: Mapping[str, Fraction]) -> Iterator[Move]:
    """The changes of what a quantity is made of: of a whole that others are part of, these change and it stays."""
    names = list(dict.fromkeys(measures))
    for name in names:
        if any(other != name and ranges.part_of(other, name) for other in names):
            continue
        whole = next((other for other in names if other != name and ranges.part_of(name, other)), None)
        left = None if whole is None else max(0, int(counts[whole] - counts[name]))
        yield Move("more", name, {name: 1}, left, of=whole)
        yield Move("fewer", name, {name: -1}, max(0, int(counts[name])), of=whole)


def _of_rate(ranges: Ranges, rate: Rate, counts: Mapping[str, Fraction]) -> Iterator[Move]:
    above = [name for name, weight in rate.numerator.items() if weight and name not in rate.denominator]
    whole = next((d for d in rate.denominator if all(ranges.part_of(a, d) for a in above)), None)
    apart = all(ranges.apart(a, b) for a, b in combinations(above, 2))
    for name in above:
        others = above if apart else [name]  # where a case may be both, those that are the other are left as well
        left = None if whole is None else max(0, int(counts[whole] - sum((counts[a] for a in others), Fraction(0))))
        yield Move("more", name, {name: 1}, left, of=whole)
        yield Move("fewer", name, {name: -1}, int(counts[name]), of=whole)
    if whole and apart:
        for one, other in combinations(above, 2):
            for low, high in ((one, other), (other, one)):
                yield Move("instead", high, {low: -1, high: 1}, int(counts[low]), low, whole)
    for name in rate.numerator:
        if name in rate.denominator:
            yield Move("more", name, {name: 1}, None)
            yield Move("fewer", name, {name: -1}, int(counts[name]))
