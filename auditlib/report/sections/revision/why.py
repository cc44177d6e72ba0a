"""What each indicator contributes to the change of each unit's total, and what sets the unit apart by it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from auditlib.report.revision_page import TWO, RevisionPage, signed_text
from auditlib.report.section import Section
from auditlib.report.tables import joined, points_text

__all__ = ["section", "table"]

MOST = 2
"""So many indicators are named that pull a unit up, and as many that pull it down."""


def section(page: RevisionPage) -> Section:
    """What each indicator contributes to the change of each unit's total, and what sets the unit apart by it."""
    note = page.t(
        "A change is the sum of what the indicators contribute. What the whole group gains moves "
        "no rank, so the last columns are against the group's mean."
    )
    return page.tabled("why", table(page), note)


def table(page: RevisionPage) -> pd.DataFrame:
    """For each ranked unit its change, and the indicators that set it apart from its group."""
    rows = []
    for moves in page.scored.comparison.groups.values():
        for move in moves:
            pulls = sorted(page.scored.comparison.pulls(move).items(), key=lambda pull: pull[1])
            up = [pull for pull in reversed(pulls) if pull[1] > 0][:MOST]
            down = [pull for pull in pulls if pull[1] < 0][:MOST]
            whole = sum((value for _, value in pulls), Fraction(0))
            changes = signed_text(move.delta or Fraction(0)), signed_text(whole)
            rows.append((move.new.name, move.group or "", *changes, _named(page, up), _named(page, down)))
    return page.frame(rows, ("unit", "group", "change", "relative", "up", "down"))


def _named(page: RevisionPage, pulls: Sequence[tuple[str, Fraction]]) -> str | None:
    told = [f"{page.titles.get(name, name)} {points_text(value, TWO, page.language)}" for name, value in pulls]
    return joined(told, page.language) or None
