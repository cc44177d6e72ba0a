"""Who acts: by the title that a ledger writes, and by the id that a scheme has for it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

__all__ = ["WRITTEN", "with_actors"]

WRITTEN = "\x00written "
"""Before a column in which an actor may stand: what the ledger has there."""
WHO = ("unit", "to_unit", "post", "to_post")
"""Columns of an act in which an actor may stand by its title, and is known by its id."""


def with_actors(table: pl.DataFrame, titles: Mapping[str, str], units: pl.DataFrame) -> pl.DataFrame:
    """Acts with the ids of actors in place of their titles, and beside them what was written.

    ``titles`` has the id of each title; a unit whose name is the title of an actor acts as that actor.
    """
    named = units.filter(pl.col("name").is_in(list(titles))) if "name" in units.columns else units.clear()
    codes = {unit: titles[name] for unit, name in named.select("unit", "name").iter_rows()} if named.height else {}
    ids = codes | dict(titles)
    columns = [name for name in WHO if name in table.columns]
    written = table.with_columns(pl.col(name).alias(f"{WRITTEN}{name}") for name in columns)
    titled = [name for name in columns if table[name].is_in(list(ids)).any()]
    return written.with_columns(pl.col(titled).replace(ids)) if titled else written
