"""From points to consequences: longer periods, ranks, and what follows from them."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import model_validator

from auditlib.core.period import Granularity
from auditlib.core.values import Number, Positive, Strict, Text, exactly_one, in_order
from auditlib.scheme.rules import Bound
from auditlib.scheme.source import Name, Periods

__all__ = ["Consequence", "Minimum", "Outcome", "Part", "Place", "Ranking", "RollUp", "TieBreak", "Total", "Weigh"]


class Part(Strict):
    """One part of a roll-up: the mean of the totals of the periods of a granularity, with its weight."""

    of: Granularity
    weight: Number
    missing: Literal["exclude", "zero", "full"]
    """What a period without data, or without a score, counts for: left out of the mean, 0 points, or 100."""


class RollUp(Strict):
    """How the total of a longer period comes from shorter ones and from itself."""

    clause: str
    parts: tuple[Part, ...]


class TieBreak(Strict):
    """Equal totals are ordered by a measure; what is still equal stays undecided."""

    by: str
    order: Literal["descending", "ascending"]


class Minimum(Strict):
    """How many cases a unit needs to be ranked: fewer say too little of it.

    ``of`` is a measure; a unit with less than ``at_least`` is not ranked, so that it is not last either.
    """

    clause: str | None
    of: str
    at_least: Positive


class Ranking(Strict):
    """Who stands before whom. ``undecided`` ties share a rank and are named as such."""

    clause: str | None
    by: Literal["total"]
    order: Literal["descending", "ascending"]
    within: Literal["group", "all"]
    ties: Literal["undecided", "shared"] | TieBreak
    needs: tuple[str, ...] = ()
    """Indicators without which a total says too little: where one has no points, the unit is not ranked."""
    minimum: Minimum | None = None
    """How many cases a unit needs to be ranked; without it every unit is, however few it has."""
    different_maxima: Literal["unranked", "by_share", "apart", "undecided"]
    """What happens where units of one group were assessed out of different full marks, or on different indicators.

    ``unranked``: those out of less than the others have no rank; ``by_share``: all are ranked by their share of what
    they could attain; ``apart``: those of equal maxima are ranked among themselves; ``undecided``: nobody can say, so
    that the whole group has no ranks.
    """
    forced_last: Literal["undecided", "by_total"] | None = None
    """In which order several units stand that outcomes put behind all others."""
    regroup: dict[str, str] = {}
    """Units, by code or name, that are ranked in another group than the register of units says."""

    def group_of(self, unit: str, name: str | None, group: str | None) -> str | None:
        """The group in which a unit is ranked where groups are ranked apart: its own, or the one it is moved to."""
        return self.regroup.get(unit, self.regroup.get(name or unit, group))


class Place(Strict):
    """A condition on an outcome: the first or the last so many of the ranking, with the bound named."""

    top: Positive | None = None
    bottom: Positive | None = None
    by: str | None = None
    """A quantity to rank by in place of the total, the greatest first; what is equal stays undecided."""

    @model_validator(mode="after")
    def _one_end(self) -> Place:
        exactly_one(self, "top", "bottom")
        return self


class Total(Strict):
    """A condition on an outcome: the unit's total, with the inclusion of the bound said by its name."""

    at_least: Number | None = None
    above: Number | None = None
    at_most: Number | None = None
    below: Number | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Total:
        exactly_one(self, "at_least", "above", "at_most", "below")
        return self

    @property
    def bound(self) -> Bound:
        """The same as a condition on a quantity called ``total``."""
        return Bound(of="total", at_least=self.at_least, above=self.above, at_most=self.at_most, below=self.below)

    def holds(self, total: Fraction) -> bool:
        return self.bound.holds(total)


class Consequence(Strict):
    """What an outcome brings: for whom, and how much where it is counted.

    A fixed ``amount``, or a range ``low`` to ``high`` within which a person decides: that decision is a mark for
    the outcome, and is asked for until it is there. Both are for each occurrence where ``each`` is true.
    """

    id: Name
    who: Text
    what: Text
    amount: Number | None = None
    low: Number | None = None
    high: Number | None = None
    each: bool = False
    of: str | None = None
    """The fact that a fixed amount is a share of; where the ledger does not give it, there is no amount."""

    @model_validator(mode="after")
    def _range(self) -> Consequence:
        in_order(self.low, self.high)
        return self


class Weigh(Strict):
    """A ground that makes an outcome graver or milder: it must, it may, or the source does not say (``open``).

    ``when`` looks at the rows behind the outcome. Nothing is computed from it: who decides is told what was found.
    """

    id: Name
    clause: str
    title: Text | None = None
    when: str
    towards: Literal["graver", "milder"]
    force: Literal["must", "may", "open"]


class Outcome(Strict):
    """What follows from a result: an honour, a sanction, a bar. All its conditions must hold.

    ``quantity`` looks at counts and rates, ``total`` and ``place`` at the score of a ranked unit. ``bars`` names
    outcomes that it makes impossible; a barred place stays empty unless ``fills_up`` lets the next unit move up.
    ``forces_last`` puts the unit behind all others, whatever its total.
    """

    id: Name
    title: Text
    clause: str
    quantity: Bound | None = None
    total: Total | None = None
    place: Place | None = None
    periods: Periods | None = None
    bars: tuple[str, ...] = ()
    fills_up: bool = False
    forces_last: bool = False
    evidence: str | None = None
    consequences: tuple[Consequence, ...] = ()
    weighs: tuple[Weigh, ...] = ()
    gaps: tuple[str, ...] = ()
    """The values that the source does not give and that it waits for."""

    @property
    def gap(self) -> str | None:
        """The first value that the outcome waits for; None where it waits for none."""
        return next(iter(self.gaps), None)

    @model_validator(mode="after")
    def _some_condition(self) -> Outcome:
        if self.gaps:
            return self
        if self.quantity is None and self.total is None and self.place is None:
            raise ValueError("found no condition, expected quantity, total or place")
        if self.forces_last and (self.total is not None or self.place is not None):
            raise ValueError("found forces_last beside total or place, expected it to hang on a quantity alone")
        return self
