"""What an intake reads, wherever it lies: files of this machine, copies of those behind URLs, answers of databases.

Copies and answers lie in a folder that only their owner can look into, as long as the intake runs. Nothing that is told
names it: a copy is called by its URL, an answer by its database.
"""

from __future__ import annotations

import glob
import tempfile
from collections.abc import Mapping as Mapping_
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from auditlib.core.errors import InputError, Problem
from auditlib.core.message import Message
from auditlib.ledger.databases.address import Address, address_of, is_file
from auditlib.ledger.databases.answers import Answer, Databases
from auditlib.ledger.databases.asked import Allowed
from auditlib.ledger.databases.query import Query
from auditlib.ledger.intake.mapping import Mapping, RegisterMapping
from auditlib.ledger.intake.sources import candidates, files_of, labels
from auditlib.ledger.registers import in_order
from auditlib.ledger.remote import RemoteSource
from auditlib.ledger.tables.layout import Doubt, Layout, SourceTable
from auditlib.ledger.tables.read_table import read_tables

__all__ = ["Gathered", "Source"]

Source = Path | RemoteSource
"""A file, a folder, a pattern of either, or a URL."""


class Gathered:
    """The sources of one intake while it runs, as files of this machine. Raises :class:`InputError` where one lacks."""

    def __init__(self, sources: Sequence[Source], mapping: Mapping, allowed: Allowed) -> None:
        self._allowed = allowed
        self._temporary = tempfile.TemporaryDirectory(prefix="auditlib-")
        self._folder = Path(self._temporary.name).resolve()
        self._remote: dict[Path, tuple[RemoteSource, str]] = {}
        self._schemes: set[str] = set()
        self._answers: dict[Query, Answer] = {}
        self._copies: dict[Path, Answer] = {}
        self.queries: dict[str, dict[str, str]] = {}
        """By register, what was asked of which database, for the note of the ledger."""
        try:
            self._sources = [file for source in sources for file in self._here(source)]
            _refuse_needless(sources, mapping)
            self._ask({name: one.from_ for name, one in mapping.registers.items() if isinstance(one.from_, Query)})
        except BaseException:
            self._temporary.cleanup()
            raise

    def __enter__(self) -> Gathered:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Removes what was gathered; a fault that was found in it names a URL or a database."""
        self._temporary.cleanup()
        if isinstance(error, InputError):
            raise InputError(
                replace(problem, file=self._plain(problem.file), message=self._plain(problem.message))
                for problem in error.problems
            ) from None

    def files(self, declared: RegisterMapping, register: str) -> tuple[list[Path], tuple[Doubt, ...]]:
        """The tables of a register, and what is doubtful about which were taken. Raises :class:`InputError`."""
        if isinstance(declared.from_, Query):
            answer = self._answers[declared.from_]
            return [answer.file], () if declared.from_.is_ordered else (_unordered(answer),)
        if not self._sources:
            raise InputError.at(register, "", "found no SOURCE on the command line, expected its files or their folder")
        files, doubts = files_of(self._sources, declared, register)
        for file in files:
            self._fetch(file)
        return files, doubts

    def labels(self, files: Sequence[Path]) -> dict[Path, str]:
        """How faults call each file of a register."""
        return {
            file: self._copies[file].label if file in self._copies else name for file, name in labels(files).items()
        }

    def read(self, file: Path, layout: Layout) -> list[SourceTable]:
        """The tables of a file. Raises :class:`InputError`."""
        return list(map(self.with_times, read_tables(file, layout)))

    def with_times(self, table: SourceTable) -> SourceTable:
        """A table with which of its columns its database says are times."""
        return replace(table, times=self._copies[table.file].times) if table.file in self._copies else table

    def plain(self, doubt: Doubt) -> Doubt:
        """A doubt with copies called by their URLs."""
        return replace(doubt, message=doubt.message.with_texts(self._plain), file=self._plain(doubt.file))

    def _here(self, source: Source) -> list[Path]:
        """A source as paths of this machine; a remote one's files are there by name, and filled when they are read."""
        if isinstance(source, Path):
            found = [] if source.exists() else sorted(map(Path, glob.glob(str(source), recursive=True)))
            return found or [source]
        scheme, _, place = source.base.partition("://")
        self._schemes.add(scheme)
        top = self._folder / scheme / place
        files = source.files()
        if not files:
            raise InputError.at(source, "", "found no file there")
        for name, remote in files.items():
            file = top / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            self._remote[file] = source, remote
        return [top / name for name in files] if source.is_pattern else [top]

    def _fetch(self, file: Path) -> None:
        if (remote := self._remote.pop(file, None)) is not None:
            remote[0].copy(remote[1], file)

    def _ask(self, queries: Mapping_[str, Query]) -> None:
        """Asks every query, one after the other so that all see the same; faults of all of them are told together."""
        asked: dict[Query, list[str]] = {}
        for register in in_order(queries):
            asked.setdefault(queries[register], []).append(register)
        databases = Databases(self._folder, self._allowed)
        problems: list[Problem] = []
        try:
            for query, registers in asked.items():
                try:
                    address = self._address(query.database)
                    label = f"{address.label}[{'+'.join(registers)}]"
                    answer = databases.answer(query, address, label)
                except InputError as error:
                    problems += error.problems
                    continue
                self._answers[query] = self._copies[answer.file] = answer
                told = {"database": address.label, "query": query.query, "sha256": query.sha256}
                self.queries |= {register: dict(told) for register in registers}
        finally:
            databases.close()
        if problems:
            raise InputError(problems)

    def _address(self, pattern: str) -> Address:
        """Where a database is; of a file, the one among the sources that a mapping names."""
        if not is_file(pattern):
            return address_of(pattern, self._allowed.hosts)
        found = {
            file.resolve(): file
            for source in self._sources
            if source.exists()
            for file, fits in candidates(source, pattern)
            if fits
        }
        if len(found) != 1:
            several = ", ".join(self._plain(str(file)) for file in found.values()) or "no file"
            raise InputError.at(pattern, "", f"found {several}, expected one file of this name among the sources")
        (file,) = found.values()
        self._fetch(file)
        return Address(file.name, file=str(file))

    def _plain(self, text: str) -> str:
        """A text with copies called by their URLs, answers by their databases."""
        for answer in self._copies.values():
            text = text.replace(str(answer.file), answer.label)
        for scheme in self._schemes:
            text = text.replace(f"{self._folder}/{scheme}/", f"{scheme}://")
        return text


def _refuse_needless(sources: Sequence[Source], mapping: Mapping) -> None:
    """Sources beside a mapping that reads none would be passed over without a word."""
    origins = [register.from_ for register in mapping.registers.values()]
    if sources and all(isinstance(origin, Query) and not is_file(origin.database) for origin in origins):
        expected = "expected none: every register of the mapping comes from a database"
        raise InputError.at(", ".join(map(str, sources)), "", f"found a source, {expected}")


def _unordered(answer: Answer) -> Doubt:
    message = Message(
        "{file}: the query has no ORDER BY; its rows are numbered as they came, and may come otherwise next time",
        file=answer.label,
    )
    return Doubt("no_order", message, file=answer.label)
