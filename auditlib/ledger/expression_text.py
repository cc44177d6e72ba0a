"""The tree of an SQL expression back in SQL, as messages and pages show it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from auditlib.ledger.expression_nodes import OPERATORS, Constant, Node, Operation, Read, Value

__all__ = ["counted_length", "written"]

BINDS = {
    "or": 1, "and": 2, "not": 3, "||": 5, "+": 5, "-": 5, "shift": 5, "*": 6, "/": 6, "//": 6, "%": 6,
}  # fmt: skip
"""How closely an operator binds its parts; comparisons bind by 4, functions by 9."""
COMPARING = 4
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
    return counted_length(seconds // size, unit)


def _offset(text: str) -> str:
    """Polars' ``1mo2d`` as ``1 month 2 days``."""
    return " ".join(counted_length(int(n), UNITS.get(unit, unit)) for n, unit in re.findall(r"(\d+)([a-z]+)", text))


def counted_length(count: int, unit: str) -> str:
    """A length of time as SQL writes it: ``1 day``, ``2 days``."""
    return f"{count} {unit}{'' if count == 1 else 's'}"
