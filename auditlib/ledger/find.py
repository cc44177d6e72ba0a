"""Where the ledger lies that a command line, a run file or a notebook names."""

from __future__ import annotations

from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.home import find, names_in

__all__ = ["find_ledger"]

FOLDER = "demonstrations"


def find_ledger(name: str | Path) -> Path:
    """The folder or workbook of a ledger: a path, or the name of one in ``params/demonstrations``.

    Raises :class:`InputError` with the demonstrations that there are.
    """
    path = find(name, FOLDER)
    if not path.exists():
        known = names_in(FOLDER, "*/ledger.yaml")
        expected = f"expected a folder of registers or an XLSX file, or one of the demonstrations: {known}"
        raise InputError.at(name, "", f"no such ledger; {expected}")
    return path
