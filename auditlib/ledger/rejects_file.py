"""``rejects.csv``: what an intake has set aside, as it lies in the folder of a ledger."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from auditlib.core.cells import inert_frame, lively
from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.guards import content_of
from auditlib.ledger.checks import REJECTS_SCHEMA, withheld

__all__ = ["REJECTS", "read_rejects", "write_rejects"]

REJECTS = "rejects.csv"


def write_rejects(rejects: pl.DataFrame, folder: Path) -> None:
    """Write a list of faults, where there are any: no cell of it is run by a spreadsheet."""
    if rejects.height:
        write_atomically(folder / REJECTS, inert_frame(rejects).write_csv().encode())


def read_rejects(folder: Path) -> tuple[pl.DataFrame, dict[str, int]]:
    """The faults that an intake wrote beside a ledger, and how many rows of each register they are of.

    Raises :class:`InputError` where the file is there and is no such list.
    """
    kept = folder / REJECTS
    if not kept.exists():
        return pl.DataFrame(schema=REJECTS_SCHEMA), {}
    content = content_of(kept)
    try:
        told = lively(pl.read_csv(content, schema_overrides=REJECTS_SCHEMA), content)
        lacking = [name for name in ("unit", "at") if name not in told.columns]  # as earlier versions wrote them
        told = told.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
        faults = withheld(told.select(list(REJECTS_SCHEMA)))
    except pl.exceptions.PolarsError as error:
        found = str(error).splitlines()[0]
        raise InputError.at(kept, "", f"found {found}, expected the list of an intake") from None
    return faults, dict(faults.group_by("register").agg(pl.struct("file", "row").n_unique()).iter_rows())
