"""A ledger read with the registers of one's own that a scheme declares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.ledger.extra_registers import ExtraRegister, together
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.scheme.load import find_scheme, load_scheme

__all__ = ["declared_registers", "read_for"]

KEYS = ("extra_registers", "extends")
"""A file with none of these words declares no register, and need not be loaded."""


def declared_registers(scheme: str) -> dict[str, ExtraRegister]:
    """The registers that any version of a scheme, named by id or path, declares for its ledgers.

    All versions count, so that the hash of a snapshot is the same whichever period is scored. What does not load, and a
    scheme that is not there, declares none here: whoever scores by it is told. Raises :class:`InputError` where two
    versions declare one register differently.
    """
    found: dict[str, ExtraRegister] = {}
    for file in _versions(scheme):
        found = together(str(file), found, _declared(file))
    return found


def _declared(file: Path) -> dict[str, ExtraRegister]:
    with suppress(InputError, OSError, UnicodeDecodeError):
        if any(key in file.read_text(encoding="utf-8") for key in KEYS):
            return load_scheme(file).natural.extra_registers
    return {}


def _versions(scheme: str) -> Iterator[Path]:
    with suppress(InputError):
        path = find_scheme(scheme)
        name = path.stem.partition("@")[0]
        among = sorted([*path.parent.glob(f"{name}.yaml"), *path.parent.glob(f"{name}@*.yaml")])
        yield from among if path in among else [path]


def read_for(scheme: str, path: Path, as_of: datetime | None = None) -> Ledger:
    """The ledger at ``path`` as :func:`auditlib.ledger.read.read_ledger` reads it, for a scheme named by id or path."""
    return read_ledger(path, as_of, declared_registers(scheme))
