"""Calendars by name: China's, a user's own tables, and what a user wants of the days that nobody has published yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field

from auditlib.core.errors import InputError, Problem
from auditlib.core.home import PACKAGE, find, home, shown
from auditlib.core.values import Strict
from auditlib.core.worktime import LAST_YEAR, Calendar, china, days_from
from auditlib.core.yaml_file import Tree, read_tree, validate

__all__ = ["PUBLISHED", "CalendarChoice", "load_calendar"]


@dataclass(frozen=True)
class CalendarChoice:
    """Whose calendar counts: ``file`` is a user's own table, or a folder of them; empty for ``params/calendars``.

    With ``provisional`` the days after the known ones are plain weekends; without, whatever needs them is refused.
    """

    file: str = ""
    provisional: bool = False

    def table(self, name: str) -> Path:
        """The file in which a user's table of the calendar ``name`` stands, or would stand.

        Raises :class:`InputError` where ``file`` names nothing.
        """
        if not self.file:
            return home() / "params" / "calendars" / f"{name}.yaml"
        own = find(self.file)
        if own.is_dir():
            return own / f"{name}.yaml"
        if not own.is_file():
            raise InputError.at(self.file, "", "no such file, expected a calendar as docs/working-days.md shows")
        return own

    def tables(self) -> list[Path]:
        """Every table of a user that may count."""
        place = find(self.file) if self.file else home() / "params" / "calendars"
        return [place] if place.is_file() else sorted(place.glob("*.yaml"))

    def of(self, name: str) -> Calendar:
        """The calendar ``name`` under this choice. Raises :class:`InputError`."""
        calendar = load_calendar(name, self.table(name))
        return calendar.provisional() if self.provisional else calendar


PUBLISHED = CalendarChoice()
"""The tables of ``params/calendars``, and no day that nobody has published."""


def _day_or_days(value: object) -> object:
    """A day, or ``2026-10-01/2026-10-07`` for all days of an interval, as ISO 8601 writes it."""
    if not isinstance(value, str) or "/" not in value:
        return value, value
    first, _, last = value.partition("/")
    return first.strip(), last.strip()


def _in_order(days: tuple[date, date]) -> tuple[date, date]:
    if days[0] > days[1]:
        raise ValueError(f"found {days[0]}/{days[1]}, expected the earlier day first")
    return days


Days = Annotated[tuple[date, date], BeforeValidator(_day_or_days), AfterValidator(_in_order)]


class CalendarYear(Strict):
    """The days of a year that are unlike their weekday: ``holidays`` are days off, ``workdays`` worked weekend days.

    Each entry is a day, or an interval of days: a notice's ``1月1日至3日放假`` is ``2026-01-01/2026-01-03``. Days off
    that fall on a weekend may be among them and change nothing.
    """

    holidays: tuple[Days, ...] = ()
    workdays: tuple[Days, ...] = ()


class CalendarFile(Strict):
    """A user's calendar: the years that the shipped one does not know, or knows otherwise."""

    years: dict[Annotated[int, Field(ge=1, le=LAST_YEAR)], CalendarYear]


def load_calendar(name: str, file: Path) -> Calendar:
    """The calendar ``name``: ``china``, extended by the user's years in ``file`` where that exists.

    Raises :class:`InputError` for an unknown name or a faulty file. A year in the file stands for the whole year, one
    that the library knows too.
    """
    base = china() if name == "china" else None
    if not file.exists():
        if base is None:
            raise InputError.at(file, "", f"no calendar named {name}; expected `china` or this file")
        return replace(base, file=_named(file))
    tree = read_tree(file)
    table = validate(CalendarFile, tree).years
    worked = {} if base is None else dict(zip(days_from(base.first, base.last), base.worked.to_list(), strict=True))
    problems: list[Problem] = []
    for year, entry in table.items():
        own, found = _year(tree, year, entry)
        worked |= own
        problems += found
    if problems:
        raise InputError(problems)
    if not worked:
        raise InputError.at(file, "years", "no year is given")
    first, last = min(worked), max(worked)
    missing = sorted({day.year for day in days_from(first, last)} - {day.year for day in worked})
    if missing:
        raise InputError.at(file, "years", f"the years {missing} between {first.year} and {last.year} are missing")
    return Calendar(name, first, last, pl.Series([worked[day] for day in days_from(first, last)]), file=_named(file))


def _named(table: Path) -> str:
    """A user's table as a message names it: by its name alone where it would stand inside the package."""
    return table.name if table.resolve().is_relative_to(PACKAGE) else shown(table)


def _year(tree: Tree, year: int, entry: CalendarYear) -> tuple[dict[date, bool], list[Problem]]:
    """Which days of a year are worked, and what is wrong with its table."""
    worked = {day: day.weekday() < 5 for day in days_from(date(year, 1, 1), date(year, 12, 31))}
    off = {day for first, last in entry.holidays for day in days_from(first, last)}
    problems: list[Problem] = []
    for key, intervals, value in (("holidays", entry.holidays, False), ("workdays", entry.workdays, True)):
        for position, (first, last) in enumerate(intervals):
            for day in days_from(first, last):
                expected = None
                if day.year != year:
                    expected = f"a date of {year}"
                elif value and day in off:
                    expected = "a day either worked or not"
                elif value and day.weekday() < 5:
                    expected = "a Saturday or Sunday: the other days are worked unless they are holidays"
                if expected:
                    path = ("years", str(year), key, position)
                    problems.append(tree.problem(path, f"found {day}, expected {expected}"))
                worked[day] = value
    return worked, problems
