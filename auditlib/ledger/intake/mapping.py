"""Mapping files: how a foreign export becomes the registers of a ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from auditlib.core.errors import InputError, Problem
from auditlib.core.message import Message
from auditlib.core.period import local_time
from auditlib.core.values import Strict, Text
from auditlib.ledger.checks import REJECTS_SCHEMA, ROW
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_types import typed
from auditlib.ledger.kinds import CALLED, Kind
from auditlib.ledger.parse import as_text
from auditlib.ledger.privacy.find import mask_personal, names_persons, personal_data, pseudonym
from auditlib.ledger.read import timezone_name
from auditlib.ledger.registers import REGISTERS

__all__ = ["Mapping", "RegisterMapping", "SourceColumn", "is_key", "map_table", "protect"]

LISTED = 6
"""So many words are listed to readers; of more, the first three."""

KEYS = frozenset(("unit", "case_id", "person_key", "problem_key", "duplicate_of"))
"""The columns that hold keys, besides those that tell the rows of a register apart."""


ORIGINS = ("column", "constant", "sql", "present")


class SourceColumn(Strict):
    """Where a column of the ledger comes from.

    ``column`` names one of the source: as it is, or through a table of ``values``, or as a ``time`` in
    strptime's notation, moved from ``zone`` into the ledger's. ``constant`` is the same for every row,
    ``sql`` an expression over the source's columns as text. ``present`` names a column of which the ledger learns only
    whether it is filled, such as that a telephone was recorded and not which; texts in ``absent`` (无) are no filling.
    """

    column: str | None = None
    values: dict[str, str] | None = None
    otherwise: Literal["reject", "keep", "empty"] = "reject"
    time: str | None = None
    zone: Annotated[str, AfterValidator(timezone_name)] | None = None
    constant: str | None = None
    sql: str | None = None
    present: str | None = None
    absent: tuple[str, ...] = ()
    personal: Literal["refuse", "mask", "pseudonym", "keep"] | None = None
    """What becomes of a value with personal data: see :func:`protect`. None for what the mapping says for all."""

    @model_validator(mode="after")
    def _one_origin(self) -> SourceColumn:
        given = [key for key in ORIGINS if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"found {' and '.join(given) or 'none of them'}, expected one of {', '.join(ORIGINS)}")
        if self.absent and self.present is None:
            raise ValueError("found absent without present, expected the column beside it")
        if self.zone is not None and self.time is None:
            raise ValueError("found zone without time, expected the format of the time beside it")
        if self.sql is not None:
            _over_texts(self.sql)
        return self

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
            moment = datetime(2026, 1, 31, 16, 5, 9).strftime(self.time)  # for readers who know no such patterns
            return f"a time written as {self.time}", Message("a time such as {time}", time=moment)
        if self.values is None or self.otherwise != "reject":
            return None
        words = tuple(self.values)
        some = Message("one of {words}", words=words)
        if len(words) > LISTED:
            some = Message("one of {words} … ({count})", words=words[:3], count=len(words))
        return f"one of {', '.join(words)}", some


class RegisterMapping(Strict):
    """One register: the files it comes from (a glob; all where absent), the rows that concern it, its columns."""

    from_: str | None = Field(default=None, alias="from")
    sheet: str | None = None
    where: str | None = None
    distinct: bool = False
    """Keep one row of each: for units that are only named in cases."""
    columns: dict[str, SourceColumn]
    steps: Annotated[dict[str, dict[str, SourceColumn]], Field(min_length=1)] | None = None
    """Of a wide sheet, for each act the columns that are its own, ``at`` among them; ``columns`` holds the others."""
    filled: str | None = None
    """The source column without which a row is left out; of a step, the one of its time."""

    @model_validator(mode="after")
    def _times_of_steps(self) -> RegisterMapping:
        for step, own in (self.steps or {}).items():
            if "at" not in own or own["at"].column is None:
                raise ValueError(f"step {step}: found no column for at, expected `at: {{column: …}}`, its time")
            if twice := sorted({"act", *self.columns} & own.keys()):
                raise ValueError(f"step {step}: found {', '.join(twice)} twice, expected each once")
        return self

    @property
    def origins(self) -> tuple[tuple[str, SourceColumn], ...]:
        """Every column of the register with where it comes from, those of steps among them."""
        return (*self.columns.items(), *(pair for own in (self.steps or {}).values() for pair in own.items()))

    @model_validator(mode="after")
    def _condition(self) -> RegisterMapping:
        if self.where is not None and (kind := _over_texts(self.where)) != "truth":
            raise ValueError(f"found where: {self.where}, {CALLED[kind]}, expected a condition, true or false of a row")
        return self


def _over_texts(sql: str) -> Kind:
    """What an expression over a source's columns gives, which are all text. Raises :class:`ValueError`."""
    found = typed(sql, dict.fromkeys(parse_sql(sql).columns, "text"))
    if found.faults:
        raise ValueError(f"{found.faults[0]} (a source's columns are text)")
    return found.kind


