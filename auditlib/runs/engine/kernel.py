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
from collections.abc import Callable, Iterable
from contextvars import copy_context
from pathlib import Path
from types import MethodType, SimpleNamespace
from typing import Any, NoReturn

from ipykernel.compiler import XCachingCompiler
from ipykernel.eventloops import enable_gui
from ipykernel.kernelbase import Kernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import UsageError
from jupyter_client.session import Session
from traitlets.config import Config

__all__ = ["Shell"]

Message = dict[str, Any]

PIECES = 1_000
"""Of a line without end: so many pieces are sent at once, and so many characters at once if they are one."""


class _Wire(Session):
    """Stands where a kernel has its session, and hands on what would be sent."""

    def __init__(self) -> None:
        super().__init__(key=b"")
        self.emit: Callable[[Message], None] = lambda message: None
        self.before: list[Callable[[], None]] = []
        """Called before anything else than written text is sent: the streams give what they still hold."""
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
        for give in self.before if kind != "stream" else ():
            give()
        header = {"msg_type": kind}
        with self._one_at_a_time:
            self.emit({"msg_type": kind, "header": header, "content": content, "parent_header": {}, "metadata": {}})

    @property
    def forked(self) -> bool:
        """True in a process that the notebook forked: the connection is not its own."""
        return os.getpid() != self.owner


class _Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a notebook, with what others write to its file descriptor in between.

    A line is sent when it ends, or before anything else is: ``print`` writes each of its words by itself.
    """

    encoding = "UTF-8"  # as a kernel says it
    errors = "strict"

    def __init__(self, name: str, descriptor: int, wire: _Wire) -> None:
        self.name = name
        self._descriptor = descriptor
        self._wire = wire
        self._read = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._one_at_a_time = threading.RLock()
        self._line: list[str] = []
        wire.before.append(self.give)

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
        with self._one_at_a_time:
            self._take_in()
            self._line.append(text)
            if "\n" in text or len(self._line) >= PIECES or len(text) >= PIECES:
                self.give()
        return len(text)

    def flush(self) -> None:
        if self._wire.forked:
            return
        with self._one_at_a_time:
            self._take_in()
            self.give()

    def give(self) -> None:
        """Send what is held."""
        with self._one_at_a_time:
            text = "".join(self._line)
            self._line.clear()
            if text:
                self._wire.post("stream", {"name": self.name, "text": text})

    def _take_in(self) -> None:
        """Hold what was written to the descriptor since the last time, after what was held before."""
        size = os.fstat(self._file.fileno()).st_size
        if size < self._read:  # opened again by its name, /dev/stdout, and so emptied
            self._read = 0
        if size > self._read:
            self._line.append(self._decoder.decode(os.pread(self._file.fileno(), size - self._read, self._read)))
            self._read = size

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


def _leaving(leave: Callable[[int], NoReturn], streams: Iterable[_Stream]) -> Callable[[int], NoReturn]:
    """``os._exit``, after the last words."""

    def last_words_first(status: int) -> NoReturn:
        try:
            for stream in streams:
                stream.flush()
        finally:  # nobody may listen any more
            leave(status)

    return last_words_first


class Shell:
    """A shell that is made once, before a fork, and begun in the child that runs one notebook with it."""

    def __init__(self) -> None:
        settings = Config()
        settings.HistoryManager.enabled = False  # its writer would be a second thread
        self._wire = _Wire()
        self._shell: Any = ZMQInteractiveShell.instance(
            config=settings, kernel=SimpleNamespace(eventloop=None), compiler_class=XCachingCompiler
        )
        vars(self._shell)["enable_gui"] = self._enable_gui
        history: Any = self._shell.history_manager
        history.get_tail = self._tail
        self._history = history
        extensions: Any = self._shell.extension_manager
        extensions.load_extension("storemagic")  # as a kernel does
        hook: Any = self._shell.displayhook
        publisher: Any = self._shell.display_pub
        hook.session = publisher.session = self._wire
        hook.topic = b"execute_result"

    def begin(self, emit: Callable[[Message], None], *, modules_beside: bool = True) -> None:
        """Take over this process: its output, its input, its random numbers, its folder.

        ``emit`` is given every message as it is sent. With ``modules_beside`` a module is first looked for in the
        working folder, as a kernel does it.
        """
        self._wire.emit, self._wire.owner = emit, os.getpid()
        streams = [_Stream("stdout", 1, self._wire), _Stream("stderr", 2, self._wire)]
        for stream in streams:
            stream.redirect()
        sys.stdout, sys.stderr = streams
        sys.stdin = open(os.devnull)  # noqa: SIM115 - stays open as long as the process
        vars(os)["_exit"] = _leaving(os._exit, streams)
        nobody = SimpleNamespace(_allow_stdin=False)
        builtins.input = MethodType(Kernel.raw_input, nobody)
        getpass.getpass = MethodType(Kernel.getpass, nobody)
        if modules_beside and sys.path[:1] != [""]:
            sys.path.insert(0, "")
        self._history.dir_hist[:] = [Path.cwd()]
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

    def _enable_gui(self, gui: str | None = None) -> None:
        """As a kernel's shell does it, which asks an application for its kernel. No loop is run: nobody clicks."""
        try:
            enable_gui(gui, self._shell.kernel)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise UsageError(str(error)) from error
        self._shell.active_eventloop = gui

    def _tail(
        self, n: int = 10, raw: bool = True, output: bool = False, include_latest: bool = False
    ) -> list[tuple[int, int, Any]]:
        """The last inputs of this notebook; what others had run before is not kept."""
        lines = list(self._history.get_range(0, raw=raw, output=output))
        return lines[-n:] if include_latest else lines[:-1][-n:]

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
