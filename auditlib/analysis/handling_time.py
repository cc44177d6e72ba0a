"""How long cases took, beside the limits that the scheme's duties set: counted once a period, for every unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from statistics import median

import polars as pl

from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.columns import with_inputs
from auditlib.scheme.duties import Duty, DutyStart
from auditlib.scheme.duty_clock import last_moment
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.duties.compliance import comply
from auditlib.scoring.duties.rows import DutyRows

__all__ = ["EDGES", "Handling", "Taken", "handled", "limited_duties", "timed_cases"]

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
    """Of a period: the duties with a limit, by unit what was taken under each, and the cases late under any.

    A unit's entries stand in the order of ``limits``. Without limits everything is empty.
    """

    limits: tuple[Duty, ...] = ()
    taken: Mapping[str, tuple[Taken, ...]] = field(default_factory=dict)
    late: frozenset[str] = frozenset()


def limited_duties(scheme: Scheme) -> tuple[Duty, ...]:
    """The duties that set a limit on the time that a case, or one act in it, takes."""
    return tuple(duty for duty in scheme.duties if duty.of in ("cases", "acts") and duty.limits)


def handled(
    resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime, calendar: Calendar | None
) -> Handling:  # fmt: skip
    """The time taken by the cases received in a period under each limit, as known at ``as_of``.

    What nobody can assess is left out, and what was excused or handed over. Limits of which that is so for every case
    are kept, with nothing under them.
    """
    limits = limited_duties(resolved.scheme)
    if "cases" not in ledger.registers or not limits:
        return Handling()
    timed = timed_cases(resolved, ledger, period, as_of, calendar)
    units = sorted(timed["unit"].unique())
    nothing = Taken((0,) * (len(EDGES) - 1), (0,) * (len(EDGES) - 1), 0, 0, None, None)
    taken = {(unit, duty): _taken(table) for (unit, duty), table in timed.group_by("unit", "duty")}
    by_unit = {str(unit): tuple(taken.get((unit, duty.id), nothing) for duty in limits) for unit in units}
    return Handling(limits, by_unit, frozenset(timed.filter(pl.col("late"))["case"]))


def timed_cases(
    resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime, calendar: Calendar | None, *,
    exclude: bool = True,
) -> pl.DataFrame:  # fmt: skip
    """The cases received in a period under each of the :func:`limited_duties`, all of them judged once; ``exclude``
    leaves out those on the list of exclusions.

    A row an instance that somebody can assess: ``case unit duty start done due taken allowed finished late``. ``due``
    is the last moment in time; ``taken`` (up to ``as_of`` where nothing is done) and ``allowed`` are in microseconds.
    """
    own = replace(resolved, scheme=resolved.scheme.model_copy(update={"duties": tuple(_with_starts(resolved.scheme))}))
    days = calendar.lenient() if calendar else None  # what nobody knows is not drawn
    at = pl.col("received_at")
    received = ledger.registers["cases"].filter((at >= period.start) & (at < period.end))
    rows = DutyRows.of(own, ledger, period, as_of, days)
    derived = own.scheme.columns.get("cases", {})
    read = with_inputs(own.scheme, "cases", sorted(rows.needed["cases"]))
    if not any(derived[name].earlier for name in read if name in derived):
        ledger = replace(ledger, registers={**ledger.registers, "cases": received})
    judged = comply(own, ledger, period, as_of, calendar=days, exclude=exclude, of_scheme=True, every=True)
    known = received.select(pl.col("case_id").alias("case")).collect()
    return _measured(judged.instances.join(known, on="case", how="semi"), as_of)


def _with_starts(scheme: Scheme) -> Iterator[Duty]:
    """The duties with a limit, and those from the end of whose limit the clock of one of them runs."""
    wanted = {duty.id for duty in limited_duties(scheme)}
    waiting = list(wanted)
    while waiting:
        start = scheme.duty(waiting.pop()).start
        if isinstance(start, DutyStart) and start.due not in wanted:
            wanted.add(start.due)
            waiting.append(start.due)
    return (duty for duty in scheme.duties if duty.id in wanted)


def _measured(instances: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Each instance under a limit: time taken and allowed in microseconds, whether finished, whether late."""
    start = pl.coalesce("start", "at")
    due = last_moment(pl.col("too_late"))
    until = pl.coalesce("done", pl.lit(as_of, pl.Datetime("us")))
    table = instances.filter(pl.col("status").is_in(["met", "late", "missed", "running"])).select(
        "case", "unit", "duty", start.alias("start"), "done", due.alias("due"),
        (until - start).dt.total_microseconds().alias("taken"),
        (due - start).dt.total_microseconds().alias("allowed"),
        pl.col("done").is_not_null().alias("finished"),
        pl.col("status").is_in(["late", "missed"]).alias("late"),
    )  # fmt: skip
    return table.drop_nulls(["taken", "allowed"])


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
