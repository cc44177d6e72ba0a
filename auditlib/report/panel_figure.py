"""Figures with a row an item, in the style of :mod:`auditlib.report.figure`.

Colours are told apart by colour-blind readers; on a grey printer hatching, outlines and shapes do it.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.delphi.result import ItemAnalysis
from auditlib.report.figure import WIDTH, drawable
from auditlib.report.panel_page import PanelPage

__all__ = ["ROW", "row_names", "upright"]

ROW = 0.29


def upright(height: float) -> Figure:
    """A figure of full width."""
    return Figure(figsize=(WIDTH, height), layout="constrained")


def row_names(axes: Axes, page: PanelPage, items: Sequence[ItemAnalysis]) -> None:
    """A row an item from above, by number and title; those with items of their own in bold."""
    names = [drawable(page.name(found.item.id), 19) for found in items]
    axes.set_yticks(range(len(names)), names)
    for label, found in zip(axes.get_yticklabels(), items, strict=True):
        label.set_fontweight("bold" if found.item.id in page.parents else "normal")
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.spines["left"].set_visible(False)
