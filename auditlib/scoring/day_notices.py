"""What a reader must know of days: rows outside a unit's validity, a calendar that ends, days nobody has published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from auditlib.core.message import Message, Notice
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.registers import in_order, register_title
from auditlib.scheme.columns import needs_calendar
from auditlib.scheme.model import Scheme
from auditlib.scoring.result import Result, UnitScore

__all__ = ["calendar_notices", "outside_validity", "provisional_notice", "told_of"]

LISTED = 5
"""So many units or rows are named."""


def outside_validity(left_out: Mapping[str, Mapping[str, int]]) -> Iterator[Notice]:
    """How many rows, by unit and register, do not count because the unit was not assessed at their time."""
    for unit, own in sorted(left_out.items()):
        message = Message(
            "unit {unit}: rows outside its validity are not its own and do not count: {rows}",
            unit=unit, rows=tuple(_counted(name, own[name]) for name in in_order(own)),
        )  # fmt: skip
        yield Notice("outside_validity", message, (unit,))


def calendar_notices(
    scheme: Scheme, calendar: Calendar | None, period: Period, as_of: datetime, units: Sequence[UnitScore]
) -> Iterator[Notice]:
    """Which rows were counted by days of a provisional calendar, or that the known days end soon or have ended."""
    if calendar is None or not needs_calendar(scheme):
        return
    counted: Counter[str] = Counter()
    for unit in units:
        counted.update({rows.register: rows.count for rows in unit.provisional})
    until = calendar.last_known
    if counted:
        yield provisional_notice(sorted(unit.unit for unit in units if unit.provisional), counted, until)
    elif calendar.ends_soon(max(as_of.date(), period.after - timedelta(days=1))):
        message = Message(
            "calendar {calendar} knows the working days until {day}; no row of this result needed a later one",
            calendar=calendar.name, day=until,
        )  # fmt: skip
        yield Notice("calendar_ends", message)


def provisional_notice(units: Sequence[str], rows: Mapping[str, int], until: date) -> Notice:
    """That so many rows of each register were counted by days of a provisional calendar, known ``until`` a day."""
    message = Message(
        "{units}: counted by working days after {day} that nobody has published, so that plain weekends stand in "
        "for holidays and make-up days: {rows}",
        rows=tuple(_counted(name, rows[name]) for name in in_order(rows)),
        units=_some(tuple(units)), day=until,
    )  # fmt: skip
    return Notice("provisional_days", message, tuple(units))


def told_of(result: Result, unit: UnitScore) -> Iterator[Notice]:
    """The notices of a result as a reader of one unit needs them: of provisional days with its own rows."""
    for notice in result.notices:
        if notice.kind == "provisional_days" and unit.provisional and result.provisional_after is not None:
            notice = replace(notice, message=_provisional_of(unit, result.provisional_after))
        yield notice


def _provisional_of(unit: UnitScore, until: date) -> Message:
    """Which rows of one unit were counted by days of a provisional calendar, whose known days end with ``until``."""
    rows = tuple(
        Message("{rows} ({keys})", rows=_counted(one.register, one.count), keys=_some(one.evidence))
        if one.evidence
        else _counted(one.register, one.count)
        for one in unit.provisional
    )
    return Message(
        "{units}: counted by working days after {day} that nobody has published, so that plain weekends stand in "
        "for holidays and make-up days: {rows}",
        rows=rows, units=unit.unit, day=until,
    )  # fmt: skip


def _counted(register: str, count: int) -> Message:
    return Message("{register} {count}", register=register_title(register), count=count)


def _some(names: Sequence[str]) -> tuple[str, ...]:
    return (*names[:LISTED], *(("…",) if len(names) > LISTED else ()))