class Mapping(Strict):
    """A mapping file."""

    mapping: str
    title: Text
    synthetic: bool = False
    timezone: Annotated[str, AfterValidator(timezone_name)] = "Asia/Shanghai"
    as_of: Annotated[datetime, BeforeValidator(local_time)] | None = None
    note: Text | None = None
    personal: Literal["refuse", "mask"] = "refuse"
    """What becomes of personal data in columns that say nothing of their own; keys are refused in any case."""
    registers: dict[str, RegisterMapping]

    @model_validator(mode="after")
    def _known_registers(self) -> Mapping:
        for name, register in self.registers.items():
            if name not in REGISTERS:
                raise ValueError(f"found the register {name}, expected one of {', '.join(REGISTERS)}")
            if register.steps is not None and name != "acts":
                raise ValueError(f"register {name}: found steps, expected them in the register acts alone")
            given = {column for column, _ in register.origins} | ({"act"} if register.steps else set())
            given |= {"act_id"} if name == "acts" else set()  # acts without a number get one of their case
            missing = [column for column in REGISTERS[name].required if column not in given]
            if missing:
                raise ValueError(f"register {name}: found no column {', '.join(missing)}, which every row needs")
            for column, origin in register.origins:
                if origin.personal == "mask" and is_key(name, column):
                    raise ValueError(
                        f"register {name}, column {column}: found personal: mask, expected pseudonym, refuse or keep; "
                        "masked keys would all be the same"
                    )
        return self

    @property
    def not_personal(self) -> tuple[str, ...]:
        """The columns, as ``register.column``, that are kept although they look like personal data."""
        of_all = ((name, *pair) for name, register in self.registers.items() for pair in register.origins)
        return tuple(dict.fromkeys(f"{name}.{column}" for name, column, one in of_all if one.personal == "keep"))

    @property
    def needs_key(self) -> bool:
        """Whether a column becomes pseudonyms."""
        columns = (column for register in self.registers.values() for _, column in register.origins)
        return any(column.personal == "pseudonym" for column in columns)

    @property
    def expectations(self) -> dict[str, Message]:
        """What the mapping expects of values, as a list of faults says it, and as readers are told."""
        origins = (column for register in self.registers.values() for _, column in register.origins)
        return dict(expected for origin in origins if (expected := origin.expected) is not None)

    def policy(self, register: str, column: str) -> str:
        """What becomes of personal data in a column."""
        own = next((one.personal for name, one in self.registers[register].origins if name == column), None)
        return own or ("refuse" if is_key(register, column) else self.personal)


def is_key(register: str, column: str) -> bool:
    """Whether rows are told apart, or brought together, by a column."""
    return column in REGISTERS[register].key or column in KEYS


