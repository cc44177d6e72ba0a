"""Where a file writes a name that is not there, and which names of the file may be meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditlib.core.yaml_file import Path_, Tree

__all__ = ["place_of", "written_names"]

NO_QUANTITIES = frozenset({"id", "clause", "title", "unit", "evidence", "mode", "take", "lacking", "group", "outcome"})
"""Keys whose words name something else, or nothing."""


def place_of(tree: Tree, at: Path_, name: str) -> Path_:
    """The path of a name below ``at``, as the value or the key that it is; ``at`` itself where it is not found."""
    value: Any = tree.value
    for part in at:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return at
    return next(_found(value, at, name), at)


def _found(value: Any, at: Path_, name: str) -> Iterator[Path_]:
    if value == name:
        yield at
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == name and at[-1:] in (("add",), ("mean",)):
                yield (*at, key)
            elif key not in NO_QUANTITIES:
                yield from _found(inner, (*at, key), name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _found(inner, (*at, index), name)


def written_names(tree: Tree, known: set[str]) -> set[str]:
    """Of the quantities of a scheme those that have their names from the file, and not from where they stand."""
    made = {
        path[1] for path, at in tree.moved.items()
        if len(path) == 2 and path[0] in ("measures", "quantities") and at != ("quantities", path[1])
    }  # fmt: skip
    return known - made
