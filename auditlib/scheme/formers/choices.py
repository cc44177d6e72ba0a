"""Quantities by cases: by conditions, or by bands and lines."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from auditlib.core.refusals import Said
from auditlib.core.values import Strict
from auditlib.scheme.conditions import PART_SCHEMA, Part, UnitCondition
from auditlib.scheme.formers.base import Former

__all__ = ["ChoiceCase", "Choose", "Curve", "Holds", "HowMany"]


class Outside(Strict):
    """What a curve gives below its first knot and above its last."""

    below: Part | None = None
    above: Part | None = None


BOTH_SIDES = {
    "anyOf": [
        PART_SCHEMA,
        {"type": "object", "properties": {"below": PART_SCHEMA, "above": PART_SCHEMA}, "additionalProperties": False},
    ]
}


def _both_sides(value: object) -> object:
    return value if isinstance(value, dict | list) else {"below": value, "above": value}


KNOTS = "a list of pairs, each a knot and what it gives"
Knot = Annotated[tuple[Part, Part], Said("a pair, a knot and what it gives")]


class Curve(Former):
    """Points by bands, by straight lines, or by a table of places: pairs of a value and what it gives.

    ``between: from`` lets what a knot gives hold from its value on, ``to`` up to it and with it, ``line`` joins the
    knots. ``outside`` says what lies beyond them: the last value is held (``hold``), the last line goes on
    (``extend``), a number, or nothing can be said (``not_assessable``). Knots may be quantities; ``flat`` says what
    it gives where two of them are equal.
    """

    curve: Part
    knots: Annotated[tuple[Knot, ...], Field(min_length=1), Said(KNOTS)]
    between: Literal["line", "from", "to"]
    outside: Annotated[
        Outside,
        BeforeValidator(_both_sides),
        Said("hold, extend, not_assessable, a number, or both sides apart"),
        WithJsonSchema(BOTH_SIDES),
    ]
    flat: Part | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Curve:
        fixed = [at for at, _ in self.knots if isinstance(at, Fraction)]
        if len(fixed) == len(self.knots) and len(set(fixed)) < len(fixed):
            raise ValueError("found two knots at the same value, expected each value once")
        if self.between != "line" and "extend" in (self.outside.below, self.outside.above):
            raise ValueError("found `outside: extend`, expected it beside `between: line`")
        if self.between == "line" and len(self.knots) < 2:
            raise ValueError("found one knot, expected at least two beside `between: line`")
        needed = {"from": ("below",), "to": ("above",), "line": ("below", "above")}[self.between]
        for side in needed:
            if getattr(self.outside, side) is None:
                raise ValueError(f"missing key `{side}` in outside, expected what lies {side} the knots")
        return self

    def parts(self) -> Iterator[str | Fraction]:
        yield self.curve
        yield from (end for knot in self.knots for end in knot)
        sides = (self.outside.below, self.outside.above, self.flat)
        yield from (side for side in sides if side is not None and side not in ("hold", "extend"))


class ChoiceCase(Strict):
    """What a quantity is where a condition holds."""

    when: UnitCondition
    is_: Part = Field(alias="is")


class Choose(Former):
    """The value beside the first condition that holds; ``else`` where none does."""

    choose: Annotated[tuple[ChoiceCase, ...], Field(min_length=1)]
    else_: Part = Field(alias="else")

    def parts(self) -> Iterator[str | Fraction]:
        for case in self.choose:
            yield from (*case.when.parts(), case.is_)
        yield self.else_

    def conditions(self) -> Iterator[UnitCondition]:
        yield from (case.when for case in self.choose)


class HowMany(Former):
    """How many conditions hold. One that looks at what is not assessable does not."""

    how_many: Annotated[tuple[UnitCondition, ...], Field(min_length=1)]

    def parts(self) -> Iterator[str | Fraction]:
        for condition in self.how_many:
            yield from condition.parts()

    def conditions(self) -> Iterator[UnitCondition]:
        yield from self.how_many


class Holds(Former):
    """1 where a condition holds, 0 where it does not; not assessable where what it looks at leaves it open."""

    holds: UnitCondition

    def parts(self) -> Iterator[str | Fraction]:
        yield from self.holds.parts()

    def conditions(self) -> Iterator[UnitCondition]:
        yield self.holds
