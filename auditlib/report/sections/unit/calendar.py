"""The days on which cases came in, and how many of them stand out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from statistics import median
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from auditlib.analysis.arrivals import Day, Week, weeks_of
from auditlib.analysis.request import CaseRow
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import number_text, share_text
from auditlib.report import figure as figures
from auditlib.report.figure import INK, LINE, ORANGE, PALE
from auditlib.report.markup import Keyed
from auditlib.report.page import UnitPage
from auditlib.report.pages.fonts import add_fonts
from auditlib.report.phrases import day_words, in_one
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import joined

__all__ = ["caption", "figure", "section", "table"]


def section(page: UnitPage) -> Section:
    """The days on which cases came in, and how many of them were late or, where nothing is limited, lost points.

    Nothing where the scheme counts no cases.
    """
    if not page.counts_cases:
        return NOTHING
    scored, language = page.scored, page.language
    rows, limited = scored.received(page.unit), bool(scored.handling.limits)
    marked = page.t("over any time limit" if limited else "with lost points")
    ids = [row.case_id for row in rows if row.late] if limited else scored.counted_rows(page.unit)
    weeks = weeks_of(rows, ids, scored.period, scored.rest)
    title, said = page.t("Calendar of arrivals"), caption(weeks, rows, marked, language)
    if not rows:
        return page.said("calendar", title, said)
    drawn_figure = figure(weeks, marked, language)
    spots = _spots(page, drawn_figure.axes[0], weeks, marked)
    return page.drawn("calendar", title, drawn_figure, said, table(weeks, language), spots=spots)


def _spots(page: UnitPage, axes: Axes, weeks: Sequence[Week], marked: str) -> list[figures.Spot]:
    """The days with cases, each with its numbers; one with cases that stand out leads to those of it that lost points.

    In long periods, whose days are small, only those that stand out have something to say.
    """
    upright, listed = len(weeks) <= UPRIGHT_WEEKS, bool(page.rules_of("cases"))
    spots = []
    for number, week in enumerate(weeks):
        for weekday, day in enumerate(week):
            if day is None or not (day.marked or (upright and day.received)):
                continue
            x, y = (weekday, number) if upright else (number, weekday)
            told = {"day": day_words(day.day, page.language), "count": day.received}
            title = (
                page.t("{day}: {count} {count:case|cases} in, {late} of them {marked}", late=day.marked, marked=marked,
                       **told)
                if day.marked
                else page.t("{day}: {count} {count:case|cases} in", **told)
            )  # fmt: skip
            href = "#cases" if listed and day.marked else ""
            spots.append(
                figures.spot(axes, href, title, (x, x + 1), (y, y + 1), day.day.isoformat() if href else "", stop=False)
            )
    return spots


ONE = Rounding(1)
"""Days are told with one decimal."""


MOST_WORST = 3
"""The days that a sentence names as the worst; more of the same are not the worst of anything."""


SHADES = LinearSegmentedColormap.from_list("received", ["#ffffff", "#dbe6f1", "#8fb1d3", "#2f6aa8", "#123f70"])


DARK, MIDDLE = 0.62, 0.3
"""From these depths on white, and dark in place of orange, is easier to read."""


UPRIGHT_WEEKS = 6
"""So many weeks stand as on a wall calendar."""


NUMBERED_WEEKS = 27
"""Of a longer calendar the days are too small for numbers."""


def caption(weeks: Sequence[Week], rows: Sequence[CaseRow], marked: str, language: str) -> str:
    """How many cases came in and how many were ``marked``, the busiest day, rest days, how long closing took."""
    days = [day for week in weeks for day in week if day is not None]
    count = sum(day.received for day in days)
    if not count:
        return t("No case came in.", language)
    late = sum(day.marked for day in days)
    busiest = [day for day in days if day.received == max(day.received for day in days)]
    most_at_once = t(
        "the busiest day was {day} ({most})"
        if len(busiest) == 1
        else "the busiest {days} {days:day|days} had {most} each",
        language,
        day=day_words(busiest[0].day, language),
        most=busiest[0].received,
        days=len(busiest),
    )
    sentences = [
        t(
            "{count} {count:case|cases} came in, of these {late} {marked} ({share} %); {busiest}.",
            language,
            count=count,
            late=late,
            marked=marked,
            busiest=most_at_once,
            share=share_text(Fraction(late, count), ""),
        )
    ]
    most = max(day.marked for day in days)
    worst = [day_words(day.day, language) for day in days if day.marked == most]
    if most > 1 and len(worst) <= MOST_WORST:
        name = (
            "Most cases {marked} came in on {day} ({late})."
            if len(worst) == 1
            else "Most cases {marked} came in on {day} ({late} each)."
        )
        sentences.append(t(name, language, marked=marked, day=joined(worst, language), late=most))
    rest = [day for day in days if day.rest]
    if rest:
        sentences.append(
            t(
                "{count} {count:case|cases} came in on {days} {days:rest day|rest days}.",
                language,
                days=len(rest),
                count=_received(rest),
            )
        )
    closed = [
        row.closed_at - row.received_at for row in rows if row.closed_at is not None and row.received_at is not None
    ]
    if closed:
        took = Fraction(median(span // timedelta(microseconds=1) for span in closed)) / (86_400 * 10**6)
        sentences.append(
            t(
                "{closed} {closed:is|are} closed, after a median of {days} {days:day|days}; {open} {open:is|are} open.",
                language,
                closed=len(closed),
                open=count - len(closed),
                days=number_text(took, ONE),
            )
        )
    return in_one(sentences, language)


def _received(days: Sequence[Day]) -> int:
    return sum(day.received for day in days)


@mpl.rc_context(figures.STYLE)
def figure(weeks: Sequence[Week], marked: str, language: str) -> Figure:
    """Weeks and weekdays, shaded by the cases that came in; ``marked`` says what the numbers beside a triangle count.

    A month stands as on a wall calendar, longer periods with their weeks from left to right. Rest days are hatched.
    """
    add_fonts()
    upright = len(weeks) <= UPRIGHT_WEEKS
    across = 7 if upright else len(weeks)
    height = 0.47 * len(weeks) if upright else 7 * (0.34 if len(weeks) <= NUMBERED_WEEKS else 0.2)
    figure, axes = figures.drawn(height + 0.6, left=0.08 if upright else 0.45, right=0.08, top=0.28, bottom=0.32)
    most = max((day.received for week in weeks for day in week if day), default=0)
    cells: list[tuple[float, float, float, float]] = []
    shades: list[Any] = []
    resting: dict[str, list[tuple[float, float, float, float]]] = {}
    for number, week in enumerate(weeks):
        for weekday, day in enumerate(week):
            if day is None:
                continue
            x, y = (weekday, number) if upright else (number, weekday)
            depth = day.received / most if most else 0.0
            cells.append((x, y, x + 1, y + 1))
            shades.append(SHADES(depth))
            if day.rest:
                resting.setdefault("white" if depth > DARK else PALE, []).append(cells[-1])
            colour = "white" if depth > DARK else INK
            accent = colour if depth > MIDDLE else ORANGE
            if upright:
                _month_cell(axes, x, y, day, colour, accent)
            elif len(weeks) <= NUMBERED_WEEKS:
                _small_cell(axes, x, y, day, colour, accent)
            elif day.marked:
                axes.plot(x + 0.5, y + 0.5, "^", markersize=3.2, color=accent, zorder=4)
    figures.boxes(axes, cells, shades, edge=LINE, width=0.6, above=1)
    for ink, hatched in resting.items():
        figures.boxes(axes, hatched, "none", hatch="//", edge=(ink, 0.7), width=0, above=1.5)
    axes.set_xlim(-0.01, across + 0.01)
    axes.set_ylim((len(weeks) if upright else 7) + 0.02, -0.02)
    _calendar_ticks(axes, weeks, upright, language)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    rest = any(day.rest for week in weeks for day in week if day)
    key = t(
        "number: cases that came in, the darker the more; ▲ of these {marked}"
        if upright or len(weeks) <= NUMBERED_WEEKS
        else "the darker the more cases came in (at most {most}); ▲ days with cases {marked}",
        language,
        marked=marked,
        most=most,
    )
    axes.set_xlabel(key + (t("; hatched: rest days", language) if rest else ""))
    return figure


def _month_cell(axes: Axes, x: int, y: int, day: Day, colour: str, accent: str) -> None:
    axes.text(x + 0.05, y + 0.1, str(day.day.day), fontsize=7, color=colour, ha="left", va="top", alpha=0.85)
    if day.received:
        axes.text(x + 0.5, y + 0.52, str(day.received), fontsize=11, color=colour, ha="center", va="center")
    if day.marked:
        axes.text(
            x + 0.95, y + 0.9, f"▲{day.marked}", fontsize=8, fontweight="bold", ha="right", va="bottom", color=accent
        )  # fmt: skip


def _small_cell(axes: Axes, x: int, y: int, day: Day, colour: str, accent: str) -> None:
    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    if day.received:
        axes.text(x + 0.5, y + (0.34 if day.marked else 0.5), str(day.received), fontsize=7, color=colour, **middle)
    if day.marked:
        axes.text(x + 0.5, y + 0.76, f"▲{day.marked}", fontsize=5.5, fontweight="bold", color=accent, **middle)


def _calendar_ticks(axes: Axes, weeks: Sequence[Week], upright: bool, language: str) -> None:
    weekdays, months = (
        t("Mon Tue Wed Thu Fri Sat Sun", language).split(),
        t("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", language).split(),
    )
    mondays = [next(day.day for day in week if day) for week in weeks]
    if upright:
        axes.set_xticks([n + 0.5 for n in range(7)], weekdays)
        axes.xaxis.tick_top()
        axes.set_yticks([])
        return
    axes.set_yticks([n + 0.5 for n in range(7)], weekdays, fontsize=7.5)
    firsts = [at for at, day in enumerate(mondays) if at == 0 or day.month != mondays[at - 1].month]
    axes.set_xticks([at + 0.5 for at in firsts], [months[mondays[at].month - 1] for at in firsts], ha="left")
    axes.xaxis.tick_top()


def table(weeks: Sequence[Week], language: str) -> pd.DataFrame:
    """A row a week from Monday to Sunday: the cases that came in, and in brackets those that stand out."""
    rows = []
    for week in weeks:
        first = next(day.day for day in week if day is not None)
        cells = [None if day is None else f"{day.received} ({day.marked})" if day.marked else str(day.received)
                 for day in week]  # fmt: skip
        days = [day for day in week if day is not None]
        total, marked = sum(day.received for day in days), sum(day.marked for day in days)
        week_from = Keyed(t("from {day}", language, day=day_words(first, language)), first.isoformat())
        rows.append((week_from, *cells, str(total), str(marked)))
    columns = [t("Week", language), *t("Mon Tue Wed Thu Fri Sat Sun", language).split(), t("Sum", language),
               t("of these ▲", language)]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype=object)
