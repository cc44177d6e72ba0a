"""Where a unit stands among those that it is ranked with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.analysis.peers import Standing, peers_of, standing
from auditlib.core.message import t
from auditlib.report.figure import BLUE, MOST_BARS, MUTED, NARROW, PALE, Spot, drawable, drawn, inches, spot, styled
from auditlib.report.headings.unit import UNIT
from auditlib.report.page import UnitPage
from auditlib.report.phrases import among
from auditlib.report.section import Section
from auditlib.report.tables import frame, shown_number
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["caption", "figure", "section", "table"]


def section(page: UnitPage) -> Section:
    """Where the unit stands in its group."""
    resolved, result, unit, language = page.resolved, page.result, page.unit, page.language
    title, said = page.t("Position among peers"), caption(resolved, result, unit, language)
    place = standing(result, unit)
    if place is None:
        return page.said("peers", title, said)
    peers = peers_of(result, unit)
    listed, drawn_figure = table(place, peers, result, language), figure(resolved, result, unit, language)
    spots = _spots(page, place, peers, drawn_figure.axes[0])
    return page.drawn("peers", title, drawn_figure, said, listed, spots=spots)


def _spots(page: UnitPage, place: Standing, peers: Sequence[UnitScore], axes: Axes) -> list[Spot]:
    """Each dot says whose it is to whom points at it; of very many none does, as nobody could tell them apart."""
    if len(place.values) > MOST_BARS:
        return []
    low, high = axes.get_xlim()
    half, sign = (high - low) / 80, " %" if place.share else ""
    ranks = {peer.unit: (peer.name, peer.rank) for peer in peers}
    spots = []
    for code, x, y in _swarm(place, low, high):
        name, rank = ranks[code]
        title = page.t(
            "{name}: {value}, rank {rank}", name=name, value=place.text(place.values[code]) + sign, rank=rank
        )
        spots.append(spot(axes, "", title, (x - half, x + half), (y - 0.15, y + 0.15)))
    return spots


def caption(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> str:
    """The unit's value and rank, and the median and extremes of its group."""
    place = standing(result, unit)
    if place is None:
        return t(
            "{name} has no total to compare." if unit.total is None else "{name} is not ranked, and so not compared.",
            language,
            name=unit.name,
        )
    unit_sign = " %" if place.share else ("" if language == "en" else " 分")

    def text(value: Fraction) -> str:
        return place.text(value) + unit_sign

    own = t("{value} of what could be scored" if place.share else "{value}", language, value=text(place.own))
    sentence = t(
        "Among {among}, {name} has {value} and rank {rank}; the median is {median}, the highest "
        "{high}, the lowest {low}.",
        language,
        among=among(unit.ranked_in, len(place.values), language),
        name=unit.name,
        rank=unit.rank,
        value=own,
        median=text(place.median),
        high=text(max(place.values.values())),
        low=text(min(place.values.values())),
    )
    by_share = 1 + sum(value > place.own for value in place.values.values())
    if place.share and by_share != unit.rank:  # ranks go by totals, whatever they are out of
        sentence += t(
            " Ranks go by the total, as the scheme says; by the share in this figure it would be {by_share}.",
            language,
            by_share=by_share,
        )
    return sentence


@styled
def figure(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> Figure:
    """Every unit of the group as a dot on one scale, this one marked by colour, size and name; the median as a line."""
    figure, axes = drawn(1.9, left=0.1, right=0.1, top=0.06, bottom=0.44, width=NARROW)
    axes.grid(visible=True, axis="x")
    place = standing(result, unit)
    if place is None:
        axes.text(0.5, 0.5, t("no total", language), transform=axes.transAxes, ha="center", color=MUTED)
        axes.set_axis_off()
        return figure
    values = [float(value) for value in place.values.values()]
    low, high = min(values), max(values)
    pad = max((high - low) * 0.08, 1.0)
    axes.set_xlim(low - pad, high + pad)
    axes.set_ylim(-1.15, 1.6)
    median = float(place.median)
    axes.plot([median, median], [-0.75, 0.75], color=MUTED, linewidth=1, linestyle=(0, (4, 2)))
    shown = t("median {value}", language, value=place.text(place.median))
    axes.text(median, -0.82, shown, ha="center", va="top", color=MUTED, fontsize=8.5)
    dots = _swarm(place, low - pad, high + pad)
    others = [(x, y) for code, x, y in dots if code != unit.unit]
    axes.plot(
        [x for x, _ in others], [y for _, y in others], "o", markersize=7, color=PALE, markeredgecolor="#7d8894",
        markeredgewidth=0.6,
    )  # fmt: skip
    for code, x, y in dots:
        if code == unit.unit:
            axes.plot(x, y, "D", markersize=10, color=BLUE, markeredgecolor="white", markeredgewidth=1, zorder=5)
            label = f"{drawable(unit.name)}  {place.text(place.own)}"
            side = (x - low + pad) / (high - low + 2 * pad)
            align = "left" if side < 0.15 else "right" if side > 0.85 else "center"
            reach = inches([label], 9) / NARROW * (high - low + 2 * pad)  # no dot lies under the name
            under = max(top for _, at, top in dots if abs(at - x) <= reach)
            axes.annotate(
                label, (x, under), xytext=(0, 9), textcoords="offset points", ha=align, va="bottom", color=BLUE,
                fontweight="bold", bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5}, zorder=6,
            )  # fmt: skip
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(
        t("total as a share of what could be scored (%), as maxima differ" if place.share else "points", language)
    )
    return figure


def _swarm(place: Standing, low: float, high: float) -> list[tuple[str, float, float]]:
    """Dots that would cover each other are moved up and down in turn."""
    step = (high - low) / 40
    columns: dict[int, int] = {}
    dots = []
    order = sorted(place.values.items(), key=lambda item: (item[0] != place.unit, item[1], item[0]))
    for code, value in order:
        column = int((float(value) - low) / step)
        seat = columns.get(column, 0)
        columns[column] = seat + 1
        offset = (seat + 1) // 2 * (0.3 if seat % 2 else -0.3)
        dots.append((code, float(value), max(-0.9, min(0.9, offset))))
    return sorted(dots, key=lambda dot: dot[0] == place.unit)


def table(place: Standing, peers: Sequence[UnitScore], result: Result, language: str) -> pd.DataFrame:
    """The units of a group by rank, each with what the figure places it by."""
    rows = [
        (str(peer.rank), peer.name, shown_number(peer.total, result.total_rounding),
         shown_number(peer.total_of, result.rounding),
         f"{place.text(place.values[peer.unit])} %" if place.share else None)
        for peer in peers
        if peer.unit in place.values
    ]  # fmt: skip
    table = frame(rows, ("rank", "unit", "total", "out_of", "share"), language, UNIT)
    return table if place.share else table.drop(columns=t("Share", language))
