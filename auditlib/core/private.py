"""Folders and keys that are one user's alone."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from auditlib.core.errors import InputError

__all__ = ["own_folder", "own_key", "owned_by_us"]

KEY_BYTES = 32


def owned_by_us(folder: Path) -> bool:
    """Whether nobody but this user and the system's can put another folder in the place of this one, or of one above.

    True where the system knows no owners.
    """
    if not hasattr(os, "geteuid"):
        return True
    for place in (folder.absolute(), *folder.absolute().parents):
        try:
            found = place.stat()
        except FileNotFoundError:
            continue
        except OSError:
            return False
        others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
        if found.st_uid not in (0, os.geteuid()) or others:
            return False
    return True


def own_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder with this ``mode``, or give it to one that is there: nobody else writes into it.

    Raises :class:`InputError` for a link in its place and for a folder of another user, :class:`OSError` where the
    system refuses.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise InputError.at(folder, "", "found a link, expected a folder of the run itself")
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise InputError.at(folder, "", f"found a folder of user {found.st_uid}, expected one of your own")
    if found.st_mode & 0o777 & ~mode:
        folder.chmod(found.st_mode & mode)


def own_key(file: Path) -> bytes:
    """The key of this user in ``file``, made when it is first needed.

    One that others may read or change, or could have put there, is not taken: where it cannot be replaced by a new one,
    the new one holds for this process alone.
    """
    with suppress(OSError):
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as stream:
            found = os.fstat(descriptor)
            ours = not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)
            key = stream.read(KEY_BYTES + 1) if stat.S_ISREG(found.st_mode) else b""
        if ours and len(key) == KEY_BYTES and owned_by_us(file.parent):
            return key
    key = secrets.token_bytes(KEY_BYTES)
    with suppress(OSError, InputError):
        own_folder(file.parent)
        scratch = file.with_name(f".{file.name}-{secrets.token_hex(6)}~")
        with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(key)
        os.replace(scratch, file)
    return key
