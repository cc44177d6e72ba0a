"""The sheet of cases: every case behind lost points, with the rules and clauses under which it lost them."""

from __future__ import annotations

from auditlib.analysis.request import CaseRow
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import t
from auditlib.report.headings.shared import REPORT
from auditlib.report.workbook.sheets import Cell, Sheet

__all__ = ["case_sheet"]

MOST = 1_000_000
"""Rows of a sheet; a workbook holds hardly more."""


def case_sheet(scored: ScoredPeriod, language: str) -> Sheet:
    """A row for each case and rule under which it lost points; times stand where the period knows its cases."""
    scheme = scored.resolved.scheme
    titles = {
        (indicator.id, rule.id): (indicator.title(language), rule.title(language), rule.clause)
        for indicator, rule in scheme.rules()
    }
    rows: list[list[Cell]] = []
    for unit in scored.result.units:
        known = {row.case_id: row for row in scored.cases.get(unit.unit, ())}
        for key, places in sorted(scored.counted_rows(unit).items()):
            case = known.get(key, CaseRow(key, None, None, None))
            times = [None if at is None else str(at)[:16] for at in (case.received_at, case.due_at, case.closed_at)]
            rows += [[unit.unit, unit.name, key, case.kind, *times, *titles[place]] for place in places]
            if len(rows) > MOST:
                rows[MOST - 1 :] = [[t("more than a sheet holds: lines.csv counts all of them", language)]]
                rows[-1] += [None] * 9
                return _sheet(rows, language)
    return _sheet(rows, language)


def _sheet(rows: list[list[Cell]], language: str) -> Sheet:
    names = ("code", "name", "case", "kind", "received", "due", "closed", "indicator", "rule", "clause")
    empty = [at for at in range(3, 7) if all(row[at] is None for row in rows)]
    kept = [at for at in range(len(names)) if at not in empty]
    columns = [t(REPORT[names[at]], language) for at in kept]
    return Sheet(t("Cases behind lost points", language), columns, [[row[at] for at in kept] for row in rows])
