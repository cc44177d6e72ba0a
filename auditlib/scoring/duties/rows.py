"""The rows that duties look at: registers as known at a time, an act beside its case, absent columns empty.

A column that the ledger does not have is empty in every row: for a duty that is unknown, and no error.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.parse import parse_column
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.column_kinds import OF_A_CASE
from auditlib.scheme.columns import columns_read, with_inputs
from auditlib.scheme.duties import Duty
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.choosing import chosen
from auditlib.scoring.columns import derived_column
from auditlib.scoring.duties.acting import WRITTEN, with_actors
from auditlib.scoring.duties.by_case import NO, ByCase, Places
from auditlib.scoring.own_columns import typed_registers, unreadable
from auditlib.scoring.own_rows import unit_groups, without_excluded
from auditlib.scoring.repeats import compared_rows, repeated, repeated_keys
from auditlib.scoring.validity import validity_of

__all__ = ["CASE", "CASE_UNIT", "KEY", "ROW_UNIT", "DutyRows"]

KEY, CASE, CASE_UNIT, ROW_UNIT = "\x00key", "\x00case", "\x00case_unit", "\x00row_unit"
"""Beside the columns of a row: what names it, its case, the unit of the case and its own."""
ALWAYS = (KEY, CASE, CASE_UNIT, ROW_UNIT, NO, "as_of", "period_start", "period_end")

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class DutyRows:
    """The rows of a ledger for the duties of a scheme, seen at ``as_of``; each register is read once."""

    resolved: Resolved
    ledger: Ledger
    period: Period
    as_of: datetime
    calendar: Calendar | None
    registers: Mapping[str, pl.LazyFrame] = field(repr=False)
    others: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)
    """The registers read besides cases and acts."""
    by_words: dict[tuple[str, ...], ByCase] = field(default_factory=dict, repr=False)
    """The acts of some words, looked for before."""
    common: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    """What was made for the duty before, of which the next one may need the same. See :meth:`once`."""
    known_filled: Mapping[tuple[str, str], bool] = field(default_factory=dict, repr=False)
    """Whether columns have a value anywhere in the ledger, where these are only some of its rows."""

    @classmethod
    def of(
        cls, resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime, calendar: Calendar | None,
        *, exclude: bool = True,
    ) -> DutyRows:  # fmt: skip
        """The rows that are their unit's own, without the cases that the ledger lists as exclusions.

        Raises :class:`InputError` where a declared column cannot be read as its type.
        """
        registers = dict(ledger.registers)
        validity = validity_of(resolved.scheme, registers)
        if "cases" in registers:
            registers["cases"] = validity.rows(registers, "cases")
        if exclude:
            registers = without_excluded(registers)
        if faults := list(unreadable(resolved.scheme, registers, as_of, ledger.as_of)):
            raise InputError(faults)
        return cls(resolved, ledger, period, as_of, calendar, typed_registers(resolved.scheme, registers))

    @property
    def scheme(self) -> Scheme:
        return self.resolved.scheme

    def working_days(self) -> Calendar:
        """The calendar. Raises :class:`InputError` where the scheme names none."""
        if self.calendar is None:
            raise InputError.at(self.scheme.scheme, "calendar", "working days are counted, expected a calendar")
        return self.calendar

    def once(self, asked: Hashable, make: Callable[[], _Made]) -> _Made:
        """What ``make`` gives, made once for duties that follow one another and ask for the same.

        Duties with the same rows that differ in their limits alone share all but these.
        """
        if asked not in self.common:
            self.common[asked] = make()
        made: _Made = self.common[asked]
        return made

    def has(self, register: str, column: str) -> bool:
        """Whether the ledger has a column, or the scheme derives it."""
        if column in self.scheme.columns.get(register, {}):
            return True
        return register in self.registers and column in self.registers[register].collect_schema()

    def read_columns(self, register: str) -> list[str]:
        """The columns of a register that duties read, with those that they are derived from."""
        return with_inputs(self.scheme, register, dict.fromkeys(sorted(self.needed.get(register, ()))))

    @cached_property
    def needed(self) -> dict[str, set[str]]:
        """The columns that duties read, by register; those of an act's case are among those of cases."""
        found: dict[str, set[str]] = {register: set() for register in ("acts", "events", "submissions")}
        found |= {"cases": {"closed_at"}, "checks": {"case_id"}}
        for duty in self.scheme.duties:
            for register, name in columns_read(duty):
                found.setdefault(register, set()).add(name)
                if register in OF_A_CASE and REGISTERS[register].column(name) is None:
                    found["cases"].add(name)
        return {
            register: {name for name in names if self._is_column(register, name)} for register, names in found.items()
        }

    def columns_of(self, duty: Duty, columns: Iterable[str]) -> list[str]:
        """Those of ``columns`` that judging a duty needs."""
        own = {*ALWAYS, *(name for _, name in columns_read(duty))}
        return [name for name in columns if name in own or name.removeprefix(WRITTEN) in own]

    def _is_column(self, register: str, name: str) -> bool:
        """Whether a name is one of a column, and not that of an actor."""
        registers = (register, "cases") if register in OF_A_CASE else (register,)
        return any(
            name in self.scheme.ledger_columns(one) or name == "group" or self.has(one, name) for one in registers
        )

    @cached_property
    def cases(self) -> pl.DataFrame:
        """Every case that had come in, with the columns that duties read."""
        return self._frame("cases")

    @cached_property
    def closed(self) -> pl.Series:
        """When each case was closed, by its column or by an act 办结: null while it is open."""
        ended = self.acts_of(("办结",))
        first = ended.nth(self.cases[NO], 0)
        return self.cases.select(pl.coalesce("closed_at", pl.lit(ended.rows["at"].gather(first)))).to_series()

    @property
    def acts(self) -> pl.DataFrame:
        """Every act of these cases, with the columns of its case that duties read."""
        return self._acts_and_strays[0]

    @property
    def strays(self) -> pl.Series:
        """The acts that name a case which the ledger does not have, by key."""
        return self._acts_and_strays[1]

    def acts_of(self, words: tuple[str, ...]) -> ByCase:
        """The acts of some words, by case and time."""
        if words not in self.by_words:
            meant = self.acts["act"].is_in(words).fill_null(False).to_numpy()
            order = self._order_of_acts
            self.by_words[words] = ByCase.of(self.acts, self.cases.height, order[meant[order]])
        return self.by_words[words]

    def by_case(self, rows: pl.DataFrame) -> ByCase:
        """Rows that are sorted by their case, found by it."""
        return ByCase.of(rows, self.cases.height)

    @cached_property
    def _order_of_acts(self) -> Places:
        return self.acts.select(pl.arg_sort_by(NO, "at", KEY)).to_series().to_numpy()

    @cached_property
    def _acts_and_strays(self) -> tuple[pl.DataFrame, pl.Series]:
        acts = self._frame("acts")
        if not acts[NO].null_count():
            return acts, acts[KEY].clear()
        lost = acts.filter(pl.col(NO).is_null()).select(KEY, CASE)  # others were left out with their case
        cases = self.ledger.registers.get("cases", pl.LazyFrame(schema={"case_id": pl.String}))
        lost = lost.join(cases.select(pl.col("case_id").alias(CASE)).collect(), on=CASE, how="anti")
        return acts.filter(pl.col(NO).is_not_null()), lost[KEY]

    def rows(self, register: str) -> pl.DataFrame:
        """The rows of a register that duties are owed for."""
        if register == "cases":
            return self.cases
        if register == "acts":
            return self.acts
        if register not in self.others:
            self.others[register] = self._frame(register)
        return self.others[register]

    def _frame(self, register: str) -> pl.DataFrame:
        known = self.scheme.ledger_columns(register)
        derived = self.scheme.columns.get(register, {})
        names = self.read_columns(register)
        raw = dict.fromkeys([*REGISTERS[register].required, *(name for name in names if name not in derived)])
        raw["unit"] = None  # of acts too, whether or not a duty looks for one
        at = REGISTERS[register].at
        if at is not None:
            raw[at] = None
        case = self.scheme.ledger_columns("cases") if register in OF_A_CASE else {}
        frame = self.registers.get(register, pl.LazyFrame(schema={c.name: c.dtype for c in known.values()}))
        have = frame.collect_schema()
        of_case = [
            name for name in raw if name not in known and (name in case or name in self.scheme.columns.get("cases", {}))
        ]
        raw_here = [name for name in raw if name not in of_case or name in have]
        frame = frame.select(
            pl.col(name) if name in have
            else pl.lit(None, known[name].dtype if name in known else pl.String).alias(name)
            for name in raw_here
            if name != "group"
        )  # fmt: skip
        table = frame.collect()
        if at is not None and register != "submissions":  # a submission that is due later is owed already
            happened = (table[at] <= self.as_of).fill_null(False)
            table = table if happened.all() else table.filter(happened)
        table = self._as_known(table, register)
        own_too = [name for name in of_case if name in have and name in case]
        table = table.with_columns(parse_column(table[name], case[name], "UTC") for name in own_too)
        key = REGISTERS[register].key
        named = pl.col(key[-1]) if key else pl.format("{}", pl.int_range(pl.len()))
        table = table.with_columns(named.alias(KEY), pl.col("unit").alias(ROW_UNIT))
        if register in OF_A_CASE:
            table = self._beside_case(table, of_case)
        else:
            own = pl.col("case_id") if register == "cases" else pl.lit(None, pl.String)
            number = pl.int_range(pl.len(), dtype=pl.UInt32) if register == "cases" else pl.lit(None, pl.UInt32)
            table = table.with_columns(own.alias(CASE), pl.col("unit").alias(CASE_UNIT), number.alias(NO))
        if "group" in raw:
            groups = unit_groups(self.scheme, self.ledger.registers["units"]).collect()
            table = table.join(groups, on="unit", how="left", maintain_order="left")
        if register == "acts":
            table = with_actors(table, self.scheme.actor_ids, self.ledger.units())
        table = table.with_columns(
            as_of=pl.lit(self.as_of), period_start=pl.lit(self.period.start), period_end=pl.lit(self.period.end)
        )
        return self._derive(table, register, [name for name in names if name in derived])

    def _as_known(self, table: pl.DataFrame, register: str) -> pl.DataFrame:
        """The table with every time as far as it had come."""
        known = self.scheme.ledger_columns(register)
        times = [name for name in table.columns if name in known and known[name].type == "time"]
        later = [name for name in times if (table[name] > self.as_of).any()]
        return table.with_columns(pl.when(pl.col(name) <= pl.lit(self.as_of)).then(pl.col(name)) for name in later)

    def _beside_case(self, table: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
        """Rows with the columns of their case; what both have is the row's own, where that is filled."""
        cases = self.cases
        shared = [name for name in names if name in cases.columns]
        missing = [name for name in names if name not in cases.columns and name not in table.columns]
        if "case_id" not in table.columns:
            table = table.with_columns(case_id=pl.lit(None, pl.String))
        table = table.with_columns(pl.col("case_id").alias(CASE))
        number = table.select(CASE).join(cases.select(CASE, NO), on=CASE, how="left", maintain_order="left")[NO]
        table = table.with_columns(
            number, cases["unit"].gather(number).alias(CASE_UNIT),
            *(cases[name].gather(number).alias(f"\x00{name}") for name in shared),
        )  # fmt: skip
        return table.with_columns(
            *(
                pl.coalesce(pl.col(name).cast(cases.schema[name]), pl.col(f"\x00{name}")).alias(name)
                if name in table.columns
                else pl.col(f"\x00{name}").alias(name)
                for name in shared
            ),
            *(pl.lit(None, pl.Boolean).alias(name) for name in missing),
        ).drop([f"\x00{name}" for name in shared])

    def _derive(self, table: pl.DataFrame, register: str, names: Iterable[str]) -> pl.DataFrame:
        derived = self.scheme.columns.get(register, {})
        for name in names:
            column = derived[name]
            if column.choose is not None:
                recorded = self._recorded(table, register, name)
                table = table.with_columns(pl.coalesce(chosen(column.choose), recorded).alias(name))
            elif column.earlier is not None:
                rows = compared_rows(table.lazy(), column.earlier, KEY)
                found = repeated_keys(rows, column.earlier, KEY)
                table = table.with_columns(repeated(column.earlier, KEY, found).alias(name))
            else:
                table = table.with_columns(derived_column(column, self.working_days).alias(name))
        return table

    def _recorded(self, table: pl.DataFrame, register: str, name: str) -> pl.Expr:
        """What the ledger itself says of a column that a decision table gives, for rows that it leaves undecided."""
        frame = self.registers.get(register)
        key = REGISTERS[register].key
        if frame is None or not key or name not in frame.collect_schema():
            return pl.lit(None, pl.String)
        said = frame.select(pl.col(key[-1]), pl.col(name).cast(pl.String)).collect()
        return pl.lit(table.select(key[-1]).join(said, on=key[-1], how="left", maintain_order="left")[name])
