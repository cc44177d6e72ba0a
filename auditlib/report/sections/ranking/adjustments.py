"""What appeals changed: every unit that moved, before and after, and each decision with its cells."""

from __future__ import annotations

from auditlib.report.adjustment_table import adjustment_table, standing_before
from auditlib.report.page import RankingPage
from auditlib.report.section import NOTHING, Section, joined_sections

__all__ = ["section"]


def section(page: RankingPage) -> Section:
    """Both results side by side, and who moved without an appeal. Nothing where no adjustment holds."""
    result = page.result
    if not result.adjustments:
        return NOTHING
    moved = [unit for unit in result.units if unit.before_adjustments and unit.moved_by_adjustments]
    others = [unit.name for unit in moved if unit.before_adjustments and not unit.before_adjustments.own]
    said = page.t(
        "{count} {count:adjustment|adjustments} after appeals {count:holds|hold}; {moved} {moved:unit|units} moved, "
        "{others} of them without an appeal of {others:its|their} own.",
        count=len(result.adjustments), moved=len(moved), others=len(others),
    )  # fmt: skip
    standing = standing_before(result, page.language)
    both = page.tabled("adjustments", standing, said) if len(standing) else page.said(
        "adjustments", page.t("Adjustments after appeals"), said
    )  # fmt: skip
    decided = adjustment_table(result.adjustments, page.language)
    return joined_sections(both, page.tabled("decisions", decided))
