"""How wide texts are in the packaged fonts, sign by sign, without laying them out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font, LoadFlags

from auditlib.report.pages.fonts import FOLDER

__all__ = ["Face", "face_of", "font_files", "text_width"]

LARGE = 72
"""Points: a face is measured at this size."""


class Face:
    """A face of the packaged font: how wide its signs are, and ``heights`` of a line above and below what it stands on
    and between two of them, all in parts of its size."""

    def __init__(self, bold: bool) -> None:
        # In memory: an open file would be read by all processes forked later from one and the same position.
        self._fonts = [FT2Font(BytesIO(file.read_bytes())) for file in font_files(bold)]
        for font in self._fonts:
            font.set_size(LARGE, LARGE)
        self._widths: dict[str, float] = {}
        said = self._fonts[0].get_sfnt_table("OS/2")
        em = self._fonts[0].units_per_EM
        assert said is not None
        self.heights = said["sTypoAscender"] / em, -said["sTypoDescender"] / em, said["sTypoLineGap"] / em

    def width(self, text: str) -> float:
        """How wide a line of text is."""
        widths = self._widths
        return sum(widths[sign] if sign in widths else self._measured(sign) for sign in text)

    def _measured(self, sign: str) -> float:
        code = ord(sign)
        font = next((font for font in self._fonts if font.get_char_index(code)), self._fonts[0])
        glyph = font.load_char(code, flags=LoadFlags.NO_HINTING)
        self._widths[sign] = glyph.linearHoriAdvance / 65536 / LARGE
        return self._widths[sign]


@cache
def face_of(bold: bool) -> Face:
    """The regular or the bold face, measured once a process."""
    return Face(bold)


def font_files(bold: bool) -> Iterator[Path]:
    """The file of the packaged face, and that of matplotlib's own font for the signs that it lacks."""
    yield FOLDER / f"AuditSansSC-{'Bold' if bold else 'Regular'}.otf"
    yield Path(mpl.get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"


def text_width(text: str, bold: bool = False) -> float:
    """How wide a line of text is, in parts of its font size."""
    return face_of(bold).width(text)
