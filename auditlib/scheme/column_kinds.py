"""What the columns of a register hold: those of the ledger, the clocks, and those that a scheme derives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditlib.ledger.conditions import CLOCK_COLUMNS, parse_sql
from auditlib.ledger.expression_types import Typed, typed
from auditlib.ledger.kinds import Kind, kind_of
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Column

__all__ = ["OF_A_CASE", "ColumnKinds"]

OF_A_CASE = ("acts", "events")
"""Registers whose rows belong to a case."""
STEPS = Typed("number", whole=True)


@dataclass(frozen=True)
class ColumnKinds:
    """The columns that an expression over one row of a register may name, each with what it holds."""

    given: Mapping[str, Typed]
    """Those that every row has before anything is derived."""
    derived: Mapping[str, Column]

    @classmethod
    def of(cls, scheme: Scheme, register: str) -> ColumnKinds:
        given = {
            name: Typed(kind_of(column.type), whole=column.type == "integer")
            for name, column in scheme.ledger_columns(register).items()
        }
        given |= dict.fromkeys(CLOCK_COLUMNS, Typed("time"))
        return cls({"group": Typed("text")} | given, scheme.columns.get(register, {}))

    @classmethod
    def of_duties(cls, scheme: Scheme, register: str) -> ColumnKinds:
        """What a duty may name on a row: the columns of an act or event, and those of the case that it belongs to."""
        own = cls.of(scheme, register)
        if register not in OF_A_CASE:
            return own
        case = cls.of(scheme, "cases")
        return cls({**case.given, **own.given}, {**case.derived, **own.derived})

    def __contains__(self, name: str) -> bool:
        return name in self.given or name in self.derived

    def of_column(self, name: str, above: tuple[str, ...] = ()) -> Typed:
        """What a column holds; of unknown kind where there is no such column, or where it is derived from itself."""
        column = self.derived.get(name)
        if column is None or name in above:
            return self.given.get(name, Typed("unknown"))
        if column.deadline is not None:
            return Typed("time")
        if column.steps is not None:
            return STEPS
        if column.earlier is not None:
            return STEPS if column.earlier.count else Typed("truth")
        if column.choose is not None or column.period_of is not None:
            return Typed("text")
        assert column.sql is not None
        try:
            return self.of_sql(column.sql, (*above, name))
        except ValueError:
            return Typed("unknown")

    def of_sql(self, sql: str, above: tuple[str, ...] = ()) -> Typed:
        """What an expression gives. Raises :class:`ValueError` where ``sql`` is none."""
        names = (*parse_sql(sql).columns, *CLOCK_COLUMNS)
        kinds: dict[str, Kind] = {name: self.of_column(name, above).kind for name in names}
        return typed(sql, kinds)
