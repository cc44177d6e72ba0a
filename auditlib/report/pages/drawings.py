"""Figures within pages: in a notebook a picture, in a page a drawing with its text, on paper a picture again.

A notebook that is opened elsewhere shows pictures, but no drawings before its reader trusts it; a page can be searched,
its text copied and its parts pointed at only where drawings stand in it as such; and WeasyPrint and DOCX take files.
"""

from __future__ import annotations

import base64
import re

__all__ = ["DRAWING", "drawing_in", "with_drawings", "with_pictures"]

DRAWING = "data:image/svg+xml;base64,"
"""Before a drawing, as the address of a picture."""
PICTURE = re.compile(rf'<img src="{re.escape(DRAWING)}([A-Za-z0-9+/=]+)" alt="([^"]*)" width="(\d+)">')
DRAWN = re.compile(r'(<svg )role="img" aria-label="([^"]*)" width="(\d+)" (.*?</svg>)', re.DOTALL)


def drawing_in(address: str) -> str | None:
    """The drawing that the address of a picture holds; None where it holds none."""
    if not address.startswith(DRAWING):
        return None
    return base64.b64decode(address.removeprefix(DRAWING)).decode("utf-8")


def with_drawings(markup: str) -> str:
    """The markup of our sections with their drawings in place of pictures."""
    return PICTURE.sub(_drawing, markup) if DRAWING in markup else markup


def with_pictures(page: str) -> str:
    """A page of ours with pictures in place of its drawings."""
    return DRAWN.sub(_picture, page) if "<svg " in page else page


def _drawing(picture: re.Match[str]) -> str:
    drawing = base64.b64decode(picture[1]).decode("utf-8")
    return drawing.replace("<svg ", f'<svg role="img" aria-label="{picture[2]}" width="{picture[3]}" ', 1)


def _picture(drawn: re.Match[str]) -> str:
    data = base64.b64encode(f"{drawn[1]}{drawn[4]}".encode()).decode("ascii")
    return f'<img src="{DRAWING}{data}" alt="{drawn[2]}" width="{drawn[3]}">'
