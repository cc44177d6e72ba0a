"""Which rows of a register the measures of a scheme look at: one lazy query a register, with all columns they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.divided.parts import damaged_part
from auditlib.scheme.columns import column_inputs, columns_of
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Column, Measure
from auditlib.scheme.times import Earlier
from auditlib.scoring.columns import counts_working_days, derived_column
from auditlib.scoring.own_rows import unit_groups
from auditlib.scoring.repeats import compared_rows, repeated, repeated_keys
from auditlib.scoring.validity import MARKS, Validity, validity_of
from auditlib.scoring.windows import window_of

__all__ = ["ROW", "Selection", "moment"]

ROW = "\x00row"  # stands in for the key of a register that has none
NOT_ZERO = r"^[^/]*[1-9]"  # a number in writing, a fraction by its numerator
OPTIONAL = {"count": 1}
"""Integer columns whose empty value has a meaning: an event without a count happened once."""


@lru_cache(maxsize=1024)
def moment(time: datetime) -> pl.Expr:
    """A time as an expression. Polars runs a small query to make one, which would be a third of all counting."""
    return pl.lit(time, pl.Datetime("us"))


@dataclass(frozen=True)
class Selection:
    """The rows of ``registers`` that the measures of ``scheme`` select for ``period``, as known at ``as_of``.

    ``registers`` maps names to lazy frames as :func:`auditlib.ledger.read.read_ledger` gives them.
    Facts later than ``as_of`` are not known: a row received later is not there, a later closing has not
    happened. ``calendar`` is needed where the scheme counts working days. A row outside the validity of its unit is
    nobody's: see :mod:`auditlib.scoring.validity`.
    """

    scheme: Scheme
    registers: Mapping[str, pl.LazyFrame]
    period: Period
    as_of: datetime
    calendar: Calendar | None = None
    known_until: datetime | None = None
    """When the ledger was taken: facts after ``as_of`` are hidden where it was taken later. None hides nothing."""
    repeats: Mapping[tuple[str, str], pl.Series] = field(default_factory=dict)
    """By register and column, the keys of the rows that repeat an earlier one: for part of a ledger, whose repeats
    are found among the rows of all parts. What is not in it is looked for in ``registers``."""
    ledger: str = ""
    """What errors call the ledger."""
    found: dict[tuple[str, str], pl.Series] = field(default_factory=dict, init=False, compare=False, repr=False)
    """Repeats that counting has found: the rows behind the counts are looked for next."""

    @cached_property
    def _validity(self) -> Validity:
        return validity_of(self.scheme, self.registers)

    def _by_register(self, names: Iterable[str]) -> dict[str, list[str]]:
        """These measures by their register, as far as the ledger has it."""
        by_register: dict[str, list[str]] = {}
        for name in names:
            register = self.scheme.measures[name].register_
            if register is not None and register in self.registers:
                by_register.setdefault(register, []).append(name)
        return by_register

    def compared_rows(self, frame: pl.LazyFrame, earlier: Earlier, key: str) -> pl.LazyFrame:
        """The rows that a column compares: where it asks for the same unit, those alone that are the unit's own."""
        own = frame.filter(self._validity.own()) if "unit" in earlier.same else frame
        return compared_rows(own, earlier, key)

    def _among(self, register: str, column: str, measures: list[str]) -> pl.Expr | None:
        """The rows for which a column is needed: those that a measure may count; None for all, if repeats read it."""
        derived = self.scheme.columns.get(register, {})
        reading = [name for name in measures if column in columns_of(self.scheme, self.scheme.measures[name])]
        through = dict.fromkeys(name for m in reading for name in columns_of(self.scheme, self.scheme.measures[m]))
        if any(derived[name].earlier and _reads(derived, name, column) for name in through if name in derived):
            return None
        specs = [self.scheme.measures[name] for name in reading or measures]
        return pl.any_horizontal([self._in_window(spec) & self._validity.own(spec) for spec in specs])

    def collected(self, frames: Sequence[pl.LazyFrame], register: str) -> list[pl.DataFrame]:
        """What several queries of a register find."""
        try:
            if len(frames) > 1:
                return pl.collect_all(frames, engine="streaming")
            return [frames[0].collect(engine="streaming")]
        except pl.exceptions.PolarsError as error:
            fault = f"a condition does not fit the columns: {str(error).splitlines()[0]}"
            raise damaged_part() or InputError.at(self.scheme.scheme, register, fault) from None

    def _window(self, measure: Measure) -> tuple[datetime | None, datetime]:
        return window_of(measure, self.period, self.scheme.year_starts)

    def _at(self, measure: Measure) -> str:
        return measure.at or self.scheme.known_registers[measure.register_ or ""].at or ""

    def _in_window(self, measure: Measure) -> pl.Expr:
        start, end = self._window(measure)
        at = pl.col(self._at(measure))
        return (at < moment(end)) if start is None else (at >= moment(start)) & (at < moment(end))

    def _matches(self, name: str) -> pl.Expr:
        """Whether a row lies in a measure's window and satisfies its condition, whoever's it is."""
        measure = self.scheme.measures[name]
        condition = self._in_window(measure)
        return condition & parse_sql(measure.where).expression if measure.where else condition

    def _selects(self, name: str) -> pl.Expr:
        matches = self._matches(name)
        return matches & self._validity.own(self.scheme.measures[name]) if self._validity else matches

    def undecided(self, name: str) -> pl.Expr:
        """Whether nobody can say of a row in a measure's window if it satisfies the condition."""
        measure = self.scheme.measures[name]
        unknown = parse_sql(measure.where).expression.is_null() if measure.where else pl.lit(False)
        return self._in_window(measure) & self._validity.own(measure) & unknown

    def _contributes(self, name: str) -> pl.Expr:
        """Whether a row makes the number larger or smaller: a row that adds zero is no evidence."""
        measure = self.scheme.measures[name]
        if measure.sum is None:
            known = pl.lit(True) if measure.column is None else pl.col(measure.column).is_not_null()
            return self._selects(name) & known
        column = pl.col(measure.sum)
        adds = column.str.contains(NOT_ZERO) if self._is_written(measure) else self._summed(measure.sum) != 0
        return self._selects(name) & adds

    def columns_read(self, register: str, measures: Iterable[str]) -> list[str]:
        """The columns of a register as it stands that these measures hang on."""
        specs = [self.scheme.measures[name] for name in measures]
        read = {"unit", *self.scheme.known_registers[register].key, *self._validity.times_of(register)}
        read.update(self._at(spec) for spec in specs)
        read.update(name for spec in specs for name in columns_of(self.scheme, spec))
        return [name for name in self.registers[register].collect_schema().names() if name in read]

    def grouped(self, frame: pl.LazyFrame, measures: Iterable[str]) -> pl.LazyFrame:
        """By unit each measure's sum, or the values from which it is taken."""
        return frame.group_by("unit").agg(self._aggregate(name) for name in measures)

    def adds_up(self, name: str) -> bool:
        """Whether a measure counts or sums rows in whole numbers: no median, no number of different values."""
        measure = self.scheme.measures[name]
        return measure.column is None or (measure.sum is not None and not self._is_written(measure))

    def _aggregate(self, name: str) -> pl.Expr:
        measure = self.scheme.measures[name]
        selects = self._selects(name)
        if measure.distinct is not None:
            return pl.col(measure.distinct).filter(selects).drop_nulls().n_unique().alias(name)
        if measure.median is not None or measure.longest is not None:
            return self._compared_values(measure, selects).alias(name)
        if measure.sum is None:
            return selects.sum().alias(name)
        if self._is_written(measure):
            return pl.col(measure.sum).filter(selects).drop_nulls().alias(name)
        return self._summed(measure.sum).filter(selects).sum().alias(name)

    def _compared_values(self, measure: Measure, selects: pl.Expr) -> pl.Expr:
        """The values from which a median or the greatest is taken: of numbers written as text all, else few."""
        values = pl.col(measure.column or "").filter(selects).drop_nulls()
        if self._is_written(measure):
            return values
        if measure.longest is not None:
            return values.top_k(1)
        count = values.len()
        return values.sort().slice((count - 1) // 2, 2 - count % 2)

    def _is_written(self, measure: Measure) -> bool:
        """Whether the summed column is text: numbers that people set, such as 7/3, are added up in Python, exactly."""
        column = self.scheme.ledger_columns(measure.register_ or "").get(measure.column or "")
        return column is not None and column.type == "number"

    def _summed(self, column: str) -> pl.Expr:
        return pl.col(column).fill_null(OPTIONAL[column]) if column in OPTIONAL else pl.col(column)

    def _scale(self, name: str) -> int:
        """What a sum is divided by: steps counted in proportion are summed as microseconds."""
        measure = self.scheme.measures[name]
        column = self.scheme.columns.get(measure.register_ or "", {}).get(measure.column or "")
        steps = column.steps if column else None
        return steps.every.us if steps and steps.mode == "exact" else 1

    def key(self, register: str) -> pl.Expr:
        """What names a row of a register: its key, or what it holds where the register has none."""
        key = self.scheme.known_registers[register].key
        if key:
            return pl.col(key[-1])
        schema = self.registers[register].collect_schema()
        named = [name for name in ("kind", "title", "method", "due_at", "submitted_at", "at") if name in schema]
        times = [name for name in named if isinstance(schema[name], pl.Datetime)]
        parts = [
            pl.col(name).dt.strftime(f"{name} %Y-%m-%d %H:%M") if name in times else pl.col(name) for name in named
        ]
        return pl.concat_str(parts, separator=" ", ignore_nulls=True)

    def frame(
        self, register: str, measures: list[str], extra: Iterable[str] = (), until: str | None = None
    ) -> pl.LazyFrame:
        """The rows that any of the measures may count, with the columns they read: all, or those before ``until``."""
        specs = [self.scheme.measures[name] for name in measures]
        derived = self.scheme.columns.get(register, {})
        order: dict[str, None] = {}
        for spec in specs:
            order.update(dict.fromkeys(columns_of(self.scheme, spec)))
        for name in extra:
            if name in derived:
                probe = specs[0].model_copy(update={"where": None, "sum": name})
                order.update(dict.fromkeys(columns_of(self.scheme, probe)))
        frame = self._validity.marked(self.registers[register], register)
        if "group" in order and "group" not in frame.collect_schema():
            frame = frame.join(unit_groups(self.scheme, self.registers["units"]), on="unit", how="left")
        have = frame.collect_schema()
        raw = dict.fromkeys([name for name in order if name not in derived])
        raw.update(
            dict.fromkeys(["unit", *(self._at(spec) for spec in specs), *(n for n in extra if n not in derived)])
        )
        raw.update(dict.fromkeys(MARKS if self._validity else ()))
        if any(derived[name].earlier for name in order if name in derived):
            if key := self.scheme.known_registers[register].key:
                raw.update(dict.fromkeys(key))  # equal times are put in order by the key
            else:
                frame = frame.with_row_index(ROW)
                have, raw[ROW] = frame.collect_schema(), None
        missing = [name for name in raw if name not in have]
        if missing:
            told = f"missing column; scheme {self.scheme.scheme} needs it (an empty column means unknown)"
            raise InputError(Problem(register, 1, name, told) for name in missing)
        hidden = self.known_until is not None and self.as_of < self.known_until
        known = self.scheme.ledger_columns(register).values() if hidden else ()
        facts = {column.name for column in known if column.type == "time"}
        frame = frame.select(self._known(name) if name in facts else pl.col(name) for name in raw)
        computed = [name for name in order if name in derived]
        looks_back = [earlier for name in computed if (earlier := derived[name].earlier) is not None]
        windows = [self._window(spec) for spec in specs]
        at = {self._at(spec) for spec in specs}
        first = None if any(start is None for start, _ in windows) else min(start for start, _ in windows if start)
        last = max(end for _, end in windows)
        if at | {earlier.order for earlier in looks_back} == at and len(at) == 1:
            # A repeat may look back past the window; rows that neither it nor the window needs are never read.
            reach = _reach(first, looks_back)
            time = pl.col(at.pop())
            before = time < moment(last)
            frame = frame.filter(before if reach is None else (time >= moment(reach)) & before)
        frame = frame.with_columns(
            as_of=moment(self.as_of), period_start=moment(self.period.start), period_end=moment(self.period.end)
        )
        for name in computed:
            if name == until:
                break
            frame = frame.with_columns(self._derived(frame, register, name, measures).alias(name))
        return frame

    def _derived(self, frame: pl.LazyFrame, register: str, name: str, measures: list[str]) -> pl.Expr:
        column = self.scheme.columns[register][name]
        if column.earlier is None:
            among = self._among(register, name, measures) if counts_working_days(column) else None
            return derived_column(column, self._calendar, among)
        key = next(iter(self.scheme.known_registers[register].key[-1:]), ROW)
        found = self.repeats.get((register, name), self.found.get((register, name)))
        if found is None:
            found = repeated_keys(self.compared_rows(frame, column.earlier, key), column.earlier, key)
        return repeated(column.earlier, key, found)

    def _known(self, column: str) -> pl.Expr:
        return pl.when(pl.col(column) <= moment(self.as_of)).then(pl.col(column)).alias(column)

    def _calendar(self) -> Calendar:
        if self.calendar is None:
            raise InputError.at(self.scheme.scheme, "calendar", "working days are counted, expected a calendar")
        return self.calendar


def _reads(derived: Mapping[str, Column], name: str, column: str) -> bool:
    """Whether a derived column reads another, directly or through others."""
    inputs = column_inputs(derived[name])
    return column in inputs or any(_reads(derived, one, column) for one in inputs if one in derived)


def _reach(first: datetime | None, looks_back: list[Earlier]) -> datetime | None:
    """The first time that rows are needed from: the window, and as far before it as a repeat looks."""
    if first is None or any(earlier.within is None for earlier in looks_back):
        return None
    return first - timedelta(microseconds=max((e.within.reach_us for e in looks_back if e.within), default=0))
