"""Longer periods: the total that a roll-up prescribes from the totals of other periods, and what to know of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from auditlib.core.message import Message, Notice
from auditlib.core.period import Period
from auditlib.core.values import Text
from auditlib.scheme.results import RollUpPart
from auditlib.scoring.one_period import PeriodUnits, ScoringBasis, score_units
from auditlib.scoring.result import PartScore, UnitScore

__all__ = ["roll_up"]

HOW = {
    "exclude": Message("left out"),
    "zero": Message("zero points"),
    "full": Message("100 points"),
}
"""What a roll-up declares of a period without data."""


def roll_up(basis: ScoringBasis, period: Period, own: PeriodUnits) -> tuple[list[UnitScore], list[Notice]]:
    """The units with the total that the roll-up prescribes, and the periods it came from.

    A unit of which a period holds something, but not all that a total needs (a mark that nobody has given), is not
    one without data: the period is left out of its mean whatever the roll-up declares, and its total is not complete.
    """
    notices: list[Notice] = []
    parts: dict[str, list[PartScore]] = {unit.unit: [] for unit in own.units}
    totals: dict[str, Fraction | None] = dict.fromkeys(parts, Fraction(0))
    out_of: dict[str, Fraction | None] = dict.fromkeys(parts, Fraction(0))
    for part in basis.resolved.scheme.roll_up[period.granularity].parts:
        scored: dict[str, list[PartScore]] = {unit: [] for unit in parts}
        for piece in period.split(part.of):
            found = own if piece == period else score_units(basis, piece, False, None)
            if piece != period:
                notices += _of_piece(piece, found, part.missing, basis.resolved.scheme.indicator_titles)
            by_unit = {} if found.empty and piece != period else {unit.unit: unit for unit in found.units}
            assessed = {unit.unit for unit in found.units}
            for unit, pieces in scored.items():
                pieces.append(_part_score(piece, part, by_unit.get(unit), unit in assessed))
        notices += _unequal(part, scored)
        for unit, pieces in scored.items():
            parts[unit] += pieces
            known = [piece for piece in pieces if piece.total is not None]
            totals[unit] = _add(totals[unit], part.weight, [piece.total for piece in known])
            out_of[unit] = _add(
                out_of[unit], part.weight, [piece.total_of for piece in known if piece.total_of is not None]
            )
    return [
        replace(
            unit,
            total=totals[unit.unit],
            total_of=out_of[unit.unit],
            complete=unit.complete and all(part.complete for part in parts[unit.unit]),
            parts=tuple(parts[unit.unit]),
        )
        for unit in own.units
    ], notices


def _part_score(piece: Period, part: RollUpPart, unit: UnitScore | None, assessed: bool) -> PartScore:
    """What a period gives a unit; one in which it is not ``assessed`` is no period of the unit at all."""
    if not assessed:
        return PartScore(str(piece), part.weight, None, None)
    if unit is None or unit.total is None:
        if unit is not None and unit.active:
            return PartScore(str(piece), part.weight, None, None, complete=False, gaps=unit.gaps)
        total = None if part.missing == "exclude" else Fraction(0 if part.missing == "zero" else 100)
        return PartScore(str(piece), part.weight, total, None)
    return PartScore(str(piece), part.weight, unit.total, unit.total_of, unit.complete, unit.gaps)


def _of_piece(piece: Period, found: PeriodUnits, missing: str, titles: Mapping[str, Text]) -> Iterator[Notice]:
    """What a reader must know of one period of a roll-up."""
    if found.empty:
        message = Message("{period} has no data: {how}, as the roll-up declares", period=piece, how=HOW[missing])
        yield Notice("part_without_data", message)
        return
    yield from found.notices
    without = [unit for unit in found.units if unit.total is None]
    if units := tuple(unit.unit for unit in without if not unit.active):
        message = Message(
            "{period} gives no total for {units}: {how}, as the roll-up declares",
            period=piece, units=units, how=HOW[missing],
        )  # fmt: skip
        yield Notice("no_total", message, units)
    if units := tuple(unit.unit for unit in without if unit.active):
        lacks = {one.id for unit in without if unit.unit in units for one in unit.indicators if one.points is None}
        message = Message(
            "{period} holds data of {units}, but not all that a total needs ({lacking}): left out, and the whole is "
            "not complete",
            period=piece, units=units, lacking=tuple(titles[id] for id in titles if id in lacks),
        )  # fmt: skip
        yield Notice("incomplete_part", message, units)


def _unequal(part: RollUpPart, scored: Mapping[str, Sequence[PartScore]]) -> Iterator[Notice]:
    """The units whose mean is taken over totals out of different full marks."""
    for unit, pieces in scored.items():
        marks = {piece.total_of for piece in pieces if piece.total is not None and piece.total_of is not None}
        if len(marks) > 1:
            message = Message(
                "the mean of unit {unit} is taken over totals out of different full marks ({maxima})",
                unit=unit, maxima=tuple(sorted(marks, reverse=True)),
            )  # fmt: skip
            yield Notice("unequal_parts", message, (unit,))


def _add(total: Fraction | None, weight: Fraction, values: Sequence[Fraction | None]) -> Fraction | None:
    numbers = [value for value in values if value is not None]
    if total is None or not numbers:
        return None
    return total + weight * sum(numbers, Fraction(0)) / len(numbers)
