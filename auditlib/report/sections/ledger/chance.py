"""What chance leaves of the shares and ranks of the period."""

from __future__ import annotations

from auditlib.chance.shares import no_shares
from auditlib.report.audit_page import AuditPage
from auditlib.report.chance_section import chance_section
from auditlib.report.section import Section

__all__ = ["section"]


def section(page: AuditPage) -> Section:
    """Every share judged, the first one as a funnel, and with draws the ranks by total."""
    audited = page.audited
    left = no_shares(audited.resolved, audited.scored.result)
    found = chance_section(audited.shares, left, audited.totals, page.language)
    return found or page.said("chance", page.t("No rate and no duty of the scheme is a share of cases."))
