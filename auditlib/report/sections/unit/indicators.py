"""A row for each indicator, and where the total rolls up periods, a row for each of these."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from auditlib.analysis.explain import bounds_note, explain
from auditlib.analysis.losses import lost
from auditlib.analysis.roll_up_words import explain_roll_up
from auditlib.analysis.tree import combination, nodes_of
from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.message import t, told
from auditlib.core.numerals import plain_percent, signed
from auditlib.report.headings.states import STATUSES
from auditlib.report.markup import Keyed
from auditlib.report.page import UnitPage
from auditlib.report.section import Section, joined_sections
from auditlib.report.tables import frame, shown_number
from auditlib.report.wording import period_words
from auditlib.scheme.load import Resolved
from auditlib.scheme.nodes import Branch
from auditlib.scoring.result import IndicatorScore, Result, UnitScore

__all__ = ["parts_table", "section", "table"]


def section(page: UnitPage) -> Section:
    """A row for each indicator, and before it, where the total rolls up periods, a row for each of these."""
    listed = table(page.resolved, page.result, page.unit, page.language)
    nodes = (*page.unit.indicators, *page.unit.branches)
    kinds = ["" if i.status == "scored" else "unscored" for i in nodes]
    own = page.tabled("indicators", listed, kind="indicators", row_kinds=kinds)
    if not page.unit.parts:
        return own
    story = explain_roll_up(page.resolved, page.result, page.unit, page.language)
    note = page.t(
        "The totals of periods of one kind are averaged, then weighted; the scheme says what a period without data "
        "counts for."
    ) + (f" {story.arithmetic}〔{story.clause}〕" if story else "")
    return joined_sections(page.tabled("roll_up", parts_table(page.result, page.unit, page.language), note), own)


def table(resolved: Resolved, result: Result, unit: UnitScore, language: str) -> pd.DataFrame:
    """One row an indicator: full mark, points, loss, status in words, and what bounded it or what is lacking."""
    dimensions = {dimension.id: dimension.title(language) for dimension in resolved.scheme.dimensions}
    rows = [
        (
            indicator.title(language),
            dimensions.get(getattr(indicator, "dimension", None) or "", ""),
            shown_number(scored.max, result.rounding),
            shown_number(scored.points, result.rounding),
            None if isinstance(indicator, Branch) else _lost_text(lost(indicator, scored), result.rounding),
            t(STATUSES[scored.status] if scored.met is None else "met" if scored.met else "not met", language),
            _note(resolved, result, unit, scored, language),
        )
        for indicator, scored in nodes_of(resolved.scheme, unit)
    ]
    table = frame(rows, ("indicator", "dimension", "max", "points", "lost", "status", "note"), language)
    return table if dimensions else table.drop(columns=t("Dimension", language))


def _lost_text(value: Fraction | None, rounding: Rounding) -> str | None:
    if value is None:
        return None
    return "0" if value == 0 else signed(-value, rounding)


def _note(resolved: Resolved, result: Result, unit: UnitScore, scored: IndicatorScore, language: str) -> str:
    notes = [bounds_note(scored, result.rounding, language)]
    branch = resolved.scheme.node(scored.id)
    if isinstance(branch, Branch):
        notes.insert(0, combination(resolved.scheme, branch, unit, result.rounding, language))
    if scored.met is not None:
        own = (line for line in explain(resolved, result, unit, language) if line.indicator == scored.id)
        notes += [f"{line.operands}{'；' if language == 'zh' else '; '}{line.arithmetic}" for line in own]
    if scored.status != "scored" or scored.gaps:
        missing = (line.reason for line in scored.lines if line.points is None and line.reason)
        notes += [told(reason, language) for reason in dict.fromkeys(missing)]
    return ("；" if language == "zh" else "; ").join(note for note in notes if note)


def parts_table(result: Result, unit: UnitScore, language: str) -> pd.DataFrame:
    """The periods that a longer period's total is made of, each with its weight, total and full marks."""
    rows = [
        (
            period_words(part.period, language),
            Keyed(plain_percent(part.weight), decimal_text(part.weight * 100, Rounding(12))),
            shown_number(part.total, result.rounding),
            shown_number(part.total_of, result.rounding),
        )
        for part in unit.parts
    ]
    return frame(rows, ("period", "weight", "total", "out_of"), language)
