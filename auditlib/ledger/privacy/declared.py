"""What people write beside a ledger, searched as its rows are: titles of runs and panels, items, names of files.

All of it reaches pages, tables and messages. What is found is refused by kind and place, and not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_tree, validate
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, withhold

__all__ = ["read_impersonal", "refuse_named"]

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]

SHOWN = frozenset({"zh", "en", "run", "name", "panel", "id", "title", "note"})
"""The keys of what is shown as it stands; patterns, conditions and names of columns are not."""


def read_impersonal(model: type[M], file: Path, name: str | None = None) -> M:
    """A YAML file as ``model``, with no personal data in what it shows. Raises :class:`InputError`."""
    tree = read_tree(file, name)
    read = validate(model, tree)
    problems = [
        tree.problem(path, f"found {told}, expected {NO_PERSONAL_DATA}")
        for path, text in _shown(tree.value, ())
        if (told := withhold(text)) != text
    ]
    if problems:
        raise InputError(problems)
    return read


def _shown(value: Any, path: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _shown(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _shown(inner, (*path, index))
    elif isinstance(value, str) and path and path[-1] in SHOWN:
        yield path, value


def refuse_named(files: Iterable[Path]) -> None:
    """Refuses files in whose names personal data stand: rejected rows and reports say which file they are of.

    Raises :class:`InputError`.
    """
    for file in files:
        if (told := withhold(file.name)) != file.name:
            found = f"found a file with {told} in its name, expected {NO_PERSONAL_DATA}"
            raise InputError.at(file.parent, "", found)
