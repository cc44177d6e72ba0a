"""From points to consequences: longer periods, ranks, and what follows from them."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from auditlib.core.exact import Rounding, round_exact
from auditlib.core.period import Granularity
from auditlib.core.refusals import Said, shown
from auditlib.core.values import Number, Positive, Strict, Text, exactly_one, in_order, number
from auditlib.scheme.conditions import Part, UnitCondition
from auditlib.scheme.rules import Bound
from auditlib.scheme.source import Name, Periods

__all__ = [
    "Consequence", "FurtherRanking", "Key", "Minimum", "Outcome", "Place", "Ranking", "RollUp", "RollUpPart",
    "TieBreak", "Total", "Weigh", "main_ranking",
]  # fmt: skip


class RollUpPart(Strict):
    """One part of a roll-up: the mean of the totals of the periods of a granularity, with its weight."""

    of: Granularity
    weight: Number
    missing: Literal["exclude", "zero", "full"]
    """What a period without data, or without a score, counts for: left out of the mean, 0 points, or 100."""


class RollUp(Strict):
    """How the total of a longer period comes from shorter ones and from itself."""

    clause: str
    parts: tuple[RollUpPart, ...]


class Key(Strict):
    """What units are ordered by, and which way."""

    of: Part
    order: Literal["descending", "ascending"] = "descending"


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

    only: UnitCondition | None = None
    """Who is ranked at all."""
    then: tuple[Key, ...] = Field(default=(), repr=False)
    """What orders units that are equal in what stands before."""

    def group_of(self, unit: str, name: str | None, group: str | None) -> str | None:
        """The group in which a unit is ranked where groups are ranked apart: its own, or the one it is moved to."""
        return self.regroup.get(unit, self.regroup.get(name or unit, group))


class FurtherRanking(Strict):
    """A ranking by its own keys, each the greatest first unless it says otherwise; who has none of a key is not ranked.

    ``only`` says who is ranked, ``last`` whom it puts behind all others. What is equal in every key shares the better
    place (1, 2, 2, 4), and where ``ties`` is ``undecided`` those at the edge of an outcome are told as undecided.
    """

    id: Name
    title: Text | None = None
    clause: str | None = None
    by: Annotated[tuple[Key, ...], Field(min_length=1)]
    within: Literal["group", "all"]
    only: UnitCondition | None = None
    ties: Literal["undecided", "shared"]
    regroup: dict[str, str] = {}
    last: UnitCondition | None = None
    different_maxima: Literal["unranked", "by_share", "apart", "undecided"] = "undecided"
    minimum: Minimum | None = None
    """Fewer cases than this give no rank, where it is the ranking that reports show."""

    def named(self, language: str) -> str:
        """What people call it: its title, or its id where it has none."""
        return self.title(language) if self.title is not None else self.id


def main_ranking(first: dict[str, Any]) -> dict[str, Any]:
    """The ranking that reports show, from the first of a list: its first key is the total, the others break ties."""
    given = first.get("by")
    keys = list(given) if isinstance(given, list | tuple) else []
    leading = keys[0] if keys and isinstance(keys[0], dict) else {}
    kept = ("within", "ties", "regroup", "only", "different_maxima", "minimum")
    return {
        "clause": first.get("clause"), "by": "total", "order": leading.get("order", "descending"), "then": keys[1:],
        "different_maxima": "undecided",
    } | {key: first[key] for key in kept if key in first}  # fmt: skip


def _places(value: object) -> int | Fraction:
    """A number of places, or a share of those who are ranked. Raises :class:`ValueError`."""
    found = number(value)
    share = isinstance(value, str) and value.rstrip().endswith("%")
    if found <= 0 or (not share and found.denominator != 1) or (share and found >= 1):
        raise ValueError(f"found {shown(value)}, expected {PLACES}")
    return found if share else int(found)


PLACES = "a whole number of places from 1, or a share of those ranked such as 10%"
Places = Annotated[int | Fraction, PlainValidator(_places), PlainSerializer(str), Said(PLACES)]


class Place(Strict):
    """A condition on an outcome: the first or the last so many of a ranking, with the bound named.

    ``top`` and ``bottom`` are numbers of places or shares of those ranked in the group (``10%``), of which ``rounded``
    says what a part of a place becomes.
    """

    ranking: str | None = None
    """The ranking by its id; without one, that by the total."""
    top: Places | None = None
    bottom: Places | None = None
    rounded: Literal["up", "down", "half_up"] | None = None
    by: str | None = None
    """A quantity to rank by in place of the total, the greatest first; what is equal stays undecided."""

    @property
    def end(self) -> int | Fraction:
        """How many places, or which share of them."""
        return self.top or self.bottom or 0

    def count(self, ranked: int) -> int:
        """How many places there are among so many ranked units."""
        if isinstance(self.end, int):
            return self.end
        return int(round_exact(self.end * ranked, Rounding(0, self.rounded or "down")))

    @model_validator(mode="after")
    def _one_end(self) -> Place:
        exactly_one(self, "top", "bottom")
        if isinstance(self.end, Fraction) != (self.rounded is not None):
            raise ValueError("found one of a share of places and rounded, expected both: `{top: 10%, rounded: down}`")
        if self.by is not None and self.ranking is not None:
            raise ValueError("found by and ranking, expected one of them")
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
    amount_of: Part | None = Field(default=None, repr=False)
    """A quantity that is the amount."""

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

    ``quantity`` looks at counts and rates, ``total`` and ``place`` at the score of a ranked unit, ``when`` at whatever
    conditions join: quantities, points of nodes, peers, groups, and outcomes above it in the file. ``bars`` names
    outcomes that it makes impossible, wherever in the file they stand; of outcomes that bar one another the first of
    the file decides. A barred place stays empty unless ``fills_up`` lets the next unit move up.
    ``forces_last`` puts the unit behind all others, whatever its total.
    """

    id: Name
    title: Text
    clause: str
    quantity: Bound | None = None
    when: UnitCondition | None = None
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
        if self.quantity is None and self.total is None and self.place is None and self.when is None:
            raise ValueError("found no condition, expected when, quantity, total or place")
        if self.forces_last and (self.total is not None or self.place is not None):
            raise ValueError("found forces_last beside total or place, expected it to hang on a quantity alone")
        return self
