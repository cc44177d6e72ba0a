"""Conditions on quantities: everything of a scheme that is yes or no, joined as a source joins it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from auditlib.core.refusals import Said, shown
from auditlib.core.values import NUMBER, Strict, exactly_one, number

__all__ = ["A_PART", "NOT_ASSESSABLE", "PART_SCHEMA", "Part", "UnitCondition", "compares", "number_or_name"]

A_PART = f"the name of a quantity, or {NUMBER}, or 95% (0.95), or 1pp (0.01)"
PART_SCHEMA = {"type": ["integer", "string", "object"], "format": "quantity"}
"""Where a quantity may stand: the schema of a scheme file puts there what quantities there are."""
NOT_ASSESSABLE = "not_assessable"
"""What stands in the place of a number where there is none, and nobody owes one."""


def number_or_name(value: object) -> Fraction | str:
    """A number as a fraction, anything else as the name of a quantity. Raises :class:`ValueError`."""
    if isinstance(value, str) and value:
        try:
            return number(value)
        except ValueError:
            if value[0].isdigit() or value[0] in "+-.":
                raise
            return value
    try:
        return number(value)
    except ValueError:
        raise ValueError(f"found {shown(value)}, expected {A_PART}") from None


Part = Annotated[
    str | Fraction,
    PlainValidator(number_or_name),
    PlainSerializer(str),
    Said(A_PART),
    WithJsonSchema(PART_SCHEMA),
]
"""What a quantity is made of: another quantity by its name, or a number."""

BOUNDS = ("at_least", "above", "at_most", "below")
SIGNS = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}


class UnitCondition(Strict):
    """Yes or no for a unit: one bound, or two, on a quantity; several conditions joined; or what is known of the unit.

    ``of`` with ``at_least`` or ``above``, and with ``at_most`` or ``below``: one bound a side, both sides allowed, and
    each bound a number or a quantity. ``all``, ``any`` and ``not`` join conditions. ``known`` holds where a quantity
    has a value. ``group`` holds for the units of a group, or of one of several. ``outcome`` holds where the unit has
    the outcome of this id, which stands above in the file.
    """

    of: Part | None = None
    at_least: Part | None = None
    above: Part | None = None
    at_most: Part | None = None
    below: Part | None = None
    all: Annotated[tuple[UnitCondition, ...], Field(min_length=1)] | None = None
    any: Annotated[tuple[UnitCondition, ...], Field(min_length=1)] | None = None
    not_: UnitCondition | None = Field(default=None, alias="not")
    known: Part | None = None
    group: str | Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    outcome: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> UnitCondition:
        exactly_one(self, "of", "all", "any", "not_", "known", "group", "outcome")
        given = [key for key in BOUNDS if getattr(self, key) is not None]
        if self.of is None and given:
            raise ValueError(f"found {' and '.join(given)} without `of`, expected the quantity that is compared")
        if self.of is not None:
            if not given:
                raise ValueError(f"found no bound, expected one of {', '.join(BOUNDS)}")
            for one, other in (("at_least", "above"), ("at_most", "below")):
                if one in given and other in given:
                    raise ValueError(f"found {one} and {other}, expected one bound on each side")
        return self

    @property
    def bounds(self) -> tuple[tuple[str, str | Fraction], ...]:
        """The sign of each bound, as ``≥``, and what the quantity is compared with."""
        found = ((SIGNS[key], getattr(self, key)) for key in BOUNDS)
        return tuple((sign, bound) for sign, bound in found if bound is not None)

    @property
    def joined(self) -> tuple[UnitCondition, ...]:
        """The conditions that this one is made of."""
        return (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ is not None else ()))

    def parts(self) -> Iterator[str | Fraction]:
        """Every quantity and number that it looks at, through all that it joins."""
        yield from (part for part in (self.of, self.known) if part is not None)
        yield from (bound for _, bound in self.bounds)
        for inner in self.joined:
            yield from inner.parts()

    def outcomes(self) -> Iterator[str]:
        """Every outcome that it asks for, through all that it joins."""
        yield from (self.outcome,) if self.outcome is not None else ()
        for inner in self.joined:
            yield from inner.outcomes()


def compares(sign: str, value: Fraction, bound: Fraction) -> bool:
    """Whether ``value`` stands to ``bound`` as ``sign`` says."""
    return {"≥": value >= bound, ">": value > bound, "≤": value <= bound, "<": value < bound}[sign]
