"""Which of a ledger's rejected rows concern a period, and how many do not or cannot be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from auditlib.analysis.request import Reject
from auditlib.core.period import Period

__all__ = ["Rejected", "set_aside"]


class Rejected(NamedTuple):
    """How many rows a ledger rejects: those of the period, those whose time cannot be read, those of other periods."""

    own: int = 0
    undated: int = 0
    elsewhere: int = 0

    @property
    def all(self) -> int:
        return sum(self)


def set_aside(rejects: Iterable[Reject], period: Period, rows: int) -> tuple[Rejected, tuple[Reject, ...]]:
    """The rejected rows of a ledger, ``rows`` in all, counted by whether they belong to ``period``.

    Beside it the faults of those that belong to it or may do so: a row whose register has no time, or whose time
    cannot be read, may belong to any period.
    """
    kept = tuple(reject for reject in rejects if reject.at is None or _within(reject.at, period))
    undated = len({(reject.file, reject.row) for reject in kept if reject.at is None})
    own = len({(reject.file, reject.row) for reject in kept}) - undated
    return Rejected(own, undated, max(rows - own - undated, 0)), kept


def _within(at: str, period: Period) -> bool:
    """Whether a time lies in a period, or a period has days in common with it."""
    try:
        other = Period.parse(at)
    except ValueError:
        return period.start <= datetime.fromisoformat(at) < period.end
    return other.start < period.end and period.start < other.end
