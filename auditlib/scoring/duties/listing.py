"""The instances of duties: judged duty by duty, measured, and listed when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import polars as pl

from auditlib.core.worktime import OutsideCalendar
from auditlib.scheme.duties import Duty, DutyStart
from auditlib.scheme.duty_clock import Clock, day_of, last_moment
from auditlib.scoring.duties.controls import beside_checks
from auditlib.scoring.duties.judge import judge
from auditlib.scoring.duties.rows import CASE, KEY, DutyRows
from auditlib.scoring.duties.statuses import Judged
from auditlib.scoring.unknown_days import refused_days

__all__ = ["BELONGS", "MEASURED", "MOVED", "Listing"]

MEASURED = {
    "late_working_days": pl.Int64, "late_calendar_days": pl.Int64, "late_minutes": pl.Int64,
    "elapsed_minutes": pl.Int64, "elapsed_working_days": pl.Int64, "margin_working_days": pl.Int64,
}  # fmt: skip
"""What is measured of an instance beside :data:`INSTANCES`: how late it was, how long it took, what was left."""
BELONGS, MOVED = "\x00belongs", "\x00moved"
"""Whether an instance is of the period; whether an extension moved it into a later one."""
KEPT = 200_000
"""Of so many cases and acts together the judged duties are kept until their instances are listed; those of a larger
ledger are judged again, for all of them at once would not fit."""

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Listing:
    """Every duty of a scheme judged for the rows of a ledger; with ``left`` what no duty applies to is listed too,
    with ``every`` the instances of all periods."""

    rows: DutyRows
    left: bool = False
    every: bool = False
    kept: list[tuple[Duty, Judged]] = field(default_factory=list)
    left_over: dict[tuple[str, str], Mapping[str | None, int]] = field(default_factory=dict, repr=False)
    """By what duties are of and their condition, how many rows of each unit they do not apply to."""

    def judged(self) -> Iterator[tuple[Duty, Judged]]:
        """Each duty with what was judged, after the one whose end its clock runs from.

        Raises :class:`InputError` where days are needed that the calendar lacks.
        """
        if self.kept:
            yield from self.kept
            return
        duties = self.rows.scheme.duties
        asked = {duty.start.due for duty in duties if isinstance(duty.start, DutyStart)}
        ends: dict[str, pl.DataFrame] = {}
        waiting = list(duties)
        found = []
        while waiting:
            ready = [d for d in waiting if not isinstance(d.start, DutyStart) or d.start.due in ends]
            for duty in ready:
                judged = self._known(lambda duty=duty: judge(self.rows, duty, ends))  # type: ignore[misc]
                if duty.id in asked:
                    ends[duty.id] = judged.instances.select(pl.col("case").alias(CASE), "too_late").collect()
                if self.rows.cases.height + self.rows.acts.height <= KEPT:
                    found.append((duty, judged))
                yield duty, judged
            waiting = [duty for duty in waiting if duty not in ready]
        self.kept.extend(found)

    def measured(self, judged: Judged, names: Collection[str] = tuple(MEASURED)) -> pl.LazyFrame:
        """The instances by unit, measured (``names`` of :data:`MEASURED`), beside what a person found, and whether they
        are of the period."""
        rows = self.rows
        unit = pl.col("unit")
        table = judged.instances.with_columns(unit.replace(self._codes) if self._codes else unit)
        table = beside_checks(rows, _measured(rows, table, names))
        return table.with_columns(
            (pl.lit(value=True) if self.every else _belongs(rows)).alias(BELONGS), _moved(rows).alias(MOVED)
        )

    def outside(self, judged: Judged) -> pl.LazyFrame:
        """The rows of the period that the duty does not apply to."""
        at, period = pl.col("at"), self.rows.period
        return judged.left if self.every else judged.left.filter(at.is_between(period.start, period.end, closed="left"))

    def left_by_unit(self, duty: Duty, judged: Judged) -> Mapping[str | None, int]:
        """How many rows of the period the duty does not apply to, by unit: for all duties of one condition the same."""
        if duty.when is None:
            return {}
        asked = (duty.of, duty.when)
        if asked not in self.left_over:
            self.left_over[asked] = dict(self.outside(judged).group_by("unit").len().collect().iter_rows())
        return self.left_over[asked]

    def collected(self, table: pl.LazyFrame) -> pl.DataFrame:
        """What was measured. Raises :class:`InputError` where days are needed that the calendar lacks."""
        return self._known(table.collect)

    def inside(self, judged: Judged, *chosen: pl.Expr) -> pl.DataFrame:
        """The chosen instances of the period."""
        return self.collected(self.measured(judged).filter(pl.col(BELONGS), *chosen).drop(BELONGS, MOVED))

    def frame(self, chosen: Sequence[pl.Expr]) -> pl.DataFrame:
        """The chosen instances by unit, duty, case and key; see :attr:`.Compliance.instances`."""
        frames = []
        for duty, judged in self.judged():
            frames.append(self.inside(judged, *chosen))
            if self.left:
                named = self.outside(judged).rename({KEY: "key", CASE: "case"})
                others = named.with_columns(duty=pl.lit(duty.id), status=pl.lit("not_applicable"))
                frames.append(others.filter(*chosen).collect())
        order = {duty.id: place for place, duty in enumerate(self.rows.scheme.duties)}
        placed = pl.col("duty").replace_strict(order, return_dtype=pl.Int64)
        return pl.concat(frames, how="diagonal").sort("unit", placed, "case", "key", nulls_last=True)

    @cached_property
    def _codes(self) -> dict[str, str]:
        """The code of each actor's unit: an actor that a decision table names is the unit with its id or its title."""
        units = self.rows.ledger.units()
        names = units["name"] if "name" in units.columns else units["unit"]
        codes = {}
        for name, actor in self.rows.scheme.actors.items():
            fits = units.filter(pl.col("unit").is_in([name, actor.zh, actor.en]) | names.is_in([actor.zh, actor.en]))
            codes[name] = fits["unit"][0] if fits.height else actor.zh
        return codes

    def _known(self, found: Callable[[], _Found]) -> _Found:
        try:
            return found()
        except OutsideCalendar as error:
            calendar = self.rows.calendar
            assert calendar is not None
            raise refused_days(str(self.rows.ledger.path), calendar, str(error).splitlines()[0]) from None


