"""From the ranks of the period before to these: a line for each unit, and what moved it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditlib.analysis.movements import Movement, falls, rises
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import signed
from auditlib.core.period import Period
from auditlib.report.headings.ranking import PERIOD
from auditlib.report.page import RankingPage
from auditlib.report.phrases import EMPTY, rank_words
from auditlib.report.section import Section
from auditlib.report.slopes import Slope, slopes
from auditlib.report.tables import frame, points_text
from auditlib.report.wording import period_words

__all__ = ["caption", "section", "table"]


def section(page: RankingPage) -> Section:
    """From the ranks of the period before to these: a line for each unit, and what moved it."""
    before, language, title = page.scored.period.previous(), page.language, page.t("Who moved")
    compared = [one for one in page.moved if one.places is not None]
    if not compared:
        return page.said("movements", title, caption(compared, before, language))
    drawn = compared
    if most := len(compared) > MOST_LINES:
        drawn = [one for one in compared if one in (*rises(compared)[:FURTHEST], *falls(compared)[:FURTHEST])]
    lines: dict[str, list[Slope]] = {}
    for one in drawn:
        ranks = one.unit.name, one.before.rank or 0, one.unit.rank or 0
        lines.setdefault(one.unit.ranked_in or page.t("all units"), []).append(ranks)
    versions = period_words(str(before), language), period_words(page.result.period, language)
    said = caption(compared, before, language, drawn=FURTHEST if most else 0)
    listed = table(page.moved, page.result.rounding, language)
    return page.drawn("movements", title, slopes(lines, versions, language), said, listed)


MOST_LINES = 40


FURTHEST = 10


CAUSES = 3


def caption(moved: Sequence[Movement], before: Period, language: str, *, drawn: int = 0) -> str:
    """How many rose and fell, and who furthest; ``drawn`` is how many of each a figure of some of them shows."""
    compared = [one for one in moved if one.places is not None]
    period = period_words(str(before), language)
    if not compared:
        return t("There is nothing to compare with in {period}.", language, period=period)
    up, down = rises(compared), falls(compared)
    ends = {
        name: ""
        if not furthest
        else t(
            said,
            language,
            name=furthest[0].unit.name,
            before=furthest[0].before.rank,
            now=furthest[0].unit.rank,
        )
        for name, said, furthest in (
            ("best", "; {name} rose furthest ({before} to {now})", up),
            ("worst", "; {name} fell furthest ({before} to {now})", down),
        )
    }
    sentence = t(
        "Against {period}, {up} {up:unit|units} rose in rank, {down} fell, {same} stayed{best}{worst}.",
        language,
        period=period,
        up=len(up),
        down=len(down),
        same=len(compared) - len(up) - len(down),
        **ends,
    )
    cut = (
        t("Only the {count} that moved furthest either way are drawn; the table has all.", language, count=drawn)
        if drawn
        else ""
    )
    return f"{sentence}{' ' if cut and language == 'en' else ''}{cut}"


def table(moved: Sequence[Movement], rounding: Rounding, language: str) -> pd.DataFrame:
    """Every unit that both periods hold: its ranks, how far it moved, its total's change and what changed most."""
    grouped = any(one.unit.ranked_in for one in moved)
    rows = [
        (
            one.unit.name,
            one.unit.ranked_in or EMPTY,
            rank_words(one.before),
            rank_words(one.unit),
            EMPTY if one.places is None else _arrow(one.places),
            EMPTY if one.points is None else "0" if one.points == 0 else signed(one.points, rounding),
            _causes(one, rounding, language) or EMPTY,
        )
        for one in moved
    ]
    columns = ("unit", "group", "before", "now", "places", "points", "causes")
    table = frame(rows, columns, language, PERIOD)
    return table if grouped else table.drop(columns=t("Group", language))


def _arrow(places: int) -> str:
    return "0" if places == 0 else f"{'↑' if places > 0 else '↓'}{abs(places)}"


def _causes(moved: Movement, rounding: Rounding, language: str) -> str:
    stop = "，" if language == "zh" else ", "
    return stop.join(
        f"{change.title} {points_text(change.points, rounding, language)}" for change in moved.causes[:CAUSES]
    )
