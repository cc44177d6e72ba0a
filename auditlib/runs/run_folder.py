"""The folder of a run: which of its reports are finished, and why the others are not.

A report is finished when its entry exists, was made from the same inputs, and its files are still those that
were written. Nothing else counts: a run that was killed at any instant goes on from there.

    RUN/PERIOD/UNIT.html, UNIT.ipynb    the reports
    RUN/manifest.json, index.html       written when all are finished
    RUN/.run/entries/                   an entry for every finished report
    RUN/.run/lock, work/                the runner at work, and what it has not finished
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from auditlib.core.errors import InputError
from auditlib.core.files import stamp, write_atomically
from auditlib.core.guards import json_of
from auditlib.core.hashes import file_sha256
from auditlib.core.private import own_folder

__all__ = ["Entry", "Store"]


OWN = ("entries", "work", "scored", "history")
"""The folders in ``.run``."""


@dataclass(frozen=True)
class Entry:
    """A finished report: what it was made from, and what it became, by content hash.

    ``stamps`` are size and time of change of each file: while they stand, the content need not be read again.
    """

    id: str
    inputs: Mapping[str, str]
    files: Mapping[str, str]
    failure: str | None
    seconds: float
    stamps: Mapping[str, tuple[int, int]] = field(default_factory=dict)


class Store:
    """The entries of a run's folder. Only the holder of its lock may write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.own = folder / ".run"
        self.entries = self.own / "entries"
        self.work = self.own / "work"

    @contextmanager
    def locked(self, waiting: Callable[[], object]) -> Iterator[None]:
        """Hold the folder against other runners; ``waiting`` is called once where another one is at work.

        What a killed runner left unfinished is removed.
        """
        for place in (self.own, *(self.own / name for name in OWN)):
            if place.is_symlink():  # what is removed in it would be removed elsewhere
                raise InputError.at(place, "", "found a link, expected a folder of the run itself")
        own_folder(self.own, 0o755)  # others may read what the run says of itself
        lock = FileLock(self.own / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire()
        try:
            shutil.rmtree(self.work, ignore_errors=True)
            own_folder(self.work)
            for left in self.folder.rglob(".*~"):
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
            yield
            shutil.rmtree(self.work, ignore_errors=True)
        finally:
            lock.release()

    def entry(self, id: str) -> Entry | None:
        """The entry of a report, or None where there is none that can be read."""
        try:
            value = json_of(self._file(id))
            value["stamps"] = {name: tuple(was) for name, was in value["stamps"].items()}
            entry = Entry(**value)
        except (OSError, InputError, ValueError, TypeError, KeyError, AttributeError):
            return None
        return entry if entry.id == id else None

    def pending(self, id: str, inputs: Mapping[str, str]) -> tuple[str, ...]:
        """Why a report has to be made: ``new``, ``failed``, the inputs that changed, ``missing`` or ``altered`` files.

        Empty where it is finished.
        """
        entry = self.entry(id)
        if entry is None:
            return ("new",)
        if entry.failure is not None:
            return ("failed",)
        changed = [name for name in (*inputs, *entry.inputs) if inputs.get(name) != entry.inputs.get(name)]
        return tuple(dict.fromkeys(changed)) or tuple(dict.fromkeys(self._lost(entry)))

    def _lost(self, entry: Entry) -> Iterator[str]:
        for name, sha256 in entry.files.items():
            file = self.folder / name
            try:
                if stamp(file) != entry.stamps.get(name) and file_sha256(file) != sha256:
                    yield "altered"
            except OSError:
                yield "missing"

    def finish(
        self, id: str, inputs: Mapping[str, str], files: Mapping[str, Path], failure: str | None, seconds: float
    ) -> None:
        """Write the entry of a report whose ``files`` (by their name in the folder) are all in place."""
        hashes = {name: file_sha256(file) for name, file in files.items()}
        stamps = {name: stamp(file) for name, file in files.items()}
        entry = Entry(id, dict(inputs), hashes, failure, seconds, stamps)
        self.write(self._file(id), asdict(entry))

    def forget(self, ids: frozenset[str]) -> list[str]:
        """Remove entries that are not among ``ids``; returns the ids that they had."""
        gone = []
        for file in sorted(self.entries.glob("*.json")):
            try:
                id = json_of(file)["id"]
            except (OSError, InputError, TypeError, KeyError):
                id = None
            if id not in ids:
                file.unlink()
                gone += [id] if id else []
        return gone

    def write(self, file: Path, value: Any) -> None:
        """Write ``value`` as JSON, whole or not at all."""
        write_atomically(file, (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())

    def _file(self, id: str) -> Path:
        return self.entries / f"{hashlib.sha256(id.encode()).hexdigest()[:32]}.json"
