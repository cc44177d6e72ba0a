"""What the notebook of a period calls: its ranking, section by section.

Each method returns a :class:`~auditlib.report.fragments.Fragment` that displays itself in Jupyter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import pandas as pd

from auditlib.report import captions, conclusion_tables, figures, tables
from auditlib.report.asked import Asked, Parameters, check_language
from auditlib.report.first_screen import (
    evidence_html,
    evidence_items,
    facts,
    masthead,
)
from auditlib.report.fragments import Fragment, escape, figure_fragment, heading, paragraph
from auditlib.report.opening import open_period
from auditlib.report.sections import Sections
from auditlib.report.standing import groups
from auditlib.report.wording import period_words, say

__all__ = ["PeriodRanking"]


@dataclass(frozen=True)
class PeriodRanking(Sections):
    """All units in one period: who stands where, and how far apart."""

    @classmethod
    def open(cls, *, language: str = "zh", accept_rejects: bool = True, **asked: Unpack[Parameters]) -> PeriodRanking:
        """Loads and scores once, as the :class:`~auditlib.report.asked.Parameters` of the notebook say:

        ``scheme``, ``ledger`` and ``period``, and where they are given ``as_of``, ``readings`` and ``supplied``.
        Raises :class:`~auditlib.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        return cls(open_period(Asked.of(**asked), accept_rejects=accept_rejects), language)

    def __repr__(self) -> str:
        return f"PeriodRanking({self.scored.result.scheme}, {self.scored.result.period})"

    @property
    def title(self) -> str:
        """The title of the report, with the period."""
        period = period_words(self.scored.result.period, self.language)
        name = say("ranking_title", self.language)
        return f"{period}{name}" if self.language == "zh" else f"{name}, {period}"

    def headline(self) -> Fragment:
        """The first screen: the period, the scheme, what the ranking shows, how good the evidence is."""
        scored, language = self.scored, self.language
        caption = captions.ranking_caption(scored.resolved, scored.result, language)
        items = evidence_items(scored, language)
        markup = (
            f'<div class="audit first">{masthead(self.title, scored, language)}<p class="finding">{escape(caption)}</p>'
            f"<section>{evidence_html(items, language)}</section></div>"
        )
        return Fragment(markup, f"{self.title}\n{caption}", facts(scored, self.title, language))

    def totals(self) -> Fragment:
        """The totals of all units by rank."""
        arguments = self.scored.resolved, self.scored.result, self.language
        title = say("totals", self.language)
        if not groups(self.scored.resolved, self.scored.result):
            caption = captions.ranking_caption(*arguments)
            markup = f'<section class="audit">{heading(title, "totals")}{paragraph(caption)}</section>'
            return Fragment(markup, f"{title}: {caption}")
        return figure_fragment(figures.ranking(*arguments), title, "totals", captions.totals_caption(*arguments))

    def outcomes(self) -> Fragment:
        """Every outcome of the scheme and the units that it falls to. Empty where the scheme has none."""
        scored = self.scored
        if not scored.resolved.scheme.outcomes:
            return Fragment("", "")
        table = conclusion_tables.outcome_units_table(scored.resolved, scored.result, self.language)
        return self._section("outcomes", table, say("note_outcomes_all", self.language), kind="outcomes")

    def exclusions(self) -> Fragment:
        """The cases that are left out, by unit and reason. Empty where the ledger has no list."""
        table = conclusion_tables.exclusion_table(self.scored.resolved, self.scored.result.units, self.language)
        return self._section("exclusions", table) if len(table) else Fragment("", "")

    def roll_up(self) -> Fragment:
        """The totals of the periods that a longer period's are made of, a row a unit. Empty where there are none."""
        scored = self.scored
        table = conclusion_tables.roll_up_units_table(scored.result, self.language)
        return self._section("roll_up", table, say("note_roll_up", self.language)) if len(table) else Fragment("", "")

    def table(self) -> Fragment:
        """Every unit by group and rank."""
        return self._section("ranking", self.ranking_table(), kind="ranking")

    def ranking_table(self) -> pd.DataFrame:
        """The ranking as a frame, for filtering and export."""
        return tables.ranking_table(self.scored.result, self.language, self.scored.previous)

    def indicators(self) -> Fragment:
        """The points of every unit under every indicator."""
        table = tables.points_table(self.scored.resolved, self.scored.result, self.language)
        return self._section("indicators", table, kind="matrix")

    def rejects(self) -> Fragment:
        """Rows of the ledger that were not used, counted by what is wrong with them."""
        return self._rejects(None)

    def how_to_repeat(self) -> Fragment:
        """The commands and the inputs that give this report again."""
        return self._repeat("period_ranking", None)
