"""Text with separators: read by Polars, and held against the number of its lines and separators.

Polars fills what a short row lacks and follows a stray quote over as many lines as it takes, without a word. Both show
in the counts: as many separators as fields call for, and no value that reads like rows of the table itself.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.message import Message
from auditlib.ledger.checks import ROW
from auditlib.ledger.table_guards import guard_columns
from auditlib.ledger.tables.closed_quotes import refuse_text_after_quotes
from auditlib.ledger.tables.cut_off import cut_off
from auditlib.ledger.tables.encoding import decoded
from auditlib.ledger.tables.layout import (
    HEAD,
    NO_FAULTS,
    Doubt,
    Layout,
    SourceTable,
    faults_of_fields,
    filled_rows,
    header_names,
    without_footer,
)  # fmt: skip
from auditlib.ledger.tables.odd_signs import odd_signs
from auditlib.ledger.tables.signs import count_sign

__all__ = ["Laid", "lay_out", "read_rows", "read_text"]

SEPARATORS = (",", "\t", ";", "|")
BEGINNING = 1 << 12
STATED = re.compile(rb"sep=(.)\r?\n", re.IGNORECASE)
BLANK = re.compile(rb"(?m)^[ \t]*\r?$")
SHAPE = (("[0-9]", "0"), ("[A-Za-z]", "a"))
SHORT = 3
"""With a first field up to so long, a line of a note may look like a row by chance."""


def read_text(content: bytes, name: str, layout: Layout) -> SourceTable:
    """The table in a text. Raises :class:`InputError` where it is empty, has a column twice, or quotes swallow rows."""
    if _is_blank(content):
        raise InputError.at(name, "", "the file is empty; expected at least a row of column names")
    content, encoding, doubts = decoded(content, name, layout.encoding)
    if b"\n" not in content and b"\r" in content:  # line ends of old Macs, which Polars takes for none
        content = content.replace(b"\r", b"\n")
    laid = lay_out(content, name, layout, encoding, doubts)
    _refuse_open_quote(laid.body, name, laid.row)
    table, broken = read_rows(laid.body, laid, name, laid.row)
    table, broken = without_footer(table, broken, layout.footer)
    doubts = (*laid.doubts, *(cut_off(table, laid.body, name) if broken.is_empty() else ()))
    doubts = (*doubts, *odd_signs(table, laid.body, laid.separator, name))
    return SourceTable(name, table, broken, doubts, laid.assumed, laid.head)


@dataclass(frozen=True)
class Laid:
    """How a table lies in its text: column names, separator, and the ``body``, whose first row has the number ``row``.

    ``assumed`` is what was found out that nobody declared, ``head`` the first rows as they stand.
    """

    names: list[str]
    separator: str
    body: bytes
    row: int
    doubts: tuple[Doubt, ...]
    assumed: dict[str, str]
    head: tuple[tuple[str, ...], ...]


def lay_out(content: bytes, name: str, layout: Layout, encoding: str, doubts: tuple[Doubt, ...]) -> Laid:
    """How the table lies in a text in UTF-8, or in its beginning. Raises :class:`InputError` for a column twice."""
    assumed = {} if layout.encoding else {"encoding": encoding}
    separator = layout.separator
    if (stated := STATED.match(content)) is not None:
        content, separator = content[stated.end() :], separator or stated[1].decode("utf-8")
    if separator is None:
        separator = _separator(content, layout)
        assumed["separator"] = separator
    if separator != "," and not layout.separator:
        message = Message(
            "{file}: the columns are taken to be separated by {separator}", file=name, separator=repr(separator)
        )
        doubts = (*doubts, Doubt("separator", message, file=name))
    guard_columns(content, separator, name)
    head = tuple(tuple(cell.strip() for cell in row) for row in _records(content, separator, HEAD))
    start, names = _header(content, separator, layout)
    twice = sorted({column for column in names if column and names.count(column) > 1})
    if twice:
        raise InputError.at(name, ", ".join(twice), "found the column twice, expected each column once", line=start.row)
    names = [column or f"__UNNAMED__{place}" for place, column in enumerate(names)]
    return Laid(names, separator, content[start.bytes :], start.row + 1, doubts, assumed, head)


def read_rows(
    body: bytes, laid: Laid, name: str, first: int, wanted: Collection[str] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows in ``body`` that hold anything, numbered from ``first``, and those that are none.

    Columns that are not ``wanted`` may be missing, but for the first one. Raises :class:`InputError` where quotes
    swallow rows.
    """
    if wanted is not None and (some := _some_columns(body, laid, first, {laid.names[0], *wanted})) is not None:
        return some, NO_FAULTS
    table, broken = _rows(body, laid.names, laid.separator, name, first)
    return filled_rows(table), broken


