"""papermill's engine ``auditlib``: ``papermill --engine auditlib …`` runs the cells in a fork of a warm process.

papermill imports every engine when it is imported itself, so this module imports nothing heavy by itself.
Cells, outputs, errors, tags and time-outs are treated by papermill's and nbclient's own code; only the kernel
is another one. Widgets show, but keep no state: there are no comms. Folder and environment are those of the caller,
but for what makes results the same anywhere: the time zone is UTC, the locale C.UTF-8, the hash seed 0, one thread.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from papermill.engines import NBClientEngine, logger

if TYPE_CHECKING:
    from auditlib.runs.engine.session import Session
    from auditlib.runs.engine.warm_process import WarmProcess

__all__ = ["AuditEngine", "StockEngine", "open_session"]


@cache
def _warm(user: int) -> WarmProcess:
    """The warm process of the process ``user``: started with its first notebook, ended with it."""
    from auditlib.runs.engine.warm_process import WarmProcess

    process = WarmProcess()
    atexit.register(process.close)
    return process


def _session_of_a_warm_process(memory: int | None = None, modules_beside: bool = True) -> Session:
    here = os.getcwd(), dict(os.environ)
    try:
        return _warm(os.getpid()).session(memory, modules_beside, here)
    except (EOFError, OSError):  # it was killed
        _warm.cache_clear()
        return _warm(os.getpid()).session(memory, modules_beside, here)


open_session: Callable[[int | None, bool], Session] = _session_of_a_warm_process
"""Gives the process of one notebook; a process that may itself be forked puts another function here."""


class AuditEngine(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook in a fork of a warm process; another language, or a system without fork, as papermill does it."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Takes the options of papermill's own engine, and two more.

        ``memory`` says how many bytes the notebook may use, ``modules_beside`` whether it finds modules in its folder.
        """
        from auditlib.runs.engine.forked_client import ForkedClient
        from auditlib.runs.engine.session import AVAILABLE

        memory, beside = options.pop("memory", None), options.pop("modules_beside", True)
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
        session = open_session(memory, beside)
        try:
            return ForkedClient(nb_man, session, kernel_name=kernel_name, timeout=timeout, **options).execute()
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


class StockEngine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine, with a kernel a notebook, whose outputs are gathered as those of the other."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        from auditlib.runs.engine.gathering import GatheringClient

        timeout = options.pop("execution_timeout", None) or options.pop("timeout", None)
        startup = options.pop("start_timeout", 60)
        options.pop("input_path", None)
        named = {"kernel_name": kernel_name, "timeout": timeout, "startup_timeout": startup, "log": logger}
        return GatheringClient(nb_man, **options | named).execute()
