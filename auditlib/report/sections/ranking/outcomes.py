"""Every outcome of the scheme and the units that it falls to."""

from __future__ import annotations

import pandas as pd

from auditlib.core.message import t
from auditlib.report.markup import Stack
from auditlib.report.page import RankingPage
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame, joined
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result

__all__ = ["section", "table"]


def section(page: RankingPage) -> Section:
    """Every outcome of the scheme and the units that it falls to. Nothing where the scheme has none."""
    if not page.scheme.outcomes:
        return NOTHING
    note = page.t(
        "Every outcome of the scheme and the units it falls to; what it brings stands in the report of each unit."
    )
    return page.tabled("outcomes", table(page.resolved, page.result, page.language), note, kind="outcomes")


def table(resolved: Resolved, result: Result, language: str) -> pd.DataFrame:
    """Every outcome with its clause and the units that it falls to; a tie that leaves it open is marked."""
    rows = []
    for outcome in resolved.scheme.outcomes:
        clause = resolved.scheme.clauses[outcome.clause]
        quote = clause.en if language == "en" and clause.en else clause.quote
        names = [
            unit.name + ("" if score.decided else t(" (undecided)", language))
            for unit in result.units
            for score in unit.outcomes
            if score.id == outcome.id
        ]
        units = t("waits for input", language) if outcome.gaps else joined(names, language)
        rows.append((Stack(outcome.title(language), (outcome.clause, quote)), units or None))
    return frame(rows, ("outcome", "units"), language)
