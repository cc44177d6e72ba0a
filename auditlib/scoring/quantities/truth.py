"""Whether conditions hold for a unit: yes, no, or what somebody owes before it can be said."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Protocol

from auditlib.core.message import Message
from auditlib.scheme.conditions import UnitCondition, compares
from auditlib.scoring.unknown import Unknown, Value, first_unknown

__all__ = ["Truth", "truth_of"]

Truth = bool | Unknown


class UnitsKnown(Protocol):
    """What is known of the units of a period."""

    @property
    def groups(self) -> Mapping[str, str | None]:
        """The group of each unit."""

    @property
    def outcomes(self) -> Mapping[str, Mapping[str, bool | None]]:
        """By unit the outcomes that are decided so far."""

    def value(self, part: str | Fraction, unit: str) -> Value:
        """A number, or the value of a quantity for a unit, or why it has none."""


def truth_of(of: UnitsKnown, condition: UnitCondition, unit: str, *, strict: bool = False) -> Truth:
    """Whether a condition holds for a unit, or what has to be known first.

    A comparison with what is not assessable does not hold; where ``strict``, it is open.
    """
    if condition.of is not None:
        return _compared(of, condition, unit, strict)
    if condition.known is not None:
        return isinstance(of.value(condition.known, unit), Fraction)
    if condition.group is not None:
        groups = (condition.group,) if isinstance(condition.group, str) else condition.group
        return of.groups.get(unit) in groups
    if condition.outcome is not None:
        had = of.outcomes[unit].get(condition.outcome, False)
        return Unknown(Message("whether {outcome} falls to it is open", outcome=condition.outcome)) if (
            had is None
        ) else had  # fmt: skip
    if condition.not_ is not None:
        truth = truth_of(of, condition.not_, unit, strict=strict)
        return truth if isinstance(truth, Unknown) else not truth
    truths = [truth_of(of, one, unit, strict=strict) for one in condition.joined]
    decisive = condition.any is not None
    if any(truth is decisive for truth in truths):
        return decisive
    return first_unknown(truths) or not decisive


def _compared(of: UnitsKnown, condition: UnitCondition, unit: str, strict: bool) -> Truth:
    assert condition.of is not None
    value = of.value(condition.of, unit)
    truths: list[Truth] = []
    for sign, bound in condition.bounds:
        limit = of.value(bound, unit)
        unknown = first_unknown((value, limit))
        if unknown is not None:
            truths.append(unknown if strict or not unknown.not_assessable else False)
        else:
            assert isinstance(value, Fraction)
            assert isinstance(limit, Fraction)
            truths.append(compares(sign, value, limit))
    return False if False in truths else first_unknown(truths) or True
