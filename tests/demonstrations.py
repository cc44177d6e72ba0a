"""The demonstrations that the project brings: a period is scored once for all tests of a process that look at it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from auditlib.report import opening
from auditlib.report.asked import Asked
from auditlib.report.scored import ScoredPeriod

__all__ = ["DEMONSTRATIONS", "scored_demonstration"]

DEMONSTRATIONS = Path(__file__).resolve().parent.parent / "params" / "demonstrations"

# Reports remember the last four periods; many modules of tests ask for the same thirty.
opening._scored = lru_cache(maxsize=64)(opening._scored.__wrapped__)


def scored_demonstration(scheme: str, period: str) -> ScoredPeriod:
    """A period of a scheme's demonstration with all its evidence."""
    return opening.whole_period(Asked.of(scheme, str(DEMONSTRATIONS / scheme), period))
