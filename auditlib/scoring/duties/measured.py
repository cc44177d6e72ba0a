"""What the instances of a duty come to for a measure: by unit, how many or how late, and which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from auditlib.scheme.quantities import Measure

__all__ = ["Measured", "amount_of", "measured", "together"]

SUMMED = {
    "late_working_days": "late_working_days", "late_days": "late_calendar_days", "late_minutes": "late_minutes",
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """By unit, the number, the cases (or other rows) behind it in order, and how many instances nobody can assess."""

    counts: Mapping[str, int] = field(default_factory=dict)
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)


def amount_of(measure: Measure) -> pl.Expr:
    """What a measure makes of instances: how many there are, or the sum of their lateness."""
    return pl.len() if measure.sum is None else pl.col(SUMMED[measure.sum]).fill_null(0).sum()


def measured(measure: Measure, instances: pl.DataFrame) -> Measured:
    """The instances of the duty of a measure, counted for it."""
    chosen = instances.filter(pl.col("status").is_in(list(measure.statuses)))
    named_rows = pl.coalesce("case", "key").unique().sort()
    table = chosen.group_by("unit").agg(amount_of(measure).alias("n"), named_rows.alias("rows"))
    open_ = instances.filter(pl.col("status") == "not_assessable").group_by("unit").len().sort("unit")
    return Measured(
        {unit: n for unit, n, _ in table.iter_rows()},
        {unit: tuple(rows) for unit, _, rows in table.iter_rows()},
        dict(open_.iter_rows()),
    )


def together(every: Sequence[Measured]) -> Measured:
    """What several have counted of different cases."""
    counts, unknown = Counter[str](), Counter[str]()
    evidence: dict[str, set[str]] = {}
    for one in every:
        counts.update(one.counts)
        unknown.update(one.unknown)
        for unit, rows in one.evidence.items():
            evidence.setdefault(unit, set()).update(rows)
    ordered = {unit: tuple(sorted(rows)) for unit, rows in evidence.items()}
    return Measured(counts, ordered, {unit: unknown[unit] for unit in sorted(unknown)})
