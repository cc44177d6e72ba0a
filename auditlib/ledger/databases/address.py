"""How a mapping names a database without its password, and what it is called in everything that is told.

The address itself, with whatever secret it holds, is handed to the driver and to nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from auditlib.core.errors import InputError
from auditlib.core.guards import DECLARED_BYTES, text_of

__all__ = ["Address", "address_of", "checked_address", "is_file"]

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SERVICE = re.compile(r"service=([\w.-]+)")
URI = re.compile(r"postgres(?:ql)?://")
PLAIN_URI = re.compile(
    r"postgres(?:ql)?://(?:[\w.~+-]*@)?(?P<hosts>(?:(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?,?)*)"
    r"(?:/(?P<name>[\w.~+-]*))?(?:\?sslmode=(?:require|verify-ca|verify-full))?"
)
"""All that a mapping may say of a server: what else an address can hold leads to other hosts, files and passwords."""
PORT = re.compile(r":[0-9]+$")
KEYS = re.compile(r"\s*\w+\s*=")
FIRST = re.compile(r"(?:\\.|[^\\:])+(?=:)")
"""The host of a line in a list of passwords, a backslash before each colon in it."""
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
        if not PLAIN_URI.fullmatch(text):
            expected = "expected postgresql://HOST/NAME: put any other into the environment and write ${NAME}"
            raise ValueError(f"found more than a host, a name and a stronger sslmode, {expected}")
        return text
    if not text or "$" in text or "=" in text or "://" in text:
        raise ValueError(f"found none of the forms of an address, expected {FORMS}")
    return text


def is_file(text: str) -> bool:
    """Whether a mapping names a file of the sources."""
    return not (VARIABLE.fullmatch(text) or SERVICE.fullmatch(text) or URI.match(text))


def address_of(text: str, hosts: Collection[str] = (), environment: Mapping[str, str] = os.environ) -> Address:
    """Where the database of a mapping is that is no file of the sources.

    A mapping may be a stranger's: a host that it names is sent the password of the environment only where it is one of
    ``hosts``, or the environment or the user's list of passwords names it. Raises :class:`InputError`.
    """
    if (variable := VARIABLE.fullmatch(text)) is None:
        service = SERVICE.fullmatch(text)
        _refuse_unnamed(text, {*hosts, *_own_hosts(environment)})
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


def _refuse_unnamed(text: str, named: Collection[str]) -> None:
    """Refuses an address with a host that nobody but its mapping has named."""
    plain = PLAIN_URI.fullmatch(text)
    hosts = [PORT.sub("", one).strip("[]") for one in plain["hosts"].split(",")] if plain is not None else []
    known = {one.casefold() for one in named}
    if foreign := [one for one in hosts if one and one.casefold() not in known]:
        found = f"found the host {', '.join(foreign)}, which the mapping alone names"
        expected = "expected one that you name, for it is sent your password: say --allow-host, or set PGHOST"
        raise InputError.at(text.partition("?")[0], "", f"{found}; {expected}")


def _own_hosts(environment: Mapping[str, str]) -> Iterator[str]:
    """The hosts that the environment or the list of passwords names; ``*`` in the latter names none."""
    for name in ("PGHOST", "PGHOSTADDR"):
        yield from environment.get(name, "").split(",")
    file = environment.get("PGPASSFILE") or str(Path(environment.get("HOME", "~")).expanduser() / ".pgpass")
    try:
        lines = text_of(Path(file), DECLARED_BYTES).splitlines()
    except (OSError, InputError):  # none, or one that libpq does not read either
        return
    for line in lines:
        host = FIRST.match(line)
        if host is not None and not line.startswith("#") and host[0] != "*":
            yield host[0].replace("\\", "")
