"""How firm the unit's shares are: of how many cases each is, and what chance alone would leave of it."""

from __future__ import annotations

from auditlib.chance.judged import CONFIDENCE
from auditlib.chance.shares import UnitShare, share_tables
from auditlib.chance.tables import percent
from auditlib.core.values import Text
from auditlib.report.headings.unit import UNIT
from auditlib.report.page import UnitPage
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame
from auditlib.sampling.bounds import wilson

__all__ = ["section"]

FEW = 10
"""Of fewer cases the sentence says that a share says little. A proposal."""


def section(page: UnitPage) -> Section:
    """Every share of the unit with its number of cases and interval. Nothing where the scheme has no share."""
    own = list(_own(page))
    if not own:
        return NOTHING
    title = page.t("How firm the shares are")
    rows = [
        (name(page.language), f"{one.hits} / {one.cases}", percent(one.hits / one.cases), _interval(one))
        for name, one in own
    ]
    listed = frame(rows, ("share_of", "counted", "share_percent", "interval"), page.language, UNIT)
    least = min((one for _, one in own), key=lambda one: one.cases)
    note = page.t(
        "With 95 % confidence chance alone explains every value within the interval (Wilson); which ranks a unit can "
        "have stands on the page of the period. The points stand as the rule awards them."
    )
    if least.cases < FEW:
        little = page.t("A share of {count} {count:case|cases} says little.", count=least.cases)
        note += ("" if page.language == "zh" else " ") + little
    return page.tabled("shares", listed, note, title, kind="shares")


def _own(page: UnitPage) -> list[tuple[Text, UnitShare]]:
    """The shares of this unit alone: a page on it knows nothing of the counts of others."""
    result = page.result.only(page.unit.unit)
    tables = share_tables(page.resolved, result)
    return [(table.title, one) for table in tables for one in table.units]


def _interval(one: UnitShare) -> str:
    low, high = wilson(one.hits, one.cases, CONFIDENCE)
    return f"{percent(low)}–{percent(high)}"
