"""The last digit of the minute: people favour 0 and 5."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Squares
from auditlib.probe.patterns.round_times import COLUMNS
from auditlib.probe.settings import Settings

__all__ = ["terminal_digit"]

ENOUGH = 50


def terminal_digit(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """The last digits of the minutes by column and unit, χ² against a tenth each, with one time a unit and minute.

    It looks at the same habit as round times: both together are one signal.
    """
    for column in (name for name in COLUMNS if grounds.has(name)):
        time = pl.col(column)
        acts = grounds.cases.filter(time.is_not_null()).unique(["unit", time.dt.truncate("1m")])
        table = acts.group_by("unit", (time.dt.minute() % 10).alias("digit")).len().sort("unit")
        observed = []
        for (unit,), own in table.group_by("unit", maintain_order=True):
            found = dict(own.select("digit", "len").iter_rows())
            digits = tuple(found.get(digit, 0) for digit in range(10))
            observed.append(
                Observed(
                    str(unit), {"digits": list(digits)}, Squares(digits, (0.1,) * 10), enough=sum(digits) >= ENOUGH
                )
            )
        yield Family("terminal_digit", column, observed)
