"""Rows of a source as rows of a register: columns by a mapping, words for nothing, steps to rows, personal data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.message import Message
from auditlib.ledger.checks import REJECTS_SCHEMA, ROW
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.distinct import looked_at
from auditlib.ledger.intake.cells import (
    NAMES_AGAIN,
    ROW_OF_DATA,
    cell_faults,
    header_rows,
    lines,
    names_in_other_order,
    totals_rows,
    unwrapped,
)
from auditlib.ledger.intake.clock_times import count_twice
from auditlib.ledger.intake.mapping import Mapping, RegisterMapping, is_key
from auditlib.ledger.intake.origin import SourceColumn
from auditlib.ledger.intake.times import (
    EXCEL,
    EXCEL_1904,
    ISO_FORMATS,
    read_by_format,
    time_texts,
    whole_days,
)
from auditlib.ledger.intake.times_seen import TimesSeen
from auditlib.ledger.parse import as_text
from auditlib.ledger.privacy.find import mask_personal, names_persons, personal_data, pseudonym
from auditlib.ledger.registers import Register
from auditlib.ledger.tables.layout import Doubt, SourceTable

__all__ = ["Mapped", "map_table", "protect"]


AGAIN = (".1", "_1", "1", "2", "_2", "(1)", "(2)", " (1)", " (2)", "（1）", "（2）", "_duplicated_0")
"""What programs put after the name of a column that is there already."""


@dataclass(frozen=True)
class Mapped:
    """A source table as rows of a register, still text or times, with row numbers; and what does not fit.

    ``source`` holds the source's rows that concern the register, as text, ``faults`` one line a fault in the form of
    rejects: a value that does not fit is null in the row.
    """

    label: str
    rows: pl.DataFrame
    faults: pl.DataFrame
    source: pl.DataFrame
    doubts: tuple[Doubt, ...] = ()
    totals: int = 0
    """How many rows were set aside as totals or names of columns; they are among the faults and not among the rows."""
    times: dict[str, TimesSeen] = field(default_factory=dict)
    """What is seen of the times of each column of the ledger."""

    def told_of_times(self) -> Iterator[Doubt]:
        """What is doubtful about its times."""
        return (doubt for seen in self.times.values() for doubt in seen.doubts(self.label))


def map_table(table: SourceTable, label: str, register: RegisterMapping, name: str, mapping: Mapping) -> Mapped:
    """The rows of a source table as rows of register ``name``; ``label`` is how faults call the table.

    Raises :class:`InputError` for source columns that are not there.
    """
    raw = _named(table, register)
    wanted = register.wanted
    lacking = [column for column in wanted if column not in raw.columns]
    if missing := [column for column in lacking if column not in register.optional]:
        raise _missing(table, label, missing, wanted)
    raw = raw.with_columns(pl.lit(None, pl.String).alias(column) for column in lacking)
    doubts = [*_siblings(raw, wanted, label), *_lacked(lacking, label)]
    empty = (*mapping.empty, *register.empty)
    read = sorted({*wanted, *(name for name in (register.sheet_name, register.file_name) if name)})
    texts = raw.select(ROW, *(_texts(raw[source], empty) for source in read))
    typed = table.times | {column for column in read if raw.schema[column].is_temporal()}
    _refuse_other_order(texts, wanted, label)
    texts, no_data = _rows_of_data(raw, texts, label, register, mapping.known[name])
    if register.unpivot is not None:
        steps = register.unpivot
        kept = [column for column in texts.columns if column not in steps.columns]
        texts = (
            texts.unpivot(list(steps.columns), index=kept, variable_name=steps.name, value_name=steps.value)
            .filter(pl.col(steps.value).is_not_null())
            .sort(ROW, maintain_order=True)
        )
    if register.filled is not None:
        texts = texts.filter(pl.col(register.filled).is_not_null())
    if register.where is not None:
        texts = texts.filter(parse_sql(register.where).expression)
    serials = None if not table.is_sheet else EXCEL_1904 if table.from_1904 else EXCEL
    columns, faults, times = [texts[ROW]], [], {}
    for target, origin in register.all_columns.items():
        known = origin.time is not None and origin.column in typed
        as_read = origin.model_copy(update={"time": ISO_FORMATS}) if known else origin
        values, before, seen = _column(texts, target, as_read, name, mapping, serials)
        if seen is not None:
            times[target] = seen
            if seen.deadline and seen.is_sheet:
                values, more = whole_days(values, seen.column, label)
                doubts += more
        columns.append(values.alias(target))
        all_read = origin.time is not None and before is not None and values.null_count() == before.null_count()
        doubtful = () if all_read else origin.sources  # what was read as a time is one
        wrong = cell_faults(texts, doubtful, target, is_key(mapping.known[name], target), table.is_sheet)
        cells = [
            lines(name, label, texts[ROW].filter(mask), column, found.filter(mask), str(expected))
            for column, mask, found, expected in wrong
            if mask.any()
        ]
        faults += cells
        if origin.expected is not None and before is not None:
            misfit = before.is_not_null() & values.is_null()
            told = pl.concat(cells)["row"] if cells else pl.Series([], dtype=pl.Int64)
            misfit &= ~texts[ROW].cast(pl.Int64).is_in(told.implode())
            if misfit.any():
                rows, found = texts[ROW].filter(misfit), before.filter(misfit)
                faults.append(lines(name, label, rows, target, found, origin.expected[0]))
    mapped = pl.DataFrame(columns)
    found_faults = pl.concat([pl.DataFrame(schema=REJECTS_SCHEMA), *faults, no_data])
    return Mapped(label, mapped, found_faults, texts, tuple(doubts), no_data.height, times)


def _refuse_other_order(texts: pl.DataFrame, wanted: Sequence[str], label: str) -> None:
    """Raises :class:`InputError` where the columns change places in the midst: each may be read as the other."""
    if (line := names_in_other_order(texts, wanted)) is not None:
        told = "found the names of the columns again in another order, expected one order: split the file there"
        raise InputError.at(label, "", told, line=line)


def _rows_of_data(
    raw: pl.DataFrame, texts: pl.DataFrame, label: str, register: RegisterMapping, known: Register
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows without those of totals and of column names, and these as faults.

    Where distinct rows are taken they are no faults: the register that the rows are those of tells them.
    """
    totals = totals_rows(raw, [source for key in _keys(known, register) for source in key.sources])
    again = header_rows(texts, register.wanted) & ~totals
    if not (totals | again).any():
        return texts, pl.DataFrame(schema=REJECTS_SCHEMA)
    first = as_text(raw[next(iter(raw.columns[1:]))]) if raw.width > 1 else texts[ROW].cast(pl.String)
    faults = pl.concat(
        lines(known.name, label, texts[ROW].filter(rows), "", first.filter(rows), str(expected))
        for rows, expected in ((totals, ROW_OF_DATA), (again, NAMES_AGAIN))
    )
    return texts.filter(~totals & ~again), faults.clear() if register.distinct else faults


