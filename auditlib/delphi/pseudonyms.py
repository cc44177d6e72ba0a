"""One expert, one pseudonym: ``e02``, ``E2`` and ``E-02`` are ``E02`` written otherwise, and would count as others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from auditlib.core.errors import Problem

__all__ = ["key_of", "spelling", "spelt_twice"]


def key_of(pseudonym: str) -> str:
    """What stays the same however a pseudonym is written: its letters in one case, its number without zeros before."""
    letters, digits = re.fullmatch(r"(.*?)[-_]?([0-9]*)", pseudonym, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{letters.casefold()}{int(digits)}" if digits.isascii() and digits else pseudonym.casefold()


def spelling(pseudonym: str, known: dict[str, str]) -> str:
    """How the panel writes ``pseudonym``: as in ``known`` (by key); a new one is added, ``e-02`` as ``E02``."""
    plain = re.sub(r"[-_](?=[0-9]+$)", "", pseudonym.upper(), flags=re.ASCII)
    return known.setdefault(key_of(pseudonym), plain)


def spelt_twice(known: Iterable[tuple[str, str]], found: Iterable[tuple[str, int | None, str]]) -> Iterator[Problem]:
    """The ``found`` experts (file, row, pseudonym) who stand in ``known`` (pseudonym, where) under another spelling."""
    first: dict[str, tuple[str, str]] = {}
    for name, where in known:
        first.setdefault(key_of(name), (name, where))
    for file, row, name in found:
        other, where = first.setdefault(key_of(name), (name, file if row is None else f"{file}:{row}"))
        if other != name:
            message = f"found {name}, which is {other} ({where}) written otherwise; expected one pseudonym an expert"
            yield Problem(file, row, "expert", message)
