"""What people write beside a ledger, searched as its rows are: titles of runs and panels, items, names of files.

All of it reaches pages, tables and messages. What is found is refused by kind and place, and not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from auditlib.core.errors import InputError, Problem
from auditlib.core.files import stamp
from auditlib.core.kept_verdicts import is_clean, keep_clean
from auditlib.core.yaml_file import Tree, read_tree, validate
from auditlib.ledger.privacy.listed import lists_in_force

__all__ = ["personal_problems", "read_impersonal", "refuse_named", "refuse_words"]

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]

SHOWN = frozenset({"zh", "en", "run", "name", "panel", "id", "title", "note"})
"""The keys of what is shown as it stands; patterns, conditions and names of columns are not."""


def read_impersonal(
    model: type[M], file: Path, name: str | None = None, *, whole: bool = False, offices: frozenset[str] = frozenset()
) -> M:  # fmt: skip
    """A YAML file as ``model``, with no personal data in what it shows, or in the ``whole`` of it.

    A landline under a key of ``offices`` is the one of an office. Raises :class:`InputError`.
    """
    tree = read_tree(file, name)
    read = validate(model, tree)
    searched = ("personal data", tree.texts, whole, sorted(offices), _lists())
    if not is_clean(*searched):
        if problems := personal_problems(tree, whole=whole, offices=offices):
            raise InputError(problems)
        keep_clean(*searched)
    return read


def _lists() -> list[tuple[object, ...]]:
    """The lists of names that texts are searched by, as they are now."""
    return [(str(file), *stamp(file)) for file in lists_in_force()]


def personal_problems(tree: Tree, *, whole: bool = False, offices: frozenset[str] = frozenset()) -> list[Problem]:
    """The personal data in the texts of a file that are shown, or in all of them, each by its kind and place."""
    # Here and below: what is known to be clean needs no patterns.
    from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, find_personal, names_persons, withhold

    return [
        tree.problem(path, f"found {told}, expected {NO_PERSONAL_DATA}")
        for path, text in _texts(tree.value, ())
        if whole or path[-1] in SHOWN
        if (told := withhold(text, persons=names_persons(_key(path)))) != text
        if not (_key(path) in offices and {span.kind for span in find_personal(text)} == {"phone"})
    ]


def _key(path: Place) -> str:
    """The key that says what a text is of; that of a text in two languages is the one above its languages."""
    return str(path[-2] if path[-1] in ("zh", "en") and len(path) > 1 else path[-1])


def _texts(value: Any, path: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))
    elif isinstance(value, str) and path:
        yield path, value


def refuse_named(files: Iterable[Path]) -> None:
    """Refuses files in whose names personal data stand: rejected rows and reports say which file they are of.

    Raises :class:`InputError`.
    """
    from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, withhold

    for file in files:
        if (told := withhold(file.name)) != file.name:
            found = f"found a file with {told} in its name, expected {NO_PERSONAL_DATA}"
            raise InputError.at(file.parent, "", found)


def refuse_words(place: object, what: str, words: Iterable[str]) -> None:
    """Refuses what a ``place`` calls ``what`` (its columns, sheets, folders) by words with personal data in them.

    Raises :class:`InputError`.
    """
    from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, withhold

    for word in words:
        if (told := withhold(word)) != word:
            raise InputError.at(place, "", f"found {told} in the name of {what}, expected {NO_PERSONAL_DATA}")
