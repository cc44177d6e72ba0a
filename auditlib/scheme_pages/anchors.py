"""The stable anchors of a dossier: other pages link to ``s22-heating.html#clause-…``, whatever is added around it."""

from __future__ import annotations

import re
from urllib.parse import quote

__all__ = ["anchor", "link"]


def anchor(kind: str, *names: str) -> str:
    """The id of an element: its kind, then its names. White space and ``%`` are escaped, so no two names meet."""
    name = ".".join(re.sub(r"[%\s]", lambda found: quote(found[0], safe=""), part) for part in names)
    return f"{kind}-{name}"


def link(target: str, page: str = "") -> str:
    """The address of an anchor, on this page or on another beside it."""
    return f"{quote(page)}#{quote(target, safe='()-._')}"
