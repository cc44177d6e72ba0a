"""How the tests judge, and how much of mild tampering they miss."""

from __future__ import annotations

from auditlib.chance.tables import percent
from auditlib.probe.probe import POWER
from auditlib.report.audit_page import AuditPage
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.section import Section
from auditlib.report.tables import frame

__all__ = ["section"]


def section(page: AuditPage) -> Section:
    """The rules of judgement in words, and the power of the main test beside its silence."""
    settings = page.audited.found.settings
    note = page.t(
        "Within a family Benjamini–Hochberg at most {level} is a signal, Holm at most {level} a strong one, if no "
        "batch has made it alone and peers agree where they are asked; besides the excess is at least {excess} and "
        "what was counted {ratio} times what was expected. Mild shaving in a small unit is invisible: the table says "
        "in how many of 100 ledgers it is found when one of twelve units moves such a part of its cases up to three "
        "hours late into the last hour.",
        level=settings.level, excess=settings.least_excess, ratio=settings.least_ratio,
    )  # fmt: skip
    rows = [(n, f"{percent(float(moved))} %", percent(float(share))) for n, moved, share in POWER]
    return page.tabled("method", frame(rows, ("cases_of", "moved", "found"), page.language, AUDIT), note)
