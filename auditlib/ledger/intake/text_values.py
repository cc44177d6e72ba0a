"""What is doubtful about words of cases: signs that nobody sees, words in two spellings, columns exchanged in a file.

A scheme compares words as they stand, so that 不满意 with a sign of no width behind it is another word than 不满意.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.intake.look_alikes import sign_doubts, visible_signs
from auditlib.ledger.privacy.find import withhold
from auditlib.ledger.tables.layout import Doubt

__all__ = ["word_doubts"]

SHOWN = 5
WORDS = ("kind", "channel", "category", "status", "outcome", "satisfaction", "survey_channel")
APART = (
    ("unit", "status"), ("unit", "outcome"), ("unit", "satisfaction"), ("unit", "kind"), ("unit", "category"),
    ("satisfaction", "status"), ("satisfaction", "channel"),
)  # fmt: skip
"""Columns of which no word stands in both."""
MANY = 500
"""A column with more different values holds texts, not words."""
LOOKED_AT = 100_000


def word_doubts(cases: pl.LazyFrame) -> Iterator[Doubt]:
    """Words of cases that look like another and are not the same, and columns whose words stand in another one too."""
    columns = cases.collect_schema()
    words: dict[str, pl.Series] = {}
    for name in ("unit", *WORDS):
        if name not in columns or columns[name].is_numeric() or columns[name].is_temporal():
            continue
        own = cases.select(pl.col(name).cast(pl.String))
        if own.head(LOOKED_AT).unique().collect().height <= MANY:  # most columns of texts are seen by their beginning
            found = own.unique().collect(engine="streaming").to_series().drop_nulls()
            words |= {name: found.sort()} if found.len() <= MANY else {}
    for name, found in words.items():
        if name != "unit":
            yield from sign_doubts(f"cases.{name}", found.to_frame().lazy())
    yield from _exchanged(words)


def _exchanged(words: dict[str, pl.Series]) -> Iterator[Doubt]:
    """Two columns that share words: in one of several files they stand under each other's names."""
    for one, other in APART:
        if one in words and other in words:
            both = words[one].filter(words[one].is_in(words[other].implode()))
            if both.len() >= 2:
                message = Message(
                    "cases: {count} values stand both as {one} and as {other} ({shown}); the columns may be exchanged "
                    "in a file",
                    count=both.len(), one=one, other=other,
                    shown=tuple(visible_signs(withhold(each)) for each in both.head(SHOWN)),
                )  # fmt: skip
                yield Doubt("columns_exchanged", message, both.len())
