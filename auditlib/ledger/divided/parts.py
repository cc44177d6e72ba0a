"""The parts of a ledger: each holds all rows of its units, so that it can be counted by itself, on any machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol
from zlib import crc32

import polars as pl
from pydantic import ValidationError

from auditlib.core.errors import InputError, Problem
from auditlib.core.guards import text_of
from auditlib.core.hashes import file_sha256
from auditlib.core.values import Strict
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.remote import fsspec_for, plain_url
from auditlib.ledger.table_guards import guard_parquet

__all__ = [
    "DIVIDED",
    "SEAL",
    "FilePart",
    "Part",
    "Seal",
    "SealedRegister",
    "buckets",
    "damaged_part",
    "divided",
    "in_parts",
    "open_seal",
    "seal_text",
]

SEAL = "partitions.json"
UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What is raised for a Parquet file that does not hold what it says."""

DIVIDED = tuple(name for name, register in REGISTERS.items() if register.column("unit") and register.at is not None)
"""The registers that lie in parts: those that grow with time. The others are small, and every part has them whole."""


def in_parts(register: str) -> bool:
    """Whether a register lies in parts. One's own does: each of its rows has a unit."""
    return register in DIVIDED or register not in REGISTERS


class Part(Protocol):
    """One part of a ledger, small enough to be sent, or to say where it lies."""

    def registers(self) -> Mapping[str, pl.LazyFrame]:
        """The rows of its own units; the units and the exclusions are those of the whole ledger."""


def divided(registers: Mapping[str, pl.LazyFrame], count: int) -> Iterator[dict[str, pl.DataFrame]]:
    """The registers in ``count`` parts, the rows in the order that they had. A unit's part depends on its code alone.

    Registers that are not :data:`DIVIDED` come whole in each.
    """
    whole = {name: frame.collect() for name, frame in registers.items()}
    places = {name: buckets(frame["unit"], count) for name, frame in whole.items() if in_parts(name)}
    for number in range(count):
        yield {name: table.filter(places[name] == number) if name in places else table for name, table in whole.items()}


def buckets(keys: pl.Series, count: int) -> pl.Series:
    """The part of each key by a checksum, which is the same on every machine; the first one for null."""
    known = keys.drop_nulls().unique()
    numbers = [crc32(str(key).encode()) % count for key in known]
    return keys.replace_strict(known, numbers, default=0, return_dtype=pl.Int64)


# --- parts in files ----------------------------------------------------------------------------------


class SealedRegister(Strict):
    """How many rows a register has, and the SHA-256 of each of its files by name, in the order of the parts."""

    rows: int
    files: dict[str, str]


class Seal(Strict):
    """``partitions.json``: what lies in a ledger that was checked once and then divided.

    Whoever reads a file compares its hash, so that its rows need no second check. ``at`` is where the files of the
    :data:`DIVIDED` registers lie, a folder or a URL that fsspec knows; None for beside the seal.
    """

    format: Literal["auditlib-partitions/1"]
    parts: int
    snapshot: str
    at: str | None
    registers: dict[str, SealedRegister]

    def bucket(self, number: int) -> dict[str, dict[str, str]]:
        """By register, the files of one part with their hashes."""
        return {
            name: dict([list(one.files.items())[number]]) if in_parts(name) else one.files
            for name, one in self.registers.items()
        }


def open_seal(folder: Path) -> Seal:
    """The seal of a divided ledger. Raises :class:`InputError`."""
    file = folder / SEAL
    try:
        return Seal.model_validate_json(text_of(file))
    except ValidationError as error:
        raise InputError(
            Problem(
                str(file), None, ".".join(map(str, one["loc"])), f"{one['msg']}, expected a seal of auditlib partition"
            )
            for one in error.errors(include_url=False)
        ) from None


