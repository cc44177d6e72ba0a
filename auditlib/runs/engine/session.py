"""The process of one notebook, seen from outside: what it finds when it begins, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

__all__ = [
    "AVAILABLE", "ENVIRONMENT", "PATIENCE", "SAFE_PATH", "Died", "Place", "Session", "TimedOut", "ending", "kill",
    "status_of",
]  # fmt: skip

Message = dict[str, Any]
Place = tuple[str, dict[str, str]]
"""A working folder and the variables of an environment."""

AVAILABLE = hasattr(os, "fork") and hasattr(socket, "send_fds")

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # as many processes as cores, one thread each
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "_RJEM_MALLOC_CONF": "background_thread:false",  # Polars' allocator
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
"""What a notebook's process finds in its environment, so that neither the machine nor chance shows in a report."""

SAFE_PATH = "PYTHONSAFEPATH"
"""With it Python starts without the working folder, or a script's, among the places where it looks for modules."""

PATIENCE = 5.0
"""Seconds that a process may take to end once it has closed its connection."""


class Died(Exception):
    """The process of a notebook ended in the middle of a cell."""


class TimedOut(Exception):
    """A cell ran longer than it may."""


@dataclass
class Session:
    """The forked process of one notebook, seen from outside."""

    connection: Connection
    pid: int
    reap: bool
    """Whether the process is a child of this one, which has to wait for its end."""
    ended: bool = False

    def run(self, code: str, take: Callable[[Message], object], timeout: float | None = None) -> Message:
        """The reply of a cell; ``take`` is given its messages as they come.

        Raises :class:`Died`, or :class:`TimedOut` after ``timeout`` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            self.connection.send(code)
            while True:
                left = None if deadline is None else deadline - time.monotonic()
                if (left is not None and left < 0) or not self.connection.poll(left):
                    raise TimedOut  # also while it goes on to write
                is_reply, message = self.connection.recv()
                if is_reply:
                    return dict(message)
                take(message)
        except (EOFError, OSError) as failure:
            raise Died(self._end()) from failure

    def close(self) -> None:
        """End the process with everything that it started."""
        self.connection.close()
        kill(self.pid, group_only=self.ended)
        if self.reap and not self.ended:
            status_of(self.pid)

    def _end(self) -> str:
        self.ended = True
        return ending(status_of(self.pid, PATIENCE)) if self.reap else ending(None)


def ending(status: int | None) -> str:
    """How a process ended, in words."""
    if status is None:
        return "its process ended"
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGKILL:
        return "its process was killed (SIGKILL: by hand, or by the system for want of memory)"
    return f"its process was ended by {signal.Signals(-code).name}" if code < 0 else f"its process exited with {code}"


def kill(pid: int, *, group_only: bool = False) -> None:
    """End a process and its group, or only what is left of the group of one that has ended."""
    for kill in (os.killpg,) if group_only else (os.killpg, os.kill):  # it leads no group yet when just forked
        with suppress(ProcessLookupError, PermissionError):
            return kill(pid, signal.SIGKILL)


def status_of(pid: int, patience: float | None = None) -> int | None:
    """Wait for the end of a child, brought about after ``patience`` seconds, for its status; None for no child."""
    try:
        if patience is not None:
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    return status
                time.sleep(0.01)
            kill(pid)
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return None
