"""What became of the values that a source does not give: supplied, filled by people's marks, open, or not asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditlib.core.period import Period
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.result import Result, UnitScore

__all__ = ["GapState", "gap_states"]


@dataclass(frozen=True)
class GapState:
    """A gap over some units of a result.

    ``open`` are the units of which it keeps something from being scored, in the period or in one that it rolls up;
    ``marked`` those of which people's marks fill it everywhere. A gap with a value supplied has neither.
    """

    name: str
    supplied: bool
    open: tuple[UnitScore, ...]
    marked: tuple[UnitScore, ...]
    outcome: bool = False
    """Whether an outcome of such periods waits for it, whatever the units have."""

    @property
    def is_open(self) -> bool:
        return bool(self.open) or self.outcome


def gap_states(resolved: Resolved, result: Result, units: Sequence[UnitScore]) -> tuple[GapState, ...]:
    """Every gap of the scheme, in its order, as it stands for ``units``."""
    scheme, found = resolved.scheme, []
    granularity = Period.parse(result.period).granularity
    waiting = {
        name
        for outcome in scheme.outcomes
        if outcome.periods is None or granularity in outcome.periods
        for name in outcome.gaps
    }
    for name in scheme.gaps:
        supplied = name in resolved.supplied
        opened = () if supplied else tuple(unit for unit in units if name in _open(unit))
        others = [] if supplied else [unit for unit in units if unit not in opened]
        marked = tuple(unit for unit in others if name in _filled(scheme, unit))
        found.append(GapState(name, supplied, opened, marked, not supplied and name in waiting))
    return tuple(found)


def _open(unit: UnitScore) -> set[str]:
    return set(unit.gaps).union(*(part.gaps for part in unit.parts))


def _filled(scheme: Scheme, unit: UnitScore) -> Iterator[str]:
    """The gaps of which some rule has points all the same: a person gave them."""
    rules = {(indicator.id, rule.id): rule for indicator, rule in scheme.rules()}
    for indicator in unit.indicators:
        for line in indicator.lines:
            if line.points is not None and (indicator.id, line.rule) in rules:
                yield from rules[indicator.id, line.rule].gaps
    kinds = {Period.parse(part.period).granularity for part in unit.parts if part.total_of is not None}
    for one, rule in scheme.rules():
        if kinds.intersection(one.periods or kinds):
            yield from rule.gaps
