"""What appeals changed for the unit: total and rank before and after, and the decisions on rows of its own."""

from __future__ import annotations

from auditlib.report.adjustment_table import adjustment_table
from auditlib.report.page import UnitPage
from auditlib.report.phrases import in_one
from auditlib.report.section import NOTHING, Section
from auditlib.scoring.result import TOTAL

__all__ = ["section"]


def section(page: UnitPage) -> Section:
    """Both results of the unit. Nothing where adjustments neither change its rows nor move it."""
    unit, result = page.unit, page.result
    before = unit.before_adjustments
    if before is None or not (before.own or unit.moved_by_adjustments):
        return NOTHING
    none = page.t("no total")
    totals = [result.quantity(unit.unit, TOTAL, value) or none for value in (before.total, unit.total)]
    ranks = [str(rank or "—") for rank in (before.rank, unit.rank)]
    said = page.t(
        "Without the adjustments after appeals: total {before}, rank {earlier}; with them: total {after}, "
        "rank {later}.",
        before=totals[0], earlier=ranks[0], after=totals[1], later=ranks[1],
    )  # fmt: skip
    if not before.own:
        return page.said(
            "adjustments", page.t("Adjustments after appeals"),
            in_one([said, page.t("No row of the unit was changed: others appealed.")], page.language),
        )  # fmt: skip
    return page.tabled("adjustments", adjustment_table(result.adjustments, page.language), said)
