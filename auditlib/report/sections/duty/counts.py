"""Every duty by status: how many instances were met, late, missed, and what cannot be assessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

import pandas as pd

from auditlib.core.numerals import share_text
from auditlib.report.duty_page import DutyPage
from auditlib.report.headings.duty import DUTY
from auditlib.report.markup import Stack, UnitName
from auditlib.report.section import NOTHING, Section, joined_sections, table_section
from auditlib.scheme.quantities import DutyStatus
from auditlib.scoring.duties.statuses import RATED, STATUSES

__all__ = ["section"]

ORDER: tuple[DutyStatus, ...] = (
    "not_assessable", "missed", "late", "met", "done", "running", "excused", "handed_over", "no_record",
)  # fmt: skip
"""The statuses in the order of the columns: what cannot be assessed first."""


def section(page: DutyPage) -> Section:
    """A row a duty, and on the page of all units a row a unit; statuses that nothing has are left out.

    Nothing on the page of a case, which lists its instances.
    """
    if page.view.case is not None:
        return NOTHING
    by_duty: dict[str, Counter[str]] = {}
    by_unit: dict[str, Counter[str]] = {}
    for unit, counts in page.compliance.units.items():
        for one in counts:
            by_duty.setdefault(one.duty.id, Counter()).update(one.counts)
            by_unit.setdefault(unit, Counter()).update(one.counts)
    shown: list[DutyStatus] = [status for status in ORDER if any(counts[status] for counts in by_duty.values())]
    if not shown:
        return page.said("counts", page.t("No duty applies to any row of the period."))
    duties = [(Stack(page.duty(name).title(page.language), (page.duty(name).clause,)), counts)
              for name, counts in by_duty.items()]  # fmt: skip
    note = page.t("The rate is met as a share of met, late and missed; the other statuses are in none of them.")
    numbers = [STATUSES[status](page.language) for status in shown]
    first = page.tabled("counts", _table(page, "duty", duties, shown), note, numbers=numbers, kind="statuses")
    if page.view.unit is not None:
        return first
    units = [(UnitName(page.name(unit), unit), counts) for unit, counts in by_unit.items()]
    listed = _table(page, "unit", units, shown)
    return joined_sections(
        first, table_section("units", page.t(DUTY["by_unit"]), listed, page.language, numbers=numbers)
    )


def _table(
    page: DutyPage, what: str, rows: Iterable[tuple[object, Mapping[str, int]]], shown: list[DutyStatus]
) -> pd.DataFrame:
    columns = [page.t(DUTY[what]), *(STATUSES[name](page.language) for name in shown), page.t(DUTY["rate"])]
    cells = [
        [head, *(str(counts[status] or "") for status in shown), _rate(counts)]
        for head, counts in rows if any(counts[status] for status in shown)
    ]  # fmt: skip
    return pd.DataFrame(cells, columns=columns, dtype=object)


def _rate(counts: Mapping[str, int]) -> str:
    rated = sum(counts[status] for status in RATED)
    return share_text(Fraction(counts["met"], rated), "\N{NO-BREAK SPACE}%") if rated else ""
