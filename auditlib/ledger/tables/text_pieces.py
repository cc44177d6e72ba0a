"""A text with separators that is too long for the memory, in pieces of whole rows, each read as the whole would be."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

from auditlib.core.cells import lively
from auditlib.core.errors import InputError
from auditlib.core.guards import open_file, sized
from auditlib.ledger.checks import ROW
from auditlib.ledger.table_guards import guard_unpacked
from auditlib.ledger.tables.cut_off import cut_off
from auditlib.ledger.tables.encoding import encoding_by_blocks
from auditlib.ledger.tables.layout import Doubt, Layout, SourceTable
from auditlib.ledger.tables.odd_signs import odd_signs
from auditlib.ledger.tables.signs import count_sign
from auditlib.ledger.tables.text_table import Laid, lay_out, read_rows

__all__ = ["PIECE", "TextInPieces", "text_in_pieces"]

PIECE = 2**24
"""So many bytes are read at a time, some hundred thousand rows: in shorter pieces the work between two would tell."""
LINE = 2**26
"""So many bytes may a row of a long text have, or what a quote holds together: a longer one is none."""
TEXTS = (".csv", ".tsv", ".tab", ".txt", ".dat", ".gz")


@dataclass(frozen=True)
class TextInPieces:
    """A text that was looked through once: what it is written in, and that its quotes come in pairs."""

    file: Path
    layout: Layout
    encoding: str
    doubts: tuple[Doubt, ...]
    size: int

    def tables(
        self,
        advance: Callable[[int, int], object] = lambda size, rows: None,
        wanted: Collection[str] | None = None,
    ) -> Iterator[SourceTable]:
        """Its rows in tables one after another; what is doubtful and assumed of the whole stands with the first.

        ``advance`` is told of every piece, how many bytes it had on the disk and how many rows. Columns that are not
        ``wanted`` may be missing from a piece, but for the first one.
        Raises :class:`InputError` as :func:`.read_text` does.
        """
        name, row = str(self.file), 0
        laid: Laid | None = None
        for block, size in _blocks(self.file, self.size):
            content = block if self.encoding == "utf-8" else block.decode(self.encoding).encode()
            first = laid is None
            if laid is None:
                content = content.removeprefix(codecs.BOM_UTF8)
                laid = lay_out(content, name, self.layout, self.encoding, self.doubts)
                content, row = laid.body, laid.row
            rows, broken = read_rows(content, laid, name, row, wanted)
            rows = lively(rows, content).with_columns(pl.col(ROW).cast(pl.Int64))
            doubts = (*(laid.doubts if first else ()), *cut_off(rows, content, name))  # the last one may be
            doubts = (*doubts, *odd_signs(rows, content, laid.separator, name))
            yield SourceTable(name, rows, broken, doubts, laid.assumed, laid.head, self.file)
            row += _records(content)
            advance(size, rows.height + broken.height)


def text_in_pieces(file: Path, layout: Layout, size: int = PIECE) -> TextInPieces | None:
    """A text to be read in pieces of about ``size`` bytes; None for a file that has to be read whole.

    That is a workbook, a text without line ends or with a footer, one in an encoding of whole words, and any that will
    be refused. Raises :class:`InputError` for a file that unpacks to far more than a table.
    """
    if file.suffix.lower() not in TEXTS or layout.footer or layout.sheets:
        return None
    try:
        found = encoding_by_blocks(lambda: (block for block, _ in _blocks(file, size)), str(file), layout.encoding)
    except (OSError, EOFError):
        return None
    return None if found is None else TextInPieces(file, layout, *found, size)


def _blocks(file: Path, size: int) -> Iterator[tuple[bytes, int]]:
    """The text in blocks that end where a row ends, each with how many bytes were read of the file since the last."""
    with open_file(file) as stream:
        whole = stream.seek(0, 2)
        stream.seek(0)
        source: IO[bytes] | gzip.GzipFile = stream
        if file.suffix.lower() == ".gz":
            source = gzip.GzipFile(fileobj=stream)
        left, at, made = b"", 0, 0
        while part := source.read(size):
            part += source.readline(size)  # most pieces end here where a row ends, and are not copied again
            made += len(part)
            if source is not stream:
                guard_unpacked(made, whole, str(file))
            content = left + part
            if end := _end_of_rows(content):
                yield content[:end], stream.tell() - at
                at = stream.tell()
            left = content[end:]
            if len(left) > LINE:
                found = f"found a row of more than {sized(LINE)}"
                raise InputError.at(file, "", f"{found}, expected rows that end; is a quote never closed?")
        if left:
            yield left, stream.tell() - at


def _end_of_rows(content: bytes) -> int:
    """Where the last line ends that does not end inside quotes; 0 where none does."""
    if b'"' not in content:
        return content.rfind(b"\n") + 1
    quotes, end = content.count(b'"'), len(content)
    while (place := content.rfind(b"\n", 0, end)) >= 0:
        quotes -= content.count(b'"', place, end)
        end = place
        if quotes % 2 == 0:
            return place + 1
    return 0


def _records(content: bytes) -> int:
    """How many lines end outside quotes."""
    if b'"' not in content:
        return count_sign(content, b"\n")
    return sum(outside.count(b"\n") for outside in content.split(b'"')[::2])
