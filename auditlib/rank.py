"""Ranks from exact totals: who stands before whom, and where nothing decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from auditlib.result import UnitScore
from auditlib.scheme.results import Ranking, TieBreak

__all__ = ["ranked"]


def ranked(units: Iterable[UnitScore], ranking: Ranking, last: Collection[str] = ()) -> tuple[UnitScore, ...]:
    """The units with their ranks, by group and rank; units without a total, or without points for an indicator
    that the ranking needs, come last, unranked.

    The units in ``last`` stand behind all others of their group, in the order of their totals.

    Equal units share the better rank and the next one is skipped (1, 2, 2, 4). Where the scheme leaves
    the tie undecided, each names the others.
    """
    groups: dict[str | None, list[UnitScore]] = {}
    for unit in units:
        group = ranking.regroup.get(unit.unit, unit.group) if ranking.within == "group" else None
        groups.setdefault(group, []).append(replace(unit, ranked_in=group))
    return tuple(
        unit
        for group in sorted(groups, key=lambda group: (group is None, group or ""))
        for unit in _ranked_group(groups[group], ranking, last)
    )


def _ranked_group(units: list[UnitScore], ranking: Ranking, last: Collection[str]) -> Iterator[UnitScore]:
    standing = sorted(
        (unit for unit in units if _is_ranked(unit, ranking)),
        key=lambda unit: (_place(unit, ranking, last), unit.unit),
    )
    rank = 1
    for _, equal in groupby(standing, key=lambda unit: _place(unit, ranking, last)):
        tied = list(equal)
        names = tuple(unit.unit for unit in tied)
        for unit in tied:
            others = tuple(name for name in names if name != unit.unit)
            yield replace(unit, rank=rank, tie=others if ranking.ties != "shared" else ())
        rank += len(tied)
    yield from sorted((unit for unit in units if not _is_ranked(unit, ranking)), key=lambda unit: unit.unit)


def _is_ranked(unit: UnitScore, ranking: Ranking) -> bool:
    without = {indicator.id for indicator in unit.indicators if indicator.points is None}
    return unit.total is not None and without.isdisjoint(ranking.needs)


def _place(unit: UnitScore, ranking: Ranking, last: Collection[str]) -> tuple[Fraction, ...]:
    """Smaller is better."""
    assert unit.total is not None
    place: tuple[Fraction, ...] = (
        Fraction(unit.unit in last),
        -unit.total if ranking.order == "descending" else unit.total,
    )
    if isinstance(ranking.ties, TieBreak):
        value = unit.measures.get(ranking.ties.by) or Fraction(0)
        place = (*place, -value if ranking.ties.order == "descending" else value)
    return place
