"""What an outcome brings: amounts, those within a range as a person decided, and the rows behind it."""

from __future__ import annotations

from fractions import Fraction

from auditlib.core.errors import InputError
from auditlib.scheme.model import Scheme
from auditlib.scheme.results import Consequence, Outcome
from auditlib.scoring.facts import Facts
from auditlib.scoring.result import OutcomeScore

__all__ = ["outcome_score"]


def outcome_score(scheme: Scheme, outcome: Outcome, facts: Facts, decided: bool) -> OutcomeScore:
    """An outcome that falls to a unit, with what it brings. Raises :class:`InputError` for a decision out of range."""
    count = 1
    if outcome.quantity is not None and outcome.quantity.of in scheme.measures:
        count = max(1, int(facts.counts[outcome.quantity.of]))
    amounts: dict[str, Fraction] = {}
    needs = []
    for consequence in outcome.consequences:
        times = count if consequence.each else 1
        if consequence.amount_of is not None:
            amount = facts.population.value(consequence.amount_of, facts.unit) if facts.population else None
            if isinstance(amount, Fraction):
                amounts[consequence.id] = amount * times
        elif consequence.amount is not None:
            whole = Fraction(1) if consequence.of is None else facts.counts.get(consequence.of)
            if whole is not None:
                amounts[consequence.id] = consequence.amount * times * whole
        elif consequence.low is not None:
            given = facts.marks.get(consequence.id, ())
            if given:
                given_points = sum((points for points, _ in given), Fraction(0))
                amounts[consequence.id] = _within(consequence, given_points, times, facts.unit)
            else:
                needs.append(consequence.id)
    return OutcomeScore(
        outcome.id,
        outcome.title,
        outcome.clause,
        decided,
        count,
        amounts,
        tuple(needs),
        facts.evidence.get(outcome.evidence or "", ()),
    )


def _within(consequence: Consequence, decided: Fraction, times: int, unit: str) -> Fraction:
    """What people decided, which must lie in the range that the source leaves to them."""
    low, high = (consequence.low or Fraction(0)) * times, consequence.high
    if decided < low or (high is not None and decided > high * times):
        expected = f"at least {low}" if high is None else f"{low} to {high * times}"
        raise InputError.at("marks", f"{unit}, {consequence.id}", f"found {decided}, expected {expected}")
    return decided
