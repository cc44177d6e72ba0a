"""Numbers that are missing between cases, and numbers that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.settings import Settings

__all__ = ["SERIES", "numbered", "sequence", "sequence_counts"]

SERIES = 20
"""So many series of numbers are shown, the longest first."""


def sequence_counts(numbers: pl.Series, whole: pl.Series | None = None) -> dict[str, int]:
    """What is missing and what is double in a series of numbers.

    ``whole`` are those of the whole register, where these are of a period: a number that another period has is not
    missing, and a gap is counted with the number that follows it.
    """
    distinct = numbers.drop_nulls().unique().sort()
    known = distinct if whole is None else whole.drop_nulls().unique().sort()
    steps = known.diff()
    own = steps.filter((steps > 1).fill_null(False) & known.is_in(distinct.implode()))
    gaps = own - 1
    surplus = numbers.len() - distinct.len()
    twice = numbers.value_counts().filter(pl.col("count") > 1).height if surplus else 0
    return {
        "rows": numbers.len(),
        "distinct": distinct.len(),
        "duplicated_numbers": twice,
        "surplus_rows": surplus,
        "gaps": gaps.len(),
        "missing": int(gaps.sum()),
        "longest_gap": max(gaps.to_list(), default=0),
    }


def numbered(cases: pl.DataFrame) -> pl.DataFrame:
    """The cases whose id ends with a number, with the ``series`` before it and the ``number``."""
    digits = pl.col("case_id").str.extract(r"(\d{1,18})$")
    before = pl.col("case_id").str.head(pl.col("case_id").str.len_chars() - digits.str.len_chars())
    # Prefixes are few: as numbers of a list they need a quarter of the memory.
    found = cases.with_columns(series=before.cast(pl.Categorical), number=digits.cast(pl.Int64))
    return found.filter(pl.col("number").is_not_null())


def sequence(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """For each series of case numbers what is missing in it: a fact, and a finding only beside the system's counter."""
    rows = numbered(grounds.cases.select("case_id")).drop("case_id")
    if rows.is_empty():
        yield Family("sequence", "case_id", state="not_applicable", why="case_id")
    lengths = rows.group_by("series").len().with_columns(pl.col("series").cast(pl.String))
    longest = lengths.sort("len", "series", descending=[True, False]).head(SERIES)
    whole = _of_register(grounds)
    for series in sorted(longest["series"]):
        of_series = pl.col("series") == series
        others = whole.filter(of_series)["number"] if whole is not None else None
        counts = sequence_counts(rows.filter(of_series)["number"], others)
        fact = bool(counts["missing"] or counts["surplus_rows"])
        yield Family("sequence", f"case_id/{series}", [Observed("", counts, fact=fact)])


def _of_register(grounds: Grounds) -> pl.DataFrame | None:
    """The numbers of the whole register, where the cases that are looked at are not all of it."""
    register = grounds.registers.get("cases")
    if register is None or register.select(pl.len()).collect().item() == grounds.cases.height:
        return None
    return numbered(register.select("case_id").collect()).drop("case_id")
