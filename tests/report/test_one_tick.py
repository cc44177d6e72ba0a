"""Axes with one tick that is moved draw what matplotlib's own axes with a tick for every place draw."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.report.drawing import svg_of
from auditlib.report.figure import STYLE
from auditlib.report.one_tick import OneTickAxes
from auditlib.report.pages.fonts import add_fonts


@pytest.fixture(scope="module", autouse=True)
def _fonts() -> None:
    add_fonts()


def figure(
    kind: type[Axes], *, names: list[str], limits: tuple[float, float], top: bool, grid: str, label: str, size: float
) -> Figure:
    with mpl.rc_context(STYLE):
        made = Figure(figsize=(4, 3))
        axes = made.add_axes((0.25, 0.2, 0.7, 0.7), axes_class=kind)
        axes.grid(visible=True, axis=grid)
        axes.barh(range(len(names)), [7] * len(names), color="#1f5a99")
        axes.set_yticks(range(len(names)), names, fontsize=size)
        axes.set_xlim(*limits)
        axes.tick_params(axis="x", length=size, labelcolor="#c8551b")
        if top:
            axes.xaxis.tick_top()
            axes.xaxis.set_label_position("top")
            axes.invert_yaxis()
        axes.set_xlabel(label)
        axes.set_ylabel(label)
    return made


def drawing(kind: type[Axes], **asked: object) -> str:
    with mpl.rc_context(STYLE):
        return svg_of(figure(kind, **asked), "x")


@settings(max_examples=40, deadline=None)
@given(
    names=st.lists(st.sampled_from(["满分", "办理时效", "two\nlines", "x", "−15"]), max_size=6),
    limits=st.tuples(st.floats(-50, 0), st.floats(1, 90)),
    top=st.booleans(),
    grid=st.sampled_from(["x", "y", "both"]),
    label=st.sampled_from(["", "分"]),
    size=st.sampled_from([0.0, 3.0, 8.5]),
)
def test_the_drawing_is_the_same_to_the_letter(**asked: object) -> None:
    asked["size"] = asked["size"] or 1.0
    assert drawing(OneTickAxes, **asked) == drawing(Axes, **asked)


SOME = {
    "names": ["满分", "a long name of an indicator"],
    "limits": (0.0, 9.0),
    "top": False,
    "grid": "x",
    "label": "分",
}


def test_another_label_is_another_drawing() -> None:
    other = SOME | {"names": ["满分", "another"]}
    assert drawing(OneTickAxes, **SOME, size=8.5) != drawing(OneTickAxes, **other, size=8.5)


def test_a_notebook_that_cuts_a_figure_out_keeps_all_its_labels() -> None:
    found, expected = (
        figure(kind, **SOME, size=8.5).get_tightbbox().extents  # type: ignore[arg-type]
        for kind in (OneTickAxes, Axes)
    )
    assert found == pytest.approx(expected)
    narrower = figure(OneTickAxes, **SOME | {"names": ["满分", "x"]}, size=8.5).get_tightbbox().extents  # type: ignore[arg-type]
    assert narrower[0] > found[0] + 0.5


def test_an_axis_that_is_not_seen_draws_nothing() -> None:
    with mpl.rc_context(STYLE):
        made = figure(OneTickAxes, **SOME, size=8.5)  # type: ignore[arg-type]
        made.axes[0].yaxis.set_visible(False)
        assert "满分" not in svg_of(made, "x")
