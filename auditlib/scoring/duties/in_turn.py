"""Duties of a large ledger judged some cases after the others, so that memory does not grow with the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from auditlib.ledger.divided.divide import parts_of
from auditlib.ledger.read import Ledger
from auditlib.scoring.duties.in_places import (
    MEETING,
    DutyAnswer,
    DutyQuestion,
    answer_of,
    filled_anywhere,
    filled_in,
    judged_apart,
    judged_in,
)

__all__ = ["AT_ONCE", "JudgedInTurn"]

AT_ONCE = 2_000_000
"""So many cases, acts, events and checks are looked at together."""

Registers = Mapping[str, pl.LazyFrame]


@dataclass(frozen=True)
class JudgedInTurn:
    """Judges the duties of a ledger for ``at_once`` rows after the others."""

    ledger: Ledger
    at_once: int = AT_ONCE

    def judged(self, question: DutyQuestion) -> DutyAnswer | None:
        """The duties of the whole ledger; None where it is small, or its cases cannot be judged without each other."""
        rows = sum(self.ledger.accepted.get(name, 0) for name in MEETING)
        if rows <= self.at_once or not judged_apart(question, self.ledger.registers):
            return None
        count = -(-rows // self.at_once)
        filled = filled_anywhere([filled_in(question, own) for own in self._slices(count)])
        slices = enumerate(self._slices(count))
        return answer_of([judged_in(question, own, place == 0, filled) for place, own in slices])

    def _slices(self, count: int) -> Iterator[Registers]:
        """The registers in ``count`` slices, or as many as a divided ledger has parts; each with all rows of its cases.

        Rows of no case are in the first.
        """
        registers = self.ledger.registers
        parts = parts_of(self.ledger)
        if parts and not _cases_elsewhere(registers):
            for number, part in enumerate(parts):
                cases = {"cases": part.registers()["cases"]}
                yield {**registers, **cases, **({} if number == 0 else _without(registers, "cases"))}
            return
        for place in range(count):
            own = {
                name: frame.filter(_place(count).fill_null(0) == place)
                for name, frame in registers.items()
                if name in MEETING and "case_id" in frame.collect_schema()
            }
            yield {**registers, **own, **({} if place == 0 else _without(registers, *own))}


def _without(registers: Registers, *kept: str) -> dict[str, pl.LazyFrame]:
    """The registers that duties look at, but for some, without rows."""
    return {name: frame.clear() for name, frame in registers.items() if name in MEETING and name not in kept}


def _place(count: int) -> pl.Expr:
    """Where a case is judged, by a hash of its id: on one machine it need not be the same on every other."""
    return pl.when(pl.col("case_id").is_not_null()).then(pl.col("case_id").hash() % count)


def _cases_elsewhere(registers: Registers) -> bool:
    """Whether a row of another register names a case, so that it may lie in another part than the case."""
    others = [name for name in MEETING if name != "cases" and name in registers]
    return any(
        registers[name].select(pl.col("case_id").is_not_null().any()).collect().item()
        for name in others
        if "case_id" in registers[name].collect_schema()
    )
