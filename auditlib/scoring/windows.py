"""From when until when the rows fall that a measure counts."""

from __future__ import annotations

from datetime import datetime

from auditlib.core.period import Period
from auditlib.scheme.quantities import Measure
from auditlib.scheme.times import LastPeriods

__all__ = ["window_of"]

WIDER = {"quarter": ("month", "quarter")}


def window_of(measure: Measure, period: Period, year_starts: int) -> tuple[datetime | None, datetime]:
    """The times from which and before which a measure's rows fall in a period; None where all earlier ones count."""
    if measure.window == "to_date":
        return None, period.end
    if isinstance(measure.window, LastPeriods):
        first = period.last_of(measure.window.of, year_starts)
        for _ in range(measure.window.last - 1):
            first = first.previous()
        return first.start, period.end
    if measure.window == "year_to_date":
        return period.year_of(year_starts).start, period.end
    if measure.window == "year":
        whole = period.year_of(year_starts)
        return whole.start, whole.end
    if measure.window in WIDER and period.granularity in WIDER[measure.window]:
        wide = period.widen(measure.window)  # type: ignore[arg-type]
        return wide.start, wide.end
    return period.start, period.end
