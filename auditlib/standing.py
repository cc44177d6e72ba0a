"""Standings: what a unit loses by its place among the units of its group, where a scheme ranks an index of counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from auditlib.points import Facts, Unknown, value_of
from auditlib.result import UnitScore
from auditlib.scheme.counting import Standing
from auditlib.scheme.model import Scheme

__all__ = ["place_of", "with_standings"]


def with_standings(scheme: Scheme, facts: Mapping[str, Facts], groups: Mapping[str, str | None]) -> dict[str, Facts]:
    """The facts of every unit with its standings among the units of its group."""
    found: dict[str, dict[str, Fraction]] = {unit: {} for unit in facts}
    for name, standing in scheme.standings.items():
        for group, table in standing.tables.items():
            members = {unit: facts[unit] for unit in facts if groups[unit] == group}
            for unit, value in _standing(scheme, standing, table, members).items():
                found[unit][name] = value
    return {unit: replace(own, standings=found[unit]) for unit, own in facts.items()}


def _standing(
    scheme: Scheme, standing: Standing, table: tuple[Fraction, ...], members: Mapping[str, Facts]
) -> dict[str, Fraction]:
    indices = {unit: value_of(scheme, standing.index, own) for unit, own in members.items()}
    known = {unit: index for unit, index in indices.items() if not isinstance(index, Unknown)}
    if not known:
        return {}
    counts = {unit: members[unit].counts for unit in known}
    average, places = _average(scheme, standing, known, counts), _places(standing, known, counts)
    volume = {unit: _volume(standing, counts[unit]) for unit in known}
    result = dict.fromkeys(known, Fraction(0))
    for unit in places:
        if known[unit] > average:
            # Equal in index and volume: nothing decides, so each gets the entry of the better place of the two.
            first = next(p for p, u in enumerate(places) if (known[u], volume[u]) == (known[unit], volume[unit]))
            result[unit] = table[first] if first < len(table) else standing.then
    return result


def _average(
    scheme: Scheme, standing: Standing, known: Mapping[str, Fraction], counts: Mapping[str, Mapping[str, Fraction]]
) -> Fraction:
    average = sum(known.values(), Fraction(0)) / len(known)
    if standing.average == "pooled":
        names = scheme.measures_of(standing.index)
        summed = {name: sum((counts[unit][name] for unit in known), Fraction(0)) for name in names}
        pooled = value_of(scheme, standing.index, Facts(summed, {}, {}))
        average = average if isinstance(pooled, Unknown) else pooled
    return average


def _places(
    standing: Standing, known: Mapping[str, Fraction], counts: Mapping[str, Mapping[str, Fraction]]
) -> list[str]:
    return sorted(known, key=lambda unit: (-known[unit], -_volume(standing, counts[unit]), unit))


def _volume(standing: Standing, counts: Mapping[str, Fraction]) -> Fraction:
    """What orders equal indices; a unit of which the ledger does not say it comes after those of which it does."""
    return counts.get(standing.ties) or Fraction(0)


def place_of(
    scheme: Scheme, standing: Standing, unit: UnitScore, units: Iterable[UnitScore]
) -> tuple[Fraction, int, int]:
    """What a scored unit's standing comes from: the average of its group, its place from the highest, of how many.

    Raises :class:`KeyError` for a unit without the index.
    """
    members = {one.unit: one for one in units if one.group == unit.group}
    indices = {code: one.rates.get(standing.index) for code, one in members.items()}
    known = {code: index for code, index in indices.items() if index is not None}
    counts = {code: {name: n or Fraction(0) for name, n in members[code].measures.items()} for code in known}
    places = _places(standing, known, counts)
    own = known[unit.unit], _volume(standing, counts[unit.unit])
    place = next(at for at, code in enumerate(places, 1) if (known[code], _volume(standing, counts[code])) == own)
    return _average(scheme, standing, known, counts), place, len(known)
