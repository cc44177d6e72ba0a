"""What the source does not give, and how it was treated."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditlib.analysis.gaps import GapState, gap_states
from auditlib.core.message import t
from auditlib.report.headings.states import POLICIES
from auditlib.report.page import Page
from auditlib.report.section import Section
from auditlib.report.tables import frame, shown_number
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["section", "table"]


def section(page: Page) -> Section:
    """What the source does not give, and how it was treated."""
    listed = table(page.resolved, page.result, page.units, page.language)
    note = page.t("What the source does not give. A gap that is open counts neither as zero nor as full marks.")
    return page.tabled("gaps", listed, note if len(listed) else "")


def table(resolved: Resolved, result: Result, units: Sequence[UnitScore], language: str) -> pd.DataFrame:
    """What the source does not give, how many points hang on it, what is done about it, and the value supplied.

    Where people's marks stand in for a value, it says so, and of how many of the ``units`` they are lacking.
    """
    rows = [
        (
            gap.clause,
            gap.missing(language),
            shown_number(gap.max, result.rounding),
            t(POLICIES[gap.policy], language),
            shown_number(resolved.supplied.get(state.name), result.rounding) or _in_place(state, language),
        )
        for state, gap in zip(gap_states(resolved, result, units), resolved.scheme.gaps.values(), strict=True)
    ]
    return frame(rows, ("clause", "missing", "max", "policy", "supplied"), language)


def _in_place(state: GapState, language: str) -> str:
    """What stands in place of a value that nobody supplied."""
    if state.outcome or (state.open and not state.marked):
        return t("not supplied", language)
    if not state.marked:
        return t("not supplied, and nothing here hangs on it", language)
    return t(
        "marked by people; {count} {count:unit lacks|units lack} it" if state.open else "marked by people",
        language,
        count=len(state.open),
    )
