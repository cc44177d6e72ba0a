"""A result of auditlib with its outcomes, in the shape of the twins' results."""

from __future__ import annotations

from typing import Any

from random_ledgers import plain

from auditlib.scoring.result import Result

__all__ = ["plain_with_outcomes"]


def plain_with_outcomes(result: Result) -> dict[str, Any]:
    """What ``plain`` gives, with each unit's outcomes and whether they are decided."""
    found = plain(result)
    for unit in result.units:
        found[unit.unit]["outcomes"] = {outcome.id: outcome.decided for outcome in unit.outcomes}
    return found
