"""The clocks that a ledger runs by: the limits that its scheme declares, or else the deadline of each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from auditlib.analysis.handling_time import limit_tables
from auditlib.analysis.time_limits import TimeLimit, limit_key
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.counts import Question

__all__ = ["CELLS", "DAY", "HOUR", "ClockRows", "Grounds", "clocks_of", "hour_cells"]

DAY, HOUR = 86_400_000_000, 3_600_000_000
CELLS = 8 * 24
"""Hours of the week; the hours of calendar rest days are an eighth day."""


@dataclass(frozen=True)
class ClockRows:
    """The finished cases under one limit: ``case_id unit kind start end due allowed left late``.

    ``allowed`` and ``left`` are in microseconds; ``left`` is what remained of the limit on its own clock.
    ``due`` is null for limits in office time.
    """

    name: str
    limit: TimeLimit
    rows: pl.DataFrame


@dataclass(frozen=True)
class Grounds:
    """What tests look at: the cases of the period, the other registers, the clocks, and which cases were late."""

    cases: pl.DataFrame
    clocks: tuple[ClockRows, ...]
    late: frozenset[str]
    calendar: Calendar | None
    snapshot: str
    registers: Mapping[str, pl.LazyFrame] = field(default_factory=dict)
    timezone: str = "Asia/Shanghai"

    def has(self, *columns: str) -> bool:
        """Whether the cases have these columns with anything in them."""
        return all(name in self.cases.columns and self.cases[name].null_count() < self.cases.height for name in columns)

    def with_late(self) -> pl.DataFrame:
        """The cases beside whether they were late under any clock."""
        return self.cases.with_columns(late=pl.col("case_id").is_in(list(self.late)))


def clocks_of(
    ledger: Ledger | None, cases: pl.DataFrame, resolved: Resolved | None, period: Period | None
) -> tuple[tuple[ClockRows, ...], frozenset[str]]:
    """The clocks of a ledger and the cases that were late by any; without a scheme, that of each case's ``due_at``."""
    if ledger is None or resolved is None or period is None:
        if not {"due_at", "closed_at"} <= set(cases.columns):
            return (), frozenset()
        limit = TimeLimit("received_at", "closed_at", due="due_at")
        table = cases.filter(pl.col("due_at") > pl.col("received_at")).select(
            "case_id", "unit", _kind(cases), pl.col("received_at").alias("start"), pl.col("closed_at").alias("end"),
            pl.col("due_at").alias("due"),
        )  # fmt: skip
        tables: tuple[tuple[TimeLimit, pl.DataFrame], ...] = ((limit, _plain(table)),)
    else:
        look = default_as_of(ledger, period)
        question = Question(
            resolved.scheme, period, look, calendar_of(resolved), ledger.as_of, exclude=False, ledger=str(ledger.path)
        )  # fmt: skip
        tables = limit_tables(question, ledger, period)
    late = frozenset(case for _, table in tables for case in table.filter(pl.col("late"))["case_id"])
    return tuple(_clock(limit, table) for limit, table in tables), late


def _kind(cases: pl.DataFrame) -> pl.Expr:
    return pl.col("kind") if "kind" in cases.columns else pl.lit(None, pl.String).alias("kind")


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    left, allowed = pl.col("due") - pl.col("end"), pl.col("due") - pl.col("start")
    return table.with_columns(
        allowed=allowed.dt.total_microseconds(), taken=(allowed - left).dt.total_microseconds(),
        finished=pl.col("end").is_not_null(), late=(left.dt.total_microseconds() < 0).fill_null(False),
    )  # fmt: skip


def _clock(limit: TimeLimit, table: pl.DataFrame) -> ClockRows:
    name = f"{limit.start}>{limit.end}" + (f"/{limit.due}" if limit.due else "") + f"/{limit_key(limit) or 'each'}"
    if limit.kind:
        name += f"/{limit.kind}"
    rows = table.filter(pl.col("finished")).with_columns(left=pl.col("allowed") - pl.col("taken"))
    return ClockRows(name, limit, rows)


def hour_cells(times: np.ndarray, calendar: Calendar | None) -> np.ndarray:
    """The hour of the week of local times (µs since 1970), 0 to 167; on a rest day of the calendar 168 to 191."""
    days, hours = times // DAY, times % DAY // HOUR
    weekday = (days + 3) % 7
    if calendar is not None:
        first = (calendar.first - np.datetime64("1970-01-01", "D").astype(object)).days
        place = days - first
        known = (place >= 0) & (place < len(calendar.worked))
        worked = calendar.worked[np.clip(place, 0, len(calendar.worked) - 1)]
        weekday = np.where(known & ~worked, 7, weekday)
    return weekday * 24 + hours
