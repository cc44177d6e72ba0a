"""Every outcome of the scheme and the units that it falls to."""

from __future__ import annotations

import pandas as pd

from auditlib.analysis.outcome_sides import contradictions
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
    if any(contradictions(page.scheme, unit) for unit in page.units):
        note += ("" if page.language == "zh" else " ") + page.t(
            "⚠ marks a unit that an honour and its opposite fall to at once."
        )
    return page.tabled("outcomes", table(page.resolved, page.result, page.language), note, kind="outcomes")


def table(resolved: Resolved, result: Result, language: str) -> pd.DataFrame:
    """Every outcome with its clause, how many units it falls to, and which; what a tie leaves open, and what another
    outcome of the unit contradicts, is marked."""
    rows = []
    doubled = {
        (unit.unit, one.id) for unit in result.units for pair in contradictions(resolved.scheme, unit) for one in pair
    }
    for outcome in resolved.scheme.outcomes:
        clause = resolved.scheme.clauses[outcome.clause]
        quote = clause.en if language == "en" and clause.en else clause.quote
        names = [
            ("⚠ " if (unit.unit, outcome.id) in doubled else "")
            + unit.name
            + ("" if score.decided else t(" (undecided)", language))
            for unit in result.units
            for score in unit.outcomes
            if score.id == outcome.id
        ]
        units = t("waits for input", language) if outcome.gaps else joined(names, language)
        count = None if outcome.gaps else str(len(names))
        rows.append((Stack(outcome.title(language), (outcome.clause, quote)), count, units or None))
    return frame(rows, ("outcome", "count", "units"), language)
