"""What a case could cost: the points that its unit would lose if one more case failed.

A sample that is weighted by the points recorded never draws the fault that matters, the late case that looks on time:
its recorded deduction is 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from auditlib.analysis.margins.moves import Move
from auditlib.analysis.margins.nearest import one_more
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.scheme.model import Scheme
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.assess import assess, calendar_of
from auditlib.scoring.counts import Question, take_tally

__all__ = ["case_exposure"]


def case_exposure(scheme: str, ledger: Ledger, period: Period) -> dict[str, tuple[Fraction, Fraction]]:
    """By case of the period, the points at stake, and the same as if no indicator's points were gone (uncapped).

    Of the changes that one case can bring about, the dearest. A change inside a rate concerns the cases of its
    denominator; any other one every case of the unit. Raises :class:`InputError` as scoring does.
    """
    resolved, result = assess(scheme, ledger, period, evidence=False)
    whole = ledger.registers["cases"].filter(
        (pl.col("received_at") >= period.start) & (pl.col("received_at") < period.end)
    )
    by_unit: dict[str, list[str]] = {}
    for unit, case in whole.select("unit", "case_id").sort("case_id").collect().iter_rows():
        by_unit.setdefault(unit, []).append(case)
    costs = {
        unit.unit: [
            cost
            for scored in unit.indicators
            for cost in one_more(resolved, result, unit, scored.id)
            if _of_cases(resolved.scheme, cost[0])
        ]
        for unit in result.units
    }
    bases = {move.of for found in costs.values() for move, *_ in found if move.of is not None}
    look = default_as_of(ledger, period)
    question = Question(resolved.scheme, period, look, calendar_of(resolved), ledger.as_of, tuple(sorted(bases)))
    rows = take_tally(question, ledger.registers).evidence
    found: dict[str, tuple[Fraction, Fraction]] = {}
    for unit, own in costs.items():
        for move, bounded, unbounded in own:
            cases: Iterable[str] = rows.get(move.of, {}).get(unit, ()) if move.of else by_unit.get(unit, ())
            for case in cases:
                before = found.get(case, (Fraction(0), Fraction(0)))
                found[case] = (max(before[0], bounded), max(before[1], unbounded))
    return found


def _of_cases(scheme: Scheme, move: Move) -> bool:
    return all(scheme.measures[name].register_ == "cases" for name in move.changes)
