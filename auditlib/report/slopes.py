"""A figure of ranks that change: a line for each unit from its rank before to its rank after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.report.figure import GREEN, INK, MUTED, ORANGE, drawable, panels, styled

__all__ = ["Slope", "slopes"]


Slope = tuple[str, int, int]
"""A unit with its old and its new rank."""


@styled
def slopes(groups: Mapping[str, Sequence[Slope]], versions: tuple[str, str], language: str) -> Figure:
    """A panel a group: each unit a line from its old rank on the left to its new one on the right."""
    figure, parts = panels(groups, 0.95 + 0.33 * max(map(len, groups.values())))
    for axes, (group, units) in zip(parts, groups.items(), strict=True):
        for left in (True, False):
            _slope_labels(axes, units, left=left)
        for _, old, new in units:
            colour = MUTED if new == old else GREEN if new < old else ORANGE
            style = "-" if new <= old else (0, (5, 2))
            axes.plot([0, 1], [old, new], color=colour, linewidth=1.2 if new == old else 2, linestyle=style)
            axes.plot([0, 1], [old, new], "o", color=colour, markersize=4)
        worst = max(max(old, new) for _, old, new in units)
        axes.set_ylim(worst + 0.6, 0.4)
        axes.set_xlim(-0.95, 1.95)
        axes.set_xticks([0, 1], [drawable(version) for version in versions])
        axes.set_yticks([])
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.tick_params(axis="x", length=0)
        axes.set_title(drawable(group), loc="left", fontsize=9.5, fontweight="bold")
    return figure


def _slope_labels(axes: Axes, units: Sequence[Slope], *, left: bool) -> None:
    """Units that share a rank share a label."""
    by_rank: dict[int, list[str]] = {}
    for name, old, new in units:
        by_rank.setdefault(old if left else new, []).append(name)
    for rank, names in by_rank.items():
        shown = drawable(" ".join(names), 14)
        text = f"{shown}  {rank}" if left else f"{rank}  {shown}"
        axes.annotate(
            text, (0 if left else 1, rank), xytext=(-7 if left else 7, 0), textcoords="offset points",
            ha="right" if left else "left", va="center", fontsize=8.5, color=INK,
        )  # fmt: skip
