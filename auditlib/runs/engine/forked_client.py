"""papermill's client of a kernel, with a forked process in the kernel's place."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from auditlib.runs.engine.gathering import GatheringClient
from auditlib.runs.engine.session import Died, Session, TimedOut

__all__ = ["ForkedClient"]


class ForkedClient(GatheringClient):
    """Sends each cell to the process of a notebook, and takes what it shows."""

    def __init__(self, nb_man: Any, session: Session, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self._session = session
        self.kc = SimpleNamespace(execute=self._take)

    def execute(self, **options: Any) -> Any:
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
        self, parent_msg_id: str, cell: Any, timeout: float | None, outputs: asyncio.Task[None],
        alive: asyncio.Task[None],
    ) -> Any:  # fmt: skip
        index = next(place for place, one in enumerate(self.nb.cells) if one is cell)
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
