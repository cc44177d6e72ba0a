"""The workbook of duties: what they are counted to by unit, and every instance with what it rests on."""

from __future__ import annotations

from fractions import Fraction

from auditlib.core.message import t, told
from auditlib.core.table import Number
from auditlib.report.workbook.sheets import Cell, Sheet, workbook_bytes
from auditlib.scoring.duties.compliance import Compliance
from auditlib.scoring.duties.statuses import STATUSES
from auditlib.scoring.duties.written import INSTANCE_HEADERS, count_rows, instance_rows

__all__ = ["compliance_workbook"]


def compliance_workbook(result: Compliance, language: str) -> bytes:
    """Counts, instances and notices as an XLSX file in ``language``, the same bytes for the same result."""
    scheme = result.resolved.scheme
    title = f"{scheme.title(language)} · {result.period.words(language)}"
    notes: list[list[Cell]] = [[told(notice.message, language)] for notice in result.notices]
    listed: list[list[Cell]] = [
        ["" if value is None else str(value) if isinstance(value, bool) else value for value in row]
        for row in instance_rows(result)
    ]
    sheets = [
        _counts(result, language),
        Sheet(t("Instances", language), INSTANCE_HEADERS, listed),
        Sheet(t("Notices", language), [t("Notice", language)], notes, listing=True),
    ]
    footer = t("&CPage &P of &N", language)
    return workbook_bytes([sheet for sheet in sheets if sheet.rows], title, footer, result.as_of)


def _counts(result: Compliance, language: str) -> Sheet:
    rounding = result.resolved.scheme.rounding.rounding()
    headings = [
        t("Unit", language), t("Duty", language), t("Clause", language),
        *(text(language) for text in STATUSES.values()),
        t("soft limits: late", language), t("soft limits: missed", language), t("Rate", language),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for unit, one, _ in count_rows(result):
        rate: Cell = None if one.rate is None else Number(Fraction(one.rate), rounding)
        soft = [one.soft["late"], one.soft["missed"]]
        numbers = [*one.counts.values(), *soft]
        rows.append([unit, one.duty.title(language), one.duty.clause, *numbers, rate])
    return Sheet(t("Duties", language), headings, rows)
