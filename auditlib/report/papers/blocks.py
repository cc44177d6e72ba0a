"""What a page says, as a sequence of headings, paragraphs, pictures and tables, in the words and order of the page.

It follows what the page does when it is printed: what is folded stands open, long lists that the printed page leaves
to the electronic one are left out, and so is all that only a screen has.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import lxml.html

from auditlib.report.drawing import png_of
from auditlib.report.pages.drawings import drawing_in, with_pictures
from auditlib.report.papers.texts import SKIPPED, UNPRINTED, CellLine, classes_of, lines_of, text_of

__all__ = ["Block", "Grid", "GridCell", "Heading", "Picture", "Said", "blocks_of"]

PNG = "data:image/png;base64,"

SaidKind = Literal["body", "quote", "note", "item", "number", "code", "synthetic"]


@dataclass(frozen=True)
class Heading:
    """A heading; level 0 is the title. ``more`` stands beside it (points of an indicator)."""

    level: int
    text: str
    more: str = ""


@dataclass(frozen=True)
class Said:
    """A paragraph; ``lead`` begins it in bold."""

    text: str
    kind: SaidKind = "body"
    lead: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure with its sentence and the text that stands for it."""

    png: bytes = field(repr=False)
    alternative: str
    caption: str


@dataclass(frozen=True)
class GridCell:
    """A cell of a table. ``number`` is aligned right; ``short`` is not to be broken."""

    lines: tuple[CellLine, ...]
    number: bool = False
    short: bool = False


