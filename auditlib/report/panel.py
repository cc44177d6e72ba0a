"""The report on one round of a panel: what the experts said, how far they agree, and the weights that follow."""

from __future__ import annotations

from auditlib.analysis.request import check_language
from auditlib.core.home import from_home
from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel
from auditlib.report.panel_page import PanelPage
from auditlib.report.report import Report
from auditlib.report.sections.panel import (
    agreement,
    basis,
    changes,
    consensus,
    distribution,
    headline,
    how_to_repeat,
    items,
    participation,
    remarks,
    reporting,
    screening,
    stability,
    weights,
)

__all__ = ["PanelReport"]


class PanelReport(Report[PanelPage]):
    """One round of a panel."""

    sections = (
        headline, participation, changes, items, distribution, agreement, screening, consensus, stability, weights,
        remarks, reporting, basis, how_to_repeat,
    )  # fmt: skip

    @classmethod
    def open(cls, *, panel: str, round: int | None = None, language: str = "zh") -> PanelReport:
        """Reads and analyses the rounds up to ``round`` (none or 0: the last that has come back).

        Raises :class:`~auditlib.core.errors.InputError` for a panel that cannot be read, or a round that has not
        come back.
        """
        check_language(language)
        return cls(PanelPage(analyse(read_panel(panel).until(round)), language, from_home(panel)))
