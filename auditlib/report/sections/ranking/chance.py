"""What chance leaves of the table: intervals, who can be told from whom, or that it says nothing."""

from __future__ import annotations

from auditlib.chance.shares import no_shares
from auditlib.report.chance_section import chance_section
from auditlib.report.chance_tables import drawn_totals, named_totals
from auditlib.report.page import RankingPage
from auditlib.report.section import Section

__all__ = ["section"]


def section(page: RankingPage) -> Section:
    """Every share with what chance leaves of it, the first one as a funnel. Nothing where nothing is a share.

    With draws also which ranks by total so many ledgers give, whose cases are drawn anew within each unit.
    """
    totals = drawn_totals(page.scored.asked, page.draws) if page.draws else None
    left = no_shares(page.resolved, page.result)
    return chance_section(page.shares, left, named_totals(totals, page.result), page.language)
