"""From when until when a unit is assessed: which rows are its own, and on how many days of a period.

``units.valid_from`` and ``valid_to`` say it, both included. A row is its unit's by the time at which the register
puts it into a period: when a case was received, an event happened, a submission was due (or came in, where no time is
set). A measure ``to_date`` asks what there is, whenever it came about: only the end of the validity cuts it. Facts and
marks are given for a unit and a period, and stand as they are. A row that is nobody's own is not an earlier one of its
unit; where a repeat does not ask for the same unit, it is one of the person's all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import polars as pl

from auditlib.core.period import Period
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Measure

__all__ = ["MARKS", "Validity", "validity_of"]

BEGUN, NOT_OVER = "\x00begun", "\x00not_over"
MARKS = (BEGUN, NOT_OVER)
"""The columns of :meth:`Validity.marked`: no column of a file can be called so."""
ELSE = {"submissions": "submitted_at"}
"""The time of a row that has none of the kind by which its register goes."""


@dataclass(frozen=True)
class Validity:
    """The bounds of the units that have any."""

    first: Mapping[str, datetime] = field(default_factory=dict)
    last: Mapping[str, datetime] = field(default_factory=dict)
    times: Mapping[str, str | None] = field(default_factory=dict)
    """The column with the time of a row, by register of one's own."""

    @classmethod
    def of(cls, registers: Mapping[str, pl.LazyFrame], times: Mapping[str, str | None]) -> Validity:
        """What the register of units says. See :func:`validity_of` for what a scheme makes of it."""
        if "units" not in registers:
            return cls(times=times)
        have = registers["units"].collect_schema().names()
        bounds: list[dict[str, datetime]] = []
        for name in ("valid_from", "valid_to"):
            own = registers["units"].select("unit", name).drop_nulls().collect() if name in have else pl.DataFrame()
            bounds.append(dict(own.iter_rows()))
        first, last = bounds
        return cls(first, last, times)

    def __bool__(self) -> bool:
        return bool(self.first or self.last)

    def overlaps(self, unit: str, period: Period) -> bool:
        """Whether a unit is assessed at any time of a period."""
        first, last = self.first.get(unit), self.last.get(unit)
        return not ((first is not None and first >= period.end) or (last is not None and last < period.start))

    def outside(self, period: Period) -> list[str]:
        """The units that are not assessed at any time of a period."""
        return [unit for unit in sorted({*self.first, *self.last}) if not self.overlaps(unit, period)]

    def days(self, unit: str, period: Period) -> Iterator[date]:
        """The days of a period, on any part of which a unit is assessed."""
        first, last = self.first.get(unit), self.last.get(unit)
        for number in range(period.days):
            day = period.first + timedelta(days=number)
            if (first is None or first.date() <= day) and (last is None or day <= last.date()):
                yield day

    # --- rows ---

    def marked(self, frame: pl.LazyFrame, register: str) -> pl.LazyFrame:
        """The rows of a register with the columns :data:`MARKS`, where any unit has bounds."""
        if not self:
            return frame
        have = frame.collect_schema().names()
        times = [pl.col(name) for name in self.times_of(register) if name in have]
        if not times:
            return frame.with_columns(pl.lit(value=True).alias(name) for name in MARKS)
        time = pl.coalesce(times)
        begun, not_over = self._begun(time), self._not_over(time)
        return frame.with_columns(begun.alias(BEGUN), not_over.alias(NOT_OVER))

    def holds(self, time: pl.Expr) -> pl.Expr:
        """Whether the unit of a row, in its column ``unit``, is assessed at a time."""
        return self._begun(time) & self._not_over(time)

    def _begun(self, time: pl.Expr) -> pl.Expr:
        return (time >= self._bound(self.first)).fill_null(True)

    def _not_over(self, time: pl.Expr) -> pl.Expr:
        return (time <= self._bound(self.last)).fill_null(True)

    def times_of(self, register: str) -> list[str]:
        """The columns that say when a row of a register is its unit's, the first that is filled."""
        at = REGISTERS[register].at if register in REGISTERS else self.times.get(register)
        return [name for name in (at, ELSE.get(register)) if name is not None]

    def rows(self, registers: Mapping[str, pl.LazyFrame], register: str) -> pl.LazyFrame:
        """The rows of a register that are their unit's own."""
        frame = registers[register]
        return self.marked(frame, register).filter(self.own()).drop(MARKS) if self else frame

    def own(self, measure: Measure | None = None) -> pl.Expr:
        """Whether a :meth:`marked` row is its unit's own, for a measure or at all."""
        if not self:
            return pl.lit(value=True)
        return pl.col(NOT_OVER) if measure and measure.window == "to_date" else pl.col(BEGUN) & pl.col(NOT_OVER)

    @staticmethod
    def _bound(of: Mapping[str, datetime]) -> pl.Expr:
        codes, times = pl.Series(list(of), dtype=pl.String), pl.Series(list(of.values()), dtype=pl.Datetime("us"))
        return pl.col("unit").replace_strict(codes, times, default=None, return_dtype=pl.Datetime("us"))


def validity_of(scheme: Scheme, registers: Mapping[str, pl.LazyFrame]) -> Validity:
    """The validity that decides of rows: none where the scheme counts all rows of a period (``validity: period``)."""
    if scheme.validity == "period":
        return Validity()
    return Validity.of(registers, {name: one.at for name, one in scheme.extra_registers.items()})
