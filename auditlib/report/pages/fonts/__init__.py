"""The packaged Chinese fonts, so that a chart looks the same on every machine and never shows boxes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["FAMILY", "FOLDER", "add_fonts"]

FAMILY = "Audit Sans SC"
"""A name of its own: a Noto Sans SC that the machine happens to have is never drawn instead."""
FOLDER = Path(__file__).parent


@cache
def add_fonts() -> str:
    """Makes the fonts known to matplotlib, once, and returns the family to ask for."""
    from matplotlib import font_manager

    for face in sorted(FOLDER.glob("*.otf")):
        font_manager.fontManager.addfont(str(face))
    return FAMILY
