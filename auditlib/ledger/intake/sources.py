"""The files that a register comes from: which are taken, how each is called, and which fit and are passed over."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.message import Message
from auditlib.ledger.intake.mapping import RegisterMapping
from auditlib.ledger.privacy.declared import refuse_named, refuse_words
from auditlib.ledger.privacy.listed import NAMES
from auditlib.ledger.tables.layout import Doubt
from auditlib.ledger.tables.read_table import is_table

__all__ = ["candidates", "files_of", "labels", "taken_files"]

TEXTS = (".txt", ".dat")
"""Endings of texts that are tables only where a mapping asks for them."""
UNREAD = (".zip", ".rar", ".7z", ".et", ".dbf", ".mdb", ".accdb", ".json", ".xml", ".bz2", ".xz", ".zst")
"""Endings of files that may hold tables and are not read."""
BESIDE = ("~$", "._", ".~")
"""What begins the names of the files that programs keep beside a document."""


def files_of(sources: Sequence[Path], declared: RegisterMapping, register: str) -> tuple[list[Path], tuple[Doubt, ...]]:
    """The tables for a register, in the order of the sources and of their names; and those that fit and are not taken.

    Raises :class:`InputError` for a source that is not there, and where no table fits.
    """
    pattern = str(declared.from_ or "*")
    taken: dict[Path, Path] = {}
    left: dict[Path, Path] = {}
    for source in sources:
        if not source.exists():
            raise InputError.at(source, "", "no such file or folder")
        for file, fits in candidates(source, pattern):
            real = file.resolve()
            if fits and _is_taken(file, declared.from_ is not None):
                taken.setdefault(real, file)
            else:
                left.setdefault(real, file)
    if not taken:
        near = sorted(str(file) for file in left.values())
        also = f"; passed over: {', '.join(near)}" if near else ""
        raise InputError.at(", ".join(map(str, sources)), register, f"found no table named {pattern}{also}")
    refuse_named(taken.values())
    passed = sorted(str(file) for real, file in left.items() if real not in taken and file.suffix != ".yaml")
    if declared.from_ is None:
        passed = [one for one in passed if Path(one).name.startswith(BESIDE) or _may_be_table(Path(one))]
    if not passed:
        return list(taken.values()), ()
    message = Message(
        "files that fit the pattern {pattern} and were not taken: {files}", pattern=pattern, files=tuple(passed)
    )
    return list(taken.values()), (Doubt("files_left_out", message, len(passed)),)


def _may_be_table(file: Path) -> bool:
    """Whether a file that no pattern asks for looks like a table, or like tables packed together."""
    return is_table(file) or file.suffix.lower() in (*TEXTS, *UNREAD)


def taken_files(sources: Sequence[Path]) -> list[Path]:
    """Every table in ``sources``. Raises :class:`InputError` where there is none."""
    taken: dict[Path, Path] = {}
    for source in sources:
        if not source.exists():
            raise InputError.at(source, "", "no such file or folder")
        for file in [source] if source.is_file() else sorted(source.iterdir()):
            if file.is_file() and _is_taken(file, source.is_file()):
                taken.setdefault(file.resolve(), file)
    if not taken:
        raise InputError.at(", ".join(map(str, sources)), "", "found no table")
    return list(taken.values())


def candidates(source: Path, pattern: str) -> Iterator[tuple[Path, bool]]:
    """The files that fit, and whether they stand where the pattern looks: a pattern with a slash looks into folders."""
    if source.is_file():
        if fnmatch.fnmatch(source.name, pattern.rpartition("/")[2]):
            yield source, True
        return
    for file in sorted(source.rglob("*")):
        if not file.is_file():
            continue
        inside = file.relative_to(source).as_posix()
        if "/" in pattern:
            if fnmatch.fnmatch(inside, pattern) or fnmatch.fnmatch(f"/{inside}", f"/{pattern}"):
                yield file, True
        elif fnmatch.fnmatch(_bare(file.name), pattern) or fnmatch.fnmatch(file.name, pattern):
            yield file, file.parent == source


def _bare(name: str) -> str:
    """The name of the document that a lock file stands for."""
    return next((name.removeprefix(begin) for begin in BESIDE if name.startswith(begin)), name)


def _is_taken(file: Path, asked: bool) -> bool:
    if file.name.startswith((*BESIDE, ".")) or file.name == NAMES:
        return False
    return is_table(file) or (asked and file.suffix.lower() in TEXTS)


def labels(files: Sequence[Path]) -> dict[Path, str]:
    """How faults call each file: its name, with as many folders before it as tell it from the others."""
    parts = {file: file.resolve().parts for file in files}
    told = {}
    for file in files:
        count = 1
        while count < len(parts[file]) and any(
            parts[other][-count:] == parts[file][-count:] for other in files if other != file
        ):
            count += 1
        told[file] = "/".join(parts[file][-count:])
    refuse_words("the sources", "a file or folder", told.values())
    return told
