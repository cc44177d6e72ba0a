"""What a condition is of rows in which columns are empty: true, false, or unknown, so that it never sees them.

SQL counts a row where a condition is true. A comparison with an empty column is unknown, and the row drops out
without a word: an open case has no `closed_at` and is never late by `closed_at > due_at`. What an expression can be
is worked out from its tree, by three-valued logic, over every value of the columns that are filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

from auditlib.ledger.conditions import CLOCK_COLUMNS, parse_sql
from auditlib.ledger.expression_nodes import Constant, Node, Operation, Read, nodes
from auditlib.scheme.column_kinds import ColumnKinds
from auditlib.scheme.quantities import Column

__all__ = ["Unseen", "unseen_by"]

Value = bool | str | None
"""True, false, unknown (None), or ``KNOWN``: some value that is none of these."""

Outcome = tuple[Value, Value]
"""What an expression is, and what it would be if every test of something empty were false, as one is apt to think."""

KNOWN = "known"
SOME: frozenset[Outcome] = frozenset({(KNOWN, KNOWN)})
TRUTH: frozenset[Outcome] = frozenset({(True, True), (False, False)})
NOTHING: frozenset[Outcome] = frozenset({(None, None)})

COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">=", "in"})
TESTS = COMPARISONS | {"starts_with", "ends_with", "regexp_like"}
NEVER_EMPTY = frozenset({"concat", "strpos"})
DISTINCT = frozenset({"is distinct from", "is not distinct from"})

TOGETHER = 3
"""So many columns are looked at that are empty at once."""


@dataclass(frozen=True)
class Unseen:
    """Rows that drop out of a count where all of ``columns`` are empty, and the test that is then unknown.

    ``derived`` is the derived column in which the test stands, or whose steps or deadline it asks for; None where it
    stands in the condition itself.
    ``negative`` says that the test asks for what a column is not; what is empty is not that either.
    """

    columns: tuple[str, ...]
    test: Node
    derived: str | None = None
    negative: bool = False


def unseen_by(kinds: ColumnKinds, node: Node, filled: Iterable[str] = ()) -> Iterator[Unseen]:
    """The smallest sets of columns where a condition is unknown because they are empty, each by itself.

    ``filled`` are the columns that no row leaves empty. Of times every test counts; of other columns only one that
    asks for what is not there, since nobody means what is empty by asking for a word.
    """
    always = {*filled, *CLOCK_COLUMNS}
    read = [name for name in _read(kinds, node) if name not in always]
    times = [name for name in read if kinds.of_column(name).kind == "time"]
    if _unknown(_Empty(kinds, frozenset()).of(node)):
        return  # what is unknown anyhow is not unknown because of an empty column
    told: list[set[str]] = []
    for size in range(1, TOGETHER + 1):
        for columns in combinations(times, size):
            look = _Empty(kinds, frozenset(columns))
            if not any(smaller <= set(columns) for smaller in told) and _unknown(look.of(node)):
                told.append(set(columns))
                yield Unseen(columns, *_where(look, node))
    for name in read:
        look = _Empty(kinds, frozenset({name}))
        if name not in times and (None, True) in look.of(node):
            yield Unseen((name,), *_where(look, node), negative=True)


def _unknown(outcomes: frozenset[Outcome]) -> bool:
    return any(value is None for value, _ in outcomes)


@dataclass
class _Empty:
    """What expressions can be in rows in which certain columns are empty and all others have a value."""

    kinds: ColumnKinds
    empty: frozenset[str]
    found: dict[Node, frozenset[Outcome]] = field(default_factory=dict)

    def of(self, node: Node) -> frozenset[Outcome]:
        """What the node can be."""
        if node not in self.found:
            self.found[node] = self._of(node)
        return self.found[node]

    def column(self, name: str) -> frozenset[Outcome]:
        """What a column can be. One of truth values is a test of itself."""
        truth = self.kinds.of_column(name).kind == "truth"
        if name in self.empty:
            return frozenset({(None, False)}) if truth else NOTHING
        if (derived := self.kinds.derived.get(name)) is not None:
            return self._derived(derived)
        return TRUTH if truth else SOME

    def _derived(self, column: Column) -> frozenset[Outcome]:
        if column.sql is not None:
            return self.of(parse_sql(column.sql).tree)
        if column.deadline is not None:
            return self.column(column.deadline.start)
        if column.steps is not None:
            # An end that is open is provided for: it runs to the as-of time, or is left out as declared.
            return SOME if self.column(column.steps.start) == SOME else NOTHING
        if column.period_of is not None:
            return self.column(column.period_of.time)
        return TRUTH if column.earlier is not None and not column.earlier.count else SOME

    def _of(self, node: Node) -> frozenset[Outcome]:
        if isinstance(node, Read):
            return SOME if node.name in CLOCK_COLUMNS else self.column(node.name)
        if isinstance(node, Constant):
            value = node.value if node.value is None or isinstance(node.value, bool) else KNOWN
            return frozenset({(value, value)})
        name, parts = node.name, [self.of(part) for part in node.parts]
        if name in TESTS:
            return frozenset(outcome for pairs in product(*parts) for outcome in _tests(name, pairs))
        return frozenset(
            (_result(name, [a for a, _ in pairs]), _result(name, [b for _, b in pairs])) for pairs in product(*parts)
        ) | (TRUTH if name in DISTINCT else frozenset())


def _tests(name: str, parts: tuple[Outcome, ...]) -> Iterator[Outcome]:
    """A test of values: unknown, or false for those who forget it, where one of them is."""
    unknown, forgotten = (any(part[side] is None for part in parts) for side in (0, 1))
    truths = all(value in (True, False, None) for part in parts for value in part)
    for guess in (True, False):
        if name in ("=", "<>") and truths:
            exact = [(parts[0][side] == parts[1][side]) == (name == "=") for side in (0, 1)]
        else:
            exact = [guess, guess]
        yield (None if unknown else exact[0]), (False if forgotten else exact[1])


def _result(name: str, values: list[Value]) -> Value:
    """What any other operation gives of certain values."""
    if name in ("and", "or"):
        decisive = name == "or"
        return decisive if decisive in values else None if None in values else not decisive
    if name == "not":
        return None if values[0] is None else not values[0]
    if name in ("is null", "is not null"):
        return (values[0] is None) == (name == "is null")
    if name == "case":
        return values[1] if values[0] is True else values[2]
    if name in ("coalesce", "greatest", "least"):
        return next((value for value in values if value is not None), None)
    if name in NEVER_EMPTY:
        return KNOWN
    if name in DISTINCT:
        return False
    return None if None in values else KNOWN


def _read(kinds: ColumnKinds, node: Node) -> list[str]:
    """The columns of the ledger that an expression reads, through derived ones too, in order."""
    found: dict[str, None] = {}
    seen: set[str] = set()

    def walk(node: Node) -> None:
        if isinstance(node, Read):
            column(node.name)
        for part in node.parts if isinstance(node, Operation) else ():
            walk(part)

    def column(name: str) -> None:
        derived = kinds.derived.get(name)
        if derived is None:
            found[name] = None
        elif name not in seen:
            seen.add(name)
            if derived.sql is not None:
                walk(parse_sql(derived.sql).tree)
            elif derived.deadline is not None:
                column(derived.deadline.start)
            elif derived.steps is not None:
                column(derived.steps.start)

    walk(node)
    return list(found)


def _where(look: _Empty, node: Node) -> tuple[Node, str | None]:
    """The innermost test that is unknown, and the derived column in which it stands."""
    derived: str | None = None
    while True:
        if isinstance(node, Read):
            column = look.kinds.derived.get(node.name)
            if column is None or column.sql is None:
                return node, derived if column is None or derived is not None else node.name
            derived, node = node.name, parse_sql(column.sql).tree
        elif (inner := _inside(look, node)) is not None:
            node = inner
        else:
            return node, derived if derived is not None else _counted_by(look, node)


def _counted_by(look: _Empty, node: Node) -> str | None:
    """The steps or deadline that a test reads and that has no value where columns are empty."""
    counted = {name for name, column in look.kinds.derived.items() if column.sql is None}
    names = [part.name for part in nodes(node) if isinstance(part, Read) and part.name in counted]
    return next((name for name in names if _unknown(look.column(name))), None)


def _inside(look: _Empty, node: Node) -> Node | None:
    """The first part of a connective that can be unknown; a test that is only turned round is none."""
    if not isinstance(node, Operation) or node.name not in ("and", "or", "not", "case"):
        return None
    if node.name == "not" and not (isinstance(node.parts[0], Operation) and node.parts[0].name in ("and", "or", "not")):
        return None
    return next((part for part in node.parts if _unknown(look.of(part))), None)
