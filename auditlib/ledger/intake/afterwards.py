"""What is looked at once the rows of a register are there: units of rejected rows alone, columns, sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.checks import ROW
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.privacy.find import withhold
from auditlib.ledger.tables.layout import Doubt

__all__ = ["named_units", "own_columns", "rows_by_file", "size_doubts", "units_without_rows"]

FULL = (65_536, 1_048_576)
"""The last rows of sheets in XLS and XLSX."""


def own_columns(mapping: Mapping) -> Iterator[Doubt]:
    """Columns that no register has: a name that was meant for one of them would be read by nobody."""
    for name, register in mapping.registers.items():
        if own := tuple(column for column in register.columns if mapping.known[name].column(column) is None):
            message = Message(
                "{register}: {columns} {count:is no column|are no columns} of the register and {count:is|are} read "
                "only by schemes that declare {count:it|them}; write {count:it|them} under `extra_columns`",
                register=name, columns=own, count=len(own),
            )  # fmt: skip
            yield Doubt("own_columns", message, len(own))
        read: dict[tuple[str, ...], list[str]] = {}
        for column, origin in register.columns.items():
            if origin.time is not None and origin.sql is None:
                read.setdefault(origin.sources, []).append(column)
        for source, columns in read.items():
            if len(columns) > 1:
                message = Message(
                    "{register}: {columns} are read from one column of the source ({source})",
                    register=name, columns=tuple(columns), source=source,
                )  # fmt: skip
                yield Doubt("one_column_twice", message, len(columns))


def named_units(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    """Which unit each row names, in twelve bytes a row."""
    return rows.select(
        pl.col("unit").cast(pl.Categorical), pl.col(ROW).cast(pl.UInt32).alias("row"),
        pl.lit(file).cast(pl.Categorical).alias("file"),
    )  # fmt: skip


def units_without_rows(
    named: Sequence[pl.DataFrame], rejects: pl.DataFrame, units: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[Doubt, ...]]:
    """The ``units`` without those that are only named in rejected rows of the cases they were taken from.

    ``named`` are frames of :func:`named_units`.
    """
    if not named or rejects.is_empty():
        return units, ()
    bad = rejects.filter(pl.col("register") != "units").select("file", "row").unique()
    rows = pl.concat(list(named))
    many = rows.group_by("unit").len().filter(pl.col("len") > bad.height)["unit"].cast(pl.String)
    text = pl.col("unit", "file").cast(pl.String)
    few = rows.filter(~pl.col("unit").cast(pl.String).is_in(many.implode()))
    few = few.with_columns(text, pl.col("row").cast(pl.Int64))
    spared = pl.concat([many, few.join(bad, on=["file", "row"], how="anti")["unit"]]).unique()
    gone = units.filter(~pl.col("unit").is_in(spared.implode()))["unit"]
    if gone.is_empty():
        return units, ()
    message = Message(
        "{count} {count:unit is|units are} named only in rejected rows and not taken: {units}",
        count=gone.len(), units=tuple(withhold(one) for one in gone.unique(maintain_order=True)),
    )  # fmt: skip
    doubt = Doubt("units_left_out", message, gone.len())
    return units.filter(~pl.col("unit").is_in(gone.implode())), (doubt,)


def size_doubts(label: str, count: int, last: int) -> Iterator[Doubt]:
    """A table that is empty, or as long as a sheet can be: then its end may be cut off."""
    if not count:
        yield Doubt("no_rows", Message("{file} has column names and no row", file=label), file=label)
    elif last in FULL:
        message = Message(
            "{file} ends with row {row}, the last that a sheet can have; rows may be missing", file=label, row=last
        )
        yield Doubt("full_sheet", message, file=label)


def rows_by_file(rejects: pl.DataFrame) -> dict[str, int]:
    """How many rows of each file are among the rejected."""
    return dict(rejects.group_by("file").agg(pl.col("row").n_unique()).iter_rows())
