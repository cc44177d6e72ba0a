"""Ids that a spreadsheet has spoilt: numbers with .0 or lost ends, days, apostrophes."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.intake.look_alikes import sign_doubts, visible_signs
from auditlib.ledger.privacy.find import withhold
from auditlib.ledger.tables.layout import Doubt

__all__ = ["day_doubts", "examples", "id_doubts"]

SHOWN = 5
"""So many examples stand in a message."""
DATED = (
    r"^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}(?:[ T]0?0:00(?::00)?)?$|^[0-9]{1,2}月[0-9]{1,2}日$|^[0-9]{4}年[0-9]{1,2}月$"
    r"|^[0-9]{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$"
    r"|^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-[0-9]{2}$"
)
"""A day as a spreadsheet shows it, and no number of a case: 3-1 becomes 3月1日."""
SOUND = "^[A-Z][A-Z0-9]*$"
"""Ids that no spreadsheet takes for a number or a day, and that no two people write in two ways."""
PRECISE, BEYOND = 15, 1000
"""So many digits of a number a spreadsheet keeps; and so many longer ids are looked at."""


def id_doubts(cases: pl.LazyFrame) -> Iterator[Doubt]:
    """What is doubtful about the ids of cases, the only column of ``cases``."""
    if cases.filter(~pl.col("case_id").str.contains(SOUND)).head(1).collect(engine="streaming").is_empty():
        return  # nothing below speaks of such ids, and most are such

    def ids(pattern: str) -> pl.Series:
        return _collected(cases.filter(pl.col("case_id").str.contains(pattern)))

    number = ids(r"^[0-9]+\.0+$")
    if number.len():
        message = Message("case_id: {count} {count:id ends|ids end} in .0, as numbers of a spreadsheet do ({ids})",
                          count=number.len(), ids=examples(number))  # fmt: skip
        yield Doubt("ids_as_numbers", message, number.len())
    yield from day_doubts("case_id", cases)
    quoted = ids("^['’＇]")
    if quoted.len():
        message = Message("case_id: {count} {count:id begins|ids begin} with an apostrophe ({ids})",
                          count=quoted.len(), ids=examples(quoted))  # fmt: skip
        yield Doubt("ids_with_apostrophe", message, quoted.len())
    long = ids(r"^[0-9]{16,308}$")  # a number of more digits is none that a spreadsheet can hold
    lost = long.filter(long.str.slice(PRECISE).str.contains("^0+$"))
    several = lost.len() * 2 >= long.len() and (lost.len() >= 2 or lost.str.contains("^[0-9]{18,}$").any())
    # Few whole numbers beyond 2**53 are ones that a spreadsheet can hold; where all ids are, they were such numbers.
    beyond = long.filter(long.str.len_chars() > PRECISE + 1)
    if beyond.len() and all(int(float(one)) == int(one) for one in beyond.head(BEYOND)):
        lost, several = beyond, True
    if several:
        message = Message("case_id: {count} {count:id has|ids have} lost {count:its|their} last digits, as in a "
                          "spreadsheet ({ids})", count=lost.len(), ids=examples(lost))  # fmt: skip
        yield Doubt("ids_without_ends", message, lost.len())
    yield from sign_doubts("cases.case_id", cases)


def day_doubts(column: str, values: pl.LazyFrame) -> Iterator[Doubt]:
    """Numbers such as 3-1 that a spreadsheet has made days."""
    name = values.collect_schema().names()[0]
    dated = _collected(values.filter(pl.col(name).cast(pl.String).str.contains(DATED))).cast(pl.String)
    if dated.len():
        message = Message("{column}: {count} {count:value is|values are} written as a day, as a spreadsheet makes of "
                          "some ({ids})", column=column, count=dated.len(), ids=examples(dated))  # fmt: skip
        yield Doubt("ids_as_days", message, dated.len())


def _collected(values: pl.LazyFrame) -> pl.Series:
    return values.collect(engine="streaming").to_series()


def examples(values: pl.Series) -> tuple[str, ...]:
    """A few values for a message, without personal data, and three dots where there are more."""
    shown = values.unique(maintain_order=True).head(SHOWN)
    return (*(visible_signs(withhold(one)) for one in shown), *(("…",) if values.n_unique() > SHOWN else ()))
