"""Working days: which days are worked, when a limit in working days ends, how much working time lies between two times.

A :class:`Calendar` knows the days of some years and refuses every other year, because a wrong
holiday silently moves a deadline. Times are local and naive; a day's working time runs from
midnight to midnight, since the sources count *days* and give no office hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import chinese_calendar
import numpy as np
import polars as pl
from pydantic import Field

from auditlib.errors import AuditError, InputError
from auditlib.tree import Strict, read_tree, validate

__all__ = ["Calendar", "OutsideCalendar", "china", "load_calendar"]

DAY_US = 86_400_000_000
BEYOND = -1
"""Stands for the end of a limit that runs past the last day of a calendar."""


class OutsideCalendar(AuditError):
    """A date lies outside the years that a calendar covers."""


@dataclass(frozen=True)
class Calendar:
    """The working days from ``first`` to ``last``, both included.

    ``worked`` holds one boolean a day. Methods take and return Polars expressions of local
    datetimes, so that a million deadlines cost one pass.
    """

    name: str
    first: date
    last: date
    worked: np.ndarray = field(repr=False, compare=False)

    def require(self, earliest: datetime, latest: datetime) -> None:
        """Refuse dates outside the calendar. Raises :class:`OutsideCalendar`, with the way to supply a year."""
        if earliest.date() < self.first or latest.date() > self.last:
            raise OutsideCalendar(
                f"calendar {self.name} covers {self.first} to {self.last}, but working days are needed from "
                f"{earliest.date()} to {latest.date()}; add the missing year to params/calendars/{self.name}.yaml "
                "under `years:` as {2027: {holidays: [2027-01-01], workdays: []}}"
            )

    def is_workday(self, day: date) -> bool:
        self.require(datetime.combine(day, datetime.min.time()), datetime.combine(day, datetime.min.time()))
        return bool(self.worked[(day - self.first).days])

    def end_of_workday(self, time: pl.Expr, count: int) -> pl.Expr:
        """The end (midnight) of the ``count``-th working day after the day of ``time``.

        The first day is not counted: a limit of 3 working days from a Monday ends with Thursday.
        Source: 民法典 第二百零一条 (the day of the event does not count).
        """
        ordinals = np.flatnonzero(self.worked)
        following = np.searchsorted(ordinals, np.arange(len(self.worked) + 1), side="right") + count - 1
        inside = following < len(ordinals)
        ends = np.where(inside, ordinals[np.minimum(following, len(ordinals) - 1)] + 1, BEYOND)
        end = pl.lit(pl.Series(ends)).gather(self._since_first(time) // DAY_US)
        end = end.map_batches(self._refuse_beyond, return_dtype=pl.Int64, is_elementwise=True)
        return (end * DAY_US + self._origin_us()).cast(pl.Datetime("us"))

    def working_us(self, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """Microseconds of working days between two times; negative where ``end`` is before ``start``."""
        return self._worked_before(end) - self._worked_before(start)

    def _worked_before(self, time: pl.Expr) -> pl.Expr:
        since = self._since_first(time)
        index, within = since // DAY_US, since % DAY_US
        before = np.concatenate([[0], np.cumsum(self.worked)]) * DAY_US
        worked = np.concatenate([self.worked, [False]]).astype(np.int64)  # the midnight after the last day
        return pl.lit(pl.Series(before)).gather(index) + pl.lit(pl.Series(worked)).gather(index) * within

    def _since_first(self, time: pl.Expr) -> pl.Expr:
        """Microseconds since the calendar's first midnight; outside its days raises :class:`OutsideCalendar`."""
        us = time.cast(pl.Datetime("us")).cast(pl.Int64) - self._origin_us()
        return us.map_batches(self._refuse_outside, return_dtype=pl.Int64, is_elementwise=True)

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

    def _origin_us(self) -> int:
        return (datetime.combine(self.first, datetime.min.time()) - datetime(1970, 1, 1)) // timedelta(microseconds=1)


class CalendarYear(Strict):
    """The days of a year that are unlike their weekday: ``holidays`` on weekdays, ``workdays`` on weekends."""

    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()


class CalendarFile(Strict):
    """A user's calendar: the years that the shipped one does not know, or knows otherwise."""

    years: dict[Annotated[int, Field(ge=1, le=9999)], CalendarYear]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@lru_cache(maxsize=1)
def china() -> Calendar:
    """China's working days with holidays and make-up days (调休), as far as the State Council has published them."""
    years = {day.year for day in chinese_calendar.constants.holidays}
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    return Calendar("china", first, last, np.array([chinese_calendar.is_workday(day) for day in _days(first, last)]))


def load_calendar(name: str, folder: Path) -> Calendar:
    """The calendar ``name``: ``china``, extended by the user's years in ``folder/NAME.yaml`` where that file exists.

    Raises :class:`InputError` for an unknown name or a faulty file. A year's table holds the
    ``holidays`` that fall on weekdays and the ``workdays`` that fall on weekends.
    """
    file = folder / f"{name}.yaml"
    base = china() if name == "china" else None
    if not file.exists():
        if base is None:
            raise InputError.at(file, "", f"no calendar named {name}; expected `china` or this file")
        return base
    tree = read_tree(file)
    table = validate(CalendarFile, tree).years
    worked = {} if base is None else dict(zip(_days(base.first, base.last), base.worked.tolist(), strict=True))
    problems = []
    for year, entry in table.items():
        for day in _days(date(year, 1, 1), date(year, 12, 31)):
            worked[day] = day.weekday() < 5
        for key, days, value in (("holidays", entry.holidays, False), ("workdays", entry.workdays, True)):
            for position, day in enumerate(days):
                if day.year != year or (value and day in entry.holidays):
                    expected = f"a date of {year}" if day.year != year else "a day either worked or not"
                    path = ("years", str(year), key, position)
                    problems.append(tree.problem(path, f"found {day}, expected {expected}"))
                worked[day] = value
    if problems:
        raise InputError(problems)
    if not worked:
        raise InputError.at(file, "years", "no year is given")
    first, last = min(worked), max(worked)
    missing = sorted({day.year for day in _days(first, last)} - {day.year for day in worked})
    if missing:
        raise InputError.at(file, "years", f"the years {missing} between {first.year} and {last.year} are missing")
    return Calendar(name, first, last, np.array([worked[day] for day in _days(first, last)]))
