"""The report on one unit in one period: the score, why, and how to do it again."""

from __future__ import annotations

from typing import Unpack

from auditlib.analysis.assessment import UnitView
from auditlib.analysis.request import Asked, Parameters, check_language
from auditlib.analysis.scored_periods import open_period
from auditlib.analysis.views import ScoredPeriod, named_in
from auditlib.report.page import UnitPage
from auditlib.report.report import PeriodReport
from auditlib.report.sections.shared import gaps, how_to_repeat, rejects
from auditlib.report.sections.unit import (
    adjustments,
    annex,
    calendar,
    cases,
    exclusions,
    headline,
    indicators,
    lines,
    outcomes,
    peers,
    readings,
    shares,
    signals,
    time_taken,
    trend,
    waterfall,
)
from auditlib.report.touched import touched
from auditlib.scoring.result import UnitScore

__all__ = ["UnitReport"]


class UnitReport(PeriodReport[UnitPage]):
    """One unit in one period."""

    sections = (
        headline, waterfall, peers, trend, time_taken, shares, calendar, indicators, lines, cases, outcomes, exclusions,
        adjustments, signals, readings, gaps, rejects, annex, how_to_repeat,
    )  # fmt: skip
    of_points = (waterfall, peers, trend, indicators, lines, cases, annex)

    def __init__(self, view: UnitView, language: str = "zh", *, signals: bool = False, settings: str = "") -> None:
        """The report on a unit in ``zh`` or ``en``; with ``signals`` also what a probe of the ledger says of it.

        ``settings`` is the probe's file of floors and levels. Raises :class:`~auditlib.core.errors.InputError` as
        reading it does.
        """
        check_language(language)
        scored = named_in(touched(view.scored, settings) if signals else view.scored, language)
        super().__init__(UnitPage(scored, language, scored.unit(view.score.unit), settings))

    @classmethod
    def open(
        cls, *, unit: str, language: str = "zh", accept_rejects: bool = True, **asked: Unpack[Parameters]
    ) -> UnitReport:
        """Loads and scores once, as the :class:`~auditlib.analysis.request.Parameters` of the notebook say:

        ``scheme``, ``ledger`` and ``period``, and where they are given ``as_of``, ``readings`` and ``supplied``.
        Raises :class:`~auditlib.core.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        scored = open_period(Asked.of(**asked), unit, accept_rejects=accept_rejects)
        return cls(UnitView(scored, scored.unit(unit)), language)

    @property
    def scored(self) -> ScoredPeriod:
        """The scored period behind the report."""
        return self.page.scored

    @property
    def unit(self) -> UnitScore:
        """The score of the unit that the report is on."""
        return self.page.unit
