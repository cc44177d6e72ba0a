"""What was decided on appeal and changes the inputs of a result, decision by decision."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditlib.core.message import t
from auditlib.report.tables import frame, joined
from auditlib.scoring.result import TOTAL, AppliedAdjustment, Result

__all__ = ["adjustment_table", "standing_before"]


def adjustment_table(adjustments: Sequence[AppliedAdjustment], language: str) -> pd.DataFrame:
    """A row for each adjustment: who decided when, under which clause and why, and the cells, each was → becomes."""
    rows = [
        (
            one.id, one.decided_at.date().isoformat(), one.decided_by,
            one.clause or t("no clause provides for it", language), one.reason(language),
            tuple(
                f"{cell}: {was or '—'} → {becomes or '—'}" + (f" ({ref})" if ref else "")
                for cell, was, becomes, ref in one.changes
            ),
        )
        for one in adjustments
    ]  # fmt: skip
    columns = ("adjustment", "decided_at", "decided_by", "clause", "reason", "changed_cells")
    return frame([(*row[:-1], "; ".join(row[-1])) for row in rows], columns, language)


def standing_before(result: Result, language: str) -> pd.DataFrame:
    """Each unit whose total, rank or outcomes adjustments changed: before and after, and by whose appeal."""
    rows = []
    for unit in result.units:
        before = unit.before_adjustments
        if before is None or not (unit.moved_by_adjustments or before.own):
            continue
        totals = (result.quantity(unit.unit, TOTAL, value) for value in (before.total, unit.total))
        ranks = (None if rank is None else str(rank) for rank in (before.rank, unit.rank))
        whose = joined(before.own, language) or t("adjustments of others", language)
        rows.append((unit.name, *totals, *ranks, whose))
    columns = ("unit", "total_before", "total_after", "rank_before", "rank_after", "moved_by")
    return frame(rows, columns, language)
