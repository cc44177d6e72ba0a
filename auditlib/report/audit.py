"""What the notebooks call: a unit's audit and a period's ranking, section by section.

Each method returns a :class:`~auditlib.report.fragments.Fragment` that displays itself in Jupyter.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from matplotlib.figure import Figure

from auditlib.explain import explain
from auditlib.points import paired
from auditlib.report import captions, figures, tables
from auditlib.report.first_screen import (
    answers,
    answers_html,
    cost_html,
    evidence_html,
    evidence_items,
    facts,
    masthead,
)
from auditlib.report.fragments import Fragment, escape, figure_fragment, heading, paragraph
from auditlib.report.markup import Stack, render_table, table_text
from auditlib.report.scored import ScoredPeriod, check_language, open_period
from auditlib.report.standing import groups
from auditlib.report.wording import period_words, say
from auditlib.result import IndicatorScore, UnitScore

__all__ = ["PeriodRanking", "UnitAudit"]

SHOWN_CASES = 300
UNFOLDED_CASES = 25


@dataclass(frozen=True)
class _Sections:
    """The sections that a unit's report and a ranking have in common."""

    scored: ScoredPeriod
    language: str

    def _section(self, name: str, table: pd.DataFrame, note: str = "", **options: object) -> Fragment:
        title = say(name, self.language)
        markup = render_table(table, title, self.language, show_caption=False, **options)  # type: ignore[arg-type]
        text = paragraph(note) if note else ""
        return Fragment(
            f'<section class="audit {name}">{heading(title, name)}{text}{markup}</section>', table_text(table, title)
        )

    def readings(self) -> Fragment:
        """The reading in use of every open clause, and the ones that are not."""
        table = tables.reading_table(self.scored.resolved, self.language)
        return self._section("readings", table, say("note_readings", self.language) if len(table) else "")

    def gaps(self) -> Fragment:
        """What the source does not give, and how it was treated."""
        table = tables.gap_table(self.scored.resolved, self.scored.result.rounding, self.language)
        return self._section("gaps", table, say("note_gaps", self.language) if len(table) else "")

    def _rejects(self, unit: str | None) -> Fragment:
        scored = self.scored
        table = tables.reject_table(
            scored.ledger.rejects, scored.reject_units if unit is not None else (None,) * scored.ledger.rejects.height,
            unit, self.language,
        )  # fmt: skip
        return self._section("rejects", table, say("note_rejects", self.language) if len(table) else "")

    def _repeat(self, notebook: str, unit: str | None) -> Fragment:
        scored, language = self.scored, self.language
        source = scored.resolved.scheme.source
        checked = say("last_checked", language, date=source.last_checked)
        inputs = [
            (say("scheme_file", language), f"{scored.scheme_file.name}\nsha256 {scored.scheme_sha256}"),
            (say("source", language), f"{source.title(language)}（{source.document}），{checked}" if language == "zh"
             else f"{source.title(language)} ({source.document}), {checked}"),
            (say("ledger", language), scored.ledger_given),
            (say("snapshot", language), f"sha256 {scored.snapshot}"),
            (say("software", language), scored.software),
        ]  # fmt: skip
        own = "" if unit is None else f"-r unit {shlex.quote(unit)} "
        made = f"papermill notebooks/{notebook}.ipynb {notebook}.ipynb {own}{scored.command['notebook']}"
        made += f" -p language {language}"
        steps = [("step_score", scored.command["score"]), ("step_report", made)]
        if unit is not None:  # `explain` speaks of one unit
            steps.insert(1, ("step_explain", f"{scored.command['explain']} --unit {shlex.quote(unit)}"))
        table = tables.frame(inputs, ("what", "value"), language)
        commands = "".join(
            f"<dt>{escape(say(name, language))}</dt><dd><pre><code>{escape(line)}</code></pre></dd>"
            for name, line in steps
        )
        title = say("repeat", language)
        markup = (
            f'<section class="audit repeat">{heading(title, "repeat")}{paragraph(say("note_repeat", language))}'
            f'<dl class="commands">{commands}</dl>{render_table(table, title, language, show_caption=False)}</section>'
        )
        plain = "\n".join(f"{say(name, language)}: {line}" for name, line in steps)
        return Fragment(markup, f"{table_text(table, title)}\n{plain}")


@dataclass(frozen=True)
class UnitAudit(_Sections):
    """One unit in one period: the score, why, and how to do it again."""

    unit: UnitScore

    @classmethod
    def open(
        cls,
        *,
        scheme: str,
        ledger: str,
        unit: str,
        period: str,
        as_of: str | datetime | None = None,
        language: str = "zh",
        readings: Mapping[str, str] | None = None,
        supplied: Mapping[str, object] | None = None,
        accept_rejects: bool = True,
    ) -> UnitAudit:
        """Loads and scores once. Raises :class:`~auditlib.errors.InputError` for a parameter that does not fit."""
        check_language(language)
        scored = open_period(
            scheme, ledger, period, as_of, readings=readings, supplied=supplied, accept_rejects=accept_rejects
        )
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
        note = say("note_roll_up", self.language)
        parts = self._section("roll_up", tables.part_table(scored.result, self.unit, self.language), note)
        return Fragment(f"{parts.html}\n{section.html}", f"{parts.text}\n{section.text}")

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
        bound = tables.bounded(scored, rounding, self.language)
        shown = f"{points} / {limit}" if limit is not None else points
        return f"{shown}　{bound}" if bound else shown

    def cases(self, limit: int = SHOWN_CASES) -> Fragment:
        """The cases behind lost points with the rules that they cost points under, ``limit`` of them at most."""
        scored, language = self.scored, self.language
        titles = {(i.id, rule.id): rule.title(language) for i, rule in scored.resolved.scheme.rules()}
        counted = scored.counted_cases(self.unit)
        kept = {key: [titles[place] for place in counted[key]] for key in sorted(counted)[:limit]}
        known = {row["case_id"]: row for row in scored.case_rows(self.unit.unit).iter_rows(named=True)} if kept else {}
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


@dataclass(frozen=True)
class PeriodRanking(_Sections):
    """All units in one period: who stands where, and how far apart."""

    @classmethod
    def open(
        cls,
        *,
        scheme: str,
        ledger: str,
        period: str,
        as_of: str | datetime | None = None,
        language: str = "zh",
        readings: Mapping[str, str] | None = None,
        supplied: Mapping[str, object] | None = None,
        accept_rejects: bool = True,
    ) -> PeriodRanking:
        """Loads and scores once. Raises :class:`~auditlib.errors.InputError` for a parameter that does not fit."""
        check_language(language)
        return cls(
            open_period(
                scheme, ledger, period, as_of, readings=readings, supplied=supplied, accept_rejects=accept_rejects
            ),
            language,
        )

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
