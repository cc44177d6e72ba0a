"""Figures as SVG with their text as text: sharp at every size, selectable, a few kilobytes, the same bytes every time.

A renderer of matplotlib's own kind (:class:`matplotlib.backend_bases.RendererBase`), because the one that comes with
it writes a group, an id and a transformation around everything and looks each text up in its font again. Widths of
texts are kept sign by sign, coordinates are hundredths of a point, nothing has an id but what is used again.
"""

from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import font_manager
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex, to_rgba
from matplotlib.path import Path as Outline
from PIL import Image

from auditlib.report.font_widths import face_of, font_files, text_width
from auditlib.report.html import escape
from auditlib.report.pages.fonts import FAMILY

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text
    from matplotlib.transforms import Transform

__all__ = ["DOTS", "Renderer", "png_of", "svg_of"]

FAMILIES = f"{FAMILY}, Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, DejaVu Sans, sans-serif"
"""What draws the text of a figure: the packaged font where the page brings it, else one of the reader's."""
BOLD = 600
"""From this weight on the bold face of the packaged font is drawn."""
POINTS = 72
"""To the inch: a figure is measured in points."""
DOTS = 160
"""To the inch of a drawing as PNG."""
LARGEST_SIGN = 24
"""Points: what is larger is no sign at a value but a shape of its own, and ends where its axes end."""
VIEW = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
ANCHORS = {"center": ("middle", 0.5), "right": ("end", 1.0)}
CAPS = {"projecting": "square", "round": "round"}
SEGMENTS: dict[Any, tuple[str, int]] = {
    Outline.MOVETO: ("M", 1),
    Outline.LINETO: ("L", 1),
    Outline.CURVE3: ("Q", 2),
    Outline.CURVE4: ("C", 3),
}


def svg_of(figure: Figure, name: str) -> str:
    """The figure as an ``svg`` element, its view box in points.

    ``name`` begins the ids of what is drawn more than once, as no two figures of a page may share them.
    """
    width, height = (inches * POINTS for inches in figure.get_size_inches())
    renderer = Renderer(width, height, name)
    before = figure.dpi
    figure.set_dpi(POINTS)  # one point is one unit of the drawing
    try:
        figure.draw(renderer)
    finally:
        figure.set_dpi(before)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_number(width)} {_number(height)}" '
        f'font-family="{FAMILIES}" stroke-linejoin="round">{"".join(renderer.drawn)}</svg>'
    )


def png_of(drawing: str) -> bytes:
    """An ``svg`` element of ours as PNG, white behind it: the same bytes for the same drawing, on every machine."""
    import resvg_py  # only papers need it

    view = VIEW.search(drawing)
    assert view is not None
    width, height = (round(float(points) / POINTS * DOTS) for points in view.groups())
    files = [str(file) for bold in (False, True) for file in font_files(bold)]
    drawn = resvg_py.svg_to_bytes(
        svg_string=drawing, width=width, background="white", skip_system_fonts=True, font_files=files
    )
    buffer = io.BytesIO()
    Image.open(io.BytesIO(drawn)).convert("RGB").crop((0, 0, width, height)).save(
        buffer, "png", compress_level=4, dpi=(DOTS, DOTS)
    )
    return buffer.getvalue()


