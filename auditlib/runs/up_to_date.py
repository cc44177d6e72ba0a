"""Whether a run has nothing to do: told in a moment, from sizes and times of change, as make does.

Asked before anything heavy is imported. Where any of them differs, the contents decide (:mod:`.store`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.files import stamp, write_atomically
from auditlib.core.guards import json_of
from auditlib.core.hashes import digest, software_as_seen
from auditlib.core.home import find, home
from auditlib.ledger.privacy.listed import lists_in_force
from auditlib.runs.runfile import RunFile

__all__ = ["run_key", "settle", "settled"]

FILE = ".run/settled.json"


def run_key(run: RunFile) -> str:
    """A hash that changes with the run file, the software, and any file that the run can read."""
    params, scheme = home() / "params", find(run.scheme)
    read = [
        find(run.ledger, "demonstrations"),
        params / "schemes",
        params / "calendars",
        params / "adjustments",
        *lists_in_force(),
        *([find(run.calendar)] if run.calendar else []),
        home() / "notebooks",
        *([find(run.own_notebooks)] if run.own_notebooks else []),
        *([scheme] if scheme.is_file() else []),
    ]
    stamps = sorted((file.as_posix(), *stamp(file)) for place in read for file in _files(place))
    return digest([run.model_dump(mode="json"), software_as_seen(), stamps])


def settle(folder: Path, key: str, names: Iterable[str]) -> None:
    """Note that the run with this key is finished in ``folder``, with these files."""
    stamps = {name: stamp(folder / name) for name in names}
    write_atomically(folder / FILE, json.dumps({"key": key, "files": stamps}, sort_keys=True).encode())


def settled(folder: Path, key: str) -> int | None:
    """How many files a run has that is finished and untouched; None where it has to be looked at."""
    try:
        noted = json_of(folder / FILE)
        held = noted["key"] == key and all(stamp(folder / name) == tuple(was) for name, was in noted["files"].items())
    except (OSError, InputError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return len(noted["files"]) if held else None


def _files(place: Path) -> Iterable[Path]:
    """A file, or those of a folder and of the folders in it; what is deeper nothing reads."""
    inside = (file for depth in ("*", "*/*") for file in place.glob(depth))
    return [place] if place.is_file() else (file for file in inside if file.is_file())
