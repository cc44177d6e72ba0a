"""What the notebook of a period calls: its ranking, section by section.

Each method returns a :class:`~auditlib.report.fragments.Fragment` that displays itself in Jupyter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Unpack

import pandas as pd

from auditlib.analysis.assessment import open_period
from auditlib.analysis.losses import IndicatorLoss, losses
from auditlib.analysis.movements import Movement, falls, movements, rises
from auditlib.analysis.peers import groups
from auditlib.analysis.request import Asked, Parameters, check_language
from auditlib.core.message import t
from auditlib.report import captions, conclusion_tables, figures, tables
from auditlib.report.attention import reasons_to_look
from auditlib.report.evidence import evidence_html, evidence_items
from auditlib.report.first_screen import (
    answers_html,
    facts,
    masthead,
)
from auditlib.report.fragments import Fragment, escape, figure_fragment
from auditlib.report.markup import UnitName
from auditlib.report.pages.styles import lab_style
from auditlib.report.period_captions import heat_caption, losses_caption, movements_caption, period_answers
from auditlib.report.period_figures import heat_map
from auditlib.report.period_tables import attention_table, loss_table, movement_table
from auditlib.report.revision_figures import Slope, slopes
from auditlib.report.sections import Sections
from auditlib.report.wording import period_words
from auditlib.scoring.result import UnitScore

__all__ = ["PeriodRanking"]

MOST_LINES = 40
FURTHEST = 10


@dataclass(frozen=True)
class PeriodRanking(Sections):
    """All units in one period: who stands where, and how far apart."""

    @classmethod
    def open(cls, *, language: str = "zh", accept_rejects: bool = True, **asked: Unpack[Parameters]) -> PeriodRanking:
        """Loads and scores once, as the :class:`~auditlib.analysis.request.Parameters` of the notebook say:

        ``scheme``, ``ledger`` and ``period``, and where they are given ``as_of``, ``readings`` and ``supplied``.
        Raises :class:`~auditlib.core.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        return cls(open_period(Asked.of(**asked), accept_rejects=accept_rejects), language)

    def __repr__(self) -> str:
        return f"PeriodRanking({self.scored.result.scheme}, {self.scored.result.period})"

    @property
    def title(self) -> str:
        """The title of the report, with the period."""
        period = period_words(self.scored.result.period, self.language)
        name = t("Assessment ranking", self.language)
        return f"{period}{name}" if self.language == "zh" else f"{name}, {period}"

    def headline(self) -> Fragment:
        """The first screen: the period, the scheme, what the ranking shows, how good the evidence is."""
        scored, language = self.scored, self.language
        caption = captions.ranking_caption(scored.resolved, scored.result, language)
        cells = period_answers(scored.resolved, scored.result, self.moved, self.losses_of_all, language)
        items = evidence_items(scored, language)
        markup = (
            f'{lab_style()}<div class="audit first">{masthead(self.title, scored, language)}{answers_html(cells)}'
            f'<p class="finding">{escape(caption)}</p><section>{evidence_html(items, language)}</section></div>'
        )
        text = "\n".join([self.title, caption, *(f"{label}: {value} {more}".rstrip() for label, value, more in cells)])
        return Fragment(markup, text, facts(scored, self.title, language))

    @cached_property
    def moved(self) -> tuple[Movement, ...]:
        """Every unit's movement since the period before."""
        return movements(self.scored.resolved, self.scored.result, self.scored.previous, self.language)

    @cached_property
    def losses_of_all(self) -> tuple[IndicatorLoss, ...]:
        """Every indicator over all units, the costliest first."""
        return losses(self.scored.resolved, self.scored.result, self.language)

    def attention(self) -> Fragment:
        """The units that a reader should look at, each with the facts that say why."""
        rows = {(reject.file, reject.row): reject.unit for reject in self.scored.rejects if reject.unit}
        rejected = Counter(rows.values())
        found = reasons_to_look(
            self.scored.resolved.scheme, self.scored.result, self.moved, self.losses_of_all, rejected, self.language
        )
        table = attention_table(found, self.language)
        note = t(
            "Plain facts, no threshold: last of a group, fell furthest, most indicators with nothing "
            "left, most targets missed, outcomes other than first places, undecided ties, an "
            "indicator missing that others have, most rejected rows. What to do about them is the "
            "reader's judgement."
            if found
            else "No unit stands out.",
            self.language,
        )
        if found:
            table = _linked(table, t("Unit", self.language), [unit for unit, _ in found])
        title = t("Units to look at", self.language)
        if not found:
            return self._said(title, "attention", note)
        return self._section("attention", table, note, title, kind="attention")

    def movements(self) -> Fragment:
        """From the ranks of the period before to these: a line for each unit, and what moved it."""
        before, language = self.scored.period.previous(), self.language
        compared = [one for one in self.moved if one.places is not None]
        if not compared:
            return self._said(t("Who moved", language), "movements", movements_caption(compared, before, language))
        drawn = compared
        if most := len(compared) > MOST_LINES:
            drawn = [one for one in compared if one in (*rises(compared)[:FURTHEST], *falls(compared)[:FURTHEST])]
        lines: dict[str, list[Slope]] = {}
        for one in drawn:
            ranks = one.unit.name, one.before.rank or 0, one.unit.rank or 0
            lines.setdefault(one.unit.ranked_in or t("all units", language), []).append(ranks)
        versions = period_words(str(before), language), period_words(self.scored.result.period, language)
        caption = movements_caption(compared, before, language, drawn=FURTHEST if most else 0)
        title = t("Who moved", language)
        table = movement_table(self.moved, self.scored.result.rounding, language)
        return self._figure(title, "movements", slopes(lines, versions, language), caption, table)

    def losses(self) -> Fragment:
        """Where points are lost: every indicator over all units, and those under which everyone or nobody loses."""
        result, language = self.scored.result, self.language
        if not self.losses_of_all:
            return Fragment("", "")
        caption = losses_caption(self.losses_of_all, result, language)
        table = loss_table(self.losses_of_all, result.rounding, language)
        return self._section("losses", table, caption, t("Where points are lost", language), kind="losses")

    def heat(self) -> Fragment:
        """The points of every unit under every indicator, of several, shaded by the share that was lost."""
        resolved, result, language = self.scored.resolved, self.scored.result, self.language
        if len(self.losses_of_all) < 2:
            return Fragment("", "")  # one indicator by itself is what the totals show
        table = tables.points_table(resolved, result, language)
        caption = heat_caption(resolved, result, language)
        title = t("Points by unit and indicator", language)
        return self._figure(title, "heat", heat_map(resolved, result, language), caption, table, kind="matrix")

    def totals(self) -> Fragment:
        """The totals of all units by rank."""
        arguments = self.scored.resolved, self.scored.result, self.language
        title = t("Totals compared", self.language)
        if not groups(self.scored.result):
            caption = captions.ranking_caption(*arguments)
            return self._said(title, "totals", caption)
        return figure_fragment(figures.ranking(*arguments), title, "totals", captions.totals_caption(*arguments))

    def outcomes(self) -> Fragment:
        """Every outcome of the scheme and the units that it falls to. Empty where the scheme has none."""
        scored = self.scored
        if not scored.resolved.scheme.outcomes:
            return Fragment("", "")
        table = conclusion_tables.outcome_units_table(scored.resolved, scored.result, self.language)
        return self._section(
            "outcomes",
            table,
            t(
                "Every outcome of the scheme and the units it falls to; what it brings stands in the "
                "report of each unit.",
                self.language,
            ),
            kind="outcomes",
        )

    def exclusions(self) -> Fragment:
        """The cases that are left out, by unit and reason. Empty where the ledger has no list."""
        table = conclusion_tables.exclusion_table(self.scored.resolved, self.scored.result.units, self.language)
        return self._section("exclusions", table) if len(table) else Fragment("", "")

    def roll_up(self) -> Fragment:
        """The totals of the periods that a longer period's are made of, a row a unit. Empty where there are none."""
        scored = self.scored
        table = conclusion_tables.roll_up_units_table(scored.result, self.language)
        return (
            self._section(
                "roll_up",
                table,
                t(
                    "The totals of periods of one kind are averaged, then weighted; the scheme says what a "
                    "period without data counts for.",
                    self.language,
                ),
            )
            if len(table)
            else Fragment("", "")
        )

    def table(self) -> Fragment:
        """Every unit by group and rank."""
        named = _linked(self.ranking_table(), t("Name", self.language), self.scored.result.units)
        return self._section("ranking", named, kind="ranking")

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


def _linked(table: pd.DataFrame, column: str, units: Sequence[UnitScore]) -> pd.DataFrame:
    """The same table, a row a unit, whose names a run's page links to the reports on these units."""
    linked = table.copy()
    linked[column] = pd.Series([UnitName(unit.name, unit.unit) for unit in units], index=table.index, dtype=object)
    return linked
