"""Tables of a paper: as wide as its type area, columns by what stands in them, the headings on every page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from auditlib.report.papers.blocks import Grid, GridCell
from auditlib.report.papers.layout import NAMESPACE

__all__ = ["Fitted", "fit", "plain_xml", "table_xml"]

UPRIGHT, ACROSS = 442.0, 637.0
"""The width of the type area in points: of a page that stands, and of one that lies."""
SIZES = ((10.5, False), (9.0, False), (8.0, False), (9.0, True), (7.5, True))
"""Sizes in points that are tried in turn, on a page that stands or lies."""
SIDE = 3.0
"""The space at each side of a cell, in points."""
LONGEST_WORD, LEAST, USUAL, WIDEST = 22, 6, 12, 60
"""In small letters: beyond what a word is broken, the least of a column, the least of one of sentences, the most."""
SLACK, WIDER = 0.8, 1.2
"""What is not to be broken has room to spare: other programs have other, wider fonts for Latin letters."""
WHOLE_TABLE = 12
"""A table whose rows have at most so many lines is not broken between pages; a longer one would leave a gap there."""
WHOLE_ROWS = 24
"""A row with more lines than that may go on on the next page."""
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WORD = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef、，。；：]+")


@dataclass(frozen=True)
class Fitted:
    """How a table is set: the size of its letters, whether across the page, the widths of its columns in points."""

    size: float
    across: bool
    widths: tuple[float, ...]


def plain_xml(text: str) -> str:
    """A text as XML has it; what no XML may hold is left out."""
    return escape(ILLEGAL.sub("", text))


def fit(grid: Grid) -> Fitted:
    """The largest letters with which every column has room for its longest word, on a page that lies if need be."""
    every = [grid.head, *grid.rows] if grid.head else list(grid.rows)
    count = max(len(row) for row in every)
    columns = [[row[index] for row in every if index < len(row)] for index in range(count)]
    least = [_least(column) for column in columns]
    usual = [max(low, min(WIDEST, _usual(column))) for low, column in zip(least, columns, strict=True)]
    for size, across in SIZES:
        room = (ACROSS if across else UPRIGHT) / (size / 2) - count * 2 * SIDE / (size / 2)
        if sum(least) <= room or (size, across) == SIZES[-1]:
            return Fitted(size, across, _shared(least, usual, room, size))
    raise AssertionError


def _shared(least: Sequence[float], usual: Sequence[float], room: float, size: float) -> tuple[float, ...]:
    """The widths of columns that fill ``room``: each its least, and of what is left by what it would like more."""
    wanting = [high - low for low, high in zip(least, usual, strict=True)]
    left = room - sum(least)
    if left < 0:
        widths = [low * room / sum(least) for low in least]
    elif sum(wanting) > left:
        widths = [low + left * want / sum(wanting) for low, want in zip(least, wanting, strict=True)]
    else:
        widths = [high + (left - sum(wanting)) * high / sum(usual) for high in usual]
    return tuple(width * size / 2 + 2 * SIDE for width in widths)


def _least(column: Sequence[GridCell]) -> float:
    whole = [cell for cell in column if cell.number or cell.short]
    unbroken = max((_roomy(line.text) for cell in whole for line in cell.lines), default=0)
    words = max((_roomy(word) for cell in column for line in cell.lines for word in WORD.findall(line.text)), default=0)
    sentences = any(_width(line.text) > USUAL for cell in column for line in cell.lines)
    return max(LEAST, min(unbroken, LONGEST_WORD), min(words, LONGEST_WORD), USUAL if sentences else 0)


def _usual(column: Sequence[GridCell]) -> float:
    """What a column would like: the third longest of its lines, so that one does not decide; but eight lines for it."""
    widths = sorted((_width(line.text) for cell in column for line in cell.lines), reverse=True)
    return max(widths[min(2, len(widths) - 1)], widths[0] / 8) if widths else LEAST


def _roomy(text: str) -> float:
    """How wide a text is at most."""
    return _width(text, WIDER) + SLACK


def _width(text: str, latin: float = 1) -> float:
    """How many small letters wide a text is; a Chinese character is two, a capital letter a little more than one."""
    return sum(2 if east_asian_width(char) in "WF" else (1.4 if char.isupper() else 1) * latin for char in text)


def table_xml(grid: Grid, fitted: Fitted) -> str:
    """A table as WordprocessingML."""
    twips = [round(20 * width) for width in fitted.widths]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    side = round(20 * SIDE)
    head = _row(grid.head, twips, fitted, heading=True) if grid.head else ""
    whole = sum(_lines_high(row, twips, fitted) for row in grid.rows) <= WHOLE_TABLE
    last = len(grid.rows) - 1
    rows = "".join(
        _row(row, twips, fitted, heading=False, kept=whole and number < last) for number, row in enumerate(grid.rows)
    )
    return (
        f'<w:tbl {NAMESPACE}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:top w:w="30" w:type="dxa"/><w:left w:w="{side}" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/>'
        f'<w:right w:w="{side}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{head}{rows}</w:tbl>"
    )


def _lines_high(cells: Sequence[GridCell], twips: Sequence[int], fitted: Fitted) -> int:
    """So many lines its highest cell makes a row."""
    room = [max(1.0, width / 10 / fitted.size) for width in twips]
    high = (sum(1 + _width(line.text) // wide for line in cell.lines) for cell, wide in zip(cells, room, strict=False))
    return int(max(high, default=0))


def _row(cells: Sequence[GridCell], twips: Sequence[int], fitted: Fitted, *, heading: bool, kept: bool = True) -> str:
    padded = [*cells, *[GridCell(())] * (len(twips) - len(cells))]
    whole = _lines_high(cells, twips, fitted) <= WHOLE_ROWS
    marks = ("<w:cantSplit/>" if whole else "") + ("<w:tblHeader/>" if heading else "")
    middle = '<w:vAlign w:val="center"/>' if heading else ""
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{middle}</w:tcPr>'
        f"{_lines(cell, fitted.size, heading, kept)}</w:tc>"
        for cell, width in zip(padded, twips, strict=True)
    )
    return f"<w:tr><w:trPr>{marks}</w:trPr>{inside}</w:tr>"


def _lines(cell: GridCell, size: float, heading: bool, kept: bool) -> str:
    style = "PaperCellHead" if heading else "PaperCell"
    place = "center" if heading else "right" if cell.number else "left"
    paragraphs = []
    for line in cell.lines or (None,):
        points = size - 1.5 if line is not None and line.small else size
        text = plain_xml(line.text) if line is not None else ""
        run = f'<w:r><w:rPr><w:sz w:val="{round(2 * points)}"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
        properties = f'<w:pStyle w:val="{style}"/>{"<w:keepNext/>" if kept else ""}<w:jc w:val="{place}"/>'
        paragraphs.append(f"<w:p><w:pPr>{properties}</w:pPr>{run if text else ''}</w:p>")
    return "".join(paragraphs)
