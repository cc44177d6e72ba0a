"""A small panel on disk, for tests to write answers into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

MINIMAL = """\
panel: example             # panel.yaml, the least that works; tables, thresholds and options are added beside these
title: {zh: 试, en: Trial}
scale: {min: 1, max: 5}    # max is the top mark
items:                     # a tree: an item may have `items` of its own
  - {id: a, title: {zh: 甲, en: A}}
  - {id: b, title: {zh: 乙, en: B}}
"""


@pytest.fixture
def panel(tmp_path: Path) -> Callable[..., Path]:
    """A panel folder: the minimal panel.yaml of the public contract, ``more`` keys, and files by name."""

    def make(files: dict[str, str], more: str = "", base: str = MINIMAL) -> Path:
        folder = tmp_path / "panel"
        folder.mkdir(exist_ok=True)
        (folder / "panel.yaml").write_text(base + more, encoding="utf-8")
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return make
