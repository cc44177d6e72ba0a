"""What happened in a case and which clocks ran, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from auditlib.analysis.duty_view import DutyView
from auditlib.core.message import Message, Sayable
from auditlib.scheme.duty_clock import MOMENT
from auditlib.scheme.quantities import DutyStatus
from auditlib.scoring.duties.statuses import STATUSES
from auditlib.scoring.duties.written import evidence_of

__all__ = ["ClockRun", "Entry", "clock_runs", "moment_text", "timeline"]


@dataclass(frozen=True)
class Entry:
    """Something at a moment of a case, and the row that it stands in, as ``register:key``; ``day`` is without a time
    of day, as a limit that ends with its day is."""

    at: datetime
    what: Sayable
    evidence: str = ""
    day: bool = False


@dataclass(frozen=True)
class ClockRun:
    """A clock of the case: the limit of a duty from its start to its end, with what became of it.

    ``first_due`` is the end before an extension; ``done`` is when it was done, None where it was not.
    """

    duty: str
    title: Sayable
    start: datetime
    first_due: datetime | None
    too_late: datetime | None
    done: datetime | None
    status: DutyStatus
    by_the_clock: bool
    evidence: tuple[str, ...]


def clock_runs(view: DutyView) -> list[ClockRun]:
    """The clocks of a view in the order in which they begin."""
    runs = [
        ClockRun(
            row["duty"], view.resolved.scheme.duty(row["duty"]).title, row["start"], row["first_due"],
            row["too_late"], row["done"], row["status"], bool(row["by_the_clock"]), _evidence(view, row),
        )
        for row in view.compliance.instances.iter_rows(named=True) if row["start"] is not None
    ]  # fmt: skip
    return sorted(runs, key=lambda run: (run.start, run.too_late or datetime.max, run.duty))


def timeline(view: DutyView) -> list[Entry]:
    """Everything of a case in order: receipt, acts, clocks that begin and end, and what became of each duty."""
    entries = [*_of_case(view), *_of_acts(view), *_of_clocks(view)]
    return sorted(entries, key=lambda entry: entry.at)


def moment_text(at: datetime, *, day: bool) -> str:
    """A moment, or the day alone where no time of day is known or meant."""
    return at.date().isoformat() if day else at.isoformat(" ", "auto" if at.second or at.microsecond else "minutes")


def _of_case(view: DutyView) -> Iterator[Entry]:
    row = view.case_row
    for column, what in (
        ("received_at", Message("the case is received")),
        ("closed_at", Message("the case is closed")),
    ):
        at = row.get(column)
        if isinstance(at, datetime) and at <= view.compliance.as_of:
            yield Entry(at, what, f"cases:{view.case}", at.time() == time())


def _of_acts(view: DutyView) -> Iterator[Entry]:
    for act in view.acts:
        what = Message("act “{act}”", act=act.act)
        if act.unit:
            what = Message("act “{act}” of {unit}", act=act.act, unit=view.names.get(act.unit, act.unit))
        if act.until is not None:
            until = moment_text(act.until, day=act.until.time() in (time(), time.max))  # a day's end is the day
            what = Message("{act}, until {until}", act=what, until=until)
        yield Entry(act.at, what, f"acts:{act.key}", act.at.time() == time())


def _of_clocks(view: DutyView) -> Iterator[Entry]:
    for run in clock_runs(view):
        yield Entry(run.start, Message("the clock of “{duty}” begins", duty=run.title), day=run.start.time() == time())
        if run.first_due is not None and run.first_due != run.too_late:
            what = Message("the limit of “{duty}” would have ended; it was extended", duty=run.title)
            yield Entry(run.first_due - MOMENT, what, day=not run.by_the_clock)
        if run.too_late is not None:
            what = Message("the limit of “{duty}” ends: {status}", duty=run.title, status=STATUSES[run.status])
            yield Entry(run.too_late - MOMENT, what, " ".join(run.evidence), day=not run.by_the_clock)


def _evidence(view: DutyView, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(evidence_of(row, view.resolved.scheme.duty(row["duty"]).of))
