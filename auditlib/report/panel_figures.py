"""The figures of a panel's report, in the style of :mod:`auditlib.report.figures`.

Colours are told apart by colour-blind readers; on a grey printer hatching, outlines and shapes do it.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from auditlib.delphi.result import ItemAnalysis
from auditlib.delphi.statistics.concordance import strength
from auditlib.report import figure as figures
from auditlib.report.figure import drawable
from auditlib.report.pages.fonts import add_fonts
from auditlib.report.panel_screening import boundaries
from auditlib.report.panel_tables import PanelView, bands, even_parts, group_name, rounds_of

__all__ = ["MOST_LABELS", "MOST_ROWS", "agreement", "distribution", "pages", "screening", "weights"]

INK, MUTED, PALE, BLUE, ORANGE = figures.INK, figures.MUTED, figures.PALE, figures.BLUE, figures.ORANGE
LIGHT_BLUE, LIGHT_ORANGE, MIDDLE = "#bcd3ea", "#f3cdb5", "#e3e6e9"
MOST_ROWS = 34
MOST_LABELS = 16
ROW = 0.29
SMALLEST_LABELLED = 0.035
LEGEND_LINE = 70
"""How many letters (a Chinese character counts as two) fit on one line of a legend."""
POINTS = tuple(strength(W) for W in (0.1, 0.3, 0.5, 0.7, 0.9))
"""Schmidt's five points, whose nearest one gives W its word."""
VERDICTS = {"keep": ("o", BLUE, True), "discuss": ("^", ORANGE, False), "delete": ("X", ORANGE, True)}
"""How an item is drawn by what is proposed for it: shape, colour, and whether it is filled."""


