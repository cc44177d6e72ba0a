"""Compliance (履责情况): every duty of a scheme for a ledger and period, by unit, each instance with its evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.message import Notice
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.duties.decided import DECIDED
from auditlib.scoring.duties.elsewhere import JudgesElsewhere
from auditlib.scoring.duties.in_places import DutyQuestion, judged_listing
from auditlib.scoring.duties.in_turn import JudgedInTurn
from auditlib.scoring.duties.instance_counts import DutyCount
from auditlib.scoring.duties.listing import Listing
from auditlib.scoring.duties.measured import Measured, measured
from auditlib.scoring.duties.notices import duty_notices
from auditlib.scoring.duties.rows import DutyRows
from auditlib.scoring.result import AppliedAdjustment, DutyCounts

__all__ = ["Compliance", "comply", "duty_counts"]


@dataclass(frozen=True)
class Compliance:
    """Every duty judged: ``units`` maps a unit to its counts, in the order of the scheme's duties.

    Counting needs no list of the instances, of which a year of a city has millions: they are listed when they are asked
    for, those of :meth:`only` one unit or case without the others.
    """

    resolved: Resolved
    period: Period
    as_of: datetime
    units: Mapping[str, tuple[DutyCount, ...]]
    listing: Listing = field(repr=False)
    chosen: tuple[pl.Expr, ...] = field(default=(), repr=False)
    """Which of the instances are meant."""
    notices: tuple[Notice, ...] = ()
    decided: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DECIDED), repr=False)
    """What the decision tables of the source give for the cases received in the period (:data:`DECIDED`)."""
    adjustments: tuple[AppliedAdjustment, ...] = ()
    before: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    """By unit and duty, the counts without adjustments, where they differ."""
    counted: Mapping[str, Measured] = field(default_factory=dict, repr=False)
    """What measures of duties come to, where that was counted elsewhere."""

    @cached_property
    def instances(self) -> pl.DataFrame:
        """A frame of :data:`~auditlib.scoring.duties.statuses.INSTANCES`, :data:`.MEASURED` and
        :data:`~auditlib.scoring.duties.controls.CONTROLS`, one row for each row that a duty applied to, by unit, duty
        and case."""
        return self.listing.frame(self.chosen)

    def measured(self, name: str) -> Measured:
        """What a measure of a duty comes to."""
        if name in self.counted:
            return self.counted[name]
        measure = self.resolved.scheme.measures[name]
        return measured(measure, self.instances.filter(pl.col("duty") == measure.duty))

    def only(self, unit: str | None = None, case: str | None = None, statuses: Collection[str] = ()) -> Compliance:
        """The same for one unit; instances of one case or of some statuses alone. Counts stay those of the unit."""
        chosen = [pl.col(name) == value for name, value in (("unit", unit), ("case", case)) if value is not None]
        if statuses:
            chosen.append(pl.col("status").is_in(list(statuses)))
        units = {name: counts for name, counts in self.units.items() if unit in (None, name)}
        decided = self.decided if unit is None else self.decided.filter(pl.col("unit") == unit)
        return replace(self, units=units, chosen=(*self.chosen, *chosen), decided=decided)

    @property
    def breached(self) -> bool:
        """Whether any instance was late or missed."""
        if self.chosen:
            return self.instances["status"].is_in(["late", "missed"]).any()
        return any(
            one.counts[status] for counts in self.units.values() for one in counts for status in ("late", "missed")
        )


def comply(
    resolved: Resolved,
    ledger: Ledger,
    period: Period,
    as_of: datetime | None = None,
    *,
    calendar: Calendar | None = None,
    left: bool = False,
    exclude: bool = True,
    of_scheme: bool = False,
    every: bool = False,
    elsewhere: JudgesElsewhere | None = None,
) -> Compliance:
    """Every duty of a scheme for the cases of a period, as seen at ``as_of``.

    With ``left`` the rows that a duty does not apply to are among the instances too; ``exclude`` leaves out the cases
    on the list of exclusions; ``of_scheme`` looks at a period that the scheme itself asks for, whatever its kind;
    ``every`` takes the instances of all periods, as the history of a case does; ``elsewhere`` judges them otherwise
    than here, to the same numbers. An
    instance belongs to the period in which its limit ends, extensions included (``counting.belongs: due``), or in
    which it begins; until then it is listed as running. Raises :class:`InputError` for a scheme without duties and for
    days that the calendar lacks.
    """
    scheme = resolved.scheme
    if not scheme.duties:
        raise InputError.at(scheme.scheme, "duties", "found none, expected a scheme that declares duties")
    if period.granularity not in scheme.periods and not of_scheme:
        raise InputError.at(scheme.scheme, "period", f"found {period}, expected one of: {', '.join(scheme.periods)}")
    look = as_of or default_as_of(ledger, period)
    rows = DutyRows.of(resolved, ledger, period, look, calendar, exclude=exclude)
    listing = Listing(rows, left, every)
    found = None
    if not every:
        own = tuple(name for name, measure in scheme.measures.items() if measure.duty is not None)
        question = DutyQuestion(
            replace(resolved, file=None), period, look, calendar, exclude, ledger.note, str(ledger.path), own
        )
        found = (elsewhere or JudgedInTurn(ledger)).judged(question)
    found = found or judged_listing(listing)
    notices = [*duty_notices(scheme, ledger.note, found.facts), *found.counts.notices(scheme, calendar)]
    return Compliance(
        resolved, period, look, found.counts.units(rows), listing, notices=tuple(notices),
        decided=pl.DataFrame(list(found.decided), schema=DECIDED, orient="row"), counted=found.measured,
    )  # fmt: skip


def duty_counts(result: Compliance, unit: str) -> tuple[DutyCounts, ...]:
    """The duties of a unit as a scored result has them: counts alone."""
    return tuple(
        DutyCounts(one.duty.id, one.duty.clause, one.counts, one.soft, one.rate) for one in result.units.get(unit, ())
    )
