"""Text into typed columns: ISO times, Chinese booleans, whole and exact numbers. What cannot be read becomes null."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from auditlib.period import PATTERN
from auditlib.registers import Column

__all__ = ["EXPECTED", "as_text", "parse_column"]

EXPECTED = {
    "text": "text",
    "time": "an ISO 8601 time such as 2025-12-01T08:30:00",
    "deadline": "an ISO 8601 time or date such as 2025-12-01T08:30:00 or 2025-12-01",
    "boolean": "true or false (also 是/否, 1/0)",
    "integer": "a whole number",
    "number": "an exact number such as 12, -0.5 or 1/3",
    "period": "a period such as 2025-06, 2025Q2, 2025H1 or 2025",
}
"""What a column of each type expects, in words for a message."""

TRUE, FALSE = ("true", "是", "1", "yes"), ("false", "否", "0", "no")
BOOLEANS = dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False)
NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+|[0-9]+/[1-9][0-9]*)$"
FOUR_DIGITS = datetime(1000, 1, 1)
"""The first year of four digits: 25-12-01 is no day of the year 25."""
OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"


def parse_column(values: pl.Series, column: Column, timezone: str) -> pl.Series:
    """``values`` as the type of ``column``; null where empty or unreadable.

    A time with an offset is moved into ``timezone``; all others are taken as local to it. A deadline
    written as a bare date lasts to the end of that day.
    """
    if column.type in ("time", "deadline"):
        return _times(values, column.type == "deadline", timezone)
    if values.dtype == column.dtype and values.dtype != pl.String:
        return values
    text = as_text(values)
    if column.type == "boolean":
        return text.str.to_lowercase().replace_strict(BOOLEANS, default=None, return_dtype=pl.Boolean)
    if column.type == "integer":
        return text.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
    if column.type == "number":
        return _where(text.str.contains(NUMBER), text)
    if column.type == "period":
        return _where(text.str.contains(f"^(?:{PATTERN.pattern})$"), text)
    return text


def as_text(values: pl.Series) -> pl.Series:
    """``values`` as stripped text, empty text as null."""
    text = values if values.dtype == pl.String else values.cast(pl.String)
    text = text.str.strip_chars()
    return _where(text.str.len_bytes() > 0, text)


def _where(mask: pl.Series, values: pl.Series) -> pl.Series:
    return values.zip_with(mask.fill_null(False), pl.Series(values.name, [None], dtype=values.dtype))


def _times(values: pl.Series, deadline: bool, timezone: str) -> pl.Series:
    target = pl.Datetime("us")
    if isinstance(values.dtype, pl.Datetime):
        if values.dtype.time_zone is not None:
            values = values.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
        return values.cast(target)
    if values.dtype == pl.Date:
        return values.cast(target) + _end_of_day(deadline)
    text = as_text(values)
    # Nearly every column is written in one way throughout: the plain format first, the others for the rest alone.
    parsed = text.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    for read in (_spaced, _short, _with_offset):
        left = text.is_not_null() & parsed.is_null()
        if not left.any():
            break
        positions = left.arg_true()
        parsed = parsed.scatter(positions, read(text.gather(positions), deadline, timezone))
    return _where(parsed >= FOUR_DIGITS, parsed)


def _spaced(text: pl.Series, deadline: bool, timezone: str) -> pl.Series:
    return text.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")


def _short(text: pl.Series, deadline: bool, timezone: str) -> pl.Series:
    """Minutes without seconds, seconds with a fraction, bare dates."""
    text = text.str.replace("T", " ", literal=True)
    minutes = text.str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us")
    fraction = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    dates = text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")) + _end_of_day(deadline)
    frame = pl.DataFrame({"minutes": minutes, "fraction": fraction, "dates": dates})
    return frame.select(pl.coalesce("minutes", "fraction", "dates")).to_series()


def _with_offset(text: pl.Series, deadline: bool, timezone: str) -> pl.Series:
    text = _where(text.str.contains(OFFSET), text).str.replace(r"Z$", "+00:00").str.replace(" ", "T", literal=True)
    seconds = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", strict=False, time_unit="us")
    minutes = text.str.to_datetime("%Y-%m-%dT%H:%M%z", strict=False, time_unit="us")
    parsed = pl.DataFrame({"seconds": seconds, "minutes": minutes}).select(pl.coalesce("seconds", "minutes"))
    return parsed.to_series().dt.convert_time_zone(timezone).dt.replace_time_zone(None)


def _end_of_day(deadline: bool) -> timedelta:
    return timedelta(days=1, microseconds=-1) if deadline else timedelta()
