"""Single rows as witnesses: of all rows of a register that its conditions can tell apart, what follows from each.

A column has the words, numbers and truth values that the scheme's conditions compare it with, and the value unknown.
Only conditions on one row by itself are looked at (no times, no repeats), so that every row made here can stand in a
ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import polars as pl

from auditlib.core.message import Joined, Message, Named, Sayable
from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.columns import columns_of
from auditlib.scheme.finding import listed
from auditlib.scheme.model import Scheme
from auditlib.scheme.results import Outcome

__all__ = ["Row", "Witnesses", "domains", "row_text"]

MANY = 60_000
"""Of more rows than these none is made: less is found, nothing false."""

Row = tuple[tuple[str, Any], ...]
"""The columns of a row that have a known value."""

TEXTS = re.compile(
    r"(?P<column>[^\W\d]\w*)(?:\s*(?:=|<>|!=)\s*(?P<one>'[^']*')|\s+in\s*\((?P<many>\s*'[^']*'(?:\s*,\s*'[^']*')*\s*)\))",
    re.IGNORECASE,
)
NUMBERS = re.compile(r"(?P<column>[^\W\d]\w*)\s*(?:<=|>=|<>|=|<|>)\s*(?P<value>\d+)\b")


def domains(schemes: Sequence[Scheme], register: str) -> dict[str, list[Any]]:
    """The values of each column of a register that the conditions of any of the schemes tell apart, unknown first."""
    found: dict[str, dict[Any, None]] = {}
    for sql in _conditions(schemes, register):
        for match in TEXTS.finditer(sql):
            for word in re.findall(r"'([^']*)'", match["one"] or match["many"]):
                found.setdefault(match["column"], {})[word] = None
        for match in NUMBERS.finditer(sql):
            value = int(match["value"])
            found.setdefault(match["column"], {}).update(
                dict.fromkeys(n for n in (value - 1, value, value + 1) if n >= 0)
            )
    kinds = {name: column.type for scheme in schemes for name, column in scheme.ledger_columns(register).items()}
    read = dict.fromkeys(name for sql in _conditions(schemes, register) for name in parse_sql(sql).columns)
    values: dict[str, list[Any]] = {}
    for name in (name for name in kinds if name in read):
        if kinds.get(name) == "boolean":
            values[name] = [None, True, False]
        elif kinds.get(name) in ("text", "integer"):
            fits = str if kinds[name] == "text" else int
            values[name] = [None, *(value for value in found.get(name, {}) if isinstance(value, fits))]
    return values


def _conditions(schemes: Sequence[Scheme], register: str) -> Iterator[str]:
    """The conditions of a register's outcomes, and of the columns that they read."""
    for scheme in schemes:
        for outcome in _of_register(scheme, register):
            assert outcome.quantity is not None
            measure = scheme.measures[outcome.quantity.of]
            derived = scheme.columns.get(register, {})
            for name in columns_of(scheme, measure):
                sql = derived[name].sql if name in derived else None
                if sql is not None:
                    yield sql
            if measure.where is not None:
                yield measure.where


def _of_register(scheme: Scheme, register: str) -> list[Outcome]:
    """The outcomes that a count of rows of a register brings about by itself."""
    return [
        outcome
        for outcome in scheme.outcomes
        if outcome.gap is None
        and outcome.quantity is not None
        and outcome.total is None
        and outcome.place is None
        and (measure := scheme.measures.get(outcome.quantity.of)) is not None
        and measure.register_ == register
        and measure.column in (None, "count")
        and outcome.quantity.holds(Fraction(1)) and not outcome.quantity.holds(Fraction(0))
    ]  # fmt: skip


@dataclass(frozen=True)
class Witnesses:
    """What follows from each single row of a register under one choice of readings."""

    scheme: Scheme
    register: str
    values: tuple[tuple[str, tuple[Any, ...]], ...]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every row, those with few known columns first, and of these those known in the first columns."""
        if prod(len(values) for _, values in self.values) > MANY:
            return ()
        names = [name for name, _ in self.values]
        every = product(*(values for _, values in self.values))
        rows = [tuple((n, v) for n, v in zip(names, row, strict=True) if v is not None) for row in every]
        place = {name: position for position, name in enumerate(names)}
        return tuple(sorted(rows, key=lambda row: (len(row), [place[name] for name, _ in row])))

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes that a single row decides."""
        return tuple(self._followed)

    def of(self, position: int, among: Sequence[str]) -> frozenset[str]:
        """Which outcomes ``among`` follow from a row."""
        return frozenset(id for id in among if self._followed[id][position])

    @cached_property
    def _followed(self) -> dict[str, list[bool]]:
        frame = self._frame()
        followed = {}
        for outcome in _of_register(self.scheme, self.register):
            assert outcome.quantity is not None
            where = self.scheme.measures[outcome.quantity.of].where
            if where is not None and set(parse_sql(where).expression.meta.root_names()) <= set(frame.columns):
                holds = parse_sql(where).expression.fill_null(False)
                followed[outcome.id] = frame.select(holds.alias("holds"))["holds"].to_list()
        return followed

    def _frame(self) -> pl.DataFrame:
        types = {name: column.dtype for name, column in self.scheme.ledger_columns(self.register).items()}
        schema = {name: types[name] for name, _ in self.values}
        frame = pl.DataFrame([dict(row) for row in self.rows], schema=schema, orient="row")
        waiting = {name: c.sql for name, c in self.scheme.columns.get(self.register, {}).items() if c.sql is not None}
        while True:
            ready = [
                name for name, sql in waiting.items()
                if set(parse_sql(sql).expression.meta.root_names()) <= set(frame.columns)
            ]  # fmt: skip
            if not ready:
                return frame
            frame = frame.with_columns(parse_sql(waiting.pop(name)).expression.alias(name) for name in ready)


def row_text(row: Row) -> Sayable:
    """A row as people write it: ``kind = 投诉, verified``."""
    return listed(map(_cell_text, row)) if row else ""


def _cell_text(cell: tuple[str, Any]) -> Sayable:
    name, value = cell
    if isinstance(value, bool):
        return Named(name) if value else Message("not {column}", column=Named(name))
    return Joined(Named(name), f" = {value}")
