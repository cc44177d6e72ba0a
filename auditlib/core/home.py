"""Where schemes, ledgers, panels, run files and notebooks are found, in a clone and in an installed package."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from auditlib.core.environment import environment
from auditlib.core.errors import InputError

__all__ = ["PACKAGE", "find", "from_home", "home", "names_in", "placing", "shipped", "shown"]

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of the library."""
PLACES = "AUDITLIB_PLACES"
"""The environment variable that says where things lie that have moved, as JSON."""


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
    it was given, for whoever opens it to refuse. What has moved is found by :func:`placing` before all. Raises
    :class:`InputError` for a name that no file can have.
    """
    if moved := json.loads(os.environ.get(PLACES) or "{}").get(f"{folder}:{given}"):
        return Path(moved)
    path = Path(given)
    places = [path, home() / path]
    if folder and str(given) == path.name:
        places.append(home() / "params" / folder / f"{path.name}{ending}")
    return next((place for place in places if str(given) and _is_there(place)), path)


@contextmanager
def placing(moved: Mapping[tuple[str, str], Path], home_folder: Path | None = None) -> Iterator[None]:
    """Let :func:`find` give other places in the block, in this process and in those that it starts.

    ``moved`` is by folder of params and name as it is given; names as they are shown stay. ``home_folder`` is what
    :func:`home` gives in it, None for what it gave before.
    """
    told = {f"{folder}:{given}": str(path.resolve()) for (folder, given), path in moved.items()}
    known = json.loads(os.environ.get(PLACES) or "{}")
    added = {PLACES: json.dumps(known | told), "AUDITLIB_HOME": str(home_folder or home())}
    with environment(added):
        yield


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


def from_home(given: str) -> str:
    """``given`` as :func:`find` knows it in every folder of the clone, for a command that is printed to be repeated.

    A notebook runs in its own folder: what it makes there goes by another name in the folder of the one who repeats
    it. A name, a path that leads out of :func:`home`, and one that is not there stay as they are.
    """
    path, top = Path(given), home().resolve()
    if path.is_absolute() or not given or not _is_there(path) or not path.resolve().is_relative_to(top):
        return given
    return path.resolve().relative_to(top).as_posix() if Path.cwd().resolve() != top else given


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except OSError as error:
        told = f"found a name that the system refuses ({error.strerror}), expected one of a file or folder"
        raise InputError.at(str(place)[:200], "", told) from None


def _is_home(folder: Path) -> bool:
    return (folder / "params" / "schemes").is_dir()
