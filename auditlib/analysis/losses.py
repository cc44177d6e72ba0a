"""Where the points are lost: each indicator over all units of a period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditlib.scheme.load import Resolved
from auditlib.scheme.rules import Indicator
from auditlib.scoring.result import IndicatorScore, Result, UnitScore
from auditlib.scoring.totals import paired

__all__ = [
    "IndicatorLoss",
    "attained",
    "losses",
    "lost",
    "only_targets",
    "reference",
    "rolled_up",
    "tied_losses",
    "with_unscored",
]


def reference(indicator: Indicator) -> Fraction:
    """What an indicator's points are measured against: its full mark, or without one the points it starts from."""
    return indicator.max if indicator.max is not None else indicator.start


def lost(indicator: Indicator, scored: IndicatorScore) -> Fraction | None:
    """How many points an indicator lost against :func:`reference`; negative for a bonus, None without a score."""
    return None if scored.points is None else reference(indicator) - scored.points


def only_targets(unit: UnitScore) -> bool:
    """Whether all that a unit was assessed by are targets, which are met or not and have no points."""
    return bool(unit.indicators) and all(one.met is not None for one in unit.indicators)


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
    judged: tuple[UnitScore, ...] = ()
    missed: tuple[UnitScore, ...] = ()
    """Of an indicator that has a target instead of points: the units held to it, and those that miss it."""

    @property
    def everyone(self) -> bool:
        """Whether nobody of several kept the full mark or met the target: the rule may be what to look at."""
        pairs = ((self.scored, self.losing), (self.judged, self.missed))
        return any(len(all_of) > 1 and len(worse) == len(all_of) for all_of, worse in pairs)

    @property
    def nobody(self) -> bool:
        """Whether several were scored, with the same points, and none lost: the indicator tells no units apart."""
        points = {unit.indicator(self.id).points for unit in self.scored}
        return len(self.scored) > 1 and not self.losing and len(points) == 1


def losses(resolved: Resolved, result: Result, language: str) -> tuple[IndicatorLoss, ...]:
    """Every indicator that anyone was assessed by, the one that cost most, or is missed most, first."""
    found: dict[str, list[tuple[UnitScore, Fraction, Fraction]]] = {}
    judged: dict[str, list[tuple[UnitScore, bool]]] = {}
    titles = {}
    for unit in result.units:
        for indicator, scored in paired(resolved.scheme, unit.indicators):
            titles[indicator.id] = indicator.title(language)
            missing = lost(indicator, scored)
            if missing is not None:
                found.setdefault(indicator.id, []).append((unit, max(missing, Fraction(0)), reference(indicator)))
            if scored.met is not None:
                judged.setdefault(indicator.id, []).append((unit, scored.met))
    rows = [
        IndicatorLoss(
            id, titles[id],
            scored=tuple(unit for unit, _, _ in units),
            losing=tuple(unit for unit, missing, _ in units if missing > 0),
            emptied=tuple(unit for unit, missing, full in units if missing >= full > 0),
            lost=sum((missing for _, missing, _ in units), Fraction(0)),
            possible=sum((full for _, _, full in units), Fraction(0)),
            judged=tuple(unit for unit, _ in judged.get(id, ())),
            missed=tuple(unit for unit, met in judged.get(id, ()) if not met),
        )
        for id in titles
        if (units := found.get(id, [])) or id in judged
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.lost, -len(row.missed))))


def tied_losses(losses: Sequence[IndicatorLoss]) -> list[IndicatorLoss]:
    """The first of the losses, and those after it that are as large."""
    return [loss for loss in losses if loss.lost == losses[0].lost]


def rolled_up(units: Iterable[UnitScore], period: str) -> bool:
    """Whether totals come from other periods, too, whose losses are not among those of the period's own indicators."""
    return any(part.period != period for unit in units for part in unit.parts)


def with_unscored(units: Iterable[UnitScore]) -> int:
    """How many units have an indicator without a score, so that what they lose under it is not known."""
    return sum(any(one.status != "scored" for one in unit.indicators) for unit in units)


def attained(resolved: Resolved, unit: UnitScore) -> dict[str, Fraction | None]:
    """The share of the full mark that a unit has, by indicator; a target that is met is all of it, a missed one
    nothing. None without a score, or without a mark to share.
    """
    return {
        indicator.id: _share(scored, reference(indicator))
        for indicator, scored in paired(resolved.scheme, unit.indicators)
    }


def _share(scored: IndicatorScore, full: Fraction) -> Fraction | None:
    if scored.met is not None:
        return Fraction(scored.met)
    return scored.points / full if scored.points is not None and full else None
