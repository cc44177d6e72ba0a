"""Which outcomes honour a unit and which count against it, and units that both fall to at once."""

from __future__ import annotations

from typing import Literal

from auditlib.scheme.model import Scheme
from auditlib.scheme.results import Outcome
from auditlib.scoring.result import OutcomeScore, UnitScore

__all__ = ["Side", "contradictions", "side_of"]

Side = Literal["honour", "sanction"]


def side_of(scheme: Scheme, outcome: Outcome) -> Side | None:
    """Whether an outcome honours or counts against a unit, by its conditions alone; None where they do not tell.

    The first places and a total on the good side honour; the last ones, a total on the bad side, being put last, and
    ruling out an honour count against. Where fewer points are better, the sides of a total are the other way round.
    """
    if outcome.forces_last or outcome.bars:
        return "sanction"
    if outcome.place is not None:
        return "honour" if outcome.place.top is not None else "sanction"
    if outcome.total is not None:
        high = outcome.total.at_least is not None or outcome.total.above is not None
        return "honour" if high == (scheme.ranking.order == "descending") else "sanction"
    return None


def contradictions(scheme: Scheme, unit: UnitScore) -> list[tuple[OutcomeScore, OutcomeScore]]:
    """The honours of a unit, each with every outcome that counts against it at the same time.

    Those that a tie leaves open are among them.
    """
    sides = {outcome.id: side_of(scheme, outcome) for outcome in scheme.outcomes}
    honours = [one for one in unit.outcomes if sides[one.id] == "honour"]
    others = [one for one in unit.outcomes if sides[one.id] == "sanction"]
    return [(honour, other) for honour in honours for other in others]
