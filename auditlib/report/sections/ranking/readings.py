"""The readings under which the period was scored."""

from __future__ import annotations

from auditlib.report.page import RankingPage
from auditlib.report.reading_table import reading_section
from auditlib.report.section import Section

__all__ = ["section"]


def section(page: RankingPage) -> Section:
    """The reading in use of every open clause, and the ones that are not."""
    return reading_section(page)
