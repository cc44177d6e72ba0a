"""How a command ends: what the library, the system and the user's signals say, as a message and an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

import click

from auditlib.core.errors import AuditError, InputError
from auditlib.core.visible import visible

__all__ = ["Terminated", "ending_well"]

BAD_INPUT = 2
INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM
GOES_ON = "what is finished stays, and the same command goes on from there"
PARTS = "auditlib.ledger.divided.parts"
DEBUG = "AUDITLIB_DEBUG"
"""The environment variable that shows where in the program an error arose."""


class Terminated(BaseException):
    """The process was asked to end (SIGTERM). No ``except Exception`` on the way out holds it up."""


@contextmanager
def ending_well() -> Iterator[None]:
    """Let whatever goes wrong in a command be one message and an exit code: 2, 130 (Ctrl-C) or 143 (SIGTERM).

    A reader that closes the pipe (``| head``) is left to click, which ends quietly.
    """
    with _listening():
        try:
            yield
            sys.stdout.flush()  # a full disk shows only now
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (KeyboardInterrupt, Terminated) as stop:
            by_hand = isinstance(stop, KeyboardInterrupt)
            _leave(INTERRUPTED if by_hand else TERMINATED, f"{'interrupted' if by_hand else 'ended'}; {GOES_ON}")
        except InputError as error:
            _leave(BAD_INPUT, *map(str, error.problems))
        except AuditError as error:
            _leave(BAD_INPUT, str(error))
        except OSError as error:
            if error.errno == errno.EPIPE and error.filename is None:
                raise
            _leave(BAD_INPUT, _refused(error))
        except MemoryError:
            _leave(BAD_INPUT, "the memory that this process may use is not enough")
        except RecursionError:
            _leave(BAD_INPUT, "values nested too deep")
        except RuntimeError as error:
            looping = str(error).startswith("Symlink loop")  # pathlib's word for it, until Python 3.13
            _leave(BAD_INPUT, *([str(error)] if looping else _own_fault(error)))
        except BaseException as error:
            if isinstance(error, SystemExit | GeneratorExit):
                raise
            _leave(BAD_INPUT, *(_damaged_part(error) or _own_fault(error)))


def _refused(error: OSError) -> str:
    """What the system says, with the file; what is printed has no name of its own."""
    if error.errno is None:
        return str(error) or type(error).__name__
    return f"{error.filename or 'standard output'}: {error.strerror or os.strerror(error.errno)}"


def _own_fault(error: BaseException) -> Iterator[str]:
    """What was not foreseen: nothing that the user can mend, told with what a report of it needs."""
    if os.environ.get(DEBUG):
        yield from traceback.format_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    at = f" at {os.path.basename(last[0].filename)}:{last[0].lineno}" if last else ""
    said = (str(error).splitlines() or [""])[0][:200]
    yield f"a fault of auditlib itself{at}: {type(error).__name__}: {said}; nothing was written half"
    yield f"please report it (SECURITY.md says how); {DEBUG}=1 before the command shows where it arose"


def _damaged_part(error: BaseException) -> list[str]:
    """What is wrong with a part of a divided ledger, where its reader broke off for that; else nothing."""
    if (polars := sys.modules.get("polars")) is None or (parts := sys.modules.get(PARTS)) is None:
        return []
    if not isinstance(error, (polars.exceptions.PolarsError, polars.exceptions.PanicException)):
        return []
    found = parts.damaged_part()
    return [str(problem) for problem in found.problems] if found else []


def _leave(code: int, *lines: str) -> NoReturn:
    with suppress(OSError):
        for line in lines:
            click.echo(f"auditlib: {visible(_impersonal(line))}", err=True)
    if (out := sys.__stdout__) is not None and sys.stdout is out:
        try:
            out.flush()
        except OSError:  # what cannot be written now must not be tried again when the interpreter ends
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    raise click.exceptions.Exit(code)


def _impersonal(line: str) -> str:
    """A message without the personal data of the value that it repeats."""
    with suppress(Exception):  # a message is better than none: what is wrong may be the list of names itself
        from auditlib.ledger.privacy.find import mask_personal

        return mask_personal(line)
    return line


@contextmanager
def _listening() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does, with what it has begun tidied away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
