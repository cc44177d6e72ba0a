"""Outcomes that rule out others: which are decided first, and what they leave to the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from auditlib.scheme.model import Scheme
from auditlib.scheme.results import Outcome
from auditlib.scoring.result import UnitScore

__all__ = ["Barred", "barring_first", "may_bar"]


def barring_first(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Each outcome after those that bar it, whatever it looks at; otherwise in the order of the file.

    Of outcomes that bar one another in a circle the first of the file comes first.
    """
    left = list(outcomes)
    ordered: list[Outcome] = []
    while left:
        free = (one for one in left if not any(one.id in other.bars for other in left if other is not one))
        following = next(free, left[0])
        left.remove(following)
        ordered.append(following)
    return ordered


def may_bar(scheme: Scheme, unit: UnitScore, outcome: Outcome) -> list[str]:
    """The undecided outcomes of a unit that would rule out another one."""
    undecided = {one.id for one in unit.outcomes if not one.decided}
    return [other.id for other in scheme.outcomes if outcome.id in other.bars and other.id in undecided]


@dataclass
class Barred:
    """What the outcomes looked at so far rule out, by unit: for certain, or where they are undecided, perhaps."""

    certain: dict[str, set[str]] = field(default_factory=dict)
    possible: dict[str, set[str]] = field(default_factory=dict)

    def add(self, unit: str, outcome: Outcome, decided: bool) -> None:
        """Take in an outcome of a unit."""
        (self.certain if decided else self.possible).setdefault(unit, set()).update(outcome.bars)

    def bars(self, unit: str, outcome: Outcome) -> bool:
        """Whether the unit cannot have the outcome."""
        return outcome.id in self.certain.get(unit, ())

    def may_bar(self, unit: str, outcome: Outcome) -> bool:
        """Whether an outcome that nobody can decide yet would rule it out."""
        return outcome.id in self.possible.get(unit, ())

    def fields(self, outcome: Outcome, units: Collection[str]) -> list[set[str]]:
        """The units that compete for the places of an outcome whose barred places are filled up: two ways, or one.

        Without those that are barred for certain, and without those that may be barred as well.
        """
        free = {unit for unit in units if not self.bars(unit, outcome)}
        sure = {unit for unit in free if not self.may_bar(unit, outcome)}
        return [free] if free == sure else [free, sure]
