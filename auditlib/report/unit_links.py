"""Names of units that the page of a run links to their reports."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditlib.report.markup import UnitName
from auditlib.scoring.result import UnitScore

__all__ = ["linked_names"]


def linked_names(table: pd.DataFrame, column: str, units: Sequence[UnitScore]) -> pd.DataFrame:
    """The same table, a row a unit, whose names a run's page links to the reports on these units."""
    linked = table.copy()
    linked[column] = pd.Series([UnitName(unit.name, unit.unit) for unit in units], index=table.index, dtype=object)
    return linked
