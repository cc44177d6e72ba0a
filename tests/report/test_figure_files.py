"""Figures as drawings: what matplotlib itself would draw, with text that stays text, in pages, notebooks and papers."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import lxml.etree
import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageFilter

from auditlib.report.drawing import DOTS, png_of
from auditlib.report.figure import STYLE, boxes, drawn, png, styled, svg
from auditlib.report.font_widths import Face, font_files, text_width
from auditlib.report.pages.drawings import drawing_in, with_drawings, with_pictures
from auditlib.report.section import figure_section

OPEN_FILES = Path("/proc/self/fd")
SVG = "{http://www.w3.org/2000/svg}"


@styled
def sample(*, without: str = "") -> Figure:
    """A figure with all that figures are made of, but for one thing."""
    figure, axes = drawn(2.4, left=0.6, right=0.2, top=0.3, bottom=0.5, width=4.0)
    axes.grid(visible=True, axis="x")
    axes.bar([1, 2], [3, 4], color="#c8551b")
    if without != "hatched":
        axes.bar([3], [3.5], hatch="////", color="#2b8f74", edgecolor="white")
    if without != "boxes":
        boxes(axes, [(0.6, 4.2, 1.4, 4.8), (1.6, 4.2, 2.4, 4.8)], ["#1f5a99", "#aeb8c2"])
    if without != "one box":
        boxes(axes, [(2.6, 4.4, 4.5, 5.4)], "#8d3610")  # of it is seen what lies within the axes
    if without != "line with a gap":
        axes.plot([0.5, 1.5, 2, 2.5, 3.5], [1, 2, np.nan, 2, 5.5], "-D", color="#1f5a99", markersize=8)
    if without != "dashes":
        axes.axvline(2.5, color="#1c2733", linestyle=(0, (4, 2)), linewidth=2)
    if without != "cells":
        axes.imshow(np.arange(6).reshape(2, 3), extent=(0, 0.5, 4, 5.5), aspect="auto", cmap="Blues")
    axes.set_xlim(0, 4)
    axes.set_ylim(0, 5)
    if without != "text":
        axes.annotate("未办结 12", (3.4, 2.5), xytext=(0, 9), textcoords="offset points", ha="right", fontsize=11)
        axes.text(3.7, 1, "超时", rotation=90, va="bottom", fontsize=11, fontweight="bold")
    axes.set_xlabel("分（%）")
    axes.legend(handles=[axes.patches[0]], labels=["本单位"], loc="lower right", bbox_to_anchor=(1, 1))
    return figure


def pixels(image: bytes) -> np.ndarray:
    """A picture as grey levels, smoothed, as programs place edges and strokes of signs a little apart."""
    soft = Image.open(io.BytesIO(image)).convert("L").resize((400, 240)).filter(ImageFilter.GaussianBlur(2))
    return np.asarray(soft, dtype=float)


def by_matplotlib(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format="png", dpi=DOTS)
    return buffer.getvalue()


def apart(one: bytes, other: bytes) -> float:
    return float(np.abs(pixels(one) - pixels(other)).max())


def test_a_drawing_shows_what_matplotlib_draws() -> None:
    assert apart(png(sample()), by_matplotlib(sample())) < 40


@pytest.mark.parametrize("missing", ["hatched", "boxes", "one box", "line with a gap", "dashes", "cells", "text"])
def test_a_drawing_without_one_thing_is_seen_to_lack_it(missing: str) -> None:
    assert apart(png(sample(without=missing)), by_matplotlib(sample())) > 40


def test_two_spaces_between_words_stay_two() -> None:
    @styled
    def named(text: str) -> Figure:
        figure, axes = drawn(1.2, left=0.6, right=0.2, top=0.3, bottom=0.3, width=4.0)
        axes.set_title(text)
        return figure

    assert ' xml:space="preserve">东区  1</text>' in svg(named("东区  1"), "x")
    assert "preserve" not in svg(named("东区 1"), "x")
    assert png(named("东区  1")) != png(named("东区 1"))


def test_a_picture_has_its_size_and_nothing_shines_through() -> None:
    found = Image.open(io.BytesIO(png(sample())))
    assert (found.mode, found.size) == ("RGB", (640, 384))  # 4 and 2.4 inches of 160 points
    assert found.info["dpi"] == pytest.approx((160, 160), abs=0.01)


def test_the_text_of_a_drawing_is_text_held_where_it_was_meant_to_be() -> None:
    drawing = lxml.etree.fromstring(svg(sample(), "x").encode())
    texts = {element.text: element for element in drawing.iter(f"{SVG}text")}
    assert {"未办结 12", "超时", "分（%）", "本单位", "0", "4"} <= set(texts)
    assert texts["未办结 12"].get("text-anchor") == "end"
    assert texts["分（%）"].get("text-anchor") == "middle"
    assert texts["超时"].get("transform", "").startswith("rotate(-90 ")
    assert (texts["超时"].get("font-weight"), texts["4"].get("font-weight")) == ("700", None)


def test_what_is_used_again_has_an_id_of_this_drawing_and_is_there() -> None:
    drawing = svg(sample(), "trend")
    ids = re.findall(r'\bid="([^"]+)"', drawing)
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', drawing))
    assert len(ids) == len(set(ids)) >= 3
    assert used == set(ids)
    assert all(name.startswith("trend-") for name in ids)


def test_the_same_figure_gives_the_same_bytes_and_another_one_does_not() -> None:
    @styled
    def made(height: float) -> Figure:
        figure, axes = drawn(1.0, left=0.2, right=0.1, top=0.1, bottom=0.3, width=2.0)
        axes.bar([1], [height])
        return figure

    assert svg(made(3), "x") == svg(made(3), "x") != svg(made(4), "x")
    assert png(made(3)) == png(made(3)) != png(made(4))


def test_drawing_leaves_the_figure_as_it_was() -> None:
    figure = sample()
    before = figure.dpi
    assert svg(figure, "x") == svg(figure, "x")
    assert figure.dpi == before


def test_a_chinese_sign_is_as_wide_as_its_size_and_digits_are_all_as_wide() -> None:
    assert text_width("满意") == pytest.approx(2, abs=1e-5)
    assert len({text_width(digit) for digit in "0123456789"}) == 1
    assert text_width("") == 0
    assert 0 < text_width("⌊") < 1  # a sign that the packaged font lacks


def fonts_held_open() -> list[str]:
    """The packaged font's files that this process holds open."""
    names = [os.readlink(entry) for entry in OPEN_FILES.iterdir() if entry.is_symlink()]
    return sorted(name for name in names if "AuditSansSC" in name)


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="this system does not list the open files of a process")
def test_no_file_of_a_font_stays_open_to_be_read_by_forked_processes_at_one_position() -> None:
    before = fonts_held_open()
    face = Face(bold=False)
    assert face.width("满") == pytest.approx(1, abs=1e-5)
    assert fonts_held_open() == before
    by_name = FT2Font(str(next(font_files(bold=False))))
    assert fonts_held_open() != before
    del by_name