@dataclass(frozen=True)
class FilePart:
    """A part that lies in Parquet files, whose hashes are known.

    ``folder`` has the registers that are whole, ``at`` the divided ones; None for the same folder. ``files`` maps
    registers to names and hashes.
    """

    folder: str
    at: str | None
    files: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    @classmethod
    def of(cls, folder: Path, seal: Seal, files: Mapping[str, Mapping[str, str]]) -> FilePart:
        """The part of the ledger in ``folder`` that these files are."""
        return cls(str(folder.resolve()), seal.at, tuple((name, tuple(own.items())) for name, own in files.items()))

    def registers(self) -> Mapping[str, pl.LazyFrame]:
        """Its registers, read when they are asked for. Raises :class:`InputError` where a file is not as it was."""
        found: dict[str, pl.LazyFrame] = {}
        problems: list[Problem] = []
        for name, files in self.files:
            try:
                found[name] = pl.scan_parquet(list(_verified(self._place(name), files)))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)
        return found

    def _place(self, register: str) -> str:
        return self.at if self.at and in_parts(register) else self.folder


@lru_cache(maxsize=1024)
def _verified(place: str, files: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Where the files can be read, after a look at their content: on this machine, copied to it where they are not."""
    names = [name for name, _ in files]
    found = _copied(place, names) if "://" in place else [f"{place}/{name}" for name in names]
    problems, told = [], plain_url(place) if "://" in place else place
    for (name, sha256), file in zip(files, found, strict=True):
        try:
            content = file_sha256(Path(file))
        except FileNotFoundError:
            problems.append(Problem(f"{told}/{name}", None, "", "no such file, expected a part of the ledger"))
            continue
        if content != sha256:
            text = f"found content {content[:12]}, expected {sha256[:12]} as sealed"
            problems.append(Problem(f"{told}/{name}", None, "", text))
    if problems:
        raise InputError(problems)
    called = {file: f"{told}/{name}" for name, file in zip(names, found, strict=True)}
    _refuse_unlike(called)
    _opened.update(called)
    return tuple(found)


_opened: dict[str, str] = {}
"""The files that this process reads parts from, each with how it is called."""


def _refuse_unlike(called: Mapping[str, str]) -> None:
    """Refuses files that are no Parquet, hold more than they can, or have other columns than the first of them.

    Whoever wrote them wrote the seal, too: that a hash is right says nothing of that.
    """
    schemas: dict[str, Mapping[str, pl.DataType]] = {}
    for file, told in called.items():
        try:
            guard_parquet(Path(file))
            schemas[told] = pl.read_parquet_schema(file)
        except InputError as error:
            raise InputError(replace(problem, file=told) for problem in error.problems) from None
        except UNREADABLE:
            raise _damaged(told) from None
    first, *_ = schemas
    for told, schema in schemas.items():
        if schema != schemas[first]:
            odd = sorted(name for name, _ in {*schema.items()} ^ {*schemas[first].items()})
            found = f"found other columns than in {first.rpartition('/')[2]}"
            raise InputError.at(told, odd[0] if odd else "", f"{found}, expected the same in all parts")


def damaged_part() -> InputError | None:
    """The first of the parts read by this process that cannot be read to its end, after a reader broke off."""
    for file, told in _opened.items():
        try:
            for _ in pl.scan_parquet(file, glob=False).collect_batches():
                pass
        except UNREADABLE:
            return _damaged(told)
    return None


def _damaged(told: str) -> InputError:
    return InputError.at(told, "", "found damaged data, expected a part as auditlib partition writes it")


def _copied(url: str, names: Iterable[str]) -> list[str]:
    try:
        return [fsspec_for(one).open_local(f"simplecache::{one}") for one in (f"{url}/{name}" for name in names)]
    except InputError:
        raise
    except Exception as error:  # each driver has errors of its own, which may repeat a password of the URL
        said = str(error).splitlines()[0] if isinstance(error, ImportError) else type(error).__name__
        raise InputError.at(plain_url(url), "", f"cannot be read: {said}") from None


def seal_text(seal: Seal) -> str:
    """The text of ``partitions.json``."""
    return json.dumps(seal.model_dump(), ensure_ascii=False, indent=1) + "\n"
