"""The cases of two snapshots mixed: the rows of one of them, but some of them as the other one has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from auditlib.ledger.divided.parts import Part

__all__ = ["MixedPart", "mixed_cases"]


def mixed_cases(own: pl.LazyFrame, other: pl.LazyFrame, keys: Collection[str]) -> pl.LazyFrame:
    """The cases of ``own``, those of these ``keys`` as ``other`` has them, or gone where it has none."""
    kept = own.filter(~pl.col("case_id").is_in(keys))
    return pl.concat([kept, other.filter(pl.col("case_id").is_in(keys))], how="diagonal_relaxed")


@dataclass(frozen=True)
class MixedPart:
    """A part of a snapshot with cases of the same part of another one: those of these ``keys``, all where it is None.

    All rows of a unit lie in the same part of both, so that this is the part of the mixed snapshot.
    """

    own: Part
    other: Part
    keys: tuple[str, ...] | None = field(repr=False)

    def registers(self) -> Mapping[str, pl.LazyFrame]:
        """Its registers, read when they are asked for. Raises :class:`InputError` as those of its parts do."""
        own, cases = self.own.registers(), self.other.registers()["cases"]
        return {**own, "cases": cases if self.keys is None else mixed_cases(own["cases"], cases, self.keys)}
