"""What several periods come to: their mean, their sum, how often something held, and how often in a row."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from auditlib.core.message import Message
from auditlib.scheme.formers.elsewhere import OverPeriods
from auditlib.scoring.unknown import NOTHING, Unknown, Value

__all__ = ["taken_over"]

NO_VALUE = Unknown(Message("an earlier period has no value"), not_assessable=True)


def taken_over(over: OverPeriods, values: Sequence[Value | None]) -> Value:
    """What ``over`` takes of ``values``, the oldest first; None is a period without a value.

    A value that somebody owes makes the whole wait, whatever is declared of missing ones.
    """
    owed = next((value for value in values if isinstance(value, Unknown) and not value.not_assessable), None)
    if owed is not None:
        return owed
    known = [value if isinstance(value, Fraction) else None for value in values]
    if over.missing == "not_assessable" and None in known:
        return NO_VALUE
    if over.missing == "zero":
        known = [Fraction(0) if value is None else value for value in known]
    if over.take == "run":
        return _run(known, breaks=over.missing == "breaks")
    given = [value for value in known if value is not None]
    if over.take == "count":
        return Fraction(sum(value != 0 for value in given))
    if not given:
        return NOTHING
    total = sum(given, Fraction(0))
    return {"mean": total / len(given), "sum": total, "least": min(given), "greatest": max(given)}[over.take]


def _run(values: Sequence[Fraction | None], *, breaks: bool) -> Fraction:
    """How many in a row it held, up to now; a period without a value ends the run, or is passed over."""
    count = 0
    for value in reversed(values):
        if value is None and not breaks:
            continue
        if not value:
            break
        count += 1
    return Fraction(count)
