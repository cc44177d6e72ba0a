"""A page as an official paper: its blocks in the layout of GB/T 9704, who issues it, and annexes."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from auditlib.core.message import t
from auditlib.core.numerals import chinese_number
from auditlib.objections.issue import Terms
from auditlib.report.papers.blocks import Block, Grid, GridCell, Heading, Picture, Said, blocks_of
from auditlib.report.papers.layout import HEIGHT, NAMESPACE, WIDTH, new_paper, paper_bytes, section_break
from auditlib.report.papers.tables import fit, plain_xml, table_xml
from auditlib.report.papers.texts import CellLine

__all__ = ["paper_of"]

PER_INCH = 100.0
"""Of a picture without its own width: so many points of it an inch."""
ROOM = HEIGHT - 55
"""A picture is at most so high that its heading and sentence stand with it."""
SAID = {
    "body": "Normal", "quote": "PaperQuote", "note": "Normal", "item": "Normal", "number": "Normal",
    "code": "PaperCode", "synthetic": "PaperQuote",
}  # fmt: skip
CHANGES = 5
"""Rows of the form on paper for cells that should be otherwise."""
ROOMY = "\u3000" * 30
"""A line to be written on."""
TEARING = 32
"""Letters of a word, such as a hash, that leaves the line before it half empty."""


def paper_of(page: str, language: str, terms: Terms | None = None, known: Mapping[str, Any] | None = None) -> bytes:
    """A page of ours, as :func:`.render.render_html` gives it, as DOCX.

    ``known`` is what the page says of itself; a report on a unit has the form of objections in an annex, where
    ``terms`` say that it may object.
    """
    body, annex = blocks_of(page)
    title = next((one.text for one in body if isinstance(one, Heading) and one.level == 0), "")
    issuer = terms.issue.issuer(language) if terms else "auditlib"
    writer = _Writer(new_paper(title, issuer, language), language)
    for number, block in enumerate(body):
        writer.write(block)
        if number == 0 and terms and terms.issue.number:
            writer.say(terms.issue.number, "PaperCentre")
    evidence = [one for block in body if isinstance(block, Grid) for one in block.evidence]
    annexes = _annexes(annex, evidence, terms, known or {}, language)
    if terms:
        writer.write(Heading(1, t("Issue and objections", language)))
        for label, text in terms.rows(language):
            writer.say(text, "Normal", f"{label}{t(': ', language)}", kept=True)
    writer.list_annexes([name for name, _ in annexes])
    if terms:
        writer.say("", "Normal", kept=True)
        writer.say(issuer, "PaperRight")
        writer.say(terms.rows(language)[1][1], "PaperRight")
    for number, (name, blocks) in enumerate(annexes, 1):
        writer.begin_annex(number if len(annexes) > 1 else None, name)
        for block in blocks:
            writer.write(block)
    return paper_bytes(writer.done())


def _annexes(
    annex: Sequence[Block], evidence: Sequence[tuple[str, str]], terms: Terms | None, known: Mapping[str, Any],
    language: str,
) -> list[tuple[str, list[Block]]]:  # fmt: skip
    found: list[tuple[str, list[Block]]] = []
    if evidence:
        blocks = [block for row, keys in evidence for block in (Said("", "body", row), Said(keys, "code"))]
        found.append((t("Evidence", language), list(blocks)))
    if annex:
        name = next((one.text for one in annex if isinstance(one, Heading)), "")
        found.append((name, [one for one in annex if not isinstance(one, Heading)]))
    if terms and terms.objections and known.get("unit"):
        found.append((t("Objection to an assessment result", language), list(_form(terms, known, language))))
    return found


def _form(terms: Terms, known: Mapping[str, Any], language: str) -> Iterator[Block]:
    """The form of an objection for pen and paper."""
    rows = [
        (t("Unit", language), f"{known.get('name') or ''} {known['unit']}".strip()),
        (t("Period", language), str(known.get("period") or "")),
        *terms.rows(language),
        (t("Line", language), ""),
        (t("Clause", language), ""),
    ]
    yield Grid("", (), tuple((_cell(label, short=True), _cell(text)) for label, text in rows))
    names = ("No.", "Register", "Record", "Column", "The result has", "It should be", "Paper")
    head = tuple(_cell(t(name, language)) for name in names)
    empty = tuple((_cell(f"{number}"), *[_cell("\u3000" * 3)] * (len(names) - 1)) for number in range(1, CHANGES + 1))
    yield Grid("", head, empty)
    by_hand = (("Reason", 8), ("Filed on", 1), ("Seal of the unit:", 3), ("Signature, by hand:", 2))
    yield Grid("", (), tuple(
        (_cell(t(label, language).rstrip("：:"), short=True), GridCell((CellLine(ROOMY),) * lines))
        for label, lines in by_hand
    ))  # fmt: skip


def _cell(text: str, *, short: bool = False) -> GridCell:
    return GridCell((CellLine(text),), short=short)


class _Writer:
    """Writes blocks to the end of a paper."""

    def __init__(self, paper: Document, language: str) -> None:
        self._paper, self._language = paper, language
        self._body: Any = paper.element.body
        self._last: Any = self._body[-1]  # the properties of the last section stay at the end
        self._counts = [0, 0, 0]
        self._heading = ""
        self._pending: list[Any] = []
        """The headings that stand last, which go with a table to a page of its own."""

    def write(self, block: Block) -> None:
        if isinstance(block, Grid):
            self._table(block)
        elif isinstance(block, Picture):
            self._picture(block)
        elif isinstance(block, Heading):
            self._headline(block)
        else:
            joint = t(": ", self._language)
            lead = (
                f"{block.lead}{joint}"
                if block.lead and block.kind == "body"
                else f"{block.lead} "
                if block.lead
                else ""
            )
            self.say(block.text, SAID[block.kind], lead.rstrip() if not block.text else lead)

    def say(self, text: str, style: str, lead: str = "", *, kept: bool = False) -> None:
        """A paragraph, ``kept`` with the next one; a line of code for each line of its text."""
        for line in text.split("\n") if style == "PaperCode" else [text]:
            self._add(_paragraph(style, (lead, True), (line, False), kept=kept))

    def done(self) -> Document:
        return self._paper

    def list_annexes(self, names: Sequence[str]) -> None:
        """Which annexes follow, under the text."""
        if not names:
            return
        self.say("", "Normal", kept=True)
        label = t("Annex", self._language) + t(": ", self._language)
        numbered = names if len(names) == 1 else [f"{number}. {name}" for number, name in enumerate(names, 1)]
        for number, name in enumerate(numbered):
            before = label if number == 0 else "\u3000" * 3 if self._language == "zh" else " " * len(label)
            self.say(f"{before}{name}", "Normal", kept=True)

    def begin_annex(self, number: int | None, name: str) -> None:
        """A new page with the number of an annex in its corner and its title."""
        label = t("Annex", self._language) + (
            "" if number is None else f" {number}" if self._language == "en" else str(number)
        )
        self._add(_paragraph("PaperFlush", (label, False), face="黑体", breaking=True))
        self._add(_paragraph("Title", (name, False)))
        self._heading = name

    def _headline(self, heading: Heading) -> None:
        if heading.level == 0:
            self._add(_paragraph("Title", (heading.text, False)))
            return
        place = min(heading.level, 3) - 1
        self._counts[place] += 1
        self._counts[place + 1 :] = [0] * (2 - place)
        text = f"{self._mark(place)}{heading.text}" + (f"\u3000{heading.more}" if heading.more else "")
        self._heading = heading.text
        before = self._pending
        self._add(_paragraph(f"Heading{place + 1}", (text, False)))
        self._pending = [*before, self._last.getprevious()]

    def _mark(self, place: int) -> str:
        number = self._counts[place]
        if self._language == "en":
            return ".".join(str(one) for one in self._counts[: place + 1]) + (". " if place == 0 else " ")
        written = chinese_number(number)
        return (f"{written}、", f"（{written}）", f"{number}.")[place]

    def _picture(self, picture: Picture) -> None:
        width, height = _size(picture.png)
        ratio = min(1.0, ROOM / height, WIDTH / width)
        inline = self._paper.part.new_pic_inline(io.BytesIO(picture.png), Mm(width * ratio), Mm(height * ratio))
        inline.docPr.set("descr", picture.alternative)
        paragraph = _paragraph("PaperPicture")
        run = parse_xml(f"<w:r {NAMESPACE}><w:drawing/></w:r>")
        run.find(qn("w:drawing")).append(inline)
        paragraph.append(run)
        self._add(paragraph)
        if picture.caption:
            self._add(_paragraph("PaperCaption", (picture.caption, False)))

    def _table(self, grid: Grid) -> None:
        fitted = fit(grid)
        if fitted.across:
            self._end_upright()
        if grid.caption and (fitted.across or grid.caption != self._heading):
            self._add(_paragraph("PaperTableTitle", (grid.caption, False)))
        self._add(parse_xml(table_xml(grid, fitted)))
        if fitted.across:
            self._add(section_break(self._paper, across=True))
        else:
            self._add(_paragraph("PaperCell"))

    def _end_upright(self) -> None:
        """End the upright section before the headings that stand last, where none has just been ended."""
        first = self._pending[0] if self._pending else self._last
        before = first.getprevious()
        if before is None or before.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None:
            first.addprevious(section_break(self._paper, across=False))

    def _add(self, element: Any) -> None:
        self._pending = []
        self._last.addprevious(element)


def _paragraph(style: str, *runs: tuple[str, bool], face: str = "", breaking: bool = False, kept: bool = False) -> Any:
    """A paragraph of runs, each a text and whether it is bold."""
    font = f'<w:rFonts w:eastAsia="{face}"/>' if face else ""
    texts = "".join(
        f'<w:r><w:rPr>{font}{"<w:b/>" if bold else ""}</w:rPr><w:t xml:space="preserve">{plain_xml(text)}</w:t></w:r>'
        for text, bold in runs
        if text
    )
    new_page = ("<w:keepNext/>" if kept else "") + ("<w:pageBreakBefore/>" if breaking else "")
    ragged = '<w:jc w:val="left"/>' if any(_holds_a_hash(text) for text, _ in runs) else ""
    return parse_xml(f'<w:p {NAMESPACE}><w:pPr><w:pStyle w:val="{style}"/>{new_page}{ragged}</w:pPr>{texts}</w:p>')


def _holds_a_hash(text: str) -> bool:
    """Whether a word is so long that a line filled up before it would be torn apart."""
    return any(latin and len(list(word)) >= TEARING for latin, word in groupby(text, lambda char: "!" <= char <= "~"))


def _size(png: bytes) -> tuple[float, float]:
    """The width and height of a picture in millimetres, by what it says of its points."""
    width, height = struct.unpack(">II", png[16:24])
    place = png.find(b"pHYs", 8, 200)
    dense = struct.unpack(">I", png[place + 4 : place + 8])[0] * 0.0254 if place > 0 else PER_INCH
    return width / dense * 25.4, height / dense * 25.4