def _some_columns(body: bytes, laid: Laid, first: int, wanted: set[str]) -> pl.DataFrame | None:
    """Some columns of rows that have all their fields; None where they may not, or a row may hold nothing."""
    if b'"' in body or not body.endswith(b"\n"):
        return None
    lines = count_sign(body, b"\n")
    if count_sign(body, laid.separator.encode()) != lines * (len(laid.names) - 1):
        return None
    columns = [place for place, column in enumerate(laid.names) if column in wanted]
    try:
        table = pl.read_csv(body, has_header=False, columns=columns, infer_schema=False, separator=laid.separator)
    except pl.exceptions.PolarsError:
        return None
    if table.height != lines or table.select(pl.nth(0).null_count()).item():
        return None
    table.columns = [laid.names[place] for place in columns]
    table = table.with_row_index(ROW, first)
    return table if filled_rows(table).height == lines else None


class _Start:
    """Where the rows begin: after so many bytes, below a row of this number."""

    def __init__(self, size: int, row: int) -> None:
        self.bytes, self.row = size, row


def _is_blank(content: bytes) -> bool:
    """Whether a text holds nothing but blanks; most are seen by their beginning, without a copy."""
    return not content[:BEGINNING].strip() and not content.strip()


def _header(content: bytes, separator: str, layout: Layout) -> tuple[_Start, list[str]]:
    lines = io.BytesIO(content)
    records = csv.reader((line.decode("utf-8") for line in iter(lines.readline, b"")), delimiter=separator)
    wanted, rows = layout.header, []
    for number, record in enumerate(records, start=1):
        if number in wanted or (not wanted and any(cell.strip() for cell in record)):
            rows.append(record)
        if rows and number >= max(wanted, default=0):
            return _Start(lines.tell(), number), header_names(rows)
    return _Start(lines.tell(), max(wanted, default=1)), header_names(rows)


def _records(content: bytes, separator: str, count: int) -> Iterator[list[str]]:
    lines = io.BytesIO(content)
    records = csv.reader((line.decode("utf-8") for line in iter(lines.readline, b"")), delimiter=separator)
    try:
        yield from (record for record, _ in zip(records, range(count), strict=False))
    except csv.Error:  # a line too long for a field: what follows is told when the rows are read
        return


def _separator(content: bytes, layout: Layout) -> str:
    """The separator of the header: a comma unless there are more of another sign."""
    place = max(layout.header, default=0)
    stream = io.BytesIO(content)
    lines = [line for line, _ in zip(stream, range(max(place, HEAD)), strict=False) if line.strip()]
    line = lines[min(max(place, 1), len(lines)) - 1].decode("utf-8") if lines else ""
    line = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=lambda sign: (line.count(sign), -SEPARATORS.index(sign)))


