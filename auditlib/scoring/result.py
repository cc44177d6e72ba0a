"""What scoring gives: frozen values from the whole result down to one score line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.message import Notice, Sayable
from auditlib.core.values import Text
from auditlib.scoring.counting import FactRow

__all__ = [
    "TOTAL",
    "AppliedAdjustment",
    "BeforeAdjustments",
    "ConditionFound",
    "DutyCounts",
    "Exclusion",
    "GroundFound",
    "IndicatorScore",
    "OutcomeScore",
    "PartScore",
    "Placement",
    "ProvisionalRows",
    "Result",
    "ScoreLine",
    "Status",
    "UnitScore",
    "Working",
]

Status = Literal["scored", "not_assessable", "needs_input"]

TOTAL = "(total)"
"""What the total is called among the quantities of a unit; no quantity of a scheme can have such a name."""


@dataclass(frozen=True)
class Working:
    """A quantity behind a line, with its value for the unit, and what it was taken from where that lies elsewhere."""

    quantity: str
    value: Fraction | None
    peers: tuple[tuple[str, Fraction], ...] = ()
    """The units that it was compared with, the greatest value first, its own among them where it counts."""
    periods: tuple[tuple[str, Fraction | None], ...] = ()
    """The periods that it was taken over, the oldest first."""


@dataclass(frozen=True)
class ScoreLine:
    """One rule applied to one unit: what it looked at, the points it gave, and the rows that show why.

    ``quantity`` is what the rule looked at (a count or a rate), ``steps`` what the points were multiplied
    with. Both are None where there was nothing to look at; ``reason`` then says why.
    """

    rule: str
    clause: str
    quantity: Fraction | None
    steps: Fraction | None
    points: Fraction | None
    evidence: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    reason: Sayable | None = None
    gaps: tuple[str, ...] = ()
    """The gaps of the scheme that keep the rule from scoring."""
    facts: tuple[FactRow, ...] = ()
    """The facts that the quantity comes from."""
    undecided_with: tuple[str, ...] = ()
    """The units with which it shares a place where nothing decides between them, so that it has no points."""
    of: str = ""
    """The name of what ``quantity`` is a value of; empty for a mark."""
    workings: tuple[Working, ...] = ()
    """Where the quantity is made of others: these first, each after those that it is made of."""


@dataclass(frozen=True)
class IndicatorScore:
    """The points of one indicator. ``raw`` is the sum of the lines before floor and cap."""

    id: str
    max: Fraction | None
    points: Fraction | None
    status: Status
    lines: tuple[ScoreLine, ...]
    raw: Fraction | None = None
    gaps: tuple[str, ...] = ()
    met: bool | None = None
    """Whether its target is met, for an indicator that has one instead of points."""


@dataclass(frozen=True)
class GroundFound:
    """A ground of an outcome (``weighs``) that rows behind it meet, with their keys; a person weighs it.

    Of a ground that looks at columns which the ledger does not have, ``lacking`` names these and nobody can say.
    """

    id: str
    evidence: tuple[str, ...]
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutcomeScore:
    """An outcome that a unit has. ``decided`` is False where a tie leaves open who gets it.

    ``count`` is how many times its condition occurred, ``needs`` names the consequences that a person still
    has to decide.
    """

    id: str
    title: Text
    clause: str
    decided: bool
    count: int = 1
    amounts: Mapping[str, Fraction] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    place: tuple[int, int] | None = None
    """The place that it hangs on and how many are ranked, for an outcome of a place."""
    tie: tuple[str, ...] = ()
    """The units that share that place where nothing decides between them."""
    weighs: tuple[GroundFound, ...] = ()
    """The grounds that make it graver or milder, as far as rows behind it meet them."""


@dataclass(frozen=True)
class ConditionFound:
    """What an outcome asks for, for one unit: whether it holds (None: open), and the quantities that decide it."""

    holds: bool | None
    workings: tuple[Working, ...]


@dataclass(frozen=True)
class Exclusion:
    """Cases of a unit that the list of exclusions leaves out for one reason, by one clause and one office."""

    reason: str
    clause: str | None
    approver: str
    count: int


@dataclass(frozen=True)
class BeforeAdjustments:
    """What a unit had without the adjustments that appeals brought; ``own`` are those that change rows of its own."""

    total: Fraction | None
    rank: int | None
    outcomes: tuple[str, ...]
    own: tuple[str, ...]


@dataclass(frozen=True)
class AppliedAdjustment:
    """An adjustment that a result rests on. ``changes`` are its cells, each with what was and what holds now."""

    id: str
    period: str
    clause: str | None
    decided_at: datetime
    decided_by: str
    reason: Text
    changes: tuple[tuple[str, str | None, str | None, str | None], ...]
    """Cell, what was, what it becomes, paper."""
    units: tuple[str, ...]
    """Whose rows it changes."""

    def to_json(self) -> dict[str, Any]:
        """The adjustment as plain values."""
        names = ("cell", "was", "becomes", "ref")
        return vars(self) | {
            "decided_at": self.decided_at.isoformat(),
            "reason": self.reason.model_dump(),
            "changes": [dict(zip(names, change, strict=True)) for change in self.changes],
            "units": list(self.units),
        }


@dataclass(frozen=True)
class DutyCounts:
    """How many instances of a duty a unit has of each status, and of its soft limits how many late and missed.

    ``rate`` is met among met, late and missed; None where nothing could be assessed.
    """

    id: str
    clause: str
    counts: Mapping[str, int]
    soft: Mapping[str, int]
    rate: Fraction | None


@dataclass(frozen=True)
class ProvisionalRows:
    """Rows of a register that were counted by working days which nobody has published: plain weekends stood in.

    Of ``unit_facts`` it is the fact for which the working days of the period stand in.
    """

    register: str
    count: int
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartScore:
    """One period of a roll-up: its total, or None where it has none.

    ``complete`` is False where the period lacks something that it needs, such as a mark that nobody has given;
    ``gaps`` are those of the scheme that keep something of it from being scored.
    """

    period: str
    weight: Fraction
    total: Fraction | None
    total_of: Fraction | None
    complete: bool = True
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placement:
    """Where a unit stands in a ranking: its place, among how many, and the units that share it."""

    rank: int
    of: int
    within: str | None
    """The group whose units it is ranked with; None where it is ranked with all."""
    tie: tuple[str, ...] = ()
    """Those that share the place where nothing decides between them."""


@dataclass(frozen=True)
class UnitScore:
    """One unit in one period. ``total`` adds what can be scored, ``total_of`` says out of how much."""

    unit: str
    name: str
    group: str | None
    total: Fraction | None
    total_of: Fraction | None
    complete: bool
    indicators: tuple[IndicatorScore, ...]
    measures: Mapping[str, Fraction | None]
    rates: Mapping[str, Fraction | None]
    ranked_in: str | None = None
    """The group it is ranked in: its own, unless the scheme moves it to another."""
    rank: int | None = None
    tie: tuple[str, ...] = ()
    """The units that share the rank where nothing decides between them."""
    active: bool = True
    """Whether the ledger holds anything of it in the period: a row, a fact, a mark."""
    unranked: Sayable | None = None
    """Why a unit has no rank although it may have a total."""
    too_few: bool = False
    """Whether it has fewer cases than the ranking needs, so that it is not ranked."""
    apart: bool = False
    """Whether it is ranked among units that were assessed out of less than the others of its group."""
    outcomes: tuple[OutcomeScore, ...] = ()
    before_exclusions: Fraction | None = None
    """The total without the list of exclusions, where the ledger has one."""
    excluded: int = 0
    """How many of its cases in the period are excluded."""
    exclusions: tuple[Exclusion, ...] = ()
    """The same by reason, clause and approving office."""
    parts: tuple[PartScore, ...] = ()
    provisional: tuple[ProvisionalRows, ...] = ()
    before_adjustments: BeforeAdjustments | None = None
    """What it had before appeals changed the inputs, where any did."""
    duties: tuple[DutyCounts, ...] = ()
    """The duties of the scheme in its order, where it has some and they were counted."""
    name_en: str = ""
    group_en: str = ""
    """How reports in English call the unit and its group, where the ledger says so."""
    branches: tuple[IndicatorScore, ...] = ()
    """The nodes of the scheme's tree that have other nodes under them, children before parents."""
    ranks: Mapping[str, Placement] = field(default_factory=dict)
    """Where it stands in each further ranking of the scheme; without those in which it is not ranked."""
    conditions: Mapping[str, ConditionFound] = field(default_factory=dict)
    """By outcome what the conditions (``when``) of it come to, for units whose lines are explained."""

    @property
    def moved(self) -> bool:
        """Whether it is ranked elsewhere than in its own group."""
        return self.ranked_in is not None and self.ranked_in != self.group

    @property
    def moved_by_adjustments(self) -> bool:
        """Whether its total, rank or outcomes differ from what they were before adjustments."""
        before = self.before_adjustments
        return before is not None and (before.total, before.rank, before.outcomes) != (
            self.total, self.rank, tuple(one.id for one in self.outcomes),
        )  # fmt: skip

    @property
    def gaps(self) -> tuple[str, ...]:
        """The gaps of the scheme that keep something of the unit from being scored."""
        return tuple(dict.fromkeys(name for one in self.indicators for name in one.gaps))

    def indicator(self, id: str) -> IndicatorScore:
        return next(one for one in (*self.indicators, *self.branches) if one.id == id)


