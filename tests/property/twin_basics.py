"""What the slow twins share: time, steps, known facts. Plain loops over rows; nothing of auditlib is used.

A ledger is a dict of registers, a register a list of rows, a row a dict. Times are naive datetimes; a deadline may be
a bare date, which lasts to the end of that day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import chinese_calendar

__all__ = [
    "DAY",
    "after_working_days",
    "as_known",
    "bounded",
    "bounds",
    "moment",
    "months",
    "quarters",
    "steps",
    "units_in",
    "valid",
    "valid_days",
    "widened",
    "within",
    "working_days",
    "working_time",
]

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
DEADLINES = ("due_at", "valid_to")
OWN_TIME = {"cases": "received_at", "events": "at", "ratings": "at"}


# --- periods ---


def bounds(period: str) -> tuple[datetime, datetime]:
    """The first instant of 2025-06, 2025Q2 or 2025, and the first instant after it."""
    year = int(period[:4])
    first, length = (
        (1, 12) if len(period) == 4 else (int(period[5:]), 1) if period[4] == "-" else (3 * int(period[5:]) - 2, 3)
    )
    last = first + length
    return datetime(year, first, 1), datetime(year + (last > 12), (last - 1) % 12 + 1, 1)


def months(year: str) -> list[str]:
    return [f"{year}-{month:02d}" for month in range(1, 13)]


def quarters(year: str) -> list[str]:
    return [f"{year}Q{quarter}" for quarter in range(1, 5)]


def widened(period: str) -> str:
    """The quarter that a month lies in; a quarter or a year is not widened."""
    return f"{period[:4]}Q{(int(period[5:]) + 2) // 3}" if period[4:5] == "-" else period


def within(moment: datetime | None, period: str) -> bool:
    start, end = bounds(period)
    return moment is not None and start <= moment < end


# --- time ---


def moment(value: date | datetime | None) -> datetime | None:
    """A deadline as a moment: a bare date is its last one."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time.min) + DAY - INSTANT


def working_days(first: datetime, end: datetime) -> int:
    count = 0
    while first < end:
        count += chinese_calendar.is_workday(first.date())
        first += DAY
    return count


def working_time(start: datetime, end: datetime) -> timedelta:
    """The time between two moments that falls on working days; each counts from midnight to midnight."""
    total = timedelta(0)
    while start < end:
        stop = min(end, datetime.combine(start.date(), time.min) + DAY)
        if chinese_calendar.is_workday(start.date()):
            total += stop - start
        start = stop
    return total


def after_working_days(start: datetime, count: int) -> date:
    """The ``count``-th working day after the day of ``start``, which is not counted (民法典 第二百零一条)."""
    day = start.date()
    while count:
        day += DAY
        count -= chinese_calendar.is_workday(day)
    return day


def steps(excess: timedelta | Fraction, size: timedelta | Fraction, mode: str) -> Fraction:
    """How many steps of ``size`` lie in ``excess``: completed, started, or in proportion."""
    if isinstance(excess, timedelta):
        excess, size = Fraction(excess // INSTANT), Fraction(size // INSTANT)
    if excess <= 0:
        return Fraction(0)
    count = Fraction(0)
    if mode == "proportional":
        return excess / size
    while excess >= size:
        excess -= size
        count += 1
    return count + 1 if mode == "started" and excess > 0 else count


# --- what is known ---


def as_known(ledger: dict, as_of: datetime, taken: datetime | None) -> dict:
    """The ledger without the cases on its list of exclusions, as it was known at ``as_of``.

    Where it was taken later than that, what came after is hidden: a later case or event is not there, any other later
    time is unknown. Where it does not say when it was taken, a row with a later time is an error and does not count.
    """
    known: dict = {}
    for register, rows in ledger.items():
        known[register] = []
        for row in rows:
            seen = dict(row)
            later = (
                [
                    column
                    for column, value in row.items()
                    if isinstance(value, datetime) and column not in DEADLINES and value > as_of
                ]
                if register != "units"
                else []
            )
            if later and taken is None:
                continue
            if taken is not None and as_of < taken:
                for column in later:
                    seen[column] = None
                if OWN_TIME.get(register) in later:
                    continue
            known[register].append(seen)
    excluded = [row["case_id"] for row in known.pop("exclusions", [])]
    if excluded:
        known["cases"] = [row for row in known["cases"] if row["case_id"] not in excluded]
    return known


def units_in(ledger: dict, period: str) -> list[dict]:
    """The units that exist in some part of the period."""
    start, end = bounds(period)
    return [
        unit
        for unit in ledger["units"]
        if not (unit.get("valid_from") and unit["valid_from"] >= end)
        and not (unit.get("valid_to") and moment(unit["valid_to"]) < start)
    ]


def row_time(register: str, row: dict) -> datetime | None:
    """When a row came about: a submission when it was due, or where nothing is set, when it came in."""
    if register == "submissions":
        return moment(row["due_at"]) if row["due_at"] is not None else row["submitted_at"]
    return row.get(OWN_TIME.get(register, ""))


def valid(unit: dict, register: str, row: dict, standing: bool = False) -> bool:
    """Whether a row is the unit's: it came about while the unit was assessed, or, ``standing``, before that ended."""
    when = row_time(register, row)
    if when is None:
        return True
    if unit.get("valid_to") and when > moment(unit["valid_to"]):
        return False
    return standing or not (unit.get("valid_from") and when < unit["valid_from"])


def valid_days(unit: dict, period: str) -> list[datetime]:
    """The midnights that begin the days of a period on which a unit is assessed."""
    day, end = bounds(period)
    days = []
    while day < end:
        begun = not unit.get("valid_from") or unit["valid_from"] < day + DAY
        if begun and not (unit.get("valid_to") and moment(unit["valid_to"]) < day):
            days.append(day)
        day += DAY
    return days


# --- points ---


def bounded(points: Fraction, floor: int | None, cap: int | None) -> Fraction:
    if cap is not None and points > cap:
        points = Fraction(cap)
    if floor is not None and points < floor:
        points = Fraction(floor)
    return points
