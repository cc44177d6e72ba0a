"""The tree of an SQL expression, read back from what Polars understood: what is looked at is what runs."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import polars as pl

__all__ = ["Constant", "Node", "Operation", "Read", "nodes", "tree_of", "written"]

Value = str | bool | int | Fraction | datetime | date | timedelta | None

OPERATORS = {
    "And": "and", "Or": "or", "Eq": "=", "NotEq": "<>", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">=",
    "Plus": "+", "Minus": "-", "Multiply": "*", "Mul": "*", "Divide": "/", "TrueDivide": "/", "Div": "/",
    "FloorDivide": "//", "IntDiv": "//", "Modulus": "%", "Rem": "%",
    "EqValidity": "is not distinct from", "NotEqValidity": "is distinct from",
}  # fmt: skip
"""Operators on two values: by Polars' word for each the one of SQL."""

FUNCTIONS = {
    "Coalesce": "coalesce", "MaxHorizontal": "greatest", "MinHorizontal": "least", "StartsWith": "starts_with",
    "EndsWith": "ends_with", "LenChars": "length", "Lowercase": "lower", "Uppercase": "upper", "Slice": "substr",
    "StripChars": "trim", "StripCharsStart": "ltrim", "StripCharsEnd": "rtrim", "ConcatHorizontal": "concat",
    "Contains": "regexp_like", "Find": "strpos", "Ceil": "ceil", "Floor": "floor", "Abs": "abs", "Sign": "sign",
    "Round": "round", "Replace": "replace", "Generic": "power",
    "IsNull": "is null", "IsNotNull": "is not null", "Not": "not",
}  # fmt: skip

PER_SECOND = {"Nanoseconds": 1_000_000_000, "Microseconds": 1_000_000, "Milliseconds": 1_000}


@dataclass(frozen=True)
class Read:
    """A column that the expression reads."""

    name: str


@dataclass(frozen=True)
class Constant:
    """A value written in the expression: text, true or false, a number, a time, a length of time, or null."""

    value: Value


@dataclass(frozen=True)
class Operation:
    """What is done with other values: ``name`` is the operator or function as SQL writes it.

    ``in`` has the listed values as parts after the first, ``case`` a condition, what then, and what else.
    ``detail`` says what a name leaves open: the type of a cast, the part of ``extract``, the length that ``shift``
    moves a time by.
    """

    name: str
    parts: tuple[Node, ...]
    detail: str = ""
    raw: Any = field(default=None, compare=False, repr=False)
    """As Polars writes it out."""

    @property
    def expression(self) -> pl.Expr:
        """The operation by itself, to be computed."""
        return pl.Expr.deserialize(io.StringIO(json.dumps(self.raw)), format="json")


Node = Read | Constant | Operation


