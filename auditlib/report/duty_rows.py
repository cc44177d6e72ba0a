"""What the lists of instances of duties share: how many stand on a page, and the rows behind each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditlib.scoring.duties.written import evidence_of

__all__ = ["SHOWN", "evidence_keys"]

SHOWN = 200
"""So many instances stand on a page; the workbook lists all."""


def evidence_keys(row: Mapping[str, Any], of: str) -> tuple[str, ...]:
    """The keys of the rows behind an instance, as ``register:key``."""
    return tuple(evidence_of(row, of))
