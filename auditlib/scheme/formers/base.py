"""What every quantity may say of itself, and the types of what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from auditlib.core.refusals import Said
from auditlib.core.values import Number, Strict, Text, Whole
from auditlib.scheme.conditions import NOT_ASSESSABLE, PART_SCHEMA, Part, UnitCondition
from auditlib.scheme.units_of_measure import Unit

__all__ = ["Digits", "Former", "Parts", "Weighted"]

Parts = Annotated[tuple[Part, ...], Field(min_length=1)]


def _weighted(value: object) -> object:
    """A mapping of parts to weights as pairs; in a list each part counts once."""
    if isinstance(value, dict):
        return list(value.items()) if value else value
    return [(part, 1) for part in value] if isinstance(value, list) else value


Weighted = Annotated[
    tuple[tuple[Part, Number], ...],
    Field(min_length=1),
    BeforeValidator(_weighted),
    Said("a mapping of quantities, each to its weight, or a list of quantities"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "object", "additionalProperties": {"type": ["integer", "string"]}, "minProperties": 1},
                {"type": "array", "items": PART_SCHEMA, "minItems": 1},
            ]
        }
    ),
]
"""Parts with their weights."""

Digits = Annotated[Whole, Field(ge=0, le=12)]


class Former(Strict):
    """What every quantity may say of itself, whatever it is made of."""

    title: Text | None = None
    """What reports call it; without one, the words of what it is made of."""
    unit: Unit | None = None
    """What it is measured in: ``count``, ``share``, ``points``, ``yuan``, ``days``, ``per_100000`` or a word of the
    source's own. Only like can be added or compared; a share is shown in per cent."""
    lacking: str | None = None
    """The measure of the rows that kept it from being more: evidence of a rule that pays for it."""

    def parts(self) -> Iterator[str | Fraction]:
        """The quantities and numbers that it is made of."""
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities that it is made of, each once."""
        return tuple(dict.fromkeys(p for p in self.parts() if isinstance(p, str) and p != NOT_ASSESSABLE))

    def conditions(self) -> Iterator[UnitCondition]:
        """The conditions that it asks for."""
        yield from ()
