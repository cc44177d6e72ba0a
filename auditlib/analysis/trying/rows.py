"""A ledger with some rows otherwise, each checked as if it had been written so; nothing of it is saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import polars as pl

from auditlib.analysis.trying.what_if import RowChange
from auditlib.core.errors import InputError, Problem
from auditlib.ledger.checks import ROW, check_register
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import Register, in_order

__all__ = ["as_cell", "with_rows"]

NEW = "new"
"""The key of an added row that names none."""


def with_rows(ledger: Ledger, changes: Iterable[RowChange], as_of: datetime | None) -> Ledger:
    """The ledger with each change made, one after the other.

    Raises :class:`InputError` for a row that is not there, a column that neither the register nor the ledger has, and a
    value that the check of a ledger refuses.
    """
    for change in changes:
        register = _register(ledger, change)
        frame = ledger.registers[register.name].collect()
        place = None if change.kind == "add" else _place(register, frame, change)
        kept = frame if place is None else pl.concat([frame[:place], frame[place + 1 :]])
        if change.kind != "drop":
            row = {} if place is None else frame.row(place, named=True)
            kept = pl.concat([kept, _checked(ledger, register, frame, change, row, as_of)], how="diagonal_relaxed")
        ledger = replace(ledger, registers={**ledger.registers, register.name: kept.lazy()})
    return ledger


def _refused(change: RowChange, message: str) -> InputError:
    return InputError.at("--row", str(change), message)


def _register(ledger: Ledger, change: RowChange) -> Register:
    have = in_order(ledger.registers)
    if change.register:
        if change.register not in have:
            raise _refused(change, f"found {change.register}, expected a register of the ledger: {', '.join(have)}")
        return ledger.known[change.register]
    keyed = [ledger.known[name] for name in have if len(ledger.known[name].key) == 1]
    for register in keyed:
        keys = ledger.registers[register.name].select(register.key[0]).collect()[register.key[0]]
        if change.key in keys:
            return register
    known = ", ".join(one.name for one in keyed)
    expected = f"expected the key of a row of {known}; rows of other registers go by REGISTER:KEY or REGISTER:NUMBER"
    raise _refused(change, f"found no row {change.key}, {expected}")


def _place(register: Register, frame: pl.DataFrame, change: RowChange) -> int:
    """Where the row stands: by its key, or by its number where the register has none."""
    if register.key:
        wanted = change.key.split("/") if len(register.key) > 1 else [change.key]
        if len(wanted) == len(register.key):
            for number, row in enumerate(frame.select(register.key).iter_rows()):
                if [str(cell) for cell in row] == wanted:
                    return number
        raise _refused(change, f"found no row {change.key} of {register.name}, expected {'/'.join(register.key)}")
    if change.key.isdigit() and 1 <= int(change.key) <= frame.height:
        return int(change.key) - 1
    raise _refused(change, f"found {change.key}, expected the number of a row of {register.name}, 1 to {frame.height}")


def _checked(
    ledger: Ledger, register: Register, frame: pl.DataFrame, change: RowChange, row: dict[str, Any],
    as_of: datetime | None,
) -> pl.DataFrame:  # fmt: skip
    """The row as the check of a ledger takes it."""
    cells = {name: as_cell(register, name, value) for name, value in row.items()}
    if change.kind == "add" and register.key:
        cells |= {register.key[-1]: NEW}
    for name, value in change.cells.items():
        if register.column(name) is None and name not in frame.columns:
            known = ", ".join(dict.fromkeys([*(one.name for one in register.columns), *frame.columns]))
            raise _refused(change, f"found the column {name}, expected one of {known}")
        cells[name] = value or None
    if missing := [name for name in register.required if cells.get(name) is None]:
        raise _refused(change, f"found nothing for {', '.join(missing)}, expected a value: every row of it has one")
    table = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String), orient="row" if not cells else None)
    units = ledger.units()["unit"] if "units" in ledger.registers else None
    typed, faults = check_register(
        register,
        [("--row", table.with_columns(pl.lit(1).alias(ROW)))],
        ledger.note.timezone,
        ledger.note.looked_at or as_of,
        units,
        not_personal=ledger.note.not_personal,
        may_close_before=ledger.note.closed_before_opened is not None,
    )
    if faults.height:
        raise InputError(
            Problem("--row", None, f"{change}: {column}", f"found {found}, expected {expected}")
            for column, found, expected in faults.select("column", "found", "expected").iter_rows()
        )
    return typed


def as_cell(register: Register, column: str, value: Any) -> str | None:
    """A typed value as a file of a register holds it; a deadline at the end of a day is that day."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, datetime):
        return str(value)
    known = register.column(column)
    whole_day = known is not None and known.type == "deadline" and value.time() == time.max
    return (value.date() if whole_day else value).isoformat()