def pages(items: Sequence[ItemAnalysis]) -> list[Sequence[ItemAnalysis]]:
    """Items cut into figures that fit a printed page, as even as can be."""
    return even_parts(items, max(1, -(-len(items) // MOST_ROWS)))


def _figure(height: float) -> Figure:
    add_fonts()
    return Figure(figsize=(figures.WIDTH, height), layout="constrained")


def _row_names(axes: Axes, view: PanelView, items: Sequence[ItemAnalysis]) -> None:
    parents = {found.weight.parent for found in view.one.items.values()}
    names = [drawable(view.name(found.item.id), 19) for found in items]
    axes.set_yticks(range(len(names)), names)
    for label, found in zip(axes.get_yticklabels(), items, strict=True):
        label.set_fontweight("bold" if found.item.id in parents else "normal")
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.spines["left"].set_visible(False)


@mpl.rc_context(figures.STYLE)
def distribution(view: PanelView, items: Sequence[ItemAnalysis]) -> Figure:
    """A bar for each item, cut by the mark given: low marks left of the middle of the scale, high ones right of it."""
    parts = bands(view)
    fills = _fills(len(parts))
    figure = _figure(1.25 + ROW * len(items))
    axes = figure.add_subplot()
    axes.grid(visible=True, axis="x")
    for row, found in enumerate(items):
        marks = [view.one.round.marks.get((expert, found.item.id)) for expert in view.one.round.experts]
        counts = [sum(mark in part for mark in marks) for _, part in parts]
        answered = sum(counts)
        if answered:
            _bar(axes, row, [100 * count / answered for count in counts], counts, fills)
    axes.axvline(0, color=INK, linewidth=0.8, zorder=0)
    axes.set_xlim(-100, 100)
    axes.set_xticks(range(-100, 101, 25), [str(abs(tick)) for tick in range(-100, 101, 25)])
    axes.set_xlabel(view.t("Share of the experts who answered (%)"))
    _row_names(axes, view, items)
    handles = [
        mpl.patches.Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.6, label=drawable(label, 14))
        for (label, _), (colour, hatch, _) in zip(parts, fills, strict=True)
    ]
    columns = min(len(handles), 6) if sum(len(label.encode("gb18030")) for label, _ in parts) < LEGEND_LINE else 3
    figure.legend(handles=handles, loc="outside upper center", ncols=columns, handlelength=1.5, columnspacing=1.1)
    return figure


def _fills(count: int) -> list[tuple[str, str | None, str]]:
    """Colour, hatch and colour of the figures for each band: orange and hatched below the middle, blue above."""
    half = count // 2
    low = LinearSegmentedColormap.from_list("low", [ORANGE, LIGHT_ORANGE])
    high = LinearSegmentedColormap.from_list("high", [LIGHT_BLUE, BLUE])

    def shade(colours: LinearSegmentedColormap, place: int) -> str:
        return mpl.colors.to_hex(colours(place / (half - 1) if half > 1 else 0.5))

    fills: list[tuple[str, str | None, str]] = [
        (shade(low, place), "////", "white" if half > 1 and place == 0 else INK) for place in range(half)
    ]
    if count % 2:
        fills.append((MIDDLE, None, INK))
    return fills + [
        (shade(high, place), None, "white" if half > 1 and place == half - 1 else INK) for place in range(half)
    ]


def _bar(
    axes: Axes, row: int, shares: Sequence[float], counts: Sequence[int], fills: Sequence[tuple[str, str | None, str]]
) -> None:
    half = len(shares) // 2
    left = -sum(shares[:half]) - (shares[half] / 2 if len(shares) % 2 else 0)
    for share, count, (colour, hatch, ink) in zip(shares, counts, fills, strict=True):
        if not count:
            continue
        axes.barh(row, share, left=left, height=0.7, color=colour, hatch=hatch, edgecolor="white", linewidth=0.6)
        if share / 200 >= SMALLEST_LABELLED * (0.5 if count < 10 else 0.75):
            box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if hatch else None
            axes.text(left + share / 2, row, str(count), ha="center", va="center", fontsize=7.5, color=ink, bbox=box)
        left += share


@mpl.rc_context(figures.STYLE)
def screening(view: PanelView) -> Figure:
    """CV against mean, a panel a level, with the boundaries as dashed lines and the proposals as shapes."""
    levels = list(view.one.screening)
    figure = _figure(0.35 + 2.75 * -(-len(levels) // 2) if len(levels) > 1 else 3.2)
    columns = min(2, len(levels))
    panels = figure.subplots(-(-len(levels) // columns), columns, squeeze=False).flatten()
    for axes in panels[len(levels) :]:
        axes.set_axis_off()
    for axes, level in zip(panels, levels, strict=False):
        _points(axes, view, level)
        axes.set_title(view.t("Level {level}", level=level), loc="left", fontsize=9.5, fontweight="bold")
        axes.set_xlabel(view.t("Mean"))
        axes.set_ylabel(view.t("CV"))
        axes.tick_params(axis="y", labelsize=8.5, labelcolor=MUTED)
        axes.grid(visible=True)
    verdicts = {item.verdict for part in view.one.screening.values() for item in part}
    handles = [
        Line2D([], [], marker=shape, linestyle="none", color=colour, markersize=7, label=view.heading(name),
               markerfacecolor=colour if filled else "white")
        for name, (shape, colour, filled) in VERDICTS.items() if name in verdicts
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper right", ncols=3, handlelength=1)
    figure.draw_without_rendering()
    for axes, level in zip(panels, levels, strict=False):
        _label_points(axes, view, level)
    return figure


def _places(view: PanelView, level: int) -> list[tuple[str, str, float, float]]:
    found: list[tuple[str, str, float, float]] = []
    for item in view.one.screening[level]:
        said = view.one.items[item.item].described
        if said is not None and said.mean is not None and said.cv is not None:
            found.append((item.item, item.verdict, said.mean, said.cv))
    return found


def _points(axes: Axes, view: PanelView, level: int) -> None:
    dots = _places(view, level)
    lines = [one for one in boundaries(view) if one.level == level and one.statistic in ("mean", "cv")]
    for _, verdict, x, y in dots:
        shape, colour, filled = VERDICTS[verdict]
        axes.plot(x, y, shape, markersize=6.5, color=colour, markerfacecolor=colour if filled else "white", zorder=3)
    for one in lines:
        draw = axes.axvline if one.statistic == "mean" else axes.axhline
        draw(one.limit, color=INK, linewidth=0.9, linestyle=(0, (5, 3)), zorder=2)
    xs = [x for _, _, x, _ in dots] + [one.limit for one in lines if one.statistic == "mean"]
    ys = [y for _, _, _, y in dots] + [one.limit for one in lines if one.statistic == "cv"]
    if xs and ys:
        for values, limits, least in ((xs, axes.set_xlim, 0.2), (ys, axes.set_ylim, 0.04)):
            pad = max((max(values) - min(values)) * 0.14, least)
            limits(min(values) - pad, max(values) + pad)


def _label_points(axes: Axes, view: PanelView, level: int) -> None:
    """Each point's number, on the first of eight sides where it covers no other number and no point.

    Of more than :data:`MOST_LABELS` points only those that are not kept have theirs.
    """
    dots = _places(view, level)
    pixels = {name: axes.transData.transform((x, y)) for name, _, x, y in dots}
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in pixels.values()]
    inside = axes.get_window_extent()
    for name, verdict, x, y in dots:
        if len(dots) > MOST_LABELS and verdict == "keep":
            continue
        code = view.codes[name]
        width, (px, py) = 7.5 * len(code) + 2, pixels[name]
        boxes = []
        for reach in (8, 16, 24):
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
                cx, cy = px + dx * (reach + width / 2), py + dy * (reach + 5)
                boxes.append((cx - width / 2, cy - 6, cx + width / 2, cy + 6))
        fits = [b for b in boxes if b[0] > inside.x0 and b[2] < inside.x1 and b[1] > inside.y0 and b[3] < inside.y1]
        free = [box for box in fits if not any(_overlap(box, other) for other in taken)]
        box = (free or fits or boxes)[0]
        taken.append(box)
        centre = ((box[0] + box[2]) / 2 - px, (box[1] + box[3]) / 2 - py)
        points = 72 / axes.figure.dpi
        axes.annotate(
            code, (x, y), xytext=(centre[0] * points, centre[1] * points), textcoords="offset points", ha="center",
            va="center", fontsize=8, color=INK,
        )  # fmt: skip


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@mpl.rc_context(figures.STYLE)
def agreement(view: PanelView) -> Figure:
    """W of each group, a mark a round with its bootstrap interval, against Schmidt's five points."""
    groups = view.one.groups
    rounds = [one.round.number for one in view.analysis.rounds]
    figure = _figure(1.2 + len(groups) * max(0.42, 0.17 * len(rounds)))
    axes = figure.add_subplot()
    for point in POINTS:
        axes.axvline(point.W, color="#dfe4e9", linewidth=1, zorder=0)
        axes.text(point.W, 1.015, point.words(view.language), transform=axes.get_xaxis_transform(), ha="center",
                  va="bottom", fontsize=8, color=MUTED)  # fmt: skip
    for row, group in enumerate(groups):
        for one, same in rounds_of(view, group):
            agreed = same.concordance
            place = rounds.index(one.round.number)
            y = row + (place - (len(rounds) - 1) / 2) * 0.62 / len(rounds)
            last = one is view.one
            if agreed is None or agreed.W is None:
                axes.text(0.005, y, view.t("undefined"), va="center", fontsize=8, color=MUTED)
                continue
            colour = BLUE if last else "#7d8894"
            if same.interval is not None:
                axes.plot([same.interval.low, same.interval.high], [y, y], color=colour, linewidth=2.2 if last else 1.2)
            axes.plot(agreed.W, y, "o" if last else "s", markersize=6.5 if last else 5.5, color=colour,
                      markerfacecolor=colour if last else "white", zorder=3)  # fmt: skip
    axes.set_yticks(range(len(groups)), [drawable(group_name(view, group), 20) for group in groups])
    axes.set_ylim(len(groups) - 0.45, -0.55)
    axes.set_xlim(-0.01, 1.01)
    axes.set_xlabel(view.t("Concordance W"))
    axes.spines["left"].set_visible(False)
    if len(rounds) > 1:
        handles = [
            Line2D([], [], marker="o" if n == rounds[-1] else "s", color=BLUE if n == rounds[-1] else "#7d8894",
                   markerfacecolor=BLUE if n == rounds[-1] else "white", label=view.t("Round {round}", round=n))
            for n in (rounds[0], rounds[-1])
        ]  # fmt: skip
        figure.legend(handles=handles, loc="outside lower right", ncols=2)
    return figure


@mpl.rc_context(figures.STYLE)
def weights(view: PanelView, items: Sequence[ItemAnalysis]) -> Figure:
    """The tree of items with a bar for each combined weight: pale where an item has items of its own."""
    figure = _figure(0.75 + ROW * len(items))
    axes = figure.add_subplot()
    axes.grid(visible=True, axis="x")
    parents = {found.weight.parent for found in view.one.items.values()}
    digits = view.analysis.panel.declared.digits
    known = [float(f.weight.combined) * 100 for f in view.one.items.values() if f.weight.combined is not None]
    most = max(known, default=1.0)
    for row, found in enumerate(items):
        value, parent = found.weight.combined, found.item.id in parents
        if value is None:
            axes.text(0, row, f" {view.t('undefined')}", va="center", fontsize=8.5, color=MUTED)
            continue
        axes.barh(row, float(value) * 100, height=0.66, color=PALE if parent else BLUE)
        weight, combined = found.printed("weight", digits), found.printed("combined", digits)
        text = f"{combined}" if found.level == 1 else f"{weight} → {combined}"
        axes.annotate(
            text, (float(value) * 100, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8,
            fontweight="bold" if parent else "normal",
        )  # fmt: skip
    axes.set_xlim(0, most * 1.22)
    axes.set_xlabel(view.t("Combined weight (%)"))
    _row_names(axes, view, items)
    return figure
