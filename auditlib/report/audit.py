"""What the notebook of a unit calls: its audit, section by section.

Each method returns a :class:`~auditlib.report.fragments.Fragment` that displays itself in Jupyter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import pandas as pd

from auditlib.analysis.arrivals import weeks_of
from auditlib.analysis.assessment import open_period
from auditlib.analysis.conclusions import explain_outcomes, explain_roll_up
from auditlib.analysis.peers import changes, peers_of, standing
from auditlib.analysis.request import Asked, Parameters, check_language
from auditlib.analysis.time_limits import limit_key, limit_title, limit_words
from auditlib.analysis.trend import trend_of
from auditlib.core.message import t
from auditlib.report import captions, conclusion_tables, figure_tables, figures, tables
from auditlib.report.effects import effects_summary, effects_table
from auditlib.report.evidence import evidence_html, evidence_items
from auditlib.report.first_screen import (
    answers,
    answers_html,
    cost_html,
    facts,
    masthead,
)
from auditlib.report.fragments import Fragment, escape, heading, join, paragraph
from auditlib.report.line_sections import case_anchor, indicator_sections
from auditlib.report.markup import Anchored, Keyed, render_table, table_text
from auditlib.report.pages.styles import lab_style
from auditlib.report.sections import Sections
from auditlib.report.tables import joined
from auditlib.report.time_captions import calendar_caption, taken_caption, trend_caption, untimed_caption
from auditlib.report.time_figures import TakenRow, calendar_map, time_taken, trend_line
from auditlib.report.wording import period_words
from auditlib.scoring.result import UnitScore

__all__ = ["UnitAudit"]


SHOWN_CASES = 300
UNFOLDED_CASES = 25


@dataclass(frozen=True)
class UnitAudit(Sections):
    """One unit in one period: the score, why, and how to do it again."""

    unit: UnitScore

    @classmethod
    def open(
        cls, *, unit: str, language: str = "zh", accept_rejects: bool = True, **asked: Unpack[Parameters]
    ) -> UnitAudit:
        """Loads and scores once, as the :class:`~auditlib.analysis.request.Parameters` of the notebook say:

        ``scheme``, ``ledger`` and ``period``, and where they are given ``as_of``, ``readings`` and ``supplied``.
        Raises :class:`~auditlib.core.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        scored = open_period(Asked.of(**asked), unit, accept_rejects=accept_rejects)
        return cls(scored, language, scored.unit(unit))

    def __repr__(self) -> str:
        return f"UnitAudit({self.scored.result.scheme}, {self.unit.unit}, {self.scored.result.period})"

    @property
    def _units(self) -> tuple[UnitScore]:
        return (self.unit,)

    @property
    def title(self) -> str:
        """The title of the report, with the unit and the period."""
        name = t("Assessment of {name}", self.language, name=self.unit.name)
        period = period_words(self.scored.result.period, self.language)
        return f"{period}{name}" if self.language == "zh" else f"{name}, {period}"

    def headline(self) -> Fragment:
        """The first screen: who, by what, the score and the rank, what cost most, how good the evidence is."""
        scored, language = self.scored, self.language
        cells = answers(scored, self.unit, language)
        items = evidence_items(scored, language, self.unit)
        markup = (
            f'{lab_style()}<div class="audit first">{masthead(self.title, scored, language, self.unit)}'
            f"{answers_html(cells)}"
            f'<div class="columns"><section>{cost_html(scored, self.unit, language)}</section>'
            f"<section>{evidence_html(items, language)}</section></div></div>"
        )
        text = "\n".join([self.title, *(f"{label}: {value} {more}".rstrip() for label, value, more in cells)])
        return Fragment(markup, text, facts(scored, self.title, language, self.unit))

    def waterfall(self) -> Fragment:
        """From full marks to the score."""
        resolved, result, unit, language = self.scored.resolved, self.scored.result, self.unit, self.language
        caption = captions.waterfall_caption(resolved, result, unit, language)
        story = changes(resolved, unit, language)
        if not story.changes:
            return self._said(t("How the score comes about", language), "waterfall", caption)
        figure = figures.waterfall(resolved, result, unit, language)
        table = figure_tables.waterfall_table(story, result.total_rounding, language)
        return self._figure(t("How the score comes about", language), "waterfall", figure, caption, table)

    def peers(self) -> Fragment:
        """Where the unit stands in its group."""
        resolved, result, unit, language = self.scored.resolved, self.scored.result, self.unit, self.language
        caption = captions.peers_caption(resolved, result, unit, language)
        place = standing(result, unit)
        if place is None:
            return self._said(t("Position among peers", language), "peers", caption)
        figure = figures.peers(resolved, result, unit, language)
        table = figure_tables.peers_table(place, peers_of(result, unit), result, language)
        return self._figure(t("Position among peers", language), "peers", figure, caption, table)

    def trend(self) -> Fragment:
        """The unit over up to twelve periods, beside the range and median of its group; rule changes are marked."""
        language = self.language
        trend = trend_of(self.scored.trend, self.unit.unit, self.scored.result.rounding)
        caption = trend_caption(trend, language)
        if len(trend.valued) < 2:
            return self._said(t("Trend of the score", language), "trend", caption)
        table = figure_tables.trend_table(trend, language)
        return self._figure(t("Trend of the score", language), "trend", trend_line(trend, language), caption, table)

    def time_taken(self) -> Fragment:
        """How long cases took, beside every time limit of the scheme. Empty where the scheme counts no cases."""
        language = self.language
        title, rows = t("Time taken and the limits", language), self._taken()
        if not self._counts_cases():
            return Fragment("", "")
        if not self.scored.handling.limits:
            return self._said(title, "taken", untimed_caption(self.scored, self.unit, language))
        caption = taken_caption(rows, language)
        if not rows:
            return self._said(title, "taken", caption)
        caption += ("" if language == "zh" else " ") + t(
            "Late is what is beyond the limit as written, whether or not the readings in use take points for it.",
            language,
        )
        return self._figure(
            title, "taken", time_taken(rows, language), caption, figure_tables.taken_table(rows, language)
        )

    def _counts_cases(self) -> bool:
        return any(measure.register_ == "cases" for measure in self.scored.resolved.scheme.measures.values())

    def _taken(self) -> list[TakenRow]:
        """The limits that any case of the unit met, in words, with the clause that each follows."""
        language, handling = self.language, self.scored.handling
        brackets = "〔{}〕" if language == "zh" else " [{}]"
        return [
            (
                limit_title(self.scored.resolved.scheme, limit, language),
                Keyed(
                    limit_words(limit, language)
                    + brackets.format(joined(limit.clauses, language) or t("counted, not scored", language)),
                    limit_key(limit),
                ),
                taken,
            )
            for limit, taken in zip(handling.limits, handling.taken.get(self.unit.unit, ()), strict=False)
            if taken.on_time or taken.late
        ]

    def calendar(self) -> Fragment:
        """The days on which cases came in, and how many of them were late or, where nothing is limited, lost points.

        Empty where the scheme counts no cases.
        """
        scored, language = self.scored, self.language
        if not self._counts_cases():
            return Fragment("", "")
        rows = scored.received(self.unit)
        limited = bool(scored.handling.limits)
        marked = t("over any time limit" if limited else "with lost points", language)
        ids = [row.case_id for row in rows if row.late] if limited else scored.counted_rows(self.unit)
        weeks = weeks_of(rows, ids, scored.period, scored.rest)
        caption = calendar_caption(weeks, rows, marked, language)
        if not rows:
            return self._said(t("Calendar of arrivals", language), "calendar", caption)
        figure, table = calendar_map(weeks, marked, language), figure_tables.calendar_table(weeks, language)
        return self._figure(t("Calendar of arrivals", language), "calendar", figure, caption, table)

    def indicators(self) -> Fragment:
        """A row for each indicator, and where the total rolls up periods, a row for each of these."""
        scored = self.scored
        table = tables.indicator_table(scored.resolved, scored.result, self.unit, self.language)
        kinds = ["" if i.status == "scored" else "unscored" for i in self.unit.indicators]
        section = self._section("indicators", table, kind="indicators", row_kinds=kinds)
        if not self.unit.parts:
            return section
        story = explain_roll_up(scored.resolved, scored.result, self.unit, self.language)
        note = t(
            "The totals of periods of one kind are averaged, then weighted; the scheme says what a "
            "period without data counts for.",
            self.language,
        ) + (f" {story.arithmetic}〔{story.clause}〕" if story else "")
        parts = self._section("roll_up", conclusion_tables.roll_up_table(scored.result, self.unit, self.language), note)
        return join(parts, section)

    def outcomes(self) -> Fragment:
        """Every outcome of the scheme: its conditions with the unit's numbers, what it brings. Empty without any."""
        scored = self.scored
        found = list(explain_outcomes(scored.resolved, scored.result, self.unit, self.language))
        if not found:
            return Fragment("", "")
        kinds = ["pale" if outcome.state == "no" else "matters" for outcome in found]
        table = conclusion_tables.outcome_table(found, self.language)
        return self._section(
            "outcomes",
            table,
            t(
                "Every outcome of the scheme with its conditions and the unit's numbers; one that holds "
                "says what it brings and what a person has yet to decide.",
                self.language,
            ),
            kind="outcomes",
            row_kinds=kinds,
        )

    def exclusions(self) -> Fragment:
        """The cases that are left out, by reason, and the total without that. Empty where the ledger has no list."""
        unit, rounding = self.unit, self.scored.result.total_rounding
        if unit.before_exclusions is None and not unit.exclusions:
            return Fragment("", "")
        none = t("no total", self.language)
        before = tables.shown_number(unit.before_exclusions, rounding) or none
        after = tables.shown_number(unit.total, rounding) or none
        note = t(
            "{count} {count:case|cases} left out; the total is {after} with the exclusions, {before} without.",
            self.language,
            count=unit.excluded,
            before=before,
            after=after,
        )
        table = conclusion_tables.exclusion_table(self.scored.resolved, [unit], self.language)
        return self._section("exclusions", table.iloc[:, 1:], note)

    def lines(self) -> Fragment:
        """Every score line under its indicator, with the clauses it follows and the cases behind it."""
        title = t("Score lines", self.language)
        body = indicator_sections(self.scored, self.unit, self._listed(), self.language)
        note = paragraph(
            t(
                "Every rule in the order of the scheme; rules that cost nothing are pale; ≈ stands "
                "before a result that was rounded.",
                self.language,
            )
        )
        body = body or paragraph(t("There are no score lines.", self.language))
        markup = f'<section class="audit">{heading(title, "lines")}{note}{body}</section>'
        return Fragment(markup, table_text(self.line_table(), title))

    def line_table(self) -> pd.DataFrame:
        """The score lines as one frame, for filtering and export."""
        return tables.line_table(self.scored.resolved, self.scored.result, self.unit, self.language)

    def _listed(self, limit: int = SHOWN_CASES) -> list[str]:
        """The cases that the list shows: those behind lost points, the first ``limit`` of them by id."""
        return sorted(self.scored.counted_rows(self.unit))[:limit]

    def cases(self, limit: int = SHOWN_CASES) -> Fragment:
        """The cases behind lost points with the rules under which they were lost, ``limit`` of them at most.

        Events that cost points follow in a list of their own.
        """
        cases, events = self._cases(limit), self._events()
        return join(cases, events) if events.html else cases

    def _rules_of(self, register: str) -> dict[str, list[str]]:
        """The rows of a register behind lost points, each with the rules under which they were lost."""
        titles = {(i.id, rule.id): rule.title(self.language) for i, rule in self.scored.resolved.scheme.rules()}
        counted = self.scored.counted_rows(self.unit, register)
        return {key: [titles[place] for place in places] for key, places in counted.items()}

    def _events(self) -> Fragment:
        language = self.language
        table = tables.event_table(self._rules_of("events"), self.scored.events.get(self.unit.unit, ()), language)
        if table.empty:
            return Fragment("", "")
        first = t("Event", language)
        anchored = [Anchored(key, case_anchor(key, "event")) for key in table[first]]
        table = table.assign(**{first: pd.Series(anchored, dtype=object)})
        return self._section(
            "events",
            table,
            t("{count} listed; cases stand in a list of their own.", language, count=len(table)),
            kind="cases",
        )

    def _cases(self, limit: int) -> Fragment:
        scored, language = self.scored, self.language
        counted = self._rules_of("cases")
        if not counted:
            return self._said(
                t("Cases behind lost points", language), "cases", captions.no_cases(scored, self.unit, language)
            )
        kept = {key: counted[key] for key in self._listed(limit)}
        known = {row.case_id: row for row in scored.cases.get(self.unit.unit, ())}
        table = tables.case_table(kept, known, language)
        anchored = [Anchored(key, case_anchor(key)) for key in kept]
        table = table.assign(**{t("Case", language): pd.Series(anchored, dtype=object)})
        note = t("{count} {count:case|cases}.", language, count=len(counted))
        first = self._section("cases", table.iloc[:UNFOLDED_CASES], note, kind="cases")
        rest = table.iloc[UNFOLDED_CASES:]
        if rest.empty:
            return first
        title = escape(t("The other {count}", language, count=len(counted) - UNFOLDED_CASES))
        beyond = (
            paragraph(t("The ids of {count} more stand under the score lines.", language, count=len(counted) - limit))
            if len(counted) > limit
            else ""
        )
        many = f'class="many" data-print="{escape(t(" (listed in the electronic report)", language))}"'
        folded = render_table(rest, t("Cases behind lost points", language), language, kind="cases", show_caption=False)
        markup = f"{first.html}<details><summary {many}>{title}</summary>{folded}{beyond}</details>"
        return Fragment(markup, table_text(table, t("Cases behind lost points", language)))

    def readings(self) -> Fragment:
        """The reading in use of every open clause, and what each other one would give this unit."""
        scored, unit, language = self.scored, self.unit, self.language
        effects = None if scored.effects is None else scored.effects.get(unit.unit, ())
        names = list(scored.resolved.scheme.readings)
        if effects is None or not names:
            untried = (
                paragraph(
                    t("What another reading would give cannot be computed: {reason}", language, reason=scored.untried)
                )
                if scored.untried
                else ""
            )
            plain = super().readings()
            return Fragment(plain.html + untried, plain.text)
        moving = {effect.reading for effect in effects}
        summary = paragraph(effects_summary(scored, unit, effects, language), "finding")
        title = t("Readings in use", language)
        felt = effects_table(scored, unit, effects, [name for name in names if name in moving], language)
        still = effects_table(scored, unit, effects, [name for name in names if name not in moving], language)
        shown = render_table(felt, title, language, kind="effects", show_caption=False) if len(felt) else ""
        if len(still):
            count = escape(
                t("{count} more that change nothing for this unit under any reading", language, count=len(still))
            )
            folded = render_table(still, title, language, kind="effects", show_caption=False)
            shown += f'<details class="still"><summary>{count}</summary>{folded}</details>'
        note = paragraph(
            t(
                "Where a clause can be understood in several ways, these readings are in use; another "
                "may change the score.",
                language,
            )
        )
        markup = f'<section class="audit readings">{heading(title, "readings")}{note}{summary}{shown}</section>'
        return Fragment(markup, f"{table_text(felt, title)}\n{table_text(still, title)}")

    def rejects(self) -> Fragment:
        """Rows of the ledger that were not used, counted by what is wrong with them."""
        return self._rejects(self.unit.unit)

    def how_to_repeat(self) -> Fragment:
        """The commands and the inputs that give this report again."""
        return self._repeat("unit_audit", self.unit.unit)
