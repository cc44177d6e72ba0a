"""One warm process, and a forked child for every notebook.

Importing the libraries, adding the font and loading the template take seconds and are the same for every
report. A process of our own does them once, in a single thread, opens nothing, and forks: a child begins
where a kernel has only arrived after a second or two, and what a notebook spoils ends with its child.
The user's process is never forked.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from auditlib.runs.engine.kernel import Shell

__all__ = [
    "AVAILABLE", "ENVIRONMENT", "SAFE_PATH", "Died", "NotStarted", "Session", "TimedOut", "WarmProcess", "fork_session",
    "limit_memory", "local_sessions",
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

IDLE = {"polars-ooc-clea"}
"""Polars' cleaner of spilled files. It waits for a file to clean, and holds no lock in the meantime."""

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux

PATIENCE = 5.0
"""Seconds that a process may take to end once it has closed its connection."""


class Died(Exception):
    """The process of a notebook ended in the middle of a cell."""


class NotStarted(EOFError):
    """A warm process that ended before it was ready: killed, or for want of something that it needs."""


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
        _kill(self.pid, group_only=self.ended)
        if self.reap and not self.ended:
            _status(self.pid)

    def _end(self) -> str:
        self.ended = True
        return ending(_status(self.pid, PATIENCE)) if self.reap else ending(None)


def ending(status: int | None) -> str:
    """How a process ended, in words."""
    if status is None:
        return "its process ended"
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGKILL:
        return "its process was killed (SIGKILL: by hand, or by the system for want of memory)"
    return f"its process was ended by {signal.Signals(-code).name}" if code < 0 else f"its process exited with {code}"


def _exit_status(code: int) -> int:
    """What :func:`subprocess.Popen.wait` gives as the system's own status."""
    return -code if code < 0 else code << 8


def _kill(pid: int, *, group_only: bool = False) -> None:
    """End a process and its group, or only what is left of the group of one that has ended."""
    for kill in (os.killpg,) if group_only else (os.killpg, os.kill):  # it leads no group yet when just forked
        with suppress(ProcessLookupError, PermissionError):
            return kill(pid, signal.SIGKILL)


def _status(pid: int, patience: float | None = None) -> int | None:
    """Wait for the end of a process, which is brought about after ``patience`` seconds."""
    try:
        if patience is not None:
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    return status
                time.sleep(0.01)
            _kill(pid)
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return None


# --- in the warm process ---------------------------------------------------------------------------


def fork_session(
    shell: Shell, memory: int | None = None, foreign: Iterable[Connection] = (), *, modules_beside: bool = True
) -> Session:
    """A child of this process that runs the cells sent to it; ``memory`` bytes at most.

    The child closes the ``foreign`` connections: whoever reads them is to see their end, whatever it leaves behind.
    ``modules_beside`` is for :meth:`.Shell.begin`.
    """
    ours, its = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _child(lambda: _serve_cells(shell, Connection(its.detach()), memory, modules_beside), foreign)
    its.close()
    return Session(Connection(ours.detach()), pid, reap=True)


def limit_memory(memory: int | None) -> None:
    """Let this process, and those that it starts, use so many bytes; None for no limit."""
    if memory is not None:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (memory if hard < 0 else min(memory, hard), hard))


def _serve_cells(shell: Shell, connection: Connection, memory: int | None, modules_beside: bool) -> None:
    gc.enable()
    os.register_at_fork(after_in_child=connection.close)  # or what a notebook forks would outlive it unseen
    shell.begin(lambda message: connection.send((False, message)), modules_beside=modules_beside)
    limit_memory(memory)
    while not shell.ended:
        try:
            code = connection.recv()
        except EOFError:
            return
        connection.send((True, shell.run(code)))


def _child(work: Callable[[], None], foreign: Iterable[Connection]) -> NoReturn:
    """Do ``work`` in a forked child, without the ``foreign`` connections, and leave without the parent's clean-up."""
    status = 1
    try:
        os.setsid()
        _die_with_parent()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for connection in foreign:
            connection.close()
        work()
        status = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(status)


