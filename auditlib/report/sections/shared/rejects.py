"""Rows of the ledger that were not used, counted by what is wrong with them."""

from __future__ import annotations

from auditlib.report.page import Page
from auditlib.report.section import Section
from auditlib.report.tables import reject_table

__all__ = ["section"]


def section(page: Page) -> Section:
    """Rows of the ledger that were not used, counted by what is wrong with them."""
    scored, rejected = page.scored, page.scored.rejected
    table = reject_table(scored.rejects, page.code, page.language, scored.result.as_of)
    note = ""
    if len(table):
        note = page.t(
            "These rows were set aside for the reason given; once mended they count. Of the {all} {all:row|rows} that "
            "the ledger rejects {own} {own:is|are} of the period, {undated} {undated:has|have} no readable time, and "
            "{elsewhere} {elsewhere:is|are} of other periods and not listed here.",
            all=rejected.all,
            **rejected._asdict(),
        )
    elif rejected.elsewhere:
        note = page.t(
            "No row of the period was rejected; of other periods {count} {count:was|were}.", count=rejected.elsewhere
        )
    return page.tabled("rejects", table, note)
