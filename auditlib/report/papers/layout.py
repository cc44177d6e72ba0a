"""The layout of an official paper by GB/T 9704-2012: page, margins, fonts, headings, numbers of pages.

A4 with a type area of 156 × 225 mm (37 mm above, 28 mm left of it); text in 仿宋 of size 三号 (16 pt), 28 pt from line
to line; the title in 小标宋 of size 二号; headings in 黑体 and 楷体; the number of the page outside, in 四号, between
strokes.
"""

from __future__ import annotations

import copy
import io
import zipfile
from datetime import datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

__all__ = ["BODY", "FACES", "HEIGHT", "NAMESPACE", "WIDTH", "new_paper", "paper_bytes", "section_break"]

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WIDTH, HEIGHT = 156.0, 225.0
"""The type area, in millimetres."""
BODY = 16.0
"""三号, in points."""
PITCH = 28.0
FACES = {"title": "方正小标宋简体", "black": "黑体", "kai": "楷体", "fang": "仿宋", "song": "宋体"}
"""The fonts that a reader needs; the first is the one of typesetting houses, the others come with Windows and WPS."""
INSTEAD = {
    "方正小标宋简体": "方正小标宋_GBK,小标宋体,华文中宋,宋体", "黑体": "SimHei", "楷体": "楷体_GB2312,KaiTi",
    "仿宋": "仿宋_GB2312,FangSong", "宋体": "SimSun",
}  # fmt: skip
"""What a program takes where a font is missing."""
LATIN = "Times New Roman"
MADE = datetime(2000, 1, 1)
"""A file says when it was made; the same report has the same bytes."""
STYLES: dict[str, tuple[str, float, dict[str, Any]]] = {
    "Title": ("title", 22, {"align": "center", "pitch": 36, "before": 0, "after": 28, "keep": True}),
    "Heading 1": ("black", BODY, {"indent": 2, "keep": True}),
    "Heading 2": ("kai", BODY, {"indent": 2, "keep": True}),
    "Heading 3": ("fang", BODY, {"indent": 2, "keep": True, "bold": True}),
    "Normal": ("fang", BODY, {"indent": 2}),
    "Paper Quote": ("kai", BODY, {"indent": 2}),
    "Paper Flush": ("fang", BODY, {}),
    "Paper Right": ("fang", BODY, {"align": "right", "right": 4, "keep": True}),
    "Paper Centre": ("fang", BODY, {"align": "center"}),
    "Paper Picture": ("fang", 12, {"align": "center", "pitch": None, "before": 6, "keep": True}),
    "Paper Caption": ("kai", 12, {"align": "center", "pitch": 20, "after": 8}),
    "Paper Table Title": ("black", 12, {"align": "center", "pitch": 20, "before": 8, "keep": True}),
    "Paper Cell": ("fang", 10.5, {"pitch": None}),
    "Paper Cell Head": ("black", 10.5, {"pitch": None, "align": "center"}),
    "Paper Code": ("fang", 10.5, {"pitch": 16, "align": "left"}),
    "Footer": ("song", 14, {"pitch": None}),
}
"""Styles by name: font, size in points, and how a paragraph stands."""


def new_paper(title: str, author: str, language: str) -> Document:
    """An empty paper in this layout, with the numbers of its pages."""
    paper = docx.Document()
    for name, (face, size, how) in STYLES.items():
        heads = language == "en" and face in ("title", "black", "kai") and name != "Paper Quote"
        _style(paper, name, face, size, how | {"bold": True} if heads else how)  # Latin letters have no 黑体
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    paper.settings.odd_and_even_pages_header_footer = True
    _number(section.footer, "right")
    _number(section.even_page_footer, "left")
    defaults = paper.styles.element.find(qn("w:docDefaults"))
    for lang in defaults.iter(qn("w:lang")):
        lang.set(qn("w:val"), "en-US")
        lang.set(qn("w:eastAsia"), "zh-CN")
    about = paper.core_properties
    about.title, about.author, about.last_modified_by, about.comments = title, author, author, ""
    about.created = about.modified = MADE
    about.revision, about.language = 1, "zh-CN" if language == "zh" else "en"
    _fonts(paper)
    return paper


