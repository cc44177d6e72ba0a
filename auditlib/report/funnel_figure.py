"""Funnels and rank sets as figures: shares over the number of cases, ranks as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.chance.funnel import limits_of
from auditlib.chance.judged import JudgedShares
from auditlib.core.message import t
from auditlib.report.figure import (
    BLUE,
    INK,
    LINE,
    MUTED,
    NARROW,
    ORANGE,
    PALE,
    both_ends,
    drawable,
    drawn,
    inches,
    panels,
    styled,
)

__all__ = ["RankBar", "funnel_figure", "rank_figure"]

RankBar = tuple[str, int | None, int | None, int | None]
"""A unit's name, its rank, the first and the last that it can have."""

POINTS = 60
NAMED = 12
"""Among so many units every one is named where there is room; of more those outside the limits."""
LETTER, TALL = 0.011, 0.05
"""The width of a small letter and the height of a line, in parts of a panel as wide as the page."""
LONGEST = 14
"""So many Chinese signs, or twice as many Latin ones, a name may have."""


@styled
def funnel_figure(tables: Sequence[JudgedShares], language: str) -> Figure:
    """A panel a table: each unit's share over its number of cases, the share of all, and the limits of chance."""
    figure, axes = panels({str(number): one for number, one in enumerate(tables)}, 3.1)
    for one, panel in zip(tables, axes, strict=True):
        _funnel(panel, one, language, alone=len(tables) == 1)
        if one.table.group:
            panel.set_title(drawable(one.table.group), loc="left", fontsize=9.5, fontweight="bold")
    return figure


def _funnel(axes: Axes, found: JudgedShares, language: str, *, alone: bool) -> None:
    pooled, spread = float(found.pooled) * 100, found.dispersion
    most = max(one.of.cases for one in found.units)
    axes.axhline(pooled, color=MUTED, linewidth=1, linestyle=(0, (4, 2)))
    shown = [float(one.share) * 100 for one in found.units]
    if spread is not None and spread.kind != "different_work":
        sizes = sorted({int(n) for n in np.geomspace(1, most * 1.05 + 1, POINTS)})
        limits = np.array([limits_of(n, spread) for n in sizes]) * 100
        for column, style in ((0, "-"), (1, ":"), (2, ":"), (3, "-")):
            axes.plot(sizes, np.clip(limits[:, column], 0, 100), color=LINE if style == ":" else PALE, linestyle=style)
    heights = [*shown, pooled]
    if spread is not None and spread.kind != "different_work":
        for one in found.units:
            heights += [100 * limit for limit in (limits_of(one.of.cases, spread) or ())[1:3]]
    room = max(4.0, (max(heights) - min(heights)) * 0.15)
    low, high = max(-2.0, min(heights) - room), min(103.0, max(heights) + room)
    end = most * 1.25 + 1
    letter = LETTER * (1 if alone else 2)
    taken: list[tuple[float, float, float]] = []
    for one, share in sorted(
        zip(found.units, shown, strict=True), key=lambda pair: (pair[0].verdict == "inside", -pair[1])
    ):
        out = one.verdict in ("low_alarm", "high_alarm")
        axes.plot(
            one.of.cases, share, "o", markersize=6, color=ORANGE if out else BLUE, markeredgecolor="white",
            clip_on=False, zorder=3,
        )  # fmt: skip
        name = drawable(one.of.name, LONGEST)
        x, y = one.of.cases / end, (share - low) / (high - low)
        wide = letter * sum(2 if ord(char) > 0x2E7F else 1 for char in name)
        turned = x + wide > 1.1  # to the left of its point, where the figure ends on the right
        begin, stop = (x - wide, x) if turned else (x, x + wide)
        free = all(stop < first or last < begin or abs(y - height) > TALL for first, last, height in taken)
        if free and (out or len(found.units) <= NAMED):
            taken.append((begin, stop, y))
            axes.annotate(
                name, (one.of.cases, share), xytext=(-5 if turned else 5, 3), textcoords="offset points",
                ha="right" if turned else "left", fontsize=7.5, color=INK if out else MUTED, clip_on=False,
            )  # fmt: skip
    axes.set_ylim(low, high)
    axes.set_xlim(0, end)
    axes.set_xlabel(t("cases", language))
    axes.set_ylabel("%")
    axes.grid(visible=True, axis="y")


@styled
def rank_figure(bars: Sequence[RankBar], language: str) -> Figure:
    """A bar a unit: the ranks that it can have, with a mark at the one it has."""
    rows = [bar for bar in bars if bar[2] is not None]
    shown = list(both_ends(rows))
    labels = [drawable(name, 12) for name, *_ in shown]
    left = inches(labels, 9) + 0.2
    figure, axes = drawn(0.6 + 0.27 * max(1, len(shown)), left=left, right=0.2, top=0.1, bottom=0.45, width=NARROW)
    for row, (_, rank, best, worst) in enumerate(shown):
        axes.barh(row, (worst or 0) - (best or 0) + 0.5, 0.5, left=(best or 0) - 0.25, color=PALE)
        if rank is not None:
            axes.plot(rank, row, "D", markersize=6, color=BLUE, markeredgecolor="white", zorder=3)
    most = max((worst or 1 for _, _, _, worst in rows), default=1)
    axes.set_xlim(0.4, most + 0.6)
    axes.set_xticks(sorted({1, *range(max(1, most // 6), most + 1, max(1, most // 6))}))
    axes.set_yticks(range(len(shown)), labels)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel(t("rank", language))
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    return figure
