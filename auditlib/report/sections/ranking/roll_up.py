"""The totals of the periods that a longer period's are made of, a row a unit."""

from __future__ import annotations

import pandas as pd

from auditlib.core.message import t
from auditlib.report.page import RankingPage
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import shown_number
from auditlib.report.wording import period_words
from auditlib.scoring.result import Result

__all__ = ["section", "table"]


def section(page: RankingPage) -> Section:
    """The totals of the periods that a longer period's are made of. Nothing where there are none."""
    listed = table(page.result, page.language)
    note = page.t(
        "The totals of periods of one kind are averaged, then weighted; the scheme says what a period without data "
        "counts for."
    )
    return page.tabled("roll_up", listed, note) if len(listed) else NOTHING


def table(result: Result, language: str) -> pd.DataFrame:
    """The totals of the periods that a longer period's are made of: a row a unit, a column a period."""
    units = [unit for unit in result.units if unit.parts]
    periods = [period_words(part.period, language) for part in units[0].parts] if units else []
    rows = [
        [
            unit.name,
            *(shown_number(part.total, result.rounding) for part in unit.parts),
            shown_number(unit.total, result.total_rounding),
        ]
        for unit in units
    ]
    return pd.DataFrame(rows, columns=[t("Unit", language), *periods, t("Total", language)], dtype=object)
