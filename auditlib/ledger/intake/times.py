"""Times as exports write them: by formats, by halves of the day, as days since 1900; and what may be swapped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.tables.layout import Doubt

__all__ = ["EXCEL", "ISO_FORMATS", "TimesSeen", "read_by_format", "read_times", "time_texts", "whole_days"]

EXCEL = "excel"
"""The word in a list of formats for the numbers by which a spreadsheet counts days."""
SHEET_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d")
"""How the cells of a sheet that are times come as text, whatever they show."""
ISO_FORMATS = (*SHEET_FORMATS, "%Y-%m-%d %H:%M:%S%.f%:z")
"""How values that are times by their type come as text: nothing about them is a matter of a format."""
SERIAL = r"^[2-7][0-9]{4}(?:\.[0-9]+)?$"
"""Days from 1954 to 2119: any other number is likelier something else."""
ZERO = datetime(1899, 12, 30)
LEAST = datetime(1000, 1, 1)
"""The first year of four digits: 26-01-05 under %Y is no day of the year 26."""
HALVES = {
    "凌晨": "AM", "清晨": "AM", "早上": "AM", "上午": "AM", "中午": "PM", "下午": "PM", "傍晚": "PM", "晚上": "PM",
}  # fmt: skip
NOON = r"(?:中午)(\s*(?:1[01]|0?9)[:：时点])"
"""中午 11:30 is before noon."""
HOURS = re.compile("%[-_0]?[HIklTRrXcsS+]")
"""What in a format says an hour: without it a format is that of a bare date."""
FEWEST = 3
"""Of so many different days on, all of them up to the 12th are worth a word."""
TWELFTH = 12


def read_times(
    texts: pl.Series, formats: Sequence[str], timezone: str, zone: str | None, deadline: bool, is_sheet: bool
) -> pl.Series:
    """Texts as local times of ``timezone``, by the first of ``formats`` that fits; null where none does.

    A bare date as a ``deadline`` ends with that day. In a sheet a cell may hold a time as such or as a number.
    """
    return read_by_format(texts, formats, timezone, zone, deadline, is_sheet)[0]


def read_by_format(
    texts: pl.Series, formats: Sequence[str], timezone: str, zone: str | None, deadline: bool, is_sheet: bool
) -> tuple[pl.Series, dict[str, pl.Series]]:
    """As :func:`read_times`, and by format the times that it read."""
    parsed = pl.repeat(None, texts.len(), dtype=pl.Datetime("us"), eager=True)
    by_format: dict[str, pl.Series] = {}
    for one in dict.fromkeys((*formats, *(SHEET_FORMATS if is_sheet else ()), *((EXCEL,) if is_sheet else ()))):
        left = texts.is_not_null() & parsed.is_null()
        if not left.any():
            break
        whole = left.all()
        read = (
            _serials(texts if whole else texts.filter(left), deadline)
            if one == EXCEL
            else _written(texts if whole else texts.filter(left), one, timezone, zone, deadline)
        )
        parsed = read if whole else parsed.scatter(left.arg_true(), read)
        by_format[one] = read.drop_nulls()
    return parsed.alias(texts.name), by_format


def time_texts(values: pl.Series) -> pl.Series:
    """Times with a zone as texts with their offset, so that it is not lost; other values as they are."""
    if not isinstance(values.dtype, pl.Datetime) or values.dtype.time_zone is None:
        return values
    return values.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S%.f+00:00")


def whole_days(times: pl.Series, column: str, file: str) -> tuple[pl.Series, list[Doubt]]:
    """Deadlines of a sheet that all lie at midnight: they are bare dates and end with their day.

    A sheet has no bare dates: its cells show a day and hold the midnight before it.
    """
    filled = times.drop_nulls()
    if filled.is_empty() or not (filled.dt.time() == time()).all():
        return times, []
    message = Message(
        "{file}: all {count} deadlines in {column} are bare dates and last to the end of their day",
        file=file, count=filled.len(), column=column,
    )  # fmt: skip
    return times + _rest_of_day(), [Doubt("deadlines_at_midnight", message, filled.len(), file)]


def _written(texts: pl.Series, form: str, timezone: str, zone: str | None, deadline: bool) -> pl.Series:
    if "%z" in form:
        texts = texts.str.replace("Z$", "+00:00")
    if "%p" in form:
        texts = texts.str.replace(NOON, "上午${1}").str.replace_many(list(HALVES), list(HALVES.values()))
    times = _without_sixty(texts, form).str.to_datetime(form, strict=False, time_unit="us")
    if times.dtype == pl.Datetime("us", "UTC"):
        times = times.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    elif zone is not None:
        times = times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        times = times.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    times = times.to_frame("at").select(pl.when(pl.col("at") >= LEAST).then(pl.col("at"))).to_series()
    return times + _rest_of_day() if deadline and not HOURS.search(form) else times


def _without_sixty(texts: pl.Series, form: str) -> pl.Series:
    """Texts without those that end in a sixtieth second: it would be read as the next minute."""
    if not form.endswith(("%S", "%T")) or not (sixty := texts.str.ends_with(":60").fill_null(False)).any():
        return texts
    return texts.set(sixty, None)


def _serials(texts: pl.Series, deadline: bool) -> pl.Series:
    text = pl.col("text")
    days = pl.when(text.str.contains(SERIAL)).then(text).cast(pl.Float64, strict=False)
    seconds = pl.duration(seconds=(days * 86400).round().cast(pl.Int64))
    rest = pl.when(deadline & (days == days.floor())).then(_rest_of_day()).otherwise(timedelta())
    return texts.to_frame("text").select((pl.lit(ZERO) + seconds + rest).cast(pl.Datetime("us"))).to_series()


def _rest_of_day() -> timedelta:
    return timedelta(days=1, microseconds=-1)


@dataclass(frozen=True)
class FormatSeen:
    """The times that one format read: how many, how many of them up to the 12th, on which few different days."""

    times: int = 0
    early: int = 0
    days: frozenset[date] = frozenset()

    @classmethod
    def of(cls, times: pl.Series) -> FormatSeen:
        early = int((times.dt.day() <= TWELFTH).sum())
        few = times.dt.date().unique() if early == times.len() else times.dt.date().head(FEWEST).unique()
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

    @classmethod
    def of(
        cls, column: str, texts: pl.Series, times: pl.Series, read: Mapping[str, pl.Series],
        formats: tuple[str, ...], deadline: bool, is_sheet: bool,
    ) -> TimesSeen:  # fmt: skip
        """What is seen of ``times``, read from ``texts`` by each format as ``read`` says."""
        turned = 0
        if (form := _only(formats)) and times.null_count() > texts.null_count():
            unread = _without_sixty(texts.filter(times.is_null() & texts.is_not_null()), form)
            turned = int(
                (unread.str.to_datetime(_turned(form), strict=False, time_unit="us").dt.year() >= LEAST.year).sum()
            )
        serials = read[EXCEL].len() if is_sheet and EXCEL not in formats and EXCEL in read else 0
        midnights = int((times.dt.time() == time()).sum()) if deadline else 0
        seen = {form: FormatSeen.of(own) for form, own in read.items() if form != EXCEL}
        return cls(column, formats, is_sheet, deadline, seen, turned, serials, midnights)

    def __add__(self, other: TimesSeen) -> TimesSeen:
        forms = dict.fromkeys((*self.by_format, *other.by_format))
        nothing = FormatSeen()
        return replace(
            self,
            by_format={one: self.by_format.get(one, nothing) + other.by_format.get(one, nothing) for one in forms},
            turned=self.turned + other.turned,
            serials=self.serials + other.serials,
            midnights=self.midnights + other.midnights,
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
        yield from self._swapped(file)
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
    written = [one for one in formats if one != EXCEL]
    return written[0] if len(written) == 1 and "%d" in written[0] and "%m" in written[0] else ""


def _turned(form: str) -> str:
    return form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _year_first(form: str) -> bool:
    return "%F" in form or ("%Y" in form and form.find("%Y") < form.find("%d"))
