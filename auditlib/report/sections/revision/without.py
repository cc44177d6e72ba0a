"""How many units move when one indicator is left out, exactly."""

from __future__ import annotations

import pandas as pd

from auditlib.report.revision_page import RevisionPage
from auditlib.report.section import Section
from auditlib.report.tables import joined

__all__ = ["caption", "section", "table"]


def section(page: RevisionPage) -> Section:
    """How many units move when one indicator is left out, exactly."""
    counts = _moved(page)
    return page.tabled("without", table(page, counts), caption(page, counts))


def caption(page: RevisionPage, counts: dict[str, int]) -> str:
    """The indicator without which most units move."""
    most = max(counts, key=lambda name: counts[name], default="")
    sentence = page.t("No rank moves whichever is left out.")
    if counts.get(most):
        sentence = page.t("Most units move without {name}: {count}.", name=page.titles[most], count=counts[most])
    return page.t("The other weights grow in proportion. {sentence}", sentence=sentence)


def table(page: RevisionPage, counts: dict[str, int]) -> pd.DataFrame:
    """By indicator, how many units move without it, and the one that moves furthest in each group."""
    rows = []
    for indicator, count in counts.items():
        furthest = []
        for found in page.scored.ranks_without.values():
            changes = found.change(indicator)
            unit = max(changes, key=lambda code: abs(changes[code]))
            if changes[unit]:
                now = found.in_force[found.units.index(unit)]
                furthest.append(f"{page.names[unit]} {now} → {now + changes[unit]}")
        rows.append((page.titles[indicator], str(count), joined(furthest, page.language) or None))
    return page.frame(rows, ("indicator", "moved", "furthest"))


def _moved(page: RevisionPage) -> dict[str, int]:
    """By indicator, how many units of all groups have another rank without it."""
    counts: dict[str, int] = {}
    for found in page.scored.ranks_without.values():
        for indicator in found.ranks:
            moved = sum(map(bool, found.change(indicator).values()))
            counts[indicator] = counts.get(indicator, 0) + moved
    return counts
