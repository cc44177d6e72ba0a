"""Rows before anything is counted: without the cases that are left out, beside the group of their unit."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from auditlib.scheme.model import Scheme

__all__ = ["unit_groups", "without_excluded"]


def without_excluded(registers: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """The registers without the cases that the ledger lists as exclusions."""
    if not {"exclusions", "cases"} <= registers.keys():
        return dict(registers)
    listed = registers["exclusions"].select("case_id")
    return {**registers, "cases": registers["cases"].join(listed, on="case_id", how="anti")}


def unit_groups(scheme: Scheme, units: pl.LazyFrame) -> pl.LazyFrame:
    """The group that each unit is ranked in: conditions on rows of any register may ask for it."""
    have = units.collect_schema()
    moves = scheme.ranking.regroup
    found = [
        pl.col(column).replace_strict(moves, default=None, return_dtype=pl.String)
        for column in ("unit", "name")
        if column in have
    ]
    own = pl.col("group") if "group" in have else pl.lit(None, pl.String)
    return units.select("unit", pl.coalesce(*found, own).alias("group"))
