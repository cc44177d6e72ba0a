"""Results as tables: terminal and CSV."""

from __future__ import annotations

from typing import Any

from auditlib.core.cells import csv_text
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import TOTAL, IndicatorScore, OutcomeScore, Result, UnitScore

__all__ = ["result_csv", "result_table"]


def result_table(resolved: Resolved, result: Result) -> tuple[list[str], list[list[Any]]]:
    """One row a unit: its group, where it is ranked, rank, total, out of how much, every indicator's points (or
    whether its target is met).

    Where the scheme has outcomes, they follow: with a question mark where a tie leaves them open, and with what
    they come to, or a question mark where a person still has to decide that. The last column counts the rows that
    rest on days of a provisional calendar, where any unit has such rows. Where appeals have changed inputs, total and
    rank before that come last.
    """
    headers = [
        "group",
        "ranked_in",
        "rank",
        "unit",
        "name",
        "total",
        "of",
        *(indicator.id for indicator in resolved.scheme.indicators),
        *(("outcomes",) if resolved.scheme.outcomes else ()),
        *(("provisional",) if result.provisional_after else ()),
        *(("total_before_adjustments", "rank_before_adjustments") if result.adjustments else ()),
    ]
    rows = []
    for unit in result.units:
        rank = None if unit.rank is None else f"{unit.rank}{'=' if unit.tie else ''}"
        points = {indicator.id: _points(result, indicator) for indicator in unit.indicators}
        outcomes = ["; ".join(_outcome(result, outcome) for outcome in unit.outcomes)]
        rows.append(
            [
                unit.group,
                unit.ranked_in,
                rank,
                unit.unit,
                unit.name,
                result.total(unit),
                result.text(unit.total_of),
                *(points.get(indicator.id) for indicator in resolved.scheme.indicators),
                *(outcomes if resolved.scheme.outcomes else ()),
                *((sum(rows.count for rows in unit.provisional),) if result.provisional_after else ()),
                *(_before(result, unit) if result.adjustments else ()),
            ]
        )
    return headers, rows


def _before(result: Result, unit: UnitScore) -> tuple[str | None, int | None]:
    before = unit.before_adjustments
    return (None, None) if before is None else (result.quantity(unit.unit, TOTAL, before.total), before.rank)


def _points(result: Result, indicator: IndicatorScore) -> str | None:
    if indicator.met is not None:
        return "met" if indicator.met else "not met"
    if indicator.points is not None:
        return result.text(indicator.points)
    return {"not_assessable": "n/a"}.get(indicator.status, "?")


def _outcome(result: Result, outcome: OutcomeScore) -> str:
    parts = [f"{name} {result.text(value)}" for name, value in outcome.amounts.items()]
    parts += [f"{name} ?" for name in outcome.needs]
    return outcome.id + ("" if outcome.decided else "?") + (f" ({', '.join(parts)})" if parts else "")


def result_csv(resolved: Resolved, result: Result) -> str:
    """The table of :func:`result_table` as CSV text. Text that a spreadsheet would run as a formula is quoted.

    A rank is a number there, by which rows can be sorted; who shares it where nothing decides stands in a last column.
    """
    headers, rows = result_table(resolved, result)
    rank = headers.index("rank")
    for row, unit in zip(rows, result.units, strict=True):
        row[rank] = unit.rank
        row.append("; ".join(unit.tie))
    return csv_text([*headers, "undecided_with"], rows)
