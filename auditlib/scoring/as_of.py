"""When to look at a ledger where nobody says."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from auditlib.core.period import Period
from auditlib.ledger.read import Ledger

__all__ = ["default_as_of"]


def default_as_of(ledger: Ledger, period: Period) -> datetime:
    """When the ledger was taken, or else its latest fact or the end of the period.

    A deadline is no fact: an extension into next year does not move the look there.
    """
    if ledger.as_of is not None:
        return ledger.as_of
    latest = [period.end]
    for register, frame in ledger.registers.items():
        deadlines = {column.name for column in ledger.known[register].columns if column.type == "deadline"}
        times = [
            name
            for name, dtype in frame.collect_schema().items()
            if dtype == pl.Datetime("us") and name not in deadlines and name != "valid_from"
        ]
        if times:
            row = frame.select(pl.col(times).max()).collect().row(0)
            latest += [value for value in row if value is not None]
    return max(latest)
