"""The snapshot hash: one name for the content of a ledger, whatever the order of rows, the files or their format."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

__all__ = ["case_hashes", "row_hashes", "snapshot_hash"]

ROWS, GROUP = 60_000, 4_000
"""So many rows are in the memory at a time; and so many lie together on the disk, where a part of them is wanted."""
WAITING = 5 * ROWS
"""So many rows may wait in the memory for those that come before them: in a ledger that grew by time, few do."""
SEPARATOR = "\x1e"
"""Between two rows. All rows begin with it, which changes nothing about their order."""
NEXT = 3
"""Columns of a row without its first one that say where it belongs."""


def snapshot_hash(registers: Mapping[str, pl.LazyFrame | pl.DataFrame]) -> str:
    """SHA-256 over the accepted rows of all registers, as 64 hexadecimal digits.

    A register is hashed as the sorted list of its rows, a row as its filled columns in the order of
    their names: the order of rows and columns, empty columns, splitting into files and the file format
    (CSV, Parquet, XLSX) change nothing; any changed, added or removed value does.
    """
    digest = hashlib.sha256()
    for name in sorted(registers):
        frame = registers[name].lazy()
        height = frame.select(pl.len()).collect().item()
        digest.update(f"{name}\x1d{height}\x1d".encode())
        if height:
            digest = _with_rows(digest, frame)
    return digest.hexdigest()


def _with_rows(digest: Digest, frame: pl.LazyFrame) -> Digest:
    """The digest with all rows in their order: as they come where they nearly follow each other, else sorted on the
    disk."""
    ahead, started = digest.copy(), False
    waiting = pl.Series("row", [], dtype=pl.String)
    for part, bound in zip(_rows(frame), _bounds(frame), strict=True):
        rows = pl.concat([waiting, part])
        ready = rows < bound if bound is not None else pl.repeat(True, len(rows), eager=True)
        waiting = rows.filter(~ready)
        if len(waiting) > WAITING:
            break
        if ready.any():
            _add(ahead, _sorted(rows.filter(ready)), started)
            started = True
    else:
        return ahead
    with TemporaryDirectory() as folder:
        for number, rows in enumerate(_merged(frame, Path(folder))):
            _add(digest, rows, number > 0)
    return digest


def _bounds(frame: pl.LazyFrame) -> list[str | None]:
    """For each part what no row of the parts behind it comes before; None for the last."""
    names = sorted(frame.collect_schema().names())
    if frame.select(pl.col(names[0]).null_count()).collect(engine="streaming").item():
        names = names[:NEXT]  # a row without the first column begins with its next ones
    else:
        names = names[:1]
    parts = _parts(frame.select(names))
    leasts = [str(part.select(_canonical(part, SEPARATOR).min()).item()) for part in parts]
    bounds: list[str | None] = [None]
    for least in reversed(leasts[1:]):
        bounds.append(least if bounds[-1] is None else min(least, bounds[-1]))
    return bounds[::-1]


def _parts(frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """All rows in their order, so many at a time: the file of a long register is opened once, not once a part."""
    left: list[pl.DataFrame] = []
    height = 0
    for batch in frame.collect_batches(chunk_size=ROWS, maintain_order=True):
        left.append(batch)
        height += batch.height
        while height >= ROWS:
            whole = pl.concat(left) if len(left) > 1 else left[0]
            yield whole.head(ROWS)
            left, height = [whole.slice(ROWS)], height - ROWS
    if height:
        yield pl.concat(left)


def _add(digest: Digest, rows: pl.Series, after_others: bool) -> None:
    """Add rows with their separators; none stands before the first of all."""
    texts = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, content = texts.buffers()  # as Arrow has them, their texts follow one another
    start, end = memoryview(offsets).cast("q")[texts.offset], memoryview(offsets).cast("q")[texts.offset + len(texts)]
    digest.update(memoryview(content)[start if after_others else start + len(SEPARATOR) : end])


def _merged(frame: pl.LazyFrame, folder: Path) -> Iterator[pl.Series]:
    """The rows of a long register in their order, so many at a time: runs on the disk, then one range after another."""
    some: list[str] = []
    for number, part in enumerate(_rows(frame)):
        rows = _sorted(part)
        rows.to_frame().write_parquet(folder / f"{number}.parquet", compression="lz4", row_group_size=GROUP)
        some += rows.gather_every(GROUP).to_list()
    row, runs = pl.col("row"), pl.scan_parquet(folder / "*.parquet")
    bounds = [None, *sorted(some)[ROWS // GROUP :: ROWS // GROUP], None]
    for low, high in itertools.pairwise(bounds):
        inside = (row >= low if low is not None else True) & (row < high if high is not None else pl.lit(True))
        rows = runs.filter(inside).collect().to_series().sort()
        if rows.len():
            yield rows


def _rows(frame: pl.LazyFrame) -> Iterator[pl.Series]:
    """The rows of each part as text."""
    for part in _parts(frame):
        yield part.select(_canonical(part, SEPARATOR)).to_series()


def _sorted(rows: pl.Series) -> pl.Series:
    return rows if rows.is_sorted() else rows.sort()


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


def case_hashes(registers: Mapping[str, pl.LazyFrame | pl.DataFrame], cases: Iterable[str]) -> dict[str, str]:
    """SHA-256 of all that the registers say of each of these cases, whatever the order; one that is not there is left
    out. The answers of people are no part of it."""
    wanted = pl.Series("case_id", sorted(set(cases)), dtype=pl.String)
    found: dict[str, list[str]] = {}
    for name in sorted(set(registers) - {"checks"}):
        frame = registers[name].lazy()
        if "case_id" not in frame.collect_schema():
            continue
        own = frame.filter(pl.col("case_id").is_in(wanted.implode())).collect()
        for case, row in own.select("case_id", _canonical(own)).sort("case_id", "row").iter_rows():
            found.setdefault(case, []).append(f"{name}\x1d{row}")
    return {case: hashlib.sha256("\x1e".join(rows).encode()).hexdigest() for case, rows in found.items()}


def _canonical(frame: pl.DataFrame, before: str = "") -> pl.Expr:
    """Each row as text: name and value of the filled columns, each after its length, so that no two rows read alike.

    ``before`` stands before every one.
    """
    empty = frame.null_count().row(0, named=True)
    lengths = _one_length(frame)
    parts = [pl.lit(before)]
    for name in sorted(frame.columns):
        value = _value(frame, name)
        title = f"{len(name.encode())}:{name}"
        own = [pl.lit(title), value.str.len_bytes().cast(pl.String), pl.lit(":"), value]
        if name in lengths:
            own = [pl.lit(f"{title}{lengths[name]}:"), value]
        # A text of its own, which is null where the value is, only where one is: most columns are spared it.
        parts += [pl.concat_str(own)] if empty[name] else own
    return pl.concat_str(parts, ignore_nulls=True).alias("row")


def _value(frame: pl.DataFrame, name: str) -> pl.Expr:
    if isinstance(frame.schema[name], pl.Datetime):
        return pl.col(name).cast(pl.Datetime("us")).cast(pl.Int64).cast(pl.String)
    return pl.col(name).cast(pl.String)


def _one_length(frame: pl.DataFrame) -> dict[str, int]:
    """The length of the texts of each column all of whose texts are as long: it need not be told row by row."""
    if frame.is_empty():
        return {}
    asked = []
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Datetime):
            length = pl.col(name).cast(pl.Datetime("us")).cast(pl.Int64)
        elif dtype == pl.String:
            length = pl.col(name).str.len_bytes()
        else:
            continue
        asked += [pl.struct(least=length.min(), most=length.max()).alias(name)]
    if not asked:  # a register of numbers alone
        return {}
    found = {}
    for name, ends in frame.select(asked).row(0, named=True).items():
        least, most = ends["least"], ends["most"]
        if isinstance(frame.schema[name], pl.Datetime):
            least, most = (None if one is None else len(str(one)) if one >= 0 else one for one in (least, most))
        if least is not None and least == most >= 0:
            found[name] = least
    return found
