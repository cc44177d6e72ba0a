"""Names from data as file names that every system takes."""

from __future__ import annotations

import hashlib
import re

__all__ = ["file_name", "is_reserved"]

RESERVED = re.compile("(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³]|conin\\$|conout\\$)(?:\\..*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever ending follows."""


def is_reserved(name: str) -> bool:
    """Whether Windows has no file of this name."""
    return RESERVED.fullmatch(name.rstrip(" .")) is not None


def file_name(name: str, instead: str = "unit") -> str:
    """A file name for ``name``: itself where it is harmless, else the harmless part of it, or ``instead``, and a hash.

    It leaves room for an ending and a notebook's name in the 255 bytes that a file name may have.
    """
    harmless = re.sub(r"[^\w一-鿿-]", "_", name)[:60].encode()[:180].decode(errors="ignore").strip("._-")
    if harmless and harmless == name and not is_reserved(name):
        return name
    return f"{harmless or instead}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
