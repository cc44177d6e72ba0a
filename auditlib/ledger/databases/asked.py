"""A database behind a process of its own, with an end to how long it may take and how much it may answer."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.core.guards import sized

__all__ = ["Allowed", "DatabaseProcess", "Failure", "Unusable", "no_end"]

PROGRAM = Path(__file__).with_name("asking.py")
OPENING, MORE = 60, 5
"""Seconds in which a database has to let one in; and those more than a query may take, for the server to end it."""
ANSWERED = 2**35
"""Bytes of text in one answer: the cases of a nation in a year have a fifth of it."""


@dataclass(frozen=True)
class Allowed:
    """What the user of a mapping, which may be a stranger's, allows its databases.

    ``hosts`` are servers that a mapping may name itself, and be sent the passwords of the environment; ``seconds`` how
    long a query may take with all of its rows; ``size`` of how many bytes its answer may be, as text.
    """

    hosts: frozenset[str] = frozenset()
    seconds: int = 1800
    size: int = ANSWERED


class Failure(Exception):
    """What a database said instead of an answer; it may hold values of rows, and what an address holds."""

    def __init__(self, text: str, state: str) -> None:
        super().__init__(text)
        self.state = state


class Unusable(Exception):
    """An answer that does not come, has no end, or is no text: what was found, and what was expected."""


class DatabaseProcess:
    """One database that is asked, in a process that ends with :meth:`close`, or where it goes on for too long."""

    def __init__(self, allowed: Allowed) -> None:
        self.allowed = allowed
        self._ended: Unusable | None = None
        # Without -P modules would first be looked for in this file's folder; and never where the user happens to be.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """End its process, and with it the transaction."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def open(self, kind: str, place: str) -> None:
        """Connect. Raises :class:`Failure`, and :class:`Unusable` where nobody answers."""
        self._ask(OPENING, do="open", kind=kind, place=place)

    def begin(self, statements: tuple[str, ...], tried: tuple[str, ...]) -> None:
        """Begin the session and its transaction. Raises as :meth:`open`."""
        self._ask(OPENING, do="begin", statements=statements, tried=tried)

    def columns(self, query: str, how: str) -> list[tuple[str, str]]:
        """The name and type of each column of an answer. Raises as :meth:`write`."""
        found = self._ask(self._seconds, do="columns", query=query, how=how)
        return [(name, type) for name, type in found]

    def write(self, query: str, names: list[str], file: Path, *, batches: bool) -> None:
        """Write the answer as texts. Raises :class:`Failure`, and :class:`Unusable` where it has no end."""
        wrong = self._ask(self._seconds, do="write", query=query, names=names, file=str(file), batches=batches)
        if wrong:
            raise Unusable(f"found text that is {wrong}, expected the query to convert it")

    @property
    def _seconds(self) -> int:
        return self.allowed.seconds + MORE

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                self._answers.put(json.loads(line))
        except ValueError:  # closed, or ended in the midst of a line
            pass
        self._answers.put(None)

    def _ask(self, seconds: int, **request: Any) -> Any:
        if self._ended is not None:  # every other query to it stands in the transaction that ended with it
            raise self._ended
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise Failure("", "") from None
        until, size = time.monotonic() + seconds, 0
        while True:
            try:
                answer = self._answers.get(timeout=max(until - time.monotonic(), 0))
            except queue.Empty:
                raise self._end(self._no_answer(request["do"])) from None
            if answer is None:
                raise Failure("", "")
            if "failed" in answer:
                raise Failure(answer["failed"], answer["state"])
            if "done" in answer:
                return answer["done"]
            size += answer["bytes"]
            if size > self.allowed.size:
                found = f"found an answer of more than {sized(self.allowed.size)}"
                raise self._end(f"{found}, expected one with an end: ask for less at a time")

    def _end(self, told: str) -> Unusable:
        """End the process: it is asked no more."""
        self._process.kill()
        self._ended = Unusable(told)
        return self._ended

    def _no_answer(self, asked: str) -> str:
        if asked in ("open", "begin"):
            return f"found no answer in {OPENING} s, expected a database that lets one in"
        return no_end(self.allowed.seconds)


def no_end(seconds: int) -> str:
    """That a query did not end in so many seconds."""
    found = f"found no end of the answer in {seconds} s"
    return f"{found}, expected a query that ends; say --query-seconds where one takes longer"
