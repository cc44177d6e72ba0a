"""Every unit by group and rank."""

from __future__ import annotations

import pandas as pd

from auditlib.report.page import RankingPage
from auditlib.report.section import Section
from auditlib.report.unit_links import linked_names
from auditlib.scoring.ranking_table import ranking_table
from auditlib.scoring.result import Result

__all__ = ["section", "table"]


def section(page: RankingPage) -> Section:
    """Every unit by group and rank."""
    listed = table(page.result, page.language, page.scored.previous)
    return page.tabled("ranking", linked_names(listed, page.t("Name"), page.units), kind="ranking")


def table(result: Result, language: str, previous: Result | None = None) -> pd.DataFrame:
    """Every unit by group and rank with its total, out of how much, its change, ties and outcomes."""
    units = result.units
    shown = {
        "rank": True,
        "unit": True,
        "name": True,
        "group": any(unit.group for unit in units),
        "ranked_in": any(unit.moved for unit in units),
        "total": True,
        "of": any(unit.total_of is not None for unit in units),
        "change": bool(previous and previous.units),
        "complete": True,
        "tie": any(unit.tie for unit in units),
        "outcomes": any(unit.outcomes for unit in units),
        "provisional_or_blank": result.provisional_after is not None,
    }
    return ranking_table(result, previous, *(key for key, there in shown.items() if there)).frame(language)
