"""A warm process of one's own, as whoever has reports made uses it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from auditlib.runs.engine.session import ENVIRONMENT, Place, Session, ending

__all__ = ["NotStarted", "WarmProcess"]


class NotStarted(EOFError):
    """A warm process that ended before it was ready: killed, or for want of something that it needs."""


class WarmProcess:
    """A warm process of one's own. Close it after use; it also ends when its user does.

    Raises :class:`NotStarted`.
    """

    def __init__(self, environment: Mapping[str, str] = ENVIRONMENT) -> None:
        ours, its = socket.socketpair()
        command = [sys.executable, "-P", "-m", "auditlib.runs.engine.warm", str(its.fileno())]
        self._process = subprocess.Popen(
            command, pass_fds=[its.fileno()], env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C at a terminal is for its user alone, from the first moment on
        )  # fmt: skip
        its.close()
        self._connection = Connection(ours.detach())
        self._one_at_a_time = threading.Lock()
        try:
            self._connection.recv()
        except (EOFError, OSError):
            self._connection.close()
            raise NotStarted(ending(_exit_status(self._process.wait()))) from None
        except BaseException:  # its user is to end while it starts
            self._process.kill()
            self.close()
            raise

    def submit(self, number: int, function: Callable[..., Any], *arguments: Any) -> None:
        """Let a fork call ``function``, which must be picklable, and answer under ``number``."""
        self._connection.send(("call", number, function, arguments))

    def prepare(self, function: Callable[..., object], *arguments: Any) -> None:
        """Let the warm process itself call ``function``: what it reads, all later forks have read.

        It may start no thread, or the warm process ends.
        """
        self._connection.send(("prepare", function, arguments))

    def answer(self) -> tuple[int, Any, str | None]:
        """The next answer: its number, the result, and how the process died, or what it raised, where it did.

        Raises :class:`EOFError` or :class:`OSError`, as all that asks the warm process, where that was killed.
        """
        answer: tuple[int, Any, str | None] = self._connection.recv()
        return answer

    def session(self, memory: int | None = None, modules_beside: bool = True, here: Place | None = None) -> Session:
        """A fork that runs the cells of one notebook, ``here`` or where the warm process itself is."""
        ours, its = socket.socketpair()
        with ours, its, self._one_at_a_time:
            self._connection.send(("session", memory, here, modules_beside))
            with socket.socket(fileno=os.dup(self._connection.fileno())) as control:
                socket.send_fds(control, [b"\0"], [its.fileno()])
            pid = self._connection.recv()
            return Session(Connection(ours.detach()), pid, reap=False)

    def close(self) -> None:
        """End the warm process, and the children that still run."""
        self._connection.close()
        self._process.wait()

    def __enter__(self) -> WarmProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _exit_status(code: int) -> int:
    """What :func:`subprocess.Popen.wait` gives as the system's own status."""
    return -code if code < 0 else code << 8
