"""How long cases took, beside the limits that the scheme sets: counted once a period, for every unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from statistics import median

import polars as pl

from auditlib.analysis.time_limits import RECEIVED, TimeLimit, time_limits
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.conditions import CLOCK_COLUMNS, parse_sql
from auditlib.ledger.read import Ledger
from auditlib.scheme.columns import column_inputs
from auditlib.scheme.quantities import Column
from auditlib.scoring.columns import derived_column
from auditlib.scoring.counts import Question

__all__ = ["EDGES", "Handling", "Taken", "handled", "limit_tables"]

HALF_OCTAVE = Fraction(7, 5)
"""Very nearly the square root of two: bins of equal width on a logarithmic axis, with exact edges."""

EDGES = tuple(Fraction(2) ** octave * step for octave in range(-5, 6) for step in (1, HALF_OCTAVE))[:-1]
"""The edges of the bins of time taken, in multiples of the limit: 1/32, 7/160, 1/16 … 1 … 32."""


@dataclass(frozen=True)
class Taken:
    """How long the cases of one unit took under one limit.

    ``within`` and ``over`` count the cases by the bins of :data:`EDGES`; the first and last bin hold what lies beyond
    too. Of those over, ``still_open`` are not finished: their time so far is over the limit. ``waiting`` are neither
    finished nor over. ``median_us`` and ``ninth_us`` (nine of ten took no longer) are of the finished ones.
    """

    within: tuple[int, ...]
    over: tuple[int, ...]
    still_open: int
    waiting: int
    median_us: Fraction | None
    ninth_us: int | None

    @property
    def on_time(self) -> int:
        return sum(self.within)

    @property
    def late(self) -> int:
        return sum(self.over)


@dataclass(frozen=True)
class Handling:
    """Of a period: its limits, by unit what was taken under each, and the cases that were late under any.

    A unit's entries stand in the order of ``limits``. Without limits everything is empty.
    """

    limits: tuple[TimeLimit, ...] = ()
    taken: Mapping[str, tuple[Taken, ...]] = field(default_factory=dict)
    late: frozenset[str] = frozenset()


def handled(question: Question, ledger: Ledger, period: Period) -> Handling:
    """The time taken by the cases received in a period, as known at the question's as-of time.

    Limits that need columns which the ledger does not have, or rows beside the case's own, are left out.
    """
    tables = limit_tables(question, ledger, period)
    limits = tuple(limit for limit, _ in tables)
    units = sorted({unit for _, table in tables for unit in table["unit"].unique()})
    by_unit = {unit: [Taken((0,) * (len(EDGES) - 1), (0,) * (len(EDGES) - 1), 0, 0, None, None)] * len(limits)
               for unit in units}  # fmt: skip
    for number, (_, table) in enumerate(tables):
        for (unit,), own in table.group_by("unit"):
            by_unit[str(unit)][number] = _taken(own)
    late = frozenset(id for _, table in tables for id in table.filter(pl.col("late"))["case_id"])
    return Handling(limits, {unit: tuple(own) for unit, own in by_unit.items()}, late)


def limit_tables(question: Question, ledger: Ledger, period: Period) -> tuple[tuple[TimeLimit, pl.DataFrame], ...]:
    """Each limit with the cases that it concerns: ``case_id unit kind start end due taken allowed finished late``.

    ``taken`` and ``allowed`` are in microseconds, for a limit in office time of working days; ``due`` is then null.
    """
    if "cases" not in ledger.registers:
        return ()
    counter = question.counter(ledger.registers)
    registers = {"cases": counter.own_rows("cases")}
    columns = question.scheme.columns.get("cases", {})
    have = set(registers["cases"].collect_schema().names())
    limits = tuple(limit for limit in time_limits(question.scheme) if _order(limit.columns, columns, have) is not None)
    if not limits:
        return ()
    needed = _order((name for limit in limits for name in limit.columns), columns, have) or []
    frame = _known(registers["cases"], period, question, [name for name in needed if name not in columns])
    calendar = question.calendar.lenient() if question.calendar else None  # what nobody knows is not drawn
    for name in needed:
        if name in columns:
            frame = frame.with_columns(derived_column(columns[name], lambda: _given(calendar)).alias(name))
    rows = frame.collect()
    return tuple((limit, _measured(rows, limit, calendar)) for limit in limits)


def _given(calendar: Calendar | None) -> Calendar:
    assert calendar is not None  # a scheme that counts working days names its calendar
    return calendar


def _order(names: Iterable[str], columns: Mapping[str, Column], have: set[str]) -> list[str] | None:
    """The columns, each after those that it is derived from; None where the ledger's cases do not give them."""
    order: dict[str, None] = {}
    waiting = list(reversed(list(names)))
    while waiting:
        name = waiting.pop()
        if name in order or name in CLOCK_COLUMNS:
            continue
        column = columns.get(name)
        if column is None:
            if name not in have:
                return None
        elif column.earlier is not None:
            return None
        elif missing := [one for one in column_inputs(column) if one not in order and one not in CLOCK_COLUMNS]:
            waiting += [name, *reversed(missing)]
            continue
        order[name] = None
    return list(order)


