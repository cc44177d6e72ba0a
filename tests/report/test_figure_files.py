"""Figures as files: what matplotlib itself would draw, without the layer that says what shines through."""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
from PIL import Image

from auditlib.report.figure import STYLE, drawn, png


def test_a_figure_has_the_points_that_matplotlib_draws_and_its_size_and_nothing_shines_through() -> None:
    with mpl.rc_context(STYLE):
        figure, axes = drawn(1.3, left=0.4, right=0.1, top=0.1, bottom=0.3, width=2.3)
        axes.bar([1, 2], [3, 4], hatch="//", alpha=0.5)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
    expected, found = Image.open(buffer), Image.open(io.BytesIO(png(figure)))
    assert (found.mode, found.size) == ("RGB", (368, 208))  # 2.3 and 1.3 inches of 160 points
    assert found.info == {"dpi": expected.info["dpi"]}
    assert (np.asarray(found) == np.asarray(expected)[..., :3]).all()
    assert (np.asarray(expected)[..., 3] == 255).all()


def test_the_same_figure_gives_the_same_bytes_and_another_one_does_not() -> None:
    def made(height: float) -> bytes:
        with mpl.rc_context(STYLE):
            figure, axes = drawn(1.0, left=0.2, right=0.1, top=0.1, bottom=0.3, width=2.0)
            axes.bar([1], [height])
        return png(figure)

    assert made(3) == made(3) != made(4)