@dataclass(frozen=True)
class Result:
    """Every unit of a ledger scored by a scheme for a period."""

    scheme: str
    version: str
    period: str
    as_of: datetime
    readings: Mapping[str, str]
    supplied: Mapping[str, Fraction]
    rounding: Rounding
    units: tuple[UnitScore, ...]
    notices: tuple[Notice, ...]
    provisional_after: date | None = None
    """The last day that the calendar knows, where rows were counted by later ones."""
    digits: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By unit and quantity (:data:`TOTAL` is the total), how many digits a number is written with, where the declared
    ones would contradict what was decided by it."""
    adjustments: tuple[AppliedAdjustment, ...] = ()
    """What was decided on appeal and holds here, in the order of decision."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know, in English."""
        return tuple(str(notice.message) for notice in self.notices)

    def noticed(self, *kinds: str) -> tuple[Notice, ...]:
        """The notices of these kinds, in their order."""
        return tuple(notice for notice in self.notices if notice.kind in kinds)

    def unit(self, code: str) -> UnitScore:
        """The score of one unit. Raises :class:`KeyError` where it was not assessed."""
        for unit in self.units:
            if unit.unit == code:
                return unit
        raise KeyError(code)

    def only(self, code: str) -> Result:
        """The same result with one unit alone; its rank is the one among all."""
        return replace(self, units=(self.unit(code),))

    def text(self, value: Fraction | None) -> str | None:
        """A number as decimal text, rounded as the scheme declares."""
        return None if value is None else decimal_text(value, self.rounding)

    def rounding_of(self, unit: str, quantity: str = TOTAL) -> Rounding:
        """How a quantity of a unit, or its total, is rounded: as declared, or with as many digits as decide."""
        digits = self.digits.get((unit, quantity))
        return self.rounding if digits is None else replace(self.rounding, digits=digits)

    @property
    def total_rounding(self) -> Rounding:
        """How totals are written beside each other: all with as many digits as any of them needs."""
        wide = [digits for (_, name), digits in self.digits.items() if name == TOTAL]
        return replace(self.rounding, digits=max([self.rounding.digits, *wide]))

    def quantity(self, unit: str, name: str, value: Fraction | None) -> str | None:
        """A quantity of a unit as decimal text, with as many digits as its thresholds need."""
        return None if value is None else decimal_text(value, self.rounding_of(unit, name))

    def total(self, unit: UnitScore) -> str | None:
        """A unit's total as decimal text, with as many digits as tell its rank."""
        return self.quantity(unit.unit, TOTAL, unit.total)

    def to_json(self) -> dict[str, Any]:
        """The result as plain values: numbers as decimal text, counts as integers."""
        from auditlib.scoring.result_json import result_json  # which knows this module

        return result_json(self)
