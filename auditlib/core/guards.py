"""What is looked at before a file is read: that it is one, and of a size that a declared file of people can have.

A program that reads whatever it is given can be made to wait for ever (a pipe), to fill the memory (a device without
end, a file of gigabytes) or to end without a word (values nested deeper than the parser's stack). The limits are far
above what is written by hand, so that whoever meets one has given a wrong file.
"""

from __future__ import annotations

import json
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError

__all__ = [
    "DECLARED_BYTES",
    "DEPTH",
    "DIGITS",
    "NODES",
    "OWN_BYTES",
    "content_of",
    "json_of",
    "open_file",
    "refuse_device",
    "sized",
    "text_of",
]

DECLARED_BYTES = 16 * 2**20
"""Of a file that people write: a scheme, a mapping, a panel, a run. The longest one shipped has a hundredth of it."""
OWN_BYTES = 2**30
"""Of a file that this program writes for itself to read again: a manifest, a result."""
NODES = 500_000
"""Of the values of such a file, those that stand there by an alias counted as often as they are used."""
DEPTH = 64
"""Of values in values."""
DIGITS = 400
"""Of a number: exact numbers have no end of their own, and what is done with one takes time with its digits."""


def refuse_device(place: Path) -> None:
    """Raises :class:`InputError` where something is to be written that would take the place of a device or a pipe.

    Who may write into /dev would otherwise have an ordinary file there, and no device, for everyone.
    """
    try:
        mode = os.lstat(place).st_mode
    except OSError:  # nothing is there, or the system says soon why it cannot be
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)):
        raise InputError.at(place, "", f"found {_kind(mode)}, expected a place for an ordinary file")


def open_file(file: Path) -> BufferedReader:
    """An ordinary file, opened to read its bytes.

    Raises :class:`InputError` for a pipe, a device or a socket, without waiting for one, and :class:`OSError` for what
    the system refuses.
    """
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(21, "Is a directory", str(file))
        if not stat.S_ISREG(mode):
            raise InputError.at(file, "", f"found {_kind(mode)}, expected an ordinary file")
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _kind(mode: int) -> str:
    pipe_or_socket = "a pipe" if stat.S_ISFIFO(mode) else "a socket"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else pipe_or_socket


def sized(size: int) -> str:
    """A number of bytes as people say it."""
    return f"{size / 2**20:,.0f} MB" if size >= 2**20 else f"{size:,} bytes"


def content_of(file: Path, most: int | None = None, name: str | None = None) -> bytes:
    """The bytes of an ordinary file, ``most`` so many. Raises :class:`InputError` and :class:`OSError`.

    ``name`` is how messages call the file.
    """
    with open_file(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        if most is not None and size > most:
            raise InputError.at(name or file, "", f"found {sized(size)}, expected at most {sized(most)}")
        content = stream.read() if most is None else stream.read(most + 1)
    if most is not None and len(content) > most:  # it grew, or says of itself that it is empty
        raise InputError.at(name or file, "", f"found more than {sized(most)}, expected at most that")
    return content


def text_of(file: Path, most: int = OWN_BYTES) -> str:
    """The text of an ordinary file in UTF-8, lines as they end there. Raises :class:`InputError`, :class:`OSError`."""
    try:
        return content_of(file, most).decode()
    except UnicodeDecodeError as error:
        raise InputError.at(file, "", f"found no UTF-8 at byte {error.start}, expected text") from None


def json_of(file: Path, most: int = OWN_BYTES) -> Any:
    """The value in a JSON file.

    Raises :class:`InputError` where it is none, or nested too deep, and :class:`OSError`.
    """
    try:
        return json.loads(content_of(file, most))
    except RecursionError:
        raise InputError.at(file, "", "found values nested too deep, expected those of a file of ours") from None
    except ValueError as error:
        raise InputError.at(file, "", f"found no JSON: {str(error)[:200]}") from None
