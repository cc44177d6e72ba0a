"""Answers of databases, each as a file of texts that is read as any other table.

All queries of one intake to one database see it at the same moment: they stand in one transaction that can read and
not write, with one view of the data from its first query to its last. Rows come in batches and go to the file, so that
no answer has to fit into the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.guards import open_file
from auditlib.ledger.databases.address import Address
from auditlib.ledger.databases.query import ColumnType, Kind, Query, as_texts
from auditlib.ledger.privacy.find import withhold
from auditlib.ledger.tables.layout import header_names

__all__ = ["BATCH", "Answer", "Databases"]

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
BATCH = {"adbc.sqlite.query.batch_rows": 1 << 16}
MAGICS: dict[Kind, tuple[int, bytes]] = {"sqlite": (0, b"SQLite format 3\x00"), "duckdb": (8, b"DUCK")}
"""Where in a file what tells its kind stands, and what it is."""

REFUSALS = {
    "Connection refused": "the connection is refused; is the server running?",
    "No such file or directory": "no server listens there; is it running?",
    "could not translate host name": "its host is not known",
    "timeout expired": "it does not answer",
    "timed out": "it does not answer",
    "password authentication failed": "the password is wrong",
    "no password supplied": "it asks for a password: put one into the environment or the service file",
    "no pg_hba.conf entry": "the server lets nobody in from here",
    "definition of service": "the service file has no such service",
    "service file": "the service file cannot be read",
    "role": "the server does not know the user",
    "database": "the server has no such database",
    "too many": "the server has no connection left",
    "SSL": "no encrypted connection could be made",
}
"""What libpq says of a connection that fails, and what is told of it: its own words may repeat parts of a password."""
WRITES = ("25006", "2F002")
WRITING = ("read-only transaction", "data-modifying", "in read-only mode", "transaction is launched in read-only")
HALF_WRITTEN = "attempt to write a readonly database"
"""What SQLite says of a file whose last change was never ended: it would have to be undone first."""
PREPARING = "[SQLite] Failed to prepare query: "
PLANNING = re.compile(r"(?:Catalog|Binder|Parser) Error: (.*)")
"""What DuckDB says of a query before it has looked at a row."""
OUTSIDE = "disabled by configuration"
SAID = re.compile(rf"(?:ERROR:\s+|{re.escape(PREPARING)})(.*)")
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
    _connections: dict[Address, tuple[Kind, Any]] = field(default_factory=dict)
    _count: int = 0

    def answer(self, query: Query, address: Address, label: str) -> Answer:
        """The answer to a query; ``label`` calls it in what is told. Raises :class:`InputError`."""
        kind, connection = self._opened(address, label)
        self._count += 1
        file = self.folder / f"{self._count}.parquet"
        return Answer(file, label, _write(kind, connection, query.query, file, label))

    def close(self) -> None:
        """Ends every transaction."""
        for _, connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _opened(self, address: Address, label: str) -> tuple[Kind, Any]:
        if address not in self._connections:
            kind: Kind = "postgresql" if address.file is None else _kind(Path(address.file), label)
            self._connections[address] = kind, _connected(kind, address, label)
        return self._connections[address]


def _connected(kind: Kind, address: Address, label: str) -> Any:
    try:
        dbapi = import_module(f"adbc_driver_{kind}.dbapi")
        from adbc_driver_manager import Error
        from adbc_driver_manager.dbapi import connect
    except ImportError:
        raise InputError.at(
            label, "", "found a database, which needs a driver: pip install 'auditlib[database]'"
        ) from None
    try:
        if kind == "duckdb":
            driver = import_module("adbc_driver_duckdb").driver_path()
            options = {"path": str(Path(str(address.file)).resolve()), "access_mode": "READ_ONLY"}
            connection = connect(driver=driver, entrypoint="duckdb_adbc_init", db_kwargs=options, autocommit=True)
        else:
            file = address.file and f"{Path(address.file).resolve().as_uri()}?mode=ro"
            connection = dbapi.connect(file or address.uri, autocommit=True)
    except Error as error:
        told = next((said for words, said in REFUSALS.items() if words in str(error)), "no connection could be made")
        raise InputError.at(label, "", f"cannot be read: {told}") from None
    try:
        for statement in SESSION[kind]:
            with connection.cursor() as cursor:
                cursor.execute(statement)
    except Error as error:
        connection.close()
        raise _failed(error, label) from None
    return connection


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


def _write(kind: Kind, connection: Any, query: str, file: Path, label: str) -> frozenset[str]:
    """Writes the answer as texts, batch by batch; which of its columns are times."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from adbc_driver_manager import Error

    try:
        names, types = _columns(kind, connection, query)
        _refuse_twice(names, label)
        schema = pa.schema([(name, pa.string()) for name in names])
        with connection.cursor() as cursor, pq.ParquetWriter(file, schema) as writer:
            if kind == "sqlite":
                cursor.adbc_statement.set_options(**BATCH)
            cursor.execute(as_texts(query, kind, types))
            for batch in _batches(cursor.fetch_record_batch(), names, label):
                writer.write_batch(batch)
    except (Error, OSError, pa.ArrowException) as error:  # the latter two where the database breaks off at a later row
        raise _failed(error, label) from None
    return frozenset(name for name, type in zip(names, types, strict=True) if type != "other")


