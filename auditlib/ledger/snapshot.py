"""The snapshot hash: one name for the content of a ledger, whatever the order of rows, the files or their format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import polars as pl

__all__ = ["row_hashes", "snapshot_hash"]


def snapshot_hash(registers: Mapping[str, pl.LazyFrame | pl.DataFrame]) -> str:
    """SHA-256 over the accepted rows of all registers, as 64 hexadecimal digits.

    A register is hashed as the sorted list of its rows, a row as its filled columns in the order of
    their names: the order of rows and columns, empty columns, splitting into files and the file format
    (CSV, Parquet, XLSX) change nothing; any changed, added or removed value does.
    """
    digest = hashlib.sha256()
    for name in sorted(registers):
        frame = registers[name].lazy().collect()
        rows = frame.select(_canonical(frame)).to_series().sort()
        digest.update(f"{name}\x1d{frame.height}\x1d".encode())
        digest.update(rows.str.join("\x1e").item().encode() if frame.height else b"")
    return digest.hexdigest()


KEYS = {"cases": "case_id", "events": "event_id"}


def row_hashes(registers: Mapping[str, pl.LazyFrame | pl.DataFrame]) -> Iterator[tuple[str, str, str, str]]:
    """Register, unit, key and hash of every accepted row, in a fixed order: enough to say later which row changed.

    The hash has 16 hexadecimal digits. A row of a register without a key of its own has its hash for a key.
    """
    for name in sorted(registers):
        frame = registers[name].lazy().collect()
        unit = pl.col("unit").cast(pl.String).fill_null("") if "unit" in frame.columns else pl.lit("")
        key = pl.col(KEYS[name]) if name in KEYS and KEYS[name] in frame.columns else pl.lit(None, pl.String)
        rows = frame.select(unit.alias("unit"), key.alias("key"), _canonical(frame))
        for code, own, row in sorted((code, own or "", row) for code, own, row in rows.iter_rows()):
            content = hashlib.sha256(row.encode()).hexdigest()[:16]
            yield name, code, own or content, content


def _canonical(frame: pl.DataFrame) -> pl.Expr:
    """Each row as text: name and value of the filled columns, each after its length, so that no two rows read alike."""
    parts = []
    for name in sorted(frame.columns):
        dtype = frame.schema[name]
        if isinstance(dtype, pl.Datetime):
            value = pl.col(name).cast(pl.Datetime("us")).cast(pl.Int64).cast(pl.String)
        elif dtype == pl.String:
            value = pl.col(name)
        else:
            value = pl.col(name).cast(pl.String)
        length = value.str.len_bytes().cast(pl.String)
        label = f"{len(name.encode())}:{name}"
        parts.append(pl.when(pl.col(name).is_not_null()).then(pl.concat_str(pl.lit(label), length, pl.lit(":"), value)))
    return pl.concat_str(parts, ignore_nulls=True).alias("row") if parts else pl.lit("").alias("row")
