"""The section on chance that the reports on a period and on a ledger share."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditlib.chance.judged import JudgedShares
from auditlib.chance.shares import NoShare
from auditlib.chance.tables import total_table
from auditlib.chance.totals import TotalRanks
from auditlib.chance.words import share_sentences, total_sentences
from auditlib.core.message import t, told
from auditlib.report.chance_tables import chance_frame, leading, rank_frame
from auditlib.report.funnel_figure import funnel_figure, rank_figure
from auditlib.report.section import NOTHING, Section, figure_section, joined_sections, table_section

__all__ = ["chance_section"]


def chance_section(
    found: Sequence[JudgedShares], left: Sequence[NoShare], totals: TotalRanks | None, language: str
) -> Section:
    """Every share with what chance leaves of it, the first one as a funnel, then the ranks by total.

    Nothing where nothing is a share and no total was drawn anew.
    """
    pieces = []
    if found:
        first, space = leading(found), "" if language == "zh" else " "
        note = t(
            "A share of few cases is high or low by chance. The ranks that a unit can have are those that no sure "
            "difference to another one excludes; where a table says nothing, the order of its units means nothing.",
            language,
        )
        title = t("What chance leaves of the shares", language)
        pieces.append(table_section("chance", title, chance_frame(found, language), language, note, kind="chance"))
        names = " / ".join(dict.fromkeys(one.table.title(language) for one in first))
        said = space.join(_said(one, language) for one in first)
        drawn = funnel_figure(first, language)
        title = t("Funnel: {share}", language, share=names)
        pieces.append(figure_section("funnel", title, drawn, said, rank_frame(found, language), language, "chance"))
    if totals is not None:
        pieces.append(_totals(totals, language))
    if pieces and left:
        rows = [(one.title(language), told(one.why, language)) for one in left]
        columns = [t("Rate or duty", language), t("Reason", language)]
        frame = pd.DataFrame(rows, columns=columns, dtype=object)
        pieces.append(table_section("no_shares", t("Rates that are no shares of cases", language), frame, language))
    return joined_sections(*pieces) if pieces else NOTHING


def _said(one: JudgedShares, language: str) -> str:
    space = "" if language == "zh" else " "
    said = space.join(share_sentences(one, language))
    return f"{one.table.group}{'：' if language == 'zh' else ': '}{said}" if one.table.group else said


def _totals(totals: TotalRanks, language: str) -> Section:
    order = sorted(totals.units, key=lambda one: (one.group or "", one.rank is None, one.rank or 0, one.unit))
    bars = [(one.name, one.rank, one.best, one.worst) for one in order]
    said = ("" if language == "zh" else " ").join(total_sentences(totals, language))
    listed = total_table(totals).frame(language)
    drawn = rank_figure(bars, language)
    return figure_section("rank_sets", t("Ranks by total", language), drawn, said, listed, language, "chance")
