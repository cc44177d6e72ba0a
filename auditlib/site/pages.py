"""Pages of ours that belong to no run: panels, revisions, and what else lies in the folder of reports."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from auditlib.site.schemes import DOSSIERS

__all__ = ["PANELS", "loose_pages"]

PANELS = "panels"
OURS = re.compile(rb'<meta name="generator" content="auditlib">')
TITLE = re.compile(rb"<title>(.*?)</title>", re.DOTALL)
HEAD = 8_000


def loose_pages(root: Path, runs: set[str]) -> dict[str, list[dict[str, str]]]:
    """By ``panels`` and ``others``: each page with its address below ``root``, its title and its folder."""
    found: dict[str, list[dict[str, str]]] = {"panels": [], "others": []}
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if folder.name in (DOSSIERS, *runs):
            continue
        kind = "panels" if folder.name == PANELS else "others"
        for file in sorted(_pages(folder, 2 if kind == "panels" else 1)):
            place = file.relative_to(root)
            if not any(place.is_relative_to(run) for run in runs) and (title := _title(file)):
                found[kind].append({"href": place.as_posix(), "title": title, "folder": place.parent.as_posix()})
    return found


def _pages(folder: Path, depth: int) -> Iterator[Path]:
    for level in range(1, depth + 1):
        yield from folder.glob("/".join(["*"] * (level - 1) + ["*.html"]))


def _title(file: Path) -> str:
    """The title of a page that auditlib wrote; empty for any other."""
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    match = TITLE.search(head)
    return html.unescape(match[1].decode("utf-8", "replace")) if match and OURS.search(head) else ""
