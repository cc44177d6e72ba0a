"""The cases of a period by the day they came in, in the weeks of a calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from auditlib.analysis.request import CaseRow
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar

__all__ = ["Day", "Week", "rest_of", "weeks_of"]

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
    rows: Iterable[CaseRow], marked: Iterable[str], period: Period, rest: Mapping[date, bool]
) -> tuple[Week, ...]:
    """The weeks of a period with the cases received on each day; ``marked`` are the ids of those that stand out.

    ``rest`` says of the days that a calendar knows whether they are no working days, as :func:`rest_of` does.
    """
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
                Day(day, received[day], standing_out[day], rest.get(day))
                if period.first <= day < period.after
                else None
                for day in days
            )
        )
        monday += timedelta(days=7)
    return tuple(weeks)


def rest_of(period: Period, calendar: Calendar | None) -> dict[date, bool]:
    """Of each day of a period that ``calendar`` has, whether it is no working day."""
    if calendar is None:
        return {}
    days = (period.first + timedelta(days=number) for number in range(period.days))
    return {day: not calendar.is_workday(day) for day in days if calendar.first <= day <= calendar.last}
