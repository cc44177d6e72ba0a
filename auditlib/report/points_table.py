"""The points of every unit under every indicator."""

from __future__ import annotations

import pandas as pd

from auditlib.core.message import t
from auditlib.report.tables import cell_text
from auditlib.scheme.load import Resolved
from auditlib.scoring.points import paired
from auditlib.scoring.result import Result

__all__ = ["points_table"]


def points_table(resolved: Resolved, result: Result, language: str) -> pd.DataFrame:
    """The points of every unit (a row) under every indicator (a column), by group and rank."""
    assessed = result.units[0].indicators if result.units else ()
    titles = [indicator.title(language) for indicator, _ in paired(resolved.scheme, assessed)]
    rows = [
        (unit.name, *(cell_text(scored, result.rounding, language) for scored in unit.indicators))
        for unit in result.units
    ]
    return pd.DataFrame([list(row) for row in rows], columns=[t("Unit", language), *titles], dtype=object)
