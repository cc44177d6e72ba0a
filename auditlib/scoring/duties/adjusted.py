"""Compliance over a ledger with adjustments, beside what it was without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scoring.adjustments.beside import adjustment_notices, applied_adjustments, pending_appeals
from auditlib.scoring.adjustments.overlay import overlaid
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.duties.compliance import Compliance, comply

__all__ = ["comply_adjusted"]


def comply_adjusted(
    resolved: Resolved,
    ledger: Ledger,
    period: Period,
    as_of: datetime | None = None,
    *,
    calendar: Calendar | None = None,
    left: bool = False,
) -> Compliance:
    """As :func:`.comply`, with the inputs that appeals had changed by ``as_of``, and the counts that they changed.

    Raises :class:`InputError`.
    """
    overlay = overlaid(ledger, resolved.scheme, lambda: as_of or default_as_of(ledger, period))
    if not overlay.applied:
        found = comply(resolved, ledger, period, as_of, calendar=calendar, left=left)
    else:
        look = as_of or default_as_of(ledger, period)
        found = comply(resolved, overlay.ledger, period, look, calendar=calendar, left=left)
        earlier = comply(resolved, ledger, period, look, calendar=calendar)
        before = {(unit, one.duty.id): one.counts for unit, counts in earlier.units.items() for one in counts}
        now = {(unit, one.duty.id): one.counts for unit, counts in found.units.items() for one in counts}
        differing = {place: counts for place, counts in before.items() if counts != now.get(place)}
        found = replace(found, adjustments=applied_adjustments(overlay), before=differing)
    told = (*adjustment_notices(overlay), *pending_appeals(ledger, found.as_of))
    return replace(found, notices=(*found.notices, *told))
