"""A Parquet file that is too long for the memory, in pieces: an export, or the answer of a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from auditlib.ledger.checks import ROW
from auditlib.ledger.table_guards import damaged, guard_parquet, telling_damage
from auditlib.ledger.tables.layout import SourceTable

__all__ = ["PACKED", "ParquetInPieces"]

ROWS = 250_000
"""So many rows are read at a time."""
PACKED = 8
"""The text of a table has about so many times the bytes of its Parquet."""


@dataclass(frozen=True)
class ParquetInPieces:
    """A Parquet file of whose rows only some are in the memory at a time."""

    file: Path

    def tables(
        self,
        advance: Callable[[int, int], object] = lambda size, rows: None,
        wanted: Collection[str] | None = None,
    ) -> Iterator[SourceTable]:
        """Its rows in tables one after another, of the ``wanted`` columns where it has them all.

        ``advance`` is told of every piece, how many bytes it had on the disk and how many rows.
        """
        with telling_damage(self.file):
            guard_parquet(self.file)
            frame = pl.scan_parquet(self.file, glob=False)
            columns, count = frame.collect_schema().names(), frame.select(pl.len()).collect().item()
        if wanted is not None and set(wanted) <= set(columns):
            frame = frame.select([name for name in columns if name in wanted])
        row, told, whole = 0, 0, self.file.stat().st_size
        pieces = frame.collect_batches(chunk_size=ROWS, maintain_order=True)
        while (piece := self._next(pieces)) is not None:
            numbered = piece.with_row_index(ROW, row + 2).with_columns(pl.col(ROW).cast(pl.Int64))
            yield SourceTable(str(self.file), numbered, file=self.file)
            row += piece.height
            done = whole * row // max(count, 1)
            advance(done - told, piece.height)
            told = done
        if row != count:  # its reader broke off, and only ends
            raise damaged(self.file)

    def _next(self, pieces: Iterator[pl.DataFrame]) -> pl.DataFrame | None:
        with telling_damage(self.file):
            return next(pieces, None)
