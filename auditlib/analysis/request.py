"""What the parameters of a report ask for, and the plain rows that it may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

from auditlib.core.calendars import CalendarChoice
from auditlib.core.errors import InputError
from auditlib.core.message import LANGUAGES, Sayable
from auditlib.core.period import Period, declared_time, parse_period
from auditlib.core.values import Text
from auditlib.ledger.find import find_ledger
from auditlib.scheme.load import find_scheme

__all__ = ["Asked", "CaseRow", "EventRow", "Parameters", "Reject", "SignalRow", "check_language"]


class Parameters(TypedDict):
    """The parameters that every notebook of a report has: what :meth:`Asked.of` takes."""

    scheme: str
    ledger: str
    period: str
    as_of: NotRequired[str | datetime | None]
    readings: NotRequired[Mapping[str, str] | None]
    supplied: NotRequired[Mapping[str, object] | None]
    calendar: NotRequired[str]
    provisional_calendar: NotRequired[bool]


@dataclass(frozen=True)
class Asked:
    """What a report's parameters ask for, whatever the unit."""

    scheme: str
    ledger: str
    period: str
    as_of: str = ""
    readings: tuple[tuple[str, str], ...] = ()
    supplied: tuple[tuple[str, str], ...] = ()
    calendar: str = ""
    provisional_calendar: bool = False

    @classmethod
    def of(
        cls, scheme: str, ledger: str, period: str, as_of: str | datetime | None = None,
        readings: Mapping[str, str] | None = None, supplied: Mapping[str, object] | None = None,
        calendar: str = "", provisional_calendar: bool = False,
    ) -> Asked:  # fmt: skip
        """The same values, ordered and as text. Raises :class:`InputError` for a time that is none."""
        moment = _moment(as_of)
        return cls(
            str(scheme),
            str(ledger),
            str(period),
            moment.isoformat() if moment else "",
            tuple(sorted((str(name), str(option)) for name, option in (readings or {}).items())),
            tuple(sorted((str(name), str(value)) for name, value in (supplied or {}).items())),
            str(calendar),
            bool(provisional_calendar),
        )

    @property
    def days(self) -> CalendarChoice:
        """Whose calendar counts the working days."""
        return CalendarChoice(self.calendar, self.provisional_calendar)

    @property
    def ledger_path(self) -> Path:
        """Where the ledger lies: as given, or the demonstration of that name. Raises :class:`InputError`."""
        return find_ledger(self.ledger)

    @property
    def when(self) -> Period:
        """The period that is asked for. Raises :class:`InputError` for a text that names none."""
        return parse_period(self.period, "parameters")

    @property
    def moment(self) -> datetime | None:
        """The as-of time that is asked for, None where none is. Raises :class:`InputError` for a text that is none."""
        return _moment(self.as_of)

    @property
    def scheme_path(self) -> Path:
        return find_scheme(self.scheme, on=self.when.first)


class CaseRow(NamedTuple):
    """What a report may show of a case: no pseudonyms. ``late``: over any of the scheme's time limits."""

    case_id: str
    kind: str | None
    received_at: datetime | None
    closed_at: datetime | None
    late: bool = False
    due_at: datetime | None = None
    category: str | None = None


class EventRow(NamedTuple):
    """What a report may show of an event behind lost points: no reason in words."""

    event_id: str
    kind: str
    at: datetime


class SignalRow(NamedTuple):
    """A line of a probe that touches a unit: its counts in words, never a verdict."""

    id: str
    test: str
    clock: str
    state: str
    says: Text


class Reject(NamedTuple):
    """One fault of a rejected row; ``unit`` and ``at``, its time or period, are None where the file does not tell."""

    register: str
    file: str
    row: int
    column: str
    found: Sayable
    expected: Sayable
    unit: str | None
    at: str | None = None


def check_language(language: str) -> str:
    """``language`` if reports know it. Raises :class:`InputError`."""
    if language not in LANGUAGES:
        raise InputError.at("parameters", "language", f"found {language!r}, expected one of: {', '.join(LANGUAGES)}")
    return language


def _moment(as_of: str | datetime | None) -> datetime | None:
    """The as-of time that a parameter names, None where it names none. Raises :class:`InputError`."""
    if as_of is None or as_of == "":
        return None
    try:
        moment = declared_time(as_of)
    except ValueError:
        raise InputError.at(
            "parameters", "as_of", f"found {as_of!r}, expected a local time such as 2026-01-05T00:00:00"
        ) from None
    return moment.replace(tzinfo=None)
