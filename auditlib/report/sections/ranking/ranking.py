"""Every unit by group and rank."""

from __future__ import annotations

import pandas as pd

from auditlib.report.page import RankingPage
from auditlib.report.phrases import EMPTY, in_one, range_words
from auditlib.report.section import Section
from auditlib.report.tables import joined
from auditlib.report.unit_links import linked_names
from auditlib.scoring.ranking_table import ranking_table
from auditlib.scoring.result import Result

__all__ = ["section", "table"]


def section(page: RankingPage) -> Section:
    """Every unit by group and rank."""
    listed = with_doubts(page, table(page.result, page.language, page.scored.previous))
    return page.tabled("ranking", linked_names(listed, page.t("Name"), page.units), note(page), kind="ranking")


def note(page: RankingPage) -> str:
    """What the columns say that are not of the result; nothing where there are none."""
    sentences = []
    if shows_ranges(page):
        sentences.append(
            page.t(
                "“By other readings” are the ranks that other readings of what the source leaves open would give, in "
                "every combination."
                if page.scored.together
                else "“By other readings” are the ranks that another reading of what the source leaves open would "
                "give, one changed at a time."
            )
        )
    if page.scored.received_cases and page.counts_cases:
        sentences.append(page.t("“Cases” are those that came in during the period."))
    return in_one(sentences, page.language)


def shows_ranges(page: RankingPage) -> bool:
    """Whether another reading would change any rank."""
    return any(own.moves for own in (page.scored.ranks or {}).values())


def with_doubts(page: RankingPage, table: pd.DataFrame) -> pd.DataFrame:
    """The ranking with the ranks that other readings would give, and with the cases that a rank rests on.

    Those who share a rank undecided are named, as people know them.
    """
    found, ranges, counts = table.copy(), page.scored.ranks or {}, page.scored.received_cases
    if (tied := page.t("Undecided tie")) in found.columns:
        names = {unit.unit: unit.name for unit in page.units}
        said = [joined([names[code] for code in unit.tie], page.language) for unit in page.units]
        found[tied] = pd.Series(said, index=found.index, dtype=object)
    if shows_ranges(page):
        words = [range_words(own, page.language) if (own := ranges.get(unit.unit)) else EMPTY for unit in page.units]
        found.insert(1, page.t("By other readings"), pd.Series(words, index=found.index, dtype=object))
    if counts and page.counts_cases:
        cases = [str(counts.get(unit.unit, 0)) for unit in page.units]
        found.insert(list(found.columns).index(page.t("Total")), page.t("Cases"), pd.Series(cases, found.index))
    return found


def table(result: Result, language: str, previous: Result | None = None) -> pd.DataFrame:
    """Every unit by group and rank with its total, out of how much, its change, ties and outcomes."""
    units = result.units
    shown = {
        "rank": True,
        "unit": True,
        "name": True,
        "group": any(unit.group for unit in units),
        "ranked_in": any(unit.moved for unit in units),
        "total": True,
        "of": any(unit.total_of is not None for unit in units),
        "change": bool(previous and previous.units),
        "complete": any(unit.total is not None and not unit.complete for unit in units),
        "tie": any(unit.tie for unit in units),
        "outcomes": any(unit.outcomes for unit in units),
        "provisional_or_blank": result.provisional_after is not None,
    }
    return ranking_table(result, previous, *(key for key, there in shown.items() if there)).frame(language)
