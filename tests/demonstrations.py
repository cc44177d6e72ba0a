"""The demonstrations that the project brings: a period is scored once for all tests of a process that look at it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from auditlib.analysis import scored_periods
from auditlib.analysis.request import Asked
from auditlib.analysis.views import ScoredPeriod
from auditlib.scheme.load import find_scheme, load_scheme

__all__ = ["DEMONSTRATIONS", "OF_DUTIES", "scored_demonstration"]

DEMONSTRATIONS = Path(__file__).resolve().parent.parent / "params" / "demonstrations"

OF_DUTIES = sorted(
    folder.name
    for folder in DEMONSTRATIONS.iterdir()
    if (scheme := load_scheme(find_scheme(folder.name)).natural).duties and not scheme.indicators
)
"""Those of schemes that print duties and no points."""

# Reports remember the last four periods; many modules of tests ask for the same thirty.
scored_periods._scored = lru_cache(maxsize=64)(scored_periods._scored.__wrapped__)


def scored_demonstration(scheme: str, period: str) -> ScoredPeriod:
    """A period of a scheme's demonstration with all its evidence."""
    return scored_periods.whole_period(Asked.of(scheme, str(DEMONSTRATIONS / scheme), period), combined=False)
