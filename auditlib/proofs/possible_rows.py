"""Whether any row at all meets a condition, and whether any row fails it, from the condition alone.

Every row that its tests can tell apart is looked at: a column of words has the words that the condition names, one
that it does not name, and none; a number stands at each written number, beside it and beyond; of two times one is
the earlier, or they are equal. What a test does that is not understood is left open both ways, so that less may be
found, and nothing that is false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import product
from math import prod

from auditlib.ledger.conditions import CLOCK_COLUMNS, parse_sql
from auditlib.ledger.expression_nodes import Constant, Node, Operation, Read, nodes
from auditlib.ledger.expression_text import written
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.column_kinds import ColumnKinds
from auditlib.scheme.quantities import Column

__all__ = ["verdicts"]

MANY = 20_000
"""Of a condition with more rows than these to look at nothing is claimed."""

Known = str | bool | int | Fraction
Value = Known | None

SOMETHING = "\0"
"""A value of which no more is known than that it is there."""
OTHER = "\0\0"
"""A word that the condition does not name."""

ORDERS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1), "=": (0,), "<>": (-1, 1)}
"""How the first of two values may stand to the second for a comparison to be true."""
NEVER_EMPTY = frozenset({"concat", "strpos"})
TRUTHS = frozenset({"starts_with", "ends_with", "regexp_like", "is distinct from", "is not distinct from"})


def verdicts(kinds: ColumnKinds, register: str, node: Node, filled: frozenset[str]) -> frozenset[bool]:
    """What a condition can be of the rows of a register: met (True), not met (False), or both.

    ``filled`` are the columns that no row leaves empty. Both where more rows than ``MANY`` would have to be looked at.
    """
    domains = _domains(kinds, register, node, filled)
    if prod(map(len, domains.values())) > MANY:
        return frozenset({True, False})
    found: set[bool] = set()
    looked_at = 0
    for values in product(*domains.values()):
        row = dict(zip(domains, values, strict=True))
        open_tests: list[dict[Node, Value]] = [{}]
        while open_tests:
            assumed = open_tests.pop()
            looked_at += 1
            if looked_at > MANY:
                return frozenset({True, False})
            try:
                found.add(_InRow(kinds, register, row, assumed).of(node) is True)
            except _Open as test:
                open_tests += [{**assumed, test.node: value} for value in test.values]
            if len(found) == 2:
                return frozenset(found)
    return frozenset(found)


def _domains(kinds: ColumnKinds, register: str, node: Node, filled: frozenset[str]) -> dict[str, tuple[Value, ...]]:
    """For each column of the ledger that is read, one value of every sort that the condition can tell from others."""
    read, constants = _read_through(kinds, node)
    words = [value for value in constants if isinstance(value, str)]
    numbers = [Fraction(v) for v in constants if isinstance(v, int | Fraction) and not isinstance(v, bool)]
    columns = {one.name: one for one in REGISTERS[register].columns} if register in REGISTERS else {}
    domains: dict[str, tuple[Value, ...]] = {}
    for name in read:
        known, derived = kinds.of_column(name), kinds.derived.get(name)
        never_empty = name in filled or (derived is not None and derived.earlier is not None)
        empty: tuple[Value, ...] = () if never_empty else (None,)
        least = 0 if derived is not None else columns[name].minimum if name in columns else None
        values: tuple[Value, ...] = (SOMETHING,)
        if known.kind == "truth":
            values = (True, False)
        elif derived is not None and derived.choose is not None:
            values = tuple(dict.fromkeys(row.gives for row in derived.choose.rows))
        elif known.kind == "text":
            values = (OTHER, *words)
        elif known.kind == "number":
            step = Fraction(1) if known.whole else Fraction(1, 2)
            beside = {number.__floor__() + near for number in numbers for near in (0, 1)} if known.whole else {*numbers}
            ends = [Fraction(least or 0), *beside]
            near = {one + move for one in ends for move in (-step, Fraction(0), step)}
            near |= {(a + b) / 2 for a, b in zip(sorted(ends), sorted(ends)[1:], strict=False)} if step < 1 else set()
            values = tuple(one for one in sorted(near) if least is None or one >= least)
        domains[name] = (*values, *empty)
    return domains


def _by_other_rows_or_tables(column: Column) -> bool:
    """Whether a derived column is taken as it comes: no proof looks at the rows, or the table, that it stems from."""
    return column.earlier is not None or column.choose is not None or column.period_of is not None


def _read_through(kinds: ColumnKinds, node: Node) -> tuple[list[str], list[object]]:
    """The columns of the ledger that an expression reads, through derived ones too, and all values written in it."""
    read: dict[str, None] = {}
    constants: dict[tuple[type, object], None] = {}  # by type, too: true is no 1, although Python takes it for one
    waiting, seen = [node], set[str]()
    while waiting:
        for part in nodes(waiting.pop()):
            if isinstance(part, Constant):
                constants[type(part.value), part.value] = None
            elif isinstance(part, Read) and part.name not in CLOCK_COLUMNS and part.name not in seen:
                seen.add(part.name)
                column = kinds.derived.get(part.name)
                start = column and (column.steps or column.deadline)
                if column is None or _by_other_rows_or_tables(column):
                    read[part.name] = None
                elif column.sql is not None:
                    waiting.append(parse_sql(column.sql).tree)
                elif start:
                    waiting.append(Read(start.start))
    return list(read), [value for _, value in constants]


class _Open(Exception):
    """A test that the row does not decide, with what it can be."""

    def __init__(self, node: Node, values: tuple[Value, ...]) -> None:
        self.node, self.values = node, values


@dataclass(frozen=True)
class _InRow:
    """What expressions are in one row, under what is assumed of the tests that the row does not decide."""

    kinds: ColumnKinds
    register: str
    row: Mapping[str, Value]
    assumed: Mapping[Node, Value] = field(default_factory=dict)

    def of(self, node: Node) -> Value:
        """Its value. Raises :class:`_Open` at the first test about which nothing is assumed yet."""
        if isinstance(node, Read):
            return self._column(node)
        if isinstance(node, Constant):
            exact = not isinstance(node.value, datetime | date | timedelta)
            return node.value if exact else SOMETHING  # type: ignore[return-value]
        if node.name in ("and", "or"):
            return self._joined(node)
        if node.name == "case":
            return self.of(node.parts[1 if self.of(node.parts[0]) is True else 2])
        if node.name == "coalesce":
            return next((value for value in map(self.of, node.parts) if value is not None), None)
        values = [self.of(part) for part in node.parts]
        if node.name == "not":
            return None if values[0] is None else not values[0]
        if node.name in ("is null", "is not null"):
            return (values[0] is None) == (node.name == "is null")
        if node.name in ("greatest", "least"):
            return SOMETHING if any(value is not None for value in values) else None
        if node.name == "in":
            return self._among(node.parts, values)
        if node.name in ORDERS:
            (left, right), (a, b) = node.parts, values
            return self._compared(node.name, left, right, a, b)
        if node.name in TRUTHS:
            return None if None in values and "distinct" not in node.name else self._assume(node, (True, False))
        return SOMETHING if node.name in NEVER_EMPTY or None not in values else None

    def _column(self, node: Read) -> Value:
        column = self.kinds.derived.get(node.name)
        if column is None or _by_other_rows_or_tables(column):
            return self.row.get(node.name, SOMETHING)
        if column.sql is not None:
            return self.of(parse_sql(column.sql).tree)
        start = column.steps or column.deadline
        assert start is not None
        if self._column(Read(start.start)) is None:
            return None
        # Where an end is open, or no limit is set for such a row, there may be none.
        return SOMETHING if self._assume(node, (True, False)) else None

    def _joined(self, node: Operation) -> Value:
        decisive, unknown = node.name == "or", False
        for part in node.parts:
            value = self.of(part)
            if value is decisive:
                return decisive
            unknown |= value is None
        return None if unknown else not decisive

    def _among(self, parts: tuple[Node, ...], values: list[Value]) -> Value:
        if values[0] is None:
            return None
        equal = [
            self._compared("=", parts[0], one, values[0], value)
            for one, value in zip(parts[1:], values[1:], strict=True)
        ]
        return True if True in equal else None if None in equal else False

    def _compared(self, sign: str, left: Node, right: Node, a: Value, b: Value) -> Value:
        if a is None or b is None:
            return None
        if sign in ("=", "<>") and a != b and _are_words(a, b):
            return sign == "<>"  # whichever of them is the first in order
        order = self._order(left, right, a, b)
        return order in ORDERS[sign]

    def _order(self, left: Node, right: Node, a: Known, b: Known) -> int:
        """How two values stand to each other: certain of a column beside what is written, else assumed."""
        if left == right:
            return 0
        is_written = isinstance(left, Constant) or isinstance(right, Constant)
        if is_written and not isinstance(a, str) and not isinstance(b, str):
            return (a > b) - (a < b)  # of two columns the rows looked at do not have every order
        words = _are_words(a, b)
        if words and a == b != OTHER:
            return 0
        first, second = sorted((left, right), key=written)
        orders = [-1, 0, 1]
        if self.register == "cases" and {Read("received_at")} < {left, right}:
            other = second if first == Read("received_at") else first
            if isinstance(other, Read) and self._happens(other.name):
                orders.remove(1 if first == Read("received_at") else -1)
        if words and not a == b == OTHER:
            orders.remove(0)
        order = self._assume(Operation("order", (first, second)), tuple(orders))
        assert isinstance(order, int)
        return order if (first, second) == (left, right) else -order

    def _happens(self, name: str) -> bool:
        """Whether a column of the ledger is a time that cannot be before the receipt; a deadline can."""
        return name in self.kinds.given and any(
            column.name == name and column.type == "time" for column in REGISTERS[self.register].columns
        )

    def _assume(self, node: Node, values: tuple[Value, ...]) -> Value:
        if node not in self.assumed:
            raise _Open(node, values)
        return self.assumed[node]


def _are_words(a: Known, b: Known) -> bool:
    return isinstance(a, str) and isinstance(b, str) and SOMETHING not in (a, b)
