"""The user's own notebooks: the folder that a run file declares, and the files there that they can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.hashes import file_sha256
from auditlib.core.home import find, home, shown
from auditlib.runs.runfile import RunFile

__all__ = ["find_notebook", "needs", "own_folder_of"]

MOST = 10_000
"""Files of such a folder: more of them are a folder for something else."""


def own_folder_of(run: RunFile) -> Path | None:
    """The folder of the user's own notebooks; None where the run declares none. Raises :class:`InputError`."""
    if not run.own_notebooks:
        return None
    folder = find(run.own_notebooks)
    if not folder.is_dir():
        problem = run.problem(("own_notebooks",), f"found {run.own_notebooks}, expected a folder of notebooks")
        raise InputError(problem)
    return folder


def find_notebook(name: str, own: Path | None) -> Path:
    """The file of a notebook of a run: the user's own where there is one, else the one that is shipped."""
    file = own / f"{name}.ipynb" if own else None
    return file if file and file.is_file() else home() / "notebooks" / f"{name}.ipynb"


def needs(run: RunFile, own: Path | None) -> Mapping[str, str]:
    """The hash of every file, by its name in the folder, that the user's own notebooks can import, run or read.

    The notebooks of the run are left out, each is an input by itself, and so is what Python and Jupyter write there.
    Raises :class:`InputError` where there are too many of them.
    """
    if own is None:
        return {}
    used = {f"{use.notebook}.ipynb" for use in run.notebooks}
    names = [name for name in _files(own) if name not in used]
    return {name: file_sha256(own / name) for name in sorted(names)}


def _files(folder: Path) -> Iterator[str]:
    for count, file in enumerate(path for path in folder.rglob("*") if path.is_file()):
        if count == MOST:
            told = f"found more than {MOST:,} files, expected a folder of the notebooks and what they need alone"
            raise InputError.at(shown(folder), "", told)
        parts = file.relative_to(folder).parts
        if not any(part.startswith(".") or part == "__pycache__" for part in parts):
            yield "/".join(parts)
