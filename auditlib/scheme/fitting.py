"""What conditions read: columns that there are, in types that go together."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from auditlib.core.errors import Problem
from auditlib.core.yaml_file import Tree
from auditlib.ledger.conditions import CLOCK_COLUMNS, parse_sql
from auditlib.ledger.extra_registers import collisions
from auditlib.ledger.kinds import CALLED, Kind
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.column_kinds import ColumnKinds
from auditlib.scheme.columns import column_inputs, duty_expressions, ground_expressions
from auditlib.scheme.duties import Duty, DutyStart, Moment
from auditlib.scheme.model import Scheme
from auditlib.scheme.near_names import register_told
from auditlib.scheme.quantities import Column, Measure

__all__ = ["misfits"]

Path = tuple[str | int, ...]

NEAR = 0.7
"""How alike two names are of which one may be meant for the other; `region` is none of the registers' columns."""


def misfits(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Every column that is named and not there, and every expression whose parts, or whose place, do not fit."""
    for name, told in collisions(scheme.extra_registers):
        yield tree.problem(("extra_registers", name), told)
    for register in scheme.extra_columns:
        yield from _extra_problems(tree, scheme, register)
    for path, _, behind in ground_expressions(scheme):
        if not behind:
            told = "found weighs, expected `evidence` with a measure of a register, at whose rows it looks"
            yield tree.problem(path, told)
    for register in [name for name in scheme.known_registers if _read_by(scheme, name)]:
        look = _Register(tree, scheme, register)
        for name, column in scheme.columns.get(register, {}).items():
            yield from look.column(name, column)
        for name, measure in scheme.measures.items():
            if measure.register_ == register:
                yield from look.measure(name, measure)
        for path, sql, behind in ground_expressions(scheme):
            if behind == register:
                yield from look.ground(path, sql)
        look.kinds = ColumnKinds.of_duties(scheme, register)
        for index, duty in enumerate(scheme.duties):
            yield from look.duty(index, duty)


def _read_by(scheme: Scheme, register: str) -> bool:
    counted = any(measure.register_ == register for measure in scheme.measures.values())
    owed = any(register in (duty.of, *(read for _, _, read in duty_expressions(duty))) for duty in scheme.duties)
    return register in scheme.columns or counted or owed


def _extra_problems(tree: Tree, scheme: Scheme, register: str) -> Iterator[Problem]:
    if register in scheme.extra_registers:
        told = f"found columns of {register}, expected them where it is declared: `extra_registers.{register}.columns`"
        yield tree.problem(("extra_columns", register), told)
        return
    if register not in REGISTERS:
        yield tree.problem(("extra_columns", register), register_told(register, REGISTERS))
        return
    for name in scheme.extra_columns[register]:
        if REGISTERS[register].column(name) or name in ("group", *CLOCK_COLUMNS):
            told = f"found {name}, which {register} has by itself, expected a column of the ledger's own"
            yield tree.problem(("extra_columns", register, name), told)


class _Register:
    """One register of a scheme, with what may be named in it."""

    def __init__(self, tree: Tree, scheme: Scheme, register: str) -> None:
        self.tree, self.scheme, self.register = tree, scheme, register
        self.kinds = ColumnKinds.of(scheme, register)
        self.all_told = False  # what columns there are is said once

    def column(self, name: str, column: Column) -> Iterator[Problem]:
        """What is wrong with a derived column."""
        path: Path = ("columns", self.register, name)
        if name in self.kinds.given:
            told = f"found {name}, which {self.register} has already, expected a name of its own for a derived column"
            yield self.tree.problem(path, told)
        if name in self._behind(name):
            yield self.tree.problem(path, f"found {name} among those that it is derived from, expected others")
            return
        if column.sql is not None:
            yield from self._sql((*path, "sql"), column.sql)
        if column.deadline is not None:
            yield from self._named((*path, "deadline", "from"), column.deadline.start, "time")
            for index, limit in enumerate(column.deadline.limits):
                if limit.when is not None:
                    yield from self._sql((*path, "deadline", "limits", index, "when"), limit.when, "truth")
        if column.steps is not None:
            yield from self._named((*path, "steps", "from"), column.steps.start, "time")
            yield from self._named((*path, "steps", "to"), column.steps.end, "time")
        for index, row in enumerate(column.choose.rows if column.choose else ()):
            if row.when is not None:
                yield from self._sql((*path, "choose", "rows", index, "when"), row.when, "truth")
        if (earlier := column.earlier) is not None:
            for index, same in enumerate(earlier.same):
                yield from self._named((*path, "earlier", "same", index), same)
            order: tuple[Kind, ...] = ("time",) if earlier.within is not None else ("time", "number")
            yield from self._named((*path, "earlier", "order"), earlier.order, *order)
            if earlier.where is not None:
                yield from self._sql((*path, "earlier", "where"), earlier.where, "truth")

    def measure(self, name: str, measure: Measure) -> Iterator[Problem]:
        """What is wrong with the columns that a measure names, and with its condition."""
        path: Path = ("measures", name)
        if measure.where is not None:
            yield from self._sql((*path, "where"), measure.where, "truth")
        if measure.at is not None:
            yield from self._named((*path, "at"), measure.at, "time")
            if measure.at in self.kinds.derived or measure.at in CLOCK_COLUMNS:
                told = f"found {measure.at}, which is computed, expected a time that the ledger's rows have"
                yield self.tree.problem((*path, "at"), told)
        if measure.distinct is not None:
            yield from self._named((*path, "distinct"), measure.distinct)
        for key in ("median", "longest"):
            if (column := getattr(measure, key)) is not None:
                yield from self._named((*path, key), column, "number", "exact")
        if measure.sum is not None:
            yield from self._named((*path, "sum"), measure.sum, "number", "exact")
            held = self.kinds.of_column(measure.sum)
            derived = self.kinds.derived.get(measure.sum)
            if (held.kind == "number" and not held.whole) or (derived is not None and held.kind == "exact"):
                told = f"found {measure.sum}, which does not always give whole numbers, expected a column that does"
                yield self.tree.problem((*path, "sum"), told)

    def ground(self, path: Path, sql: str) -> Iterator[Problem]:
        """What is wrong with the condition of a ground that makes an outcome graver or milder."""
        yield from self._sql(path, sql, "truth")

    def duty(self, index: int, duty: Duty) -> Iterator[Problem]:
        """What is wrong with the columns that a duty names, and with its conditions, for those on this register."""
        path: Path = ("duties", index)
        for place, sql, register in duty_expressions(duty):
            if register == self.register:
                yield from self._sql((*path, *place), sql, "truth")
        if duty.of != self.register:
            return
        moments: list[tuple[Path, Moment | DutyStart | None]] = [(("from",), duty.start)]
        moments += [(("to", n), moment) for n, moment in enumerate(duty.to or ())]
        moments += [(("or", n, "to"), way.to) for n, way in enumerate(duty.ways)]
        for place, moment in moments:
            if isinstance(moment, str):
                if moment not in self.kinds and moment in self.scheme.words.get("acts", {}).get("act", ()):
                    told = f"found {moment}, an act and no column; expected `{{act: {moment}}}`"
                    yield self.tree.problem((*path, *place), told)
                    continue
                yield from self._named((*path, *place), moment, "time")
        for n, limit in enumerate(duty.limits):
            if limit.until is not None:
                yield from self._named((*path, "limits", n, "until"), limit.until, "time")
        for n, name in enumerate(duty.filled or ()):
            yield from self._named((*path, "filled", n), name)
        if duty.by not in self.scheme.actors and duty.by not in self.kinds:
            told = f"found {duty.by}, expected an actor of this file, or a column of {self.register} with the unit"
            yield self.tree.problem((*path, "by"), f"{told}: {', '.join(self.scheme.actors) or 'no actor is declared'}")

    def _behind(self, name: str) -> set[str]:
        """The columns that a derived column is computed from, through others too."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            column = self.kinds.derived.get(waiting.pop())
            if column is not None:
                try:
                    inputs = set(column_inputs(column)) - found
                except ValueError:
                    continue  # no expression: said where it stands
                found |= inputs
                waiting += inputs
        return found

    def _named(self, path: Path, name: str, *kinds: Kind) -> Iterator[Problem]:
        """What is wrong with a column that stands by itself, which must hold one of ``kinds``, if any are asked for."""
        if name not in self.kinds:
            yield self.tree.problem(path, self._unknown(name))
            return
        kind = self.kinds.of_column(name).kind
        if kinds and kind not in (*kinds, "unknown"):
            holds = {"number": "of numbers", "time": "of times"}[kinds[0]]
            yield self.tree.problem(path, f"found {name}, which holds {CALLED[kind]}, expected a column {holds}")

    def _sql(self, path: Path, sql: str, kind: Kind | None = None) -> Iterator[Problem]:
        """What is wrong with an expression, which must give ``kind`` where one is asked for."""
        try:
            names = parse_sql(sql).columns
        except ValueError as error:
            yield self.tree.problem(path, str(error))
            return
        unknown = [name for name in names if name not in self.kinds]
        for name in unknown:
            yield self.tree.problem(path, self._unknown(name))
        gives = self.kinds.of_sql(sql)
        for fault in gives.faults:
            yield self.tree.problem(path, fault)
        if kind is not None and gives.kind not in (kind, "unknown"):
            told = f"found `{sql}`, {CALLED[gives.kind]}, expected a condition, which is true or false of a row"
            yield self.tree.problem(path, told)

    def _unknown(self, name: str) -> str:
        """What to say of a column that is not there: the nearest that is, or all of them."""
        derived, extra = self.kinds.derived, self.scheme.extra_columns.get(self.register, {})
        found = f"found {name}, which is no column of {self.register}"
        declared = f"a column of the ledger's own is declared: `extra_columns: {{{self.register}: {{{name}: text}}}}`"
        near = difflib.get_close_matches(name, [*self.kinds.given, *derived], n=1, cutoff=NEAR)
        if near:
            return f"{found}; did you mean {near[0]}? ({declared})"
        if not name.isascii():
            return f"{found}; text stands in single quotes: '{name}'; {declared}"
        if self.all_told:
            return f"{found}; {declared}"
        self.all_told = True
        own = [column.name for column in self.scheme.known_registers[self.register].columns]
        return f"{found}; {declared}; expected one of {_listed([*own, *extra, *derived, 'group', *CLOCK_COLUMNS])}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
