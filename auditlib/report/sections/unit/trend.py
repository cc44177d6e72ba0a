"""A unit over up to twelve periods, beside the range and median of its group; rule changes are marked."""

from __future__ import annotations

from fractions import Fraction

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from auditlib.analysis.trend import Trend, trend_of
from auditlib.core.message import points_words, t
from auditlib.core.numerals import signed
from auditlib.report import figure as figures
from auditlib.report.figure import BLUE, INK, MUTED
from auditlib.report.headings.unit import UNIT
from auditlib.report.page import UnitPage
from auditlib.report.pages.fonts import add_fonts
from auditlib.report.phrases import in_one
from auditlib.report.section import Section
from auditlib.report.tables import frame, joined
from auditlib.report.wording import period_words

__all__ = ["caption", "figure", "section", "table"]


def section(page: UnitPage) -> Section:
    """The unit over up to twelve periods; a sentence alone where fewer than two have a value."""
    trend = trend_of(page.scored.trend, page.unit.unit, page.result.rounding)
    title, said = page.t("Trend of the score"), caption(trend, page.language)
    if len(trend.valued) < 2:
        return page.said("trend", title, said)
    drawn = figure(trend, page.language)
    spots = _spots(page, drawn.axes[0], trend)
    return page.drawn("trend", title, drawn, said, table(trend, page.language), spots=spots)


def _spots(page: UnitPage, axes: Axes, trend: Trend) -> list[figures.Spot]:
    """Each period says its value and rank."""
    spots = []
    for at, point in enumerate(trend.points):
        if point.value is not None:
            value = trend.text(point.value) + (" %" if trend.share else "")
            name = period_words(point.period, page.language)
            told = "{name}: {value}" if point.rank is None else "{name}: {value}, rank {rank}"
            title = page.t(told, name=name, value=value, rank=point.rank)
            spots.append(figures.spot(axes, "", title, (at - 0.31, at + 0.31), axes.get_ylim()))
    return spots


TOLD = {"version": "version {version} from {period}", "values": "other set values from {period}"}
"""What a period changed in the rules."""


CHANGED = {"version": "from version {version}", "values": "set values changed"}
"""What a period changed in the rules, beside the dashed line."""


SINCE = {"version": " (from this period)", "values": " (set values changed with this period)"}
"""What a period changed, behind its version."""


def caption(trend: Trend, language: str) -> str:
    """How many periods, the highest and the lowest, the last change, how often above the median, what changed."""
    valued, last = trend.valued, trend.points[-1]
    if len(valued) < 2:
        return t("The ledger has no earlier period to compare with, so there is no trend.", language)

    def text(value: Fraction) -> str:
        shown = trend.text(value)
        return f"{shown}\N{NO-BREAK SPACE}%" if trend.share else points_words(shown, language)

    high = max(valued, key=lambda point: point.value or Fraction(0))
    low = min(valued, key=lambda point: point.value or Fraction(0))
    sentences = []
    if high.value == low.value:
        sentences.append(
            t(
                "The score is {value} in all {count} {count:period|periods}.",
                language,
                count=len(valued),
                value=text(high.value or Fraction(0)),
            )
        )
    else:
        sentences.append(
            t(
                "Over {count} {count:period|periods} the highest is {high} ({best}), the lowest {low} ({worst}).",
                language,
                count=len(valued),
                high=text(high.value or Fraction(0)),
                best=period_words(high.period, language),
                low=text(low.value or Fraction(0)),
                worst=period_words(low.period, language),
            )
        )
    if last.value is not None and (before := trend.points[-2]).value is not None:
        step = signed(last.value - before.value, trend.rounding)
        change = (
            t("{step} percentage {step:point|points}", language, step=step)
            if trend.share
            else points_words(step, language)
        )
        name = "Unchanged from {period}." if last.value == before.value else "The change from {period} is {change}."
        sentences.append(t(name, language, change=change, period=period_words(before.period, language)))
    ranked = [point for point in valued if point.band is not None]
    if ranked:
        above = sum((point.value or Fraction(0)) > point.band.median for point in ranked if point.band)
        sentences.append(
            t(
                "Ranked in {count} of them, it was above the median of its group in {above}.",
                language,
                count=len(ranked),
                above=above,
            )
        )
    missing = [period_words(point.period, language) for point in trend.points if point.value is None]
    if missing:
        sentences.append(t("No data for {periods}: left blank.", language, periods=joined(missing, language)))
    changed = [
        t(TOLD[point.change], language, period=period_words(point.period, language), version=point.version)
        for point in trend.points
        if point.change is not None
    ]
    if changed:
        sentences.append(
            t(
                "The rules changed: {changes}; scores on either side of a dashed line follow the rules of their time.",
                language,
                changes=joined(changed, language),
            )
        )
    return in_one(sentences, language)


BAND = "#e3e9ef"


@mpl.rc_context(figures.STYLE)
def figure(trend: Trend, language: str) -> Figure:
    """The unit's values over the periods, its group's range and median behind them, rule changes as lines.

    A period without a value is a gap. Under each period stands the rank.
    """
    add_fonts()
    figure, axes = figures.drawn(3.3, left=0.62, right=0.08, top=0.34, bottom=0.66)
    axes.grid(visible=True, axis="y")
    for at, point in enumerate(trend.points):
        if point.band is not None:
            low, median, high = map(float, point.band)
            figures.boxes(axes, [(at - 0.31, low, at + 0.31, high)], BAND, width=0, above=1)
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
    _legend(axes, language)
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


def _legend(axes: Axes, language: str) -> None:
    axes.plot([], [], "-D", color=BLUE, markersize=6, markeredgecolor="white", label=t("this unit", language))
    axes.plot([], [], color=MUTED, linewidth=1.4, label=t("median of the group", language))
    axes.add_patch(Rectangle((0, 0), 0, 0, color=BAND, label=t("lowest to highest of the group", language)))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, handlelength=1.6, borderaxespad=0.2)


def table(trend: Trend, language: str) -> pd.DataFrame:
    """The periods with the version in force, the value, the rank, and the group's median and range."""
    sign = " %" if trend.share else ""

    def text(value: Fraction | None) -> str | None:
        return None if value is None else f"{trend.text(value)}{sign}"

    rows = []
    for point in trend.points:
        rules = point.version or t("no version in force", language)
        if point.change is not None:
            rules += t(SINCE[point.change], language)
        rank = (
            None if point.rank is None else t("{rank} / {count}", language, rank=point.rank, count=point.count or "—")
        )
        low, middle, high = point.band or (None, None, None)
        rows.append((period_words(point.period, language), rules, text(point.value), rank, text(low), text(middle),
                     text(high)))  # fmt: skip
    columns = ("period", "rules", "value_share" if trend.share else "value", "rank", "lowest", "median", "highest")
    return frame(rows, columns, language, UNIT)