def test_hostile_text_stays_text() -> None:
    @styled
    def named(text: str) -> Figure:
        figure, axes = drawn(1.0, left=0.2, right=0.1, top=0.1, bottom=0.3, width=4.0)
        axes.text(0, 0, text)
        return figure

    hostile = "</text><script>alert(1)</script>&amp;\"'"
    drawing = lxml.etree.fromstring(svg(named(hostile), "x").encode())
    assert hostile in [element.text for element in drawing.iter(f"{SVG}text")]
    assert not list(drawing.iter(f"{SVG}script"))
    assert len(png(named(hostile))) > 100


def test_a_section_holds_a_picture_a_page_the_drawing_and_paper_the_picture_again() -> None:
    section = figure_section("trend", "得分走势", sample(), "上升 <2> 分")
    assert "<svg" not in section.html
    page = with_drawings(section.html)
    assert "<img" not in page
    assert '<svg role="img" aria-label="得分走势 — 上升 &lt;2&gt; 分" width="400" ' in page
    assert ">本单位</text>" in page
    assert with_pictures(page) == section.html


@given(st.text(st.characters(codec="utf-8", exclude_characters='"<>&')), st.integers(1, 9999))
@settings(max_examples=50)
def test_pictures_and_drawings_stand_for_each_other(said: str, width: int) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>{said}</text></svg>'
    named = f'<svg role="img" aria-label="{said}" width="{width}" '
    page = f"<p>{said}</p>{drawing.replace('<svg ', named)}<p>"
    pictured = with_pictures(page)
    (address,) = re.findall(r'<img src="([^"]+)"', pictured)
    assert drawing_in(address) == drawing
    assert with_drawings(pictured) == page


def test_pictures_of_others_stay_pictures() -> None:
    other = '<img src="data:image/png;base64,iVBORw0KGgo=" alt="x" width="3"><svg viewBox="0 0 1 1"></svg>'
    assert with_drawings(other) == other == with_pictures(other)
    assert drawing_in("data:image/png;base64,iVBORw0KGgo=") is None


def test_a_drawing_as_a_picture_needs_no_font_of_the_machine() -> None:
    drawing = svg(sample(), "x")
    assert png_of(drawing) == png_of(re.sub(r"Noto Sans SC.*?sans-serif", "sans-serif", drawing))
