"""A ledger with the adjustments over it: the same rows but for the cells that were decided to be otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import exact
from auditlib.ledger.parse import EXPECTED, parse_column
from auditlib.ledger.privacy.find import NOT_PERSONAL, names_persons, withhold
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import REGISTERS, Column
from auditlib.scheme.model import Scheme
from auditlib.scoring.adjustments.appeals import appeals_in
from auditlib.scoring.adjustments.declared import Adjustment, CellChange, read_adjustments

__all__ = ["Overlay", "changed_units", "overlaid"]

PART = "\x1f"
Place = tuple[str, tuple[str, ...], str]


@dataclass(frozen=True)
class Overlay:
    """A ledger as it is scored, as it was, and the adjustments between the two; ``later`` were decided after the look.

    ``units`` says by adjustment whose rows it changes.
    """

    ledger: Ledger
    original: Ledger
    applied: tuple[Adjustment, ...] = ()
    later: tuple[Adjustment, ...] = ()
    units: Mapping[str, tuple[str, ...]] | None = None


def overlaid(ledger: Ledger, scheme: Scheme, as_of: Callable[[], datetime]) -> Overlay:
    """The ledger with those adjustments of a scheme over it that were decided by ``as_of``, one after the other.

    ``as_of`` is asked only where there are any. Raises :class:`InputError` for a file that is none, a broken chain, a
    row or column that the ledger does not have, a ``was`` that is not what stands there, and an appeal that is none.
    """
    declared = read_adjustments(scheme)
    if not declared.chain:
        return Overlay(ledger, ledger)
    look = as_of()
    applied = declared.by(look)
    later = tuple(one for one in declared.chain if one.decided_at > look)
    cells = _Cells(ledger, scheme)
    problems: list[Problem] = [*appeals_in(ledger, applied)]
    units: dict[str, tuple[str, ...]] = {}
    for one, file in applied:
        whose = []
        for number, change in enumerate(one.changes):
            try:
                whose.append(cells.change(change))
            except ValueError as error:
                problems.append(Problem(file, None, f"changes.{number} {change.place}", str(error), one.clause))
        units[one.adjustment] = tuple(dict.fromkeys(unit for unit in whose if unit is not None))
    if problems:
        raise InputError(problems)
    return Overlay(cells.ledger(), ledger, tuple(one for one, _ in applied), later, units)


def changed_units(ledger: Ledger, scheme: Scheme, changes: Sequence[CellChange]) -> Iterator[str | ValueError | None]:
    """Of each change, made after those before it, whose row it changes, or what is wrong with it.

    A change is held against the ledger as decided adjustments leave it: ``was`` is what stands there now.
    """
    cells = _Cells(overlaid(ledger, scheme, lambda: datetime.max).ledger, scheme)
    for change in changes:
        try:
            yield cells.change(change)
        except ValueError as error:
            yield error


class _Cells:
    """The cells that change, each as it stands after the changes so far."""

    def __init__(self, ledger: Ledger, scheme: Scheme) -> None:
        self.before, self.scheme = ledger, scheme
        self.now: dict[Place, Any] = {}
        self.rows: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}

    def change(self, change: CellChange) -> str | None:
        """Makes one change; returns whose row it is. Raises :class:`ValueError`."""
        row = self._row(change)
        column = self._column(change)
        place = (change.register_, change.key, change.column)
        stands = self.now.get(place, row.get(change.column))
        was, becomes = (self._typed(column, cell) for cell in (change.was, change.becomes))
        if not _same(column, stands, was):
            raise ValueError(f"found {_said(stands)}, expected {_said(was)}, as `was` says")
        if becomes is None and column.required:
            raise ValueError("found nothing for becomes, expected a value: every row needs one")
        self.now[place] = becomes
        unit = row.get("unit")
        return str(unit) if unit is not None else self._unit_of_case(row)

    def _row(self, change: CellChange) -> dict[str, Any]:
        known = self.rows.get((change.register_, change.key))
        if known is not None:
            return known
        if change.register_ not in self.before.registers:
            raise ValueError(f"found no register {change.register_} in the ledger, expected one with this row")
        frame = self.before.registers[change.register_]
        rows = frame.filter(_key(change.register_) == PART.join(change.key)).collect()
        if rows.height != 1:
            raise ValueError(f"found {rows.height or 'no'} row {', '.join(change.key)}, expected one of the ledger")
        row = rows.row(0, named=True)
        self.rows[change.register_, change.key] = row
        return row

    def _column(self, change: CellChange) -> Column:
        known = REGISTERS[change.register_].column(change.column)
        if known is not None:
            return known
        schema = self.before.registers[change.register_].collect_schema()
        if change.column in self.scheme.ledger_columns(change.register_):
            own = self.scheme.ledger_columns(change.register_)[change.column]
            if change.column not in schema or schema[change.column] == pl.String:
                return replace(own, type="text")  # as the ledger holds it; the scheme reads it as its own type
            return own
        if change.column not in schema:
            names = ", ".join(column.name for column in REGISTERS[change.register_].columns)
            raise ValueError(f"found no column {change.column}, expected one of the ledger or of {names}")
        return Column(change.column, "text", "", "")

    def _typed(self, column: Column, cell: str | None) -> Any:
        if cell is None:
            return None
        value = parse_column(pl.Series(column.name, [cell]), column, self.before.note.timezone).item()
        if value is None:
            raise ValueError(f"found {cell}, expected {EXPECTED[column.type]}")
        if column.type == "text" and (told := withhold(cell, persons=names_persons(column.name))) != cell:
            raise ValueError(f"found {told}, expected {NOT_PERSONAL}")
        if column.name == "unit" and value not in set(self.before.units()["unit"]):
            raise ValueError(f"found {cell}, expected a unit of the ledger")
        return value

    def _unit_of_case(self, row: Mapping[str, Any]) -> str | None:
        cases = self.before.registers.get("cases")
        if cases is None or row.get("case_id") is None:
            return None
        found = cases.filter(pl.col("case_id") == row["case_id"]).select("unit").collect()
        return str(found.item()) if found.height else None

    def ledger(self) -> Ledger:
        """The ledger with every changed cell."""
        by_column: dict[tuple[str, str], dict[str, Any]] = {}
        for (register, key, column), value in self.now.items():
            by_column.setdefault((register, column), {})[PART.join(key)] = value
        registers = dict(self.before.registers)
        for (register, column), values in by_column.items():
            registers[register] = _with_cells(registers[register], register, column, values)
        return replace(self.before, registers=registers)


def _with_cells(frame: pl.LazyFrame, register: str, column: str, values: Mapping[str, Any]) -> pl.LazyFrame:
    schema = frame.collect_schema()
    known = REGISTERS[register].column(column)
    dtype = schema[column] if column in schema else known.dtype if known is not None else pl.String()
    own = pl.col(column) if column in schema else pl.lit(None, dtype)
    key = _key(register)
    new = key.replace_strict(
        pl.Series(list(values), dtype=pl.String), pl.Series(list(values.values()), dtype=dtype), default=None
    )
    return frame.with_columns(pl.when(key.is_in(list(values))).then(new).otherwise(own).alias(column))


def _key(register: str) -> pl.Expr:
    columns = REGISTERS[register].key
    return pl.col(columns[0]) if len(columns) == 1 else pl.concat_str(list(columns), separator=PART)


def _same(column: Column, stands: Any, was: Any) -> bool:
    if column.type == "number" and stands is not None and was is not None:
        return exact(str(stands)) == exact(str(was))
    return bool(stands == was)


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)
