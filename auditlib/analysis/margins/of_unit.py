"""Everything that a unit is near to: the points of its indicators, its rank, its outcomes."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.analysis.margins.nearest import IndicatorMargin, indicator_margin
from auditlib.analysis.margins.neighbours import Neighbour, OutcomeMargin, neighbours, outcome_margins
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["UnitMargins", "unit_margins"]


@dataclass(frozen=True)
class UnitMargins:
    """How near a unit is to other points, ranks and outcomes."""

    unit: UnitScore
    indicators: tuple[IndicatorMargin, ...]
    ahead: Neighbour | None
    behind: Neighbour | None
    outcomes: tuple[OutcomeMargin, ...]

    @property
    def rolled_up(self) -> bool:
        """Whether the total comes from several periods, so that a point of an indicator is no point of the total."""
        return bool(self.unit.parts)

    def enough(self) -> tuple[IndicatorMargin, ...]:
        """The indicators in which one change, the nearest to better points, draws the unit level with those ahead."""
        if self.ahead is None or self.ahead.points is None or self.rolled_up:
            return ()
        lacking = self.ahead.points
        return tuple(own for own in self.indicators if own.better and own.better[0].gain >= lacking > 0)


def unit_margins(resolved: Resolved, result: Result, unit: UnitScore, indicator: str | None = None) -> UnitMargins:
    """The margins of one unit of ``result``, which must hold all units that it is ranked against."""
    ahead, behind = neighbours(resolved, result, unit)
    return UnitMargins(
        unit,
        tuple(indicator_margin(resolved, result, unit, i.id) for i in unit.indicators if indicator in (None, i.id)),
        ahead,
        behind,
        outcome_margins(resolved, result, unit),
    )
