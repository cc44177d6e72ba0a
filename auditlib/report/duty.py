"""The report on duties: of all units in a period, of one unit, or of one case."""

from __future__ import annotations

from typing import Unpack

from auditlib.analysis.duty_view import DutyView, duty_view
from auditlib.analysis.request import Asked, Parameters, check_language
from auditlib.report.duty_page import DutyPage
from auditlib.report.report import Report
from auditlib.report.sections.duty import (
    breaches,
    counts,
    headline,
    how_to_repeat,
    margins,
    notices,
    overdue,
    routing,
    timeline,
    unknown,
)

__all__ = ["DutyReport"]


class DutyReport(Report[DutyPage]):
    """The duties of all units in a period, of one unit, or of one case."""

    sections = (headline, timeline, unknown, counts, overdue, breaches, margins, routing, notices, how_to_repeat)

    def __init__(self, view: DutyView, language: str = "zh") -> None:
        """The report on judged duties in ``zh`` or ``en``."""
        check_language(language)
        super().__init__(DutyPage(view, language))

    @classmethod
    def open(
        cls, *, unit: str = "", case: str = "", language: str = "zh", **asked: Unpack[Parameters]
    ) -> DutyReport:  # fmt: skip
        """Judges once, as the :class:`~auditlib.analysis.request.Parameters` of the notebook say.

        Raises :class:`~auditlib.core.errors.InputError` for a parameter that does not fit.
        """
        return cls(duty_view(Asked.of(**asked), unit or None, case or None), language)
