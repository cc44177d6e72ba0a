"""Scored periods in files, for the processes that make reports of them: records under hashes, no code.

Whoever makes a report names the files that it is made from and their hashes, in its environment; a file that is another
one is not read. A folder that others can write to makes a report fail, and never wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from auditlib.analysis.request import Asked
from auditlib.analysis.views import Own, ScoredPeriod, joined
from auditlib.core.environment import environment
from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.guards import content_of
from auditlib.core.hashes import digest
from auditlib.core.records import PlainRecords

__all__ = [
    "RECORDS", "SHARED", "Kept", "keep", "kept_files", "kept_period", "kept_standing", "period_folder", "vouching",
]  # fmt: skip

SHARED = "AUDITLIB_SCORED"
"""The environment variable that names a folder of scored periods."""
VOUCHED = "AUDITLIB_SCORED_SHA256"
"""The one that names the files in it that may be read, each with its hash, as JSON."""

RECORDS = PlainRecords(ScoredPeriod, Own)
"""All that a scored period is made of."""

Basis = Mapping[str | None, Mapping[str, str]]


class Kept:
    """What :func:`keep` says of a period: the content hashes of what each report is made from, and those of files."""

    def __init__(self, basis: Basis, files: Mapping[str, str]) -> None:
        self.basis, self.files = basis, files

    def vouched(self, asked: Asked, unit: str | None) -> dict[str, str]:
        """The files that a report may read, each with its hash: what it is made from, and what the units share."""
        names = dict.fromkeys((*kept_files(asked, ""), *kept_files(asked, unit)))
        return {name: self.files[name] for name in names if name in self.files}


def keep(folder: Path | None, scored: ScoredPeriod, units: Iterable[str]) -> Kept:
    """Keep a scored period in ``folder`` for its reports, on each of ``units`` and (None) on all of them.

    Without a folder nothing is written.
    """
    whole, standing = scored.of_ranking(), scored.standing()
    basis: dict[str | None, Mapping[str, str]] = {None: whole.basis}
    files: dict[str, str] = {}

    def write(name: str, value: object) -> None:
        if folder:
            content = RECORDS.dumps(value)
            write_atomically(folder / name, content, durable=False)  # a run that finds it broken scores again
            files[name] = hashlib.sha256(content).hexdigest()

    (ranking,) = kept_files(scored.asked, None)
    write(ranking, whole)
    for place, code in enumerate(units):
        common, own_name = kept_files(scored.asked, code)
        if place == 0:
            write(common, standing)
        own = scored.own(code)
        basis[code] = {**standing.basis, "data": digest(list(own))}
        write(own_name, own)
    return Kept(basis, files)


def period_folder(folder: Path, asked: Asked) -> Path:
    """Where :func:`keep` writes what a period's reports are made from."""
    return folder / _name_of(asked)


@lru_cache(maxsize=64)
def _name_of(asked: Asked) -> str:
    """The name of the folder of a period; a report asks for it many times over, and its calendar is long."""
    return digest(asked)


def kept_files(asked: Asked, unit: str | None) -> tuple[str, ...]:
    """The names, in the folder of :func:`keep`, of the files that a report is made from; what it shares comes first."""
    own = "" if unit is None else f"unit-{hashlib.sha256(unit.encode()).hexdigest()[:32]}"
    names = ("ranking",) if unit is None else ("standing", own)
    return tuple(f"{_name_of(asked)}/{name}.json" for name in names)


@contextmanager
def vouching(files: Mapping[str, str]) -> Any:
    """Let this process, and those that it starts in the block, read these files of the shared folder and no others."""
    with environment({VOUCHED: json.dumps(dict(files))}):
        yield


def kept_period(asked: Asked, unit: str | None) -> ScoredPeriod | None:
    """The period as a report on ``unit``, or on all units, may show it; None where the report has to score it itself.

    Raises :class:`InputError` for a file that is not the one that was written.
    """
    names = kept_files(asked, unit)
    if not (folder := os.environ.get(SHARED)) or not all(name in _vouched() for name in names):
        return None
    found = [_read(Path(folder) / name, _vouched()[name]) for name in names]
    return found[0] if unit is None else joined(*found)


def kept_standing(asked: Asked) -> ScoredPeriod | None:
    """What the reports on the units of a period share; None where this report has to score it itself.

    It is read without Polars. One that is not there yet may come: of its absence nothing is remembered. Raises
    :class:`InputError` for a file that is not the one that was written.
    """
    folder, shared = os.environ.get(SHARED), kept_files(asked, "")[0]
    if not folder or shared not in _vouched() or not (Path(folder) / shared).is_file():
        return None
    standing: ScoredPeriod = _read(Path(folder) / shared, _vouched()[shared])
    return standing


def _vouched() -> dict[str, str]:
    return dict(json.loads(os.environ.get(VOUCHED) or "{}"))


@lru_cache(maxsize=3)
def _read(file: Path, sha256: str) -> Any:
    content = content_of(file)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError.at(file, "", "found other content than was scored; somebody changed it: run it again")
    return RECORDS.loads(content)
