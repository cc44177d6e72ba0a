"""papermill's engine ``auditlib``: ``papermill --engine auditlib …`` runs the cells in a fork of a warm process.

papermill imports every engine when it is imported itself, so this module imports nothing heavy by itself.
Cells, outputs, errors, tags and time-outs are treated by papermill's and nbclient's own code; only the kernel
is another one. Widgets show, but keep no state: there are no comms. Folder and environment are those of the caller,
but for what makes results the same anywhere: the time zone is UTC, the locale C.UTF-8, the hash seed 0, one thread.
"""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

if TYPE_CHECKING:
    from auditlib.runs.engine.warm import Session, WarmProcess

__all__ = ["AuditEngine", "open_session"]


@cache
def _warm(user: int) -> WarmProcess:
    """The warm process of the process ``user``: started with its first notebook, ended with it."""
    from auditlib.runs.engine.warm import WarmProcess

    process = WarmProcess()
    atexit.register(process.close)
    return process


def _session_of_a_warm_process(memory: int | None) -> Session:
    here = os.getcwd(), dict(os.environ)
    try:
        return _warm(os.getpid()).session(memory, here)
    except (EOFError, OSError):  # it was killed
        _warm.cache_clear()
        return _warm(os.getpid()).session(memory, here)


open_session: Callable[[int | None], Session] = _session_of_a_warm_process
"""Gives the process of one notebook; a process that may itself be forked puts another function here."""


class AuditEngine(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook in a fork of a warm process; another language, or a system without fork, as papermill does it."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Takes the options of papermill's own engine, and ``memory``: how many bytes the notebook may use."""
        from auditlib.runs.engine.warm import AVAILABLE

        memory = options.pop("memory", None)
        if not (AVAILABLE and _is_python(kernel_name)):
            return super().execute_managed_notebook(nb_man, kernel_name, **options)
        timeout = options.pop("execution_timeout", None) or options.get("timeout")
        for other in (
            "timeout",
            "input_path",
            "start_timeout",
            "startup_timeout",
            "extra_arguments",
            "shutdown_kernel",
        ):
            options.pop(other, None)
        options.setdefault("coalesce_streams", True)  # a kernel gathers what is written before it sends it
        session = open_session(memory)
        try:
            return _Client(nb_man, session, kernel_name=kernel_name, timeout=timeout, **options).execute()
        finally:
            session.close()


def _is_python(kernel: str) -> bool:
    if kernel == "python3":
        return True
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        return bool(KernelSpecManager().get_kernel_spec(kernel).language == "python")
    except NoSuchKernel:  # papermill says so
        return False


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client of a kernel, with a forked process in the kernel's place."""

    def __init__(self, nb_man: Any, session: Session, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self._session = session
        self.kc = SimpleNamespace(execute=self._take)

    def execute(self, **options: Any) -> Any:
        from ipykernel.ipkernel import IPythonKernel

        self.reset_execution_trackers()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        return self.nb

    def _take(self, code: str, **options: Any) -> str:
        self._code = code
        return ""

    async def _async_poll_kernel_alive(self) -> None:
        await asyncio.Event().wait()

    async def _async_poll_output_msg(self, *arguments: Any) -> None:
        return None

    async def _async_poll_for_reply(
        self, parent_msg_id: str, cell: Any, timeout: int | None, outputs: asyncio.Task[None], alive: asyncio.Task[None]
    ) -> Any:
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        from auditlib.runs.engine.warm import Died, TimedOut

        index = self.nb.cells.index(cell)
        try:
            reply = self._session.run(self._code, lambda message: self.process_message(message, cell, index), timeout)
        except Died as death:
            raise DeadKernelError(str(death)) from None
        except TimedOut:
            raise CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", int(timeout or 0), cell
            ) from None
        finally:
            alive.cancel()
        return {"content": reply}
