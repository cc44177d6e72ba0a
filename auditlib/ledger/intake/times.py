"""Times as exports write them: by formats, by halves of the day, as days since 1900; and what may be swapped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.tables.layout import Doubt

__all__ = ["EXCEL", "ISO_FORMATS", "read_times", "time_doubts", "time_texts", "whole_days"]

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
HOURS = re.compile("%[-_0]?[HIklTRrXcsS+]")
"""What in a format says an hour: without it a format is that of a bare date."""
FEWEST = 3
"""Of so many different days on, all of them up to the 12th are worth a word."""


def read_times(
    texts: pl.Series, formats: Sequence[str], timezone: str, zone: str | None, deadline: bool, is_sheet: bool
) -> pl.Series:
    """Texts as local times of ``timezone``, by the first of ``formats`` that fits; null where none does.

    A bare date as a ``deadline`` ends with that day. In a sheet a cell may hold a time as such or as a number.
    """
    parsed = pl.repeat(None, texts.len(), dtype=pl.Datetime("us"), eager=True)
    for one in (*formats, *(SHEET_FORMATS if is_sheet else ()), *((EXCEL,) if is_sheet else ())):
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
    return parsed.alias(texts.name)


def time_texts(values: pl.Series) -> pl.Series:
    """Times with a zone as texts with their offset, so that it is not lost; other values as they are."""
    if not isinstance(values.dtype, pl.Datetime) or values.dtype.time_zone is None:
        return values
    return values.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S%.f+00:00")


def whole_days(times: pl.Series, column: str, file: str, is_sheet: bool) -> tuple[pl.Series, list[Doubt]]:
    """Deadlines that all lie at midnight: in a sheet they are bare dates and end with their day; in a text they may be.

    A sheet has no bare dates: its cells show a day and hold the midnight before it.
    """
    filled = times.drop_nulls()
    if filled.is_empty() or not (filled.dt.time() == time()).all() or (not is_sheet and filled.len() < FEWEST):
        return times, []
    if is_sheet:
        message = Message(
            "{file}: all {count} deadlines in {column} are bare dates and last to the end of their day",
            file=file, count=filled.len(), column=column,
        )  # fmt: skip
        return times + _rest_of_day(), [Doubt("deadlines_at_midnight", message, filled.len(), file)]
    message = Message(
        "{file}: all {count} deadlines in {column} lie at midnight, before their day begins; bare dates would last to "
        "its end",
        file=file, count=filled.len(), column=column,
    )  # fmt: skip
    return times, [Doubt("deadlines_at_midnight", message, filled.len(), file)]


def _written(texts: pl.Series, form: str, timezone: str, zone: str | None, deadline: bool) -> pl.Series:
    if "%p" in form:
        texts = texts.str.replace_many(list(HALVES), list(HALVES.values()))
    times = texts.str.to_datetime(form, strict=False, time_unit="us")
    if times.dtype == pl.Datetime("us", "UTC"):
        times = times.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    elif zone is not None:
        times = times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        times = times.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    times = times.to_frame("at").select(pl.when(pl.col("at") >= LEAST).then(pl.col("at"))).to_series()
    return times + _rest_of_day() if deadline and not HOURS.search(form) else times


def _serials(texts: pl.Series, deadline: bool) -> pl.Series:
    text = pl.col("text")
    days = pl.when(text.str.contains(SERIAL)).then(text).cast(pl.Float64, strict=False)
    seconds = pl.duration(seconds=(days * 86400).round().cast(pl.Int64))
    rest = pl.when(deadline & (days == days.floor())).then(_rest_of_day()).otherwise(timedelta())
    return texts.to_frame("text").select((pl.lit(ZERO) + seconds + rest).cast(pl.Datetime("us"))).to_series()


def _rest_of_day() -> timedelta:
    return timedelta(days=1, microseconds=-1)


def time_doubts(
    texts: pl.Series, times: pl.Series, formats: Sequence[str], column: str, file: str, is_sheet: bool
) -> Iterator[Doubt]:
    """What is doubtful about the times of a column: numbers taken for days, days and months that may be swapped."""
    written = [one for one in formats if one != EXCEL]
    if is_sheet and EXCEL not in formats:
        numbers = texts.str.contains(SERIAL).fill_null(False) & times.is_not_null()
        if count := int(numbers.sum()):
            message = Message(
                "{file}: {count} {count:number|numbers} in {column} {count:was|were} read as a day "
                "counted by a spreadsheet",
                file=file, count=count, column=column,
            )  # fmt: skip
            yield Doubt("serials", message, count, file)
    for one in written:
        if len(written) == 1 and "%d" in one and "%m" in one:
            yield from _swapped(texts, times, one, column, file, is_sheet)


def _swapped(texts: pl.Series, times: pl.Series, form: str, column: str, file: str, is_sheet: bool) -> Iterator[Doubt]:
    year_first = form.find("%Y") < form.find("%d") if "%Y" in form else False
    if year_first and times.null_count() == texts.null_count():
        return
    other = form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")
    own = texts.str.to_datetime(form, strict=False, time_unit="us").is_not_null()
    turned = texts.str.to_datetime(other, strict=False, time_unit="us").is_not_null()
    only = int((turned & ~own).sum())
    both = int((turned & own).sum())
    if only:
        message = Message(
            "{file}: {only} {only:time|times} in {column} {only:fits|fit} only {other}, {both} {both:fits|fit} both "
            "ways: day and month may be swapped there",
            file=file, only=only, column=column, other=other, both=both,
        )  # fmt: skip
        yield Doubt("day_and_month", message, only + both, file)
    elif not year_first and both == int(own.sum()) and times.filter(own).dt.date().n_unique() >= FEWEST:
        message = Message(
            "{file}: all {both} times in {column} fit {form} and {other}; no day is after the 12th, so that day and "
            "month may be swapped",
            file=file, both=both, column=column, form=form, other=other,
        )  # fmt: skip
        yield Doubt("day_and_month", message, both, file)
    elif is_sheet and not year_first:
        cells = times.filter(~own & times.is_not_null())
        if cells.len() and own.any() and cells.dt.day().le(12).all() and times.filter(own).dt.day().gt(12).all():
            message = Message(
                "{file}: in {column} {count} {count:cell is a time|cells are times} up to the 12th and the rest is "
                "text after it: a spreadsheet has swapped day and month of the former",
                file=file, column=column, count=cells.len(),
            )  # fmt: skip
            yield Doubt("day_and_month", message, cells.len(), file)
