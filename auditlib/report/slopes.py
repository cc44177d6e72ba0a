"""A figure of ranks that change: a line for each unit from its rank before to its rank after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.report.figure import GREEN, INK, MUTED, ORANGE, WIDTH, drawable, panels, styled

__all__ = ["Slope", "slopes"]


SIZE, BESIDE = 8.5, 0.3
"""Of a label the size in points, and the inches that its rank and the space beside it take."""
Slope = tuple[str, int, int]
"""A unit with its old and its new rank."""


@styled
def slopes(groups: Mapping[str, Sequence[Slope]], versions: tuple[str, str], language: str) -> Figure:
    """A panel a group: each unit a line from its old rank on the left to its new one on the right."""
    figure, parts = panels(groups, 0.95 + 0.33 * max(map(len, groups.values())))
    side = 0.95 if len(groups) == 1 else 1.6
    most = int(0.9 * (WIDTH / min(len(groups), 2) * side / (1 + 2 * side) - BESIDE) * 72 / SIZE)
    for axes, (group, units) in zip(parts, groups.items(), strict=True):
        for left in (True, False):
            _slope_labels(axes, units, left=left, most=min(most, 14), language=language)
        for _, old, new in units:
            colour = MUTED if new == old else GREEN if new < old else ORANGE
            style = "-" if new <= old else (0, (5, 2))
            axes.plot([0, 1], [old, new], color=colour, linewidth=1.2 if new == old else 2, linestyle=style)
            axes.plot([0, 1], [old, new], "o", color=colour, markersize=4)
        worst = max(max(old, new) for _, old, new in units)
        axes.set_ylim(worst + 0.6, 0.4)
        axes.set_xlim(-side, 1 + side)
        axes.set_xticks([0, 1], [drawable(version) for version in versions])
        axes.set_yticks([])
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.tick_params(axis="x", length=0)
        axes.set_title(drawable(group), loc="left", fontsize=9.5, fontweight="bold")
    return figure


def _slope_labels(axes: Axes, units: Sequence[Slope], *, left: bool, most: int, language: str) -> None:
    """Units that share a rank share a label, which ends before the one of the panel beside it begins."""
    by_rank: dict[int, list[str]] = {}
    for name, old, new in units:
        by_rank.setdefault(old if left else new, []).append(name)
    for rank, names in by_rank.items():
        shown = drawable(("、" if language == "zh" else ", ").join(names), most)
        text = f"{shown}  {rank}" if left else f"{rank}  {shown}"
        axes.annotate(
            text, (0 if left else 1, rank), xytext=(-7 if left else 7, 0), textcoords="offset points",
            ha="right" if left else "left", va="center", fontsize=SIZE, color=INK,
        )  # fmt: skip
