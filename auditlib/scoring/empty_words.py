"""Empty cells of coded columns that decide whether a row counts: no rule sees such a row, and nobody would notice."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.core.message import Message, Notice
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_nodes import Operation, Read, nodes
from auditlib.scheme.columns import columns_of, written_expressions
from auditlib.scheme.model import Scheme
from auditlib.scoring.selection import ROW, Selection

__all__ = ["empty_words", "meant_when_empty"]

LISTED = 5
"""So many rows are named."""
EMPTY = frozenset({"is null", "is not null", "coalesce"})


def empty_words(rows: Selection) -> Iterator[Notice]:
    """For each coded column, the rows of the period of which nobody can say whether they count, as it is empty.

    A coded column is one whose words the scheme declares. A condition over an empty cell is neither true nor false,
    so that no measure counts the row; where the other cells already say that it does not count, nothing is missing.
    An empty cell that means something is no fault: the scheme says so by an empty text among the words, or by a
    condition of its own that asks for it (:func:`meant_when_empty`).
    """
    for register, columns in rows.scheme.words.items():
        if register == "units" or register not in rows.registers:
            continue
        have = rows.registers[register].collect_schema()
        for column, words in columns.items():
            if column not in have or "" in words or column in meant_when_empty(rows.scheme, register):
                continue
            found = _undecided(rows, register, column)
            if not found.is_empty():
                named = found[ROW].drop_nulls().to_list()
                shown = tuple(named[:LISTED]) + (("…",) if len(named) > LISTED else ())
                message = Message(
                    "{register}: whether rows count cannot be told, as {column} is empty, and they do not: {count} "
                    "({rows})",
                    register=register, column=column, count=found.height, rows=shown,
                )  # fmt: skip
                yield Notice("empty_word", message, tuple(sorted(set(found["unit"]))))


def meant_when_empty(scheme: Scheme, register: str) -> frozenset[str]:
    """The columns of a register for whose empty cells some condition says what holds."""
    found: set[str] = set()
    for where, _, sql in written_expressions(scheme):
        if where == register:
            for node in nodes(parse_sql(sql).tree):
                if isinstance(node, Operation) and node.name in EMPTY:
                    found.update(inner.name for inner in nodes(node) if isinstance(inner, Read))
    return frozenset(found)


def _undecided(rows: Selection, register: str, column: str) -> pl.DataFrame:
    """The unit and key of each row that a measure can neither count nor leave out, as ``column`` is empty."""
    of_register = {name: one for name, one in rows.scheme.measures.items() if one.register_ == register and one.where}
    reading = [name for name, one in of_register.items() if not one.context and column in columns_of(rows.scheme, one)]
    empty = rows.registers[register].select(pl.col(column).is_null().any()).collect().item()
    if not (reading and empty):
        return pl.DataFrame(schema={"unit": pl.String, ROW: pl.String})
    key = rows.key(register)
    waiting = pl.any_horizontal([rows.undecided(name) for name in reading])
    frame = rows.frame(register, reading, extra=[column, *key.meta.root_names()])
    return frame.filter(pl.col(column).is_null() & waiting).select("unit", key.alias(ROW)).sort("unit", ROW).collect()