def protect(
    mapped: pl.DataFrame, mapping: Mapping, register: str, key: bytes | None
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows of a register after what ``mapping`` says of personal data, and by column how many values changed.

    ``mask`` replaces what is found and leaves the rest of a text; ``pseudonym`` replaces every value of the column,
    so that the same value stays the same and no unusual name slips through; ``refuse`` and ``keep`` change nothing
    here. ``key`` is the secret of the pseudonyms. Raises :class:`InputError` where it is wanted and missing.
    """
    changed: dict[str, int] = {}
    for name in mapped.columns:
        column = REGISTERS[register].column(name)
        if name == ROW or mapped[name].dtype != pl.String or (column is not None and column.type != "text"):
            continue
        policy = mapping.policy(register, name)
        if policy not in ("mask", "pseudonym"):
            continue
        values = as_text(mapped[name])
        if policy == "mask":
            found = personal_data(values.to_frame()).get(name, {})
            new = {text: mask_personal(text, persons=names_persons(name)) for text in found}
        elif key is None:
            raise InputError.at(
                mapping.mapping, f"registers.{register}.columns.{name}.personal", "found pseudonym, but no key for it"
            )
        else:
            new = {text: pseudonym(text, key) for text in values.drop_nulls().unique()}
        if new:
            mapped = mapped.with_columns(values.replace(new).alias(name))
            changed[name] = int(values.is_in(list(new)).sum())
    return mapped, changed


def map_table(
    table: pl.DataFrame, file: str, register: RegisterMapping, name: str, timezone: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of a source table as rows of register ``name``, still text or times, and the values that do not fit.

    Returns the rows with their row numbers, and one line a fault in the form of rejects; a value that
    does not fit is null in the row. Raises :class:`InputError` for source columns that are not there.
    """
    wanted = {source for column in register.columns.values() for source in column.sources}
    wanted |= {register.filled} if register.filled is not None else set()
    if register.where is not None:
        wanted |= set(parse_sql(register.where).columns)
    if missing := sorted(wanted - set(table.columns)):
        found = ", ".join(column for column in table.columns if column != ROW)
        raise InputError(
            Problem(file, 1, column, f"missing column, expected by the mapping; found {found}") for column in missing
        )
    texts = table.select(ROW, *(as_text(table[source]) for source in sorted(wanted)))
    if register.where is not None:
        texts = texts.filter(parse_sql(register.where).expression)
    if register.filled is not None:
        texts = texts.filter(pl.col(register.filled).is_not_null())
    columns, faults = [texts[ROW]], []
    for target, origin in register.columns.items():
        values = _column(texts, origin, timezone)
        columns.append(values.alias(target))
        if origin.expected is not None and origin.column is not None:
            wrong = texts[origin.column].is_not_null() & values.is_null()
            faults.append(
                texts.filter(wrong).select(
                    pl.lit(name).alias("register"),
                    pl.lit(file).alias("file"),
                    pl.col(ROW).cast(pl.Int64).alias("row"),
                    pl.lit(target).alias("column"),
                    pl.col(origin.column).alias("found"),
                    pl.lit(origin.expected[0]).alias("expected"),
                    pl.lit(None, pl.String).alias("unit"),
                    pl.lit(None, pl.String).alias("at"),
                )
            )
    mapped = pl.DataFrame(columns)
    if register.distinct:
        mapped = mapped.unique(list(register.columns), keep="first", maintain_order=True)
    return mapped, pl.concat([pl.DataFrame(schema=REJECTS_SCHEMA), *faults])


def _column(texts: pl.DataFrame, origin: SourceColumn, timezone: str) -> pl.Series:
    """The values, null where one of them does not fit."""
    if origin.constant is not None:
        return pl.Series([origin.constant], dtype=pl.String).new_from_index(0, texts.height)
    if origin.sql is not None:
        return texts.select(parse_sql(origin.sql).expression.alias("value")).to_series()
    if origin.present is not None:
        there = texts[origin.present].is_not_null() & ~texts[origin.present].is_in(origin.absent).fill_null(False)
        return there.cast(pl.String)
    values = texts[origin.column or ""]
    if origin.time is not None:
        times = values.str.to_datetime(origin.time, strict=False, time_unit="us")
        if origin.zone is not None:
            times = times.dt.replace_time_zone(origin.zone, ambiguous="earliest", non_existent="null")
            times = times.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
        elif times.dtype == pl.Datetime("us", "UTC"):
            times = times.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
        return times
    if origin.values is None:
        return values
    if origin.otherwise == "keep":
        return values.replace(origin.values)
    return values.replace_strict(origin.values, default=None, return_dtype=pl.String)
