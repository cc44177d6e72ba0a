"""The readings under which both versions were scored."""

from __future__ import annotations

from auditlib.report.reading_table import NOTE, reading_table
from auditlib.report.revision_page import RevisionPage
from auditlib.report.section import Section

__all__ = ["section"]


def section(page: RevisionPage) -> Section:
    """The readings under which both versions were scored."""
    table = reading_table(page.scored.new.resolved, page.language)
    return page.tabled("readings", table, page.t(NOTE) if len(table) else "", page.t("Readings in use"))
