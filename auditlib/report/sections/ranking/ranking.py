"""Every unit by group and rank."""

from __future__ import annotations

import pandas as pd

from auditlib.core.message import t
from auditlib.core.numerals import signed
from auditlib.report.headings import REPORT
from auditlib.report.page import RankingPage
from auditlib.report.section import Section
from auditlib.report.tables import frame, joined, outcome_words, shown_number
from auditlib.report.unit_links import linked_names
from auditlib.scoring.result import Result

__all__ = ["section", "table"]


def section(page: RankingPage) -> Section:
    """Every unit by group and rank."""
    listed = table(page.result, page.language, page.scored.previous)
    return page.tabled("ranking", linked_names(listed, page.t("Name"), page.units), kind="ranking")


def table(result: Result, language: str, previous: Result | None = None) -> pd.DataFrame:
    """Every unit by group and rank with its total, out of how much, its change, ties and outcomes."""
    earlier = {unit.unit: unit for unit in previous.units} if previous else {}
    rows = []
    for unit in result.units:
        before = earlier.get(unit.unit)
        comparable = before is not None and before.total_of == unit.total_of
        change = None
        if comparable and before is not None and before.total is not None and unit.total is not None:
            change = signed(unit.total - before.total, result.rounding)
        rows.append(
            (
                None if unit.rank is None else str(unit.rank),
                unit.unit,
                unit.name,
                unit.group or "",
                unit.ranked_in or "",
                shown_number(unit.total, result.total_rounding),
                shown_number(unit.total_of, result.rounding),
                change,
                None if unit.total is None else t("yes" if unit.complete else "in part", language),
                joined(unit.tie, language),
                outcome_words(unit, language),
                str(sum(own.count for own in unit.provisional) or ""),
            )
        )
    columns = ("rank", "code", "name", "group", "ranked_in", "total", "out_of", "change", "complete", "tie", "outcomes")
    table = frame(rows, (*columns, "provisional_rows"), language)
    empty = {
        "group": not any(unit.group for unit in result.units),
        "ranked_in": not any(unit.moved for unit in result.units),
        "out_of": not any(unit.total_of is not None for unit in result.units),
        "change": not earlier,
        "tie": not any(unit.tie for unit in result.units),
        "outcomes": not any(unit.outcomes for unit in result.units),
        "provisional_rows": result.provisional_after is None,
    }
    return table.drop(columns=[t(REPORT[name], language) for name, drop in empty.items() if drop])
