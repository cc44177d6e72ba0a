"""The last digit of the minute: people favour 0 and 5."""

from __future__ import annotations

from collections.abc import Iterator

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
        observed = []
        for unit, found in grounds.minute_counts(column).select("unit", "digits").iter_rows():
            null = Squares(tuple(found), (0.1,) * 10)
            observed.append(Observed(unit, {"digits": found}, null, enough=sum(found) >= ENOUGH))
        yield Family("terminal_digit", column, observed)
