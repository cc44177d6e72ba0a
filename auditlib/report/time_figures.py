"""The figures of a unit's report that have a time axis: its trend, its time taken beside the limits, its calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from auditlib.analysis.arrivals import Day, Week
from auditlib.analysis.handling_time import EDGES, Taken
from auditlib.analysis.trend import Trend
from auditlib.core.message import t
from auditlib.report import figures
from auditlib.report.pages.fonts import add_fonts

__all__ = ["TakenRow", "calendar_map", "time_taken", "trend_line"]

CHANGED = {"version": "from version {version}", "values": "set values changed"}
"""What a period changed in the rules, beside the dashed line."""

INK, MUTED, LINE, PALE, BLUE, ORANGE = (
    figures.INK, figures.MUTED, figures.LINE, figures.PALE, figures.BLUE, figures.ORANGE,
)  # fmt: skip
BAND, IN_TIME = "#e3e9ef", "#9fb9d4"
SHADES = LinearSegmentedColormap.from_list("received", ["#ffffff", "#dbe6f1", "#8fb1d3", "#2f6aa8", "#123f70"])
DARK, MIDDLE = 0.62, 0.3
"""From these depths on white, and dark in place of orange, is easier to read."""
LAST_WITHIN = (len(EDGES) - 1) // 2
NUMBERED_WEEKS = 27
"""Of a longer calendar the days are too small for numbers."""

TakenRow = tuple[str, str, Taken]
"""What a limit limits, the limit with its clause, and what was taken."""


@mpl.rc_context(figures.STYLE)
def trend_line(trend: Trend, language: str) -> Figure:
    """The unit's values over the periods, its group's range and median behind them, rule changes as lines.

    A period without a value is a gap. Under each period stands the rank.
    """
    add_fonts()
    figure, axes = figures.drawn(3.3, left=0.62, right=0.08, top=0.34, bottom=0.66)
    axes.grid(visible=True, axis="y")
    for at, point in enumerate(trend.points):
        if point.band is not None:
            low, median, high = map(float, point.band)
            axes.bar(at, high - low, 0.62, bottom=low, color=BAND, linewidth=0, zorder=1)
            axes.plot([at - 0.31, at + 0.31], [median, median], color=MUTED, linewidth=1.4, zorder=2)
    own = [float("nan") if point.value is None else float(point.value) for point in trend.points]
    axes.plot(range(len(own)), own, "-D", color=BLUE, linewidth=1.6, markersize=6, markeredgecolor="white", zorder=4)
    _values(axes, trend)
    values = [float(one) for point in trend.points for one in (point.value, *(point.band or ())) if one is not None]
    pad = max((max(values) - min(values)) * 0.12, 1.0)
    axes.set_ylim(min(values) - pad, max(values) + 2 * pad)
    for at, point in enumerate(trend.points):
        if point.change is not None:
            words = t(CHANGED[point.change], language, version=point.version)
            axes.axvline(at - 0.5, color=INK, linewidth=1, linestyle=(0, (2, 2)), zorder=3)
            axes.annotate(
                figures.drawable(words), (at - 0.5, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
                textcoords="offset points", ha="left", va="top", fontsize=8, color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1}, zorder=6,
            )  # fmt: skip
    axes.set_xlim(-0.6, len(trend.points) - 0.4)
    ranks = [
        "—" if point.rank is None else t("{rank}/{count}", language, rank=point.rank, count=point.count or "—")
        for point in trend.points
    ]
    axes.set_xticks(
        range(len(trend.points)), [f"{p.period}\n{rank}" for p, rank in zip(trend.points, ranks, strict=True)]
    )
    axes.tick_params(axis="y", labelsize=8.5, labelcolor=MUTED)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_ylabel(t("% of full marks" if trend.share else "points", language))
    axes.set_xlabel(t("period, and rank in the group", language))
    _trend_legend(axes, language)
    return figure


def _values(axes: Axes, trend: Trend) -> None:
    for at, point in enumerate(trend.points):
        if point.value is not None:
            text = trend.text(point.value)
            axes.annotate(
                text, (at, float(point.value)), xytext=(0, 7), textcoords="offset points", ha="center", va="bottom",
                fontsize=8.5, fontweight="bold", color=BLUE, zorder=5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8},
            )  # fmt: skip


def _trend_legend(axes: Axes, language: str) -> None:
    axes.plot([], [], "-D", color=BLUE, markersize=6, markeredgecolor="white", label=t("this unit", language))
    axes.plot([], [], color=MUTED, linewidth=1.4, label=t("median of the group", language))
    axes.add_patch(Rectangle((0, 0), 0, 0, color=BAND, label=t("lowest to highest of the group", language)))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, handlelength=1.6, borderaxespad=0.2)


@mpl.rc_context(figures.STYLE)
def time_taken(rows: Sequence[TakenRow], language: str) -> Figure:
    """A row for each limit: how many cases took which multiple of it, on a logarithmic axis; the limit is the line.

    What lies beyond it is hatched. Each row is scaled to its own highest bar.
    """
    add_fonts()
    labels = [(figures.drawable(title, 15), figures.drawable(words, 15)) for title, words, _ in rows]
    left = figures.inches((line for label in labels for line in label), 8.5) + 0.14
    figure, axes = figures.drawn(0.8 + 0.56 * len(rows), left=left, right=0.08, top=0.28, bottom=0.5)
    first, after = _used_bins(rows)
    for row, (_, _, taken) in enumerate(rows):
        _histogram(axes, row, taken)
        axes.annotate(
            t("late {late}/{count}", language, late=taken.late, count=taken.late + taken.on_time), (after, row),
            xytext=(4, 8), textcoords="offset points", ha="left", va="center", fontsize=8.5,
            color=ORANGE if taken.late else MUTED, fontweight="bold" if taken.late else "normal", annotation_clip=False,
        )  # fmt: skip
    axes.axvline(LAST_WITHIN, color=INK, linewidth=1.2, zorder=4)
    axes.annotate(
        t("limit", language), (LAST_WITHIN, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
        textcoords="offset points", ha="center", va="bottom", fontsize=8.5, color=INK, fontweight="bold",
    )  # fmt: skip
    axes.set_ylim(len(rows) - 0.55, -0.62)
    axes.set_xlim(first, after + 0.16 * (after - first))
    axes.set_yticks(range(len(rows)), ["\n".join(label) for label in labels], linespacing=1.3)
    axes.tick_params(axis="y", labelsize=8.5)
    ticks = [at for at in range(0, len(EDGES), 2) if first <= at <= after]
    axes.set_xticks(ticks, [_multiple(at, language) for at in ticks])
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(t("multiple of the limit (logarithmic; each row scaled to its highest bar)", language))
    return figure


def _used_bins(rows: Sequence[TakenRow]) -> tuple[int, int]:
    """The bins to show: those that hold cases, from a quarter to four times the limit in any case."""
    used = [at for _, _, taken in rows for at in range(len(taken.within)) if taken.within[at] or taken.over[at]]
    first, last = min([*used, LAST_WITHIN - 4]), max([*used, LAST_WITHIN + 3])
    return first - first % 2, last + 1 + (last + 1) % 2


def _histogram(axes: Axes, row: int, taken: Taken) -> None:
    tallest = max((*taken.within, *taken.over, 1))
    base = row + 0.36
    for counts, colour, hatch in ((taken.within, IN_TIME, None), (taken.over, ORANGE, "////")):
        filled = [(at, count) for at, count in enumerate(counts) if count]
        axes.bar(
            [at + 0.5 for at, _ in filled], [-0.72 * count / tallest for _, count in filled], 0.9, bottom=base,
            color=colour, hatch=hatch, edgecolor="white", linewidth=0.3, zorder=3,
        )  # fmt: skip
    axes.plot([0, len(EDGES) - 1], [base, base], color=LINE, linewidth=0.8, zorder=2)


def _multiple(at: int, language: str) -> str:
    edge = EDGES[at]
    if edge < 1:
        return f"1/{edge.denominator}"
    return t("{number}×", language, number=edge.numerator)


@mpl.rc_context(figures.STYLE)
def calendar_map(weeks: Sequence[Week], marked: str, language: str) -> Figure:
    """Weeks and weekdays, shaded by the cases that came in; ``marked`` says what the numbers beside a triangle count.

    A month stands as on a wall calendar, longer periods with their weeks from left to right. Rest days are hatched.
    """
    add_fonts()
    upright = len(weeks) <= 6
    across = 7 if upright else len(weeks)
    height = 0.47 * len(weeks) if upright else 7 * (0.34 if len(weeks) <= NUMBERED_WEEKS else 0.2)
    figure, axes = figures.drawn(height + 0.6, left=0.08 if upright else 0.45, right=0.08, top=0.28, bottom=0.32)
    most = max((day.received for week in weeks for day in week if day), default=0)
    for number, week in enumerate(weeks):
        for weekday, day in enumerate(week):
            if day is None:
                continue
            x, y = (weekday, number) if upright else (number, weekday)
            depth = day.received / most if most else 0.0
            axes.add_patch(Rectangle((x, y), 1, 1, facecolor=SHADES(depth), edgecolor=LINE, linewidth=0.6))
            if day.rest:
                ink = "white" if depth > DARK else PALE
                axes.add_patch(Rectangle((x, y), 1, 1, fill=False, hatch="//", edgecolor=ink, linewidth=0, alpha=0.7))
            colour = "white" if depth > DARK else INK
            accent = colour if depth > MIDDLE else ORANGE
            if upright:
                _month_cell(axes, x, y, day, colour, accent)
            elif len(weeks) <= NUMBERED_WEEKS:
                _small_cell(axes, x, y, day, colour, accent)
            elif day.marked:
                axes.plot(x + 0.5, y + 0.5, "^", markersize=3.2, color=accent, zorder=4)
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
