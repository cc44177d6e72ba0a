"""Assessment periods (``2025-06``, ``2025Q2``, ``2025H1``, ``2025``, ``2025-W23``, ``FY2025-04``) and declared times.

``FY2025-04`` is the year that begins with April 2025. ``2025-W23`` is a week from Monday to Sunday (ISO 8601).
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from auditlib.core.errors import InputError

__all__ = ["PATTERN", "Granularity", "Period", "declared_time", "local_time", "parse_period"]

Granularity = Literal["week", "month", "quarter", "half", "year"]
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
YEARS = range(1900, 3000)
"""The years of what is assessed. A time near the end of the calendar cannot be moved, or told in another zone."""
PATTERN = re.compile(
    r"(?:FY(?P<starts>[0-9]{4}-(?:0[1-9]|1[0-2]))|(?P<year>[0-9]{4})"
    r"(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12])|-W(?P<week>0[1-9]|[1-4][0-9]|5[0-3]))?)"
)
WEEK = timedelta(days=7)


@dataclass(frozen=True, order=True)
class Period:
    """A calendar period, from its first day up to but not including the first day after it."""

    first: date
    granularity: Granularity

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period that ``text`` names. Raises :class:`ValueError` for any other text."""
        match = PATTERN.fullmatch(text)
        if match is None or int((match["year"] or match["starts"])[:4]) not in YEARS:
            raise ValueError(f"{text!r} is not a period; expected 2025-06, 2025Q2, 2025H1, 2025, 2025-W23 or FY2025-04")
        if match["starts"]:
            return cls(date.fromisoformat(f"{match['starts']}-01"), "year")
        if match["week"]:
            try:
                return cls(date.fromisocalendar(int(match["year"]), int(match["week"]), 1), "week")
            except ValueError:
                raise ValueError(f"{text!r} is no week; the year has fewer") from None
        granularity: Granularity = next((g for g in get_args(Granularity) if g != "year" and match[g]), "year")
        index = int(match[granularity]) - 1 if granularity != "year" else 0
        return cls(date(int(match["year"]), 1 + index * MONTHS[granularity], 1), granularity)

    @property
    def after(self) -> date:
        """The first day that no longer belongs to the period."""
        if self.granularity == "week":
            return self.first + WEEK
        month = self.first.month - 1 + MONTHS[self.granularity]
        return date(self.first.year + month // 12, month % 12 + 1, 1)

    @property
    def fiscal(self) -> bool:
        """Whether it is a year that does not begin with January."""
        return self.granularity == "year" and self.first.month != 1

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, datetime.min.time())

    @property
    def end(self) -> datetime:
        """The first instant after the period."""
        return datetime.combine(self.after, datetime.min.time())

    @property
    def days(self) -> int:
        return (self.after - self.first).days

    def split(self, granularity: Granularity) -> tuple[Period, ...]:
        """The periods of a finer granularity that make up this one, in order.

        Raises :class:`ValueError` where they do not: weeks run over the ends of months.
        """
        if "week" in (granularity, self.granularity):
            if granularity != self.granularity:
                raise ValueError(f"{self} cannot be split into periods of one {granularity}")
            return (self,)
        count, rest = divmod(MONTHS[self.granularity], MONTHS[granularity])
        if rest or not count:
            raise ValueError(f"{self} cannot be split into periods of one {granularity}")
        parts = [Period(self.first, granularity)]
        while len(parts) < count:
            parts.append(Period(parts[-1].after, granularity))
        return tuple(parts)

    def widen(self, granularity: Granularity) -> Period:
        """The period of a coarser (or equal) granularity that contains this one; of a week, that of its Thursday."""
        if granularity == self.granularity:
            return self
        if granularity == "week":
            raise ValueError(f"{self} does not fit into one {granularity}")
        if self.granularity == "week":
            return Period((self.first + timedelta(days=3)).replace(day=1), "month").widen(granularity)
        length = MONTHS[granularity]
        if length < MONTHS[self.granularity]:
            raise ValueError(f"{self} does not fit into one {granularity}")
        return Period(date(self.first.year, (self.first.month - 1) // length * length + 1, 1), granularity)

    def previous(self) -> Period:
        """The period of the same length just before this one."""
        if self.granularity == "week":
            return Period(self.first - WEEK, "week")
        month = self.first.year * 12 + self.first.month - 1 - MONTHS[self.granularity]
        return Period(date(month // 12, month % 12 + 1, 1), self.granularity)

    def year_before(self) -> Period:
        """The same period one year earlier; of a week, that of the same number, or the last of a shorter year."""
        if self.granularity == "week":
            year, week, _ = self.first.isocalendar()
            last = date(year - 1, 12, 28).isocalendar().week
            return Period(date.fromisocalendar(year - 1, min(week, last), 1), "week")
        return Period(self.first.replace(year=self.first.year - 1), self.granularity)

    def year_of(self, starts: int = 1) -> Period:
        """The year around it that begins with the month ``starts``; of a week, that of its Thursday."""
        first = self.first + timedelta(days=3) if self.granularity == "week" else self.first
        return Period(date(first.year - (first.month < starts), starts, 1), "year")

    def around(self, granularity: Granularity, starts: int = 1) -> Period:
        """The period of a coarser (or equal) granularity around this one; years begin with the month ``starts``."""
        return self.year_of(starts) if granularity == "year" else self.widen(granularity)

    def last_of(self, granularity: Granularity, starts: int = 1) -> Period:
        """The last period of a finer granularity in this one, or the one of a coarser granularity around it.

        Years begin with the month ``starts``.
        """
        if granularity == "year":
            return self.year_of(starts)
        if granularity == "week":
            last = self.after - timedelta(days=1)
            return Period(last - timedelta(days=last.weekday()), "week")
        if self.granularity == "week" or MONTHS[granularity] > MONTHS[self.granularity]:
            return self.widen(granularity)
        return self.split(granularity)[-1]

    def words(self, language: str) -> str:
        """The period as people say it: ``2026年1月``, ``2026年第2季度``; in English as it is written."""
        if language == "en":
            return str(self)
        year, month = self.first.year, self.first.month
        if self.granularity == "week":
            iso = self.first.isocalendar()
            return f"{iso.year}年第{iso.week}周"
        if self.fiscal:
            return f"{year}年{month}月起的年度"
        return {
            "month": f"{year}年{month}月",
            "quarter": f"{year}年第{(month + 2) // 3}季度",
            "half": f"{year}年{'上' if month == 1 else '下'}半年",
            "year": f"{year}年度",
        }[self.granularity]

    def __str__(self) -> str:
        if self.granularity == "week":
            iso = self.first.isocalendar()
            return f"{iso.year:04d}-W{iso.week:02d}"
        if self.fiscal:
            return f"FY{self.first:%Y-%m}"
        year, index = self.first.year, (self.first.month - 1) // MONTHS[self.granularity] + 1
        return {
            "month": f"{year:04d}-{index:02d}",
            "quarter": f"{year:04d}Q{index}",
            "half": f"{year:04d}H{index}",
            "year": f"{year:04d}",
        }[self.granularity]


def parse_period(text: str, where: str) -> Period:
    """The period that ``text`` names. Raises :class:`InputError` at ``where``."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise InputError.at(where, "", str(error)) from None


def declared_time(value: object) -> datetime:
    """A time in a declared file; a day is its first moment. Raises :class:`ValueError`."""
    time = value
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            time = datetime.fromisoformat(value)
    if isinstance(time, date) and not isinstance(time, datetime):
        time = datetime.combine(time, datetime.min.time())
    if isinstance(time, datetime):
        if time.year in YEARS:
            return time
        raise ValueError(f"found {time}, expected a time of the years {YEARS[0]} to {YEARS[-1]}")
    raise ValueError(f"found {value!r}, expected a time such as 2026-01-05T00:00:00")


def local_time(value: object) -> datetime:
    """A time in a declared file, as a naive local time. Raises :class:`ValueError`."""
    time = declared_time(value)
    if time.tzinfo is not None:
        raise ValueError(f"found the offset in {value!s}, expected a local time such as 2026-01-05T00:00:00")
    return time
