"""What is looked at before a table is read: files that are small on the disk and without end in the memory.

A packed file that unpacks to a hundred times its size, a sheet whose one filled cell is its last one, a line of names
that never ends: each fills the memory before the first row is there. They are told by counting, in a few seconds and
within a few megabytes, and refused; a table of people stays far below the limits.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.guards import open_file, sized

__all__ = [
    "COLUMNS",
    "damaged",
    "guard_columns",
    "guard_parquet",
    "guard_unpacked",
    "guard_workbook",
    "telling_damage",
    "unpacked",
]

FIRST, LINES = 2**26, 10
"""So many bytes and lines may hold the column names."""
COLUMNS = 16_384
"""Of a table: as many as a spreadsheet has."""
CELLS = 100_000_000
"""Of the sheets of a file, each from its first to its last filled one: its reader makes room for all of them."""
FREE_CELLS, CELLS_A_BYTE = 2**22, 2
"""So many whatever the file; beyond that, so many for each of its bytes (a sheet of people: one for two bytes)."""
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
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open_file(file) as stream:
        size = stream.seek(0, 2)
    with contextlib.suppress(pa.ArrowException, OSError):  # Polars says what is wrong
        described = pq.read_metadata(file)
        groups = (described.row_group(number) for number in range(described.num_row_groups))
        guard_unpacked(sum(group.total_byte_size for group in groups), size, str(file))
    frame = pl.scan_parquet(file, glob=False)
    rows, columns = frame.select(pl.len()).collect().item(), len(frame.collect_schema())
    if rows * columns > CELLS and rows * columns > RATIO * size:
        found = f"found {rows:,} rows of {columns:,} columns in {sized(size)}"
        raise InputError.at(file, "", f"{found}, expected a table; that many are the same value over and over")


@contextlib.contextmanager
def telling_damage(file: Path) -> Iterator[None]:
    """Let a Parquet file whose pages are not what it says of them be refused: their reader breaks off for a fault."""
    try:
        yield
    except pl.exceptions.PanicException:
        raise damaged(file) from None


def damaged(file: Path) -> InputError:
    """That a Parquet file does not hold what it says."""
    return InputError.at(file, "", "found damaged data, expected a Parquet file as its program wrote it")


SHEET_REFERENCE = rb"r=[\"']\$?"
SPACED = re.compile(rb"r(?:\s+=\s*|=\s+)([\"'])")
"""The same with blanks, which no program writes and readers take."""
WIDE_CELL = re.compile(SHEET_REFERENCE + rb"([A-Z]{2,3})\$?\d")
LONG_ROW = re.compile(SHEET_REFERENCE + rb"[A-Z]{0,3}\$?(\d{6,10})[\"']")
ANY_ROW = re.compile(SHEET_REFERENCE + rb"[A-Z]{0,3}\$?(\d{1,5})[\"']")
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)
LOCKED = (RuntimeError, NotImplementedError, OSError, ValueError)
SHORT = 99_999
"""The last row whose number :data:`LONG_ROW` passes over: to look at every row takes as long as to read the sheet."""


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
            _rehearse(file, size)  # an old one, which says nothing of its cells before they are read
            return
        if any(entry.filename.endswith(("content.xml", "workbook.bin")) for entry in entries):
            _rehearse(file, size)
        if len(entries) > 10_000:
            raise InputError.at(file, "", f"found {len(entries):,} parts in it, expected a workbook")
        guard_unpacked(sum(entry.file_size for entry in entries), size, str(file))
        made, sheets = 0, []
        for entry in entries:
            try:
                with contextlib.suppress(*LOCKED), book.open(entry) as part:  # its reader says what is wrong
                    made, rows, columns = _counted(file, part, size, made)
                    sheets.append((entry, rows, columns))
            except DAMAGED:  # of checksums its reader knows nothing, and would take any letter for another
                found = "found damaged data, expected a workbook as its program wrote it"
                raise InputError.at(f"{file}[{entry.filename}]", "", found) from None
        _guard_cells(file, book, sheets, min(CELLS, max(FREE_CELLS, CELLS_A_BYTE * size)))


def _guard_cells(
    file: Path, book: zipfile.ZipFile, sheets: Sequence[tuple[zipfile.ZipInfo, int, int]], most: int
) -> None:
    if sum((rows or SHORT) * columns for _, rows, columns in sheets) <= most:
        return
    cells = 0
    for entry, seen, columns in sheets:
        rows = seen
        if not rows and columns:
            with book.open(entry) as part:
                rows = max((_highest(ANY_ROW, both) for _, both in _overlapping(part)), default=1)
        cells += rows * columns
        if cells > most:
            found = f"found a cell in row {rows:,} or column {columns:,}"
            raise InputError.at(f"{file}[{entry.filename}]", "", f"{found}, expected a table of at most {most:,} cells")


REHEARSAL = """
import sys
try:
    import resource
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    most = int(sys.argv[2]) if hard == resource.RLIM_INFINITY else min(hard, int(sys.argv[2]))
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass
import fastexcel
try:
    book = fastexcel.read_excel(open(sys.argv[1], "rb").read())
    for name in book.sheet_names:
        book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
except fastexcel.FastExcelError:
    pass
"""
MEMORY, SECONDS = 2**30, 60


def _rehearse(file: Path, size: int) -> None:
    """Let another process read a workbook first, in which each cell may stand for thousands, or end its reader.

    Raises :class:`InputError` where that process does not end well. It may take :data:`MEMORY` and :data:`RATIO` times
    the size of the file, and :data:`SECONDS` and a second for each of its megabytes.
    """
    may_use = MEMORY + RATIO * size
    words = [sys.executable, "-P", "-c", REHEARSAL, str(file.absolute()), str(may_use)]
    try:
        done = subprocess.run(words, capture_output=True, timeout=SECONDS + size / 2**20, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        done = False
    if not done:
        found = f"found cells that break their reader, or need more than {sized(may_use)}"
        raise InputError.at(file, "", f"{found}; expected a table: save it as .xlsx or CSV")


def _counted(file: Path, part: IO[bytes], size: int, made: int) -> tuple[int, int, int]:
    """How many bytes have come out with this part, whatever its table of contents says of it; its rows and columns.

    No rows stand for up to :data:`SHORT`, no columns for what is no sheet.
    """
    rows, columns = 0, 26
    is_sheet = False
    for chunk, both in _overlapping(part):
        made += len(chunk)
        guard_unpacked(made, size, str(file))
        is_sheet = is_sheet or b"sheetData" in both
        rows = max(rows, _highest(LONG_ROW, both))
        columns = max([columns, *map(_number, {match[:3] for match in WIDE_CELL.findall(both)})])
    return (made, rows, columns) if is_sheet else (made, 0, 0)


def _overlapping(part: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Pieces of a part, each also with the end of the one before it."""
    before = b""
    for chunk in _pieces(part):
        yield chunk, SPACED.sub(rb"r=\1", before + chunk)
        before = chunk[-256:]


def _highest(pattern: re.Pattern[bytes], text: bytes) -> int:
    return max(map(int, set(pattern.findall(text))), default=0)


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, XFD 16,384."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
