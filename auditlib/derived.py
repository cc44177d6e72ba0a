"""Derived columns: what a scheme computes of one row: conditions, deadlines, steps over a limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import polars as pl

from auditlib.conditions import parse_sql
from auditlib.scheme.counting import Column, Deadline, Steps
from auditlib.worktime import Calendar

__all__ = ["derived_column"]


def derived_column(column: Column, calendar: Callable[[], Calendar]) -> pl.Expr:
    """The expression of a column that looks at one row alone; ``calendar`` is asked for where it counts working days.

    A column of repeats (``earlier``) looks at other rows: see :mod:`auditlib.repeats`.
    """
    if column.sql is not None:
        return parse_sql(column.sql).expression
    if column.deadline is not None:
        return _deadline(column.deadline, calendar)
    assert column.steps is not None
    return _steps(column.steps, calendar)


def _deadline(deadline: Deadline, calendar: Callable[[], Calendar]) -> pl.Expr:
    start = pl.col(deadline.start)
    result = pl.lit(None, pl.Datetime("us"))
    for limit in reversed(deadline.limits):
        if limit.working_days is not None:
            # Only for the rows that the limit concerns: the calendar refuses dates that it does not cover.
            own = start if limit.when is None else pl.when(parse_sql(limit.when).expression).then(start)
            due = calendar().end_of_workday(own, limit.working_days)
            if limit.ends == "time":
                due = due - timedelta(days=1) + (start - start.dt.truncate("1d"))
        else:
            assert limit.span is not None
            due = start + timedelta(microseconds=limit.span.us)
            if limit.ends == "day":  # with the last of the days, the first not counted
                due = due.dt.truncate("1d") + timedelta(days=1)
        result = due if limit.when is None else pl.when(parse_sql(limit.when).expression).then(due).otherwise(result)
    return result


def _steps(steps: Steps, calendar: Callable[[], Calendar]) -> pl.Expr:
    """Whole steps, or in proportion the microseconds beyond the limit."""
    start, end = pl.col(steps.start), pl.col(steps.end)
    if steps.open == "as_of":
        end = end.fill_null(pl.col("as_of"))
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
    return pl.max_horizontal(begun, (end > start).cast(pl.Int64))