def _known(cases: pl.LazyFrame, period: Period, question: Question, names: list[str]) -> pl.LazyFrame:
    """The cases received in the period, with these columns as known at the as-of time."""
    times = {column.name for column in question.scheme.ledger_columns("cases").values() if column.type == "time"}
    look = pl.lit(question.as_of, pl.Datetime("us"))
    received = pl.col(RECEIVED)
    kept = cases.filter((received >= period.start) & (received < period.end) & (received <= look))
    kind = ("kind",) if "kind" in cases.collect_schema() else ()
    wanted = dict.fromkeys(("case_id", "unit", *kind, RECEIVED, *names))
    return kept.select(
        pl.when(pl.col(name) <= look).then(pl.col(name)).alias(name) if name in times else pl.col(name)
        for name in wanted
    ).with_columns(
        as_of=look,
        period_start=pl.lit(period.start, pl.Datetime("us")),
        period_end=pl.lit(period.end, pl.Datetime("us")),
    )


def _measured(rows: pl.DataFrame, limit: TimeLimit, calendar: Calendar | None) -> pl.DataFrame:
    """Each case that a limit concerns: time taken and allowed in microseconds, whether finished, whether late."""
    start, end = pl.col(limit.start), pl.col(limit.end)
    finished = end.is_not_null()
    until = end.fill_null(pl.col("as_of"))
    due = pl.col(limit.due) if limit.due is not None else start + pl.duration(microseconds=limit.span_us)
    if limit.due is not None:
        taken, allowed = (until - start).dt.total_microseconds(), (pl.col(limit.due) - start).dt.total_microseconds()
    else:
        taken = _given(calendar).working_us(start, until) if limit.working else (until - start).dt.total_microseconds()
        allowed = pl.lit(limit.span_us, pl.Int64)
    concerned = rows if limit.when is None else rows.filter(parse_sql(limit.when).expression)
    table = concerned.select(
        "case_id", "unit", pl.col("kind") if "kind" in rows.columns else pl.lit(None, pl.String).alias("kind"),
        start.alias("start"), end.alias("end"),
        (pl.lit(None, pl.Datetime("us")) if limit.working else due).alias("due"),
        taken.alias("taken"), allowed.alias("allowed"), finished.alias("finished"),
    )  # fmt: skip
    late = (pl.col("taken") >= pl.col("allowed")) if limit.sharp else (pl.col("taken") > pl.col("allowed"))
    return table.drop_nulls(["taken", "allowed"]).with_columns(late=late)


def _taken(own: pl.DataFrame) -> Taken:
    waiting = own.filter(~pl.col("finished") & ~pl.col("late")).height
    settled = own.filter(pl.col("finished") | pl.col("late"))
    finished = sorted(own.filter(pl.col("finished"))["taken"].to_list())
    within = _binned(settled.filter(~pl.col("late")))
    over = _binned(settled.filter(pl.col("late")))
    middle = (len(EDGES) - 1) // 2
    # The last moment may be late by one scheme and not by another: what is late stands beyond the limit.
    over = (*([0] * middle), sum(over[: middle + 1]), *over[middle + 1 :])
    return Taken(
        within,
        over,
        settled.filter(~pl.col("finished")).height,
        waiting,
        Fraction(median(finished)) if finished else None,
        finished[-(-9 * len(finished) // 10) - 1] if finished else None,
    )


def _binned(table: pl.DataFrame) -> tuple[int, ...]:
    """How many rows lie in each bin, by exact comparison of whole numbers."""
    up_to = [
        int((table["taken"] * edge.denominator <= table["allowed"] * edge.numerator).sum()) for edge in EDGES[1:-1]
    ]
    counts = [0, *up_to, table.height]
    return tuple(after - before for before, after in pairwise(counts))
