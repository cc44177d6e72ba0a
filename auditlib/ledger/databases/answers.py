"""Answers of databases, each as a file of texts that is read as any other table.

All queries of one intake to one database see it at the same moment: they stand in one transaction that can read and
not write, with one view of the data from its first query to its last. Rows come in batches and go to the file, so that
no answer has to fit into the memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import cast

from auditlib.core.errors import InputError
from auditlib.core.guards import open_file
from auditlib.ledger.databases.address import Address
from auditlib.ledger.databases.asked import Allowed, DatabaseProcess, Failure, Unusable
from auditlib.ledger.databases.failures import failed, refusal
from auditlib.ledger.databases.query import ColumnType, Kind, Query, as_texts
from auditlib.ledger.tables.layout import header_names

__all__ = ["Answer", "Databases"]

SESSION: dict[Kind, tuple[str, ...]] = {
    "postgresql": (
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        # How values read as text, whatever the server and the environment prefer.
        "SET client_encoding TO 'UTF8'", "SET DateStyle TO ISO", "SET TimeZone TO 'UTC'",
        "SET IntervalStyle TO iso_8601", "SET extra_float_digits TO 1",
        # A large table would otherwise be read from wherever another reader happens to be.
        "SET synchronize_seqscans TO off",
        "BEGIN",
    ),
    "sqlite": ("PRAGMA query_only = 1", "BEGIN"),
    "duckdb": (
        # A query reads the tables of its database, and no other file or address; what it needs is not fetched.
        "SET autoinstall_known_extensions = false", "SET autoload_known_extensions = false",
        "SET enable_external_access = false", "SET TimeZone = 'UTC'", "SET lock_configuration = true",
        "BEGIN TRANSACTION READ ONLY",
    ),
}  # fmt: skip
TRIED: dict[Kind, tuple[str, ...]] = {
    # A server whose client is gone looks for it only when it has a row: since 14 it can be told to look before.
    "postgresql": ("SET client_connection_check_interval TO '5s'",), "sqlite": (), "duckdb": (),
}  # fmt: skip
HOW: dict[Kind, str] = {"postgresql": "prepared", "sqlite": "described", "duckdb": "begun"}
"""How the columns of an answer are learnt before its rows are asked for."""
DUCKDB_MEMORY, DUCKDB_DISK = "2GB", "16GB"
MAGICS: dict[Kind, tuple[int, bytes]] = {"sqlite": (0, b"SQLite format 3\x00"), "duckdb": (8, b"DUCK")}
"""Where in a file what tells its kind stands, and what it is."""

SUFFIX = re.compile(r":\d+$")


@dataclass(frozen=True)
class Answer:
    """The answer to a query: the file of its rows, and which of its columns are times by their type."""

    file: Path
    label: str
    times: frozenset[str]


@dataclass
class Databases:
    """The databases that one intake asks, opened when first asked, until they are closed; files lie in ``folder``."""

    folder: Path
    allowed: Allowed = field(default_factory=Allowed)
    _connections: dict[Address, tuple[Kind, DatabaseProcess]] = field(default_factory=dict)
    _count: int = 0

    def answer(self, query: Query, address: Address, label: str) -> Answer:
        """The answer to a query; ``label`` calls it in what is told. Raises :class:`InputError`."""
        self._count += 1
        file = self.folder / f"{self._count}.parquet"
        try:
            kind, database = self._opened(address, label)
            return Answer(file, label, _write(kind, database, query.query, file, label))
        except Failure as error:
            raise failed(error, label, self.allowed.seconds) from None
        except Unusable as error:
            raise InputError.at(label, "query", str(error)) from None

    def close(self) -> None:
        """Ends every transaction."""
        for _, database in self._connections.values():
            database.close()
        self._connections.clear()

    def _opened(self, address: Address, label: str) -> tuple[Kind, DatabaseProcess]:
        if address not in self._connections:
            kind: Kind = "postgresql" if address.file is None else _kind(Path(address.file), label)
            _needs_driver(kind, label)
            self._connections[address] = kind, DatabaseProcess(self.allowed)
            self._connect(kind, self._connections[address][1], address, label)
        return self._connections[address]

    def _connect(self, kind: Kind, database: DatabaseProcess, address: Address, label: str) -> None:
        place = str(address.uri)
        if address.file is not None:
            file = Path(address.file).resolve()
            place = f"{file.as_uri()}?mode=ro" if kind == "sqlite" else str(file)
        try:
            database.open(kind, place)
        except Failure as error:  # the next query tries again; one that never answered stays as it ended
            database.close()
            del self._connections[address]
            raise refusal(error, label) from None
        seconds = self.allowed.seconds
        limit: tuple[str, ...] = (f"SET statement_timeout TO '{seconds}s'",) if kind == "postgresql" else ()
        if kind == "duckdb":
            limit = _within(self.folder)
        database.begin((*limit, *SESSION[kind]), TRIED[kind])


def _within(folder: Path) -> tuple[str, ...]:
    """How much of the memory and the disk a DuckDB takes for a query; what it sets aside lies in ``folder``.

    By itself it would take four fifths of the memory, and nine tenths of the disk that the user's file lies on.
    """
    place = str(folder / "aside").replace("'", "''")
    return (
        f"SET memory_limit = '{DUCKDB_MEMORY}'", f"SET temp_directory = '{place}'",
        f"SET max_temp_directory_size = '{DUCKDB_DISK}'",
    )  # fmt: skip


def _needs_driver(kind: Kind, label: str) -> None:
    try:
        import_module("adbc_driver_manager")
        import_module(f"adbc_driver_{kind}")
    except ImportError:
        raise InputError.at(
            label, "", "found a database, which needs a driver: pip install 'auditlib[database]'"
        ) from None


def _kind(file: Path, label: str) -> Kind:
    """Whose file it is, by its first bytes. Raises :class:`InputError`."""
    try:
        with open_file(file) as stream:
            beginning = stream.read(16)
    except OSError as error:
        raise InputError.at(label, "", f"{error.strerror}, expected an SQLite or DuckDB database") from None
    for kind, (place, magic) in MAGICS.items():
        if beginning[place:].startswith(magic):
            return kind
    raise InputError.at(label, "", "found another kind of file, expected an SQLite or DuckDB database")


def _write(kind: Kind, database: DatabaseProcess, query: str, file: Path, label: str) -> frozenset[str]:
    """Writes the answer as texts, batch by batch; which of its columns are times."""
    names, types = _columns(kind, database, query)
    _refuse_twice(names, label)
    database.write(as_texts(query, kind, types), names, file, batches=kind == "sqlite")
    return frozenset(name for name, type in zip(names, types, strict=True) if type != "other")


def _columns(kind: Kind, database: DatabaseProcess, query: str) -> tuple[list[str], list[ColumnType]]:
    """The columns of an answer without its rows: names as a table has them, and which are times."""
    limited = f"SELECT * FROM (\n{query}\n) LIMIT 0" if kind == "sqlite" else query
    found = database.columns(limited, HOW[kind])
    if kind == "sqlite" and any(SUFFIX.search(name) for name, _ in found):
        found = database.columns(query, HOW[kind])  # so SQLite tells columns of one name apart inside another query
    return header_names([[name for name, _ in found]]), [cast(ColumnType, type) for _, type in found]


def _refuse_twice(names: Sequence[str], label: str) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        expected = "expected each column once: give one another name by AS"
        raise InputError.at(label, ", ".join(twice), f"found the column twice, {expected}")
