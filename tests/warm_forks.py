"""Warm processes for the tests, forked from one that has started: what they import, the tests import once.

Importing the libraries of reports takes seconds, and every run and every ``execute`` starts a warm process of its own
for it. Here a first process does what a warm process does before it serves, and each of those that the tests ask for
is a fork of it: with the state of one that has just started, the environment and the folder of its own caller, and its
own process id, but in milliseconds. What serves is :func:`auditlib.runs.engine.warm.serve` itself.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

from auditlib.runs.engine import preload, session, warm

MESSAGE = 1 << 17
"""Bytes that an environment may take, with the working folder."""


class Forked:
    """A forked warm process, as :class:`subprocess.Popen` shows one."""

    def __init__(self, status: socket.socket) -> None:
        self._status = status
        self.returncode: int | None = None

    def wait(self) -> int:
        """Wait for its end; its exit status."""
        if self.returncode is None:
            with self._status:
                self.returncode = os.waitstatus_to_exitcode(int(self._status.recv(16)))
        return self.returncode


class WarmForks:
    """Stands where :mod:`auditlib.runs.engine.warm_process` has the module ``subprocess``.

    The first process starts with the first that is asked for. Close it after use; those that were forked end when
    their users do.
    """

    DEVNULL = subprocess.DEVNULL

    def __init__(self) -> None:
        self._environment = {**os.environ, **session.ENVIRONMENT}
        self._first: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def Popen(
        self, command: Sequence[str], *, pass_fds: Sequence[int], env: Mapping[str, str], stdin: int, process_group: int
    ) -> Forked:
        """A warm process that talks over ``pass_fds``; the arguments are those of :class:`subprocess.Popen`."""
        assert command[1:-1] == ["-P", "-m", "auditlib.runs.engine.warm"]
        assert (stdin, process_group) == (subprocess.DEVNULL, 0)
        ours, its = socket.socketpair()
        message = json.dumps([os.getcwd(), dict(env)]).encode()
        assert len(message) < MESSAGE
        with its:
            socket.send_fds(self._asking(), [message], [*pass_fds, its.fileno()])
        return Forked(ours)

    def descriptor(self) -> int:
        """Where other processes may ask for forks: hand it down to them, and name it to :meth:`handed_down`."""
        return self._asking().fileno()

    @classmethod
    def handed_down(cls, descriptor: int) -> WarmForks:
        """Forks of the first process of whoever started this one."""
        forks = cls()
        forks._control = socket.socket(fileno=descriptor)
        return forks

    def _asking(self) -> socket.socket:
        if self._control is None:
            self._control = self._start()
        return self._control

    def _start(self) -> socket.socket:
        control, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._first = subprocess.Popen(
                [sys.executable, __file__, str(its.fileno())], pass_fds=[its.fileno()], env=self._environment,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        return control

    def close(self) -> None:
        if self._control is not None and self._first is not None:
            self._control.close()
            self._first.wait()


# --- in the first process --------------------------------------------------------------------------


def serve_forks(control: socket.socket) -> None:
    """Do what is done before a warm process serves, then fork one for each message until the other end closes."""
    shell = preload.preload()
    preload.preload = lambda: shell
    warm._check_alone()  # in a fork nobody could see the threads, and would wait for them
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE, 2)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            wait_for_its_end(*descriptors, *json.loads(message))
        for descriptor in descriptors:
            os.close(descriptor)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def wait_for_its_end(connection: int, status: int, folder: str, environment: Mapping[str, str]) -> NoReturn:
    """Fork once more, into the warm process; this one stays between, to tell how that ended."""
    pid = os.fork()
    if pid == 0:
        os.close(status)
        become_warm(connection, folder, environment)
    os.close(connection)
    with socket.socket(fileno=status) as told:
        told.send(b"%d" % os.waitpid(pid, 0)[1])
    os._exit(0)


def become_warm(connection: int, folder: str, environment: Mapping[str, str]) -> NoReturn:
    """Serve, in the folder and environment of whoever asked."""
    code = 1
    try:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        warm.serve(socket.socket(fileno=connection))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    del sys.path[0]  # as `-P` has it: nothing is imported from the folder of the tests, nor from where they run
    serve_forks(socket.socket(fileno=int(sys.argv[1])))
