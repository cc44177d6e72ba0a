"""Every score line under its indicator, with the clauses it follows and the cases behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from auditlib.analysis.explain import ExplainedLine, bounds_note, explain
from auditlib.analysis.tree import combination, nodes_of
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import t
from auditlib.core.numerals import number_text, signed
from auditlib.report import tables
from auditlib.report.anchors import SHOWN_CASES, case_anchor
from auditlib.report.headings.states import STATUSES
from auditlib.report.html import escape, heading, paragraph
from auditlib.report.markup import Evidence, Stack, render_table, table_text
from auditlib.report.page import UnitPage
from auditlib.report.section import Section
from auditlib.report.tables import frame, reason_text, with_reason
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.nodes import Branch
from auditlib.scheme.rules import Indicator
from auditlib.scoring.result import IndicatorScore, Result, ScoreLine, UnitScore

__all__ = ["section", "table"]


def section(page: UnitPage) -> Section:
    """Every score line under its indicator; the frame has all of them with their clauses and evidence."""
    title = page.t("Score lines")
    body = lines_by_indicator(page.scored, page.unit, page.listed(SHOWN_CASES), page.language)
    note = page.t(
        "Every rule in the order of the scheme; rules that cost nothing are pale; ≈ stands before a result that was "
        "rounded."
    )
    body = body or paragraph(page.t("There are no score lines."))
    listed = table(page.resolved, page.result, page.unit, page.language)
    markup = f'<section class="audit">{heading(title, "lines")}{paragraph(note)}{body}</section>'
    return Section(markup, table_text(listed, title), (note,), listed)


KEY_TIMES = {"due_at": "due", "submitted_at": "submitted", "at": "at"}


COLUMNS = ("rule_and_clause", "data_and_arithmetic", "points", "case_ids")


TIME_NAMES = re.compile(r"\b(?:due_at|submitted_at|at)(?= \d{4}-\d\d-\d\d \d\d:\d\d)")


def table(resolved: Resolved, result: Result, unit: UnitScore, language: str) -> pd.DataFrame:
    """Every score line: clause and quote, what was counted, the arithmetic, the points, the keys of the rows behind."""
    titles = {node.id: node.title(language) for node, _ in nodes_of(resolved.scheme, unit)}
    rows = []
    for line, scored in zip(explain(resolved, result, unit, language), _lines(unit), strict=True):
        reason = reason_text(resolved, scored, language)
        operands = with_reason(line.operands, reason, language)
        rows.append(
            (titles[line.indicator], line.title, line.clause, line.quote, operands, line.arithmetic, line.points,
             len(line.evidence), (*line.evidence, *line.facts), "\n".join(line.readings))
        )  # fmt: skip
    columns = (
        "indicator",
        "rule",
        "clause",
        "quote",
        "operands",
        "arithmetic",
        "points",
        "count",
        "case_ids",
        "readings",
    )
    return frame(rows, columns, language)


def _lines(unit: UnitScore) -> Iterable[ScoreLine]:
    return (line for node in (*unit.indicators, *unit.branches) for line in node.lines)


def lines_by_indicator(scored: ScoredPeriod, unit: UnitScore, listed: Iterable[str], language: str) -> str:
    """The lines of every indicator under its heading and clauses; the ``listed`` cases and all events are linked."""
    events = scored.events.get(unit.unit, ())
    anchors = {
        "cases": {id: case_anchor(id) for id in listed},
        "events": {event.event_id: case_anchor(event.event_id, "event") for event in events},
    }
    lines = list(explain(scored.resolved, scored.result, unit, language))
    sections = []
    for indicator, result in nodes_of(scored.resolved.scheme, unit):
        own = [line for line in lines if line.indicator == indicator.id]
        name = indicator.title(language)
        points = escape(_points(scored, result, language))
        if isinstance(indicator, Branch):
            together = combination(scored.resolved.scheme, indicator, unit, scored.result.rounding, language)
        else:
            together = ""
        heading = f'<h3 id="lines-{escape(indicator.id)}">{escape(name)}<span>{points}</span></h3>'
        rows = [
            _line_row(scored, indicator, line, raw, anchors, language)
            for line, raw in zip(own, result.lines, strict=True)
        ]
        kinds = [_line_kind(line, indicator, result) for line in own]
        table = render_table(
            tables.frame(rows, COLUMNS, language), t("Score lines", language) + t(": ", language) + name, language,
            kind="lines", row_kinds=kinds, numbers=(t("Points", language),), show_caption=False,
        )  # fmt: skip
        if not own:
            table = ""
        heading += paragraph(together) if together else ""
        sections.append(
            f'<section class="indicator">{heading}{_clauses(own)}{_readings(own, language)}{table}</section>'
        )
    return "\n".join(sections)


def _line_kind(line: ExplainedLine, node: Indicator | Branch, result: IndicatorScore) -> str:
    """How the style sheet shows a line: one that cost points, one that gave some, or one that changed nothing.

    Where a node begins with nothing and ends with nothing, its lines say why it earned none of its marks.
    """
    if line.points == "0" and result.max and node.start == 0 and result.points == 0:
        return "matters"
    if line.points is None or line.points == "0":
        return "pale"
    return "matters" if line.points.startswith("−") else "gains"


def _clauses(lines: Sequence[ExplainedLine]) -> str:
    """Each clause that the lines follow with its text, once."""
    return "".join(
        f"<blockquote><b>{escape(clause)}</b> {escape(quote)}</blockquote>"
        for clause, quote in dict.fromkeys((line.clause, line.quote) for line in lines)
    )


def _readings(lines: Sequence[ExplainedLine], language: str) -> str:
    """The readings that the lines follow, once each."""
    items = "".join(
        f"<li><b>{escape(t('Reading', language))}</b> {escape(reading)}</li>"
        for reading in dict.fromkeys(one for line in lines for one in line.readings)
    )
    return f'<ul class="read">{items}</ul>' if items else ""


def _line_row(
    scored: ScoredPeriod, indicator: Indicator | Branch, line: ExplainedLine, raw: ScoreLine,
    anchors: Mapping[str, Mapping[str, str]], language: str,
) -> tuple[object, ...]:  # fmt: skip
    reason = tables.reason_text(scored.resolved, raw, language)
    counted = tables.with_reason(line.operands, reason, language)
    evidence: object = ()
    if line.evidence:
        register = _register_of(scored.resolved.scheme, indicator, line.rule)
        number = t(
            "{count} {count:case|cases}" if register == "cases" else "{count} {count:row|rows}",
            language,
            count=len(line.evidence),
        )
        known = anchors.get(register or "")
        keys = line.evidence if known is not None else tuple(_key_words(key, language) for key in line.evidence)
        evidence = Evidence(keys, number, known or {})
    return Stack(line.title, (line.clause,)), Stack(counted, (line.arithmetic, *line.facts)), line.points, evidence


def _key_words(key: str, language: str) -> str:
    """The key of a row that has no number of its own, with the names of its times in the words of the report."""
    return TIME_NAMES.sub(lambda name: t(KEY_TIMES[name[0]], language), key)


def _register_of(scheme: Scheme, indicator: Indicator | Branch, rule: str) -> str | None:
    own = next(one for one in indicator.rules if one.id == rule)
    measure = scheme.measures.get(scheme.evidence_of(own) or "")
    return None if measure is None else measure.register_


def _points(scored: ScoredPeriod, result: IndicatorScore, language: str) -> str:
    """An indicator's points out of its full marks, with what bounded them; or why there are none."""
    rounding = scored.result.rounding
    limit = tables.shown_number(result.max, rounding)
    if result.points is None:
        status = t(STATUSES[result.status], language)
        return status if limit is None else t("{status} (of {max})", language, status=status, max=limit)
    points = number_text(result.points, rounding)
    bound = bounds_note(result, rounding, language)
    shown = f"{points} / {limit}" if result.max else points if limit is None else signed(result.points, rounding)
    return f"{shown}　{bound}" if bound else shown
