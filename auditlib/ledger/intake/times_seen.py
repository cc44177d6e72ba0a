"""What is seen of the times of a source's column: days, months and years that may be swapped, numbers, midnights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.intake.times import EXCEL, LEAST, ZEROS, without_sixty
from auditlib.ledger.tables.layout import Doubt

__all__ = ["TimesSeen"]

FEWEST = 3
"""Of so many different days on, all of them up to the 12th are worth a word."""
TWELFTH = 12


@dataclass(frozen=True)
class FormatSeen:
    """The times that one format read: how many, how many of them up to the 12th, on which few different days."""

    times: int = 0
    early: int = 0
    days: frozenset[date] = frozenset()

    @classmethod
    def of(cls, times: pl.Series) -> FormatSeen:
        early = int((times.dt.day() <= TWELFTH).sum())
        few = (times if early == times.len() else times.head(FEWEST)).dt.date().unique()
        return cls(times.len(), early, frozenset(few.sort().head(FEWEST)))

    def __add__(self, other: FormatSeen) -> FormatSeen:
        days = frozenset(sorted(self.days | other.days)[:FEWEST])
        return FormatSeen(self.times + other.times, self.early + other.early, days)


@dataclass(frozen=True)
class TimesSeen:
    """What tells whether the times of a source's column are what they seem; two parts of it add up to the whole."""

    column: str
    formats: tuple[str, ...]
    is_sheet: bool
    deadline: bool
    by_format: Mapping[str, FormatSeen]
    turned: int = 0
    """Texts that no format reads, and the only one with day and month exchanged does."""
    serials: int = 0
    midnights: int = 0
    years: frozenset[int] = frozenset()
    """Where years have two digits, those read; ``month_days`` are the days of the month that they stand beside."""
    month_days: frozenset[int] = frozenset()
    twice: int = 0
    """Times moved from a zone, in the hour that its clocks go through twice: the first of both was taken."""

    @classmethod
    def of(
        cls, column: str, texts: pl.Series, times: pl.Series, read: Mapping[str, pl.Series],
        formats: tuple[str, ...], deadline: bool, is_sheet: bool,
    ) -> TimesSeen:  # fmt: skip
        """What is seen of ``times``, read from ``texts`` by each format as ``read`` says."""
        turned = 0
        if (form := _only(formats)) and times.null_count() > texts.null_count():
            unread = without_sixty(texts.filter(times.is_null() & texts.is_not_null()), form)
            # One that the format reads lies where clocks skip an hour, in the zone that it is moved from.
            unread = unread.filter(unread.str.to_datetime(form, strict=False, time_unit="us").is_null())
            turned = int(
                (unread.str.to_datetime(_turned(form), strict=False, time_unit="us").dt.year() >= LEAST.year).sum()
            )
        untold = () if EXCEL in formats or not is_sheet else ZEROS
        serials = sum(own.len() for one, own in read.items() if one in untold and one not in formats)
        midnights = int((times.dt.time() == time()).sum()) if deadline else 0
        seen = {form: FormatSeen.of(own) for form, own in read.items() if form not in ZEROS}
        short = any("%y" in one for one in formats)
        years, days = (frozenset(one().drop_nulls().unique() if short else ()) for one in (times.dt.year, times.dt.day))
        return cls(column, formats, is_sheet, deadline, seen, turned, serials, midnights, years, days)

    def __add__(self, other: TimesSeen) -> TimesSeen:
        forms = dict.fromkeys((*self.by_format, *other.by_format))
        nothing = FormatSeen()
        return replace(
            self,
            by_format={one: self.by_format.get(one, nothing) + other.by_format.get(one, nothing) for one in forms},
            turned=self.turned + other.turned,
            serials=self.serials + other.serials,
            midnights=self.midnights + other.midnights,
            years=self.years | other.years,
            month_days=self.month_days | other.month_days,
            twice=self.twice + other.twice,
        )

    def doubts(self, file: str) -> Iterator[Doubt]:
        """What is doubtful: numbers taken for days, days and months that may be swapped, deadlines at midnight."""
        column = self.column
        if count := self.serials:
            message = Message(
                "{file}: {count} {count:number|numbers} in {column} {count:was|were} read as a day "
                "counted by a spreadsheet",
                file=file, count=count, column=column,
            )  # fmt: skip
            yield Doubt("serials", message, count, file)
        if count := self.twice:
            message = Message(
                "{file}: {count} {count:time|times} in {column} {count:lies|lie} in an hour that the clocks of its "
                "zone go through twice; the first was taken",
                file=file, count=count, column=column,
            )  # fmt: skip
            yield Doubt("hour_twice", message, count, file)
        yield from self._swapped(file)
        if len(self.years) > FEWEST and len(self.month_days) < FEWEST and all(0 < one % 100 < 32 for one in self.years):
            message = Message(
                "{file}: the times in {column} lie in {years} years on {days} {days:day|days} of the month: day and "
                "year of two digits may be swapped",
                file=file, column=column, years=len(self.years), days=len(self.month_days),
            )  # fmt: skip
            yield Doubt("day_and_year", message, len(self.years), file)
        filled = sum(one.times for one in self.by_format.values())
        if self.deadline and not self.is_sheet and filled >= FEWEST and self.midnights == filled:
            message = Message(
                "{file}: all {count} deadlines in {column} lie at midnight, before their day begins; bare dates would "
                "last to its end",
                file=file, count=filled, column=column,
            )  # fmt: skip
            yield Doubt("deadlines_at_midnight", message, filled, file)

    def _swapped(self, file: str) -> Iterator[Doubt]:
        column, form = self.column, _only(self.formats)
        own = self.by_format.get(form, FormatSeen())
        if form and self.turned:
            message = Message(
                "{file}: {only} {only:time|times} in {column} {only:fits|fit} only {other}, {both} {both:fits|fit} "
                "both ways: day and month may be swapped there",
                file=file, only=self.turned, column=column, other=_turned(form), both=own.early,
            )  # fmt: skip
            yield Doubt("day_and_month", message, self.turned + own.early, file)
        elif form and not _year_first(form) and own.early == own.times and len(own.days) >= FEWEST:
            message = Message(
                "{file}: all {both} times in {column} fit {form} and {other}; no day is after the 12th, so that day "
                "and month may be swapped",
                file=file, both=own.times, column=column, form=form, other=_turned(form),
            )  # fmt: skip
            yield Doubt("day_and_month", message, own.times, file)
        elif (both := self._both_orders()) is not None:
            message = Message(
                "{file}: {count} {count:time|times} in {column} {count:was|were} read by {form} and {count:fits|fit} "
                "{other}, which is mapped too: day and month may be swapped there",
                file=file, count=self.by_format[both].early, column=column, form=both, other=_turned(both),
            )  # fmt: skip
            yield Doubt("day_and_month", message, self.by_format[both].early, file)
        elif apart := self._apart():
            message = Message(
                "{file}: in {column} the {count} {count:time|times} written as {one} are all up to the 12th and those "
                "written as {other} all after it: a spreadsheet has swapped day and month of the former",
                file=file, column=column, count=self.by_format[apart[0]].times, one=apart[0], other=apart[1],
            )  # fmt: skip
            yield Doubt("day_and_month", message, self.by_format[apart[0]].times, file)

    def _both_orders(self) -> str | None:
        """A format that comes before the same one with day and month exchanged, and has read what fits both."""
        for place, form in enumerate(self.formats):
            if _turned(form) in self.formats[place + 1 :] and form != _turned(form):
                return form if form in self.by_format and self.by_format[form].early else None
        return None

    def _apart(self) -> tuple[str, str] | None:
        """Two ways of writing of which one has all days up to the 12th and the other all days after it.

        That is what a spreadsheet leaves that took some texts for times of another country's order, and others for
        text.
        """
        seen = {form: one for form, one in self.by_format.items() if one.times}
        early = [form for form, one in seen.items() if one.early == one.times]
        late = [form for form, one in seen.items() if not one.early and not _year_first(form)]
        told = early and late and len(early) + len(late) == len(seen)
        few = not self.is_sheet and sum(seen[form].times for form in early) < FEWEST
        return (early[0], late[0]) if told and not few else None


def _only(formats: Sequence[str]) -> str:
    """The one format in which day and month can be exchanged; empty where there is none, or another beside it."""
    written = [one for one in formats if one not in ZEROS]
    return written[0] if len(written) == 1 and "%d" in written[0] and "%m" in written[0] else ""


def _turned(form: str) -> str:
    return form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _year_first(form: str) -> bool:
    return "%F" in form or ("%Y" in form and form.find("%Y") < form.find("%d"))
