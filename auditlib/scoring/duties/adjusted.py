"""Compliance over a ledger with adjustments, beside what it was without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

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
    of_case: bool = False,
) -> Compliance:
    """As :func:`.comply`, with the inputs that appeals had changed by ``as_of``, and the counts that they changed.

    ``of_case`` takes the instances of all periods, for the history of one case. Raises :class:`InputError`.
    """
    asked = partial(comply, resolved, period=period, calendar=calendar, of_scheme=of_case, every=of_case)
    overlay = overlaid(ledger, resolved.scheme, lambda: as_of or default_as_of(ledger, period))
    if not overlay.applied:
        found = asked(ledger, as_of=as_of, left=left)
    else:
        look = as_of or default_as_of(ledger, period)
        found = asked(overlay.ledger, as_of=look, left=left)
        earlier = asked(ledger, as_of=look)
        before = {(unit, one.duty.id): one.counts for unit, counts in earlier.units.items() for one in counts}
        now = {(unit, one.duty.id): one.counts for unit, counts in found.units.items() for one in counts}
        differing = {place: counts for place, counts in before.items() if counts != now.get(place)}
        found = replace(found, adjustments=applied_adjustments(overlay), before=differing)
    told = (*adjustment_notices(overlay), *pending_appeals(ledger, found.as_of))
    return replace(found, notices=(*found.notices, *told))
