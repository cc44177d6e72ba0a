"""Working days: which days are worked, when a limit in working days ends, how much working time lies between two times.

A :class:`Calendar` knows the days of some years and refuses every other year, because a wrong
holiday silently moves a deadline. Times are local and naive; a day's working time runs from
midnight to midnight, since the sources count *days* and give no office hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

import chinese_calendar
import polars as pl

from auditlib.core.errors import AuditError

__all__ = ["LAST_YEAR", "Calendar", "OutsideCalendar", "china", "days_from"]

DAY_US = 86_400_000_000
BEYOND = -1
"""Stands for the end of a limit that runs past the last day of a calendar."""
NOTICE = timedelta(days=30)
"""So long before its last known day a calendar is about to end."""
PROVISIONAL_YEARS = 100
"""So far past its known days a provisional calendar reaches."""
LAST_YEAR = 9998
"""The year after it is the last that a date can have: the midnight after a calendar's last day is a date too."""


class OutsideCalendar(AuditError):
    """A date lies outside the days that a calendar covers."""


@dataclass(frozen=True)
class Calendar:
    """The working days from ``first`` to ``last``, both included.

    ``worked`` holds one boolean a day. Methods take and return Polars expressions of local
    datetimes, so that a million deadlines cost one pass. ``file`` is where a user's own table stands,
    or would stand.
    """

    name: str
    first: date
    last: date
    worked: pl.Series = field(repr=False, compare=False)
    known_until: date | None = None
    """The last day of which it is known whether it is worked, where ``last`` lies after it: the days between are
    provisional. None where all its days are known."""
    file: str = field(default="", compare=False)
    refuses: bool = True
    """Whether a date outside raises :class:`OutsideCalendar`; where not, what depends on it is null."""

    @property
    def last_known(self) -> date:
        """The last day of which it is known whether it is worked."""
        return self.known_until or self.last

    def ends_soon(self, day: date) -> bool:
        """Whether the known days end within thirty days of ``day``, or have ended."""
        return day > self.last_known - NOTICE

    def provisional(self) -> Calendar:
        """The same calendar, continued by plain weekends: Monday to Friday worked, no holidays, no make-up days."""
        last = self.last_known
        days = days_from(last + timedelta(days=1), date(min(last.year + PROVISIONAL_YEARS, LAST_YEAR), 12, 31))
        known = self.worked.head((last - self.first).days + 1)
        worked = pl.concat([known, pl.Series([day.weekday() < 5 for day in days], dtype=pl.Boolean)])
        return replace(self, last=days[-1] if days else last, worked=worked, known_until=last)

    def lenient(self) -> Calendar:
        """The same calendar, to find the rows that need other days: what depends on these is null."""
        return replace(self, refuses=False)

    def require(self, earliest: datetime, latest: datetime) -> None:
        """Refuse dates outside the calendar. Raises :class:`OutsideCalendar`."""
        if earliest.date() < self.first or latest.date() > self.last:
            raise OutsideCalendar(
                f"calendar {self.name} covers {self.first} to {self.last}, but working days are needed from "
                f"{earliest.date()} to {latest.date()}"
            )

    @property
    def ways_out(self) -> str:
        """What a person can do where days are needed that it does not know."""
        newer, notice = "", "its days"
        if self.name == "china":
            newer, notice = (
                "install a newer release of chinesecalendar, if one knows them; or ",
                "the State Council's notice",
            )
        return (
            f"{newer}enter {notice} in this file, which --calendar FILE names wherever it lies (in a run file "
            "`calendar: FILE`); or let the days after the known ones be plain weekends by --provisional-calendar "
            "(`provisional_calendar: true`), which every result then says; see docs/working-days.md"
        )

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked. Raises :class:`OutsideCalendar`."""
        self.require(datetime.combine(day, datetime.min.time()), datetime.combine(day, datetime.min.time()))
        return bool(self.worked[(day - self.first).days])

    def end_of_workday(self, time: pl.Expr, count: int | pl.Expr) -> pl.Expr:
        """The end (midnight) of the ``count``-th working day after the day of ``time``.

        The first day is not counted: a limit of 3 working days from a Monday ends with Thursday.
        Source: 民法典 第二百零一条 (the day of the event does not count).
        """
        if isinstance(count, pl.Expr):
            return self._midnight_after(self.workdays_until(time) + count - 1)
        # A limit that is the same for all rows is looked up by the day that it runs from, in one step.
        ordinals = self.worked.arg_true().cast(pl.Int64)
        number = self._counted + (count - 1)
        ends = (
            pl.DataFrame([number.rename("number")]).select(self._end_by_number(pl.col("number"), ordinals)).to_series()
        )
        return self._as_midnight(pl.lit(ends).gather(self._since_first(time) // DAY_US))

    def first_workday(self, time: pl.Expr) -> pl.Expr:
        """The midnight with which the first working day on or after the day of ``time`` begins."""
        before = pl.lit(self._counted.shift(1, fill_value=0))
        end = self._midnight_after(before.gather(self._since_first(time) // DAY_US))
        return end - timedelta(days=1)

    def workdays_until(self, time: pl.Expr) -> pl.Expr:
        """How many days were worked from the calendar's first to that of ``time``, itself included."""
        return pl.lit(self._counted).gather(self._since_first(time) // DAY_US)

    @property
    def _counted(self) -> pl.Series:
        """How many days were worked up to each day, itself included; after the last one as many as there are."""
        return pl.concat([self._numbers, pl.Series([0])]).cum_sum()

    @property
    def _numbers(self) -> pl.Series:
        """One for each day that is worked, nought for the others."""
        return self.worked.cast(pl.Int64).rename("")

    def _midnight_after(self, number: pl.Expr) -> pl.Expr:
        """The midnight after the working day of this number, counted from nought."""
        return self._as_midnight(self._end_by_number(number, self.worked.arg_true().cast(pl.Int64)))

    def _end_by_number(self, number: pl.Expr, ordinals: pl.Series) -> pl.Expr:
        """The day after the working day of this number, in days since the first; for none see :meth:`_as_midnight`."""
        ends = pl.lit(ordinals + 1).gather(pl.min_horizontal(number, len(ordinals) - 1))
        end: pl.Expr = pl.when(number < len(ordinals)).then(ends)
        return pl.when(number.is_not_null()).then(end.fill_null(BEYOND)) if self.refuses else end

    def _as_midnight(self, end: pl.Expr) -> pl.Expr:
        """The midnight with which a day begins that is given as days since the first; beyond the last one an error."""
        if self.refuses:
            end = end.map_batches(self._refuse_beyond, return_dtype=pl.Int64, is_elementwise=True)
        return (end * DAY_US + self._us(self.first)).cast(pl.Datetime("us"))

    def working_us(self, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """Microseconds of working days between two times; negative where ``end`` is before ``start``."""
        return self._worked_before(end) - self._worked_before(start)

    def unknown_end(self, time: pl.Expr, count: int) -> pl.Expr:
        """Whether :meth:`end_of_workday` needs a day that is not known."""
        end = self.lenient().end_of_workday(time, count)
        return time.is_not_null() & (end > self._known[1]).fill_null(True)

    def unknown_between(self, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """Whether :meth:`working_us` needs a day that is not known."""
        first, after = self._known
        outside = (pl.min_horizontal(start, end) < first) | (pl.max_horizontal(start, end) > after)
        return start.is_not_null() & end.is_not_null() & outside

    @property
    def _known(self) -> tuple[datetime, datetime]:
        """The midnights that the known days lie between."""
        after = self.last_known + timedelta(days=1)
        return datetime.combine(self.first, datetime.min.time()), datetime.combine(after, datetime.min.time())

    def _worked_before(self, time: pl.Expr) -> pl.Expr:
        since = self._since_first(time)
        index = since // DAY_US
        worked = pl.concat([self._numbers, pl.Series([0])])  # the midnight after the last day is not worked
        # On a worked day the time that has been worked grows with the clock: what it would have been at the calendar's
        # first midnight, had every day been like this one, is all that has to be looked up.
        begun = (self._counted.shift(1, fill_value=0) - worked * pl.int_range(len(worked), eager=True)) * DAY_US
        return pl.lit(begun).gather(index) + pl.lit(worked).gather(index) * since

    def _since_first(self, time: pl.Expr) -> pl.Expr:
        """Microseconds since the calendar's first midnight; outside its days null or :class:`OutsideCalendar`."""
        us = time.cast(pl.Datetime("us")).cast(pl.Int64) - self._us(self.first)
        if self.refuses:
            return us.map_batches(self._refuse_outside, return_dtype=pl.Int64, is_elementwise=True)
        return pl.when((us >= 0) & (us <= len(self.worked) * DAY_US)).then(us)

    def _refuse_outside(self, since: pl.Series) -> pl.Series:
        earliest, latest = since.min(), since.max()
        if earliest is not None and (earliest < 0 or latest > len(self.worked) * DAY_US):  # type: ignore[operator]
            origin = datetime.combine(self.first, datetime.min.time())
            self.require(origin + timedelta(microseconds=earliest), origin + timedelta(microseconds=latest))  # type: ignore[arg-type]
        return since

    def _refuse_beyond(self, ends: pl.Series) -> pl.Series:
        if (ends == BEYOND).any():
            after = datetime.combine(self.last + timedelta(days=1), datetime.min.time())
            self.require(after, after)
        return ends

    def _us(self, day: date) -> int:
        """Microseconds from the epoch to the first midnight of a day."""
        return (datetime.combine(day, datetime.min.time()) - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def days_from(first: date, last: date) -> list[date]:
    """The days from ``first`` to ``last``, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@lru_cache(maxsize=1)
def china() -> Calendar:
    """China's working days with holidays and make-up days (调休), as far as the State Council has published them."""
    holidays, made_up = (
        chinese_calendar.holidays,
        chinese_calendar.workdays,
    )  # its is_workday looks at every day of both
    first, last = date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31)
    days = days_from(first, last)
    works = [day in made_up or (day.weekday() < 5 and day not in holidays) for day in days]
    return Calendar("china", first, last, pl.Series(works))
