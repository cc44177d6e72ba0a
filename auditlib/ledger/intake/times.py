"""Times as exports write them: by formats, by halves of the day, as days since 1900 or 1904."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.tables.layout import Doubt

__all__ = [
    "EXCEL",
    "EXCEL_1904",
    "ISO_FORMATS",
    "LEAST",
    "ZEROS",
    "read_by_format",
    "read_times",
    "time_texts",
    "whole_days",
    "without_sixty",
]

EXCEL = "excel"
"""The word in a list of formats for the numbers by which a spreadsheet counts days."""
EXCEL_1904 = "excel1904"
"""The same where it counts from 1904, as workbooks of old Macs do."""
SHEET_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f")
"""How the cells of a sheet that are times come as text, whatever they show; the last from an ODS."""
ISO_FORMATS = (*SHEET_FORMATS, "%Y-%m-%d %H:%M:%S%.f%:z")
"""How values that are times by their type come as text: nothing about them is a matter of a format."""
SERIAL = r"^[2-7][0-9]{4}(?:\.[0-9]+)?$"
"""Days from 1954 to 2119: any other number is likelier something else."""
ZEROS = {EXCEL: datetime(1899, 12, 30), EXCEL_1904: datetime(1904, 1, 1)}
"""The day 0 of each count."""
LEAST = datetime(1000, 1, 1)
"""The first year of four digits: 26-01-05 under %Y is no day of the year 26."""
HALVES = {
    "凌晨": "AM", "清晨": "AM", "早上": "AM", "上午": "AM", "中午": "PM", "下午": "PM", "傍晚": "PM", "晚上": "PM",
}  # fmt: skip
NOON = r"(?:中午)(\s*(?:1[01]|0?9)[:：时点])"
"""中午 11:30 is before noon."""
HOURS = re.compile("%[-_0]?[HIklTRrXcsS+]")
"""What in a format says an hour: without it a format is that of a bare date."""


def read_times(
    texts: pl.Series, formats: Sequence[str], timezone: str, zone: str | None, deadline: bool, serials: str | None
) -> pl.Series:
    """Texts as local times of ``timezone``, by the first of ``formats`` that fits; null where none does.

    A bare date as a ``deadline`` ends with that day. In a sheet a cell may hold a time as such or as a number, which
    counts days as ``serials`` says: :data:`EXCEL` or :data:`EXCEL_1904`, None outside sheets.
    """
    return read_by_format(texts, formats, timezone, zone, deadline, serials)[0]


def read_by_format(
    texts: pl.Series, formats: Sequence[str], timezone: str, zone: str | None, deadline: bool, serials: str | None
) -> tuple[pl.Series, dict[str, pl.Series]]:
    """As :func:`read_times`, and by format the times that it read."""
    parsed = pl.repeat(None, texts.len(), dtype=pl.Datetime("us"), eager=True)
    by_format: dict[str, pl.Series] = {}
    if serials == EXCEL_1904:  # the workbook itself says from when it counts
        formats = [EXCEL_1904 if one == EXCEL else one for one in formats]
    for one in dict.fromkeys((*formats, *((*SHEET_FORMATS, serials) if serials else ()))):
        left = texts.is_not_null() & parsed.is_null()
        if not left.any():
            break
        whole = left.all()
        read = (
            _serials(texts if whole else texts.filter(left), ZEROS[one], deadline)
            if one in ZEROS
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
    times = without_sixty(texts, form).str.to_datetime(form, strict=False, time_unit="us")
    if times.dtype == pl.Datetime("us", "UTC"):
        times = times.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    elif zone is not None:
        times = times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        times = times.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    times = times.to_frame("at").select(pl.when(pl.col("at") >= LEAST).then(pl.col("at"))).to_series()
    return times + _rest_of_day() if deadline and not HOURS.search(form) else times


def without_sixty(texts: pl.Series, form: str) -> pl.Series:
    """Texts without those that end in a sixtieth second: it would be read as the next minute."""
    if not form.endswith(("%S", "%T")) or not (sixty := texts.str.ends_with(":60").fill_null(False)).any():
        return texts
    return texts.set(sixty, None)


def _serials(texts: pl.Series, zero: datetime, deadline: bool) -> pl.Series:
    text = pl.col("text")
    days = pl.when(text.str.contains(SERIAL)).then(text).cast(pl.Float64, strict=False)
    seconds = pl.duration(seconds=(days * 86400).round().cast(pl.Int64))
    rest = pl.when(deadline & (days == days.floor())).then(_rest_of_day()).otherwise(timedelta())
    return texts.to_frame("text").select((pl.lit(zero) + seconds + rest).cast(pl.Datetime("us"))).to_series()


def _rest_of_day() -> timedelta:
    return timedelta(days=1, microseconds=-1)
