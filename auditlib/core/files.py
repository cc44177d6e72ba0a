"""Files and folders that appear whole or not at all, that are on the disk when something says so, and as they were.

What the system refuses (a full disk, a folder that may not be written) is an :class:`OSError` that names the file that
was to be written: never a scratch file beside it, and never no file at all.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from auditlib.core.guards import refuse_device

__all__ = ["naming", "on_disk", "stamp", "stamps_below", "whole_folder", "write_atomically", "write_together"]

TOLD_BY_RUST = re.compile(r"(?P<said>[^:]*?) \(os error (?P<number>\d+)\)")
"""An error of the system as the libraries written in Rust pass it on: in words, with its number."""


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Let what the system refuses in the block be an :class:`OSError` of ``file``; other errors pass as they are."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise OSError(error.errno, error.strerror or os.strerror(error.errno), str(file)) from error
        _raise_told(error, file)
        raise
    except Exception as error:
        _raise_told(error, file)
        raise


def _raise_told(error: Exception, file: Path) -> None:
    if told := TOLD_BY_RUST.search(str(error)):
        number = int(told["number"])
        raise OSError(number, os.strerror(number), str(file)) from error


def write_atomically(file: Path, content: bytes, *, durable: bool = True) -> None:
    """Write ``content`` so that ``file`` is at every moment the old one or the new one, never part of one.

    A ``durable`` file is on the disk before it has its name: after a power cut it is not an empty one. It obeys the
    user's umask. Raises :class:`OSError` with the name of ``file``; then nothing is left of it. Raises
    :class:`.InputError` where a device or a pipe is there.
    """
    write_together({file: content}, durable=durable)


def write_together(contents: Mapping[Path, bytes], *, durable: bool = True) -> None:
    """As :func:`write_atomically` for files that belong together: where there is no room for one, none is written."""
    scratch: dict[Path, Path] = {}
    new: list[Path] = []
    try:
        for file, content in contents.items():
            refuse_device(file)
            with naming(file):
                new += [place for place in file.parents if not place.exists()]
                file.parent.mkdir(parents=True, exist_ok=True)
                scratch[file] = _beside(file)
                with open(scratch[file], "xb") as stream:
                    stream.write(content)
                    if durable:
                        stream.flush()
                        os.fsync(stream.fileno())
        for file, made in scratch.items():
            with naming(file):
                os.replace(made, file)
    except BaseException:
        for made in scratch.values():
            with suppress(OSError):
                made.unlink(missing_ok=True)
        for place in new:  # the inmost first; one in which others have begun to write stays
            with suppress(OSError):
                place.rmdir()
        raise


@contextmanager
def whole_folder(folder: Path, *, replace: bool = False) -> Iterator[Path]:
    """A scratch folder to write into, which becomes ``folder`` at the end of the block; nothing of it stays otherwise.

    With ``replace`` the folder may exist, and is as it was where anything fails. What was written is on the disk before
    the folder has its name. Raises :class:`OSError` with the name of a file in ``folder``.
    """
    refuse_device(folder)
    with naming(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = _beside(folder)
        made.mkdir()
    old = _beside(folder)
    try:
        try:
            yield made
        except OSError as error:
            raise _as_in(folder, made, error) from error
        with naming(folder):
            on_disk(*(file for file in made.rglob("*") if file.is_file()), *_folders(made))
            if replace and folder.exists():
                os.replace(folder, old)
            try:
                os.replace(made, folder)
            except OSError:
                if old.exists():
                    os.replace(old, folder)
                raise
            on_disk(folder.parent)
    finally:
        for left in (made, old):
            shutil.rmtree(left, ignore_errors=True)


def _as_in(folder: Path, made: Path, error: OSError) -> OSError:
    """An error of a file in the scratch folder, as one of the file that it was to become."""
    if error.errno is None:
        return error
    name = str(error.filename or folder).replace(str(made), str(folder))
    return OSError(error.errno, error.strerror or os.strerror(error.errno), name)


def on_disk(*places: Path) -> None:
    """Let files, and the names in folders, be on the disk and not on the way to it. Raises :class:`OSError`."""
    for place in places:
        if place.is_dir():
            with suppress(OSError):  # some systems cannot do it with folders
                _sync(place)
        else:
            with naming(place):
                _sync(place)


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folders(made: Path) -> Iterator[Path]:
    yield made
    yield from (place for place in made.rglob("*") if place.is_dir())


def _beside(place: Path) -> Path:
    """A name for a scratch file on the disk of ``place``. The runner clears away what ends so."""
    return place.with_name(f".{place.name[:60]}-{secrets.token_hex(6)}~")


def stamp(file: Path) -> tuple[int, int]:
    """Size and time of change (ns): while both stand, a file is taken to be what it was. Raises :class:`OSError`."""
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns


def stamps_below(folder: Path, endings: tuple[str, ...]) -> list[str]:
    """The files below a folder whose names end so, as :func:`stamp` sees them: a line each, in their order.

    A thousand files are told in some milliseconds. What compilers leave beside them is passed over.
    """
    told = []
    for place, inside, names in os.walk(folder):
        inside[:] = [name for name in inside if name != "__pycache__"]
        for name in names:
            if name.endswith(endings):
                found = os.stat(os.path.join(place, name))
                told.append(f"{os.path.relpath(place, folder)}/{name} {found.st_size} {found.st_mtime_ns}")
    return sorted(told)
