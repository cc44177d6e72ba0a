"""Word documents with Chinese and Western type, three-line tables, and the same bytes for the same content."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

__all__ = ["add_rule", "add_three_line_table", "document_bytes", "new_document", "put_text", "set_columns", "turn_page"]

CREATED = datetime(2000, 1, 1)
STAMP = (1980, 1, 1, 0, 0, 0)
"""A document and its archive state when they were made; the same content has to give the same bytes."""
WESTERN, CHINESE = "Times New Roman", "宋体"
LATIN, MARGIN = 0.19, 0.19
"""Centimetres that a bold letter of a table cell takes, and those beside the text of a cell."""
SIDE, ABOVE = Cm(2.2), Cm(2.2)
CELL = 9
"""Points of the letters in a table."""


def new_document(title: str, wide: bool = False) -> Document:
    """An empty page of A4, upright or ``wide``, in the fonts of Chinese papers; ``title`` is among its properties."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = CREATED
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption"):
        style = document.styles[name]
        style.font.name = WESTERN
        style.font.color.rgb = None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), CHINESE)
        language = OxmlElement("w:lang")  # without it some programs set Chinese as in Taiwan
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
        style.element.get_or_add_rPr().append(language)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = SIDE
    section.top_margin = section.bottom_margin = ABOVE
    if wide:
        _turn(section)
    return document


def _turn(section: docx.section.Section) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def turn_page(document: Document, wide: bool) -> None:
    """Go on upright or ``wide``, on a new page where the present one is otherwise."""
    last = document.sections[-1]
    if (last.orientation == WD_ORIENT.LANDSCAPE) != wide:
        section = document.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = last.page_height, last.page_width


def put_text(paragraph: Paragraph, text: str, *, bold: bool = False, size: float | None = None) -> Paragraph:
    """Write ``text`` into a paragraph, with the Chinese font for Chinese letters."""
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size is not None:
        run.font.size = Pt(size)
    return paragraph


def add_three_line_table(
    document: Document, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool],
    bold: Sequence[bool] = (),
) -> Table:  # fmt: skip
    """A table of three lines: thick above and below, thin under the headers, which stand again on every page.

    ``numbers`` says of each column whether it is set to the right, ``bold`` of each row whether it is set in bold.
    """
    table = document.add_table(rows=1 + len(rows), cols=len(head))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for place, (cell, text) in enumerate(zip(table.rows[0].cells, head, strict=True)):
        _cell(cell, text, right=numbers[place], bold=True)
        add_rule(cell, top=12, bottom=6)
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(OxmlElement("w:tblHeader"))
    for number, row in enumerate(rows):
        heavy = bool(bold) and bold[number]
        for place, (cell, text) in enumerate(zip(table.rows[number + 1].cells, row, strict=True)):
            _cell(cell, text, right=numbers[place], bold=heavy)
        table.rows[number + 1]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell in table.rows[-1].cells:
        add_rule(cell, bottom=12, **({} if rows else {"top": 12}))
    _widths(document, table, head, rows)
    return table


def _cell(cell: _Cell, text: str, *, right: bool, bold: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
    put_text(paragraph, text, bold=bold, size=CELL)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def add_rule(cell: _Cell, **eighths: int) -> None:
    """Rules at the edges of a cell: ``top=12`` is a line of one and a half points above it."""
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    for edge, size in eighths.items():
        rule = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", "auto")):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)


def _widths(document: Document, table: Table, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their longest text asks, within the page; a Chinese letter counts as two.

    No number and no Latin word is broken where the page is wide enough for the longest of every column.
    """
    section = document.sections[-1]
    whole = int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)
    wanted = [
        min(max(_length(text) for text in column), 60) ** 0.8 + 1.5
        for column in zip(head, *rows, strict=True)
    ]  # fmt: skip
    least = [max(map(_unbroken, column)) * LATIN + 2 * MARGIN for column in zip(head, *rows, strict=True)]
    set_columns(table, shared_out(whole / Cm(1), wanted, least))


def shared_out(whole: float, wanted: Sequence[float], least: Sequence[float]) -> list[float]:
    """``whole`` in the proportions ``wanted``, but no part below its ``least``; as wanted where these do not fit in."""
    if sum(least) >= whole:
        return [whole * wish / sum(wanted) for wish in wanted]
    fixed: set[int] = set()
    while True:
        left = whole - sum(least[place] for place in fixed)
        asked = sum(wish for place, wish in enumerate(wanted) if place not in fixed)
        parts = [least[place] if place in fixed else left * wish / asked for place, wish in enumerate(wanted)]
        narrow = {place for place, part in enumerate(parts) if part < least[place]}
        if not narrow:
            return parts
        fixed |= narrow


def _unbroken(text: str) -> int:
    """How many letters the longest run has that no line may break: Latin ones and digits."""
    return max(map(len, re.findall(r"[0-9A-Za-z.,−-]+", text)), default=0)


def set_columns(table: Table, centimetres: Sequence[float]) -> None:
    """Fix the widths of the columns of a table."""
    table.autofit = False
    for column, width in zip(table.columns, centimetres, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def _length(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def document_bytes(document: Document) -> bytes:
    """The document as DOCX: the same bytes for the same content, whenever it is made."""
    memory, again = io.BytesIO(), io.BytesIO()
    document.save(memory)
    with zipfile.ZipFile(memory) as made, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            kept.writestr(entry, made.read(name))
    return again.getvalue()
