"""In whose favour a restatement is: points under both snapshots, each class applied alone, the rest as interaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

import polars as pl

from auditlib.core.distributions import binomial_at_least
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.ledger.restatement.pair import CLASSES
from auditlib.scheme.load import Resolved
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.score import score

__all__ = ["OTHERS", "Favour", "favours", "sign_test"]

OTHERS = "other_registers"


@dataclass(frozen=True)
class Favour:
    """A unit's points before and after, and what each class of differences alone would have changed.

    The parts and the ``interaction`` add up to the difference exactly; None where a total cannot be given.
    """

    unit: str
    before: Fraction | None
    after: Fraction | None
    parts: Mapping[str, Fraction]
    interaction: Fraction | None

    @property
    def change(self) -> Fraction | None:
        return None if self.before is None or self.after is None else self.after - self.before


def sign_test(gains: int, losses: int) -> Fraction:
    """P(at least so many of them gain) if gaining and losing were alike: 9 against 1 give 11/1024."""
    return binomial_at_least(gains, gains + losses, Fraction(1, 2))


def favours(
    old: Ledger, new: Ledger, rows: pl.DataFrame, resolved: Resolved, period: Period, taken: datetime
) -> tuple[Favour, ...]:
    """The points of every unit under both snapshots, looked at as of ``taken``: what happened later is hidden in both.

    ``rows`` are those that differ, with their class. Raises :class:`InputError` as scoring does.
    """
    calendar = calendar_of(resolved)

    def totals(registers: Mapping[str, pl.LazyFrame]) -> dict[str, Fraction | None]:
        # The newer note lets the engine hide what it knows to be later than the moment that is looked at.
        result = score(
            resolved, replace(new, registers=registers), period, taken, calendar=calendar, evidence=False, duties=True
        )
        return {unit.unit: unit.total for unit in result.units}

    before, after = totals(old.registers), totals(new.registers)
    parts: dict[str, dict[str, Fraction | None]] = {}
    cases = rows.filter(pl.col("register") == "cases")
    for kind in CLASSES:
        if keys := cases.filter(pl.col("class") == kind)["key"].to_list():
            mixed = _mixed(old.registers["cases"], new.registers["cases"], keys)
            parts[kind] = totals({**old.registers, "cases": mixed})
    if cases.height < rows.height:
        parts[OTHERS] = totals({**new.registers, "cases": old.registers["cases"]})
    return tuple(_favour(unit, before.get(unit), after.get(unit), parts) for unit in sorted({*before, *after}))


def _mixed(old: pl.LazyFrame, new: pl.LazyFrame, keys: list[str]) -> pl.LazyFrame:
    """The old rows, with those of these keys as the new snapshot has them, or without them."""
    kept = old.filter(~pl.col("case_id").is_in(keys))
    return pl.concat([kept, new.filter(pl.col("case_id").is_in(keys))], how="diagonal_relaxed")


def _favour(
    unit: str, before: Fraction | None, after: Fraction | None, parts: Mapping[str, Mapping[str, Fraction | None]]
) -> Favour:
    if before is None or after is None:
        return Favour(unit, before, after, {}, None)
    own = {kind: found - before for kind, total in parts.items() if (found := total.get(unit)) is not None}
    return Favour(unit, before, after, own, after - before - sum(own.values(), Fraction(0)))
