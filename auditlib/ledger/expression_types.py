"""What an SQL expression gives, and what in it does not go together, from the types of the columns that it reads.

Polars compares more than has a meaning: a length of time with the number 5 (microseconds), true with the text 'true'.
What goes together is said here; whether Polars agrees is tried on two rows, one of them without any value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_nodes import Constant, Node, Operation, Read
from auditlib.ledger.expression_text import written
from auditlib.ledger.kinds import CALLED, SAMPLES, WANTED, Kind

__all__ = ["Typed", "typed"]

EQUALITY = frozenset({"=", "<>", "is distinct from", "is not distinct from", "in"})
COMPARISON = EQUALITY | {"<", "<=", ">", ">="}
ALIKE = frozenset({"coalesce", "greatest", "least"})
OF_TEXT: dict[str, Kind] = {
    "starts_with": "truth", "ends_with": "truth", "regexp_like": "truth", "length": "number", "strpos": "number",
    "substr": "text", "lower": "text", "upper": "text", "trim": "text", "ltrim": "text", "rtrim": "text",
    "replace": "text",
}  # fmt: skip
OF_NUMBERS = frozenset({"abs", "ceil", "floor", "round", "sign", "clip"})
CAST_TO: dict[str, Kind] = {"String": "text", "Boolean": "truth", "Date": "time", "Datetime": "time"}


@dataclass(frozen=True)
class Typed:
    """What an expression gives, and what is wrong with it, each fault as found and expected."""

    kind: Kind
    faults: tuple[str, ...] = ()
    whole: bool = False
    """Whether it gives whole numbers, which can be added up."""


def typed(sql: str, columns: Mapping[str, Kind]) -> Typed:
    """What ``sql`` gives where its columns hold these kinds of values; one that is missing is of unknown kind.

    Raises :class:`ValueError` where ``sql`` is no expression over one row.
    """
    read = set(parse_sql(sql).expression.meta.root_names())
    return _typed(sql, tuple(sorted((name, columns.get(name, "unknown")) for name in read)))


@lru_cache(maxsize=4096)
def _typed(sql: str, columns: tuple[tuple[str, Kind], ...]) -> Typed:
    condition = parse_sql(sql)
    look = _Look(dict(columns))
    kind = look.at(condition.tree)
    if look.faults or any(of == "unknown" for _, of in columns):
        return Typed(kind, tuple(dict.fromkeys(look.faults)))
    schema = {name: SAMPLES[of][0] for name, of in columns}
    sample = {name: [None, SAMPLES[of][1]] for name, of in columns}
    try:
        frame = pl.DataFrame(sample or {"": [None]}, schema=schema or {"": pl.Null})
        dtype = frame.select(condition.expression.alias("found")).schema["found"]
    except pl.exceptions.PolarsError as error:
        refused = f"found `{written(condition.tree)}`, which Polars cannot compute: {str(error).splitlines()[0]}"
        return Typed("unknown", (f"{refused}; expected values that go together",))
    if dtype.is_float():
        return Typed("unknown", (f"found `{written(condition.tree)}`, which gives floating-point numbers; {EXACT}",))
    return Typed(kind, whole=dtype.is_integer())


EXACT = "expected whole numbers or decimals, which are exact"


@dataclass
class _Look:
    """A walk over one expression, gathering what does not go together."""

    columns: dict[str, Kind]
    faults: list[str] = field(default_factory=list)

    def at(self, node: Node) -> Kind:
        """What the node gives."""
        if isinstance(node, Read):
            return self.columns[node.name]
        if isinstance(node, Constant):
            return _of_constant(node)
        name, kinds = node.name, [self.at(part) for part in node.parts]
        if name in ("is null", "is not null"):
            return "truth"
        if name in ("and", "or", "not"):
            return self._logic(node, kinds)
        if name in COMPARISON:
            return self._comparison(node, kinds)
        if name in ("+", "-", "*", "/", "//", "%", "shift"):
            return self._arithmetic(node, kinds)
        if name in ALIKE:
            return self._alike(node, node.parts, kinds)
        if name == "case":
            if kinds[0] not in ("truth", "unknown"):
                self._fault(node.parts[0], f"{CALLED[kinds[0]]} after `when`", "a condition")
            return self._alike(node, node.parts[1:], kinds[1:])
        if name in ("cast", "try_cast"):
            return self._cast(node, kinds[0])
        if name == "extract":
            return self._extract(node, kinds[0])
        return self._function(node, kinds)

    def _fault(self, node: Node, found: str, expected: str) -> Kind:
        self.faults.append(f"found `{written(node)}`, {found}; expected {expected}")
        return "unknown"

    def _logic(self, node: Operation, kinds: list[Kind]) -> Kind:
        for part, kind in zip(node.parts, kinds, strict=True):
            if kind not in ("truth", "unknown"):
                if _is_null(part):
                    self._fault(node, "with null in a list", "the list without null, and `or … is null` beside it")
                else:
                    told = f"{CALLED[kind]} where `{node.name}` asks for true or false"
                    self._fault(part, told, f"a comparison, such as `{written(part)} {_comparing(kind)}`")
        return "truth"

    def _comparison(self, node: Operation, kinds: list[Kind]) -> Kind:
        first, own = node.parts[0], kinds[0]
        if "unknown" in kinds:
            return "truth"
        if any(_is_null(part) for part in node.parts):
            if node.name != "in":  # a list with null is told of where the null stands beside it
                column = node.parts[1] if own == "null" else first
                self._fault(node, "which is never true, because nothing equals null", f"`{written(column)} is null`")
        elif "exact" in kinds:
            exact = node.parts[kinds.index("exact")]
            told = "an exact number, which is kept as it was written and not compared"
            self._fault(node, told, f"`{written(exact)} is not null`; a measure adds it up by `sum`")
        elif other := next((k for k in kinds[1:] if not _comparable(own, k)), None):
            # What is written out is what was got wrong: the other side says what should stand in its place.
            wanted = other if isinstance(first, Constant) else own
            self._fault(node, f"{CALLED[own]} compared with {CALLED[other]}", WANTED[wanted])
        elif node.name not in EQUALITY and own in ("text", "truth", "period"):
            expected = {"truth": f"`{written(first)}` or `not {written(first)}`"}.get(own, "= or in (…)")
            self._fault(node, f"{CALLED[own]}, which has no order", expected)
        return "truth"

    def _arithmetic(self, node: Operation, kinds: list[Kind]) -> Kind:
        name, own = node.name, kinds[0]
        other = kinds[1] if len(kinds) > 1 else "length"
        if "unknown" in (own, other):
            return "unknown"
        if name == "shift" and own == "length":
            compared = f"`{written(node.parts[0])} > {_interval(node)}`"
            return self._fault(node, "an interval added to a length of time", f"a comparison such as {compared}")
        if name == "/":
            told = "a division, which gives floating-point numbers, and infinity for a division by 0"
            return self._fault(node, told, f"the other side multiplied: `{written(node.parts[0])} > 2 * …`")
        if name in ("//", "%") and node.parts[1] == Constant(0):
            return self._fault(node, "a division by 0", "another divisor")
        found = _result(name, own, other)
        if found is None:
            joined = f"{CALLED[own]} {'and' if name == '+' else name} {CALLED[other]}"
            wanted = WANTED["length"] if "time" in (own, other) or "length" in (own, other) else "numbers"
            return self._fault(node, joined, wanted)
        return found

    def _alike(self, node: Operation, parts: tuple[Node, ...], kinds: list[Kind]) -> Kind:
        """Values of which one is taken: all of one kind."""
        known = [(part, kind) for part, kind in zip(parts, kinds, strict=True) if kind != "null"]
        if not known or any(kind == "unknown" for _, kind in known):
            return "unknown" if known else "null"
        own = known[0][1]
        if own not in ("truth", "period") and isinstance(parts[-1], Constant) and isinstance(parts[-1].value, bool):
            told = f"{CALLED[own]} beside true or false"
            return self._fault(node, told, f"a comparison, such as `{written(parts[0])} {_comparing(own)}`")
        for _, kind in known[1:]:
            if not _comparable(own, kind) and not {own, kind} <= {"text", "exact"}:
                return self._fault(node, f"{CALLED[own]} or {CALLED[kind]}", "values of one kind")
        return "exact" if any(kind == "exact" for _, kind in known) else own

    def _cast(self, node: Operation, own: Kind) -> Kind:
        to = CAST_TO.get(node.detail, "number")
        if own in ("unknown", "null"):
            return own
        if node.detail.startswith("Float"):
            return self._fault(node, "which gives floating-point numbers", EXACT.removeprefix("expected "))
        if own == "exact" or to == own:
            return own
        if to == "text" or (own, to) in (("truth", "number"), ("number", "truth")):
            return to
        if own == "text" and node.name == "try_cast" and to == "number":
            return to
        expected = "a column of that type; one that is not in the registers is declared under `extra_columns`"
        return self._fault(node, f"{CALLED[own]} made into {CALLED[to]}", expected)

    def _extract(self, node: Operation, own: Kind) -> Kind:
        if own == "length":
            compared = f"`{written(node.parts[0])} > interval '5 days'`"
            return self._fault(node, f"the {node.detail} of a length of time", f"a comparison such as {compared}")
        if own not in ("time", "unknown"):
            return self._fault(node, f"the {node.detail} of {CALLED[own]}", WANTED["time"])
        return "number" if own == "time" else own

    def _function(self, node: Operation, kinds: list[Kind]) -> Kind:
        name, own = node.name, kinds[0] if kinds else "null"
        if name in ("concat", "||"):
            return "text"
        if own == "unknown":
            return own
        if name in OF_TEXT:
            if own not in ("text", "period"):
                return self._fault(node, f"{name} of {CALLED[own]}", WANTED["text"])
            return OF_TEXT[name]
        if name in OF_NUMBERS:
            if own != "number" and (name, own) != ("abs", "length"):
                return self._fault(node, f"{name} of {CALLED[own]}", "a number")
            return own
        if name == "power":
            return self._fault(node, "which is computed in floating-point numbers", "a product, such as `n * n`")
        if name == "date":
            return self._fault(node, "which reads a date from text", f"`cast({written(node.parts[0])} as date)`")
        return self._fault(node, f"a function {name}", "one that is documented in docs/conditions.md")


def _is_null(node: Node) -> bool:
    if isinstance(node, Operation) and node.name in ("cast", "try_cast"):
        return _is_null(node.parts[0])
    return node == Constant(None)


def _of_constant(node: Constant) -> Kind:
    value = node.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, str):
        return "text"
    if isinstance(value, date):
        return "time"
    return "length" if isinstance(value, timedelta) else "number"


def _comparable(one: Kind, other: Kind) -> bool:
    return one == other or {one, other} == {"period", "text"}


def _comparing(kind: Kind) -> str:
    """The rest of a comparison with a value of a kind, as an example."""
    return {"text": "= '…'", "time": "<= as_of", "length": "> interval '5 days'", "number": "> 0"}.get(
        kind, "is not null"
    )


def _interval(node: Operation) -> str:
    """The length that a time is moved by, as SQL."""
    return written(node).rpartition("interval ")[2].join(("interval ", ""))


def _result(name: str, own: Kind, other: Kind) -> Kind | None:
    """What arithmetic gives; None where it has no meaning."""
    if own == other == "number":
        return "number"
    if name == "-" and own == other == "time":
        return "length"
    if name == "+" and {own, other} == {"time", "length"}:
        return "time"
    if name in ("-", "shift") and (own, other) == ("time", "length"):
        return "time"
    if name in ("+", "-") and own == other == "length":
        return "length"
    return "length" if name == "*" and {own, other} == {"length", "number"} else None
