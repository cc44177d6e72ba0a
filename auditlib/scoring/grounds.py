"""Grounds on which an outcome may or must be graver or milder: which of the rows behind it meet them.

Nothing follows from a ground by itself: who decides on an outcome is told what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditlib.core.period import Period
from auditlib.ledger.conditions import CLOCK_COLUMNS
from auditlib.scheme.columns import columns_of
from auditlib.scheme.quantities import Measure
from auditlib.scheme.results import Outcome, Weigh
from auditlib.scoring.one_period import ScoringBasis
from auditlib.scoring.result import GroundFound, OutcomeScore, UnitScore

__all__ = ["with_grounds"]


def with_grounds(basis: ScoringBasis, period: Period, units: Sequence[UnitScore]) -> tuple[UnitScore, ...]:
    """The ``units`` with the grounds that rows behind their outcomes meet, in the order of the scheme.

    A ground is counted as its outcome's evidence is, by a condition more, so that both look at the same rows.
    """
    scheme = basis.resolved.scheme
    grounds = {
        _name(outcome.id, ground): _counted(basis, outcome, ground)
        for outcome in scheme.outcomes for ground in outcome.weighs
    }  # fmt: skip
    if not grounds or not any(unit.outcomes for unit in units):
        return tuple(units)
    lacking = {name: _lacking(basis, measure) for name, measure in grounds.items()}
    seen = {name: measure for name, measure in grounds.items() if not lacking[name]}
    question = basis.question(period, tuple(seen))
    found = basis.count(replace(question, scheme=scheme.model_copy(update={"measures": seen}))).evidence
    of_outcome = {outcome.id: outcome.weighs for outcome in scheme.outcomes}

    def weighed(unit: str, score: OutcomeScore) -> OutcomeScore:
        named = [(ground.id, _name(score.id, ground)) for ground in of_outcome[score.id]]
        all_of = [GroundFound(id, tuple(found.get(name, {}).get(unit, ())), lacking[name]) for id, name in named]
        return replace(score, weighs=tuple(one for one in all_of if one.evidence or one.lacking))

    return tuple(
        replace(unit, outcomes=tuple(weighed(unit.unit, score) for score in unit.outcomes)) for unit in units
    )  # fmt: skip


def _name(outcome: str, ground: Weigh) -> str:
    return f"{outcome}.{ground.id}"


def _counted(basis: ScoringBasis, outcome: Outcome, ground: Weigh) -> Measure:
    """The rows behind an outcome that meet a ground, as a measure."""
    scheme = basis.resolved.scheme
    shown_by = scheme.measures[scheme.evidence_of_outcome(outcome)]
    both = ground.when if shown_by.where is None else f"({shown_by.where}) and ({ground.when})"
    return shown_by.model_copy(update={"where": both, "sum": None})


def _lacking(basis: ScoringBasis, measure: Measure) -> tuple[str, ...]:
    """The columns that a ground looks at and the ledger does not have."""
    register = measure.register_ or ""
    frame = basis.ledger.registers.get(register)
    have = set() if frame is None else set(frame.collect_schema().names())
    derived = basis.resolved.scheme.columns.get(register, {})
    read = columns_of(basis.resolved.scheme, measure)
    return tuple(name for name in read if name not in {*have, *derived, *CLOCK_COLUMNS, "group"})
