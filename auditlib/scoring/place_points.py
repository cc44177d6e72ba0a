"""Standings: what a unit loses by its place among the units of its group, where a scheme ranks an index of counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from auditlib.core.message import Message
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Standing
from auditlib.scoring.facts import Facts
from auditlib.scoring.points import value_of
from auditlib.scoring.result import UnitScore
from auditlib.scoring.unknown import Unknown

__all__ = ["place_of", "with_standings"]


def with_standings(scheme: Scheme, facts: Mapping[str, Facts], groups: Mapping[str, str | None]) -> dict[str, Facts]:
    """The facts of every unit with its standings among the units of its group, or why it has none."""
    found: dict[str, dict[str, Fraction | Unknown]] = {unit: {} for unit in facts}
    for name, standing in scheme.standings.items():
        for group in dict.fromkeys(groups[unit] for unit in facts):
            members = {unit: facts[unit] for unit in facts if groups[unit] == group}
            table = standing.tables.get(group or "")
            if table is None:
                why = _no_table(standing, group)
                found_here: Mapping[str, Fraction | Unknown] = dict.fromkeys(members, why)
            else:
                found_here = _standing(scheme, standing, table, members)
            for unit, value in found_here.items():
                found[unit][name] = value
    return {unit: replace(own, standings=found[unit]) for unit, own in facts.items()}


def _no_table(standing: Standing, group: str | None) -> Unknown:
    known = tuple(standing.tables)
    if not group:
        return Unknown(Message("the register of units gives no group; the scheme ranks by {groups}", groups=known))
    return Unknown(Message("the scheme ranks no group {group}; it ranks by {groups}", group=group, groups=known))


def _standing(
    scheme: Scheme, standing: Standing, table: tuple[Fraction, ...], members: Mapping[str, Facts]
) -> dict[str, Fraction | Unknown]:
    indices = {unit: value_of(scheme, standing.index, own) for unit, own in members.items()}
    known = {unit: index for unit, index in indices.items() if not isinstance(index, Unknown)}
    result: dict[str, Fraction | Unknown] = {unit: why for unit, why in indices.items() if isinstance(why, Unknown)}
    if not known:
        return result
    counts = {unit: members[unit].counts for unit in known}
    average, places = _average(scheme, standing, known, counts), _places(standing, known, counts)
    volume = {unit: _volume(standing, counts[unit]) for unit in known}
    for unit in places:
        result[unit] = Fraction(0)
        if known[unit] > average:
            equal = [at for at, one in enumerate(places) if (known[one], volume[one]) == (known[unit], volume[unit])]
            entries = [table[at] if at < len(table) else standing.then for at in equal]
            others = tuple(places[at] for at in equal if places[at] != unit)
            result[unit] = _shared(standing, entries, 1 + equal[0], others)
    return result


def _shared(standing: Standing, entries: Sequence[Fraction], first: int, others: tuple[str, ...]) -> Fraction | Unknown:
    """What each of those loses that are equal in index and in what decides ties, from place ``first`` on."""
    if len(set(entries)) == 1 or standing.still_equal == "first":
        return entries[0]
    if standing.still_equal == "mean":
        return sum(entries, Fraction(0)) / len(entries)
    return Unknown(
        Message(
            "equal with {units} in index and number: nobody can say who stands at place {first} and who at {last}",
            units=others, first=first, last=first + len(others),
        ),
        undecided_with=others,
    )  # fmt: skip


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
    group_of = scheme.ranking.group_of
    own_group = group_of(unit.unit, unit.name, unit.group)
    members = {one.unit: one for one in units if group_of(one.unit, one.name, one.group) == own_group}
    indices = {code: one.rates.get(standing.index) for code, one in members.items()}
    known = {code: index for code, index in indices.items() if index is not None}
    counts = {code: {name: n or Fraction(0) for name, n in members[code].measures.items()} for code in known}
    places = _places(standing, known, counts)
    own = known[unit.unit], _volume(standing, counts[unit.unit])
    place = next(at for at, code in enumerate(places, 1) if (known[code], _volume(standing, counts[code])) == own)
    return _average(scheme, standing, known, counts), place, len(known)
