"""Times that a clock does not show once: in hours that are skipped or come twice, and without their half of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.tables.layout import Doubt

__all__ = ["clock_doubts", "count_twice"]

FEWEST = 30
"""Of so many times on, none in the afternoon is worth a word where some lie in the small hours."""
SMALL = (1, 5)
"""The hours in which offices do not work, and which a clock of twelve hours shows in the afternoon."""
EARLY, LATE = 1970, 2040
LOOKED_AT = 1_000


def clock_doubts(cases: pl.LazyFrame, timezone: str) -> Iterator[Doubt]:
    """What is doubtful about the hours of cases, whose times are local ones of ``timezone``."""
    columns = cases.collect_schema()
    known = [one.name for one in REGISTERS["cases"].columns if one.name in columns and columns[one.name] == pl.Datetime]
    facts = [name for name in known if REGISTERS["cases"].column(name).type == "time"]  # type: ignore[union-attr]
    yield from _half_of_the_day(cases, facts)
    yield from _hours_of_change(cases, known, timezone)


def count_twice(times: pl.Series, timezone: str, zone: str) -> int:
    """How many times of ``timezone`` were read in ``zone`` in an hour that its clocks go through twice."""
    there = times.drop_nulls().dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    local = there.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return int(local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").null_count())


def _half_of_the_day(cases: pl.LazyFrame, columns: list[str]) -> Iterator[Doubt]:
    """Times of a clock of twelve hours, read as the morning's: 08:30 and 04:10, and never 16:10."""
    some = cases.head(LOOKED_AT).select(columns).collect()
    columns = [name for name in columns if not _shows_another_hour(some[name])]  # most are seen by their beginning
    counts = []
    for name in columns:
        hour, own = pl.col(name).dt.hour(), pl.col(name).dt.time() != pl.time(0, 0, 0)
        counts += [
            own.sum().alias(f"{name}.all"),
            (own & hour.is_between(*SMALL)).sum().alias(f"{name}.small"),
            (own & ~hour.is_between(1, 12)).sum().alias(f"{name}.other"),
        ]
    if not counts:
        return
    found = cases.select(counts).collect(engine="streaming").row(0, named=True)
    for name in columns:
        count, small = found[f"{name}.all"] or 0, found[f"{name}.small"] or 0
        if count >= FEWEST and not found[f"{name}.other"] and small * 10 >= count:
            message = Message(
                "{column}: all {count} times lie between 1:00 and 12:59, {small} of them before 6:00; 上午 and 下午 "
                "may be lost",
                column=f"cases.{name}", count=count, small=small,
            )  # fmt: skip
            yield Doubt("half_of_the_day", message, count)


def _shows_another_hour(times: pl.Series) -> bool:
    """Whether one of some times is none of a clock of twelve hours."""
    midnight = times.dt.time() == time()
    return bool((~midnight & ~times.dt.hour().is_between(1, 12)).any())


def _hours_of_change(cases: pl.LazyFrame, columns: list[str], timezone: str) -> Iterator[Doubt]:
    """Times in the hour that clocks skip in spring, which never was, or go through twice in autumn."""
    if not columns or not (columns := _changing(cases, columns, timezone)):
        return
    counts = []
    for name in columns:
        skipped = pl.col(name).dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null").is_null()
        known = pl.col(name).dt.replace_time_zone(timezone, ambiguous="null", non_existent="null").is_not_null()
        there = pl.col(name).is_not_null()
        counts += [
            (there & skipped).sum().alias(f"{name}.skipped"),
            (there & ~skipped & ~known).sum().alias(f"{name}.twice"),
        ]
    found = cases.select(counts).collect(engine="streaming").row(0, named=True)
    for name in columns:
        if count := found[f"{name}.skipped"]:
            message = Message(
                "{column}: {count} {count:time lies|times lie} in an hour that the clocks of {zone} skip",
                column=f"cases.{name}", count=count, zone=timezone,
            )  # fmt: skip
            yield Doubt("hour_skipped", message, count)
        if count := found[f"{name}.twice"]:
            message = Message(
                "{column}: {count} {count:time lies|times lie} in an hour that the clocks of {zone} go through twice; "
                "how long a case took may be an hour off",
                column=f"cases.{name}", count=count, zone=timezone,
            )  # fmt: skip
            yield Doubt("hour_twice", message, count)


def _changing(cases: pl.LazyFrame, columns: list[str], timezone: str) -> list[str]:
    """The columns with times in years in which the clocks of a zone were changed."""
    zone, times = ZoneInfo(timezone), pl.col(columns)
    ends = cases.select(times.min().dt.year().name.suffix(".first"), times.max().dt.year().name.suffix(".last"))
    found = ends.collect(engine="streaming").row(0, named=True)

    def changes(year: int) -> bool:
        return len({datetime(year, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13)}) > 1

    spans = {name: (found[f"{name}.first"], found[f"{name}.last"]) for name in columns}
    return [
        name
        for name, (first, last) in spans.items()
        if first is not None and any(map(changes, range(max(first, EARLY), min(last, LATE) + 1)))
    ]
