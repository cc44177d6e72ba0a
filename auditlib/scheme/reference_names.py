"""The names that a scheme file refers to as ``$name``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["references_in"]


def references_in(value: Any) -> Iterator[str]:
    """The names that ``$name`` refers to anywhere inside ``value``."""
    if isinstance(value, str) and value.startswith("$"):
        yield value[1:]
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from references_in(item)
