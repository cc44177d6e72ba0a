"""The clocks that a ledger runs by: the limits that its scheme declares, or else the deadline of each case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from auditlib.analysis.handling_time import limited_duties, timed_cases
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.probe.minutes import minute_counts
from auditlib.scheme.duties import Duty, DutyStart
from auditlib.scheme.load import Resolved
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.duties.found import name_of

__all__ = ["CELLS", "DAY", "HOUR", "ClockRows", "Grounds", "clocks_of", "hour_cells"]

DAY, HOUR = 86_400_000_000, 3_600_000_000
NOBODY = pl.Series("case_id", [], dtype=pl.String)
CELLS = 8 * 24
"""Hours of the week; the hours of calendar rest days are an eighth day."""


@dataclass(frozen=True)
class ClockRows:
    """The finished cases under one limit: ``case_id unit kind start end due allowed left late``.

    ``allowed`` and ``left`` are in microseconds; ``left`` is what remained of the limit. ``due`` is the last moment in
    time. Limits with the same ``between`` run from and to the same moments. With ``each`` every case has a limit of its
    own.
    """

    name: str
    between: tuple[object, ...]
    rows: pl.DataFrame
    each: bool = False


@dataclass(frozen=True)
class Grounds:
    """What tests look at: the cases of the period, the other registers, the clocks, and which cases were late."""

    cases: pl.DataFrame
    clocks: tuple[ClockRows, ...]
    late: frozenset[str] | pl.Series
    calendar: Calendar | None
    snapshot: str = ""
    registers: Mapping[str, pl.LazyFrame] = field(default_factory=dict)
    timezone: str = "Asia/Shanghai"
    filled: frozenset[str] | None = None
    """The columns with anything in them, where these are the cases of a part of a ledger: those of the whole."""
    _counted: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def has(self, *columns: str) -> bool:
        """Whether the cases have these columns with anything in them."""
        if self.filled is not None:
            return self.filled.issuperset(columns)
        return all(name in self.cases.columns and self.cases[name].null_count() < self.cases.height for name in columns)

    def with_late(self) -> pl.DataFrame:
        """The cases beside whether they were late under any clock."""
        return self.cases.with_columns(self._late)

    @cached_property
    def _late(self) -> pl.Series:
        late = self.late if isinstance(self.late, pl.Series) else pl.Series(sorted(self.late), dtype=pl.String)
        return self.cases["case_id"].is_in(late.implode()).alias("late")

    def minute_counts(self, column: str) -> pl.DataFrame:
        """By unit how many times of a column are round, and what minutes end with; counted once."""
        if column not in self._counted:
            self._counted[column] = minute_counts(self.cases, column)
        return self._counted[column]


def clocks_of(
    ledger: Ledger | None, cases: pl.DataFrame, resolved: Resolved | None, period: Period | None
) -> tuple[tuple[ClockRows, ...], pl.Series]:
    """The clocks of a ledger, one for each of the scheme's :func:`limited_duties`, and the cases late under any.

    Without a scheme the one clock is that of each case's ``due_at``.
    """
    if ledger is None or resolved is None or period is None:
        if not {"due_at", "closed_at"} <= set(cases.columns):
            return (), NOBODY
        return _dues(cases)
    duties = limited_duties(resolved.scheme)
    if not duties:
        return (), NOBODY
    look, calendar = default_as_of(ledger, period), calendar_of(resolved)
    timed = timed_cases(resolved, ledger, period, look, calendar, exclude=False)  # what was left out is looked at too
    kinds = cases.select(pl.col("case_id").alias("case"), _kind(cases))
    rows = _left(timed.join(kinds, on="case", how="left", maintain_order="left"))
    finished = rows.filter(pl.col("finished"), pl.col("allowed") > 0)
    clocks = tuple(_clock(duty, finished.filter(pl.col("duty") == duty.id)) for duty in duties)
    return clocks, rows.filter("late")["case_id"].unique().sort()


def _kind(cases: pl.DataFrame) -> pl.Expr:
    return pl.col("kind") if "kind" in cases.columns else pl.lit(None, pl.String).alias("kind")


def _dues(cases: pl.DataFrame) -> tuple[tuple[ClockRows, ...], pl.Series]:
    allowed = pl.col("due_at") - pl.col("received_at")
    rows = cases.filter(allowed > pl.duration()).select(
        pl.col("case_id").alias("case"), "unit", _kind(cases), pl.col("received_at").alias("start"),
        pl.col("closed_at").alias("done"), pl.col("due_at").alias("due"),
        allowed.dt.total_microseconds().alias("allowed"),
        (pl.col("closed_at") - pl.col("received_at")).dt.total_microseconds().alias("taken"),
        (pl.col("closed_at") > pl.col("due_at")).fill_null(value=False).alias("late"),
    )  # fmt: skip
    finished = _left(rows.drop_nulls("done"))
    clock = ClockRows("received_at>closed_at/due_at/each", ("received_at", "closed_at"), finished, each=True)
    return (clock,), finished.filter("late")["case_id"].sort()


def _left(timed: pl.DataFrame) -> pl.DataFrame:
    return timed.rename({"case": "case_id", "done": "end"}).with_columns(left=pl.col("allowed") - pl.col("taken"))


def _clock(duty: Duty, rows: pl.DataFrame) -> ClockRows:
    start = duty.start.due if isinstance(duty.start, DutyStart) else name_of(duty.start or "at")
    end = "+".join(name_of(moment) for moment in duty.to or ())
    apart = duty.when if duty.of == "acts" else None  # the times of two acts are no two limits of one thing
    each = any(limit.until is not None for limit in duty.limits)
    return ClockRows(f"{start}>{end}/{duty.id}", (duty.of, apart, duty.start, duty.to), rows, each)


def hour_cells(times: np.ndarray, calendar: Calendar | None) -> np.ndarray:
    """The hour of the week of local times (µs since 1970), 0 to 167; on a rest day of the calendar 168 to 191."""
    days, hours = times // DAY, times % DAY // HOUR
    weekday = (days + 3) % 7
    if calendar is not None:
        first = (calendar.first - np.datetime64("1970-01-01", "D").astype(object)).days
        place = days - first
        known = (place >= 0) & (place < len(calendar.worked))
        worked = calendar.worked.to_numpy()[np.clip(place, 0, len(calendar.worked) - 1)]
        weekday = np.where(known & ~worked, 7, weekday)
    return weekday * 24 + hours
