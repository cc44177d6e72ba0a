"""What is looked at before a table is read: files that are small on the disk and without end in the memory.

A packed file that unpacks to a hundred times its size, a sheet whose one filled cell is its last one, a line of names
that never ends: each fills the memory before the first row is there. They are told by counting, in a few seconds and
within a few megabytes, and refused; a table of people stays far below the limits.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.guards import open_file, sized

__all__ = ["COLUMNS", "guard_columns", "guard_parquet", "guard_unpacked", "guard_workbook", "unpacked"]

FIRST, LINES = 2**26, 10
"""So many bytes and lines may hold the column names."""
COLUMNS = 16_384
"""Of a table: as many as a spreadsheet has."""
CELLS = 100_000_000
"""Of a sheet, from its first to its last filled one."""
FREE, RATIO = 2**26, 60
"""So much may be unpacked whatever it comes from; beyond that, so many times the packed size (ledgers: 10 to 30)."""
COUNTED = 2**23
"""A packed file of more bytes is counted through before its content is kept."""
STEP = 2**20


def guard_columns(content: bytes, separator: str, name: str) -> None:
    """Refuses a text whose first lines, among which are the column names, have more than :data:`COLUMNS` cells."""
    for number, line in enumerate(content[:FIRST].split(b"\n")[:LINES], start=1):
        count = line.count(separator.encode()) + 1
        if count > COLUMNS:
            found = f"found {count:,} columns" if len(content) <= FIRST else f"found more than {COLUMNS:,} columns"
            raise InputError.at(name, "", f"{found}, expected at most {COLUMNS:,}", line=number)


def unpacked(content: bytes, name: str) -> bytes:
    """What a gzipped file holds. Raises :class:`InputError` where there is far more in it than a table would have.

    Raises :class:`OSError`, :class:`zlib.error` and :class:`EOFError` where it is no such file, or breaks off.
    """
    if len(content) > COUNTED:  # what might be refused is not kept while it is counted
        made = 0
        for part in _pieces(gzip.GzipFile(fileobj=io.BytesIO(content))):
            made += len(part)
            guard_unpacked(made, len(content), name)
    parts: list[bytes] = []
    made = 0
    for part in _pieces(gzip.GzipFile(fileobj=io.BytesIO(content))):
        parts.append(part)
        made += len(part)
        guard_unpacked(made, len(content), name)
    return b"".join(parts)


def _pieces(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while part := stream.read(STEP):
        yield part


def guard_unpacked(made: int, packed: int, name: str) -> None:
    """Refuses a packed file of ``packed`` bytes once ``made`` have come out of it and that is too much for a table."""
    if made > max(FREE, RATIO * packed):
        found = f"found more than {sized(made)} in a packed file of {sized(packed)}"
        raise InputError.at(name, "", f"{found}, expected a table; unpack it and look into it first")


def guard_parquet(file: Path) -> None:
    """Refuses what is no ordinary file, or says that it holds far more than its bytes can."""
    with open_file(file) as stream:
        size = stream.seek(0, 2)
    frame = pl.scan_parquet(file, glob=False)
    rows, columns = frame.select(pl.len()).collect().item(), len(frame.collect_schema())
    if rows * columns > CELLS and rows * columns > RATIO * size:
        found = f"found {rows:,} rows of {columns:,} columns in {sized(size)}"
        raise InputError.at(file, "", f"{found}, expected a table; that many are the same value over and over")


WIDE_CELL = re.compile(rb' r="([A-Z]{2,3})\d')
LONG_ROW = re.compile(rb' r="[A-Z]{0,3}(\d{6,9})"')


def guard_workbook(file: Path) -> None:
    """Refuses a workbook that is no ordinary file, unpacks to far more than it is, or has a cell far from all others.

    What is no workbook at all is left to its reader.
    """
    with open_file(file) as stream:
        size = stream.seek(0, 2)
        try:
            book = zipfile.ZipFile(stream)
            entries = book.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return
        if len(entries) > 10_000:
            raise InputError.at(file, "", f"found {len(entries):,} parts in it, expected a workbook")
        guard_unpacked(sum(entry.file_size for entry in entries), size, str(file))
        made = 0
        for entry in entries:
            try:
                with book.open(entry) as part:
                    made = _guard_part(file, entry.filename, part, size, made)
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError):
                continue  # its reader says what is wrong


def _guard_part(file: Path, name: str, part: IO[bytes], size: int, made: int) -> int:
    """Counts what comes out of a part, whatever its table of contents says of it."""
    sheet = "worksheets/" in name
    rows = columns = 1
    for chunk, both in _overlapping(part):
        made += len(chunk)
        guard_unpacked(made, size, str(file))
        if sheet:
            rows = max(rows, _most_rows(both))
            columns = max([columns, *map(_number, {match[:3] for match in WIDE_CELL.findall(both)})])
            if rows * max(columns, 26) > CELLS:
                found = f"found a cell in row {rows:,} or column {columns:,}"
                raise InputError.at(f"{file}[{name}]", "", f"{found}, expected a table of at most {CELLS:,} cells")
    return made


def _overlapping(part: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Pieces of a part, each also with the end of the one before it."""
    before = b""
    for chunk in _pieces(part):
        yield chunk, before + chunk
        before = chunk[-256:]


def _most_rows(text: bytes) -> int:
    return max((int(found) for found in LONG_ROW.findall(text)), default=1)


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, XFD 16,384."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
