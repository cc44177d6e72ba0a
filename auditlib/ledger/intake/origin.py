"""Where a column of the ledger comes from."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal

import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from auditlib.core.message import Message
from auditlib.core.values import Strict
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_types import typed
from auditlib.ledger.intake.times import EXCEL, EXCEL_1904
from auditlib.ledger.kinds import CALLED, Kind
from auditlib.ledger.note import timezone_name

__all__ = ["Several", "SourceColumn", "kind_over_texts"]

ORIGINS = ("column", "constant", "sql", "present")
LISTED = 6
"""So many words are listed to readers; of more, the first three."""


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Several = Annotated[tuple[str, ...], BeforeValidator(_several, str | tuple[str, ...])]
"""One word, or a list of them."""


class SourceColumn(Strict):
    """Where a column of the ledger comes from.

    ``column`` names one of the source, ``sql`` is an expression over the source's columns as text: as it is, or
    through a table of ``values``, or as a ``time`` in strptime's notation (or several that are tried in turn, with
    ``excel`` for the numbers of days by which spreadsheets count, ``excel1904`` for those counted from 1904), moved
    from ``zone`` into the ledger's. ``constant`` is the same for every row. ``present`` names a column of which the
    ledger learns only whether it is filled, such as
    that a telephone was recorded and not which; texts in ``absent`` (无) are no filling.
    """

    column: str | None = None
    or_: Annotated[tuple[str, ...], BeforeValidator(_several, str | tuple[str, ...]), Field(alias="or")] = ()
    """Other names of the column: of a table that lacks it, the first of these that it has is read."""
    optional: bool = False
    """Whether a table may lack the column: it is empty then, which is told. No column that every row needs may."""
    values: dict[str, str] | None = None
    otherwise: Literal["reject", "keep", "empty"] | None = None
    time: Several | None = None
    zone: Annotated[str, AfterValidator(timezone_name)] | None = None
    constant: str | None = None
    sql: str | None = None
    present: str | None = None
    absent: Several = ()
    personal: Literal["refuse", "mask", "pseudonym", "keep"] | None = None
    """What becomes of a value with personal data: see :func:`protect`. None for what the mapping says for all."""

    @model_validator(mode="after")
    def _one_origin(self) -> SourceColumn:
        given = [key for key in ORIGINS if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"found {' and '.join(given) or 'none of them'}, expected one of {', '.join(ORIGINS)}")
        if self.or_ and self.column is None:
            raise ValueError("found or without column, expected the column beside it")
        if self.optional and not self.sources:
            raise ValueError("found optional beside constant, which needs no column of the source")
        if self.absent and self.present is None:
            raise ValueError("found absent without present, expected the column beside it")
        if self.zone is not None and self.time is None:
            raise ValueError("found zone without time, expected the format of the time beside it")
        if self.otherwise is not None and self.values is None:
            raise ValueError("found otherwise without values, expected the table of values beside it")
        if self.values is not None and self.time is not None:
            raise ValueError("found values and time, expected one of them: a time is read as it is written")
        beside = [key for key in ("values", "time") if getattr(self, key) is not None]
        if self.constant is not None and beside:
            raise ValueError(f"found {beside[0]} beside constant, which is the same for every row")
        if self.present is not None and beside:
            raise ValueError(f"found {beside[0]} beside present, which says only whether something is there")
        if self.sql is not None and (kind := kind_over_texts(self.sql)) not in ("text", "null") and beside:
            raise ValueError(f"found {beside[0]} beside sql that gives {CALLED[kind]}, expected sql that gives text")
        if self.time is not None:
            _check_formats(self.time)
        return self

    def among(self, columns: Collection[str]) -> SourceColumn:
        """The same, read from the name of its column that is among ``columns``; as it is where none of them is."""
        if not self.or_ or self.column in columns:
            return self
        there = next((name for name in self.or_ if name in columns), self.column)
        return self.model_copy(update={"column": there})

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the source that are read."""
        if self.sql is not None:
            return parse_sql(self.sql).columns
        return tuple(name for name in (self.column, self.present) if name is not None)

    @property
    def expected(self) -> tuple[str, Message] | None:
        """What is expected of a value that may not fit, as the list of faults says it and as readers are told."""
        if self.time is not None:
            moment = datetime(2026, 1, 31, 16, 5, 9)  # for readers who know no such patterns
            numbers = {EXCEL: "46053.67", EXCEL_1904: "44591.67"}
            shown = tuple(numbers.get(one) or moment.strftime(one) for one in self.time)
            return f"a time written as {' or '.join(self.time)}", Message("a time such as {time}", time=shown)
        if self.values is None or self.otherwise in ("keep", "empty"):
            return None
        words = tuple(self.values)
        some = Message("one of {words}", words=words)
        if len(words) > LISTED:
            some = Message("one of {words} … ({count})", words=words[:3], count=len(words))
        return f"one of {', '.join(words)}", some


DIRECTIVE = re.compile("%[-_0]?[.:#0-9]*[A-Za-z%+]")
OFFSET = re.compile(r"(?<=%[SMfRTX])(?:Z|[+-][0-9]{2}:?[0-9]{2})$")
"""A text for the offset at the end of a format, by which the time would be taken for a local one."""


def _check_formats(formats: tuple[str, ...]) -> None:
    if not formats:
        raise ValueError("found no format, expected one such as %Y-%m-%d %H:%M:%S")
    for one in formats:
        if one in (EXCEL, EXCEL_1904):
            continue
        if not any(year in one for year in ("%Y", "%y", "%F", "%D", "%s", "%c", "%x", "%G", "%+")):
            expected = f"expected one with a year, such as %Y-%m-%d %H:%M:%S, or {EXCEL}"
            raise ValueError(f"found the format {one!r}, {expected}")
        directives = [sign for sign in DIRECTIVE.findall(one) if sign != "%%"]
        if twice := sorted({sign for sign in directives if directives.count(sign) > 1}):
            hint = "; %m is the month, %M the minute" if "%m" in twice or "%M" in twice else ""
            raise ValueError(f"found {', '.join(twice)} twice in the format {one!r}, expected each once{hint}")
        if offset := OFFSET.search(one):
            raise ValueError(f"found {offset[0]} in the format {one!r}, expected %z, which reads the offset from UTC")
        try:
            pl.Series([""]).str.to_datetime(one, strict=False)
        except pl.exceptions.ComputeError:
            hint = "an hour up to 12 (%I) stands beside its half of the day (%p), and every hour beside its minutes"
            raise ValueError(f"found the format {one!r}, which reads no time; {hint}") from None


def kind_over_texts(sql: str) -> Kind:
    """What an expression over a source's columns gives, which are all text. Raises :class:`ValueError`."""
    found = typed(sql, dict.fromkeys(parse_sql(sql).columns, "text"))
    if found.faults:
        raise ValueError(f"{found.faults[0]} (a source's columns are text)")
    return found.kind
