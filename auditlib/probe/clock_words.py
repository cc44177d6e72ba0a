"""What the clock of a test is called on a page: columns and duties by their titles, not by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditlib.core.message import Joined, Message, Sayable
from auditlib.core.values import Text
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.model import Scheme

__all__ = ["clock_message"]

ENDINGS: Mapping[str, Message] = {
    "half_hour": Message("minute 0 or 30"), "five_minutes": Message("minutes by five"), "second_0": Message("second 0"),
    "rest_day": Message("rest days"), "outside_hours": Message("outside office hours"),
    "peers": Message("against the others"), "4h": Message("windows of 4 hours"), "each": Message("its own limit"),
}  # fmt: skip
"""What a clock says after its columns or its duty."""
SIGNS = re.compile("([><=+|])")
SHOWN = {">": " → ", "<": " < ", "=": " = ", "+": " + ", "|": " | "}


def clock_message(clock: str, scheme: Scheme) -> Sayable:
    """A clock in words: ``contacted_at/second_0`` is the time of contact and second 0, a duty goes by its title.

    What has no title stays as it is: a clause, a series of numbers.
    """
    duties = {duty.id: duty.title for duty in scheme.duties}
    pieces: list[object] = []
    for place, one in enumerate(clock.split("|")):
        head, *rest = one.split("/")
        titles = [duties[name] for name in rest if name in duties]
        others = [name for name in rest if name not in duties]
        told: list[object] = list(titles) or [_columns(head)]
        told += [ENDINGS.get(name) or _column(name) for name in others if name]
        pieces += [" | "] if place else []
        for number, piece in enumerate(told):
            pieces += [", ", piece] if number else [piece]
    return Joined(*pieces)


def _columns(text: str) -> Joined:
    return Joined(*(SHOWN.get(part, part) if part in SHOWN else _column(part) for part in SIGNS.split(text) if part))


def _column(name: str) -> Sayable:
    """A column of cases or exclusions, by its title in Chinese and by its name in plain words in English."""
    column = REGISTERS["cases"].column(name) or REGISTERS["exclusions"].column(name)
    if column is None:
        return name
    return Text(zh=column.zh, en=name.removesuffix("_at").replace("_", " "))
