"""The shares of one unit, each with the number of cases that it is of."""

from __future__ import annotations

from auditlib.chance.shares import UnitShare, share_tables
from auditlib.core.values import Text
from auditlib.report.page import UnitPage

__all__ = ["fewest_cases", "own_shares"]

FEW = 10
"""A share of fewer cases says little, and the page says so. A proposal."""


def own_shares(page: UnitPage) -> list[tuple[Text, UnitShare]]:
    """The shares of this unit alone: a page on it knows nothing of the counts of others."""
    result = page.result.only(page.unit.unit)
    tables = share_tables(page.resolved, result)
    return [(table.title, one) for table in tables for one in table.units]


def fewest_cases(page: UnitPage) -> tuple[Text, int] | None:
    """The share of the unit that is of the fewest cases, and of how many, where these are few; None where none is."""
    few = [(title, one.cases) for title, one in own_shares(page) if one.cases < FEW]
    return min(few, key=lambda one: one[1], default=None)
