"""Derived columns: what a scheme computes of one row: conditions, deadlines, steps over a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import polars as pl

from auditlib.core.worktime import Calendar
from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.duty_clock import MOMENT, day_of, last_moment
from auditlib.scheme.quantities import Column
from auditlib.scheme.times import Deadline, Limit, PeriodOf, Steps
from auditlib.scoring.choosing import chosen

__all__ = ["counts_working_days", "derived_column", "unknown_days"]


def counts_working_days(column: Column) -> bool:
    """Whether a column needs a calendar."""
    if column.deadline is not None:
        return any(limit.working_days is not None for limit in column.deadline.limits)
    return column.steps is not None and column.steps.clock == "working_days"


def derived_column(column: Column, calendar: Callable[[], Calendar], among: pl.Expr | None = None) -> pl.Expr:
    """The expression of a column that looks at one row alone; ``calendar`` is asked for where it counts working days.

    Working days are counted for the rows ``among`` alone, if it is given: others may need days that nobody knows, and
    are null. A column of repeats (``earlier``) looks at other rows: see :mod:`auditlib.scoring.repeats`.
    """
    if column.sql is not None:
        return parse_sql(column.sql).expression
    if column.deadline is not None:
        return _deadline(column.deadline, calendar, among)
    if column.choose is not None:
        return chosen(column.choose)
    if column.period_of is not None:
        return _period_of(column.period_of)
    assert column.steps is not None
    return _steps(column.steps, calendar, among)


def _period_of(period: PeriodOf) -> pl.Expr:
    """The text of the period in which a time lies."""
    at = pl.col(period.time)
    if period.each == "week":
        return pl.format("{}-W{}", at.dt.iso_year(), at.dt.week().cast(pl.String).str.zfill(2))
    year, month = at.dt.year(), at.dt.month()
    return {
        "month": pl.format("{}-{}", year, month.cast(pl.String).str.zfill(2)),
        "quarter": pl.format("{}Q{}", year, at.dt.quarter()),
        "half": pl.format("{}H{}", year, (month + 5) // 6),
        "year": year.cast(pl.String),
    }[period.each]


def unknown_days(column: Column, calendar: Calendar, among: pl.Expr | None = None) -> pl.Expr:
    """Whether a column that :func:`counts_working_days` needs a day in a row that ``calendar`` does not know."""
    if column.deadline is not None:
        found = [
            calendar.unknown_end(own, limit.working_days)
            for limit, own in _concerned(column.deadline, among)
            if limit.working_days is not None
        ]
        return pl.any_horizontal(found)
    assert column.steps is not None
    return calendar.unknown_between(*_ends(column.steps, among))


def _concerned(deadline: Deadline, among: pl.Expr | None) -> Iterator[tuple[Limit, pl.Expr]]:
    """Each limit with the time that it runs from: null in the rows that it does not concern."""
    left = among
    for limit in deadline.limits:
        holds = None if limit.when is None else parse_sql(limit.when).expression
        both = [one for one in (left, holds) if one is not None]
        start = pl.col(deadline.start)
        yield limit, pl.when(pl.all_horizontal(both)).then(start) if both else start
        if holds is None:
            return
        others = ~holds.fill_null(False)
        left = others if left is None else left & others


def _deadline(deadline: Deadline, calendar: Callable[[], Calendar], among: pl.Expr | None) -> pl.Expr:
    found = []
    for limit, start in _concerned(deadline, among):
        if limit.working_days is not None:
            due = calendar().end_of_workday(start, limit.working_days) - timedelta(days=1)
            if limit.ends == "time":
                due = due + (start - day_of(start))
        elif limit.months is not None:
            due = months_after(start, pl.lit(limit.months))
        else:
            assert limit.span is not None
            due = start + timedelta(microseconds=limit.span.us)
        found.append(_last_of_day(due) if limit.ends == "day" else due)
    return pl.coalesce(found)


def _last_of_day(time: pl.Expr) -> pl.Expr:
    """The last moment of a day. The midnight after it is late: in a ledger of bare dates it is the whole next day."""
    return last_moment(day_of(time) + timedelta(days=1))


def _ends(steps: Steps, among: pl.Expr | None) -> tuple[pl.Expr, pl.Expr]:
    start, end = pl.col(steps.start), pl.col(steps.end)
    if steps.open == "as_of":
        end = end.fill_null(pl.col("as_of"))
    if among is not None and steps.clock == "working_days":
        start = pl.when(among).then(start)
    return start, end


def _steps(steps: Steps, calendar: Callable[[], Calendar], among: pl.Expr | None) -> pl.Expr:
    """Whole steps, or in proportion the microseconds beyond the limit.

    What runs from the end of a day runs from the midnight after it. A recorded end at midnight then stands for its day,
    which has begun: so it is in a ledger of bare dates.
    """
    limit, end = _ends(steps, among)
    at_day_end = limit == _last_of_day(limit)
    start = pl.when(at_day_end).then(limit + MOMENT).otherwise(limit)
    late = end > limit
    if steps.mode != "exact":
        recorded = pl.col(steps.end)
        end = pl.when(at_day_end & (recorded == day_of(recorded))).then(recorded + MOMENT).otherwise(end)
    if steps.every.months is not None:
        return _month_steps(start + timedelta(microseconds=steps.over.us), end, steps.every.months, steps.mode)
    if steps.clock == "working_days":
        elapsed = calendar().working_us(start, end)
    else:
        elapsed = (end - start).dt.total_microseconds()
    excess = (elapsed - steps.over.us).clip(lower_bound=0)
    if steps.mode == "exact":
        return excess
    if steps.mode == "floor":
        return excess // steps.every.us
    begun = (excess + steps.every.us - 1) // steps.every.us
    if steps.over.us:
        return begun
    # Past a deadline a step begins with the first moment, even where that moment falls on a day of rest.
    return pl.max_horizontal(begun, late.cast(pl.Int64))


def months_after(time: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The corresponding day so many months later, at the same time of day, or the last day of a shorter month."""
    return time.dt.offset_by(pl.format("{}mo", months))


def _month_steps(start: pl.Expr, end: pl.Expr, size: int, mode: str) -> pl.Expr:
    """How many steps of ``size`` months ``end`` lies after ``start``: completed, or begun."""
    apart = (end.dt.year().cast(pl.Int64) - start.dt.year()) * 12 + end.dt.month() - start.dt.month()
    full = pl.max_horizontal(apart, 0) // size
    # The last of them may not be over: the month has not come to the day, or not to the time of day.
    full = full - (months_after(start, full * size) > end).cast(pl.Int64)
    full = pl.max_horizontal(full, 0)
    if mode == "floor":
        return pl.when(end.is_not_null() & start.is_not_null()).then(full)
    begun = full + ((end > start) & (months_after(start, full * size) < end)).cast(pl.Int64)
    return pl.when(end.is_not_null() & start.is_not_null()).then(begun)