class Renderer(RendererBase):
    """What matplotlib's artists draw on: ``drawn`` holds the elements, in the order in which they cover each other."""

    def __init__(self, width: float, height: float, name: str) -> None:
        super().__init__()
        self.drawn: list[str] = []
        self._width, self._height = width, height
        self._name = name
        self._ids: dict[object, str] = {}

    def draw_path(self, gc: GraphicsContextBase, path: Outline, transform: Transform, rgbFace: Any = None) -> None:
        """An outline with its line and what fills it."""
        points, codes = self._placed(path, transform)
        if not len(points):
            return
        look = self._line(gc) + self._fill(gc, rgbFace) + self._clip(gc, points)
        self.drawn.append(f'<path d="{_outline(points, codes)}"{look}/>')

    def draw_markers(
        self, gc: GraphicsContextBase, marker_path: Outline, marker_trans: Transform, path: Outline,
        trans: Transform, rgbFace: Any = None,
    ) -> None:  # fmt: skip
        """The same sign at every point of a path: its outline stands once."""
        sign = np.asarray(marker_trans.transform(marker_path.vertices)) * (1, -1)
        look = self._line(gc) + self._fill(gc, rgbFace)
        places, _ = self._placed(path, trans)
        places = places[np.isfinite(places).all(axis=1)]
        if np.ptp(sign, axis=0).max() > LARGEST_SIGN:  # the one outline of a collection, placed where it lies already
            for place in places:
                points = sign + place
                outline = _outline(points, marker_path.codes)
                self.drawn.append(f'<path d="{outline}"{look}{self._clip(gc, points)}/>')
            return
        box = gc.get_clip_rectangle()
        name = self._once(f'<path id="{{name}}" d="{_outline(sign, marker_path.codes)}"{look}/>')
        seen = np.ones(len(places), dtype=bool)
        if box is not None:  # a sign whose middle lies outside is not drawn, one at the edge is drawn whole
            inner = box.padded(0.5)
            middles = places + (sign.min(axis=0) + sign.max(axis=0)) / 2
            seen &= (middles[:, 0] >= inner.x0) & (middles[:, 0] <= inner.x1)
            seen &= (self._height - middles[:, 1] >= inner.y0) & (self._height - middles[:, 1] <= inner.y1)
        for x, y in places[seen]:
            self.drawn.append(f'<use href="#{name}" x="{_number(x)}" y="{_number(y)}"/>')

    def draw_image(self, gc: GraphicsContextBase, x: float, y: float, im: Any, transform: Any = None) -> None:
        """Cells of colours that matplotlib hands over as points, as PNG; ``x`` and ``y`` are of its lower left."""
        height, width = im.shape[:2]
        if not (height and width):
            return
        buffer = io.BytesIO()
        Image.fromarray(im[::-1]).save(buffer, "png")
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        self.drawn.append(
            f'<image x="{_number(x)}" y="{_number(self._height - y - height)}" width="{width}" height="{height}" '
            f'href="data:image/png;base64,{data}"/>'
        )

    def draw_text(
        self, gc: GraphicsContextBase, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any = False, mtext: Text | None = None,
    ) -> None:  # fmt: skip
        """A line of text, held where it was meant to be held: its end or middle stays there in another font, too."""
        anchor, share = ANCHORS.get(mtext.get_horizontalalignment() if mtext else "", ("", 0.0))
        size, bold = prop.get_size_in_points(), _is_bold(prop)
        along = share * text_width(s, bold) * size
        turn = np.deg2rad(angle)
        at, down = _number(x + along * np.cos(turn)), _number(y - along * np.sin(turn))
        rgb = gc.get_rgb()
        self.drawn.append(
            f'<text x="{at}" y="{down}" font-size="{_number(size)}" fill="{to_hex(rgb)}"'
            + (' font-weight="700"' if bold else "")
            + (f' text-anchor="{anchor}"' if anchor else "")
            + (f' fill-opacity="{_number(rgb[3])}"' if rgb[3] < 1 else "")
            + (f' transform="rotate({_number(-angle)} {at} {down})"' if angle else "")
            + (' xml:space="preserve"' if s != " ".join(s.split()) else "")
            + f">{escape(s)}</text>"
        )

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Width, height and depth below the line, in points; every line is as high as its font."""
        size, bold = prop.get_size_in_points(), _is_bold(prop)
        above, below, _ = face_of(bold).heights
        return text_width(s, bold) * size, (above + below) * size, below * size

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        """What matplotlib asks renderers for before it looks a font up and reads its tables, for every text again."""
        size = prop.get_size_in_points()
        above, below, gap = face_of(_is_bold(prop)).heights
        return above * size, below * size, gap * size

    def get_canvas_width_height(self) -> tuple[float, float]:
        """The size of the figure, in points."""
        return self._width, self._height

    def flipy(self) -> bool:
        """Whether what lies higher has the smaller number, as in SVG."""
        return True

    def points_to_pixels(self, points: Any) -> Any:
        """A unit of the drawing is a point."""
        return points

    def _placed(self, path: Outline, transform: Transform) -> tuple[Any, Any]:
        """The vertices of a path where they lie in the drawing, and their codes; what lies nowhere is left out."""
        points = np.array(transform.transform(path.vertices), dtype=float)
        codes: Any = path.codes
        if not np.isfinite(points).all():
            kept: Any = Outline(points, codes).cleaned(remove_nans=True)
            points, codes = np.array(kept.vertices[:-1]), kept.codes[:-1]
        points[:, 1] = self._height - points[:, 1]
        return points, codes

    def _line(self, gc: GraphicsContextBase) -> str:
        width = gc.get_linewidth()
        rgb = gc.get_rgb()
        if not width or not rgb[3]:
            return ""
        dashing: Any = gc.get_dashes()
        offset, dashes = dashing
        cap = CAPS.get(str(getattr(gc.get_capstyle(), "value", gc.get_capstyle())), "")
        return (
            f' stroke="{to_hex(rgb)}"'
            + (f' stroke-width="{_number(width)}"' if width != 1 else "")
            + (f' stroke-opacity="{_number(rgb[3])}"' if rgb[3] < 1 else "")
            + (f' stroke-dasharray="{" ".join(map(_number, dashes))}"' if dashes is not None else "")
            + (f' stroke-dashoffset="{_number(offset)}"' if dashes is not None and offset else "")
            + (f' stroke-linecap="{cap}"' if cap else "")
        )

    def _fill(self, gc: GraphicsContextBase, face: Any) -> str:
        if gc.get_hatch() is not None:
            return f' fill="url(#{self._hatch(gc, face)})"'
        if face is None or (len(face) == 4 and not face[3]):
            return ' fill="none"'
        alpha = gc.get_alpha() if gc.get_forced_alpha() else face[3] if len(face) == 4 else 1
        return f' fill="{to_hex(face)}"' + (f' fill-opacity="{_number(alpha)}"' if alpha < 1 else "")

    def _hatch(self, gc: GraphicsContextBase, face: Any) -> str:
        """The name of a pattern of lines on a colour, an inch wide and high."""
        points = np.asarray(gc.get_hatch_path().vertices) * (POINTS, -POINTS) + (0, POINTS)
        lines = _outline(points, gc.get_hatch_path().codes)
        ground = "" if face is None else f'<rect width="{POINTS}" height="{POINTS}" fill="{to_hex(face)}"/>'
        rgb = to_rgba(gc.get_hatch_color())
        colour, width = to_hex(rgb), _number(gc.get_hatch_linewidth())
        look = f'fill="{colour}" stroke="{colour}" stroke-width="{width}"'
        look += f' opacity="{_number(rgb[3])}"' if rgb[3] < 1 else ""
        return self._once(
            f'<pattern id="{{name}}" patternUnits="userSpaceOnUse" width="{POINTS}" height="{POINTS}">{ground}'
            f'<path d="{lines}" {look}/></pattern>'
        )

    def _clip(self, gc: GraphicsContextBase, points: Any) -> str:
        """The part of the drawing beyond which nothing of a path is seen, where it reaches beyond."""
        box = gc.get_clip_rectangle()
        if box is None:
            return ""
        left, right, top, bottom = box.x0, box.x1, self._height - box.y1, self._height - box.y0
        (low, high), (far, deep) = points.min(axis=0), points.max(axis=0)
        if low >= left - 0.5 and far <= right + 0.5 and high >= top - 0.5 and deep <= bottom + 0.5:
            return ""
        name = self._once(
            f'<clipPath id="{{name}}"><rect x="{_number(left)}" y="{_number(top)}" '
            f'width="{_number(right - left)}" height="{_number(bottom - top)}"/></clipPath>'
        )
        return f' clip-path="url(#{name})"'

    def _once(self, element: str) -> str:
        """The name of an element that is drawn by its name; it stands before its first use."""
        name = self._ids.get(element)
        if name is None:
            name = self._ids[element] = f"{self._name}-{len(self._ids)}"
            self.drawn.append(f"<defs>{element.format(name=name)}</defs>")
        return name


def _is_bold(prop: FontProperties) -> bool:
    weight = prop.get_weight()
    return (weight if isinstance(weight, int) else font_manager.weight_dict[weight]) >= BOLD


def _number(value: float) -> str:
    """A number with at most two digits behind the point."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _outline(points: Any, codes: Any) -> str:
    """The path data of vertices with their codes; without codes a line through them all."""
    shown = [f"{_number(x)} {_number(y)}" for x, y in points.tolist()]
    if codes is None:
        return f"M{shown[0]}L{' '.join(shown[1:])}" if len(shown) > 1 else f"M{shown[0]}"
    parts, at = [], 0
    while at < len(shown):
        if codes[at] == Outline.CLOSEPOLY:
            parts.append("z")
            at += 1
        elif codes[at] == Outline.STOP:
            break
        else:
            letter, count = SEGMENTS[codes[at]]
            parts.append(letter + " ".join(shown[at : at + count]))
            at += count
    return "".join(parts)
