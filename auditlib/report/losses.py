"""Where the points are lost: each indicator over all units of a period."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from auditlib.points import paired
from auditlib.report.tables import lost, reference
from auditlib.result import Result, UnitScore
from auditlib.scheme.load import Resolved

__all__ = ["IndicatorLoss", "attained", "losses"]


@dataclass(frozen=True)
class IndicatorLoss:
    """An indicator over the units it was scored for.

    ``losing`` lost points against the full mark, ``emptied`` have none of it left; ``lost`` is what all lost
    together, ``possible`` the sum of the full marks. Gains of one unit do not make up for losses of another.
    """

    id: str
    title: str
    scored: tuple[UnitScore, ...]
    losing: tuple[UnitScore, ...]
    emptied: tuple[UnitScore, ...]
    lost: Fraction
    possible: Fraction

    @property
    def everyone(self) -> bool:
        """Whether nobody of several kept the full mark: the rule, not a unit, may be what to look at."""
        return len(self.scored) > 1 and len(self.losing) == len(self.scored)

    @property
    def nobody(self) -> bool:
        """Whether several were scored and none lost: the indicator does not tell units apart."""
        return len(self.scored) > 1 and not self.losing


def losses(resolved: Resolved, result: Result, language: str) -> tuple[IndicatorLoss, ...]:
    """Every indicator that was scored for anyone, the one that cost most first."""
    found: dict[str, list[tuple[UnitScore, Fraction, Fraction]]] = {}
    titles = {}
    for unit in result.units:
        for indicator, scored in paired(resolved.scheme, unit.indicators):
            titles[indicator.id] = indicator.title(language)
            missing = lost(indicator, scored)
            if missing is not None and scored.points is not None:
                found.setdefault(indicator.id, []).append((unit, max(missing, Fraction(0)), reference(indicator)))
    rows = [
        IndicatorLoss(
            id, titles[id],
            scored=tuple(unit for unit, _, _ in units),
            losing=tuple(unit for unit, missing, _ in units if missing > 0),
            emptied=tuple(unit for unit, missing, full in units if missing >= full > 0),
            lost=sum((missing for _, missing, _ in units), Fraction(0)),
            possible=sum((full for _, _, full in units), Fraction(0)),
        )
        for id, units in found.items()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: -row.lost))


def attained(resolved: Resolved, unit: UnitScore) -> dict[str, Fraction | None]:
    """The share of the full mark that a unit has, by indicator; None without a score, or without a mark to share."""
    return {
        indicator.id: None
        if scored.points is None or not reference(indicator)
        else scored.points / reference(indicator)
        for indicator, scored in paired(resolved.scheme, unit.indicators)
    }
