"""Results as tables: terminal, CSV, XLSX."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from auditlib.files import write_atomically
from auditlib.result import IndicatorScore, OutcomeScore, Result
from auditlib.scheme.load import Resolved

__all__ = ["inert", "result_csv", "result_table", "write_xlsx"]

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def result_table(resolved: Resolved, result: Result) -> tuple[list[str], list[list[Any]]]:
    """One row a unit: group, rank, total, out of how much, every indicator's points (or whether its target is met).

    Where the scheme has outcomes, they follow: with a question mark where a tie leaves them open, and with what
    they come to, or a question mark where a person still has to decide that.
    """
    headers = [
        "group",
        "rank",
        "unit",
        "name",
        "total",
        "of",
        *(indicator.id for indicator in resolved.scheme.indicators),
        *(("outcomes",) if resolved.scheme.outcomes else ()),
    ]
    rows = []
    for unit in result.units:
        rank = None if unit.rank is None else f"{unit.rank}{'=' if unit.tie else ''}"
        points = {indicator.id: _points(result, indicator) for indicator in unit.indicators}
        outcomes = ["; ".join(_outcome(result, outcome) for outcome in unit.outcomes)]
        rows.append(
            [
                unit.ranked_in or unit.group,
                rank,
                unit.unit,
                unit.name,
                result.text(unit.total),
                result.text(unit.total_of),
                *(points.get(indicator.id) for indicator in resolved.scheme.indicators),
                *(outcomes if resolved.scheme.outcomes else ()),
            ]
        )
    return headers, rows


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
    """The table of :func:`result_table` as CSV text. Text that a spreadsheet would run as a formula is quoted."""
    text = io.StringIO()
    headers, rows = result_table(resolved, result)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow(
            [
                inert(value) if index in (0, 2, 3) else ("" if value is None else value)
                for index, value in enumerate(row)
            ]
        )
    return text.getvalue()


def inert(value: Any) -> str:
    """A text for a CSV cell, quoted where a spreadsheet would run it as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def write_xlsx(resolved: Resolved, result: Result, file: Path) -> None:
    """A workbook with the scores, the score lines and the notes; numbers as numbers, text never as a formula."""
    import xlsxwriter

    headers, rows = result_table(resolved, result)
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"{resolved.scheme.title.zh} {result.period}", "created": result.as_of})
    bold = book.add_format({"bold": True, "bottom": 1})
    numeric = set(range(4, len(headers)))
    _sheet(book, "scores", headers, rows, bold, numeric)
    lines = [
        [
            unit.unit,
            indicator.id,
            line.rule,
            line.clause,
            result.text(line.quantity),
            result.text(line.points),
            len(line.evidence),
        ]
        for unit in result.units
        for indicator in unit.indicators
        for line in indicator.lines
    ]
    _sheet(
        book, "lines", ["unit", "indicator", "rule", "clause", "quantity", "points", "cases"], lines, bold, {4, 5, 6}
    )
    _sheet(book, "notes", ["note"], [[warning] for warning in result.warnings], bold, set())
    book.close()
    write_atomically(file, memory.getvalue())


def _sheet(book: Any, name: str, headers: list[str], rows: list[list[Any]], bold: Any, numeric: set[int]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, headers, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value is None:
                continue
            if column in numeric:
                try:
                    sheet.write_number(number, column, float(value))
                    continue
                except ValueError:
                    pass
            sheet.write_string(number, column, str(value))
    sheet.autofilter(0, 0, max(len(rows), 1), len(headers) - 1)
    sheet.autofit()
