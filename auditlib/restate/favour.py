"""In whose favour a restatement is: points under both snapshots, each class applied alone, the rest as interaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Protocol

import polars as pl

from auditlib.core.distributions import binomial_at_least
from auditlib.core.period import Period
from auditlib.ledger.divided.divide import parts_of
from auditlib.ledger.divided.parts import Part
from auditlib.ledger.read import Ledger
from auditlib.ledger.restatement.mixed import MixedPart, mixed_cases
from auditlib.ledger.restatement.pair import CLASSES
from auditlib.scheme.load import Resolved
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.counts import Count
from auditlib.scoring.score import score

__all__ = ["OTHERS", "CountedApart", "Favour", "favours", "sign_test"]

OTHERS = "other_registers"


@dataclass(frozen=True)
class Favour:
    """A unit's points before and after, and what each class of differences alone would have changed.

    The parts and the ``interaction`` add up to the difference exactly; None where a total cannot be given. ``ranks``
    are those before and after, ``ranks_alone`` the one that each class alone would have given.
    """

    unit: str
    before: Fraction | None
    after: Fraction | None
    parts: Mapping[str, Fraction]
    interaction: Fraction | None
    ranks: tuple[int | None, int | None] = (None, None)
    ranks_alone: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def change(self) -> Fraction | None:
        return None if self.before is None or self.after is None else self.after - self.before


class CountedApart(Protocol):
    """Who counts the rows of a ledger that lies in parts."""

    def __call__(self, ledger: Ledger, parts: Sequence[Part]) -> Count: ...


def sign_test(gains: int, losses: int) -> Fraction:
    """P(at least so many of them gain) if gaining and losing were alike: 9 against 1 give 11/1024."""
    return binomial_at_least(gains, gains + losses, Fraction(1, 2))


Places = Mapping[str, tuple[Fraction | None, int | None]]
"""By unit its total and its rank."""


def favours(
    old: Ledger, new: Ledger, rows: pl.DataFrame, resolved: Resolved, period: Period, taken: datetime,
    counted: CountedApart | None = None,
) -> tuple[Favour, ...]:  # fmt: skip
    """The points of every unit under both snapshots, looked at as of ``taken``: what happened later is hidden in both.

    ``rows`` are those that differ, with their class. ``counted`` says who counts them, where both snapshots lie in
    equally many parts. Raises :class:`InputError` as scoring does.
    """
    calendar = calendar_of(resolved)
    pairs = list(zip(parts_of(old), parts_of(new), strict=True)) if counted is not None else []

    def places(registers: Mapping[str, pl.LazyFrame], parts: Sequence[Part]) -> Places:
        # The newer note lets the engine hide what it knows to be later than the moment that is looked at.
        ledger = replace(new, registers=registers)
        count = counted(ledger, parts) if counted is not None else None
        result = score(resolved, ledger, period, taken, calendar=calendar, evidence=False, duties=True, count=count)
        return {unit.unit: (unit.total, unit.rank) for unit in result.units}

    before = places(old.registers, [one for one, _ in pairs])
    after = places(new.registers, [other for _, other in pairs])
    alone: dict[str, Places] = {}
    cases = rows.filter(pl.col("register") == "cases")
    for kind in CLASSES:
        if keys := tuple(cases.filter(pl.col("class") == kind)["key"]):
            mixed = {**old.registers, "cases": mixed_cases(old.registers["cases"], new.registers["cases"], keys)}
            alone[kind] = places(mixed, [MixedPart(one, other, keys) for one, other in pairs])
    if cases.height < rows.height:
        mixed = {**new.registers, "cases": old.registers["cases"]}
        alone[OTHERS] = places(mixed, [MixedPart(other, one, None) for one, other in pairs])
    return tuple(_favour(unit, before, after, alone) for unit in sorted({*before, *after}))


def _favour(unit: str, old: Places, new: Places, alone: Mapping[str, Places]) -> Favour:
    (before, rank), (after, later) = (found.get(unit, (None, None)) for found in (old, new))
    if before is None or after is None:
        return Favour(unit, before, after, {}, None, (rank, later))
    own = {kind: found[unit] for kind, found in alone.items() if unit in found}
    parts = {kind: total - before for kind, (total, _) in own.items() if total is not None}
    ranks = {kind: place for kind, (_, place) in own.items()}
    return Favour(
        unit, before, after, parts, after - before - sum(parts.values(), Fraction(0)), (rank, later), ranks
    )  # fmt: skip
