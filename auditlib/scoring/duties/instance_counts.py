"""The instances of duties counted, duty by duty: by unit and status, and what the reader must know of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditlib.core.message import Notice
from auditlib.core.worktime import Calendar
from auditlib.scheme.duties import Duty
from auditlib.scheme.model import Scheme
from auditlib.scoring.day_notices import provisional_notice
from auditlib.scoring.duties.controls import contradicted, control_notice
from auditlib.scoring.duties.listing import BELONGS, MOVED, Listing
from auditlib.scoring.duties.rows import DutyRows
from auditlib.scoring.duties.statuses import RATED, STATUSES, Judged

__all__ = ["DutyCount", "InstanceCounts"]

STATUS_NAMES = tuple(STATUSES)
STATUS_CODES = pl.Enum(STATUS_NAMES)
"""A status as its place among all, which is sooner counted than its word."""
SPREAD = 16
"""Numbers up to so many times their count are counted in a table with a place for each."""


@dataclass(frozen=True)
class DutyCount:
    """The instances of a duty in one unit: how many of each status, and of the soft ones how many late and missed."""

    duty: Duty
    counts: Mapping[str, int]
    soft: Mapping[str, int]
    margins: Mapping[int, int] = field(default_factory=dict, repr=False)
    """Working days left (or over, negative) at fulfilment, in order, each with how many instances had so many."""
    moved: int = 0
    """How many left the period because their limit was extended into a later one."""

    @property
    def rate(self) -> Fraction | None:
        """Met as a share of met, late and missed; None where nothing could be assessed."""
        rated = sum(self.counts[status] for status in RATED)
        return Fraction(self.counts["met"], rated) if rated else None


@dataclass
class InstanceCounts:
    """What was counted so far, by unit and duty."""

    counts: Counter[tuple[str | None, str, str]] = field(default_factory=Counter)
    soft: Counter[tuple[str | None, str, str]] = field(default_factory=Counter)
    margins: dict[tuple[str | None, str], Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    moved: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    checked: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By duty, the checks that say otherwise than the records, in order."""
    beyond: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By duty and unit, how many instances end after the days that a provisional calendar knows."""

    @classmethod
    def together(cls, every: Sequence[InstanceCounts]) -> InstanceCounts:
        """What several have counted, each of other rows."""
        whole = cls()
        for one in every:
            whole.counts.update(one.counts)
            whole.soft.update(one.soft)
            whole.moved.update(one.moved)
            for key, number in one.margins.items():
                whole.margins[key].update(number)
            for duty, units in one.beyond.items():
                whole.beyond[duty].update(units)
            for duty, checks in one.checked.items():
                whole.checked[duty] = sorted({*whole.checked[duty], *checks})
        return whole

    def add(self, listing: Listing, duty: Duty, judged: Judged) -> None:
        """Count the instances of one more duty. Raises :class:`InputError` for days that the calendar lacks."""
        table = listing.collected(
            listing.measured(judged, ("margin_working_days",)).select(
                "unit", pl.col("status").cast(STATUS_CODES), pl.col("soft", BELONGS, MOVED).fill_null(False),
                "margin_working_days", "too_late", "check", "check_result",
            )
        )  # fmt: skip
        known: list[str] = table["unit"].unique().drop_nulls().to_list()
        names = [*known, None]
        codes = table["unit"].cast(pl.Enum(known)).to_physical().fill_null(len(known)).to_numpy().astype(np.int64)
        inside, soft = table[BELONGS].to_numpy(), table["soft"].to_numpy()
        groups = (codes * len(STATUSES) + table["status"].to_physical().to_numpy())[inside]
        for counted, chosen in ((self.counts, groups), (self.soft, groups[soft[inside]])):
            for place, number in _numbers(chosen):
                whose, status = divmod(place, len(STATUSES))
                counted[names[whose], duty.id, STATUS_NAMES[status]] += number
        margins = table["margin_working_days"]
        measured = inside & margins.is_not_null().to_numpy()
        if measured.any():
            left = margins.filter(measured).to_numpy()
            least, span = int(left.min()), int(left.max() - left.min()) + 1
            for place, number in _numbers(codes[measured] * span + (left - least)):
                whose, more = divmod(place, span)
                self.margins[names[whose], duty.id][least + more] += number
        for unit, number in listing.left_by_unit(duty, judged).items():
            self.counts[unit, duty.id, "not_applicable"] += number
        for place, number in _numbers(codes[table[MOVED].to_numpy()]):
            self.moved[names[place], duty.id] = number
        if "checks" in listing.rows.registers:
            self.checked[duty.id] = contradicted(table.filter(BELONGS))
        calendar = listing.rows.calendar
        if calendar is not None and calendar.known_until is not None and _by_days(listing.rows.scheme, duty):
            after = datetime.combine(calendar.last_known + timedelta(days=1), datetime.min.time())
            self.beyond[duty.id].update(table.filter(pl.col(BELONGS) & (pl.col("too_late") > after))["unit"])

    def units(self, rows: DutyRows) -> dict[str, tuple[DutyCount, ...]]:
        """The counts of every unit, in the order of the scheme's duties."""
        found = {unit for unit, _, _ in self.counts if unit} | {unit for unit, _ in self.moved if unit}
        return {
            unit: tuple(
                DutyCount(
                    duty,
                    {status: self.counts[unit, duty.id, status] for status in STATUSES},
                    {status: self.soft[unit, duty.id, status] for status in ("late", "missed")},
                    dict(sorted(self.margins[unit, duty.id].items())),
                    self.moved[unit, duty.id],
                )
                for duty in rows.scheme.duties
            )
            for unit in sorted({*rows.ledger.units()["unit"], *found})
        }

    def notices(self, scheme: Scheme, calendar: Calendar | None) -> Iterator[Notice]:
        """Which rows were judged by working days after those that a provisional calendar knows, and where a person says
        otherwise than the records."""
        registers = Counter[str]()
        units: set[str] = set()
        for duty in scheme.duties:
            if own := self.beyond.get(duty.id):
                registers[duty.of] += own.total()
                units |= own.keys()
        if registers and calendar is not None:
            yield provisional_notice(sorted(units), registers, calendar.last_known)
        for duty in scheme.duties:
            if checks := self.checked.get(duty.id):
                yield control_notice(duty, checks)


def _by_days(scheme: Scheme, duty: Duty) -> bool:
    """Whether working days decide when a limit of a duty ends."""
    rolls = scheme.counting.last_day != "stands"
    return any(rolls or limit.working_days for limit in duty.every_limit)


def _numbers(places: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Each of many small whole numbers with how often it is there, from the smallest on."""
    if len(places) and places.max() > SPREAD * len(places):  # a table with a place for each would be nearly empty
        found, often = np.unique(places, return_counts=True)
    else:
        often = np.bincount(places)
        found = np.flatnonzero(often)
        often = often[found]
    return zip(found.tolist(), often.tolist(), strict=True)
