"""The cases that are left out of the assessment, by unit and reason."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditlib.report.markup import Stack
from auditlib.report.tables import frame
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import UnitScore

__all__ = ["exclusion_table"]


def exclusion_table(resolved: Resolved, units: Sequence[UnitScore], language: str) -> pd.DataFrame:
    """The cases that are left out: unit, how many, why, by which clause, approved by which office."""
    rows = []
    for unit in units:
        for one in unit.exclusions:
            quoted = resolved.scheme.clauses.get(one.clause or "")
            quote = () if quoted is None else ((language == "en" and quoted.en) or quoted.quote,)
            clause = None if one.clause is None else Stack(one.clause, quote)
            rows.append((unit.name, str(one.count), one.reason, clause, one.approver))
    return frame(rows, ("unit", "count", "reason", "clause", "approver"), language)
