"""The figures of a report on a period, in the style of :mod:`auditlib.report.figures`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from auditlib.analysis.losses import attained
from auditlib.report import figures
from auditlib.report.figures import MOST_BARS, drawable
from auditlib.report.pages.fonts import add_fonts
from auditlib.report.tables import cell_text
from auditlib.scheme.load import Resolved
from auditlib.scoring.points import paired
from auditlib.scoring.result import Result, UnitScore

__all__ = ["heat_map", "heat_rows"]

SHADES = LinearSegmentedColormap.from_list("lost", ["#ffffff", "#f3d9c6", "#d98b55", "#8c3a0e"])  # lighter = kept more
DARK = 0.75
WRAP = 4


def heat_rows(result: Result) -> Sequence[UnitScore]:
    """The units that the heat map shows: all, or of very many the two ends of the ranking."""
    units = result.units
    return units if len(units) <= MOST_BARS else (*units[: MOST_BARS // 2], *units[-MOST_BARS // 2 :])


@mpl.rc_context(figures.STYLE)
def heat_map(resolved: Resolved, result: Result, language: str) -> Figure:
    """Units by rank down, indicators across: the points, on a shade that darkens with the share of them lost."""
    add_fonts()
    units = heat_rows(result)
    columns = [
        (indicator.id, indicator.title(language)) for indicator, _ in paired(resolved.scheme, units[0].indicators)
    ]
    lost = [[_lost(attained(resolved, unit)[id]) for id, _ in columns] for unit in units]
    figure = Figure(figsize=(figures.WIDTH, 1.0 + 0.27 * len(units)), layout="constrained")
    axes = figure.add_subplot()
    axes.pcolormesh(
        [[float("nan") if share is None else share for share in row] for row in lost],
        cmap=SHADES, vmin=0, vmax=1, edgecolors="white", linewidth=1.2,
    )  # fmt: skip
    size = 8 if len(columns) <= 16 else 6.5
    for y, unit in enumerate(units):
        for x, scored in enumerate(unit.indicators):
            share = lost[y][x]
            text = cell_text(scored, result.rounding, language) or "—"
            colour = figures.MUTED if share is None else "white" if share > DARK else figures.INK
            axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=size, color=colour)
    names = [drawable(unit.name, 12) + (f"  {unit.rank}" if unit.rank is not None else "") for unit in units]
    axes.set_yticks([y + 0.5 for y in range(len(units))], names, fontsize=8.5)
    titles = [_wrapped(title, language) for _, title in columns]
    turned = 0 if language == "zh" else 50
    axes.set_xticks(
        [x + 0.5 for x in range(len(columns))], titles, fontsize=size - 0.5, rotation=turned,
        ha="center" if not turned else "left", linespacing=1.25,
    )  # fmt: skip
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.invert_yaxis()
    for spine in axes.spines.values():
        spine.set_visible(False)
    _group_lines(axes, units)
    return figure


def _group_lines(axes: mpl.axes.Axes, units: Sequence[UnitScore]) -> None:
    for y in range(1, len(units)):
        if units[y].ranked_in != units[y - 1].ranked_in:
            axes.axhline(y, color=figures.INK, linewidth=1.1)


def _lost(share: Fraction | None) -> float | None:
    return None if share is None else min(1.0, max(0.0, float(1 - share)))


def _wrapped(title: str, language: str) -> str:
    """A Chinese heading in lines of a few characters; an English one stays on its slanted line."""
    line = drawable(title, 15 if language == "zh" else 12)
    if language != "zh":
        return line
    return "\n".join(line[start : start + WRAP] for start in range(0, len(line), WRAP))
