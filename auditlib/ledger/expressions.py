"""The tree of an SQL expression, read back from what Polars understood: what is looked at is what runs."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import polars as pl

from auditlib.ledger.expression_nodes import OPERATORS, Constant, Node, Operation, Read
from auditlib.ledger.expression_text import counted_length, written

__all__ = ["tree_of"]

FUNCTIONS = {
    "Coalesce": "coalesce", "MaxHorizontal": "greatest", "MinHorizontal": "least", "StartsWith": "starts_with",
    "EndsWith": "ends_with", "LenChars": "length", "Lowercase": "lower", "Uppercase": "upper", "Slice": "substr",
    "StripChars": "trim", "StripCharsStart": "ltrim", "StripCharsEnd": "rtrim", "ConcatHorizontal": "concat",
    "Contains": "regexp_like", "Find": "strpos", "Ceil": "ceil", "Floor": "floor", "Abs": "abs", "Sign": "sign",
    "Round": "round", "Replace": "replace", "Generic": "power",
    "IsNull": "is null", "IsNotNull": "is not null", "Not": "not",
}  # fmt: skip

LENGTHS = {
    "day": "day", "hour": "hour", "minute": "minute", "week": "week", "天": "day", "日": "day", "小时": "hour",
    "分钟": "minute", "周": "week",
}  # fmt: skip
"""What people write for the units of a length of time, by what SQL writes."""

PER_SECOND = {"Nanoseconds": 1_000_000_000, "Microseconds": 1_000_000, "Milliseconds": 1_000}


def tree_of(expression: pl.Expr) -> Node:
    """The tree of ``expression``.

    Raises :class:`ValueError` for what belongs to no expression over one row, and for text after a complete one,
    which SQL takes for a name of the result.
    """
    return _read(expression.meta.serialize(format="json"))


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
        expected = f"interval '{counted_length(int(number[0]), unit)}'"
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