def _die_with_parent() -> None:
    """Let the system end this process with the one that started it: no orphan loops on when that is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)


def _threads() -> set[str]:
    """The names of the threads of this process beside the main one, where the system tells them."""
    tasks = Path("/proc/self/task")
    own = str(os.getpid())
    return {(task / "comm").read_text().strip() for task in tasks.glob("*") if task.name != own}


def _check_alone() -> None:
    """Refuse to go on beside a thread: what it holds at a fork, the child waits for and never gets."""
    if others := _threads() - IDLE:
        raise RuntimeError(f"found the threads {', '.join(others)} in the warm process: a fork would not be safe")


def _settle() -> None:
    """Be ready for forks, whose collectors of garbage leave alone what is there: they would write to all of it."""
    _check_alone()
    gc.freeze()
    gc.enable()


def local_sessions(shell: Shell, foreign: Iterable[Connection] = ()) -> None:
    """Let the engine of this process fork it, for it is itself a child of the warm one."""
    from auditlib.runs.engine import engine

    engine.open_session = lambda memory, beside: fork_session(shell, memory, foreign, modules_beside=beside)


def serve(control: socket.socket) -> None:
    """The warm process: import what reports need, then fork a child for each request until the other end closes.

    A request is a call (a picklable function and its arguments), answered with its result, or a session, for
    which the socket of its cells comes along.
    """
    from auditlib.runs.engine.preload import preload

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for its user, whose end ends it
    _die_with_parent()
    gc.disable()
    shell = preload()
    _settle()
    connection = Connection(control.detach())
    connection.send(os.getpid())
    running: dict[Connection, tuple[int, int]] = {}
    sessions: set[int] = set()
    while True:
        for ready in wait([connection, *running], timeout=1.0 if sessions else None):
            if ready is connection:
                try:
                    request = connection.recv()
                except (EOFError, OSError):
                    return _end_all(running)
                if request[0] == "session":
                    sessions.add(_lend(shell, connection, request[1], request[2], request[3], running))
                elif request[0] == "prepare":
                    _, function, arguments = request
                    function(*arguments)
                    _settle()
                else:
                    _, number, function, arguments = request
                    ours, pid = _fork_call(shell, [connection, *running], function, arguments)
                    running[ours] = (pid, number)
            else:
                assert isinstance(ready, Connection)
                pid, number = running.pop(ready)
                try:
                    answer = (number, *ready.recv())
                    _status(pid)
                except (EOFError, OSError):
                    answer = (number, None, ending(_status(pid, PATIENCE)))
                ready.close()
                try:
                    connection.send(answer)
                except OSError:
                    return _end_all(running)
        sessions -= {pid for pid in sessions if os.waitpid(pid, os.WNOHANG)[0]}


def _end_all(running: Mapping[Connection, tuple[int, int]]) -> None:
    """End what works for a user that is gone."""
    for pid, _ in running.values():
        _kill(pid)


def _fork_call(
    shell: Shell, foreign: Iterable[Connection], function: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[Connection, int]:
    ours, its = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()

        def work() -> None:
            gc.disable()  # it ends with its report; what it forks for a notebook collects again
            with Connection(its.detach()) as answer:
                local_sessions(shell, [answer])
                try:
                    answer.send((function(*arguments), None))
                except Exception as error:  # a full disk, say: for its user to hear of
                    with suppress(BrokenPipeError, ConnectionResetError):  # who may be gone
                        answer.send((None, f"{type(error).__name__}: {error}"))

        _child(work, foreign)
    its.close()
    return Connection(ours.detach()), pid


def _lend(
    shell: Shell, connection: Connection, memory: int | None, here: Place | None, modules_beside: bool,
    running: Iterable[Connection],
) -> int:  # fmt: skip
    """A session for another process: the child talks to it directly."""

    def work() -> None:
        if here is not None:
            folder, environment = here
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment | ENVIRONMENT)
        _serve_cells(shell, Connection(descriptor), memory, modules_beside)

    control = socket.socket(fileno=os.dup(connection.fileno()))
    _, (descriptor,), _, _ = socket.recv_fds(control, 1, 1)
    control.close()
    pid = os.fork()
    if pid == 0:
        _child(work, [connection, *running])
    os.close(descriptor)
    connection.send(pid)
    return pid


# --- in the process that uses it -------------------------------------------------------------------


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


if __name__ == "__main__":
    from auditlib.runs.engine import warm

    warm.serve(socket.socket(fileno=int(sys.argv[1])))
