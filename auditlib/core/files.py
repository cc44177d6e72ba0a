"""Files that appear whole or not at all, and whether they are as they were."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["stamp", "write_atomically"]


def write_atomically(file: Path, content: bytes) -> None:
    """Write ``content`` so that ``file`` is at every moment the old one or the new one, never part of one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name[:60]}-", suffix="~", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def stamp(file: Path) -> tuple[int, int]:
    """Size and time of change (ns): while both stand, a file is taken to be what it was. Raises :class:`OSError`."""
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns
