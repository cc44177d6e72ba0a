"""Columns of a ledger's own that a scheme declares, read as the types that it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import polars as pl

from auditlib.core.errors import Problem
from auditlib.ledger.expectations import not_later
from auditlib.ledger.parse import EXPECTED, as_text, parse_column
from auditlib.ledger.registers import REGISTERS, Column
from auditlib.scheme.model import Scheme

__all__ = ["typed_registers", "unreadable"]

LOCAL = "UTC"  # times of extra columns are local to the ledger: none is moved
OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"
SHOWN = 20
"""So many faults of one column are told, with the number of all."""


def _declared(scheme: Scheme, registers: Mapping[str, pl.LazyFrame]) -> Iterator[tuple[str, list[Column]]]:
    """The extra columns that are in the ledger and hold other things than text."""
    for register in scheme.extra_columns:
        if register in registers:
            schema = registers[register].collect_schema()
            known = scheme.ledger_columns(register)
            columns = [known[name] for name in scheme.extra_columns[register] if name in schema]
            yield register, [c for c in columns if c.type != "text" or schema[c.name] != pl.String]


def typed_registers(scheme: Scheme, registers: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """The registers with the extra columns that ``scheme`` declares in their types; what cannot be read is empty."""
    result = dict(registers)
    for register, columns in _declared(scheme, registers):
        result[register] = registers[register].with_columns(_parsed(column) for column in columns)
    return result


def _parsed(column: Column) -> pl.Expr:
    return pl.col(column.name).map_batches(
        lambda values: parse_column(values, column, LOCAL), return_dtype=column.dtype, is_elementwise=True
    )


def unreadable(
    scheme: Scheme, registers: Mapping[str, pl.LazyFrame], as_of: datetime, known_until: datetime | None
) -> Iterator[Problem]:
    """Every value of a declared extra column that is not of its type, by register, key and column.

    A time after ``as_of`` is none either, unless the ledger was taken later and what came after is only hidden.
    """
    hidden = known_until is not None and as_of < known_until
    for register, columns in _declared(scheme, registers):
        frame = registers[register]
        key = [name for name in REGISTERS[register].key if name in frame.collect_schema().names()] or ["unit"]
        for column in columns:
            table = frame.select(*dict.fromkeys([*key, column.name])).drop_nulls(column.name).collect()
            values = table[column.name]
            text = as_text(values.cast(pl.String))
            read = parse_column(values, column, LOCAL)
            wrong = {str(EXPECTED[column.type]): text.is_not_null() & read.is_null()}
            if column.type in ("time", "deadline"):
                wrong["a time local to the ledger, without an offset"] = text.str.contains(OFFSET).fill_null(False)
            if column.type == "time" and not hidden:
                wrong[str(not_later(as_of))] = (read > as_of).fill_null(False)
            for expected, mask in wrong.items():
                yield from _told(register, column.name, table.filter(mask), key, expected)


def _told(register: str, column: str, rows: pl.DataFrame, key: list[str], expected: str) -> Iterator[Problem]:
    """The rows with a fault, in order of their keys; of many the first, with the number of all."""
    keys = pl.concat_str(key, separator=" ", ignore_nulls=True)
    ordered = rows.select(keys.alias("key"), pl.col(column).cast(pl.String)).sort("key", column)
    for number, (name, value) in enumerate(ordered.head(SHOWN).iter_rows()):
        more = f" ({rows.height} such rows)" if number == 0 and rows.height > SHOWN else ""
        yield Problem(register, None, f"{name}, {column}", f"found {value}, expected {expected}{more}")
