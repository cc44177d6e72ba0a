"""What the notebook of a unit calls: its audit, section by section.

Each method returns a :class:`~auditlib.report.fragments.Fragment` that displays itself in Jupyter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import pandas as pd
from matplotlib.figure import Figure

from auditlib.conclusions import explain_outcomes, explain_roll_up
from auditlib.explain import bounds_note, explain
from auditlib.points import paired
from auditlib.report import captions, conclusion_tables, figures, tables
from auditlib.report.asked import Asked, Parameters, check_language
from auditlib.report.first_screen import (
    answers,
    answers_html,
    cost_html,
    evidence_html,
    evidence_items,
    facts,
    masthead,
)
from auditlib.report.fragments import Fragment, escape, figure_fragment, heading, join, paragraph
from auditlib.report.markup import Stack, render_table, table_text
from auditlib.report.opening import open_period
from auditlib.report.sections import Sections
from auditlib.report.wording import period_words, say
from auditlib.result import IndicatorScore, UnitScore

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
        """Loads and scores once, as the :class:`~auditlib.report.asked.Parameters` of the notebook say:

        ``scheme``, ``ledger`` and ``period``, and where they are given ``as_of``, ``readings`` and ``supplied``.
        Raises :class:`~auditlib.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        scored = open_period(Asked.of(**asked), unit, accept_rejects=accept_rejects)
        return cls(scored, language, scored.unit(unit))

    def __repr__(self) -> str:
        return f"UnitAudit({self.scored.result.scheme}, {self.unit.unit}, {self.scored.result.period})"

    @property
    def title(self) -> str:
        """The title of the report, with the unit and the period."""
        name = say("unit_title", self.language, name=self.unit.name)
        period = period_words(self.scored.result.period, self.language)
        return f"{period}{name}" if self.language == "zh" else f"{name}, {period}"

    def headline(self) -> Fragment:
        """The first screen: who, by what, the score and the rank, what cost most, how good the evidence is."""
        scored, language = self.scored, self.language
        cells = answers(scored, self.unit, language)
        items = evidence_items(scored, language, self.unit)
        markup = (
            f'<div class="audit first">{masthead(self.title, scored, language, self.unit)}{answers_html(cells)}'
            f'<div class="columns"><section>{cost_html(scored, self.unit, language)}</section>'
            f"<section>{evidence_html(items, language)}</section></div></div>"
        )
        text = "\n".join([self.title, *(f"{label}: {value} {more}".rstrip() for label, value, more in cells)])
        return Fragment(markup, text, facts(scored, self.title, language, self.unit))

    def waterfall(self) -> Fragment:
        """From full marks to the score."""
        arguments = self.scored.resolved, self.scored.result, self.unit, self.language
        return self._figure("waterfall", figures.waterfall(*arguments), captions.waterfall_caption(*arguments))

    def peers(self) -> Fragment:
        """Where the unit stands in its group."""
        arguments = self.scored.resolved, self.scored.result, self.unit, self.language
        return self._figure("peers", figures.peers(*arguments), captions.peers_caption(*arguments))

    def arrivals(self) -> Fragment:
        """The unit's cases by the day they came in: how many lost points, and how long they took."""
        cases = self.scored.arrivals(self.unit)
        caption = captions.arrivals_caption(cases, self.scored.period, self.language)
        if not cases:
            title = say("arrivals", self.language)
            markup = f'<section class="audit">{heading(title, "arrivals")}{paragraph(caption)}</section>'
            return Fragment(markup, f"{title}: {caption}")
        figure = figures.arrivals(cases, self.scored.period, self.scored.result.as_of, self.language)
        return self._figure("arrivals", figure, caption)

    def _figure(self, name: str, figure: Figure, caption: str) -> Fragment:
        return figure_fragment(figure, say(name, self.language), name, caption)

    def indicators(self) -> Fragment:
        """A row for each indicator, and where the total rolls up periods, a row for each of these."""
        scored = self.scored
        table = tables.indicator_table(scored.resolved, scored.result, self.unit, self.language)
        kinds = ["" if i.status == "scored" else "unscored" for i in self.unit.indicators]
        section = self._section("indicators", table, kind="indicators", row_kinds=kinds)
        if not self.unit.parts:
            return section
        story = explain_roll_up(scored.resolved, scored.result, self.unit, self.language)
        note = say("note_roll_up", self.language) + (f" {story.arithmetic}〔{story.clause}〕" if story else "")
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
        return self._section("outcomes", table, say("note_outcomes", self.language), kind="outcomes", row_kinds=kinds)

    def exclusions(self) -> Fragment:
        """The cases that are left out, by reason, and the total without that. Empty where the ledger has no list."""
        unit, rounding = self.unit, self.scored.result.rounding
        if unit.before_exclusions is None and not unit.exclusions:
            return Fragment("", "")
        none = say("no_total", self.language)
        before = tables.shown_number(unit.before_exclusions, rounding) or none
        after = tables.shown_number(unit.total, rounding) or none
        note = say("note_exclusions", self.language, count=unit.excluded, before=before, after=after)
        table = conclusion_tables.exclusion_table(self.scored.resolved, [unit], self.language)
        return self._section("exclusions", table.iloc[:, 1:], note)

    def lines(self) -> Fragment:
        """Every score line under its indicator, with the clauses it follows and the cases behind it."""
        scored, language = self.scored, self.language
        title = say("lines", language)
        lines = list(explain(scored.resolved, scored.result, self.unit, language))
        pieces = []
        for indicator, result in paired(scored.resolved.scheme, self.unit.indicators):
            own = [line for line in lines if line.indicator == indicator.id]
            quotes = "".join(
                f"<blockquote><b>{escape(clause)}</b> {escape(quote)}</blockquote>"
                for clause, quote in dict.fromkeys((line.clause, line.quote) for line in own)
            )
            readings = "".join(
                f"<li><b>{escape(say('reading', language))}</b> {escape(reading)}</li>"
                for reading in dict.fromkeys(one for line in own for one in line.readings)
            )
            if readings:
                quotes += f'<ul class="read">{readings}</ul>'
            rows = []
            kinds = []
            for line, raw in zip(own, result.lines, strict=True):
                reason = tables.reason_text(scored.resolved, raw, language)
                counted = f"{line.operands} {reason}" if line.operands and reason else line.operands or reason
                matters = line.points not in (None, "0")
                rows.append(
                    (
                        Stack(line.title, (line.clause,)),
                        Stack(counted, (line.arithmetic,)),
                        line.points,
                        line.evidence,
                    )
                )
                kinds.append("matters" if matters else "pale")
            columns = ("rule_and_clause", "data_and_arithmetic", "points", "case_ids")
            name = indicator.title(language)
            table = render_table(
                tables.frame(rows, columns, language), f"{title}{say('colon', language)}{name}",
                language, kind="lines", row_kinds=kinds, numbers=(say("points", language),), show_caption=False,
            )  # fmt: skip
            pieces.append(
                f'<section class="indicator"><h3 id="lines-{escape(indicator.id)}">{escape(name)}'
                f"<span>{escape(self._points(result))}</span></h3>{quotes}{table}</section>"
            )
        body = "\n".join(pieces) or paragraph(say("no_lines", language))
        markup = (
            f'<section class="audit">{heading(title, "lines")}{paragraph(say("note_lines", language))}{body}</section>'
        )
        return Fragment(markup, table_text(self.line_table(), title))

    def line_table(self) -> pd.DataFrame:
        """The score lines as one frame, for filtering and export."""
        return tables.line_table(self.scored.resolved, self.scored.result, self.unit, self.language)

    def _points(self, scored: IndicatorScore) -> str:
        rounding = self.scored.result.rounding
        points, limit = tables.shown_number(scored.points, rounding), tables.shown_number(scored.max, rounding)
        if points is None:
            status = say(scored.status, self.language)
            return status if limit is None else say("open_of", self.language, status=status, max=limit)
        bound = bounds_note(scored, rounding, self.language)
        shown = f"{points} / {limit}" if limit is not None else points
        return f"{shown}　{bound}" if bound else shown

    def cases(self, limit: int = SHOWN_CASES) -> Fragment:
        """The cases behind lost points with the rules that they cost points under, ``limit`` of them at most."""
        scored, language = self.scored, self.language
        titles = {(i.id, rule.id): rule.title(language) for i, rule in scored.resolved.scheme.rules()}
        counted = scored.counted_cases(self.unit)
        kept = {key: [titles[place] for place in counted[key]] for key in sorted(counted)[:limit]}
        known = {row.case_id: row for row in scored.cases.get(self.unit.unit, ())}
        table = tables.case_table(kept, known, language)
        shown = say("note_shown", language, count=limit) if len(counted) > limit else ""
        note = say("note_cases", language, count=len(counted), shown=shown) if counted else ""
        first = self._section("cases", table.iloc[:UNFOLDED_CASES], note, kind="cases")
        rest = table.iloc[UNFOLDED_CASES:]
        if rest.empty:
            return first
        title = escape(say("rest_cases", language, count=len(rest)))
        many = f'class="many" data-print="{escape(say("not_printed", language))}"'
        folded = render_table(rest, say("cases", language), language, kind="cases", show_caption=False)
        markup = f"{first.html}<details><summary {many}>{title}</summary>{folded}</details>"
        return Fragment(markup, table_text(table, say("cases", language)))

    def rejects(self) -> Fragment:
        """Rows of the ledger that were not used, counted by what is wrong with them."""
        return self._rejects(self.unit.unit)

    def how_to_repeat(self) -> Fragment:
        """The commands and the inputs that give this report again."""
        return self._repeat("unit_audit", self.unit.unit)
