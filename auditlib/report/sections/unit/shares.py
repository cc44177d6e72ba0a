"""How firm the unit's shares are: of how many cases each is, and what chance alone would leave of it."""

from __future__ import annotations

from auditlib.chance.judged import CONFIDENCE
from auditlib.chance.shares import UnitShare
from auditlib.chance.tables import percent
from auditlib.report.headings.unit import UNIT
from auditlib.report.own_shares import fewest_cases, own_shares
from auditlib.report.page import UnitPage
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame
from auditlib.sampling.bounds import wilson

__all__ = ["section"]


def section(page: UnitPage) -> Section:
    """Every share of the unit with its number of cases and interval. Nothing where the scheme has no share."""
    own = own_shares(page)
    if not own:
        return NOTHING
    title = page.t("How firm the shares are")
    rows = [
        (name(page.language), f"{one.hits} / {one.cases}", percent(one.hits / one.cases), _interval(one))
        for name, one in own
    ]
    listed = frame(rows, ("share_of", "counted", "share_percent", "interval"), page.language, UNIT)
    note = page.t(
        "With 95 % confidence chance alone explains every value within the interval (Wilson); which ranks a unit can "
        "have stands on the page of the period. The points stand as the rule awards them."
    )
    if (few := fewest_cases(page)) is not None:
        little = page.t("A share of {count} {count:case|cases} says little.", count=few[1])
        note += ("" if page.language == "zh" else " ") + little
    return page.tabled("shares", listed, note, title, kind="shares")


def _interval(one: UnitShare) -> str:
    low, high = wilson(one.hits, one.cases, CONFIDENCE)
    return f"{percent(low)}–{percent(high)}"
