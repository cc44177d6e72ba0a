"""The cases of a period by the day they came in, in the weeks of a calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from auditlib.errors import AuditError
from auditlib.period import Period
from auditlib.report.asked import CaseRow
from auditlib.worktime import Calendar

__all__ = ["Day", "Week", "weeks_of"]

Week = tuple["Day | None", ...]
"""Monday to Sunday; None outside the period."""


@dataclass(frozen=True)
class Day:
    """How many cases came in on a day, and how many of them stand out: late, or with lost points.

    ``rest`` says whether it was no working day, None where no calendar tells.
    """

    day: date
    received: int
    marked: int
    rest: bool | None


def weeks_of(
    rows: Iterable[CaseRow], marked: Iterable[str], period: Period, calendar: Calendar | None
) -> tuple[Week, ...]:
    """The weeks of a period with the cases received on each day; ``marked`` are the ids of those that stand out."""
    received: Counter[date] = Counter()
    standing_out: Counter[date] = Counter()
    ids = frozenset(marked)
    for row in rows:
        if row.received_at is not None:
            received[row.received_at.date()] += 1
            standing_out[row.received_at.date()] += row.case_id in ids
    monday = period.first - timedelta(days=period.first.weekday())
    weeks = []
    while monday < period.after:
        days = [monday + timedelta(days=n) for n in range(7)]
        weeks.append(
            tuple(
                Day(day, received[day], standing_out[day], _rest(day, calendar))
                if period.first <= day < period.after
                else None
                for day in days
            )
        )
        monday += timedelta(days=7)
    return tuple(weeks)


def _rest(day: date, calendar: Calendar | None) -> bool | None:
    if calendar is None:
        return None
    try:
        return not calendar.is_workday(day)
    except AuditError:  # a year that the calendar does not know: nothing was counted by it
        return None
