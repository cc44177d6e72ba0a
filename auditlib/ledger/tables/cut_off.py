"""Texts that end in the midst of their last cell, as a download that broke off leaves them."""

from __future__ import annotations

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.tables.layout import Doubt

__all__ = ["cut_off"]

CODED = 60
"""A column with so few different values has those of a list, and no other."""


def cut_off(table: pl.DataFrame, body: bytes, name: str) -> tuple[Doubt, ...]:
    """That the last cell of ``table`` may be a part of one.

    The text ends without a line end, which is no fault by itself; and its last cell is shorter than all others of its
    column, which are equally long, or is the beginning of another value of a list and none of them itself.
    """
    if body.endswith((b"\n", b"\r")) or table.height < 3:
        return ()
    *_, column = table.columns
    last, others = table[column][-1], table[column].head(table.height - 1).drop_nulls()
    if last is None or others.is_empty() or others.dtype != pl.String:
        return ()
    lengths = others.str.len_chars().unique()
    few = others.unique()
    begun = few.len() <= CODED and last not in few and few.str.starts_with(last).any()
    if begun or (lengths.len() == 1 and len(last) < lengths[0]):
        message = Message(
            "{file} ends in the midst of a line ({column}): it may have been cut off", file=name, column=column
        )
        return (Doubt("cut_off", message, 1, name),)
    return ()
