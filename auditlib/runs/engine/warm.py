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
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from auditlib.runs.engine.session import ENVIRONMENT, PATIENCE, Place, Session, ending, kill, status_of

if TYPE_CHECKING:
    from auditlib.runs.engine.kernel import Shell

__all__ = ["fork_session", "limit_memory", "local_sessions", "serve"]

IDLE = {"polars-ooc-clea"}
"""Polars' cleaner of spilled files. It waits for a file to clean, and holds no lock in the meantime."""

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


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
                    status_of(pid)
                except (EOFError, OSError):
                    answer = (number, None, ending(status_of(pid, PATIENCE)))
                ready.close()
                try:
                    connection.send(answer)
                except OSError:
                    return _end_all(running)
        sessions -= {pid for pid in sessions if os.waitpid(pid, os.WNOHANG)[0]}


def _end_all(running: Mapping[Connection, tuple[int, int]]) -> None:
    """End what works for a user that is gone."""
    for pid, _ in running.values():
        kill(pid)


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


if __name__ == "__main__":
    from auditlib.runs.engine import warm

    warm.serve(socket.socket(fileno=int(sys.argv[1])))
