"""The process that asks a database. What never answers is ended with it, from outside.

A query can have no end and give no row, a server can take a connection and say nothing: no driver offers a way out of
every such wait. So this file runs as a program of its own, and imports nothing of auditlib. It reads requests and
writes answers, one JSON text a line, and ends with the process that started it, also where that was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

__all__ = ["main"]

BATCH = {"adbc.sqlite.query.batch_rows": 1 << 16}
MEMORY = 2**32
"""So much may be in the memory at a time; a DuckDB keeps to its own limit."""
FILE = 2**35
"""So long may one file be that is written: an answer, or what SQLite sets aside on the disk to sort it."""


def main() -> None:
    """Answers requests until their sender is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the sender, who ends this process
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _limit_memory()
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    asker = _Asker(answers)
    while True:
        asker.take(requests.get())


def _listen(requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    os._exit(0)  # the sender is gone, whatever the query is at


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = MEMORY if hard == resource.RLIM_INFINITY else min(hard, MEMORY)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE if hard == resource.RLIM_INFINITY else min(hard, FILE), hard))


class _Asker:
    """One connection, and what is asked over it."""

    def __init__(self, answers: Any) -> None:
        self._answers = answers
        self._connection: Any = None

    def take(self, request: dict[str, Any]) -> None:
        """Do what is asked, and say how it went."""
        import pyarrow as pa
        from adbc_driver_manager import Error

        ways: dict[str, Callable[..., object]] = {
            "open": self._open, "begin": self._begin, "columns": self._columns, "write": self._write,
        }  # fmt: skip
        do = ways[request.pop("do")]
        try:
            self._say(done=do(**request))
        except (Error, OSError, pa.ArrowException, MemoryError) as error:  # the latter where it breaks off at a row
            self._say(failed=str(error), state=getattr(error, "sqlstate", None) or "")

    def _say(self, **answer: Any) -> None:
        self._answers.write(json.dumps(answer) + "\n")
        self._answers.flush()

    def _open(self, kind: str, place: str) -> None:
        from adbc_driver_manager.dbapi import connect

        if kind == "duckdb":
            driver = import_module("adbc_driver_duckdb").driver_path()
            options = {"path": place, "access_mode": "READ_ONLY"}
            self._connection = connect(driver=driver, entrypoint="duckdb_adbc_init", db_kwargs=options, autocommit=True)
        else:
            self._connection = import_module(f"adbc_driver_{kind}.dbapi").connect(place, autocommit=True)

    def _begin(self, tried: list[str], statements: list[str]) -> None:
        """What a session begins with; what is only ``tried`` may be unknown to an old database."""
        from adbc_driver_manager import Error

        for statement in (*tried, *statements):
            with contextlib.suppress(*[Error] if statement in tried else []), self._cursor() as cursor:
                cursor.execute(statement)

    def _cursor(self) -> Any:
        assert self._connection is not None
        return self._connection.cursor()

    def _columns(self, query: str, how: str) -> list[list[str]]:
        """Name and type of each column of an answer: "time", "zoned" or "other"."""
        with self._cursor() as cursor:
            if how == "described":
                cursor.execute(query)
                return [[one[0], "other"] for one in cursor.description]
            if how == "prepared":
                return list(map(_typed, cursor.adbc_execute_schema(query)))
            cursor.execute(query)  # DuckDB streams its answers: no row is asked for
            return list(map(_typed, cursor.fetch_record_batch().schema))

    def _write(self, query: str, names: list[str], file: str, batches: bool) -> str:
        """Writes the answer as texts, batch by batch; "" or what is wrong with them."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([(name, pa.string()) for name in names])
        with self._cursor() as cursor, pq.ParquetWriter(file, schema) as writer:
            if batches:
                cursor.adbc_statement.set_options(**BATCH)
            cursor.execute(query)
            for batch in _renamed(cursor.fetch_record_batch(), names):
                try:
                    batch.validate(full=True)
                except pa.ArrowInvalid:
                    return "not UTF-8"
                writer.write_batch(batch)
                self._say(bytes=batch.nbytes)
        return ""


def _typed(column: Any) -> list[str]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        return [column.name, "zoned" if column.type.tz is not None else "time"]
    return [column.name, "time" if pa.types.is_date(column.type) else "other"]


def _renamed(reader: Any, names: list[str]) -> Iterator[Any]:
    for batch in reader:
        yield batch.rename_columns(names)


if __name__ == "__main__":
    main()
