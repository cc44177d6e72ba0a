"""What a notebook is made from, as it says itself: what of a ledger it reads, and which parameters name files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.guards import json_of
from auditlib.core.hashes import digest, file_sha256
from auditlib.core.home import shown

__all__ = ["named_files", "notebook_inputs"]


def notebook_inputs(file: Path) -> tuple[str, str, list[str]]:
    """The hash of a notebook, what of a ledger it says it reads (a ``unit``, a ``period``, or all: ``ledger``), and
    which of its parameters name files."""
    if not file.is_file():
        return "", "ledger", []
    try:
        own = json_of(file)["metadata"].get("auditlib", {})
        return file_sha256(file), own.get("reads", "ledger"), list(own.get("files", ()))
    except (KeyError, TypeError, AttributeError):
        raise InputError.at(shown(file), "", "found no notebook, expected one as Jupyter writes it") from None


def named_files(parameters: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The hashes of the files and folders that parameters name, beside the ledger."""
    found = {}
    for name in names:
        value = parameters.get(name) or []
        for path in [value] if isinstance(value, str) else value:
            place = Path(str(path))
            files = sorted(one for one in place.rglob("*") if one.is_file()) if place.is_dir() else [place]
            hashes = [(one.relative_to(place).as_posix(), file_sha256(one)) for one in files if one.is_file()]
            found[f"{name} {path}"] = digest(hashes)
    return found
