"""Where schemes, ledgers, panels, run files and notebooks are found, in a clone and in an installed package."""

from __future__ import annotations

import os
from pathlib import Path

from auditlib.core.errors import InputError

__all__ = ["PACKAGE", "find", "home", "names_in", "shipped", "shown"]

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of the library."""


def home() -> Path:
    """The folder that holds ``params/`` and ``notebooks/``.

    In this order: the one named by the environment variable ``AUDITLIB_HOME``; the working folder or
    one above it with ``params/schemes`` in it; what :func:`shipped` gives.
    """
    if named := os.environ.get("AUDITLIB_HOME"):
        return Path(named)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if _is_home(folder)), shipped())


def shipped() -> Path:
    """The folder with the ``params/`` and ``notebooks/`` of this software: in its clone, or inside the package."""
    return PACKAGE.parent if _is_home(PACKAGE.parent) else PACKAGE / "shipped"


def find(given: str | Path, folder: str = "", ending: str = "") -> Path:
    """The file or folder that a command line, a run file or a notebook names; a path that exists always wins.

    Else the same path from :func:`home`, so that what the documents name is found from everywhere; else, where
    ``folder`` is one of ``params``, what has the name there, without its ``ending``. Where there is none, the path as
    it was given, for whoever opens it to refuse. Raises :class:`InputError` for a name that no file can have.
    """
    path = Path(given)
    places = [path, home() / path]
    if folder and str(given) == path.name:
        places.append(home() / "params" / folder / f"{path.name}{ending}")
    return next((place for place in places if str(given) and _is_there(place)), path)


def names_in(folder: str, sign: str) -> str:
    """The names by which :func:`find` knows what is in a ``folder`` of ``params``, for a message.

    ``sign`` is the pattern of what tells them: ``*.yaml`` for files, ``*/ledger.yaml`` for folders that hold one.
    """
    files = (home() / "params" / folder).glob(sign)
    return ", ".join(sorted(file.parent.name if "/" in sign else file.stem for file in files)) or "none"


def shown(path: Path) -> str:
    """A path as a person would write it: relative to the working folder where it lies inside."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except OSError as error:
        told = f"found a name that the system refuses ({error.strerror}), expected one of a file or folder"
        raise InputError.at(str(place)[:200], "", told) from None


def _is_home(folder: Path) -> bool:
    return (folder / "params" / "schemes").is_dir()
