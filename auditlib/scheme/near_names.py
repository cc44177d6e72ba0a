"""Names that may be meant where another is written, and those that there are."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any

__all__ = ["register_told", "those"]

NEAR = 0.7
"""How alike two names are of which one may be meant for the other."""
MANY = 12
"""Of more names the first are told."""


def those(name: str, known: Any) -> str:
    """The one that was meant, if there is one like it, or those that there are."""
    names = sorted(known) if isinstance(known, set | frozenset) else list(known)
    if near := difflib.get_close_matches(name, names, n=1, cutoff=NEAR):
        return f"; did you mean {near[0]}?"
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    return f": {', '.join(names[:MANY])}{more}" if names else "; there is none"


def register_told(name: str, known: Collection[str]) -> str:
    """What to say of a register that is not there: the one that may be meant, all of them, and where the rest goes."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=NEAR)
    meant = f"; did you mean {near[0]}?" if near else ""
    own = "rows of any other kind have a register of their own, declared under `extra_registers`"
    return f"found {name}, expected one of the registers {', '.join(known)}{meant} ({own})"
