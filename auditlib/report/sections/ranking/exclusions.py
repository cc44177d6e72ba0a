"""The cases that are left out, by unit and reason."""

from __future__ import annotations

from auditlib.report.exclusion_table import exclusion_table
from auditlib.report.page import RankingPage
from auditlib.report.section import NOTHING, Section

__all__ = ["section"]


def section(page: RankingPage) -> Section:
    """The cases that are left out, by unit and reason. Nothing where the ledger has no list."""
    table = exclusion_table(page.resolved, page.units, page.language)
    return page.tabled("exclusions", table) if len(table) else NOTHING
