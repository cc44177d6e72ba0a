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

import chinese_calendar
import numpy as np
import polars as pl
import yaml

from auditlib.errors import AuditError, InputError

__all__ = ["Calendar", "OutsideCalendar", "china", "load_calendar"]

DAY_US = 86_400_000_000


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
        Source: methods.md, Time; 民法典 第二百零一条.
        """
        ordinals = np.flatnonzero(self.worked)
        following = np.searchsorted(ordinals, np.arange(len(self.worked)), side="right") + count - 1
        inside = following < len(ordinals)
        ends = np.where(inside, ordinals[np.minimum(following, len(ordinals) - 1)] + 1, -1)
        end = pl.lit(pl.Series(ends)).gather(self._day_index(time))
        return pl.when(end >= 0).then(end * DAY_US + self._origin_us()).cast(pl.Datetime("us"))

    def working_us(self, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """Microseconds of working days between two times; negative where ``end`` is before ``start``."""
        return self._worked_before(end) - self._worked_before(start)

    def _worked_before(self, time: pl.Expr) -> pl.Expr:
        index = self._day_index(time)
        before = np.concatenate([[0], np.cumsum(self.worked)[:-1]]) * DAY_US
        within = (time.cast(pl.Datetime("us")).cast(pl.Int64) - self._origin_us()) % DAY_US
        worked = pl.lit(pl.Series(self.worked.astype(np.int64))).gather(index)
        return pl.lit(pl.Series(before)).gather(index) + worked * within

    def _day_index(self, time: pl.Expr) -> pl.Expr:
        return (time.cast(pl.Datetime("us")).cast(pl.Int64) - self._origin_us()) // DAY_US

    def _origin_us(self) -> int:
        return (datetime.combine(self.first, datetime.min.time()) - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@lru_cache(maxsize=1)
def china() -> Calendar:
    """China's working days, with holidays and make-up workdays (调休), as far as the State Council has published them."""
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
    table = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("years") or {}
    worked = {} if base is None else dict(zip(_days(base.first, base.last), base.worked.tolist(), strict=True))
    for year, entry in table.items():
        if not isinstance(year, int) or not isinstance(entry, dict) or entry.keys() - {"holidays", "workdays"}:
            raise InputError.at(file, f"years.{year}", "expected YEAR: {holidays: [dates], workdays: [dates]}")
        for day in _days(date(year, 1, 1), date(year, 12, 31)):
            worked[day] = day.weekday() < 5
        for key, value in (("holidays", False), ("workdays", True)):
            for day in entry.get(key) or []:
                if not isinstance(day, date) or day.year != year:
                    raise InputError.at(file, f"years.{year}.{key}", f"found {day!r}, expected a date of {year}")
                worked[day] = value
    if not worked:
        raise InputError.at(file, "years", "no year is given")
    first, last = min(worked), max(worked)
    missing = sorted({day.year for day in _days(first, last)} - {day.year for day in worked})
    if missing:
        raise InputError.at(file, "years", f"the years {missing} between {first.year} and {last.year} are missing")
    return Calendar(name, first, last, np.array([worked[day] for day in _days(first, last)]))
