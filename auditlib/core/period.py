"""Assessment periods (``2025-06``, ``2025Q2``, ``2025H1``, ``2025``) and the times of declared files."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

__all__ = ["PATTERN", "Granularity", "Period", "declared_time", "local_time"]

Granularity = Literal["month", "quarter", "half", "year"]
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
YEARS = range(1900, 3000)
"""The years of what is assessed. A time near the end of the calendar cannot be moved, or told in another zone."""
PATTERN = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12]))?")


@dataclass(frozen=True, order=True)
class Period:
    """A calendar period, from its first day up to but not including the first day after it."""

    first: date
    granularity: Granularity

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period that ``text`` names. Raises :class:`ValueError` for any other text."""
        match = PATTERN.fullmatch(text)
        if match is None or int(match["year"]) not in YEARS:
            raise ValueError(f"{text!r} is not a period; expected 2025-06, 2025Q2, 2025H1 or 2025")
        granularity: Granularity = next((g for g in get_args(Granularity) if g != "year" and match[g]), "year")
        index = int(match[granularity]) - 1 if granularity != "year" else 0
        return cls(date(int(match["year"]), 1 + index * MONTHS[granularity], 1), granularity)

    @property
    def after(self) -> date:
        """The first day that no longer belongs to the period."""
        month = self.first.month - 1 + MONTHS[self.granularity]
        return date(self.first.year + month // 12, month % 12 + 1, 1)

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
        """The periods of a finer granularity that make up this one, in order."""
        count, rest = divmod(MONTHS[self.granularity], MONTHS[granularity])
        if rest or not count:
            raise ValueError(f"{self} cannot be split into periods of one {granularity}")
        parts = [Period(self.first, granularity)]
        while len(parts) < count:
            parts.append(Period(parts[-1].after, granularity))
        return tuple(parts)

    def widen(self, granularity: Granularity) -> Period:
        """The period of a coarser (or equal) granularity that contains this one."""
        length = MONTHS[granularity]
        if length < MONTHS[self.granularity]:
            raise ValueError(f"{self} does not fit into one {granularity}")
        return Period(date(self.first.year, (self.first.month - 1) // length * length + 1, 1), granularity)

    def previous(self) -> Period:
        """The period of the same length just before this one."""
        month = self.first.year * 12 + self.first.month - 1 - MONTHS[self.granularity]
        return Period(date(month // 12, month % 12 + 1, 1), self.granularity)

    def year_before(self) -> Period:
        """The same period one year earlier."""
        return Period(self.first.replace(year=self.first.year - 1), self.granularity)

    def last_of(self, granularity: Granularity) -> Period:
        """The last period of a finer granularity in this one, or the one of a coarser granularity around it."""
        if MONTHS[granularity] > MONTHS[self.granularity]:
            return self.widen(granularity)
        return self.split(granularity)[-1]

    def words(self, language: str) -> str:
        """The period as people say it: ``2026年1月``, ``2026年第2季度``; in English as it is written."""
        if language == "en":
            return str(self)
        year, month = self.first.year, self.first.month
        return {
            "month": f"{year}年{month}月",
            "quarter": f"{year}年第{(month + 2) // 3}季度",
            "half": f"{year}年{'上' if month == 1 else '下'}半年",
            "year": f"{year}年度",
        }[self.granularity]

    def __str__(self) -> str:
        year, index = self.first.year, (self.first.month - 1) // MONTHS[self.granularity] + 1
        return {
            "month": f"{year:04d}-{index:02d}",
            "quarter": f"{year:04d}Q{index}",
            "half": f"{year:04d}H{index}",
            "year": f"{year:04d}",
        }[self.granularity]


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
