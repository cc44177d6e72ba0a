"""The demonstrations that the project brings: a period is scored once for all tests of a process that look at it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from auditlib.analysis import scored_periods
from auditlib.analysis.request import Asked
from auditlib.analysis.views import ScoredPeriod

__all__ = ["DEMONSTRATIONS", "scored_demonstration"]

DEMONSTRATIONS = Path(__file__).resolve().parent.parent / "params" / "demonstrations"

# Reports remember the last four periods; many modules of tests ask for the same thirty.
scored_periods._scored = lru_cache(maxsize=64)(scored_periods._scored.__wrapped__)


def scored_demonstration(scheme: str, period: str) -> ScoredPeriod:
    """A period of a scheme's demonstration with all its evidence."""
    return scored_periods.whole_period(Asked.of(scheme, str(DEMONSTRATIONS / scheme), period))
