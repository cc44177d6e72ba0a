"""The report on a ledger: whether it is complete, whether its patterns look made, what a sample and chance leave."""

from __future__ import annotations

from typing import Any

from auditlib.analysis.request import check_language
from auditlib.report.audit_page import AuditPage
from auditlib.report.audited import AuditedLedger
from auditlib.report.report import Report
from auditlib.report.sections.ledger import (
    batches,
    bounds,
    bunching,
    chance,
    headline,
    hours,
    how_to_repeat,
    method,
    restatement,
    sample,
    signals,
    tested,
)

__all__ = ["LedgerAuditReport"]


class LedgerAuditReport(Report[AuditPage]):
    """A ledger in one period, before a score of it is argued about."""

    sections = (
        headline, tested, signals, bunching, batches, hours, bounds, restatement, sample, chance, method, how_to_repeat,
    )  # fmt: skip

    def __init__(self, audited: AuditedLedger, language: str = "zh") -> None:
        """The report on an audited ledger in ``zh`` or ``en``."""
        check_language(language)
        super().__init__(AuditPage(audited.named_in(language), language))

    @classmethod
    def open(cls, *, language: str = "zh", **asked: Any) -> LedgerAuditReport:
        """Reads and tests the ledger, as :meth:`.AuditedLedger.open` is asked to.

        Raises :class:`~auditlib.core.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        return cls(AuditedLedger.open(**asked), language)
