"""What limits prove on the calendar: every start day that it knows is tried, the first witness is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import polars as pl

from auditlib.core.calendars import PUBLISHED
from auditlib.core.message import Joined, Message
from auditlib.core.worktime import Calendar
from auditlib.core.yaml_file import Tree
from auditlib.scheme.duties import Duty, DutyLimit
from auditlib.scheme.duty_clock import Clock, last_moment
from auditlib.scheme.finding import Finding, finding, listed
from auditlib.scheme.limit_words import so_many
from auditlib.scheme.model import Scheme

__all__ = ["date_findings"]

LEAST_YEARS = 2
"""So long before its last known day the search ends, so that every limit ends on a known one."""
DAYS = {"days": 1, "weeks": 7}
START = pl.col("start")


def date_findings(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """Extensions longer than their limit, limits beyond a higher rule, harder matters that end sooner, parts that fill
    the whole."""
    if scheme.calendar is None or not any(duty.extended or duty.ought or duty.inside for duty in scheme.duties):
        return
    calendar = PUBLISHED.of(scheme.calendar)
    clock = Clock(scheme.counting, lambda: calendar)
    starts = _starts(calendar)
    for index, duty in enumerate(scheme.duties):
        path = ("duties", index)
        yield from _extension(tree, path, duty, clock, starts)
        yield from _order(tree, path, scheme, duty, clock, starts)
        yield from _parts(tree, path, scheme, duty)


def _starts(calendar: Calendar) -> pl.DataFrame:
    """Nine in the morning of every day whose limits end on known days."""
    last = date(calendar.last_known.year - LEAST_YEARS, 12, 31)
    count = (last - calendar.first).days
    first = datetime.combine(calendar.first + timedelta(days=1), time(9))  # the day before it may be asked about
    return pl.DataFrame(
        {"start": [first + timedelta(days=n) for n in range(count)]}, schema={"start": pl.Datetime("us")}
    )


def _in_days(limit: DutyLimit) -> bool:
    return limit.unit in ("days", "working_days", "weeks", "months")


def _extension(
    tree: Tree, path: tuple[str | int, ...], duty: Duty, clock: Clock, starts: pl.DataFrame
) -> Iterator[Finding]:
    extended = duty.extended
    if extended is None or extended.most is None or len(duty.limits) != 1 or not _in_days(duty.limits[0]):
        return
    base = clock.too_late(duty.limits[0], START)
    if extended.of == "total":
        whole = clock.too_late(extended.most, START)
    else:
        whole = clock.too_late(extended.most.model_copy(update={"first_day": "excluded"}), last_moment(pl.col("base")))
    table = starts.with_columns(base.alias("base")).with_columns(whole.alias("whole"))
    midnight = START.dt.truncate("1d")
    table = table.with_columns(
        (pl.col("base") - midnight).alias("first"), (pl.col("whole") - pl.col("base")).alias("more"),
        (pl.col("whole") - midnight).dt.total_days().alias("days"),
    )  # fmt: skip
    longer = table.filter(pl.col("more") > pl.col("first"))
    if longer.height:
        message = Message("the extension can be longer than the limit that it extends")
        proof = _witness(longer, table)
        yield finding(tree, (*path, "extended"), "extension-exceeds-base", duty.id, duty.clause, message, proof)
    if duty.higher is not None:
        most = duty.higher.days + duty.higher.extended
        beyond = table.filter(pl.col("days") - 1 > most)
        if beyond.height:
            message = Message(
                "can end later than the {days} {days:day|days} of {document} {clause}",
                days=most, document=duty.higher.document, clause=duty.higher.clause,
            )  # fmt: skip
            yield finding(
                tree, (*path, "higher"), "above-higher-rule", duty.id, duty.clause, message, _witness(beyond, table)
            )


def _witness(found: pl.DataFrame, among: pl.DataFrame) -> Message:
    """The first start day of the last full year on which it holds, and on how many days of that year."""
    year = among["start"].dt.year().max()
    days = found.filter(pl.col("start").dt.year() == year)
    first = (days if days.height else found).sort("start")["start"][0]
    ends = (days if days.height else found).sort("start").select("base", "whole").row(0)
    return Message(
        "from {start}: {first} and {second}; {count} {count:start day|start days} of {year}",
        start=first.date(), first=_last_day(ends[0]), second=_last_day(ends[1]), count=days.height, year=str(year),
    )  # fmt: skip


def _last_day(too_late: datetime) -> date:
    return (too_late - timedelta(microseconds=1)).date()


def _order(
    tree: Tree, path: tuple[str | int, ...], scheme: Scheme, duty: Duty, clock: Clock, starts: pl.DataFrame
) -> Iterator[Finding]:
    if duty.ought is None or len(duty.limits) != 1:
        return
    other = scheme.duty(duty.ought.not_before or duty.ought.not_after or "")
    if len(other.limits) != 1:
        return
    table = starts.with_columns(
        clock.too_late(other.limits[0], START).alias("base"), clock.too_late(duty.limits[0], START).alias("whole")
    )
    if duty.ought.not_before is not None:
        found, kind = table.filter(pl.col("whole") < pl.col("base")), "harder-sooner"
        message = Message("ends before {other}, which is for the easier matter", other=other.title)
    else:
        found, kind = table.filter(pl.col("whole") > pl.col("base")), "urgent-later"
        message = Message("ends after {other}, which is for the ordinary matter", other=other.title)
    if found.height:
        yield finding(tree, (*path, "limits"), kind, duty.id, duty.clause, message, _witness(found, table))


def _parts(tree: Tree, path: tuple[str | int, ...], scheme: Scheme, duty: Duty) -> Iterator[Finding]:
    """The limits of the parts of a whole, where all are in one unit, add up to all of it, or more."""
    parts = [other for other in scheme.duties if duty.id in other.inside and other.limits]
    if not parts or not duty.limits:
        return
    for number, limit in enumerate(duty.limits):
        lengths = [getattr(part.limits[-1], limit.unit) for part in parts]
        if any(length is None for length in lengths) or not _in_days(limit):
            continue
        whole, total = getattr(limit, limit.unit), sum(lengths)
        if total >= whole:
            message = Message(
                "its parts may take all of its time, or more: {parts}", parts=listed(part.title for part in parts)
            )
            proof = Joined(f"{' + '.join(map(str, lengths))} = {total} ≥ ", so_many(whole, limit.unit))
            yield finding(tree, (*path, "limits", number), "parts-exceed-whole", duty.id, duty.clause, message, proof)
            return
