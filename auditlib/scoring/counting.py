"""Counting: the measures of a scheme for every unit of a period, one pass over each register.

Whole numbers come out (rows, steps, microseconds), never ratios. The rows behind a number are asked
for separately (:meth:`Counter.evidence`), so that counting a million cases does not carry their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import exact
from auditlib.core.worktime import OutsideCalendar
from auditlib.scheme.columns import columns_of
from auditlib.scheme.quantities import Measure
from auditlib.scoring.columns import counts_working_days, unknown_days
from auditlib.scoring.corrections import sums
from auditlib.scoring.selection import ROW, Selection, moment
from auditlib.scoring.unknown_days import DaysUnknown, Needing, refused_period

__all__ = ["Counter", "FactRow"]


@dataclass(frozen=True)
class FactRow:
    """A row of ``unit_facts`` behind a score line: the evidence of a number that no case shows."""

    unit: str
    period: str
    fact: str
    value: Fraction
    source: str | None = None
    """Where the ledger says that the number comes from."""


@dataclass(frozen=True)
class Counter(Selection):
    """Counts the measures of ``scheme`` in ``registers`` for ``period``, as known at ``as_of``.

    Everything that counts rows raises :class:`~auditlib.scoring.unknown_days.DaysUnknown` where one of them needs
    working days that the calendar does not have.
    """

    def counts(self, names: Iterable[str] | None = None) -> dict[str, dict[str, Fraction | None]]:
        """For each unit with rows or facts, each measure's value.

        A unit that is absent has none of these rows: its counts are zero. A measure of a register that
        the ledger does not have is left out altogether. A missing fact is None.
        """
        wanted = list(self.scheme.measures if names is None else names)
        result: dict[str, dict[str, Fraction | None]] = {}
        by_register = self._by_register(wanted)
        for register, measures in by_register.items():
            with self._days_known(register, measures):
                table, more = sums(self, register, measures)
            for name in measures:
                held = table.schema[name]
                inner = held.inner if isinstance(held, pl.List) else held
                if not (inner.is_integer() or inner == pl.String):
                    found = f"found a sum of {inner}, expected whole numbers"
                    raise InputError.at(self.scheme.scheme, f"measures.{name}", found)
            for row in table.iter_rows(named=True):
                unit = result.setdefault(row["unit"], {})
                for name in measures:
                    known = (row[name] or 0, more.get((row["unit"], name), 0))
                    values = row[name] if isinstance(row[name], list) else [sum(known)]
                    unit[name] = self.scheme.measures[name].taken([exact(one) / self._scale(name) for one in values])
        if outside := [problem for measures in by_register.values() for problem in self._out_of_range(measures)]:
            raise InputError(outside)
        return result

    def _collect(self, frame: pl.LazyFrame, register: str) -> pl.DataFrame:
        return self.collected([frame], register)[0]

    def _out_of_range(self, names: Iterable[str]) -> Iterator[Problem]:
        """What people decided outside the range that the source leaves to them, row by row."""
        for name in names:
            measure = self.scheme.measures[name]
            if not measure.limited or measure.sum is None or measure.register_ is None:
                continue
            clause = next((rule.clause for _, rule in self.scheme.rules() if rule.quantity == name), None)
            key = self.key(measure.register_)
            with self._days_known(measure.register_, [name]):
                frame = self.frame(measure.register_, [name], extra=key.meta.root_names()).filter(self._selects(name))
                table = frame.select(key.alias(ROW), "unit", measure.sum).drop_nulls(measure.sum).sort(ROW).collect()
            for row, unit, value in table.iter_rows():
                if not measure.allows(exact(value)):
                    found = f"found {value}, expected {measure.allowed_values}"
                    yield Problem(measure.register_, None, f"{row}, {unit}, {measure.sum}", found, clause)

    def evidence(self, names: Iterable[str]) -> dict[str, dict[str, list[str]]]:
        """For each measure, the keys of the rows behind it by unit, sorted."""
        result: dict[str, dict[str, list[str]]] = {}
        for register, measures in self._by_register(dict.fromkeys(names)).items():
            key = self.key(register)
            keys = (key.filter(self._contributes(name)).drop_nulls().sort().alias(name) for name in measures)
            with self._days_known(register, measures):
                frame = self.frame(register, measures, extra=key.meta.root_names())
                table = self._collect(frame.group_by("unit").agg(keys), register)
            for row in table.iter_rows(named=True):
                for name in measures:
                    result.setdefault(name, {})[row["unit"]] = row[name]
        return result

    def compared(self, register: str, name: str) -> pl.DataFrame:
        """The rows in which the column ``name`` looks for repeats (:func:`auditlib.scoring.repeats.compared_rows`)."""
        earlier = self.scheme.columns[register][name].earlier
        assert earlier is not None
        measures = [measure for measure, spec in self.scheme.measures.items() if spec.register_ == register]
        with self._days_known(register, measures):
            frame = self.frame(register, measures, until=name)
            return self.compared_rows(frame, earlier, self.scheme.known_registers[register].key[-1]).collect(
                engine="streaming"
            )

    def rows(self, name: str, unit: str, columns: Iterable[str]) -> pl.DataFrame:
        """The rows behind a measure of one unit, with these of their columns, in order of their key."""
        register = self.scheme.measures[name].register_
        if register is None or register not in self.registers:
            return pl.DataFrame()
        have = self.registers[register].collect_schema().names()
        shown = [column for column in columns if column in have or column in self.scheme.columns.get(register, {})]
        key = self.key(register)
        with self._days_known(register, [name]):
            frame = self.frame(register, [name], extra=[*shown, *key.meta.root_names()])
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

    def own_rows(self, register: str) -> pl.LazyFrame:
        """The rows of a register that lie within the validity of their unit, as they stand in it."""
        return self._validity.rows(self.registers, register)

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
            at = self.scheme.known_registers[name].at
            if at is not None:
                inside = (pl.col(at) >= moment(self.period.start)) & (pl.col(at) < moment(self.period.end))
                yield self.own_rows(name).filter(inside & (pl.col(at) <= moment(self.as_of)))

    def stand_in(self, measure: Measure, unit: str) -> Fraction | None:
        """What stands in for a fact of a unit that the ledger does not give: its days in the period.

        Raises :class:`InputError` where working days are counted and some are not known.
        """
        days = list(self._validity.days(unit, self.period))
        if measure.otherwise == "calendar_days":
            return Fraction(len(days))
        if measure.otherwise == "working_days":
            calendar = self._calendar()
            try:
                return Fraction(sum(map(calendar.is_workday, days)))
            except OutsideCalendar:
                fact = measure.fact or ""
                raise refused_period(self.ledger, calendar, str(self.period), unit, fact) from None
        return None

    # --- rows that the validity of their unit leaves out, or that unknown days decide ---

    def left_out(self) -> dict[str, dict[str, int]]:
        """By unit and register, the rows that would be counted if they lay within the validity of their unit.

        Of units that are not assessed in the period, those of the period alone.
        """
        found: dict[str, dict[str, int]] = {}
        here = ~pl.col("unit").is_in(self._validity.outside(self.period))
        for register, measures in self._by_register(self.scheme.measures).items() if self._validity else ():
            specs = {name: self.scheme.measures[name] for name in measures}
            inside = (self.period.start, self.period.end)
            left = [
                self._matches(name) & ~self._validity.own(spec) & (here if self._window(spec) != inside else True)
                for name, spec in specs.items()
            ]
            with self._days_known(register, measures):
                frame = self.frame(register, measures).filter(pl.any_horizontal(left))
                table = self._collect(frame.group_by("unit").len(), register)
            for unit, count in table.iter_rows():
                found.setdefault(unit, {})[register] = count
        return found

    def unknown_days(self, names: Iterable[str] | None = None) -> dict[str, dict[str, dict[str, tuple[str, ...]]]]:
        """By unit, register and key, the rows that need a day which the calendar does not know, and for which columns.

        With a provisional calendar these are the rows whose numbers rest on it.
        """
        found: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
        for register, measures in self._by_register(self.scheme.measures if names is None else names).items():
            key = self.key(register)
            asked = self if self.calendar is None else replace(self, calendar=self.calendar.lenient())
            derived = self.scheme.columns.get(register, {})
            used = dict.fromkeys(name for m in measures for name in columns_of(self.scheme, self.scheme.measures[m]))
            counting = [name for name in used if name in derived and counts_working_days(derived[name])]
            if not counting:
                continue
            frame = asked.frame(register, measures, extra=key.meta.root_names())
            needs = {
                name: unknown_days(derived[name], asked._calendar(), asked._among(register, name, measures))
                for name in counting
            }
            rows = frame.select("unit", key.alias(ROW), *(expr.alias(name) for name, expr in needs.items()))
            table = asked._collect(rows.filter(pl.any_horizontal(counting)), register).sort("unit", ROW)
            for unit, row, *needed in table.iter_rows():
                columns = tuple(name for name, need in zip(counting, needed, strict=True) if need)
                found.setdefault(unit, {}).setdefault(register, {})[row] = columns
        return found

    def provisional_facts(self, unit: str, given: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The facts of a unit, none of them ``given``, for which working days stand in that are not all known."""
        if self.calendar is None or self.calendar.known_until is None:
            return {}
        waiting = [m.fact or "" for name, m in self.scheme.measures.items()
                   if m.otherwise == "working_days" and name not in given]  # fmt: skip
        last = max(self._validity.days(unit, self.period), default=None)
        return {"unit_facts": tuple(waiting)} if waiting and last and last > self.calendar.known_until else {}

    @contextmanager
    def _days_known(self, register: str, measures: list[str]) -> Iterator[None]:
        """Says which rows need the days that a calendar refuses."""
        try:
            yield
        except OutsideCalendar:
            rows = sorted(
                (key, unit, columns)
                for unit, own in self.unknown_days(measures).items()
                for key, columns in own.get(register, {}).items()
            )
            columns = tuple(sorted({name for _, _, names in rows for name in names}))
            needing = Needing(len(rows), *rows[0][:2], columns)
        else:
            return
        raise DaysUnknown(self.ledger, self._calendar(), {register: needing})
