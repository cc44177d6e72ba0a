"""Where things lie, and the two languages of the handbook."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

__all__ = ["COOKBOOK", "DOCS", "LANGUAGES", "ROOT", "Language", "Told", "shown"]

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
COOKBOOK = DOCS / "cookbook"

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")
Told = dict[Language, str]
"""A text in both languages."""


def shown(file: Path) -> str:
    """A file by its path in the project."""
    return file.relative_to(ROOT).as_posix()
