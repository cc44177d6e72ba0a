"""From counts to points: bounds, rules, and the indicators that they add up to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from auditlib.core.exact import StepMode, whole_steps
from auditlib.core.refusals import Said
from auditlib.core.values import NUMBER, Number, PositiveNumber, Strict, Text, exactly_one, number
from auditlib.scheme.conditions import Part, UnitCondition
from auditlib.scheme.source import Name, Periods

__all__ = ["Base", "Bound", "Dimension", "Indicator", "Multiplier", "Rule", "Shortfall"]


def _mark(value: object) -> Fraction | Literal[True]:
    """``true`` as it is; a number, 1 among them, is what everybody is given."""
    return True if value is True else number(value)


Mark = Annotated[
    Literal[True] | Fraction,
    PlainValidator(_mark),
    PlainSerializer(lambda mark: True if mark is True else str(mark)),
    Said(f"true, where a person gives the mark, or {NUMBER}"),
]
"""Who gives a mark: a person, or the scheme, which gives everybody this number."""


class Bound(Strict):
    """A condition on one quantity, with the inclusion of the bound said by its name."""

    of: str
    at_least: Number | None = None
    above: Number | None = None
    at_most: Number | None = None
    below: Number | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Bound:
        exactly_one(self, "at_least", "above", "at_most", "below")
        return self

    @property
    def sign(self) -> str:
        return {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}[self._key]

    @property
    def threshold(self) -> Fraction:
        return getattr(self, self._key)

    @property
    def _key(self) -> str:
        return next(key for key in ("at_least", "above", "at_most", "below") if getattr(self, key) is not None)

    def holds(self, value: Fraction) -> bool:
        threshold = self.threshold
        return {"≥": value >= threshold, ">": value > threshold, "≤": value <= threshold, "<": value < threshold}[
            self.sign
        ]

    @property
    def upwards(self) -> bool:
        """Whether it holds for large values."""
        return self.sign in ("≥", ">")

    def tells(self, value: Fraction, shown: Fraction) -> bool:
        """Whether a reader of ``shown`` decides as ``value`` does."""
        return self.holds(shown) == self.holds(value)


class Shortfall(Strict):
    """How many steps a quantity lies below (or above) a threshold."""

    of: str
    below: Number | None = None
    above: Number | None = None
    every: PositiveNumber
    mode: StepMode

    @model_validator(mode="after")
    def _one_side(self) -> Shortfall:
        exactly_one(self, "below", "above")
        return self

    def steps(self, value: Fraction) -> Fraction:
        excess = value - self.above if self.above is not None else self.below - value  # type: ignore[operator]
        return whole_steps(excess, self.every, self.mode)

    @property
    def threshold(self) -> Fraction:
        """Where the steps begin."""
        return self.below if self.below is not None else self.above  # type: ignore[return-value]

    def tells(self, value: Fraction, shown: Fraction) -> bool:
        """Whether a reader of ``shown`` counts as many whole steps as ``value`` makes, or in proportion, any at all."""
        ours, theirs = self.steps(value), self.steps(shown)
        return (ours > 0) == (theirs > 0) if self.mode == "exact" else ours == theirs


class Multiplier(Strict):
    """The part ``of`` what a rule counts weighs ``by`` times as much."""

    by: PositiveNumber
    of: str
    clause: str


class Rule(Strict):
    """One sentence of the source: how a measure or rate becomes points.

    ``points`` × ``per`` (a quantity), × ``step`` (steps beyond a threshold) or once ``when`` a bound
    holds; ``becomes`` sets the indicator's points when a bound holds; ``mark`` takes what a person
    decided; ``target`` is met or not, without points. ``evidence`` names the measure whose rows show why,
    where ``per`` is not itself one.
    ``gaps`` names the values that the source does not give and that the rule waits for.
    """

    id: Name
    clause: str
    title: Text
    points: Number | None = None
    per: str | None = None
    step: Shortfall | None = None
    when: Bound | None = None
    becomes: Number | None = None
    becomes_of: Part | None = Field(default=None, repr=False)
    """A quantity that the points become."""
    mark: Mark | None = None
    target: Bound | None = None
    multiplier: Multiplier | None = None
    evidence: str | None = None
    unless: str | None = None
    """A rule above it in the indicator: where that one gave or took points, this one does not, as where a clause
    charges the one or the other."""
    gaps: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_shape(self) -> Rule:
        if self.gaps:
            return self
        given = {
            key
            for key in ("points", "per", "step", "when", "becomes", "mark", "target")
            if getattr(self, key) is not None
        }
        given |= {"becomes"} if self.becomes_of is not None else set()
        shapes = ({"points", "per"}, {"points", "step"}, {"points", "when"}, {"becomes", "when"}, {"mark"}, {"target"})
        if given not in shapes:
            expected = "; ".join(" + ".join(sorted(shape)) for shape in shapes)
            raise ValueError(f"found {' + '.join(sorted(given)) or 'no shape'}, expected one of: {expected}")
        if self.multiplier is not None and self.per is None:
            raise ValueError("found multiplier without per, expected it beside the quantity it multiplies")
        return self

    @property
    def gap(self) -> str | None:
        """The first value that the rule waits for; None where it waits for none."""
        return next(iter(self.gaps), None)

    @property
    def quantity(self) -> str | None:
        """The measure or rate that the rule looks at."""
        looked_at = self.step or self.when or self.target
        return self.per or (looked_at.of if looked_at else None)


class Indicator(Strict):
    """A leaf of the scheme with points: it starts somewhere, its rules add and deduct, floor and cap bound it.

    ``max`` is the full mark as printed (null where the source sets none); ``cap`` may exceed it by a bonus.
    """

    id: Name
    title: Text
    clause: str
    dimension: str | None = None
    max: Number | None
    gap: str | None = None
    """Set where the full mark waits for a value that the source does not give."""
    start: Number
    floor: Number | None
    cap: Number | None
    periods: Periods | None = None
    """The kinds of period in which it is assessed; all that the scheme has where it says nothing."""
    weight: Number | None = None
    """What it weighs among the nodes beside it, where the node above takes their mean."""
    only: UnitCondition | None = None
    """For which units it counts at all."""
    start_of: Part | None = Field(default=None, repr=False)
    floor_of: Part | None = Field(default=None, repr=False)
    cap_of: Part | None = Field(default=None, repr=False)
    """Where start, floor or cap is a quantity: its name."""
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    def quantities(self) -> Iterator[str]:
        """The quantities that it names beside those of what its rules look at."""
        parts = [self.start_of, self.floor_of, self.cap_of, *(rule.becomes_of for rule in self.rules)]
        parts += self.only.parts() if self.only is not None else ()
        yield from (part for part in parts if isinstance(part, str))


class Dimension(Strict):
    """A branch of the tree of indicators, with the full mark that the source prints for it."""

    id: Name
    title: Text
    clause: str
    max: Number | None


class Base(Strict):
    """Points that every unit has before any indicator."""

    points: Number
    clause: str