def _named(table: SourceTable, register: RegisterMapping) -> pl.DataFrame:
    """The rows with the columns that hold the names of their sheet and file."""
    made = {register.sheet_name: table.sheet, register.file_name: table.file.name}
    return table.rows.with_columns(
        pl.lit(value, pl.String).alias(column) for column, value in made.items() if column is not None
    )


def _siblings(raw: pl.DataFrame, wanted: Sequence[str], label: str) -> Iterator[Doubt]:
    """Columns that are another one's second by their name, as programs call what they find twice."""
    twice = [f"{one}{end}" for one in wanted for end in AGAIN if f"{one}{end}" in raw.columns]
    plain = {one.strip().casefold() for one in wanted}
    twice += [one for one in raw.columns if one not in twice and one.strip().casefold() in plain]
    if others := [one for one in twice if one not in wanted]:
        message = Message(
            "{file}: {columns} {count:seems|seem} to be a second column of the same name, and {count:is|are} not read",
            file=label, columns=tuple(others), count=len(others),
        )  # fmt: skip
        yield Doubt("column_again", message, len(others), label)


def _lacked(columns: Sequence[str], label: str) -> Iterator[Doubt]:
    """Columns that a table may lack, and does."""
    if columns:
        message = Message(
            "{file}: no column {columns}, which a file may lack: nothing is known of it",
            file=label, columns=tuple(columns),
        )  # fmt: skip
        yield Doubt("column_lacking", message, len(columns), label)


def _keys(known: Register, register: RegisterMapping) -> list[SourceColumn]:
    return [origin for target, origin in register.columns.items() if is_key(known, target)]


def _texts(values: pl.Series, empty: Sequence[str]) -> pl.Series:
    """A column as text: stripped, unwrapped, without the words that stand for nothing."""
    some = looked_at(values)
    if some is not values and values.dtype == pl.String and _emptied(unwrapped(as_text(some)), empty).equals(some):
        return values  # nearly every column is so already
    return _emptied(unwrapped(as_text(time_texts(values))), empty)


def _emptied(values: pl.Series, empty: Sequence[str]) -> pl.Series:
    """Texts without the words that stand for nothing."""
    if not empty or not (words := values.is_in(list(empty)).fill_null(False)).any():
        return values
    return values.set(words, None)


def _missing(table: SourceTable, label: str, missing: Sequence[str], wanted: Sequence[str]) -> InputError:
    """The columns that are not there, said once, with where they stand where that is seen."""
    found = ", ".join(column for column in table.rows.columns if column != ROW)
    header = table.header_row(wanted)
    place = (
        f"; row {header} has them: say `header: {header}` in the mapping" if header is not None and header > 1 else ""
    )
    problems = [Problem(label, 1, column, "missing column, expected by the mapping") for column in missing]
    return InputError([*problems, Problem(label, 1, "", f"found the columns {found}{place}")])


def _column(
    texts: pl.DataFrame, target: str, origin: SourceColumn, register: str, mapping: Mapping, serials: str | None
) -> tuple[pl.Series, pl.Series | None, TimesSeen | None]:
    """The values, null where one of them does not fit; the texts that they were made of; and what is seen of times."""
    if origin.constant is not None:
        return pl.Series([origin.constant], dtype=pl.String).new_from_index(0, texts.height), None, None
    if origin.present is not None:
        there = texts[origin.present].is_not_null()
        there &= ~texts[origin.present].is_in(list(origin.absent)).fill_null(value=False)
        return there.cast(pl.String), None, None
    if origin.sql is not None:
        values = texts.select(parse_sql(origin.sql).expression.alias("value")).to_series()
        if origin.time is not None or origin.values is not None:
            values = as_text(values)
    else:
        values = texts[origin.column or ""]
    if origin.time is not None:
        column = mapping.known[register].column(target)
        deadline = column is not None and column.type == "deadline"
        times, read = read_by_format(values, origin.time, mapping.timezone, origin.zone, deadline, serials)
        is_sheet = serials is not None
        seen = TimesSeen.of(origin.column or target, values, times, read, origin.time, deadline, is_sheet)
        if origin.zone is not None:
            seen = replace(seen, twice=count_twice(times, mapping.timezone, origin.zone))
        return times, values, seen
    if origin.values is None:
        return values, None, None
    if origin.otherwise == "keep":
        return values.replace(origin.values), values, None
    return values.replace_strict(origin.values, default=None, return_dtype=pl.String), values, None


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
        column = mapping.known[register].column(name)
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
