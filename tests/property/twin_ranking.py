"""Places among units with equal totals or unequal full marks, by plain loops: what the slow twins share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

__all__ = ["Row", "give_places", "inside", "place_from_first", "place_from_last", "ranks", "unit_of"]

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
        "rivals": [],
        "apart": False,
        "outcomes": {},
    }


# --- units that were not assessed on the same ---


def give_places(units: dict[str, dict[str, Any]], policy: str) -> None:
    """Gives each unit its place in its group, the greatest total first; equal ones share it and name each other.

    Who has no total has no place. ``policy`` says what becomes of units that were assessed out of less than others:
    out of lower full marks, or, where there are no full marks, without points for more of the indicators.
    """
    for code, unit in units.items():
        unit |= {"rank": None, "tie": [], "rivals": [], "apart": False}
        if unit["total"] is None:
            continue
        group = {other: own for other, own in units.items() if own["group"] == unit["group"]}
        group = {other: own for other, own in group.items() if own["total"] is not None}
        alike = [other for other, own in group.items() if _assessed_on(own) == _assessed_on(unit)]
        others = [other for other in group if other not in alike]
        less = others and _assessed_on_less(unit, list(group.values()))
        if others and (policy == "undecided" or (policy == "unranked" and less)):
            continue
        rivals = list(group) if policy == "by_share" else alike
        unit["rivals"] = sorted(other for other in rivals if other != code)
        unit["apart"] = bool(policy == "apart" and less)
        unit["rank"] = 1
        for other in unit["rivals"]:
            own, theirs = unit["total"], group[other]["total"]
            if policy == "by_share":
                own, theirs = own / unit["total_of"], theirs / group[other]["total_of"]
            if theirs > own:
                unit["rank"] += 1
            if theirs == own:
                unit["tie"].append(other)


def _assessed_on(unit: dict[str, Any]) -> Any:
    """The full marks that a unit could attain; without full marks, the indicators for which it has no points."""
    if unit["total_of"] is not None:
        return unit["total_of"]
    return sorted(name for name, indicator in unit["indicators"].items() if indicator["points"] is None)


def _assessed_on_less(unit: dict[str, Any], group: list[dict[str, Any]]) -> bool:
    """Whether another unit could attain more; without full marks, whether it lacks points that not all others lack."""
    if unit["total_of"] is not None:
        return any(other["total_of"] > unit["total_of"] for other in group)
    return any(name not in _assessed_on(other) for name in _assessed_on(unit) for other in group)
