"""How the figures of all reports look: colours, fonts, and the room for words.

No pyplot, so nothing is global; the packaged font; colours that colour-blind readers and grey printers tell apart, and
hatching where two fills meet. What a figure shows stands with its section.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from itertools import accumulate
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from auditlib.core.visible import visible
from auditlib.report.drawing import png_of, svg_of
from auditlib.report.one_tick import OneTickAxes
from auditlib.report.pages.fonts import FAMILY, FOLDER, add_fonts

__all__ = [
    "BLUE", "GREEN", "INK", "LINE", "MOST_BARS", "MUTED", "NARROW", "ORANGE", "PALE", "STYLE", "WIDTH", "Spot",
    "beside", "both_ends", "boxes", "drawable", "drawn", "inches", "panels", "png", "ready", "spot", "styled",
    "svg", "value_label",
]  # fmt: skip

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
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
}

P = ParamSpec("P")
T = TypeVar("T")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """A function that draws, in the look of the reports."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        add_fonts()
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return drawn


def svg(figure: Figure, name: str) -> str:
    """The figure as a drawing, an ``svg`` element; ``name``, of its own on its page, begins the ids within it."""
    with mpl.rc_context(STYLE):  # how many ticks there is room for is asked when it is drawn
        return svg_of(figure, name)


def png(figure: Figure) -> bytes:
    """The figure as PNG, as pages and papers show it: the same bytes for the same figure."""
    return png_of(svg(figure, "figure"))


def ready() -> None:
    """Draw a figure now with all that figures are made of, so that the first costs no more than the next.

    Fonts are found, their signs read, and what the libraries import or set up at its first use is there.
    """
    svg(_sample(), "sample")
    drawable("")


@styled
def _sample() -> Figure:
    figure, axes = drawn(1.0, left=0.5, right=0.1, top=0.1, bottom=0.4, width=2.0)
    axes.grid(visible=True, axis="x")
    axes.bar([1], [1], hatch="////", edgecolor="white", label="1")
    axes.plot([1], [1], "-D", label="2")
    for weight in ("normal", "bold"):
        value_label(axes, 1, 1, "1 ▲", weight)
    axes.set_xticks([1], ["1"])
    axes.set_xlabel("1")
    axes.legend()
    return figure


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
    codes = _drawable_codes()
    return "".join(c if ord(c) in codes else "〓" for c in line)


def drawn(
    height: float, *, left: float, right: float, top: float, bottom: float, width: float = WIDTH
) -> tuple[Figure, Axes]:
    """A figure of this height and width with one pair of axes inside these margins, all in inches.

    What stands around the axes is known beforehand; measuring it would cost as much as drawing the figure.
    """
    figure = Figure(figsize=(width, height))
    inner = (width - left - right) / width, (height - top - bottom) / height
    return figure, figure.add_axes((left / width, bottom / height, *inner), axes_class=OneTickAxes)


def panels(groups: Mapping[str, object], height: float) -> tuple[Figure, Sequence[Axes]]:
    """A panel a group, two side by side."""
    rows, columns = -(-len(groups) // 2), min(len(groups), 2)
    figure = Figure(figsize=(WIDTH, height * rows), layout="constrained")
    parts = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for empty in parts[len(groups) :]:
        empty.set_axis_off()
    return figure, parts[: len(groups)]


def inches(texts: Iterable[str], size: float) -> float:
    """How wide the widest of these texts is at a font size, at most: a Chinese character is square."""
    widths = (sum(1.0 if ord(c) > 0x2E7F else 0.62 for c in text) for text in texts)
    return max(widths, default=0.0) * size / 72


def beside(labels: Iterable[str]) -> float:
    """How much more of the axis the numbers beside bars need where one has more than five signs."""
    return 0.02 * max(0, max(map(len, labels), default=0) - 5)


def boxes(
    axes: Axes, corners: Sequence[tuple[float, float, float, float]], colours: Any, *, hatch: str = "",
    edge: Any = "white", width: float = 0.3, above: float = 3,
) -> None:  # fmt: skip
    """Rectangles from their left, lower, right and upper values, all at once: bars one by one take ten times as long.

    ``colours`` is one for all or one each, "none" for an outline or hatching alone. The limits of the axes stay.
    """
    if not corners:
        return
    outlines = [((x0, y0), (x1, y0), (x1, y1), (x0, y1)) for x0, y0, x1, y1 in corners]
    drawn = PolyCollection(
        outlines, facecolors=colours, edgecolors=edge, linewidths=width, hatch=hatch or None, zorder=above
    )
    axes.add_collection(drawn, autolim=False)


@dataclass(frozen=True)
class Spot:
    """A part of a figure that leads somewhere: where, its title, and its corners in shares of the figure's size from
    its upper left. ``find`` is what the table there is filtered by; one beside which a table says the same is no stop
    of the tabulator key. One that leads nowhere (``href`` is empty) only says its title to whom points at it."""

    href: str
    title: str
    left: float
    top: float
    width: float
    height: float
    find: str = ""
    stop: bool = True


def spot(
    axes: Axes, href: str, title: str, x: tuple[float, float], y: tuple[float, float], find: str = "", *,
    stop: bool = True,
) -> Spot:  # fmt: skip
    """The part of a figure between two values on either axis of axes whose place in it is fixed."""
    left, bottom, width, height = axes.get_position().bounds
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    across = sorted(left + width * (value - x0) / (x1 - x0) for value in x)
    up = sorted(bottom + height * (value - y0) / (y1 - y0) for value in y)
    return Spot(href, title, across[0], 1 - up[1], across[1] - across[0], up[1] - up[0], find, stop)


def value_label(axes: Axes, x: float, y: float, text: str, weight: str = "normal") -> None:
    """A number beside the end of its bar."""
    axes.annotate(
        text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", ha="left", fontsize=8.5, fontweight=weight
    )


def both_ends(units: Sequence[T]) -> Sequence[T]:
    """All units, or of very many those at the two ends of the ranking."""
    return units if len(units) <= MOST_BARS else [*units[: MOST_BARS // 2], *units[-MOST_BARS // 2 :]]
