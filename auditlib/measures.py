"""Counting: the measures of a scheme for every unit of a period, one pass over each register.

Whole numbers come out (rows, steps, microseconds), never ratios. The rows behind a number are asked
for separately (:meth:`Counter.evidence`), so that counting a million cases does not carry their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

import polars as pl

from auditlib.conditions import parse_sql
from auditlib.derived import derived_column
from auditlib.errors import InputError, Problem
from auditlib.exact import exact
from auditlib.period import Period
from auditlib.registers import REGISTERS
from auditlib.repeats import compared_rows, repeated_keys
from auditlib.scheme.columns import columns_of
from auditlib.scheme.counting import Earlier, Measure
from auditlib.scheme.model import Scheme
from auditlib.worktime import Calendar

__all__ = ["Counter", "FactRow", "needed_columns"]

ROW = "\x00row"  # stands in for the key of a register that has none
NOT_ZERO = r"^[^/]*[1-9]"  # a number in writing, a fraction by its numerator
WIDER = {"quarter": ("month", "quarter"), "year": ("month", "quarter", "half", "year")}
OPTIONAL = {"count": 1}
"""Integer columns whose empty value has a meaning: an event without a count happened once."""


@dataclass(frozen=True)
class FactRow:
    """A row of ``unit_facts`` behind a score line: the evidence of a number that no case shows."""

    unit: str
    period: str
    fact: str
    value: Fraction
    source: str | None = None
    """Where the ledger says that the number comes from."""


def needed_columns(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """The registers and columns that a scheme reads, in the order of the registers; derived columns left out."""
    needed: dict[str, dict[str, None]] = {"units": {"unit": None}}
    for measure in scheme.measures.values():
        if measure.register_ is None:
            needed.setdefault("unit_facts", {}).update(dict.fromkeys(("unit", "period", "fact", "value")))
            continue
        register = REGISTERS[measure.register_]
        columns = needed.setdefault(register.name, {})
        columns.update(dict.fromkeys((*register.required, measure.at or register.at or "unit")))
        for name in columns_of(scheme, measure):
            if name == "group":
                needed["units"]["group"] = None  # every register has its unit's group beside its own columns
            elif name not in scheme.columns.get(register.name, {}):
                columns[name] = None
    return {name: tuple(needed[name]) for name in REGISTERS if name in needed}


@dataclass(frozen=True)
class Counter:
    """Counts the measures of ``scheme`` in ``registers`` for ``period``, as known at ``as_of``.

    ``registers`` maps names to lazy frames as :func:`auditlib.ledger.read.read_ledger` gives them.
    Facts later than ``as_of`` are not known: a row received later is not there, a later closing has not
    happened. ``calendar`` is needed where the scheme counts working days.
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

    def counts(self, names: Iterable[str] | None = None) -> dict[str, dict[str, Fraction | None]]:
        """For each unit with rows or facts, each measure's value.

        A unit that is absent has none of these rows: its counts are zero. A measure of a register that
        the ledger does not have is left out altogether. A missing fact is None.
        """
        wanted = list(self.scheme.measures if names is None else names)
        result: dict[str, dict[str, Fraction | None]] = {}
        by_register: dict[str, list[str]] = {}
        for name in wanted:
            register = self.scheme.measures[name].register_
            if register is not None and register in self.registers:
                by_register.setdefault(register, []).append(name)
        for register, measures in by_register.items():
            frame = self._frame(register, measures)
            table = self._collect(frame.group_by("unit").agg(self._aggregate(name) for name in measures), register)
            for name in measures:
                if not (table.schema[name].is_integer() or table.schema[name] == pl.List(pl.String)):
                    found = f"found a sum of {table.schema[name]}, expected whole numbers"
                    raise InputError.at(self.scheme.scheme, f"measures.{name}", found)
            for row in table.iter_rows(named=True):
                unit = result.setdefault(row["unit"], {})
                for name in measures:
                    values = row[name] if isinstance(row[name], list) else [row[name] or 0]
                    unit[name] = sum(map(exact, values), Fraction(0)) / self._scale(name)
        if outside := [problem for measures in by_register.values() for problem in self._out_of_range(measures)]:
            raise InputError(outside)
        return result

    def _out_of_range(self, names: Iterable[str]) -> Iterator[Problem]:
        """What people decided outside the range that the source leaves to them, row by row."""
        for name in names:
            measure = self.scheme.measures[name]
            if measure.low is None or measure.sum is None or measure.register_ is None:
                continue
            clause = next((rule.clause for _, rule in self.scheme.rules() if rule.quantity == name), None)
            key = self._key(measure.register_)
            frame = self._frame(measure.register_, [name], extra=key.meta.root_names()).filter(self._selects(name))
            table = frame.select(key.alias(ROW), "unit", measure.sum).drop_nulls(measure.sum).sort(ROW).collect()
            for row, unit, value in table.iter_rows():
                if not measure.allows(exact(value)):
                    found = f"found {value}, expected a value from {measure.low} to {measure.high}"
                    yield Problem(measure.register_, None, f"{row}, {unit}, {measure.sum}", found, clause)

    def evidence(self, names: Iterable[str]) -> dict[str, dict[str, list[str]]]:
        """For each measure, the keys of the rows behind it by unit, sorted."""
        result: dict[str, dict[str, list[str]]] = {}
        by_register: dict[str, list[str]] = {}
        for name in dict.fromkeys(names):
            register = self.scheme.measures[name].register_
            if register is not None and register in self.registers:
                by_register.setdefault(register, []).append(name)
        for register, measures in by_register.items():
            key = self._key(register)
            frame = self._frame(register, measures, extra=key.meta.root_names())
            keys = (key.filter(self._contributes(name)).drop_nulls().sort().alias(name) for name in measures)
            table = self._collect(frame.group_by("unit").agg(keys), register)
            for row in table.iter_rows(named=True):
                for name in measures:
                    result.setdefault(name, {})[row["unit"]] = row[name]
        return result

    def compared(self, register: str, name: str) -> pl.DataFrame:
        """The rows among which the column ``name`` looks for repeats: see :func:`auditlib.repeats.compared_rows`."""
        earlier = self.scheme.columns[register][name].earlier
        assert earlier is not None
        measures = [measure for measure, spec in self.scheme.measures.items() if spec.register_ == register]
        frame = self._frame(register, measures, until=name)
        return compared_rows(frame, earlier, REGISTERS[register].key[-1]).collect(engine="streaming")

    def rows(self, name: str, unit: str, columns: Iterable[str]) -> pl.DataFrame:
        """The rows behind a measure of one unit, with these of their columns, in order of their key."""
        register = self.scheme.measures[name].register_
        if register is None or register not in self.registers:
            return pl.DataFrame()
        have = self.registers[register].collect_schema().names()
        shown = [column for column in columns if column in have or column in self.scheme.columns.get(register, {})]
        key = self._key(register)
        frame = self._frame(register, [name], extra=[*shown, *key.meta.root_names()])
        return frame.filter((pl.col("unit") == unit) & self._contributes(name)).sort(key).select(shown).collect()

    def facts(self) -> dict[str, dict[str, FactRow]]:
        """For each unit, the rows of the facts that measures name: those of the period itself."""
        wanted = {measure.fact: name for name, measure in self.scheme.measures.items() if measure.fact}
        if not wanted or "unit_facts" not in self.registers:
            return {}
        frame = self.registers["unit_facts"]
        source = pl.col("source") if "source" in frame.collect_schema() else pl.lit(None, pl.String).alias("source")
        table = (
            frame.filter((pl.col("period") == str(self.period)) & pl.col("fact").is_in(list(wanted)))
            .select("unit", "fact", "value", source)
            .collect()
        )
        result: dict[str, dict[str, FactRow]] = {}
        for unit, fact, value, source in table.iter_rows():
            row = FactRow(unit, str(self.period), fact, exact(value), source)
            result.setdefault(unit, {})[wanted[fact]] = row
        return result

    def marks(self) -> dict[tuple[str, str], list[tuple[Fraction, str | None]]]:
        """For each unit and indicator, the marks of the period with their reasons."""
        if "marks" not in self.registers:
            return {}
        frame = self.registers["marks"].filter(pl.col("period") == str(self.period))
        reason = pl.col("reason") if "reason" in frame.collect_schema().names() else pl.lit(None, pl.String)
        result: dict[tuple[str, str], list[tuple[Fraction, str | None]]] = {}
        table = frame.select("unit", "indicator", "points", reason.alias("reason")).collect()
        for unit, indicator, points, why in table.sort("unit", "indicator", "points").iter_rows():
            result.setdefault((unit, indicator), []).append((exact(points), why))
        return result

    def active(self) -> frozenset[str]:
        """The units with which anything happened in the period: any row of a register that the scheme counts."""
        found: set[str] = set()
        for frame in self._happened(self._counted()):
            found.update(frame.select(pl.col("unit").unique()).collect()["unit"])
        return frozenset(found)

    def has_data(self) -> bool:
        """Whether the period has data: a case, or without a register of cases any row with a time.

        What is owed in a period, or an incident, does not make it one that was assessed where there are no cases.
        """
        counted = self._counted()
        return any(frame.head(1).collect().height for frame in self._happened(counted & {"cases"} or counted))

    def _counted(self) -> set[str]:
        return {m.register_ for m in self.scheme.measures.values() if m.register_ in self.registers and m.register_}

    def _happened(self, registers: set[str]) -> Iterator[pl.LazyFrame]:
        """The rows of each register that stand in the period by its own time, as far as they are known."""
        for name in sorted(registers):
            at = REGISTERS[name].at
            if at is not None:
                inside = (pl.col(at) >= self.period.start) & (pl.col(at) < self.period.end)
                yield self.registers[name].filter(inside & (pl.col(at) <= self.as_of))

    def stand_in(self, measure: Measure) -> Fraction | None:
        """What stands in for a fact that the ledger does not give."""
        if measure.otherwise == "calendar_days":
            return Fraction(self.period.days)
        if measure.otherwise == "working_days":
            days = (self.period.first + timedelta(days=n) for n in range(self.period.days))
            return Fraction(sum(map(self._calendar().is_workday, days)))
        return None

    # --- building the query ---

    def _collect(self, frame: pl.LazyFrame, register: str) -> pl.DataFrame:
        try:
            return frame.collect(engine="streaming")
        except pl.exceptions.PolarsError as error:
            fault = str(error).splitlines()[0]
            raise InputError.at(
                self.scheme.scheme, register, f"a condition does not fit the columns: {fault}"
            ) from None

    def _window(self, measure: Measure) -> tuple[datetime | None, datetime]:
        """The times from which and before which a measure's rows fall."""
        if measure.window == "to_date":
            return None, self.period.end
        if measure.window in WIDER and self.period.granularity in WIDER[measure.window]:
            wide = self.period.widen(measure.window)  # type: ignore[arg-type]
            return wide.start, wide.end
        return self.period.start, self.period.end

    def _at(self, measure: Measure) -> str:
        return measure.at or REGISTERS[measure.register_ or ""].at or ""

    def _in_window(self, measure: Measure) -> pl.Expr:
        start, end = self._window(measure)
        at = pl.col(self._at(measure))
        return (at < end) if start is None else (at >= start) & (at < end)

    def _selects(self, name: str) -> pl.Expr:
        measure = self.scheme.measures[name]
        condition = self._in_window(measure)
        return condition & parse_sql(measure.where).expression if measure.where else condition

    def _contributes(self, name: str) -> pl.Expr:
        """Whether a row makes the number larger or smaller: a row that adds zero is no evidence."""
        measure = self.scheme.measures[name]
        if measure.sum is None:
            return self._selects(name)
        column = pl.col(measure.sum)
        adds = column.str.contains(NOT_ZERO) if self._is_written(measure) else self._summed(measure.sum) != 0
        return self._selects(name) & adds

    def _aggregate(self, name: str) -> pl.Expr:
        measure = self.scheme.measures[name]
        selects = self._selects(name)
        if measure.sum is None:
            return selects.sum().alias(name)
        if self._is_written(measure):
            return pl.col(measure.sum).filter(selects).drop_nulls().alias(name)
        return self._summed(measure.sum).filter(selects).sum().alias(name)

    def _is_written(self, measure: Measure) -> bool:
        """Whether the summed column is text: numbers that people set, such as 7/3, are added up in Python, exactly."""
        column = REGISTERS[measure.register_ or ""].column(measure.sum or "")
        return column is not None and column.type == "number"

    def _summed(self, column: str) -> pl.Expr:
        return pl.col(column).fill_null(OPTIONAL[column]) if column in OPTIONAL else pl.col(column)

    def _scale(self, name: str) -> int:
        """What a sum is divided by: steps counted in proportion are summed as microseconds."""
        measure = self.scheme.measures[name]
        column = self.scheme.columns.get(measure.register_ or "", {}).get(measure.sum or "")
        steps = column.steps if column else None
        return steps.every.us if steps and steps.mode == "exact" else 1

    def _key(self, register: str) -> pl.Expr:
        key = REGISTERS[register].key
        if key:
            return pl.col(key[-1])
        schema = self.registers[register].collect_schema()
        named = [name for name in ("kind", "title", "method", "due_at", "submitted_at", "at") if name in schema]
        times = [name for name in named if isinstance(schema[name], pl.Datetime)]
        parts = [
            pl.col(name).dt.strftime(f"{name} %Y-%m-%d %H:%M") if name in times else pl.col(name) for name in named
        ]
        return pl.concat_str(parts, separator=" ", ignore_nulls=True)

    def _frame(
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
        frame = self.registers[register]
        if "group" in order and "group" not in frame.collect_schema():
            frame = frame.join(self._groups(), on="unit", how="left")
        have = frame.collect_schema()
        raw = dict.fromkeys([name for name in order if name not in derived])
        raw.update(
            dict.fromkeys(["unit", *(self._at(spec) for spec in specs), *(n for n in extra if n not in derived)])
        )
        if any(derived[name].earlier for name in order if name in derived):
            if REGISTERS[register].key:
                raw.update(dict.fromkeys(REGISTERS[register].key))  # equal times are put in order by the key
            else:
                frame = frame.with_row_index(ROW)
                have, raw[ROW] = frame.collect_schema(), None
        missing = [name for name in raw if name not in have]
        if missing:
            raise InputError(
                Problem(
                    register,
                    1,
                    name,
                    f"missing column; scheme {self.scheme.scheme} needs it (an empty column means unknown)",
                )
                for name in missing
            )
        hidden = self.known_until is not None and self.as_of < self.known_until
        facts = {column.name for column in REGISTERS[register].columns if column.type == "time"} if hidden else set()
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
            frame = frame.filter((time < last) if reach is None else (time >= reach) & (time < last))
        frame = frame.with_columns(
            as_of=pl.lit(self.as_of, pl.Datetime("us")),
            period_start=pl.lit(self.period.start, pl.Datetime("us")),
            period_end=pl.lit(self.period.end, pl.Datetime("us")),
        )
        for name in computed:
            if name == until:
                break
            frame = frame.with_columns(self._derived(frame, register, name).alias(name))
        return frame

    def _derived(self, frame: pl.LazyFrame, register: str, name: str) -> pl.Expr:
        column = self.scheme.columns[register][name]
        if column.earlier is None:
            return derived_column(column, self._calendar)
        key = next(iter(REGISTERS[register].key[-1:]), ROW)
        found = self.repeats.get((register, name))
        if found is None:
            found = repeated_keys(compared_rows(frame, column.earlier, key), column.earlier, key)
        return pl.col(key).is_in(found.implode())

    def _groups(self) -> pl.LazyFrame:
        """The group that each unit is ranked in: conditions on rows of any register may ask for it."""
        units = self.registers["units"]
        have = units.collect_schema()
        moves = self.scheme.ranking.regroup
        found = [
            pl.col(column).replace_strict(moves, default=None, return_dtype=pl.String)
            for column in ("unit", "name")
            if column in have
        ]
        own = pl.col("group") if "group" in have else pl.lit(None, pl.String)
        return units.select("unit", pl.coalesce(*found, own).alias("group"))

    def _known(self, column: str) -> pl.Expr:
        return pl.when(pl.col(column) <= self.as_of).then(pl.col(column)).alias(column)

    def _calendar(self) -> Calendar:
        if self.calendar is None:
            raise InputError.at(self.scheme.scheme, "calendar", "working days are counted, expected a calendar")
        return self.calendar


def _reach(first: datetime | None, looks_back: list[Earlier]) -> datetime | None:
    """The first time that rows are needed from: the window, and as far before it as a repeat looks."""
    if first is None or any(earlier.within is None for earlier in looks_back):
        return None
    return first - timedelta(microseconds=max((e.within.reach_us for e in looks_back if e.within), default=0))
