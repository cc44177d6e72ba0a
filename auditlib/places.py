"""Where schemes, calendars, mappings and notebooks are found, in a clone and in an installed package."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["home", "shown"]


def home() -> Path:
    """The folder that holds ``params/`` and ``notebooks/``.

    In this order: the one named by the environment variable ``AUDITLIB_HOME``; the working folder or
    one above it with ``params/schemes`` in it; the clone that the package was installed from; the
    copy inside the package.
    """
    if named := os.environ.get("AUDITLIB_HOME"):
        return Path(named)
    here = Path.cwd()
    package = Path(__file__).resolve().parent
    candidates = [here, *here.parents, package.parent]
    return next((folder for folder in candidates if (folder / "params" / "schemes").is_dir()), package / "shipped")


def shown(path: Path) -> str:
    """A path as a person would write it: relative to the working folder where it lies inside."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)
