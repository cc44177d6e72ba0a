"""Data of the site in parts: scripts that hold one JSON value each.

A page that is opened from disk may not fetch files, but it may add a script element for a file beside it. A part is
therefore one call, ``auditlib.part(NAME, VALUE)``, whose value is JSON and nothing else. Its name contains the hash of
its content: a page shows the data that it was written with or none, and an unchanged part is not written again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.core.files import write_atomically
from auditlib.core.visible import visible

__all__ = ["FOLDER", "LIMIT", "Part", "file_text", "in_bounds", "json_text", "make_part", "remove_others", "write_part"]

FOLDER = "site"
LIMIT = 200_000
"""How many bytes of rows go into a part, about; one row is never divided."""
NAME = re.compile(r"[\w.-]+\.[0-9a-f]{12}\.js")
UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""What could end a script element, begin a comment or break a line of script: escaped as JSON allows."""


@dataclass(frozen=True)
class Part:
    """A file of data: its name, and its content."""

    name: str
    content: bytes


def json_text(value: Any) -> str:
    """A value as JSON that can stand inside HTML and inside a script, whatever its texts hold."""
    text = _json(value)
    if "\\u00" in text:  # a control character somewhere: rare, and slow to look for in every text by itself
        text = _json(_shown(value))
    return visible(text).translate(UNSAFE)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def make_part(subject: str, value: Any) -> Part:
    """A value as a part; ``subject`` is for people who look at the folder."""
    text = json_text(value)
    name = f"{file_text(subject)}.{hashlib.sha256(text.encode()).hexdigest()[:12]}.js"
    return Part(name, f"auditlib.part({json_text(name)},{text});\n".encode())


def write_part(folder: Path, part: Part) -> None:
    """Write a part into the folder of the parts, unless it is there; its name says its content."""
    file = folder / part.name
    if not (file.is_file() and file.stat().st_size == len(part.content)):
        write_atomically(file, part.content)


def remove_others(folder: Path, names: Iterable[str]) -> None:
    """Remove the parts that no page names any more, and nothing else."""
    kept = set(names)
    for file in folder.glob("*.js"):
        if file.name not in kept and NAME.fullmatch(file.name):
            file.unlink()


def in_bounds(rows: Iterable[Any], size: int = LIMIT) -> Iterator[list[Any]]:
    """Rows in lists of about ``size`` bytes of JSON each, none of them empty."""
    held: list[Any] = []
    length = 0
    for row in rows:
        own = len(json_text(row).encode())
        if held and length + own > size:
            yield held
            held, length = [], 0
        held.append(row)
        length += own
    if held:
        yield held


def file_text(text: str) -> str:
    """A text as part of a file name: letters of any script, digits, hyphens and points."""
    return re.sub(r"[^\w.-]", "_", text)[:80].lstrip(".") or "_"


def _shown(value: Any) -> Any:
    """Texts without characters that nobody sees or that turn others around."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return value
