"""What a sheet in XML shows its readers otherwise than its cells hold it: hidden, merged, struck through, dressed up.

A reader of cells sees none of it, and the person who made the sheet relies on it. Each kind is told with its count.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from auditlib.core.message import Message
from auditlib.ledger.privacy.find import withhold
from auditlib.ledger.tables.layout import Doubt

__all__ = ["Looks", "column_number", "looks_of", "sheet_xml"]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ROWS = re.compile(rb"<row\b([^<>]*[^/<>])>\s*<c\b([^<>]*)>")
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
NUMBER = re.compile(rb'\br="(\d+)"')
PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
STYLE = re.compile(rb'\bs="(\d+)"')
COLUMNS = re.compile(rb"<col\b([^<>]*)/?>")
FROM_TO = re.compile(rb'\b(min|max)="(\d+)"')
MERGED = re.compile(rb'<mergeCell\b[^<>]*\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
VALUE = re.compile(rb"<c\b([^<>]*)>\s*<v>([0-9]+)</v>\s*</c>")
PADDED = re.compile(r'^((?:"[^"]*"|\\.)*)(0{2,})$|^((?:"[^"]*"|\\.)+)([0#]+)$')
"""A format that shows a whole number with zeros or letters before it: 000000, "GD"0000."""
NO = ("0", "false")
SHOWN = 5


@dataclass(frozen=True)
class Looks:
    """What is seen of a sheet: counts of rows and cells below its header, and names of columns."""

    hidden_rows: int = 0
    hidden_columns: tuple[str, ...] = ()
    merged: int = 0
    """Cells that are empty because they are merged with another."""
    struck: int = 0
    padded: tuple[tuple[str, str], ...] = ()
    """Numbers that are shown with zeros or letters before them, and how they are shown."""
    from_1904: bool = False

    def doubts(self, file: str) -> Iterator[Doubt]:
        """Each kind once."""
        if count := self.hidden_rows:
            message = Message(
                "{file}: {count} {count:row is|rows are} hidden in the sheet, and {count:was|were} taken",
                file=file, count=count,
            )  # fmt: skip
            yield Doubt("hidden_rows", message, count, file)
        if columns := self.hidden_columns:
            message = Message(
                "{file}: hidden in the sheet, and read like the others: {columns}",
                file=file, columns=columns,
            )  # fmt: skip
            yield Doubt("hidden_columns", message, len(columns), file)
        if count := self.merged:
            message = Message(
                "{file}: {count} {count:cell is|cells are} empty because {count:it is|they are} merged with another; "
                "fill them in the sheet",
                file=file, count=count,
            )  # fmt: skip
            yield Doubt("merged_cells", message, count, file)
        if count := self.struck:
            message = Message(
                "{file}: {count} {count:row is|rows are} struck through in the sheet, and {count:was|were} taken",
                file=file, count=count,
            )  # fmt: skip
            yield Doubt("struck_rows", message, count, file)
        if self.padded:
            pairs = tuple(withhold(f"{held} → {shown}") for held, shown in self.padded[:SHOWN])
            message = Message(
                "{file}: {count} {count:number is|numbers are} shown with zeros or letters before "
                "{count:it|them} and {count:was|were} read without ({pairs})",
                file=file, count=len(self.padded), pairs=pairs,
            )  # fmt: skip
            yield Doubt("shown_otherwise", message, len(self.padded), file)


def looks_of(content: bytes, sheet: str, names: Sequence[str], header: int) -> Looks:
    """What is seen of a ``sheet`` with columns of these ``names`` whose last row of names is number ``header``."""
    xml = sheet_xml(content, sheet)
    struck, padded = _styles(content)
    hidden_rows = struck_rows = 0
    for row in ROWS.finditer(xml):
        number = NUMBER.search(row[1])
        if number is not None and int(number[1]) > header:
            hidden_rows += HIDDEN.search(row[1]) is not None
            struck_rows += bool(struck) and _style(row[2]) in struck
    return Looks(
        hidden_rows=hidden_rows,
        hidden_columns=tuple(_hidden_columns(xml, names)),
        merged=sum(_merged(xml, header)),
        struck=struck_rows,
        padded=tuple(_padded(xml, padded, header)) if padded else (),
        from_1904=_counts_from_1904(content),
    )


def sheet_xml(content: bytes, sheet: str) -> bytes:
    """The XML of a sheet; nothing for a workbook that is laid out in another way."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        try:
            book = ElementTree.fromstring(package.read("xl/workbook.xml"))
            relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
            ids = {one.get("name"): one.get(RELATION) for one in book.iter(f"{MAIN}sheet")}
            targets = {one.get("Id"): one.get("Target", "") for one in relations}
            target = targets[ids[sheet]].lstrip("/")
            return package.read(target if target.startswith("xl/") else f"xl/{target}")
        except (KeyError, ElementTree.ParseError):
            return b""


