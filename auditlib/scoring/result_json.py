"""The JSON form of a result: what outside programs, kept runs and verification read."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from auditlib.core.exact import full_text
from auditlib.core.message import told
from auditlib.scoring.counting import FactRow
from auditlib.scoring.result import (
    TOTAL,
    BeforeAdjustments,
    IndicatorScore,
    OutcomeScore,
    Result,
    UnitScore,
    Working,
)

__all__ = ["result_json"]


def result_json(result: Result) -> dict[str, Any]:
    """The result as plain values: numbers as decimal text, counts as integers."""
    return {
        "scheme": result.scheme,
        "version": result.version,
        "period": result.period,
        "as_of": result.as_of.isoformat(),
        "readings": dict(result.readings),
        "supplied": {name: result.text(value) for name, value in result.supplied.items()},
        **({} if result.provisional_after is None else {"provisional_after": result.provisional_after.isoformat()}),
        **_adjusted(result),
        "units": [_unit(result, unit) for unit in result.units],
        "warnings": list(result.warnings),
        "notices": [
            {"kind": one.kind, "units": list(one.units), "en": str(one.message), "zh": told(one.message, "zh")}
            for one in result.notices
        ],
    }


def _unit(result: Result, unit: UnitScore) -> dict[str, Any]:
    plain = {
        "unit": unit.unit,
        "name": unit.name,
        "group": unit.group,
        "ranked_in": unit.ranked_in,
        "total": result.total(unit),
        "total_of": result.text(unit.total_of),
        "complete": unit.complete,
        "rank": unit.rank,
        "undecided_with": list(unit.tie),
        **({} if unit.unranked is None else {"unranked": told(unit.unranked, "en")}),
        "outcomes": [outcome.id for outcome in unit.outcomes if outcome.decided],
        "undecided_outcomes": [outcome.id for outcome in unit.outcomes if not outcome.decided],
        "outcome_details": [_outcome(result, outcome) for outcome in unit.outcomes],
        "indicators": [_indicator(result, unit.unit, indicator) for indicator in unit.indicators],
        "measures": {name: _count(result, unit.unit, name, value) for name, value in unit.measures.items()},
        "rates": {name: result.quantity(unit.unit, name, value) for name, value in unit.rates.items()},
    }
    if unit.before_exclusions is not None:
        plain["excluded"] = unit.excluded
        plain["total_without_exclusions"] = result.text(unit.before_exclusions)
        plain["exclusions"] = [vars(exclusion) for exclusion in unit.exclusions]
    if unit.before_adjustments is not None:
        before = unit.before_adjustments
        plain["before_adjustments"] = _before(result, unit.unit, before)
        plain["adjusted_by"] = list(before.own)
    if unit.branches:
        plain["branches"] = [_indicator(result, unit.unit, one) for one in unit.branches]
    if unit.ranks:
        ranks: Any = {name: vars(own) | {"tie": list(own.tie)} for name, own in unit.ranks.items()}
        plain["ranks"] = ranks
    if unit.duties:
        plain["duties"] = [
            vars(one) | {"counts": dict(one.counts), "soft": dict(one.soft), "rate": result.text(one.rate)}
            for one in unit.duties
        ]
    if unit.provisional:
        plain["provisional"] = [
            {"register": rows.register, "rows": rows.count, "evidence": list(rows.evidence)}
            for rows in unit.provisional
        ]
    if unit.parts:
        plain["roll_up"] = [
            {
                "period": part.period,
                "weight": result.text(part.weight),
                "total": result.text(part.total),
                "total_of": result.text(part.total_of),
                "complete": part.complete,
            }
            for part in unit.parts
        ]
    return plain


def _before(result: Result, unit: str, before: BeforeAdjustments) -> dict[str, Any]:
    total = result.quantity(unit, TOTAL, before.total)
    return {"total": total, "rank": before.rank, "outcomes": list(before.outcomes)}


def _adjusted(result: Result) -> dict[str, Any]:
    """What was decided on appeal, and who moved although no row of theirs was changed."""
    if not result.adjustments:
        return {}
    others = [
        unit.unit
        for unit in result.units
        if unit.before_adjustments is not None and not unit.before_adjustments.own and unit.moved_by_adjustments
    ]
    return {"adjustments": [one.to_json() for one in result.adjustments], "moved_without_appeal": others}


def _outcome(result: Result, outcome: OutcomeScore) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "clause": outcome.clause,
        "decided": outcome.decided,
        "count": outcome.count,
        "amounts": {name: result.text(value) for name, value in outcome.amounts.items()},
        "needs_decision": list(outcome.needs),
        "evidence": list(outcome.evidence),
        **({} if outcome.place is None else {"place": outcome.place[0], "ranked": outcome.place[1]}),
        **({} if outcome.decided else {"undecided_with": list(outcome.tie)}),
        **(
            {
                "weighs": [
                    {"id": one.id, "evidence": list(one.evidence), "lacking": list(one.lacking)}
                    for one in outcome.weighs
                ]
            }
            if outcome.weighs
            else {}
        ),
    }


def _count(result: Result, unit: str, name: str, value: Fraction | None) -> int | str | None:
    return int(value) if value is not None and value.denominator == 1 else result.quantity(unit, name, value)


def _indicator(result: Result, unit: str, indicator: IndicatorScore) -> dict[str, Any]:
    return {
        "id": indicator.id,
        "max": result.text(indicator.max),
        "points": result.text(indicator.points),
        "status": indicator.status,
        "gaps": list(indicator.gaps),
        **({} if indicator.met is None else {"met": indicator.met}),
        "lines": [
            {
                "rule": line.rule,
                "clause": line.clause,
                "quantity": result.quantity(unit, line.of, line.quantity),
                "points": result.text(line.points),
                "evidence": list(line.evidence),
                "reading": next(iter(line.readings.values()), None),
                "readings": dict(line.readings),
                **({"reason": told(line.reason, "en")} if line.reason else {}),
                **({"facts": [_fact(fact) for fact in line.facts]} if line.facts else {}),
                **({"workings": [_working(result, one) for one in line.workings]} if line.workings else {}),
            }
            for line in indicator.lines
        ],
    }


def _working(result: Result, working: Working) -> dict[str, Any]:
    shown: dict[str, Any] = {"quantity": working.quantity, "value": result.text(working.value)}
    if working.peers:
        shown["peers"] = {unit: result.text(value) for unit, value in working.peers}
    if working.periods:
        shown["periods"] = {period: result.text(value) for period, value in working.periods}
    return shown


def _fact(fact: FactRow) -> dict[str, Any]:
    return vars(fact) | {"value": full_text(fact.value)}
