"""The figures of a revision of weights, in the style of :mod:`auditlib.report.figures`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from auditlib.core.message import t
from auditlib.report import figure as figures
from auditlib.report.figure import drawable
from auditlib.report.pages.fonts import add_fonts

__all__ = ["Bars", "Interval", "bars", "intervals"]

INK, MUTED, PALE, BLUE = figures.INK, figures.MUTED, figures.PALE, figures.BLUE
ORANGE, GREEN = figures.ORANGE, figures.GREEN
ROW = 0.3

Interval = tuple[str, int, float, int, int]
"""A unit with its rank, its expected rank, and the best and worst rank of an interval."""


@dataclass(frozen=True)
class Bars:
    """Indices of several inputs: alone, with interactions, and the half width of the latter."""

    names: Sequence[str]
    first: Sequence[float]
    total: Sequence[float]
    half_width: Sequence[float]


@mpl.rc_context(figures.STYLE)
def intervals(groups: Mapping[str, Sequence[Interval]], level: str, language: str) -> Figure:
    """A panel a group: for each unit the ranks that most draws give it, its expected rank, and its rank."""
    rows = [len(units) for units in groups.values()]
    add_fonts()
    figure = Figure(figsize=(figures.WIDTH, 1.0 + 0.35 * len(rows) + ROW * sum(rows)), layout="constrained")
    panels = figure.subplots(len(rows), 1, squeeze=False, height_ratios=rows, sharex=True)[:, 0]
    for axes, (group, units) in zip(panels, groups.items(), strict=True):
        axes.grid(visible=True, axis="x")
        for row, (_, rank, expected, best, worst) in enumerate(units):
            axes.plot([best, worst], [row, row], color=PALE, linewidth=7, solid_capstyle="round", zorder=2)
            axes.plot(expected, row, "|", color=INK, markersize=10, markeredgewidth=1.4, zorder=4)
            axes.plot(rank, row, "D", color=BLUE, markersize=6, markeredgecolor="white", zorder=3)
        axes.set_yticks(range(len(units)), [drawable(unit[0]) for unit in units])
        axes.set_ylim(len(units) - 0.4, -0.6)
        axes.spines["left"].set_visible(False)
        axes.set_title(drawable(group), loc="left", fontsize=9.5, fontweight="bold")
    panels[-1].set_xlim(0.6, max(rows) + 0.4)
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[-1].set_xlabel(t("Rank", language))
    marks = [
        mpl.lines.Line2D(
            [], [], color=BLUE, marker="D", linestyle="none", label=t("Rank under the new weights", language)
        ),
        mpl.lines.Line2D(
            [], [], color=INK, marker="|", markersize=10, linestyle="none", label=t("Expected rank", language)
        ),
        mpl.lines.Line2D([], [], color=PALE, linewidth=7, label=t("{level} % of the draws", language, level=level)),
    ]
    figure.legend(handles=marks, loc="outside upper center", ncols=3)
    return figure


@mpl.rc_context(figures.STYLE)
def bars(groups: Mapping[str, Bars], language: str) -> Figure:
    """A panel a group: how much of the movement of ranks each input explains, most important above."""
    figure, panels = _panels(groups, 1.2 + ROW * max(len(found.names) for found in groups.values()))
    for axes, (group, found) in zip(panels, groups.items(), strict=True):
        places = range(len(found.names))
        errors = {"ecolor": MUTED, "elinewidth": 0.8, "capsize": 2}
        axes.barh(
            places,
            found.total,
            0.64,
            xerr=found.half_width,
            color=PALE,
            error_kw=errors,
            label=t("With interactions (ST)", language),
        )
        axes.barh(places, found.first, 0.3, color=BLUE, label=t("Alone (S1)", language))
        axes.grid(visible=True, axis="x")
        axes.set_yticks(places, [drawable(name, 14) for name in found.names])
        axes.set_ylim(len(found.names) - 0.4, -0.6)
        axes.set_xlim(min(0.0, *found.first), None)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(t("Share of the movement of ranks", language))
        axes.set_title(drawable(group), loc="left", fontsize=9.5, fontweight="bold")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure


def _panels(groups: Mapping[str, object], height: float) -> tuple[Figure, Sequence[Axes]]:
    """A panel a group, two side by side."""
    add_fonts()
    rows, columns = -(-len(groups) // 2), min(len(groups), 2)
    figure = Figure(figsize=(figures.WIDTH, height * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for empty in panels[len(groups) :]:
        empty.set_axis_off()
    return figure, panels[: len(groups)]
