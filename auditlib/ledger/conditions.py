"""Conditions on rows: SQL expressions, parsed by Polars' own parser, which cannot read files or run code."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from auditlib.ledger.expression_nodes import Constant, Node, Operation, nodes
from auditlib.ledger.expressions import tree_of

__all__ = ["CLOCK_COLUMNS", "Condition", "parse_sql"]

CLOCK_COLUMNS = ("as_of", "period_start", "period_end")
"""Columns that stand beside those of every register: when we look, and the bounds of the period."""

FUNCTIONS = frozenset({
    "abs", "cast", "ceil", "ceiling", "char_length", "coalesce", "concat", "concat_ws", "date", "date_part",
    "ends_with", "extract", "floor", "greatest", "if", "ifnull", "least", "left", "length", "lower", "ltrim",
    "mod", "nullif", "power", "regexp_like", "replace", "right", "round", "rtrim", "sign", "starts_with",
    "strpos", "substr", "substring", "trim", "try_cast", "upper",
})  # fmt: skip
"""What a condition may call: functions of one row. An aggregate would hang a row's points on its neighbours."""

KEYWORDS = frozenset(
    {"and", "between", "case", "else", "from", "ilike", "in", "is", "like", "not", "or", "then", "when"}
)
CALL = re.compile(r'(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\W\d]\w*))\s*\(')
BEYOND_ROW = re.compile(r"\bcurrent_\w+|\blocaltime\w*|\bselect\b|--|/\*", re.IGNORECASE)
QUOTED = re.compile(r"'(?:[^']|'')*'")
TRUTH_TEST = re.compile(
    r'(?:(?P<column>"[^"]+"|[^\W\d]\w*)\s+)?\bis\s+(?P<not>not\s+)?(?P<value>true|false)\b', re.IGNORECASE
)

NEAR = 0.75
"""How alike the name of a function is to the one that may be meant; `sum` is meant for none of these."""

LENGTH = 20_000
"""Characters of an expression. The longest one of the shipped schemes and mappings has a few hundred."""
OPERATIONS = 400
"""Operators in it: each may be a level of the parser's stack, which ends the process where it ends."""
OPERATOR = re.compile(r"\b(?:and|or|not|when)\b|[-+*/%|<>=]+", re.IGNORECASE)
CELL, TEXT = 200, 1_000_000
"""Characters that a cell is taken to have, and those of the longest text that an expression may then make of it."""


@dataclass(frozen=True)
class Condition:
    """A parsed SQL expression over the columns of one row, and which of the register's columns it reads."""

    sql: str
    expression: pl.Expr = field(compare=False)
    tree: Node
    columns: tuple[str, ...]


@lru_cache(maxsize=4096)
def parse_sql(sql: str) -> Condition:
    """The condition that ``sql`` writes. Raises :class:`ValueError` where it is not one expression over one row."""
    bare = QUOTED.sub("''", sql)
    if len(sql) > LENGTH or len(OPERATOR.findall(bare)) > OPERATIONS:
        expected = f"expected at most {LENGTH:,} characters and {OPERATIONS} operators; a list of values is `in (…)`"
        raise ValueError(f"found an expression of {len(sql):,} characters, {sql[:60]!r}…, {expected}")
    for found in _beyond_row(bare):
        near = difflib.get_close_matches(found.lower(), FUNCTIONS, n=1, cutoff=NEAR)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"found {found} in {sql!r}, expected an expression over one row{meant}")
    try:
        expression = pl.sql_expr(_standard(sql))
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"found {sql!r}, which is not an SQL expression: {_brief(str(error))}") from None
    try:
        tree = tree_of(expression)
        _check_bounded(tree)
    except RecursionError:
        raise ValueError(f"found {sql[:60]!r}…, expected fewer operations in one another") from None
    except ValueError as error:
        raise ValueError(f"{error}, in {sql!r}") from None
    names = dict.fromkeys(expression.meta.root_names())
    return Condition(sql, expression, tree, tuple(name for name in names if name not in CLOCK_COLUMNS))


def _check_bounded(tree: Node) -> None:
    """Refuses what would make a text without end of a cell, and a pattern that cannot be searched for."""
    if _longest(tree) > TEXT:
        raise ValueError(f"found `replace` or `concat` that may make texts of more than {TEXT:,} characters")
    for node in nodes(tree):
        if isinstance(node, Operation) and node.name == "regexp_like" and len(node.parts) > 1:
            pattern = node.parts[1]
            if isinstance(pattern, Constant) and isinstance(pattern.value, str):
                try:
                    pl.Series([""]).str.contains(pattern.value)
                except pl.exceptions.PolarsError:
                    raise ValueError(
                        f"found the pattern {pattern.value[:60]!r}, which cannot be searched for"
                    ) from None


def _longest(node: Node) -> int:
    """The length of the longest text that stands anywhere in a node, where a cell has :data:`CELL` characters."""
    if isinstance(node, Constant):
        return len(node.value) if isinstance(node.value, str) else 0
    if not isinstance(node, Operation):
        return CELL
    lengths = [_longest(part) for part in node.parts]
    if node.name == "replace" and len(lengths) == 3:
        return lengths[0] + (lengths[0] + 1) * lengths[2]  # at worst between any two characters
    return sum(lengths) if node.name in ("concat", "concat_ws", "||", "+") else max(lengths, default=0)


def _brief(refusal: str) -> str:
    """The first line of what the parser says, without its dump of the syntax tree."""
    first = refusal.splitlines()[0]
    return re.sub(r"^expression (\w+)\b.* is not currently supported$", r"\1 is not supported", first)[:160]


def _standard(sql: str) -> str:
    """``sql`` with truth tests written so that Polars gives what the SQL standard does.

    ``answer IS NOT TRUE`` of an unknown answer is true by the standard and unknown to Polars 2.1, so that a
    case without an answer would silently drop out of a count. (``IS DISTINCT FROM`` is no way out: it takes
    everything to its right, ANDs included, as its operand.)
    """

    def written(match: re.Match[str]) -> str:
        if match["column"] is None:
            raise ValueError(f"found {match[0].strip()} after an expression in {sql!r}, expected it after a column")
        unknown = "true" if match["value"].lower() == "false" else "false"
        negated = bool(match["not"]) == (match["value"].lower() == "true")
        return f"({'not ' if negated else ''}coalesce({match['column']}, {unknown}))"

    parts = QUOTED.split(sql)
    quotes = QUOTED.findall(sql)
    return "".join(TRUTH_TEST.sub(written, part) + quote for part, quote in zip(parts, [*quotes, ""], strict=True))


def _beyond_row(sql: str) -> Iterator[str]:
    """What looks past the row: calls of other functions, the clock of the machine, queries, comments that hide them."""
    for call in CALL.finditer(sql):
        name = call["quoted"] or call["plain"]
        if name.lower() not in FUNCTIONS and (call["quoted"] or name.lower() not in KEYWORDS):
            yield name
    yield from BEYOND_ROW.findall(sql)