def _style(paper: Document, name: str, face: str, size: float, how: dict[str, Any]) -> None:
    known = {style.name for style in paper.styles}
    style: Any = paper.styles[name] if name in known else paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name.startswith("Paper") or name in ("Title", "Footer") or name.startswith("Heading"):
        style.base_style = None
    element = style.element
    for tag in ("w:rPr", "w:pPr"):
        if (old := element.find(qn(tag))) is not None:
            element.remove(old)
    font = style.font
    font.size, font.bold = Pt(size), bool(how.get("bold"))
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    for place, given in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", FACES[face]), ("cs", LATIN)):
        faces.set(qn(f"w:{place}"), given)
    pitch = how.get("pitch", PITCH)
    spacing = f'w:before="{20 * how.get("before", 0)}" w:after="{20 * how.get("after", 0)}" ' + (
        'w:line="240" w:lineRule="auto"' if pitch is None else f'w:line="{round(20 * pitch)}" w:lineRule="exact"'
    )
    first, right = how.get("indent", 0), how.get("right", 0)
    properties = (
        f"<w:pPr {NAMESPACE}>{'<w:keepNext/>' if how.get('keep') else ''}<w:widowControl/>"
        f"<w:spacing {spacing}/>"
        f'<w:ind w:firstLineChars="{100 * first}" w:firstLine="{round(20 * size * first)}" '
        f'w:rightChars="{100 * right}" w:right="{round(20 * size * right)}"/>'
        f'<w:jc w:val="{how.get("align", "both")}"/>'
        f"{_outline(name)}</w:pPr>"
    )
    element.insert(list(element).index(element.find(qn("w:rPr"))), parse_xml(properties))


def _outline(name: str) -> str:
    return f'<w:outlineLvl w:val="{int(name[-1]) - 1}"/>' if name.startswith("Heading") else ""


def _number(footer: Any, side: str) -> None:
    """The number of the page between strokes, a letter from the edge: outside on odd and on even pages."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = "Footer"
    letter = 14 * 20
    properties = paragraph._p.get_or_add_pPr()
    for xml in (
        f'<w:ind {NAMESPACE} w:firstLine="0" w:left="{letter}" w:right="{letter}"/>',
        f'<w:jc {NAMESPACE} w:val="{side}"/>',
    ):
        properties.append(parse_xml(xml))
    face = f'<w:rPr><w:rFonts w:ascii="{FACES["song"]}" w:hAnsi="{FACES["song"]}"/></w:rPr>'
    stroke = f'<w:r {NAMESPACE}>{face}<w:t xml:space="preserve">{{}}</w:t></w:r>'
    field = f'<w:fldSimple {NAMESPACE} w:instr=" PAGE "><w:r>{face}<w:t>1</w:t></w:r></w:fldSimple>'
    for xml in (stroke.format("— "), field, stroke.format(" —")):
        paragraph._p.append(parse_xml(xml))


def _fonts(paper: Document) -> None:
    """What fonts the paper names, and what stands in for one that a reader lacks."""
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in INSTEAD.items()
    )
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {NAMESPACE}>{entries}</w:fonts>'
    for part in paper.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = text.encode()
    package = paper.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            package.rels.pop(key)


def section_break(paper: Document, *, across: bool) -> Any:
    """A paragraph that ends a section: upright before it, or ``across`` for what is wider than a page."""
    properties = copy.deepcopy(paper.sections[-1]._sectPr)
    if across:
        size, margins = properties.find(qn("w:pgSz")), properties.find(qn("w:pgMar"))
        size.set(qn("w:w"), str(round(297 * 1440 / 25.4)))
        size.set(qn("w:h"), str(round(210 * 1440 / 25.4)))
        size.set(qn("w:orient"), "landscape")
        for side, millimetres in (("top", 28), ("bottom", 28), ("left", 35), ("right", 37), ("footer", 16)):
            margins.set(qn(f"w:{side}"), str(round(millimetres * 1440 / 25.4)))
    paragraph = parse_xml(
        f'<w:p {NAMESPACE}><w:pPr><w:pStyle w:val="PaperCell"/><w:spacing w:before="0" w:after="0" w:line="20" '
        'w:lineRule="exact"/></w:pPr></w:p>'
    )
    paragraph.find(qn("w:pPr")).append(properties)
    return paragraph


def paper_bytes(paper: Document) -> bytes:
    """The paper as a file: the same paper gives the same bytes."""
    memory = io.BytesIO()
    paper.save(memory)
    made = io.BytesIO()
    with zipfile.ZipFile(memory) as read, zipfile.ZipFile(made, "w") as written:
        for name in read.namelist():  # python-docx writes the parts in a fixed order, each with the time of day
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(entry, read.read(name), compresslevel=6)
    return made.getvalue()
