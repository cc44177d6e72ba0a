"""Times in a scheme: lengths, windows, limits and deadlines, delays in steps, and rows that repeat an earlier one."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from auditlib.core.exact import StepMode
from auditlib.core.period import Granularity
from auditlib.core.values import Positive, Strict, Whole, exactly_one

__all__ = [
    "MINUTE_US", "Deadline", "Earlier", "LastPeriods", "Length", "Limit", "PeriodOf", "Span", "Steps", "Window",
]  # fmt: skip


MINUTE_US = 60_000_000
DAY_US = 1440 * MINUTE_US
LONGEST_DAYS = 36_525
"""A hundred years: what lasts longer is a slip, and leads out of the calendar."""


def _in_the_calendar(days: Fraction | int) -> None:
    if days > LONGEST_DAYS:
        raise ValueError(f"found a length of {int(days):,} days, expected at most a hundred years")


def _days_of(length: Window | Limit) -> Fraction:
    return Fraction((length.minutes or 0) + 60 * (length.hours or 0), 1440) + (length.days or 0)


class Span(Strict):
    """A length of time in one unit."""

    minutes: Whole | None = None
    hours: Whole | None = None
    days: Whole | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """In what it can be given."""
        return ("minutes", "hours", "days")

    @model_validator(mode="after")
    def _one_unit(self) -> Span:
        exactly_one(self, *self.units)
        for unit in ("minutes", "hours", "days"):
            if (length := getattr(self, unit)) is not None and length < 0:
                raise ValueError(f"found {unit}: {length}, expected a length of time, at least 0")
        _in_the_calendar(Fraction(self.us, DAY_US))
        return self

    @property
    def us(self) -> int:
        """The length in microseconds."""
        return MINUTE_US * ((self.minutes or 0) + 60 * (self.hours or 0) + 1440 * (self.days or 0))


class Length(Span):
    """A length of time in one unit, longer than nothing.

    A month ends with the corresponding day, or with the last day of a shorter month (民法典 第二百零二条).
    """

    minutes: Positive | None = None
    hours: Positive | None = None
    days: Positive | None = None
    months: Positive | None = None

    @property
    def units(self) -> tuple[str, ...]:
        return ("minutes", "hours", "days", "months")


class Window(Strict):
    """A length of time within which something happens.

    Of days the source must be read: ``ends: day`` ends with the last of so many days, the first not counted (from
    1 January 30 days end with 31 January; source: 民法典 第二百零一条), ``ends: time`` after so many times 24 hours.
    Months end with the corresponding day, or with the last day of a shorter month (民法典 第二百零二条).
    """

    minutes: Positive | None = None
    hours: Positive | None = None
    days: Positive | None = None
    months: Positive | None = None
    ends: Literal["day", "time"] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Window:
        exactly_one(self, "minutes", "hours", "days", "months")
        if (self.days is None) != (self.ends is None):
            raise ValueError("found one of days and ends, expected both: `ends: day` or `ends: time`")
        _in_the_calendar(_days_of(self))
        return self

    @property
    def span(self) -> Span:
        """How long it is; by days that end with the day, no row further apart can be within it."""
        days = 31 * self.months if self.months is not None else self.days
        return Span(minutes=self.minutes, hours=self.hours, days=days)

    @property
    def reach_us(self) -> int:
        """The microseconds that it can reach back at most."""
        return self.span.us + (DAY_US if self.ends == "day" or self.months is not None else 0)


class Limit(Strict):
    """A time limit for the rows that ``when`` selects. Of days that end with a day the first is not counted."""

    when: str | None = None
    minutes: Positive | None = None
    hours: Positive | None = None
    days: Whole | None = None
    working_days: Positive | None = None
    months: Positive | None = None
    ends: Literal["day", "time"] | None = None
    """Whether a limit in days or months ends with its last day, or on it at the time of day at which it began. The
    midnight after the last day is late: where a ledger knows only days, it is the whole day after."""

    @model_validator(mode="after")
    def _one_unit(self) -> Limit:
        exactly_one(self, "minutes", "hours", "days", "working_days", "months")
        in_days = self.working_days is not None or self.days is not None or self.months is not None
        if in_days != (self.ends is not None):
            found = "a limit in days without ends" if in_days else "ends without a limit in days"
            raise ValueError(f"found {found}, expected both: `ends: day` or `ends: time`")
        least = 0 if self.ends == "day" else 1  # nought days that end with the day: by the end of that very day
        if self.days is not None and self.days < least:
            raise ValueError(f"found days: {self.days}, expected at least {least} where it `ends: {self.ends}`")
        _in_the_calendar(self.working_days or (31 * self.months if self.months else _days_of(self)))
        return self

    @property
    def span(self) -> Span | None:
        """How long it is by the clock; None where it counts working days or months."""
        if self.working_days is not None or self.months is not None:
            return None
        return Span(minutes=self.minutes, hours=self.hours, days=self.days)


class Deadline(Strict):
    """The moment by which something is due: the first limit whose ``when`` holds, counted from a time."""

    start: str = Field(alias="from")
    limits: tuple[Limit, ...]


class Steps(Strict):
    """How many steps the time between two columns runs over a limit.

    ``open: as_of`` lets a row without an end run to the as-of time; ``open: ignore`` leaves it out.
    """

    start: str = Field(alias="from")
    end: str = Field(alias="to")
    open: Literal["as_of", "ignore"]
    clock: Literal["continuous", "working_days"]
    over: Span
    every: Length
    mode: StepMode

    @model_validator(mode="after")
    def _whole_months(self) -> Steps:
        if self.every.months is not None and (self.mode == "exact" or self.clock == "working_days"):
            raise ValueError("found steps of months, expected `clock: continuous` and `mode: floor` or `mode: ceil`")
        return self


class Earlier(Strict):
    """Whether an earlier row has the same keys: a repeat. Rows with an unknown key are never repeats.

    Both rows must satisfy ``where``; ``within`` limits the time back to the nearest earlier row. With ``count: true``
    the column is a number: 1 for a row without equals before it, 2 for the second of its equals (within that time) and
    so on, and 0 for a row that is not compared.
    """

    same: tuple[str, ...]
    order: str
    within: Window | None
    where: str | None
    count: bool = False

    @model_validator(mode="after")
    def _counted(self) -> Earlier:
        if self.count and self.within is not None and self.within.months is not None:
            raise ValueError("found count beside `within` in months, expected minutes, hours or days")
        return self


class PeriodOf(Strict):
    """The week, month, quarter, half-year or year in which a time lies, as text: ``2025-W23`` (ISO 8601)."""

    time: str
    each: Literal["week", "month", "quarter", "half", "year"]


class LastPeriods(Strict):
    """So many periods of a kind up to the end of the one that is assessed: rolling twelve months."""

    last: Positive
    of: Granularity
