"""When a limit ends: for every kind of limit one number, the first moment that is too late.

What is done before it is met. For a limit in minutes it is the microsecond after the last moment, for one in days the
midnight after its last day; people are shown the last minute or the last day, never the midnight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from auditlib.core.worktime import Calendar
from auditlib.scheme.duties import Counting, DutyLimit

__all__ = ["MOMENT", "Clock", "day_of", "last_moment"]

MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


def last_moment(too_late: pl.Expr) -> pl.Expr:
    """The last moment that is in time."""
    return too_late - MOMENT


def day_of(time: pl.Expr) -> pl.Expr:
    """The midnight with which a day begins."""
    return time.dt.truncate("1d")


@dataclass(frozen=True)
class Clock:
    """How a scheme counts time, with its working days; ``calendar`` is asked where they are needed."""

    counting: Counting
    calendar: Callable[[], Calendar]

    def too_late(self, limit: DutyLimit, start: pl.Expr, more: pl.Expr | None = None) -> pl.Expr:
        """The first moment that is too late for a limit from ``start``; null where either is unknown.

        ``more`` is what a pause adds, in the limit's own unit: microseconds for minutes and hours, else days or
        working days. A limit ``until`` a column is not counted: its column is the last moment.
        """
        if limit.gap is not None:
            return pl.lit(None, pl.Datetime("us"))
        if limit.until is not None:
            return pl.col(limit.until) + MOMENT
        added = pl.lit(0) if more is None else more
        if self.counting.range == "lower" and limit.at_best is not None:
            limit = limit.model_copy(update={limit.unit: limit.at_best})
        if limit.by_the_clock:
            length = timedelta(minutes=limit.minutes or 0, hours=limit.hours or 0)
            return self.received(start) + length + MOMENT + pl.duration(microseconds=added)
        if limit.same_day:
            return day_of(self.received(start)) + DAY
        if limit.day_of_next_month is not None:
            return self._rolled(self._day_of_next_month(start, limit.day_of_next_month))
        first = (limit.first_day or self.counting.first_day) == "included"
        begun = start - DAY if first else start
        if limit.working_days is not None:
            end = self.calendar().end_of_workday(begun, added + limit.working_days)
        elif limit.months is not None:  # the corresponding day, or the month's last: 民法典 第二百零二条
            end = day_of(start.dt.offset_by(f"{limit.months}mo")) + (timedelta() if first else DAY)
            end = end + pl.duration(days=added)
        else:
            days = (limit.days or 0) + 7 * (limit.weeks or 0)
            end = day_of(begun) + timedelta(days=days + 1) + pl.duration(days=added)
        if (limit.ends or self.counting.ends) == "time":
            return end - DAY + (start - day_of(start)) + MOMENT
        return end if limit.working_days is not None else self._rolled(end)

    def by_civil_code(self, limit: DutyLimit, too_late: pl.Expr) -> pl.Expr:
        """The end by 民法典 第二百零三条 of a limit in natural days whose last day is one of rest, else null.

        Null too where the scheme itself rolls, or where the limit does not end with a day.
        """
        in_days = limit.days or limit.weeks or limit.months or limit.day_of_next_month
        if not in_days or self.counting.last_day != "stands" or (limit.ends or self.counting.ends) == "time":
            return pl.lit(None, pl.Datetime("us"))
        rolled = self.calendar().first_workday(too_late - DAY) + DAY
        return pl.when(rolled != too_late).then(rolled)

    def received(self, start: pl.Expr) -> pl.Expr:
        """When it counts as received: for what comes on a day of rest, if the scheme says so, the next working day."""
        if self.counting.received_on_rest_day == "that_day":
            return start
        day = self.calendar().first_workday(start)
        return pl.when(day > start).then(day).otherwise(start)

    def units_between(self, limit: DutyLimit, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """How much of a limit passes between two moments, in its own unit."""
        if limit.by_the_clock:
            return (end - start).dt.total_microseconds()
        if limit.working_days is not None:
            return self.workdays_between(start, end)
        return (day_of(end) - day_of(start)).dt.total_days()

    def workdays_between(self, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """How many working days lie after the day of ``start``, up to and with that of ``end``."""
        days = self.calendar()
        return days.workdays_until(end).cast(pl.Int64) - days.workdays_until(start).cast(pl.Int64)

    def _day_of_next_month(self, start: pl.Expr, day: int) -> pl.Expr:
        """The midnight after a day of the month after ``start``, or after the month's last day where it has fewer."""
        month = start.dt.truncate("1mo").dt.offset_by("1mo")
        last = month.dt.offset_by("1mo")
        end = pl.min_horizontal(month + timedelta(days=day), last)
        end = end if self.counting.before == "included" else end - DAY
        return pl.when(start.is_not_null()).then(end)

    def _rolled(self, too_late: pl.Expr) -> pl.Expr:
        if self.counting.last_day == "stands":
            return too_late
        return self.calendar().first_workday(too_late - DAY) + DAY