def _measured(rows: DutyRows, table: pl.LazyFrame, names: Collection[str]) -> pl.LazyFrame:
    """The instances with ``names``: how late they were, how long they took, how many working days were left."""
    if not any(duty.start is not None or duty.limits for duty in rows.scheme.duties):
        return table.with_columns(pl.lit(None, MEASURED[name]).alias(name) for name in names)
    due = last_moment(pl.col("too_late"))
    ended = pl.coalesce("done", pl.lit(rows.as_of))
    over = pl.when(pl.col("status").is_in(["late", "missed", "excused"])).then(pl.max_horizontal(ended, due))
    since = pl.when(pl.col("by_the_clock")).then(due).otherwise(pl.col("too_late"))
    minutes = (over - since).dt.total_microseconds()
    done = pl.when(pl.col("done") >= pl.col("start")).then(pl.col("done"))
    begun = pl.when(done.is_not_null()).then(pl.col("start"))
    margin = pl.when(pl.col("status").is_in(["met", "late"])).then(pl.col("done"))
    clock = None if rows.calendar is None else Clock(rows.scheme.counting, rows.calendar.lenient)

    def worked(first: pl.Expr, last: pl.Expr) -> pl.Expr:
        return pl.lit(None) if clock is None else clock.workdays_between(first, last)

    found: dict[str, Callable[[], pl.Expr]] = {
        "late_working_days": lambda: worked(pl.when(over.is_not_null()).then(due), over),
        "late_calendar_days": lambda: (day_of(over) - day_of(due)).dt.total_days(),
        "late_minutes": lambda: (minutes + 60_000_000 - 1) // 60_000_000,
        "elapsed_minutes": lambda: (done - begun).dt.total_microseconds() // 60_000_000,
        "elapsed_working_days": lambda: worked(begun, done),
        "margin_working_days": lambda: worked(margin, pl.when(margin.is_not_null()).then(due)),
    }
    return table.with_columns(found[name]().cast(MEASURED[name]).alias(name) for name in names)


def _ends(rows: DutyRows, end: str) -> pl.Expr:
    """The moment by which an instance belongs to a period."""
    moment = last_moment(pl.col(end)) if rows.scheme.counting.belongs == "due" else pl.lit(None, pl.Datetime("us"))
    return pl.coalesce(moment, "start", "at")


def _belongs(rows: DutyRows) -> pl.Expr:
    """Whether an instance is of the period: judged in it, or begun by its end and running."""
    at, start, end = _ends(rows, "too_late"), rows.period.start, rows.period.end
    begun = pl.coalesce("start", "at") < end
    return ((at >= start) & (at < end)) | ((pl.col("status") == "running") & begun & (at >= end))


def _moved(rows: DutyRows) -> pl.Expr:
    first, last = _ends(rows, "first_due"), _ends(rows, "too_late")
    inside = (first >= rows.period.start) & (first < rows.period.end)
    return pl.col("extension").is_not_null() & inside & (last >= rows.period.end)
