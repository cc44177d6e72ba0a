"""What is known of one unit in one period before it has points."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from auditlib.core.message import Sayable
from auditlib.core.period import Granularity
from auditlib.scheme.conditions import UnitCondition
from auditlib.scoring.counting import FactRow
from auditlib.scoring.result import Working
from auditlib.scoring.unknown import Unknown, Value

__all__ = ["Facts", "Marks", "Population"]

Marks = Sequence[tuple[Fraction, Sayable | None]]


class Population(Protocol):
    """All units of the period, among which quantities are computed that look past one unit."""

    @property
    def outcomes(self) -> MutableMapping[str, MutableMapping[str, bool | None]]:
        """By unit the outcomes that are decided so far: whether it has them; None where it is open."""

    def value(self, part: str | Fraction, unit: str) -> Value:
        """The value of a quantity for a unit, or why it has none."""

    def workings(self, quantity: str, unit: str) -> tuple[Working, ...]:
        """What a quantity is made of for a unit, each part after its own parts."""

    def holds(self, condition: UnitCondition, unit: str, *, strict: bool = False) -> bool | Unknown:
        """Whether a condition holds for a unit."""


@dataclass(frozen=True)
class Facts:
    """What is known of one unit in one period.

    ``counts`` maps measures to their values: a measure that is not in it could not be counted, because
    the ledger lacks its register or its fact. ``marks`` maps indicators to what people decided.
    """

    counts: Mapping[str, Fraction]
    marks: Mapping[str, Marks]
    evidence: Mapping[str, tuple[str, ...]]
    standings: Mapping[str, Fraction | Unknown] = field(default_factory=dict)
    unit: str = ""
    granularity: Granularity | None = None
    """The kind of period; None assesses every indicator."""
    rows: Mapping[str, FactRow] = field(default_factory=dict)
    """By measure the row of ``unit_facts`` that it was read from."""
    explained: bool = False
    """Whether lines say what their quantities are made of."""
    population: Population | None = field(default=None, compare=False, repr=False)
    """The units among which it is evaluated."""
