"""The figures of a report. Each takes plain values of the library and returns a matplotlib Figure.

No pyplot, so nothing is global; the packaged font; colours that colour-blind readers and grey printers tell
apart, and hatching where two fills meet. :mod:`auditlib.report.captions` says in a sentence what each shows.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache, wraps
from itertools import accumulate
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from auditlib.analysis.peers import Standing, changes, groups, standing
from auditlib.core.message import t
from auditlib.core.numerals import number_text, signed
from auditlib.core.visible import visible
from auditlib.report.pages.fonts import FAMILY, FOLDER, add_fonts
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["MOST_BARS", "NARROW", "drawable", "drawn", "inches", "peers", "png", "ranking", "waterfall"]

INK, MUTED, LINE, PALE = "#1c2733", "#5b6875", "#c9d1d9", "#aeb8c2"
BLUE, ORANGE, GREEN = "#1f5a99", "#c8551b", "#2b8f74"
WIDTH = 7.4
NARROW = 5.4
"""Inches; a narrow figure fits the width of a telephone with its letters legible."""
MOST_BARS = 60

STYLE: Any = {
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 9,
    "text.parse_math": False,
    "text.color": INK,
    "axes.unicode_minus": True,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 9,
    "ytick.major.size": 0,
    "xtick.major.size": 3,
    "xtick.major.width": 0.6,
    "grid.color": "#e6eaee",
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.dpi": 100,
    "savefig.dpi": 160,
    "savefig.bbox": None,
    "savefig.facecolor": "white",
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
}

P = ParamSpec("P")


def _styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        add_fonts()
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return drawn


def png(figure: Figure) -> bytes:
    """The figure as PNG: the same bytes for the same figure, with no date and no software version."""
    with mpl.rc_context(STYLE):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 4})
        return buffer.getvalue()


@cache
def _drawable_codes() -> frozenset[int]:
    faces = [*FOLDER.glob("*Regular.otf"), Path(font_manager.findfont("DejaVu Sans"))]  # matplotlib's own, for signs
    return frozenset(code for face in faces for code in FT2Font(str(face)).get_charmap())


def drawable(text: str, limit: int = 18) -> str:
    """A text as a figure can show it: one line of at most ``limit`` Chinese characters, ``〓`` where a glyph lacks."""
    line = visible(" ".join(text.split()))
    widths = list(accumulate(2 if ord(c) > 0x2E7F else 1 for c in line))
    if widths and widths[-1] > 2 * limit:
        line = line[: bisect_right(widths, 2 * limit - 2)] + "…"
    return "".join(c if ord(c) in _drawable_codes() else "〓" for c in line)


def drawn(
    height: float, *, left: float, right: float, top: float, bottom: float, width: float = WIDTH
) -> tuple[Figure, Axes]:
    """A figure of this height and width with one pair of axes inside these margins, all in inches.

    What stands around the axes is known beforehand; measuring it would cost as much as drawing the figure.
    """
    figure = Figure(figsize=(width, height))
    inner = (width - left - right) / width, (height - top - bottom) / height
    return figure, figure.add_axes((left / width, bottom / height, *inner))


def inches(texts: Iterable[str], size: float) -> float:
    """How wide the widest of these texts is at a font size, at most: a Chinese character is square."""
    widths = (sum(1.0 if ord(c) > 0x2E7F else 0.62 for c in text) for text in texts)
    return max(widths, default=0.0) * size / 72


@_styled
def waterfall(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> Figure:
    """From full marks down (and up) to the score: a bar for each indicator that lost or gained, in order."""
    story = changes(resolved, unit, language)
    steps = [change for change in story.changes if change.points != 0]
    rounding = result.total_rounding
    start = "full marks" if story.has_maximum else "start"
    names = [
        t(start, language),
        *(drawable(step.title) for step in steps),
        t("this period" if unit.parts else "Score", language),
    ]
    figure, axes = drawn(
        0.55 + 0.31 * len(names), left=inches(names, 9) + 0.14, right=0.1, top=0.06, bottom=0.44, width=NARROW
    )
    axes.grid(visible=True, axis="x")
    axes.barh(0, float(story.full), color=PALE, height=0.62)
    _value(axes, float(story.full), 0, number_text(story.full, rounding))
    level = story.full
    for row, step in enumerate(steps, start=1):
        after = level + step.points
        low, high = min(level, after), max(level, after)
        gain = step.points > 0
        axes.barh(
            row, float(high - low), left=float(low), height=0.62, color=GREEN if gain else ORANGE,
            hatch="////" if gain else None, edgecolor="white" if gain else None, linewidth=0,
        )  # fmt: skip
        axes.plot([float(level)] * 2, [row - 0.69, row - 0.31], color=MUTED, linewidth=0.6)
        _value(axes, float(high), row, signed(step.points, rounding))
        level = after
    last = len(steps) + 1
    axes.plot([float(level)] * 2, [last - 0.69, last - 0.31], color=MUTED, linewidth=0.6)
    axes.barh(last, float(level), color=BLUE, height=0.62)
    _value(axes, max(float(level), 0.0), last, number_text(level, rounding), weight="bold")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_ylim(len(names) - 0.4, -0.6)
    extreme = max(float(story.full), float(level), 1.0)
    levels = [number_text(value, rounding) for value in (story.full, level)]
    axes.set_xlim(min(0.0, float(story.lowest) * 1.05), extreme * (1.13 + _beside(levels)))
    axes.set_xlabel(t("points", language))
    axes.spines["left"].set_visible(False)
    if story.lowest < 0:
        axes.axvline(0, color=MUTED, linewidth=0.8)
    return figure


def _beside(labels: Iterable[str]) -> float:
    """How much more of the axis the numbers beside bars need where one has more than five signs."""
    return 0.02 * max(0, max(map(len, labels), default=0) - 5)


def _value(axes: Axes, x: float, y: float, text: str, weight: str = "normal") -> None:
    axes.annotate(
        text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", ha="left", fontsize=8.5, fontweight=weight
    )


@_styled
def peers(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> Figure:
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
    for code, x, y in dots:
        if code != unit.unit:
            axes.plot(x, y, "o", markersize=7, color=PALE, markeredgecolor="#7d8894", markeredgewidth=0.6)
        else:
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


@_styled
def ranking(resolved: Resolved, result: Result, language: str = "zh") -> Figure:
    """A bar for each unit with a total, by rank, one panel a group; of very large groups the two ends."""
    panels_of = {name: _ends(units) for name, units in groups(result).items()}
    rows = [len(units) for units in panels_of.values()]
    figure = Figure(figsize=(NARROW, 0.75 * max(len(rows), 1) + 0.29 * max(sum(rows), 1)), layout="constrained")
    if not rows:
        return figure
    panels = figure.subplots(len(rows), 1, sharex=True, squeeze=False, height_ratios=rows)[:, 0]
    for axes, (group, units) in zip(panels, panels_of.items(), strict=True):
        values = [float(unit.total or 0) for unit in units]
        colours = [BLUE if unit.rank == 1 else PALE for unit in units]
        axes.barh(range(len(units)), values, color=colours, height=0.66)
        for row, unit in enumerate(units):
            text = number_text(unit.total or Fraction(0), result.total_rounding)
            _value(axes, max(values[row], 0.0), row, text, weight="bold" if unit.rank == 1 else "normal")
        axes.set_yticks(range(len(units)), [f"{drawable(unit.name)}  {unit.rank}" for unit in units])
        axes.set_ylim(len(units) - 0.4, -0.6)
        axes.grid(visible=True, axis="x")
        axes.spines["left"].set_visible(False)
        if len(panels_of) > 1:
            axes.set_title(drawable(group or t("no group", language)), loc="left", fontsize=9.5, fontweight="bold")
    low, high = panels[-1].get_xlim()
    drawn_units = (unit for units in panels_of.values() for unit in units)
    shown = [number_text(unit.total or Fraction(0), result.total_rounding) for unit in drawn_units]
    panels[-1].set_xlim(min(low, 0.0), high * (1.08 + _beside(shown)))
    panels[-1].set_xlabel(t("points", language))
    return figure


def _ends(units: Sequence[UnitScore]) -> Sequence[UnitScore]:
    return units if len(units) <= MOST_BARS else [*units[: MOST_BARS // 2], *units[-MOST_BARS // 2 :]]
