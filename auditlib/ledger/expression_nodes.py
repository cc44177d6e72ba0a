"""The tree of an SQL expression: columns, constants, and what is done with them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl

__all__ = ["OPERATORS", "Constant", "Node", "Operation", "Read", "Value", "nodes"]

Value = str | bool | int | Fraction | datetime | date | timedelta | None

OPERATORS = {
    "And": "and", "Or": "or", "Eq": "=", "NotEq": "<>", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">=",
    "Plus": "+", "Minus": "-", "Multiply": "*", "Mul": "*", "Divide": "/", "TrueDivide": "/", "Div": "/",
    "FloorDivide": "//", "IntDiv": "//", "Modulus": "%", "Rem": "%",
    "EqValidity": "is not distinct from", "NotEqValidity": "is distinct from",
}  # fmt: skip
"""Operators on two values: by Polars' word for each the one of SQL."""


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


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything in it, from the outside in."""
    yield node
    if isinstance(node, Operation):
        for part in node.parts:
            yield from nodes(part)
