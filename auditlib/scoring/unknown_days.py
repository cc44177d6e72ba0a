"""Rows that need working days which nobody has published yet: what refuses them, and what counts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditlib.core.errors import InputError, Problem
from auditlib.core.worktime import Calendar

__all__ = ["DaysUnknown", "Needing", "refused_days", "refused_period"]


@dataclass(frozen=True)
class Needing:
    """Rows of a register that need unknown days: how many, the first of them by key, and for which columns."""

    rows: int
    first: str
    unit: str
    columns: tuple[str, ...]

    def beside(self, other: Needing) -> Needing:
        """These rows and others of the register."""
        first = min(self, other, key=lambda one: one.first)
        columns = tuple(sorted({*self.columns, *other.columns}))
        return Needing(self.rows + other.rows, first.first, first.unit, columns)


class DaysUnknown(InputError):
    """Working days are needed that the calendar does not know. ``needing`` says by register where."""

    def __init__(self, ledger: str, calendar: Calendar, needing: Mapping[str, Needing]) -> None:
        self.ledger, self.calendar, self.needing = ledger, calendar, needing
        found = [_problem(ledger, calendar, register, needing[register]) for register in sorted(needing)]
        super().__init__([*found, ways_out(calendar)])

    def __reduce__(self) -> tuple[type[DaysUnknown], tuple[str, Calendar, Mapping[str, Needing]]]:  # type: ignore[override]
        return type(self), (self.ledger, self.calendar, dict(self.needing))

    @classmethod
    def joined(cls, parts: Sequence[DaysUnknown]) -> DaysUnknown:
        """What the parts of one ledger need, together."""
        found: dict[str, Needing] = {}
        for register, own in (item for part in parts for item in part.needing.items()):
            found[register] = found[register].beside(own) if register in found else own
        return cls(parts[0].ledger, parts[0].calendar, found)


def _problem(ledger: str, calendar: Calendar, register: str, needing: Needing) -> Problem:
    more = "" if needing.rows == 1 else f" and {needing.rows - 1} more rows"
    found = (
        f"found {needing.first} of unit {needing.unit}{more}, for which working days are needed that nobody knows "
        f"({', '.join(needing.columns)}), expected days {known(calendar)}"
    )
    return Problem(ledger or register, None, register, found)


def ways_out(calendar: Calendar) -> Problem:
    """What the user can do, at the file that the days can be entered in."""
    return Problem(calendar.file or f"params/calendars/{calendar.name}.yaml", None, "", calendar.ways_out)


def known(calendar: Calendar) -> str:
    """The days that a calendar knows, in words."""
    return f"from {calendar.first} to {calendar.last_known}, which calendar {calendar.name} knows"


def refused_days(ledger: str, calendar: Calendar, needed: str) -> InputError:
    """The error where a limit ends on days that are not known; ``needed`` says which days are needed."""
    found = f"found limits that end on days which nobody knows ({needed}), expected days {known(calendar)}"
    return InputError([Problem(ledger, None, "", found), ways_out(calendar)])


def refused_period(ledger: str, calendar: Calendar, period: str, unit: str, fact: str) -> InputError:
    """The error where the working days of a period stand in for a fact, and some of them are not known."""
    found = (
        f"found no {fact} of unit {unit} in {period}, for which its working days stand in, expected the fact, or days "
        f"{known(calendar)}"
    )
    return InputError([Problem(ledger or "unit_facts", None, "unit_facts", found), ways_out(calendar)])
