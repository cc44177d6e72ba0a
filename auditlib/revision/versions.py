"""The versions of a scheme that there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from auditlib.core.home import shown
from auditlib.scheme.load import SchemeFile, find_scheme, load_scheme
from auditlib.scheme.model import Scheme

__all__ = ["open_version", "other_versions"]


def open_version(name: str, effective: date, folder: Path) -> SchemeFile:
    """The scheme in a file, or of an id the version in force on the day before a new one begins.

    Raises :class:`InputError` where there is none, or more than one.
    """
    path = find_scheme(name, folder, effective - timedelta(days=1))
    return load_scheme(path, shown(path))


def other_versions(file: SchemeFile, folders: Iterable[Path]) -> tuple[Scheme, ...]:
    """The other versions of a scheme in its own folder and in ``folders``, each by its file name."""
    own = file.tree.file.resolve()
    id = file.natural.scheme
    paths = {
        path.resolve(): path
        for folder in [file.tree.file.parent, *folders]
        for path in [*folder.glob(f"{id}.yaml"), *folder.glob(f"{id}@*.yaml")]
    }
    return tuple(load_scheme(path, shown(path)).natural for real, path in sorted(paths.items()) if real != own)
