"""A notebook's Python without a kernel around it: IPython's own shell, its messages handed on.

The shell, its display hook and its publisher are ipykernel's; only the sockets are missing. What a cell
shows is therefore what a kernel would have sent, in the order in which it was shown. Two things differ. What is
written to the descriptors 1 and 2 past Python (``os.system``, libraries in C) stands where it was written, while
a kernel shows it some time later; and what a process forked by the notebook displays, but does not print, is lost.
"""

from __future__ import annotations

import asyncio
import builtins
import codecs
import getpass
import io
import os
import random
import sys
import tempfile
import threading
from collections.abc import Callable
from contextvars import copy_context
from types import MethodType, SimpleNamespace
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.kernelbase import Kernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from traitlets.config import Config

__all__ = ["Shell"]

Message = dict[str, Any]


class _Wire(Session):
    """Stands where a kernel has its session, and hands on what would be sent."""

    def __init__(self) -> None:
        super().__init__(key=b"")
        self.emit: Callable[[Message], None] = lambda message: None
        self.owner = os.getpid()
        self._one_at_a_time = threading.RLock()

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *rest: Any, **more: Any) -> None:
        if isinstance(msg_or_type, dict):
            self.post(msg_or_type["msg_type"], msg_or_type["content"])
        else:
            self.post(msg_or_type, content)

    def post(self, kind: str, content: Message) -> None:
        if self.forked:
            return
        header = {"msg_type": kind}
        with self._one_at_a_time:
            self.emit({"msg_type": kind, "header": header, "content": content, "parent_header": {}, "metadata": {}})

    @property
    def forked(self) -> bool:
        """True in a process that the notebook forked: the connection is not its own."""
        return os.getpid() != self.owner


class _Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a notebook, with what others write to its file descriptor in between."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, name: str, descriptor: int, wire: _Wire) -> None:
        self.name = name
        self._descriptor = descriptor
        self._wire = wire
        self._read = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._one_at_a_time = threading.RLock()

    def redirect(self) -> None:
        """Let the descriptor append to a file of its own, which is read on the way."""
        self._file = tempfile.TemporaryFile("ab+")  # noqa: SIM115 - stays open as long as the process
        os.dup2(self._file.fileno(), self._descriptor)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if self._wire.forked:
            os.write(self._file.fileno(), text.encode("utf-8", "replace"))
            return len(text)
        self.flush()
        if text:
            self._wire.post("stream", {"name": self.name, "text": text})
        return len(text)

    def flush(self) -> None:
        if self._wire.forked:
            return
        with self._one_at_a_time:
            size = os.fstat(self._file.fileno()).st_size
            if size < self._read:  # opened again by its name, /dev/stdout, and so emptied
                self._read = 0
            text = self._decoder.decode(os.pread(self._file.fileno(), size - self._read, self._read))
            self._read = size
        if text:
            self._wire.post("stream", {"name": self.name, "text": text})

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


class Shell:
    """A shell that is made once, before a fork, and begun in the child that runs one notebook with it."""

    def __init__(self) -> None:
        settings = Config()
        settings.HistoryManager.enabled = False  # its writer would be a second thread
        self._wire = _Wire()
        self._shell: Any = ZMQInteractiveShell.instance(
            config=settings, kernel=SimpleNamespace(eventloop=None), compiler_class=XCachingCompiler
        )
        hook: Any = self._shell.displayhook
        publisher: Any = self._shell.display_pub
        hook.session = publisher.session = self._wire
        hook.topic = b"execute_result"

    def begin(self, emit: Callable[[Message], None]) -> None:
        """Take over this process: its output, its input, its random numbers, its folder of imports.

        ``emit`` is given every message as it is sent.
        """
        self._wire.emit, self._wire.owner = emit, os.getpid()
        streams = [_Stream("stdout", 1, self._wire), _Stream("stderr", 2, self._wire)]
        for stream in streams:
            stream.redirect()
        sys.stdout, sys.stderr = streams
        sys.stdin = open(os.devnull)  # noqa: SIM115 - stays open as long as the process
        nobody = SimpleNamespace(_allow_stdin=False)
        builtins.input = MethodType(Kernel.raw_input, nobody)
        getpass.getpass = MethodType(Kernel.getpass, nobody)
        if sys.path[:1] != [""]:
            sys.path.insert(0, "")
        random.seed()
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._context = copy_context()

    def run(self, code: str) -> Message:
        """Run a cell. Returns the reply of a kernel."""
        self._wire.post("execute_input", {"code": code, "execution_count": self._shell.execution_count})
        one_context = self._loop.create_task(self._execute(code), context=self._context)  # np.seterr lasts
        reply = self._loop.run_until_complete(one_context)
        sys.stdout.flush()
        sys.stderr.flush()
        return reply

    @property
    def ended(self) -> bool:
        """True where the cell asked for the end of its kernel, as ``exit()`` does."""
        return bool(self._shell.exit_now)

    async def _execute(self, code: str) -> Message:
        """As a kernel does it: inside a running loop, awaiting only the cells that await."""
        shell = self._shell
        transformed = code
        failure = None
        try:
            transformed = shell.transform_cell(code)
        except Exception:
            failure = sys.exc_info()
        if shell.should_run_async(code, transformed_cell=transformed, preprocessing_exc_tuple=failure):
            shell._last_traceback = None
            try:
                result = await shell.run_cell_async(
                    code, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=failure
                )
            finally:
                shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        else:
            result = shell.run_cell(code, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        shell.payload_manager.clear_payload()
        if result.success and not getattr(shell, "_last_traceback_during_displayhook", False):
            return {"status": "ok", "execution_count": shell.execution_count - 1}
        return {
            "status": "error",
            "execution_count": shell.execution_count - 1,
            "ename": type(error).__name__,
            "evalue": str(error),
            "traceback": shell._last_traceback or [],
        }
