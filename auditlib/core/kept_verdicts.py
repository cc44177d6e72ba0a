"""That nothing was found wrong with a text, kept so that the same text need not be searched again by the same software.

Only the clean are kept: a fault is found anew each time, and told. A verdict is an empty file in the user's own cache
folder, whose name is a code over the text, the software and the user's key: nobody else can put one there.
"""

from __future__ import annotations

import hmac
import platform
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.files import stamps_below
from auditlib.core.hashes import digest, library_version
from auditlib.core.home import PACKAGE
from auditlib.core.private import own_folder, own_key, owned_by_us

__all__ = ["is_clean", "keep_clean"]

ROOMS = ("core", "ledger", "scheme")
"""What a search can depend on."""
MOST = 2000
"""So many verdicts are kept; when there are more, all go."""


def is_clean(what: str, *content: object) -> bool:
    """Whether it is kept that a search called ``what`` found nothing in this content."""
    place = _place(what, content)
    return place.is_file() and owned_by_us(place.parent)


def keep_clean(what: str, *content: object) -> None:
    """Keep that a search called ``what`` found nothing in this content, where the user has a folder for that."""
    place = _place(what, content)
    with suppress(OSError, InputError):
        own_folder(place.parent)
        if owned_by_us(place.parent):
            if sum(1 for _ in place.parent.iterdir()) >= MOST:
                for old in place.parent.iterdir():
                    old.unlink(missing_ok=True)
            place.touch(mode=0o600)


def _place(what: str, content: tuple[object, ...]) -> Path:
    from platformdirs import user_cache_path, user_state_path

    key = own_key(user_state_path("auditlib", appauthor=False) / "kept.key")
    code = hmac.new(key, digest([what, list(content), _searching()]).encode(), "sha256").hexdigest()
    return user_cache_path("auditlib", appauthor=False) / "clean" / code


@cache
def _searching() -> str:
    """A hash that changes with the code that searches, from sizes and times of change, as make tells it."""
    libraries = [f"{name} {version(name)}" for name in ("polars", "pydantic", "pyyaml")]
    files = [stamps_below(PACKAGE / room, (".py",)) for room in ROOMS]
    return digest([library_version(), platform.python_version(), libraries, files])
