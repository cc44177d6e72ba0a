"""The check of a long ledger in CSV, kept so that its next reader need not check every cell again.

What was accepted lies as Parquet in the user's own cache folder, under a hash of everything that the check depends on:
the files, what the ledger says of itself, the as-of time, the software. It is sealed with the user's key; what bears no
such seal, or is not as it was sealed, is not taken, and the ledger is checked anew. No scheme has a part in the check:
what a scheme declares of further columns is looked at whenever it is scored.
"""

from __future__ import annotations

import hmac
import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from platformdirs import user_cache_path, user_state_path

from auditlib.core.errors import InputError
from auditlib.core.files import stamp, whole_folder, write_atomically
from auditlib.core.guards import json_of
from auditlib.core.hashes import digest, file_sha256, software
from auditlib.core.private import own_folder, own_key, owned_by_us

__all__ = ["CheckedRows", "KeptCheck"]

LEAST = 2**25
"""Bytes of the files of a ledger from which on its check is kept: below that, checking takes no more than a second."""
MOST, DAY = 8, 86_400
"""So many checks are kept; of more, those that nobody asked for within a day go."""
SEAL, FAULTS = "seal.json", "faults.parquet"


@dataclass(frozen=True)
class CheckedRows:
    """The outcome of a check: accepted rows and faults, rows that were rejected by register, wrong counts of fields."""

    registers: Mapping[str, pl.LazyFrame]
    faults: pl.DataFrame
    accepted: Mapping[str, int]
    rejected: Mapping[str, int]
    field_counts: tuple[tuple[int, int], ...] = ()


class KeptCheck:
    """Where the check of a ledger in some files is kept, and under which hash."""

    def __init__(self, files: Sequence[Path], note: Any, as_of: datetime | None, lists: Mapping[str, str]) -> None:
        self._files = {file: stamp(file) for file in files}
        hashes = [[file.name, file.parent.name, file_sha256(file)] for file in files]
        self._key = digest([hashes, note, as_of, lists, software()])
        self._root = user_cache_path("auditlib", appauthor=False) / "checked"
        self._folder = self._root / self._key

    @classmethod
    def of(cls, files: Sequence[Path], note: Any, as_of: datetime | None, lists: Mapping[str, str]) -> KeptCheck | None:
        """The place for a ledger of these files, looked through with these ``lists`` of names.

        None where it is short, or has nothing that is slow to check.
        """
        texts = any(file.name.lower().endswith((".csv", ".csv.gz")) for file in files)
        if not texts or sum(file.stat().st_size for file in files) < LEAST:
            return None
        return cls(files, note, as_of, lists)

    def recall(self) -> CheckedRows | None:
        """The check that was kept; None where there is none, or it is not as it was sealed."""
        try:
            if not owned_by_us(self._folder):
                return None
            seal = json_of(self._folder / SEAL)
            code = seal.pop("code")
            whole = hmac.compare_digest(code, _code(seal)) and seal["key"] == self._key
            if not whole or any(file_sha256(self._folder / name) != one for name, one in seal["files"].items()):
                return None
            registers = {name: pl.scan_parquet(self._folder / f"{name}.register.parquet") for name in seal["accepted"]}
            faults = pl.read_parquet(self._folder / FAULTS)
            os.utime(self._folder)
        except (OSError, InputError, ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError):
            return None
        counts = tuple((many, few) for many, few in seal["field_counts"])
        return CheckedRows(registers, faults, seal["accepted"], seal["rejected"], counts)

    def keep(self, checked: CheckedRows) -> None:
        """Keep a check, unless a file was changed meanwhile, or the cache folder is not this user's alone."""
        with suppress(OSError, InputError):
            own_folder(self._root)
            if not owned_by_us(self._root) or any(stamp(file) != then for file, then in self._files.items()):
                return
            with whole_folder(self._folder, replace=True) as made:
                own_folder(made)
                for name, rows in checked.registers.items():
                    rows.sink_parquet(made / f"{name}.register.parquet")
                checked.faults.write_parquet(made / FAULTS)
                seal = {
                    "key": self._key,
                    "files": {file.name: file_sha256(file) for file in sorted(made.iterdir())},
                    "accepted": dict(checked.accepted),
                    "rejected": dict(checked.rejected),
                    "field_counts": [list(pair) for pair in checked.field_counts],
                }
                write_atomically(made / SEAL, json.dumps(seal | {"code": _code(seal)}, sort_keys=True).encode())
            self._clear()

    def _clear(self) -> None:
        """Remove what is beyond :data:`MOST` and old: what another process reads just now is not."""
        folders = sorted(self._root.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
        for folder in folders[MOST:]:
            if time.time() - folder.stat().st_mtime > DAY:
                shutil.rmtree(folder, ignore_errors=True)


def _code(seal: Mapping[str, object]) -> str:
    key = own_key(user_state_path("auditlib", appauthor=False) / "kept.key")
    return hmac.new(key, json.dumps(seal, sort_keys=True).encode(), "sha256").hexdigest()
