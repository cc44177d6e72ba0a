"""Text into typed columns: ISO times, Chinese booleans, whole and exact numbers. What cannot be read becomes null."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

import polars as pl

from auditlib.core.guards import DIGITS
from auditlib.core.message import Message
from auditlib.core.period import PATTERN
from auditlib.ledger.distinct import looked_at
from auditlib.ledger.registers import Column

__all__ = ["EXPECTED", "FILLED", "as_text", "parse_column", "parse_table"]

EXPECTED = {
    "text": Message("text"),
    "time": Message("an ISO 8601 time such as 2025-12-01T08:30:00"),
    "deadline": Message("an ISO 8601 time or date such as 2025-12-01T08:30:00 or 2025-12-01"),
    "boolean": Message("true or false (also 是/否, 1/0)"),
    "integer": Message("a whole number"),
    "number": Message("an exact number such as 12, -0.5 or 1/3"),
    "period": Message("a period such as 2025-06, 2025Q2, 2025H1 or 2025"),
}
"""What a column of each type expects."""
FILLED = "\x00filled "
"""Before the name of a column: whether its cells hold anything. No column of a file can be called so."""

TIMES = ("time", "deadline")
PLAIN = "%Y-%m-%dT%H:%M:%S"
TRUE, FALSE = ("true", "是", "1", "yes"), ("false", "否", "0", "no")
BOOLEANS = dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False)
NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+|[0-9]+/[1-9][0-9]*)$"
FOUR_DIGITS = datetime(1000, 1, 1)
"""The first year of four digits: 25-12-01 is no day of the year 25."""
OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"


def parse_table(table: pl.DataFrame, columns: Mapping[str, Column], timezone: str) -> pl.DataFrame:
    """The named columns of ``table`` as the types of ``columns``, null where empty or unreadable; and for each, under
    its name after :data:`FILLED`, whether its cells hold anything.

    A time with an offset is moved into ``timezone``; all others are taken as local to it. A deadline
    written as a bare date lasts to the end of that day.
    """
    texts = [name for name in columns if table.schema[name] == pl.String]
    # Nearly every text is written as it is read; a copy of a column without a difference would only take memory.
    as_read = [looked_at(table[name]).to_frame().select(_is_as_read(name)).item() for name in texts]
    plain = {name for name, same in zip(texts, as_read, strict=True) if same}
    typed = table.select(
        _expressions(tuple((column, table.schema[name], name in plain) for name, column in columns.items()))
    )
    times = [name for name, column in columns.items() if column.type in TIMES]
    unread = typed.select((pl.col(f"{FILLED}{name}") & pl.col(name).is_null()).any().alias(name) for name in times)
    return typed.with_columns(
        _times(table[name], columns[name].type == "deadline", timezone)
        for name in times
        if table.schema[name] != pl.String or unread[name].item()
    )


def parse_column(values: pl.Series, column: Column, timezone: str) -> pl.Series:
    """One column, as :func:`parse_table` reads it."""
    table = values.to_frame(column.name)
    return parse_table(table, {column.name: column}, timezone)[column.name]


@lru_cache(maxsize=64)
def _expressions(columns: tuple[tuple[Column, pl.DataType, bool], ...]) -> list[pl.Expr]:
    """What reads columns as they stand in a table, all in one query.

    Most tables are small, and cost by the number of their queries, not by that of their rows.
    """
    return [
        *(_parsed(column, dtype, plain).alias(column.name) for column, dtype, plain in columns),
        *(_is_filled(column, dtype, plain).alias(f"{FILLED}{column.name}") for column, dtype, plain in columns),
    ]


def _is_as_read(name: str) -> pl.Expr:
    text = pl.col(name)
    return ((text.str.len_bytes() > 0) & (text == text.str.strip_chars())).all()


def as_text(values: pl.Series) -> pl.Series:
    """``values`` as stripped text, empty text as null."""
    return values.to_frame().select(_text(pl.all())).to_series()


def _text(values: pl.Expr) -> pl.Expr:
    text = values.cast(pl.String).str.strip_chars()
    return pl.when(text.str.len_bytes() > 0).then(text)


def _is_filled(column: Column, dtype: pl.DataType, plain: bool) -> pl.Expr:
    values = pl.col(column.name)
    texts = dtype in (pl.String, pl.Categorical, pl.Enum) and not plain
    return (_text(values) if texts else values).is_not_null()


def _parsed(column: Column, dtype: pl.DataType, plain: bool) -> pl.Expr:
    """A column as its type, times only where they are written in the plain format."""
    values = pl.col(column.name)
    if dtype != pl.String and (column.type in TIMES or dtype == column.dtype):
        return values
    text = values if plain else _text(values)
    if column.type in TIMES:
        parsed = text.str.to_datetime(PLAIN, strict=False, time_unit="us")
        return pl.when(parsed >= FOUR_DIGITS).then(parsed)
    if column.type == "boolean":
        return text.str.to_lowercase().replace_strict(BOOLEANS, default=None, return_dtype=pl.Boolean)
    if column.type == "integer":
        return text.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
    if column.type == "number":
        return pl.when(text.str.contains(NUMBER) & (text.str.len_bytes() <= DIGITS)).then(text)
    if column.type == "period":
        return pl.when(text.str.contains(f"^(?:{PATTERN.pattern})$")).then(text)
    return text


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
    parsed = text.str.to_datetime(PLAIN, strict=False, time_unit="us")
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
