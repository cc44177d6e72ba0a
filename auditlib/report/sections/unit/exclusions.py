"""The cases that are left out, by reason, and the total without that."""

from __future__ import annotations

from auditlib.report.exclusion_table import exclusion_table
from auditlib.report.page import UnitPage
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import shown_number

__all__ = ["section"]


def section(page: UnitPage) -> Section:
    """The cases that are left out, by reason, and the total without that. Nothing where the ledger has no list."""
    unit, rounding = page.unit, page.result.total_rounding
    if unit.before_exclusions is None and not unit.exclusions:
        return NOTHING
    none = page.t("no total")
    note = page.t(
        "{count} {count:case|cases} left out; the total is {after} with the exclusions, {before} without.",
        count=unit.excluded,
        before=shown_number(unit.before_exclusions, rounding) or none,
        after=shown_number(unit.total, rounding) or none,
    )
    return page.tabled("exclusions", exclusion_table(page.resolved, [unit], page.language).iloc[:, 1:], note)
