"""Places of a unit's page that other places link to: its cases and events."""

from __future__ import annotations

import hashlib
import re

__all__ = ["SHOWN_CASES", "case_anchor"]


SHOWN_CASES = 300


HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


def case_anchor(id: str, of: str = "case") -> str:
    """Where on the page a case or event stands: ``case-ID``, or a hash where the id has signs no address can have."""
    name = id if HARMLESS.fullmatch(id) else hashlib.sha256(id.encode()).hexdigest()[:16]
    return f"{of}-{name}"
