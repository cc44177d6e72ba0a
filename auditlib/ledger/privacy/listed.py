"""Lists of names that a user supplies: what no pattern finds, a bare name in a sentence, is found by them.

A list holds hashes, so that it is no list of people: of each name the number of its letters, and SHA-256 of a salt
and the letters. Whoever has the list can try a name that they know, and cannot read the others. The salt is
made of all names together: one table of hashes does not serve for two lists, and the same names give the same file.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from auditlib.core.cells import csv_text
from auditlib.core.errors import InputError, Problem
from auditlib.core.files import stamp
from auditlib.core.guards import DECLARED_BYTES, text_of
from auditlib.core.hashes import digest, file_sha256
from auditlib.core.home import home

__all__ = [
    "NAMES",
    "SETTING",
    "Names",
    "hashed_names",
    "lists_in_force",
    "lists_searched",
    "names_beside",
    "names_in_force",
]

NAMES = "names.csv"
SETTING = "AUDITLIB_NAMES"
"""The environment variable that names the list for everything; else it is ``params/names.csv``, where that is there."""
HASHED = ("letters", "salt", "sha256")
LEAST, MOST = 2, 40
"""Letters of a name: a single one stands in every second sentence."""
SHA = re.compile("[0-9a-f]{64}")
BETWEEN = re.compile(r"[\s·•・‧.'’-]*")
"""What may stand between the letters of a name: blanks, and the points and hyphens that join its parts."""

_beside: ContextVar[tuple[Path, ...]] = ContextVar("lists of names beside what is read", default=())
Length = tuple[int, str]


class Names:
    """Hashes of names by the number of their letters and their salt; empty where no list is in force."""

    def __init__(self, hashes: dict[Length, frozenset[str]]) -> None:
        self.hashes = hashes

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where names of the list stand in a text, from left to right; those in Latin letters as whole words alone."""
        letters = [(at, sign.casefold()) for at, sign in enumerate(text) if sign.isalpha()] if self.hashes else []
        runs = _runs(text, [at for at, _ in letters])
        for first, (start, _) in enumerate(letters):
            if not _begins(text, start):
                continue
            for (count, salt), known in self.hashes.items():
                last = first + count - 1
                if last >= len(letters) or runs[last] != runs[first] or not _ends(text, letters[last][0]):
                    continue
                if _hash(salt, "".join(letter for _, letter in letters[first : last + 1])) in known:
                    yield start, letters[last][0] + 1


def _runs(text: str, places: list[int]) -> list[int]:
    """For each letter the number of the run that it is in; only joining signs stand between the letters of one."""
    runs, run = [], 0
    for before, at in zip([-1, *places], places, strict=False):
        run += BETWEEN.fullmatch(text, before + 1, at) is None
        runs.append(run)
    return runs


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and sign < "ɐ"


def _begins(text: str, at: int) -> bool:
    return not (at and _is_latin(text[at]) and _is_latin(text[at - 1]))


def _ends(text: str, at: int) -> bool:
    return not (_is_latin(text[at]) and _is_latin(text[at + 1 : at + 2] or " "))


def _hash(salt: str, letters: str) -> str:
    return hashlib.sha256(f"{salt}\x1f{letters}".encode()).hexdigest()


def _letters(name: str) -> str:
    return "".join(sign.casefold() for sign in unicodedata.normalize("NFKC", name) if sign.isalpha())


def hashed_names(file: Path) -> str:
    """The text of a ``names.csv`` for a list of names: a name a line, or a CSV with a column ``name`` or ``姓名``.

    The order of the lines says nothing. Raises :class:`InputError`, which repeats no name.
    """
    rows, header = _rows(file)
    column = next((header.index(word) for word in ("name", "姓名") if word in header), None)
    given = rows if column is None else rows[1:]
    names, problems = set(), []
    for number, row in enumerate(given, 1 if column is None else 2):
        cell = (row[column] if column < len(row) else "") if column is not None else "".join(row)
        if not cell.strip():
            continue
        letters = _letters(cell)
        if not LEAST <= len(letters) <= MOST:
            told = f"found {len(letters)} letters, expected a name of {LEAST} to {MOST}"
            problems.append(Problem(str(file), number, "name", told))
        names.add(letters)
    if problems or not names:
        raise InputError(problems or Problem(str(file), None, "", "found no name, expected one a line"))
    salt = hashlib.sha256("\x1f".join(sorted(names)).encode()).hexdigest()[:32]
    return csv_text(HASHED, sorted([len(name), salt, _hash(salt, name)] for name in names))


def _rows(file: Path) -> tuple[list[list[str]], list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(text_of(file, DECLARED_BYTES).removeprefix("\ufeff"))))
    except csv.Error as error:
        raise InputError.at(file, "", f"found {error}, expected a list of names") from None
    return rows, [cell.strip() for cell in rows[0]] if rows else []


def names_in_force() -> Names:
    """The names that everything is searched for now: those of the setting, and those beside what is being read.

    Raises :class:`InputError` where the setting names no file, and for a file that is no such list.
    """
    hashes: dict[Length, frozenset[str]] = {}
    for file in lists_in_force():
        for place, known in _read(file, *stamp(file)).items():
            hashes[place] = hashes.get(place, frozenset()) | known
    return Names(hashes)


def lists_in_force() -> tuple[Path, ...]:
    """The files of :func:`names_in_force`. Raises :class:`InputError` where the setting names none."""
    named = os.environ.get(SETTING)
    first = _set(named, os.environ.get("AUDITLIB_HOME"), os.getcwd())
    if named and not first.exists():
        raise InputError.at(SETTING, "", f"found {named}, which is no file, expected a {NAMES}")
    return tuple(file for file in dict.fromkeys((first, *_beside.get())) if file.exists())


def lists_searched(*sources: Path) -> dict[str, str]:
    """One hash over the lists in force for what is read from these places, as ``names``; nothing without a list."""
    with names_beside(*sources):
        hashes = [file_sha256(file) for file in lists_in_force()]
    return {"names": digest(hashes)} if hashes else {}


@lru_cache
def _set(named: str | None, *of_home: str | None) -> Path:
    return Path(named) if named else home() / "params" / NAMES


@contextmanager
def names_beside(*sources: Path) -> Iterator[None]:
    """Let a ``names.csv`` in these folders, or beside these files, be in force within the block."""
    folders = (source if source.is_dir() else source.parent for source in sources)
    token = _beside.set((*_beside.get(), *dict.fromkeys(folder / NAMES for folder in folders)))
    try:
        yield
    finally:
        _beside.reset(token)


@lru_cache(maxsize=16)
def _read(file: Path, size: int, changed: int) -> dict[Length, frozenset[str]]:
    rows, header = _rows(file)
    if tuple(header) != HASHED:
        told = f"found {len(header)} other columns, expected {', '.join(HASHED)}, as `auditlib names` writes them"
        raise InputError.at(file, "", told, line=1)
    hashes: dict[Length, set[str]] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(HASHED) or not SHA.fullmatch(row[2]) or not _is_length(row[0]):
            raise InputError.at(file, "", "found another line, expected what `auditlib names` writes", line=number)
        hashes.setdefault((int(row[0]), row[1]), set()).add(row[2])
    return {place: frozenset(known) for place, known in hashes.items()}


def _is_length(text: str) -> bool:
    return text in map(str, range(LEAST, MOST + 1))
