"""Duties as measures: how many instances have a status, or how late they were, for rules, rates and outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from auditlib.core.message import Message, Notice
from auditlib.core.period import Granularity, Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scheme.quantities import Measure
from auditlib.scoring.duties.measured import Measured, amount_of
from auditlib.scoring.selection import ROW

if TYPE_CHECKING:
    from auditlib.scoring.duties.compliance import Compliance
    from auditlib.scoring.duties.elsewhere import JudgesElsewhere

__all__ = ["DutyTally", "duty_additions", "duty_tally"]


@dataclass(frozen=True)
class DutyTally:
    """By measure and unit, its number and the cases (or acts) behind it; what the reader must know of them."""

    counts: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    evidence: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    whole: Compliance | None = None
    """Every duty of the period itself, where a measure needed it."""


def duty_tally(
    resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime, calendar: Calendar | None, *, exclude: bool,
    elsewhere: JudgesElsewhere | None = None,
) -> DutyTally:  # fmt: skip
    """Every measure of a duty, for each unit with instances; nothing where the scheme has no such measure."""
    named = {name: measure for name, measure in resolved.scheme.measures.items() if measure.duty is not None}
    if not named:
        return DutyTally()
    from auditlib.scoring.duties.compliance import comply  # most schemes measure no duty

    windows = {name: _window(measure, period) for name, measure in named.items()}
    judged = {
        window: comply(
            resolved, ledger, window, as_of, calendar=calendar, exclude=exclude, of_scheme=True, elsewhere=elsewhere
        )
        for window in dict.fromkeys(windows.values())
    }
    found = {name: judged[window].measured(name) for name, window in windows.items()}
    return DutyTally(
        {name: {unit: Fraction(n) for unit, n in one.counts.items()} for name, one in found.items()},
        {name: one.evidence for name, one in found.items()},
        tuple(notice for name, measure in named.items() for notice in _unknown(measure, found[name])),
        judged.get(period),
    )


def duty_additions(
    resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime, calendar: Calendar | None
) -> pl.LazyFrame | None:
    """What each case adds to the measures of duties: ``unit``, the case in :data:`ROW`, a column a measure.

    None where the scheme has no such measure. Instances of no case are in none of them.
    """
    from auditlib.scoring.duties.compliance import comply

    named = {name: measure for name, measure in resolved.scheme.measures.items() if measure.duty is not None}
    judged: dict[Period, Compliance] = {}
    found: pl.LazyFrame | None = None
    for name, measure in named.items():
        window = _window(measure, period)
        if window not in judged:
            judged[window] = comply(resolved, ledger, window, as_of, calendar=calendar, of_scheme=True)
        own = (
            judged[window]
            .instances.lazy()
            .filter(
                pl.col("duty") == measure.duty,
                pl.col("status").is_in(list(measure.statuses)),
                pl.col("case").is_not_null(),
            )
        )
        adds = own.group_by("unit", pl.col("case").alias(ROW)).agg(amount_of(measure).cast(pl.Int64).alias(name))
        found = adds if found is None else found.join(adds, on=["unit", ROW], how="full", coalesce=True)
    return found


def _window(measure: Measure, period: Period) -> Period:
    if measure.window in ("quarter", "year"):
        wide: Granularity = "quarter" if measure.window == "quarter" else "year"
        return period if period.granularity in ("half", "year") and wide == "quarter" else period.widen(wide)
    return period


def _unknown(measure: Measure, found: Measured) -> Iterator[Notice]:
    """What nobody can assess is in no count: the result says how much that is."""
    for unit, number in found.unknown.items():
        message = Message(
            "unit {unit}: {measure}: nobody can assess {count} {count:instance|instances}, not counted",
            unit=unit, measure=measure.title, count=number,
        )  # fmt: skip
        yield Notice("duty_unknown", message, (unit,))