@dataclass(frozen=True)
class Grid:
    """A table under its caption; ``head`` may be empty."""

    caption: str
    head: tuple[GridCell, ...]
    rows: tuple[tuple[GridCell, ...], ...] = field(repr=False)
    evidence: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Long lists of keys, which leave their number in their cell: each under the table and row that it belongs to."""


Block = Heading | Said | Picture | Grid


def blocks_of(page: str) -> tuple[list[Block], list[Block]]:
    """The blocks of a page of ours, and those of its section on how to repeat it, which papers put into an annex."""
    document = lxml.html.document_fromstring(with_pictures(page))
    (main,) = document.iter("main")
    body: list[Block] = []
    annex: list[Block] = []
    for child in _children(main):
        (annex if "repeat" in classes_of(child) else body).extend(_blocks(child))
    return body, annex


def _children(element: Any) -> Iterator[Any]:
    """The elements in another that are printed."""
    for child in element:
        if not isinstance(child.tag, str) or child.tag in SKIPPED or child.get("hidden") is not None:
            continue
        if not classes_of(child) & UNPRINTED:
            yield child


def _blocks(element: Any) -> Iterator[Block]:
    handler = HANDLERS.get(element.tag)
    if handler is not None:
        yield from handler(element)
        return
    if element.text and element.text.strip():
        yield Said(text_of(element))
        return
    for child in _children(element):
        yield from _blocks(child)


def _heading(element: Any) -> Iterator[Block]:
    level = {"h1": 0, "h2": 1, "h3": 2}.get(element.tag, 3)
    beside = [child for child in _children(element) if child.tag == "span"] if level > 1 else []
    more = " ".join(text_of(child) for child in beside)
    text = text_of(element, but=beside)
    yield Heading(level, text, more)


def _paragraph(element: Any) -> Iterator[Block]:
    classes = classes_of(element)
    text = text_of(element)
    if text:
        yield Said(text, "synthetic" if "synthetic" in classes else "body")


def _quote(element: Any) -> Iterator[Block]:
    bold = [child for child in _children(element) if child.tag == "b"][:1]
    lead = text_of(bold[0]) if bold else ""
    yield Said(text_of(element, but=bold), "quote", lead)


def _list(element: Any) -> Iterator[Block]:
    numbered = element.tag == "ol"
    for number, item in enumerate((child for child in _children(element) if child.tag == "li"), 1):
        inner = [child for child in _children(item) if child.tag in ("ul", "ol")]
        heads = [child for child in _children(item) if child.tag == "strong"][:1]
        text = text_of(item, but=[*inner, *heads])
        lead = f"{number}. " if numbered else ""
        if heads:
            title = text_of(heads[0])
            lead += title + ("：" if _is_chinese(title[:1]) else ": ")
        yield Said(text, "number" if numbered else "item", lead)
        for one in inner:
            for block in _list(one):
                yield Said(block.text, "note") if isinstance(block, Said) else block


def _pairs(element: Any) -> Iterator[Block]:
    """A list of labels with their texts: a paragraph each; command lines under what they do."""
    label = ""
    for child in element.iter("dt", "dd"):
        if child.tag == "dt":
            label = text_of(child)
            continue
        code = next(child.iter("pre"), None)
        if code is not None:
            yield Said(label)
            yield Said(code.text_content().strip(), "code")
            continue
        small = list(child.iter("small"))
        more = " ".join(text_of(one) for one in small).rstrip("。.")
        text = text_of(child, but=small)
        yield Said(
            f"{text}（{more}）" if more and _is_chinese(label) else f"{text} ({more})" if more else text, "body", label
        )


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _code(element: Any) -> Iterator[Block]:
    text = element.text_content().rstrip()
    if text:
        yield Said(text, "code")


def _figure(element: Any) -> Iterator[Block]:
    image = next(element.iter("img"), None)
    caption = next(element.iter("figcaption"), None)
    said = text_of(caption) if caption is not None else ""
    source = "" if image is None else image.get("src") or ""
    drawing = drawing_in(source)
    png = png_of(drawing) if drawing else base64.b64decode(source.removeprefix(PNG)) if source.startswith(PNG) else b""
    if image is not None and png:
        yield Picture(png, image.get("alt") or "", said)
    elif said:
        yield Said(said)


def _details(element: Any) -> Iterator[Block]:
    """What is folded stands open; its summary is printed where it says more than how to open it, or its table."""
    summary = next((child for child in _children(element) if child.tag == "summary"), None)
    if summary is not None and "many" in classes_of(summary):
        yield Said(text_of(summary) + (summary.get("data-print") or ""), "note")
        return
    inside = [block for child in _children(element) if child.tag != "summary" for block in _blocks(child)]
    captioned = any(isinstance(block, Grid) and summary is not None and block.caption == text_of(summary)
                    for block in inside[:1])  # fmt: skip
    if summary is not None and not captioned and not classes_of(element) & {"data"}:
        yield Said(text_of(summary), "note")
    yield from inside


def _table(element: Any) -> Iterator[Block]:
    caption = next(element.iter("caption"), None)
    rows = [[cell for cell in row if cell.tag in ("th", "td")] for row in element.iter("tr")]
    heads = [row for row in rows if all(cell.get("scope") == "col" or cell.tag == "th" for cell in row)]
    head = heads[0] if heads and rows[0] is heads[0] else []
    body = rows[1:] if head else rows
    cells = tuple(tuple(_cell(cell) for cell in row) for row in body)
    if cells:
        named = text_of(caption) if caption is not None else ""
        yield Grid(named, tuple(_cell(cell) for cell in head), cells, tuple(_evidence(named, body)))


def _evidence(caption: str, rows: list[list[Any]]) -> Iterator[tuple[str, str]]:
    """The long lists of keys in the rows of a table, as far as the page has them."""
    for row in rows:
        for cell in row:
            for folded in cell.iter("details"):
                summary = next(iter(folded.iter("summary")), None)
                if summary is not None and "many" in classes_of(summary) and "keys" in classes_of(folded):
                    keys = [text_of(key) for key in folded.iter("code")]
                    rest = " ".join(keys) + f" {(folded[-1].tail or '').strip()}"
                    first = next(iter(lines_of(row[0])), CellLine(""))
                    yield " · ".join(filter(None, (caption, first.text))), rest.strip()


def _cell(element: Any) -> GridCell:
    classes = classes_of(element)
    lines = tuple(lines_of(element))
    return GridCell(lines or (CellLine(""),), "number" in classes, "short" in classes)


HANDLERS = {
    "h1": _heading, "h2": _heading, "h3": _heading, "h4": _heading, "h5": _heading, "p": _paragraph,
    "blockquote": _quote, "ul": _list, "ol": _list, "dl": _pairs, "pre": _code, "figure": _figure,
    "details": _details, "table": _table,
}  # fmt: skip