def _rows(body: bytes, names: list[str], separator: str, name: str, first: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    if _is_blank(body):
        return pl.DataFrame(schema={ROW: pl.Int64} | dict.fromkeys(names, pl.String)), NO_FAULTS
    header = io.StringIO()
    csv.writer(header, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(names)
    try:
        table = pl.read_csv(header.getvalue().encode() + body.lstrip(b"\r\n"), infer_schema=False, separator=separator)
    except pl.exceptions.ComputeError:
        return _read_ragged(body, names, separator, name, first)
    blank_above = body[: len(body) - len(body.lstrip(b"\r\n"))].count(b"\n")
    if b'"' in body:
        _refuse_swallowed(table, separator, name, first + blank_above)
        doubled = table.select(pl.any_horizontal(pl.all().str.contains('"', literal=True).any())).item()
        refuse_text_after_quotes(body, separator, name, first, doubled=bool(doubled))
    if not _is_full(body, table, separator, blank_above):
        return _read_ragged(body, names, separator, name, first)
    return table.with_row_index(ROW, first + blank_above), NO_FAULTS


def _is_full(body: bytes, table: pl.DataFrame, separator: str, blank_above: int) -> bool:
    """Whether every row has all its fields: then there are as many separators between fields as fields but one."""
    each = table.width - 1
    found = count_sign(body, separator.encode())
    if b'"' in body:
        inside = pl.all().str.count_matches(separator, literal=True).sum()
        found -= sum(count or 0 for count in table.select(inside).row(0))
    lacking = each * table.height - found
    if lacking <= 0:
        return True
    return b'"' not in body and lacking == each * (len(BLANK.findall(body.rstrip(b"\r\n"))) - blank_above)


def _refuse_swallowed(table: pl.DataFrame, separator: str, name: str, first: int) -> None:
    """A value over several lines that reads like rows of the table: two stray quotes, and the rows between are gone."""
    long = table.with_row_index(ROW, first).filter(
        pl.any_horizontal(pl.exclude(ROW).str.contains("\n", literal=True).fill_null(False))
    )
    if long.is_empty():
        return
    shapes = set(_shapes(table.to_series(0)))
    rough = {_rough(shape) for shape in shapes}
    for row in long.iter_rows():
        pieces = separator.join(value or "" for value in row[1:]).split("\n")
        firsts = [_shape(piece.split(separator, 1)[0].strip()) for piece in pieces[1:]]
        whole = all(piece.count(separator) == table.width - 1 for piece in pieces)
        likely = any(
            first in shapes and len(first) > SHORT and separator in piece
            for first, piece in zip(firsts, pieces[1:], strict=True)
        )
        if likely or (whole and table.width > 1 and any(_rough(first) in rough for first in firsts)):
            found = "found a quote that swallows the rows below it"
            expected = "expected quotes only around a field, doubled inside it"
            raise InputError.at(name, "", f"{found} (from {pieces[1].strip()[:20]}), {expected}", line=row[0])


def _shapes(values: pl.Series) -> pl.Series:
    text = values.drop_nulls().str.strip_chars()
    for pattern, sign in SHAPE:
        text = text.str.replace_all(pattern, sign)
    return text.unique()


def _shape(text: str) -> str:
    for pattern, sign in SHAPE:
        text = re.sub(pattern, sign, text)
    return text


def _rough(shape: str) -> str:
    """A shape without the lengths of its numbers and words: A9 and A10 are alike."""
    return re.sub(r"(.)\1+", r"\1", shape)


def _refuse_open_quote(content: bytes, name: str, first: int) -> None:
    """A quote that is never closed would swallow every row after it without a word."""
    if content.count(b'"') % 2 == 0:
        return
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    start = 1
    try:
        for _ in rows:
            start = rows.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise InputError.at(name, "", "found a quote that is never closed", line=start + first - 1) from None


def _read_ragged(
    body: bytes, names: Sequence[str], separator: str, name: str, first: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The slow way, for a file in which some rows have more or fewer fields than there are columns."""
    rows = csv.reader(io.StringIO(body.decode("utf-8"), newline=""), delimiter=separator, strict=True)
    kept: list[list[str | int | None]] = []
    wrong: list[tuple[int, int]] = []
    number, line = first - 1, 0
    try:
        for number, row in enumerate(rows, start=first):
            line = rows.line_num
            if len(row) == len(names):
                kept.append([number, *(value or None for value in row)])
            elif any(cell.strip() for cell in row):
                wrong.append((number, len(row)))
    except csv.Error as error:
        raise InputError.at(name, "", f"found a row that cannot be read: {error}", line=line + first) from None
    table = pl.DataFrame(kept, schema={ROW: pl.Int64} | dict.fromkeys(names, pl.String), orient="row")
    _refuse_swallowed(table.drop(ROW), separator, name, first)
    return table, faults_of_fields(name, wrong, len(names))
