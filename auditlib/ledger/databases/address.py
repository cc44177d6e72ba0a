"""How a mapping names a database without its password, and what it is called in everything that is told.

The address itself, with whatever secret it holds, is handed to the driver and to nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from auditlib.core.errors import InputError

__all__ = ["Address", "address_of", "checked_address", "is_file"]

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SERVICE = re.compile(r"service=([\w.-]+)")
URI = re.compile(r"postgres(?:ql)?://")
KEYS = re.compile(r"\s*\w+\s*=")
FORMS = (
    "${NAME} of the environment, service=NAME of a service file, postgresql://HOST/NAME, or an SQLite or DuckDB file"
)


@dataclass(frozen=True)
class Address:
    """A database as its driver finds it: ``uri`` may hold a secret and is told nowhere, ``label`` everywhere."""

    label: str
    uri: str | None = field(repr=False, default=None)
    """What libpq takes; None for a file of SQLite or DuckDB."""
    file: str | None = field(repr=False, default=None)


def checked_address(text: str) -> str:
    """``text`` if a mapping may name a database so, without a password. Raises :class:`ValueError`, repeating none."""
    if VARIABLE.fullmatch(text) or SERVICE.fullmatch(text):
        return text
    if URI.match(text):
        try:
            parts = urlsplit(text)
            secret = parts.password is not None or any("password" in key for key in parse_qs(parts.query))
        except ValueError:
            raise ValueError(f"found an address that cannot be read, expected {FORMS}") from None
        if secret:
            expected = "expected none in a mapping: put the address into the environment and write ${NAME}"
            raise ValueError(f"found a password, {expected}")
        return text
    if not text or "$" in text or "=" in text or "://" in text:
        raise ValueError(f"found none of the forms of an address, expected {FORMS}")
    return text


def is_file(text: str) -> bool:
    """Whether a mapping names a file of the sources."""
    return not (VARIABLE.fullmatch(text) or SERVICE.fullmatch(text) or URI.match(text))


def address_of(text: str, environment: Mapping[str, str] = os.environ) -> Address:
    """Where the database of a mapping is that is no file of the sources. Raises :class:`InputError`."""
    if (variable := VARIABLE.fullmatch(text)) is None:
        service = SERVICE.fullmatch(text)
        name = urlsplit(text).path.strip("/") if service is None else service[1]
        return Address(name or "postgresql", uri=text)
    name = variable[1]
    value = environment.get(name, "").strip()
    if not value:
        expected = f"expected {name} with the address of a database: postgresql://…, or an SQLite or DuckDB file"
        raise InputError.at(text, "", f"found no such variable in the environment, {expected}")
    if URI.match(value) or (KEYS.match(value) and not Path(value).exists()):
        return Address(name, uri=value)
    return Address(name, file=value.removeprefix("sqlite:///").removeprefix("sqlite:"))
