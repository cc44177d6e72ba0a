"""CV against mean with the boundaries, and what is proposed for each item and why."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from auditlib.delphi.statistics.descriptives import Bound
from auditlib.delphi.statistics.screening import BOUNDARY_STATISTICS, Screened
from auditlib.report.figure import BLUE, INK, MUTED, ORANGE, styled
from auditlib.report.panel_boundaries import boundaries
from auditlib.report.panel_figure import upright
from auditlib.report.panel_findings import proposals_sentence
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable, fixed
from auditlib.report.section import Section, joined_sections

__all__ = ["caption", "figure", "limits", "proposals", "section"]

MOST_LABELS = 16
SIGNS: dict[Bound, tuple[str, str]] = {"at_least": ("≥", "<"), "at_most": ("≤", ">")}
"""How a condition is written, and how its failure."""
VERDICTS = {"keep": ("o", BLUE, True), "discuss": ("^", ORANGE, False), "delete": ("X", ORANGE, True)}
"""How an item is drawn by what is proposed for it: shape, colour, and whether it is filled."""


def section(page: PanelPage) -> Section:
    """CV against mean with the boundaries, and what is proposed for each item and why."""
    criteria = page.declared.thresholds.screening
    if not page.one.screening:
        none = not criteria.boundary_values and not criteria.criteria
        said = page.t("No criterion of screening is in force." if none else "There are no items to screen.")
        return page.tabled("screening", {}, [said])
    by_level = (
        page.t(
            "By level: means and full-mark ratios not below mean − SD, CVs not above mean + SD (the "
            "SD divides by {divisor}).",
            divisor=page.heading(f"divisor_{page.declared.sd}"),
        )
        if criteria.boundary_values
        else ""
    )
    note = page.t(
        "An item that fails every criterion is proposed for deletion, one that fails some for "
        "discussion. The panel decides."
    )
    listed = page.tabled(
        "", {"boundaries": limits(page), "screening": proposals(page)}, [page.joined([by_level, note])]
    )  # fmt: skip
    return joined_sections(page.drawn("screening", figure(page), caption(page)), listed)


def caption(page: PanelPage) -> str:
    """How to read the figure, and which items are proposed for deletion and for discussion."""
    said = page.t(
        "Each point is an item, by its number in the table. Dashed lines are boundaries: the "
        "mean should not lie left of them, the CV not above. {proposals}",
        proposals=proposals_sentence(page),
    )
    crowded = max(map(len, page.one.screening.values())) > MOST_LABELS
    cut = (
        page.t(
            "On a level of more than {most} {most:item|items} only those to discuss or delete are numbered.",
            most=MOST_LABELS,
        )
        if crowded
        else ""
    )
    return page.joined([said, cut])


@styled
def figure(page: PanelPage) -> Figure:
    """CV against mean, a panel a level, with the boundaries as dashed lines and the proposals as shapes."""
    levels = list(page.one.screening)
    figure = upright(0.35 + 2.75 * -(-len(levels) // 2) if len(levels) > 1 else 3.2)
    columns = min(2, len(levels))
    panels = figure.subplots(-(-len(levels) // columns), columns, squeeze=False).flatten()
    for axes in panels[len(levels) :]:
        axes.set_axis_off()
    for axes, level in zip(panels, levels, strict=False):
        _points(axes, page, level)
        axes.set_title(page.t("Level {level}", level=level), loc="left", fontsize=9.5, fontweight="bold")
        axes.set_xlabel(page.t("Mean"))
        axes.set_ylabel(page.t("CV"))
        axes.tick_params(axis="y", labelsize=8.5, labelcolor=MUTED)
        axes.grid(visible=True)
    verdicts = {item.verdict for part in page.one.screening.values() for item in part}
    handles = [
        Line2D([], [], marker=shape, linestyle="none", color=colour, markersize=7, label=page.heading(name),
               markerfacecolor=colour if filled else "white")
        for name, (shape, colour, filled) in VERDICTS.items() if name in verdicts
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper right", ncols=3, handlelength=1)
    figure.draw_without_rendering()
    for axes, level in zip(panels, levels, strict=False):
        _label_points(axes, page, level)
    return figure


def _places(page: PanelPage, level: int) -> list[tuple[str, str, float, float]]:
    found: list[tuple[str, str, float, float]] = []
    for item in page.one.screening[level]:
        said = page.one.items[item.item].described
        if said is not None and said.mean is not None and said.cv is not None:
            found.append((item.item, item.verdict, said.mean, said.cv))
    return found


def _points(axes: Axes, page: PanelPage, level: int) -> None:
    dots = _places(page, level)
    lines = [one for one in boundaries(page.analysis) if one.level == level and one.statistic in ("mean", "cv")]
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


def _label_points(axes: Axes, page: PanelPage, level: int) -> None:
    """Each point's number, on the first of eight sides where it covers no other number and no point.

    Of more than :data:`MOST_LABELS` points only those that are not kept have theirs.
    """
    dots = _places(page, level)
    pixels = {name: axes.transData.transform((x, y)) for name, _, x, y in dots}
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in pixels.values()]
    inside = axes.get_window_extent()
    for name, verdict, x, y in dots:
        if len(dots) > MOST_LABELS and verdict == "keep":
            continue
        code = page.codes[name]
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


def limits(page: PanelPage) -> PaperTable:
    """The boundaries by level: centre and spread, and where an item is kept."""
    rows = []
    for one in boundaries(page.analysis):
        what = page.heading(f"m_{one.statistic}")
        name = what if one.own is None else page.t("{name} ({statistic})", name=one.own, statistic=what)
        centre = None if one.centre is None else f"{fixed(one.centre, 3)} ± {fixed(one.spread, 3)}"
        kept = f"{SIGNS[one.bound][0]} {fixed(one.limit, 3)}"
        rows.append([page.t("Level {level}", level=one.level), name, centre, kept])
    return page.table(("level", "criterion", "centre", "bound"), rows, texts=2)


def proposals(page: PanelPage) -> PaperTable:
    """What is proposed for every screened item, with each criterion that it fails."""
    rows, kinds = [], []
    for level, part in page.one.screening.items():
        for item in part:
            rows.append([page.name(item.item), page.heading(item.verdict), _reasons(page, item)])
            kinds.append(f"deep-{min(level, 4)} {item.verdict}")
    return page.table(("item", "proposal", "reasons"), rows, kinds, texts=3)


def _reasons(page: PanelPage, item: Screened) -> str:
    said = []
    for name, failed in item.failures.items():
        what = page.heading(f"m_{failed.statistic}")
        if name not in BOUNDARY_STATISTICS:
            what = page.t("{name} ({statistic})", name=name, statistic=what)
        found, limit = fixed(failed.found, 3), fixed(failed.limit, 3)
        said.append(
            page.t(
                "{statistic} = {found} {sign} {limit}",
                statistic=what,
                found=found,
                sign=SIGNS[failed.bound][1],
                limit=limit,
            )
        )
    return page.listed(said)
