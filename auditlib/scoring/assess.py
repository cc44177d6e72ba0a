"""A scheme by its name, applied to a ledger: what commands, runs and notebooks all begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError
from auditlib.core.home import shown
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved, find_scheme, load_scheme
from auditlib.scoring.adjustments.beside import adjustment_notices, beside_unadjusted, pending_appeals
from auditlib.scoring.adjustments.overlay import Overlay, overlaid
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.counts import Count
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

__all__ = ["Assessed", "assess", "assess_resolved", "calendar_of", "overlay_of", "resolve_scheme"]


def resolve_scheme(
    name: str,
    period: Period,
    readings: Mapping[str, str] | None = None,
    supplied: Mapping[str, str] | None = None,
) -> Resolved:
    """The version of a scheme in force at the start of a period, with its readings decided and gaps supplied.

    ``name`` is an id in ``params/schemes`` or the path of a file. Raises :class:`InputError`.
    """
    path = find_scheme(name, on=period.first)
    return load_scheme(path, shown(path)).resolve(readings, supplied, period.first)


def calendar_of(resolved: Resolved, days: CalendarChoice = PUBLISHED) -> Calendar | None:
    """The calendar that a scheme counts working days by, if it counts any. Raises :class:`InputError`."""
    name = resolved.scheme.calendar
    return days.of(name) if name else None


def overlay_of(resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime | None = None) -> Overlay:
    """The ledger with what appeals had changed by ``as_of``, or by when one looks where nobody says.

    Raises :class:`InputError`; see :func:`auditlib.scoring.adjustments.overlay.overlaid`.
    """
    return overlaid(ledger, resolved.scheme, lambda: as_of or default_as_of(ledger, period))


def _score_adjusted(
    resolved: Resolved,
    overlay: Overlay,
    period: Period,
    as_of: datetime | None = None,
    *,
    calendar: Calendar | None = None,
    evidence: bool = True,
    units: Sequence[str] | None = None,
    count: Count | None = None,
    duties: bool = False,
) -> Result:
    """As :func:`auditlib.scoring.score.score`, over the adjusted ledger, with what every unit had before adjustments.

    Raises :class:`InputError`, also where adjustments apply and the rows are counted elsewhere: whoever counts there
    has the rows as they were.
    """
    original = overlay.original
    if not overlay.applied:
        result = score(
            resolved, original, period, as_of, calendar=calendar, evidence=evidence, units=units, count=count,
            duties=duties,
        )  # fmt: skip
    elif count is not None:
        found = f"found {len(overlay.applied)} adjustments, expected none for a ledger that is counted in parts"
        raise InputError.at(original.path, "adjustments", f"{found}; score it without --cluster")
    else:
        look = as_of or default_as_of(original, period)
        asked = partial(score, resolved, period=period, as_of=look, calendar=calendar)
        result = asked(ledger=overlay.ledger, evidence=evidence, units=units, duties=duties)
        result = beside_unadjusted(result, asked(ledger=original, evidence=False), overlay)
    told = (*adjustment_notices(overlay), *pending_appeals(original, result.as_of))
    return replace(result, notices=(*result.notices, *told)) if told else result


@dataclass(frozen=True)
class Assessed:
    """A ledger as a scheme assesses it in a period: the rules in force, whose days count, the rows, the result."""

    resolved: Resolved
    calendar: Calendar | None
    overlay: Overlay
    result: Result

    @property
    def ledger(self) -> Ledger:
        """The ledger that was scored, with what appeals had changed."""
        return self.overlay.ledger


def assess_resolved(
    resolved: Resolved,
    ledger: Ledger,
    period: Period,
    as_of: datetime | None = None,
    *,
    evidence: bool = True,
    units: Sequence[str] | None = None,
    count: Count | None = None,
    days: CalendarChoice = PUBLISHED,
    duties: bool = False,
) -> Assessed:
    """As :func:`assess`, by a scheme that is resolved already, with all that the result rests on."""
    calendar = calendar_of(resolved, days)
    overlay = overlay_of(resolved, ledger, period, as_of)
    result = _score_adjusted(
        resolved, overlay, period, as_of, calendar=calendar, evidence=evidence, units=units, count=count,
        duties=duties,
    )  # fmt: skip
    return Assessed(resolved, calendar, overlay, result)


def assess(
    scheme: str,
    ledger: Ledger,
    period: Period,
    as_of: datetime | None = None,
    *,
    readings: Mapping[str, str] | None = None,
    supplied: Mapping[str, str] | None = None,
    evidence: bool = True,
    units: Sequence[str] | None = None,
    count: Count | None = None,
    days: CalendarChoice = PUBLISHED,
    duties: bool = False,
) -> tuple[Resolved, Result]:
    """Every unit of ``ledger`` scored by the scheme named ``scheme``; see :func:`auditlib.scoring.score.score`.

    ``units`` limits the evidence to these units, which must be assessed in the period; the others are scored
    too, because a rank is among all. ``count`` counts the ledger's rows elsewhere; ``days`` says whose calendar counts;
    ``duties`` counts those of each unit, too.
    Where appeals have changed inputs, each unit has beside it what it had before.
    Raises :class:`InputError`.
    """
    resolved = resolve_scheme(scheme, period, readings, supplied)
    result = assess_resolved(
        resolved, ledger, period, as_of, evidence=evidence, units=units, count=count, days=days, duties=duties
    ).result
    assessed = [unit.unit for unit in result.units]
    for unit in units or ():
        if unit not in assessed:
            known = ", ".join(sorted(assessed)[:20])
            raise InputError.at(
                ledger.path, "unit", f"found {unit}, expected one of the units assessed in {period}: {known}"
            )
    return resolved, result
