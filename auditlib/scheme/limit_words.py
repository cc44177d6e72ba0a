"""A limit as people say it: three working days, the 7th of the next month, until the column that sets it."""

from __future__ import annotations

from auditlib.core.message import Message, Named, Sayable
from auditlib.scheme.duties import DutyLimit

__all__ = ["limit_said", "so_many"]


def limit_said(limit: DutyLimit) -> Sayable:
    """How long a limit is, or where it stands."""
    if limit.until is not None:
        return Message("until {column}", column=Named(limit.until))
    if limit.gap is not None:
        return Named(limit.gap)
    if limit.same_day:
        return Message("the same day")
    if limit.day_of_next_month is not None:
        return Message("day {number} of the next month", number=limit.day_of_next_month)
    return so_many(getattr(limit, limit.unit), limit.unit)


def so_many(number: int, unit: str) -> Message:
    """A number of the units in which limits are given."""
    return {
        "minutes": Message("{number} {number:minute|minutes}", number=number),
        "hours": Message("{number} {number:hour|hours}", number=number),
        "days": Message("{number} {number:day|days}", number=number),
        "working_days": Message("{number} {number:working day|working days}", number=number),
        "weeks": Message("{number} {number:week|weeks}", number=number),
        "months": Message("{number} {number:month|months}", number=number),
    }[unit]
