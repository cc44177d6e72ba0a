"""Compliance (履责情况): every duty of a scheme for a ledger and period, by unit, each instance with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.message import Notice
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar, OutsideCalendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.duties import Duty, DutyStart
from auditlib.scheme.duty_clock import Clock, day_of, last_moment
from auditlib.scheme.load import Resolved
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.day_notices import provisional_notice
from auditlib.scoring.duties.controls import beside_checks, control_notices
from auditlib.scoring.duties.decided import DECIDED, decided
from auditlib.scoring.duties.judge import judge
from auditlib.scoring.duties.notices import duty_notices
from auditlib.scoring.duties.rows import DutyRows
from auditlib.scoring.duties.statuses import RATED, STATUSES, Judged
from auditlib.scoring.result import AppliedAdjustment, DutyCounts
from auditlib.scoring.unknown_days import refused_days

__all__ = ["Compliance", "DutyCount", "comply", "duty_counts", "judged_duties"]

MEASURED = {
    "late_working_days": pl.Int64, "late_calendar_days": pl.Int64, "late_minutes": pl.Int64,
    "elapsed_minutes": pl.Int64, "elapsed_working_days": pl.Int64, "margin_working_days": pl.Int64,
}  # fmt: skip
"""What is measured of an instance beside :data:`INSTANCES`: how late it was, how long it took, what was left."""


@dataclass(frozen=True)
class DutyCount:
    """The instances of a duty in one unit: how many of each status, and of the soft ones how many late and missed."""

    duty: Duty
    counts: Mapping[str, int]
    soft: Mapping[str, int]
    margins: tuple[int, ...] = field(default=(), repr=False)
    """Working days left (or over, negative) at fulfilment, in order."""
    moved: int = 0
    """How many left the period because their limit was extended into a later one."""

    @property
    def rate(self) -> Fraction | None:
        """Met as a share of met, late and missed; None where nothing could be assessed."""
        rated = sum(self.counts[status] for status in RATED)
        return Fraction(self.counts["met"], rated) if rated else None


@dataclass(frozen=True)
class Compliance:
    """Every duty judged: ``units`` maps a unit to its counts, in the order of the scheme's duties.

    ``instances`` is a frame of :data:`~auditlib.scoring.duties.statuses.INSTANCES`, :data:`MEASURED` and
    :data:`~auditlib.scoring.duties.controls.CONTROLS`, one row for each row that a duty applied to, by unit, duty and
    case.
    """

    resolved: Resolved
    period: Period
    as_of: datetime
    units: Mapping[str, tuple[DutyCount, ...]]
    instances: pl.DataFrame = field(repr=False)
    notices: tuple[Notice, ...] = ()
    decided: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DECIDED), repr=False)
    """What the decision tables of the source give for the cases received in the period (:data:`DECIDED`)."""
    adjustments: tuple[AppliedAdjustment, ...] = ()
    before: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    """By unit and duty, the counts without adjustments, where they differ."""

    def only(self, unit: str | None = None, case: str | None = None, statuses: Collection[str] = ()) -> Compliance:
        """The same for one unit; instances of one case or of some statuses alone. Counts stay those of the unit."""
        chosen = self.instances
        if unit is not None:
            chosen = chosen.filter(pl.col("unit") == unit)
        if case is not None:
            chosen = chosen.filter(pl.col("case") == case)
        if statuses:
            chosen = chosen.filter(pl.col("status").is_in(list(statuses)))
        units = {name: counts for name, counts in self.units.items() if unit in (None, name)}
        decided = self.decided if unit is None else self.decided.filter(pl.col("unit") == unit)
        return replace(self, units=units, instances=chosen, decided=decided)

    @property
    def breached(self) -> bool:
        """Whether any instance was late or missed."""
        return self.instances["status"].is_in(["late", "missed"]).any()


def comply(
    resolved: Resolved,
    ledger: Ledger,
    period: Period,
    as_of: datetime | None = None,
    *,
    calendar: Calendar | None = None,
    left: bool = False,
    exclude: bool = True,
    of_scheme: bool = False,
    every: bool = False,
) -> Compliance:
    """Every duty of a scheme for the cases of a period, as seen at ``as_of``.

    With ``left`` the rows that a duty does not apply to are among the instances too; ``exclude`` leaves out the cases
    on the list of exclusions; ``of_scheme`` looks at a period that the scheme itself asks for, whatever its kind;
    ``every`` takes the instances of all periods, as the history of a case does. An
    instance belongs to the period in which its limit ends, extensions included (``counting.belongs: due``), or in
    which it begins; until then it is listed as running. Raises :class:`InputError` for a scheme without duties and for
    days that the calendar lacks.
    """
    scheme = resolved.scheme
    if not scheme.duties:
        raise InputError.at(scheme.scheme, "duties", "found none, expected a scheme that declares duties")
    if period.granularity not in scheme.periods and not of_scheme:
        raise InputError.at(scheme.scheme, "period", f"found {period}, expected one of: {', '.join(scheme.periods)}")
    look = as_of or default_as_of(ledger, period)
    rows = DutyRows.of(resolved, ledger, period, look, calendar, exclude=exclude)
    try:
        judged = judged_duties(rows)
    except OutsideCalendar as error:
        assert calendar is not None
        raise refused_days(str(ledger.path), calendar, str(error).splitlines()[0]) from None
    frames, outside = [], []
    for duty in scheme.duties:
        own = judged[duty.id]
        frames.append(own.instances)
        outside.append(own.left.with_columns(duty=pl.lit(duty.id)))
    everything = beside_checks(rows, _measured(rows, pl.concat(frames)))
    belongs = _belongs(rows)
    inside = everything if every else everything.filter(belongs)
    moved = everything.filter(_moved(rows)).group_by("unit", "duty").len()
    received = pl.col("at").is_between(period.start, period.end, closed="left")
    others = pl.concat(outside).filter(pl.lit(value=True) if every else received)
    units = _counted(rows, inside, others, moved)
    listed = inside
    if left:
        listed = pl.concat([inside, _not_applicable(others)], how="diagonal")
    order = {duty.id: place for place, duty in enumerate(scheme.duties)}
    placed = pl.col("duty").replace_strict(order, return_dtype=pl.Int64)
    listed = listed.sort("unit", placed, "case", "key", nulls_last=True)
    notices = (*duty_notices(rows), *_provisional(rows, inside), *control_notices(inside, scheme.duties))
    return Compliance(resolved, period, look, units, listed, notices, decided(rows))


def duty_counts(result: Compliance, unit: str) -> tuple[DutyCounts, ...]:
    """The duties of a unit as a scored result has them: counts alone."""
    return tuple(
        DutyCounts(one.duty.id, one.duty.clause, one.counts, one.soft, one.rate) for one in result.units.get(unit, ())
    )


def judged_duties(rows: DutyRows) -> dict[str, Judged]:
    """Every duty judged, each after the one whose end its clock runs from."""
    done: dict[str, Judged] = {}
    waiting = list(rows.scheme.duties)
    while waiting:
        ready = [d for d in waiting if not isinstance(d.start, DutyStart) or d.start.due in done]
        for duty in ready:
            done[duty.id] = judge(rows, duty, {name: one.instances for name, one in done.items()})
        waiting = [duty for duty in waiting if duty not in ready]
    return {duty.id: done[duty.id] for duty in rows.scheme.duties}


def _provisional(rows: DutyRows, instances: pl.DataFrame) -> Iterator[Notice]:
    """Which rows were judged by working days after those that a provisional calendar knows."""
    calendar = rows.calendar
    if calendar is None or calendar.known_until is None:
        return
    after = datetime.combine(calendar.last_known + timedelta(days=1), datetime.min.time())
    rolls = rows.scheme.counting.last_day != "stands"
    by_days = {
        duty.id: duty.of
        for duty in rows.scheme.duties
        if any(rolls or limit.working_days for limit in duty.every_limit)
    }
    beyond = instances.filter((pl.col("too_late") > after) & pl.col("duty").is_in(list(by_days)))
    if beyond.height:
        registers: Counter[str] = Counter(by_days[duty] for duty in beyond["duty"])
        yield provisional_notice(sorted(beyond["unit"].unique()), registers, calendar.last_known)


def _measured(rows: DutyRows, table: pl.DataFrame) -> pl.DataFrame:
    """The instances with how late they were, how long they took, and how many working days were left."""
    table = table.with_columns(unit=_unit_names(rows, table))
    if not any(duty.start is not None or duty.limits for duty in rows.scheme.duties):
        return table.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in MEASURED.items())
    due = last_moment(pl.col("too_late"))
    ended = pl.coalesce("done", pl.lit(rows.as_of))
    over = pl.when(pl.col("status").is_in(["late", "missed", "excused"])).then(pl.max_horizontal(ended, due))
    since = pl.when(pl.col("by_the_clock")).then(due).otherwise(pl.col("too_late"))
    minutes = (over - since).dt.total_microseconds()
    done = pl.when(pl.col("done") >= pl.col("start")).then(pl.col("done"))
    begun = pl.when(done.is_not_null()).then(pl.col("start"))
    margin = pl.when(pl.col("status").is_in(["met", "late"])).then(pl.col("done"))
    working_days = {
        "late_working_days": (pl.when(over.is_not_null()).then(due), over),
        "elapsed_working_days": (begun, done),
        "margin_working_days": (margin, pl.when(margin.is_not_null()).then(due)),
    }
    clock = None if rows.calendar is None else Clock(rows.scheme.counting, rows.calendar.lenient)
    return table.with_columns(
        (day_of(over) - day_of(due)).dt.total_days().alias("late_calendar_days"),
        ((minutes + 60_000_000 - 1) // 60_000_000).alias("late_minutes"),
        ((done - begun).dt.total_microseconds() // 60_000_000).alias("elapsed_minutes"),
        *(
            (pl.lit(None) if clock is None else clock.workdays_between(*moments)).alias(name)
            for name, moments in working_days.items()
        ),
    ).with_columns(pl.col(name).cast(dtype) for name, dtype in MEASURED.items())


def _unit_names(rows: DutyRows, table: pl.DataFrame) -> pl.Expr:
    """Units by their code: an actor that a decision table names is the unit with its id or its title."""
    units = rows.ledger.units()
    codes = {}
    for name, actor in rows.scheme.actors.items():
        if name in table["unit"]:
            names = units["name"] if "name" in units.columns else units["unit"]
            fits = units.filter(pl.col("unit").is_in([name, actor.zh, actor.en]) | names.is_in([actor.zh, actor.en]))
            codes[name] = fits["unit"][0] if fits.height else actor.zh
    return pl.col("unit").replace(codes) if codes else pl.col("unit")


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


def _counted(
    rows: DutyRows, inside: pl.DataFrame, others: pl.DataFrame, moved: pl.DataFrame
) -> dict[str, tuple[DutyCount, ...]]:
    counts = {(u, d, s): n for u, d, s, n in inside.group_by("unit", "duty", "status").len().iter_rows()}
    for unit, duty, number in others.group_by("unit", "duty").len().iter_rows():
        counts[unit, duty, "not_applicable"] = counts.get((unit, duty, "not_applicable"), 0) + number
    soft = {
        (u, d, s): n
        for u, d, s, n in inside.filter(pl.col("soft")).group_by("unit", "duty", "status").len().iter_rows()
    }
    margins = {
        (unit, duty): tuple(sorted(values))
        for unit, duty, values in inside.drop_nulls("margin_working_days")
        .group_by("unit", "duty").agg("margin_working_days").iter_rows()
    }  # fmt: skip
    left = {(unit, duty): number for unit, duty, number in moved.iter_rows()}
    names = sorted({*rows.ledger.units()["unit"], *(unit for unit, _, _ in counts if unit), *(u for u, _ in left)})
    return {
        unit: tuple(
            DutyCount(
                duty,
                {status: counts.get((unit, duty.id, status), 0) for status in STATUSES},
                {status: soft.get((unit, duty.id, status), 0) for status in ("late", "missed")},
                margins.get((unit, duty.id), ()),
                left.get((unit, duty.id), 0),
            )
            for duty in rows.scheme.duties
        )
        for unit in names
    }


def _not_applicable(others: pl.DataFrame) -> pl.DataFrame:
    named = others.rename({"\x00key": "key", "\x00case": "case"}) if "\x00key" in others.columns else others
    return named.with_columns(status=pl.lit("not_applicable"))
