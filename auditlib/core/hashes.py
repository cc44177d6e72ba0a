"""Where results come from: content hashes of values, files and the software that made them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from email.message import Message
from email.parser import HeaderParser
from fractions import Fraction
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from re import match, sub
from types import NoneType
from typing import Any

from pydantic import BaseModel

from auditlib.core.files import stamps_below
from auditlib.core.guards import open_file
from auditlib.core.home import PACKAGE

__all__ = ["canonical", "digest", "file_sha256", "library_version", "software", "software_as_seen", "source_sha256"]

SOURCE = (".py", ".j2", ".css", ".js", ".json", ".otf", ".po")
"""How the names of the library's own files end."""


def canonical(value: Any) -> Any:
    """``value`` as plain JSON values, the same for equal values: no type of ours is left, and nothing is rounded.

    Takes dataclasses, models, mappings, sequences, sets, numbers, times and text. Raises :class:`TypeError` for
    anything else, binary floats included: they do not belong into a result.
    """
    return _form(type(value))(value)  # type: ignore[arg-type]  # a type can be hashed


@cache
def _form(kind: type) -> Callable[[Any], Any]:
    """How values of a type become plain: found once a type, as asking abstract classes of every value takes long."""
    if issubclass(kind, bool | int | str | NoneType):
        return lambda value: value
    if issubclass(kind, Fraction):
        return lambda value: f"{value.numerator}/{value.denominator}"
    if issubclass(kind, datetime | date):
        return kind.isoformat
    if issubclass(kind, BaseModel):
        return _named(tuple(kind.model_fields))
    if is_dataclass(kind):
        return _named(tuple(field.name for field in fields(kind) if field.compare))
    if issubclass(kind, Mapping):
        return lambda value: {str(key): canonical(one) for key, one in value.items()}
    if issubclass(kind, list | tuple):
        return lambda value: [canonical(one) for one in value]
    if issubclass(kind, set | frozenset):
        return lambda value: sorted((canonical(one) for one in value), key=str)
    if issubclass(kind, Path):
        return kind.as_posix
    raise TypeError(f"found {kind.__name__}, expected a value of a result")


def _named(names: Sequence[str]) -> Callable[[Any], Any]:
    return lambda value: {name: canonical(getattr(value, name)) for name in names}


def digest(value: Any) -> str:
    """SHA-256 of the canonical form of ``value``, as 64 hexadecimal digits; the order of keys does not matter."""
    text = json.dumps(canonical(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_sha256(file: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with open_file(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def source_sha256() -> str:
    """SHA-256 over the library's own files: code, templates, style, fonts. A version number says less."""
    files = sorted(file for file in PACKAGE.rglob("*") if file.suffix in SOURCE and "__pycache__" not in file.parts)
    return digest([[file.relative_to(PACKAGE).as_posix(), file_sha256(file)] for file in files])


@cache
def software_as_seen() -> str:
    """A hash that changes with :func:`software`, told from names, sizes and times of change as make tells it.

    It may change where the other does not: the versions are those in the names of all installed libraries.
    """
    folders = [folder for folder in dict.fromkeys(sys.path) if os.path.isdir(folder)]
    named = {name for folder in folders for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))}
    return digest([platform.python_version_tuple()[:2], stamps_below(PACKAGE, SOURCE), sorted(named)])


def library_version() -> str:
    """The library with its version, as pages name it."""
    try:
        return f"auditlib {version('auditlib')}"
    except PackageNotFoundError:
        return "auditlib"


@cache
def software() -> dict[str, str]:
    """The library, its source, Python, and every library that it needs, directly or through others, by version.

    These are what a lock file pins: a page is the work of the Markdown reader, too, that nbconvert brings.
    """
    versions = {"auditlib": version("auditlib"), "auditlib source": source_sha256()}
    versions["python"] = ".".join(platform.python_version_tuple()[:2])
    libraries: dict[str, str] = {}
    waiting = _needed(_said_of("auditlib"))
    while waiting:
        name = waiting.pop()
        if name not in libraries:
            try:
                said = _said_of(name)
            except PackageNotFoundError:  # an optional one for another system
                continue
            libraries[name] = said["Version"]
            waiting += _needed(said)
    return versions | dict(sorted(libraries.items()))


def _said_of(name: str) -> Message:
    """What a distribution says of itself, without its description: reading that takes most of the time.

    Raises :class:`PackageNotFoundError`.
    """
    found = distribution(name)
    text = found.read_text("METADATA")
    return found.metadata if text is None else HeaderParser().parsestr(text.partition("\n\n")[0])  # type: ignore[return-value]


def _needed(said: Message) -> list[str]:
    """The names, in their one spelling, of what a distribution requires without being asked for extras."""
    lines = said.get_all("Requires-Dist") or ()
    asked = [match(r"[A-Za-z0-9_.-]+", line) for line in lines if "extra ==" not in line]
    return [sub(r"[-_.]+", "-", one[0]).lower() for one in asked if one]
