"""A hash chain over the runs of a folder: a run that was removed or replaced later shows.

``chain.jsonl`` lies beside the runs, one line a finished run. Each line holds the hash of the run's manifest
and of the line before it, so that no line can be taken out or changed without all later ones being changed.
Who keeps the last line elsewhere holds all before it: only the end of a chain can be cut off unseen.
A run that was copied elsewhere with the chain is checked against it alone: the other runs are where they were.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.guards import json_of, text_of
from auditlib.core.hashes import file_sha256
from auditlib.runs.evidence.manifest import MANIFEST

__all__ = ["CHAIN", "LINK", "PLACE", "Break", "absent", "append", "breaks"]

CHAIN = "chain.jsonl"
LINK = ".run/link.json"
"""The line of a run, kept with it: a chain that was removed whole shows too."""
PLACE = ".run/place.json"
"""Which folder, as the system numbers it, a run was recorded in: there the others of its chain have to be."""
START = "0" * 64


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold: the line (from 1; 0 for none), the run, and what was found."""

    line: int
    run: str
    kind: str
    text: str


def append(out: Path) -> None:
    """Add the finished run in the folder ``out`` to the chain beside it, unless its manifest is there already."""
    folder, run = out.resolve().parent, out.resolve().name
    manifest = file_sha256(out / MANIFEST)
    with FileLock(folder / f".{CHAIN}.lock"):
        lines = _lines(folder / CHAIN)
        last = next((entry for entry in map(_parsed, reversed(lines)) if entry and entry.get("run") == run), None)
        if last is not None and last["manifest"] == manifest:
            write_atomically(out / LINK, f"{json.dumps(last, ensure_ascii=False)}\n".encode())
            write_atomically(out / PLACE, json.dumps(_number(folder)).encode())
            return
        previous = _hash(lines[-1]) if lines else START
        lines.append(json.dumps({"run": run, "manifest": manifest, "previous": previous}, ensure_ascii=False))
        write_atomically(folder / CHAIN, "".join(f"{line}\n" for line in lines).encode())
        write_atomically(out / LINK, f"{lines[-1]}\n".encode())
        write_atomically(out / PLACE, json.dumps(_number(folder)).encode())


def breaks(out: Path) -> list[Break]:
    """Every place where the chain beside the run in ``out`` does not hold; empty where it does.

    A run that was copied elsewhere without its chain says so, and one whose chain and link were removed is unrecorded.
    """
    folder = out.resolve().parent
    found = []
    previous, latest = START, {}
    for number, line in enumerate(_lines(folder / CHAIN), 1):
        entry = _parsed(line)
        if entry is None:
            found.append(Break(number, "", "unreadable", "expected run, manifest and previous as JSON"))
        else:
            latest[entry["run"]] = (number, entry["manifest"])
            if entry["previous"] != previous:
                text = "the line before it was changed, added or removed"
                found.append(Break(number, entry["run"], "broken", text))
        previous = _hash(line)
    for run, (number, manifest) in latest.items():
        file = folder / run / MANIFEST
        if not file.is_file():
            if _at_home(out):
                found.append(Break(number, run, "removed", f"{run}/{MANIFEST} is gone"))
        elif file_sha256(file) != manifest:
            found.append(Break(number, run, "replaced", f"{run}/{MANIFEST} is not the one that was recorded"))
    link = text_of(out / LINK).strip() if (out / LINK).is_file() else ""
    if link and link not in _lines(folder / CHAIN):
        text = f"the line that was written for this run is not in {CHAIN}, or the run was copied without it"
        found.append(Break(0, out.resolve().name, "unrecorded", text))
    elif out.resolve().name not in latest:
        found.append(Break(0, out.resolve().name, "unrecorded", f"expected a line of this run in {CHAIN}"))
    return found


def absent(out: Path) -> list[str]:
    """The runs of the chain that are not beside a run that was copied elsewhere; none where it was made."""
    named = [entry["run"] for entry in map(_parsed, _lines(out.resolve().parent / CHAIN)) if entry]
    gone = [run for run in dict.fromkeys(named) if not (out.resolve().parent / run / MANIFEST).is_file()]
    return [] if _at_home(out) else gone


def _number(folder: Path) -> list[int]:
    stat = folder.stat()
    return [stat.st_dev, stat.st_ino]


def _at_home(out: Path) -> bool:
    """Whether a run lies in the folder in which it was recorded; one that does not say is taken to do."""
    try:
        return bool(json_of(out / PLACE) == _number(out.resolve().parent))
    except (OSError, InputError):
        return True


def _lines(file: Path) -> list[str]:
    return [line for line in text_of(file).split("\n") if line] if file.is_file() else []


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
        return entry if all(isinstance(entry[key], str) for key in ("run", "manifest", "previous")) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