def tree_of(expression: pl.Expr) -> Node:
    """The tree of ``expression``.

    Raises :class:`ValueError` for what belongs to no expression over one row, and for text after a complete one,
    which SQL takes for a name of the result.
    """
    return _read(expression.meta.serialize(format="json"))


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything in it, from the outside in."""
    yield node
    if isinstance(node, Operation):
        for part in node.parts:
            yield from nodes(part)


@lru_cache(maxsize=4096)
def _read(text: str) -> Node:
    return _node(json.loads(text))


def _node(raw: Any) -> Node:
    node = _unfolded(raw)
    return replace(node, raw=raw) if isinstance(node, Operation) else node


def _unfolded(raw: Any) -> Node:
    kind, content = _only(raw)
    if kind == "Column":
        return Read(content)
    if kind == "Literal":
        return _constant(content)
    if kind == "BinaryExpr":
        return _binary(content["op"], (_node(content["left"]), _node(content["right"])))
    if kind == "Ternary":
        return Operation("case", tuple(_node(content[part]) for part in ("predicate", "truthy", "falsy")))
    if kind == "Cast":
        name = "cast" if content["options"] == "Strict" else "try_cast"
        dtype = _only(content["dtype"])[1]
        return Operation(name, (_node(content["expr"]),), dtype if isinstance(dtype, str) else _only(dtype)[0])
    if kind == "Function":
        return _function(content["function"], tuple(map(_node, content["input"])))
    if kind == "Alias":
        raise ValueError(_after(written(_node(content[0])), content[1]))
    raise ValueError(f"found what Polars calls {kind}, expected an expression over one row")


def _after(whole: str, word: str) -> str:
    """What to say of a word after a complete expression, which is most often the unit of a length of time."""
    if (number := re.search(r"(?<![\w.'])\d+$", whole)) and (unit := LENGTHS.get(word.lower().rstrip("s"))):
        expected = f"interval '{_counted(int(number[0]), unit)}'"
    else:
        expected = "`and`, `or` or the end of the condition"
    return f"found the word {word} after the complete expression `{whole}`, expected {expected}"


def _only(raw: Any) -> tuple[str, Any]:
    """The one key of a mapping with its value; a bare word stands by itself."""
    return next(iter(raw.items())) if isinstance(raw, dict) else (str(raw), None)


def _binary(word: str, parts: tuple[Node, ...]) -> Operation:
    if word not in OPERATORS:
        raise ValueError(f"found an operator that Polars calls {word}, expected one of {_operators()}")
    if word == "Plus" and all(isinstance(one, Operation) and one.name == "try_cast" for one in parts):
        return Operation("||", tuple(one.parts[0] for one in parts if isinstance(one, Operation)))
    return Operation(OPERATORS[word], parts)


def _operators() -> str:
    return ", ".join(dict.fromkeys(OPERATORS.values()))


def _function(function: Any, parts: tuple[Node, ...]) -> Node:
    family, word = _only(function)
    if family in ("Boolean", "StringExpr", "TemporalExpr", "Sql", "Pow"):
        word = word if isinstance(word, str) else _only(word)[0] if family != "Sql" else word
    elif family not in ("StructExpr", "ListExpr"):
        word = family
    if family == "Sql":
        name, operator = _only(word)
        if name == "Binary":
            return _binary(operator, parts)
        if name == "ToFloat":
            return parts[0]
        word = name
    inner = parts[0] if parts and isinstance(parts[0], Operation) else None
    if word == "IsIn":
        return Operation("in", (parts[0], *(parts[1].parts if isinstance(parts[1], Operation) else parts[1:])))
    if word == "Not":
        truth = inner is not None and inner.name == "cast" and inner.detail == "Boolean"
        return Operation("not", inner.parts if inner is not None and truth else parts)
    if word == "OffsetBy" and isinstance(parts[1], Constant):
        return Operation("shift", parts[:1], str(parts[1].value))
    if family == "TemporalExpr":
        return Operation("extract", parts, word.lower())
    if family == "StructExpr":
        raise ValueError(f"found a name before the column {_only(word)[1]}, expected the column by itself")
    if family == "ListExpr":
        raise ValueError(f"found {written(parts[0])}[…], expected {written(parts[0])} by itself")
    if word == "Strptime":
        return Operation("date", parts[:1])
    if word == "FillNull" and inner is not None:
        return inner.parts[0]  # strpos counts from one, and gives nought where the text is not found
    optional = Constant(None) if family == "StringExpr" else None  # trim of nothing named, substr without a length
    return Operation(FUNCTIONS.get(word, word.lower()), tuple(part for part in parts if part != optional))


def _constant(content: Any) -> Constant | Operation:
    kind, value = _only(content)
    if kind in ("Dyn", "Scalar"):
        kind, value = _only(value)
    if kind == "Null":
        return Constant(None)
    if kind in ("String", "Str", "Boolean", "Int") or (isinstance(value, int) and "Int" in kind):
        return Constant(value)
    if kind == "Decimal":
        return Constant(Fraction(value[0], 10 ** value[2]))
    if kind == "Date":
        return Constant(date(1970, 1, 1) + timedelta(days=value))
    if kind in ("Datetime", "Duration"):
        length = timedelta(microseconds=value[0] * 1_000_000 // PER_SECOND[value[1]])
        return Constant(datetime(1970, 1, 1) + length if kind == "Datetime" else length)
    if kind == "Series":
        listed = pl.read_ipc_stream(io.BytesIO(bytes(value))).to_series().to_list()[0]
        return Operation("list", tuple(Constant(Fraction(v) if isinstance(v, Decimal) else v) for v in listed))
    if "Float" in kind:
        raise ValueError(f"found the floating-point number {value}, expected a whole number or a decimal such as 0.5")
    raise ValueError(f"found a value that Polars calls {kind}, expected text, a number, true, false or a time")


# --- back into SQL, for messages ---

BINDS = {
    "or": 1, "and": 2, "not": 3, "||": 5, "+": 5, "-": 5, "shift": 5, "*": 6, "/": 6, "//": 6, "%": 6,
}  # fmt: skip
"""How closely an operator binds its parts; comparisons bind by 4, functions by 9."""
COMPARING = 4
LENGTHS = {
    "day": "day", "hour": "hour", "minute": "minute", "week": "week", "天": "day", "日": "day", "小时": "hour",
    "分钟": "minute", "周": "week",
}  # fmt: skip
"""What people write for the units of a length of time, by what SQL writes."""
UNITS = {"y": "year", "q": "quarter", "mo": "month", "w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}


def written(node: Node) -> str:
    """The node as SQL."""
    return _written(node)[0]


def _written(node: Node) -> tuple[str, int]:
    """The node as SQL, and how closely its outermost operator binds."""
    if isinstance(node, Read):
        plain = node.name.isidentifier() and node.name != "group"
        return (node.name if plain else f'"{node.name}"'), 9
    if isinstance(node, Constant):
        return _value(node.value), 9
    name, parts = node.name, node.parts
    if name == "not" and isinstance(parts[0], Operation) and parts[0].name in ("=", "in"):
        return written(parts[0]).replace(" = ", " <> ", 1) if parts[0].name == "=" else _in(
            parts[0], "not in"
        ), COMPARING
    if name == "in":
        return _in(node, "in"), COMPARING
    if name == "not" and _truth_test(parts[0]):
        known = written(parts[0]).removesuffix(" is not false").removesuffix(" is true")
        return f"{known} is {'false' if written(parts[0]).endswith(' not false') else 'not true'}", COMPARING
    if name == "not":
        return f"not {_bound(parts[0], BINDS[name])}", BINDS[name]
    if name in ("is null", "is not null"):
        return f"{_bound(parts[0], COMPARING + 1)} {name}", COMPARING
    if name == "shift":
        sign, length = ("-", node.detail[1:]) if node.detail.startswith("-") else ("+", node.detail)
        return f"{_bound(parts[0], BINDS[name])} {sign} interval '{_offset(length)}'", BINDS[name]
    if _truth_test(node) and isinstance(parts[1], Constant):
        return f"{_bound(parts[0], COMPARING + 1)} is {'not false' if parts[1].value else 'true'}", COMPARING
    if name in OPERATORS.values() or name == "||":
        binds = BINDS.get(name, COMPARING)
        joined = name in ("and", "or", "||")
        last = _bound(parts[1], binds if joined else binds + 1)
        return f"{_bound(parts[0], binds + (binds == COMPARING))} {name} {last}", binds
    if name == "case":
        return f"case when {written(parts[0])} then {written(parts[1])} else {written(parts[2])} end", 9
    if name in ("cast", "try_cast"):
        return f"{name}({written(parts[0])} as {node.detail.lower()})", 9
    if name == "extract":
        return f"extract({node.detail} from {written(parts[0])})", 9
    return f"{name}({', '.join(map(written, parts))})", 9


def _truth_test(node: Node) -> bool:
    """Whether it is what ``is true`` and ``is not false`` become: a column with a truth value for what is empty."""
    if not isinstance(node, Operation) or node.name != "coalesce" or len(node.parts) != 2:
        return False
    column, stand_in = node.parts
    return isinstance(column, Read) and isinstance(stand_in, Constant) and isinstance(stand_in.value, bool)


def _bound(part: Node, by: int) -> str:
    text, binds = _written(part)
    return text if binds >= by else f"({text})"


def _in(node: Operation, word: str) -> str:
    return f"{_bound(node.parts[0], COMPARING + 1)} {word} ({', '.join(map(written, node.parts[1:]))})"


def _value(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    if isinstance(value, datetime | date):
        return f"{'timestamp' if isinstance(value, datetime) else 'date'} '{value}'"
    if isinstance(value, timedelta):
        return f"interval '{_length(value)}'"
    return str(value) if isinstance(value, int) else str(Decimal(value.numerator) / Decimal(value.denominator))


def _length(value: timedelta) -> str:
    seconds = value // timedelta(seconds=1)
    size, unit = next(
        (s, u) for s, u in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")) if not seconds % s
    )
    return _counted(seconds // size, unit)


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _offset(text: str) -> str:
    """Polars' ``1mo2d`` as ``1 month 2 days``."""
    return " ".join(_counted(int(n), UNITS.get(unit, unit)) for n, unit in re.findall(r"(\d+)([a-z]+)", text))
