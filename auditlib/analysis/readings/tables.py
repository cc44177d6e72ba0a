"""The range of a result over its readings as a table, CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from auditlib.analysis.readings.ranges import Effect, Extreme, Spread, UnitSpread
from auditlib.core.table import Table
from auditlib.scheme.source import Reading
from auditlib.scoring.result import TOTAL

__all__ = ["spread_json", "spread_notes", "spread_table"]

HEADERS = ("group", "ranked_in", "unit", "name", "total", "lowest", "highest", "rank", "best", "worst", "moved by")


def spread_table(spread: Spread) -> Table:
    """One row a unit: total and rank in use, their ranges, and what each option does alone, the strongest first.

    ``id=option +2`` changes the total by 2; ``id=option (rank 3)`` only the rank; ``(first_six: yes → no)`` an outcome
    or target; ``with others: id`` names readings that change the total only together with others.
    """
    return Table(HEADERS, [_row(spread, unit) for unit in spread.units])


def spread_notes(spread: Spread) -> Iterator[str]:
    """What the reader must know of the ranges: over what they are, and over what they are not."""
    names = ", ".join(spread.readings) or "none"
    yield f"{spread.combinations} of {spread.possible} combinations differ in totals or ranks on this ledger: {names}"
    if spread.fixed:
        yield "fixed: " + ", ".join(f"{name}={option}" for name, option in spread.fixed.items())
    if spread.idle:
        yield f"no difference to any total or rank of this ledger: {', '.join(spread.idle)}"
    for what, complete in (("totals", spread.totals_complete), ("ranks", spread.ranks_complete)):
        if not complete:
            yield (
                f"{what}: too many combinations; only each option alone and every two together were looked at, "
                "so that the ranges may be wider (see --limit)"
            )
    if all(unit.lowest is None for unit in spread.units):
        yield "the scheme gives no totals on this ledger; outcomes and targets are shown under each option alone"
    elif any(unit.unscored for unit in spread.units):
        who = ", ".join(unit.unit for unit in spread.units if unit.unscored)
        yield f"some readings give no total for {who}"
    yield from spread.result.warnings


def spread_json(spread: Spread, readings: Mapping[str, Reading]) -> dict[str, Any]:
    """The ranges as plain values, with the question that each reading answers."""
    result = spread.result
    return {
        "scheme": result.scheme,
        "version": result.version,
        "period": result.period,
        "as_of": result.as_of.isoformat(),
        "in_use": dict(result.readings),
        "fixed": dict(spread.fixed),
        "combinations": spread.combinations,
        "possible": spread.possible,
        "totals_complete": spread.totals_complete,
        "ranks_complete": spread.ranks_complete,
        "readings": [
            {
                "id": name,
                "clause": readings[name].clause,
                "question": readings[name].question.model_dump(),
                "options": {
                    key: option.model_dump(include={"zh", "en"}) for key, option in readings[name].options.items()
                },
            }
            for name in spread.readings
        ],
        "idle": list(spread.idle),
        "units": [_unit(spread, unit) for unit in spread.units],
        "warnings": list(result.warnings),
    }


def _reading(name: str, reading: Reading) -> dict[str, Any]:
    options = {key: {"zh": option.zh, "en": option.en} for key, option in reading.options.items()}
    return {"id": name, "clause": reading.clause, "question": reading.question.model_dump(), "options": options}


def _row(spread: Spread, unit: UnitSpread) -> list[Any]:
    return [
        unit.group,
        unit.ranked_in,
        unit.unit,
        unit.name,
        spread.result.quantity(unit.unit, TOTAL, unit.total),
        _end(spread, unit.lowest),
        _end(spread, unit.highest),
        unit.rank,
        _end(spread, unit.best),
        _end(spread, unit.worst),
        _moved_by(spread, unit),
    ]


def _moved_by(spread: Spread, unit: UnitSpread) -> str:
    parts = []
    for effect in unit.alone:
        option = f"{effect.reading}={effect.option}"
        if effect.delta:
            parts.append(f"{option} {_signed(spread, effect.delta)}")
        elif effect.delta is None and effect.total != unit.total:
            parts.append(f"{option} {spread.result.text(effect.total) or 'no total'}")
        elif effect.rank != unit.rank:
            parts.append(f"{option} (rank {effect.rank})")
        else:
            parts.append(option)
        if effect.conclusions:
            parts[-1] += f" ({', '.join(f'{name}: {old} → {new}' for name, old, new in effect.conclusions)})"
    if unit.together:
        parts.append(f"with others: {', '.join(unit.together)}")
    return "; ".join(parts)


def _signed(spread: Spread, delta: Fraction) -> str:
    text = spread.result.text(delta) or ""
    return text if delta < 0 else f"+{text}"


def _end(spread: Spread, end: Extreme | None) -> Any:
    if end is None or isinstance(end.value, int):
        return end and end.value
    return spread.result.text(end.value)


def _unit(spread: Spread, unit: UnitSpread) -> dict[str, Any]:
    ends = {"lowest": unit.lowest, "highest": unit.highest, "best_rank": unit.best, "worst_rank": unit.worst}
    return {
        "unit": unit.unit,
        "name": unit.name,
        "group": unit.group,
        "ranked_in": unit.ranked_in,
        "total": spread.result.quantity(unit.unit, TOTAL, unit.total),
        "rank": unit.rank,
        **{
            name: None if end is None else {"value": _end(spread, end), "readings": dict(end.readings)}
            for name, end in ends.items()
        },
        "sometimes_unscored": unit.unscored,
        "alone": [_effect(spread, effect) for effect in unit.alone],
        "only_with_others": list(unit.together),
    }


def _effect(spread: Spread, effect: Effect) -> dict[str, Any]:
    return {
        "reading": effect.reading,
        "option": effect.option,
        "total": spread.result.text(effect.total),
        "change": spread.result.text(effect.delta),
        "rank": effect.rank,
        "conclusions": [{"id": name, "in_use": old, "then": new} for name, old, new in effect.conclusions],
    }
