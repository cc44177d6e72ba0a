"""Places among units with equal totals, by plain loops: what the slow twins of the schemes share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

__all__ = ["Row", "inside", "place_from_first", "place_from_last", "ranks", "unit_of"]

Row = Mapping[str, Any]


def inside(moment: datetime | None, start: datetime, end: datetime) -> bool:
    """Whether a moment lies in the period from ``start`` up to, not including, ``end``."""
    return moment is not None and start <= moment < end


def ranks(strengths: Mapping[str, tuple[Any, ...]]) -> dict[str, tuple[int, list[str]]]:
    """The rank of each unit (1 + how many are stronger) and those that share it."""
    result = {}
    for unit, strength in strengths.items():
        ahead, equal = 0, []
        for other, theirs in strengths.items():
            if theirs > strength:
                ahead += 1
            elif other != unit and theirs == strength:
                equal.append(other)
        result[unit] = (ahead + 1, sorted(equal))
    return result


def place_from_first(unit: str, strengths: Mapping[str, tuple[Any, ...]]) -> tuple[int, int]:
    """The best and the worst place that a unit can have, counted from the first, whoever wins its ties."""
    at_least = sum(1 for theirs in strengths.values() if theirs > strengths[unit])
    at_most = sum(1 for theirs in strengths.values() if theirs >= strengths[unit])
    return at_least + 1, at_most


def place_from_last(unit: str, strengths: Mapping[str, tuple[Any, ...]]) -> tuple[int, int]:
    """The lowest and the highest place that a unit can have, counted from the last, whoever wins its ties."""
    at_least = sum(1 for theirs in strengths.values() if theirs < strengths[unit])
    at_most = sum(1 for theirs in strengths.values() if theirs <= strengths[unit])
    return at_least + 1, at_most


def unit_of(
    office: Row,
    lines: Mapping[str, Mapping[str, Fraction | None]],
    points: Mapping[str, Fraction | None],
    status: Mapping[str, str],
    maxima: Mapping[str, int],
    complete: bool,
) -> dict[str, Any]:
    """A unit with its indicators, and its total: what could be scored, added up, and out of how much."""
    scored = [value for value in points.values() if value is not None]
    return {
        "unit": office["unit"],
        "group": office["group"],
        "indicators": {
            name: {"points": points[name], "status": status[name], "lines": dict(lines[name])} for name in maxima
        },
        "total": sum(scored, Fraction(0)) if scored else None,
        "total_of": sum(maximum for name, maximum in maxima.items() if points[name] is not None) if scored else None,
        "complete": complete,
        "rank": None,
        "tie": [],
        "outcomes": {},
    }