def column_number(letters: bytes) -> int:
    """The number of a column from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _part(content: bytes, name: str) -> ElementTree.Element | None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        try:
            return ElementTree.fromstring(package.read(name))
        except (KeyError, ElementTree.ParseError):
            return None


def _counts_from_1904(content: bytes) -> bool:
    book = _part(content, "xl/workbook.xml")
    about = None if book is None else book.find(f"{MAIN}workbookPr")
    return about is not None and about.get("date1904") in ("1", "true")


def _styles(content: bytes) -> tuple[frozenset[int], dict[int, str]]:
    """The styles that strike a cell through, and those that show a number with zeros or letters before it."""
    styles = _part(content, "xl/styles.xml")
    if styles is None:
        return frozenset(), {}
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter(f"{MAIN}numFmt")}
    fonts = [one.find(f"{MAIN}strike") for one in styles.iterfind(f"{MAIN}fonts/{MAIN}font")]
    through = {
        str(place) for place, one in enumerate(fonts) if one is not None and one.get("val") not in ("0", "false")
    }
    used = list(styles.iterfind(f"{MAIN}cellXfs/{MAIN}xf"))
    padded = {place: codes.get(one.get("numFmtId"), "") for place, one in enumerate(used)}
    return (
        frozenset(place for place, one in enumerate(used) if one.get("fontId") in through),
        {place: code for place, code in padded.items() if PADDED.match(code)},
    )


def _style(attributes: bytes) -> int:
    found = STYLE.search(attributes)
    return 0 if found is None else int(found[1])


def _hidden_columns(xml: bytes, names: Sequence[str]) -> Iterator[str]:
    hidden = [column[1] for column in COLUMNS.finditer(xml) if HIDDEN.search(column[1])]
    if not hidden:
        return
    first = min((column_number(place[1]) for place in PLACE.finditer(xml)), default=0)
    for column in hidden:
        ends = {end: int(number) - 1 - first for end, number in FROM_TO.findall(column)}
        yield from names[max(ends.get(b"min", 0), 0) : max(ends.get(b"max", -1) + 1, 0)]


def _merged(xml: bytes, header: int) -> Iterator[int]:
    """How many cells below the header each merged area leaves empty."""
    for left, top, right, bottom in MERGED.findall(xml):
        if int(top) > header:
            yield (column_number(right) - column_number(left) + 1) * (int(bottom) - int(top) + 1) - 1


def _padded(xml: bytes, codes: dict[int, str], header: int) -> Iterator[tuple[str, str]]:
    for cell in VALUE.finditer(xml):
        code, place = codes.get(_style(cell[1])), PLACE.search(cell[1])
        if code is None or place is None or int(place[2]) <= header or b't="' in cell[1]:
            continue
        held = cell[2].decode()
        own = PADDED.match(code)
        if own is not None:
            before = re.sub(r'"([^"]*)"|\\(.)', r"\1\2", own[1] or own[3] or "")
            shown = before + held.zfill((own[2] or own[4]).count("0"))
            if shown != held:
                yield held, shown
