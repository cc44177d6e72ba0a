"""Axes with one tick each, which is moved from place to place while the figure is drawn.

matplotlib makes three lines and two texts for every tick, and that takes half the time of a figure of bars.
"""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick, XAxis, YAxis

__all__ = ["OneTickAxes"]

CLOSE = 1e-10
"""The part of an axis by which a tick may lie beyond its ends."""


class _OneTickAxis(Axis):
    """An axis whose places and labels come from its locator and formatter; all its ticks look alike."""

    _one = True
    _boxes: tuple[list[Any], list[Any]] = ([], [])

    def get_major_ticks(self, numticks: int | None = None) -> list[Tick]:
        """The one tick, so that what is set for all is set for it."""
        ticks: list[Tick] = super().get_major_ticks(1 if self._one else numticks)
        return ticks

    def draw(self, renderer: Any) -> None:
        """Draw the tick at each place within the axis, then the axis's own label beyond the widest of theirs."""
        if not self.get_visible():
            return
        self._boxes = [], []
        places = self.get_majorticklocs()
        low, high = sorted(self.get_transform().transform(self.get_view_interval()))
        near = CLOSE * (high - low)
        formatter = self.get_major_formatter()
        for place, label in zip(places, formatter.format_ticks(list(places)), strict=True):
            if not low - near <= self.get_transform().transform(place) <= high + near:
                continue
            (tick,) = self.get_major_ticks()
            tick.update_position(place)
            for text, boxes in zip((tick.label1, tick.label2), self._boxes, strict=True):
                text.set_text(label)
                if text.get_visible():
                    boxes.append(text.get_window_extent(renderer))
            tick.draw(renderer)
        self._update_label_position(renderer)  # type: ignore[attr-defined]  # of the axis along x and of that along y
        self.label.draw(renderer)
        self.stale = False

    def get_tightbbox(self, renderer: Any = None, *, for_layout_only: bool = False) -> Any:
        """Where all ticks would be: a notebook that shows a figure by itself cuts it out along this."""
        self._one = False
        try:
            return super().get_tightbbox(renderer, for_layout_only=for_layout_only)
        finally:
            self._one = True

    def _get_tick_boxes_siblings(self, renderer: Any) -> tuple[list[Any], list[Any]]:
        return self._boxes if self._one else super()._get_tick_boxes_siblings(renderer)  # type: ignore[misc]


class _OneTickX(_OneTickAxis, XAxis):
    pass


class _OneTickY(_OneTickAxis, YAxis):
    pass


class OneTickAxes(Axes):
    """Axes whose ticks all look alike, in a figure whose margins are known beforehand."""

    def _init_axis(self) -> None:
        self.xaxis = _OneTickX(self, clear=False)
        self.yaxis = _OneTickY(self, clear=False)
        for axis, sides in ((self.xaxis, ("bottom", "top")), (self.yaxis, ("left", "right"))):
            for side in sides:
                self.spines[side].register_axis(axis)
