"""papermill's paths ``auditlib://…``: the notebooks by name, wherever auditlib is installed and whatever the folder.

``papermill auditlib://unit_audit.ipynb OUT.ipynb`` reads the notebook that runs use, and with
``-f auditlib://unit_audit.yaml`` its parameters in ``params/notebooks``. papermill imports this module whenever it is
imported itself, so it imports nothing heavy.
"""

from __future__ import annotations

from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.home import home

__all__ = ["SCHEME", "ShippedNotebooks"]

SCHEME = "auditlib://"


class ShippedNotebooks:
    """What papermill asks of a place: reading is possible, writing is refused."""

    @classmethod
    def read(cls, path: str) -> str:
        """The text of a notebook, or of a file of parameters. Raises :class:`InputError` where there is none."""
        folder = home() / ("notebooks" if path.endswith(".ipynb") else "params/notebooks")
        known = sorted(file.name for file in folder.iterdir() if file.suffix in (".ipynb", ".yaml"))
        name = path.removeprefix(SCHEME)
        if name not in known:
            raise InputError.at(path, "", f"no such file, expected {SCHEME} with one of {', '.join(known)}")
        return (folder / name).read_text(encoding="utf-8")

    @classmethod
    def listdir(cls, path: str) -> list[str]:
        """The notebooks that there are."""
        return sorted(f"{SCHEME}{file.name}" for file in Path(home() / "notebooks").glob("*.ipynb"))

    @classmethod
    def write(cls, buf: str, path: str) -> None:
        """Raises :class:`InputError`: what is shipped is not overwritten."""
        raise InputError.at(path, "", "found a shipped file as the output, expected the path of a new file")

    @classmethod
    def pretty_path(cls, path: str) -> str:
        return path
