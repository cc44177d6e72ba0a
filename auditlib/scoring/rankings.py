"""Further rankings of a scheme: by their own keys, within their own groups, of whom they rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from auditlib.scheme.results import FurtherRanking
from auditlib.scoring.quantities.evaluation import PeriodQuantities
from auditlib.scoring.rank import key_values
from auditlib.scoring.result import Placement, UnitScore

__all__ = ["with_placements"]


def with_placements(evaluation: PeriodQuantities, units: Sequence[UnitScore]) -> list[UnitScore]:
    """The units with their place in each ranking by name; one in which a unit is not ranked is left out.

    A unit is ranked where the ranking is for it (``only``) and every key has a value.
    """
    ranks: dict[str, dict[str, Placement]] = {unit.unit: {} for unit in units}
    for ranking in evaluation.resolved.scheme.rankings:
        for code, placement in _placed(evaluation, ranking, units):
            ranks[code][ranking.id] = placement
    return [replace(unit, ranks=ranks[unit.unit]) if ranks[unit.unit] else unit for unit in units]


def _placed(
    evaluation: PeriodQuantities, ranking: FurtherRanking, units: Sequence[UnitScore]
) -> Iterator[tuple[str, Placement]]:
    groups: dict[str | None, list[tuple[tuple[Fraction, ...], str]]] = {}
    for unit in units:
        code = unit.unit
        if ranking.only is not None and evaluation.holds(ranking.only, code) is not True:
            continue
        if any(evaluation.known(key.of, code) is None for key in ranking.by):
            continue
        own = ranking.regroup.get(code, ranking.regroup.get(unit.name, evaluation.groups.get(code)))
        put_last = ranking.last is not None and evaluation.holds(ranking.last, code) is True
        place = (Fraction(put_last), *key_values(evaluation, ranking.by, code))
        groups.setdefault(own if ranking.within == "group" else None, []).append((place, code))
    for group, members in groups.items():
        rank = 1
        for _, equal in groupby(sorted(members), key=lambda member: member[0]):
            tied = [code for _, code in equal]
            for code in tied:
                others = tuple(other for other in tied if other != code) if ranking.ties == "undecided" else ()
                yield code, Placement(rank, len(members), group, others)
            rank += len(tied)