def _columns(kind: Kind, connection: Any, query: str) -> tuple[list[str], list[ColumnType]]:
    """The columns of an answer without its rows: names as a table has them, and which are times."""
    import pyarrow as pa

    with connection.cursor() as cursor:
        if kind != "sqlite":
            fields = list(_schema(cursor, kind, query))
            types: list[ColumnType] = [
                "zoned" if pa.types.is_timestamp(one.type) and one.type.tz is not None
                else "time" if pa.types.is_timestamp(one.type) or pa.types.is_date(one.type)
                else "other"
                for one in fields
            ]  # fmt: skip
            return header_names([[one.name for one in fields]]), types
        cursor.execute(f"SELECT * FROM (\n{query}\n) LIMIT 0")
        found = [one[0] for one in cursor.description]
    if any(SUFFIX.search(name) for name in found):  # so SQLite tells columns of one name apart inside another query
        with connection.cursor() as cursor:
            cursor.execute(query)
            found = [one[0] for one in cursor.description]
    return header_names([found]), ["other"] * len(found)


def _schema(cursor: Any, kind: Kind, query: str) -> Any:
    """The types of an answer's columns."""
    if kind == "postgresql":
        return cursor.adbc_execute_schema(query)
    cursor.execute(query)  # DuckDB streams its answers: no row is asked for
    return cursor.fetch_record_batch().schema


def _refuse_twice(names: Sequence[str], label: str) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        expected = "expected each column once: give one another name by AS"
        raise InputError.at(label, ", ".join(twice), f"found the column twice, {expected}")


def _batches(reader: Any, names: Sequence[str], label: str) -> Iterator[Any]:
    import pyarrow as pa

    for batch in reader:
        renamed = batch.rename_columns(list(names))
        try:
            renamed.validate(full=True)
        except pa.ArrowInvalid:
            raise InputError.at(
                label, "query", "found text that is not UTF-8, expected the query to convert it"
            ) from None
        yield renamed


def _failed(error: Exception, label: str) -> InputError:
    """What a database says of a query before it has looked at a row; later its words may repeat values of one."""
    text, state = str(error), getattr(error, "sqlstate", None) or ""
    if state in WRITES or any(words in text for words in WRITING):
        return InputError.at(label, "query", "found a query that writes, expected one that only reads")
    if HALF_WRITTEN in text:
        found = "found a change that was never ended, in a journal beside the file"
        return InputError.at(label, "", f"{found}; expected its program to open and close it first")
    if OUTSIDE in text:
        return InputError.at(label, "query", "found a query that reads files, expected one of tables in its database")
    if (planned := PLANNING.search(text)) is not None:
        return InputError.at(label, "query", f"found what the database cannot answer: {withhold(planned[1].strip())}")
    said = SAID.search(text)
    if said is not None and (state.startswith("42") or PREPARING in text):
        return InputError.at(label, "query", f"found what the database cannot answer: {withhold(said[1].strip())}")
    if "locked" in text:
        return InputError.at(label, "", "another program is writing to it; try again when it has ended")
    told = f" (SQLSTATE {state})" if state else ""
    return InputError.at(label, "query", f"the database broke off{told}, expected an answer")
