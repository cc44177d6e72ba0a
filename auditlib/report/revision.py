"""The report on new weights: a past ledger scored by both versions of a scheme, before the new one is signed."""

from __future__ import annotations

from typing import Any

from auditlib.analysis.request import check_language
from auditlib.report.report import Report
from auditlib.report.revision_page import RevisionPage
from auditlib.report.sections.revision import (
    drivers,
    headline,
    how_to_repeat,
    intervals,
    maxima,
    readings,
    slopes,
    why,
    without,
)
from auditlib.revision.scored import RevisedPeriod

__all__ = ["RevisionReport"]


class RevisionReport(Report[RevisionPage]):
    """A past period under an old and a new version of a scheme."""

    sections = (headline, slopes, why, maxima, intervals, drivers, without, readings, how_to_repeat)

    def __init__(self, scored: RevisedPeriod, language: str = "zh") -> None:
        """The report on a period scored by two versions, in ``zh`` or ``en``."""
        check_language(language)
        super().__init__(RevisionPage(scored, language))

    @classmethod
    def open(cls, *, language: str = "zh", **asked: Any) -> RevisionReport:
        """Scores the ledger by both versions, as :meth:`.RevisedPeriod.open` is asked to.

        Raises :class:`~auditlib.core.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        return cls(RevisedPeriod.open(**asked), language)

    @property
    def scored(self) -> RevisedPeriod:
        """The period under both versions behind the report."""
        return self.page.scored
