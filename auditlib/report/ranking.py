"""The report on one period: all units, who stands where, how far apart, where points are lost."""

from __future__ import annotations

from typing import Unpack

from auditlib.analysis.assessment import RankingView
from auditlib.analysis.request import Asked, Parameters, check_language
from auditlib.analysis.scored_periods import open_period
from auditlib.analysis.views import ScoredPeriod, named_in
from auditlib.report.page import RankingPage
from auditlib.report.report import PeriodReport
from auditlib.report.sections.ranking import (
    adjustments,
    attention,
    chance,
    exclusions,
    headline,
    heat,
    losses,
    movements,
    outcomes,
    ranking,
    readings,
    roll_up,
    totals,
)
from auditlib.report.sections.shared import gaps, how_to_repeat, rejects

__all__ = ["RankingReport"]


class RankingReport(PeriodReport[RankingPage]):
    """All units in one period."""

    sections = (
        headline, attention, totals, ranking, chance, movements, losses, heat, outcomes, roll_up, exclusions,
        adjustments, readings, gaps, rejects, how_to_repeat,
    )  # fmt: skip
    of_points = (totals, movements, losses, heat)

    def __init__(self, view: RankingView, language: str = "zh", *, draws: int = 0) -> None:
        """The report on a period in ``zh`` or ``en``; with ``draws`` also which ranks by total chance alone gives."""
        check_language(language)
        super().__init__(RankingPage(named_in(view.scored, language), language, draws))

    @classmethod
    def open(cls, *, language: str = "zh", accept_rejects: bool = True, **asked: Unpack[Parameters]) -> RankingReport:
        """Loads and scores once, as the :class:`~auditlib.analysis.request.Parameters` of the notebook say:

        ``scheme``, ``ledger`` and ``period``, and where they are given ``as_of``, ``readings`` and ``supplied``.
        Raises :class:`~auditlib.core.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        return cls(RankingView(open_period(Asked.of(**asked), accept_rejects=accept_rejects)), language)

    @property
    def scored(self) -> ScoredPeriod:
        """The scored period behind the report."""
        return self.page.scored
