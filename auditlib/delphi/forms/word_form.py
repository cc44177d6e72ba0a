"""The questionnaire of an expert as a Word document: to be filled in in Word, or printed and filled in by hand.

Its tables are the sheets of the workbook, so that ``panel read`` takes it back in the same way. A mark is a choice of a
drop-down, and prints as an empty box.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table, _Cell

from auditlib.core.errors import InputError
from auditlib.core.exact import full_text
from auditlib.core.word_document import document_bytes, new_document, put_text, set_columns
from auditlib.delphi.authority_tables import STRENGTHS
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.comparisons import (
    BEST_WORST,
    BEST_WORST_HEAD,
    CHOICES,
    PAIR_HEAD,
    PAIRS,
    ROLE_WORDS,
    TIMES,
    best_worst_rows,
    pair_rows,
)
from auditlib.delphi.forms.feedback import Feedback, told_of
from auditlib.delphi.forms.instructions import ABOUT, ANSWERS, REMARKS_TOLD, instruction_lines
from auditlib.delphi.forms.sheets import Grid
from auditlib.delphi.forms.words import (
    BASES,
    EXPERT,
    FAMILIARITY,
    ITEM,
    MARK,
    MARKER,
    MEDIAN,
    QUARTILES,
    REMARK,
    WHOLE,
    own_mark,
    remarks_told,
)
from auditlib.ledger.table_guards import guard_workbook

__all__ = ["word_form", "word_grids"]

LETTERS = 9.5
BLANK = "\N{IDEOGRAPHIC SPACE}"
"""What an empty drop-down shows, so that nothing prints in it."""
COLUMNS = 63
"""Of a table in Word: a cell is read once for each that it stands over."""
BROKEN = (
    KeyError, IndexError, ValueError, AttributeError, zipfile.BadZipFile, SyntaxError, RecursionError, RuntimeError,
    EOFError, zlib.error, TypeError, OverflowError,
)  # fmt: skip
"""What is said of a document that is damaged or was never one: by its reader, and by that of packed files."""
MOST_CHOICES = 60
"""A scale of more marks than these has an empty cell and no drop-down."""


def word_form(
    declared: PanelFile, number: int, expert: str | None, feedback: Feedback | None = None, about: bool = True
) -> bytes:
    """The form of one expert for round ``number``; without ``expert`` it asks for the pseudonym.

    ``about`` adds the self-assessment. The same arguments give the same bytes.
    """
    document = new_document(f"{declared.title.zh} 第{number}轮", wide=True)
    put_text(document.add_paragraph(style="Heading 1"), f"{declared.title.zh}　第{number}轮问卷", size=15)
    told = feedback is not None and bool(feedback.remarks)
    for line in instruction_lines(declared, number, feedback is not None, told, "word"):
        paragraph = put_text(document.add_paragraph(), line, size=LETTERS)
        paragraph.paragraph_format.space_after = Pt(2)
    head = _table(document, [EXPERT, expert or ""], [], (3, 5))
    if not expert:
        _fill_in(head.rows[0].cells[1])
    _answers(document, declared, number, feedback)
    _fill_in(_table(document, [WHOLE, ""], [], (3, 22)).rows[0].cells[1])
    _comparisons(document, declared, number)
    if about:
        _about(document, declared)
    if feedback is not None and told:
        _heading(document, REMARKS_TOLD)
        columns, rows = remarks_told(declared, feedback)
        _table(document, columns, rows, (2, 5, 13, 5)[: len(columns)])
    marker = put_text(document.add_paragraph(), "供收卷时识别，请勿改动：", size=7)
    marker.paragraph_format.space_before = Pt(12)
    _table(document, ["panel", declared.panel], [["round", str(number)]], (2, 6), size=7)
    return document_bytes(document)


def _heading(document: Document, text: str) -> None:
    paragraph = put_text(document.add_paragraph(style="Heading 2"), text, size=12)
    paragraph.paragraph_format.keep_with_next = True


def _table(
    document: Document, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float],
    size: float = LETTERS,
) -> Table:  # fmt: skip
    table = document.add_table(rows=1 + len(rows), cols=len(head), style="Table Grid")
    for place, cells in enumerate((head, *rows)):
        for cell, text in zip(table.rows[place].cells, cells, strict=True):
            put_text(cell.paragraphs[0], text, bold=not place and len(rows) > 0, size=size)
        table.rows[place]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    if rows:
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    set_columns(table, widths)
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    return table


def _fill_in(cell: _Cell, choices: Sequence[str] = ()) -> None:
    """Make a cell one to fill in: a drop-down of ``choices``, or room for text."""
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "FFF9DB")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
    control, properties, content = (OxmlElement(f"w:{name}") for name in ("sdt", "sdtPr", "sdtContent"))
    placeholder = OxmlElement("w:showingPlcHdr")
    properties.append(placeholder)
    kind = OxmlElement("w:dropDownList" if choices else "w:text")
    for choice in choices:
        item = OxmlElement("w:listItem")
        item.set(qn("w:displayText"), choice)
        item.set(qn("w:value"), choice)
        kind.append(item)
    properties.append(kind)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = BLANK
    run.append(text)
    content.append(run)
    control.append(properties)
    control.append(content)
    cell.paragraphs[0]._p.append(control)


def _answers(document: Document, declared: PanelFile, number: int, feedback: Feedback | None) -> None:
    _heading(document, ANSWERS)
    told = [own_mark(feedback.number), MEDIAN, QUARTILES] if feedback else []
    asked = [(item, level) for item, level in declared.standing(number) if item.weight is None]
    rows = []
    for item, level in asked:
        name = item.title.zh if declared.numbers[item.id] == item.id else declared.named(item)
        title = BLANK * (level - 1) + name
        rows.append([item.id, title, item.note.zh if item.note else "", *told_of(feedback, item), "", ""])
    widths = [3.2, 5, 7.4, *[1.9] * len(told), 2.2, 24.6 - 17.8 - 1.9 * len(told)]
    table = _table(document, [ITEM, "条目", "内涵", *told, MARK, REMARK], rows, widths)
    siblings = declared.siblings_of(number)
    for row, (item, _) in zip(table.rows[1:], asked, strict=True):
        marks = [full_text(mark) for mark in declared.scale.choices(siblings[item.id])]
        _fill_in(row.cells[-2], marks if len(marks) <= MOST_CHOICES else ())
        _fill_in(row.cells[-1])


def _comparisons(document: Document, declared: PanelFile, number: int) -> None:
    if pairs := pair_rows(declared, number):
        _heading(document, PAIRS)
        table = _table(document, PAIR_HEAD, [[*cells, ""] for cells in pairs], (3.2, 7, 3.2, 7, 3))
        for row in table.rows[1:]:
            _fill_in(row.cells[4], CHOICES)
    if groups := best_worst_rows(declared, number):
        _heading(document, BEST_WORST)
    for group in groups:
        table = _table(document, BEST_WORST_HEAD, [[*cells, "", "", ""] for cells in group], (3.2, 7, 4, 4.5, 4.5))
        for row in table.rows[1:]:
            for cell, choices in zip(row.cells[2:], (ROLE_WORDS, TIMES, TIMES), strict=True):
                _fill_in(cell, choices)


def _about(document: Document, declared: PanelFile) -> None:
    _heading(document, ABOUT)
    strengths = [title.zh for title in STRENGTHS.values()]
    rows = [[basis.title.zh, ""] for basis in declared.tables.bases.values()]
    levels = [level.title.zh for level in declared.tables.familiarity.values()]
    table = _table(document, [BASES, "对判断的影响程度"], [*rows, [FAMILIARITY, ""]], (7, 6))
    for row in table.rows[1:-1]:
        _fill_in(row.cells[1], strengths)
    _fill_in(table.rows[-1].cells[1], levels)


# --- back again -------------------------------------------------------------------------------------------


def word_grids(file: Path) -> dict[str, Grid]:
    """The tables of a filled form as the sheets of a workbook. Raises :class:`InputError` for no such document."""
    if not file.is_file():
        raise InputError.at(file, "", "no such file")
    guard_workbook(file)
    grids: dict[str, Grid] = {}
    try:
        document = docx.Document(io.BytesIO(file.read_bytes()))
        _check_spans(document)
        for table in document.tables:
            rows = [[_said(cell) for cell in row.cells] for row in table.rows]
            if rows and rows[0] and (name := _sheet_of(rows[0])) is not None:
                grids.setdefault(name, []).extend(rows)
    except BROKEN as error:
        found = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError.at(file, "", f"found {found}, expected a filled questionnaire in DOCX") from None
    widths = {name: max(map(len, rows)) for name, rows in grids.items()}
    return {name: [[*row, *[None] * (widths[name] - len(row))] for row in rows] for name, rows in grids.items()}


def _check_spans(document: Document) -> None:
    """Raises :class:`ValueError` where a cell says that it is wider than a table of Word can be."""
    for one in document.element.body.iter(*(qn(f"w:{name}") for name in ("gridSpan", "gridBefore", "gridAfter"))):
        if not 0 <= int(one.get(qn("w:val"), "1")) <= COLUMNS:
            raise ValueError(f"a cell over {one.get(qn('w:val'))[:20]} columns")


def _said(cell: _Cell) -> str | None:
    """The text of a cell, in and outside of controls; nothing of a control that was left as it was."""
    parts = []
    for text in cell._tc.iter(qn("w:t")):
        controls = list(text.iterancestors(qn("w:sdt")))
        if not any(control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None for control in controls):
            parts.append(text.text or "")
    return "".join(parts).replace(BLANK, " ").strip() or None


def _sheet_of(head: Sequence[str | None]) -> str | None:
    if head[0] in (EXPERT, WHOLE) or (head[0] == ITEM and MARK in head):
        return ANSWERS
    if list(head) == list(PAIR_HEAD):
        return PAIRS
    if list(head) == list(BEST_WORST_HEAD):
        return BEST_WORST
    return {BASES: ABOUT, "panel": MARKER}.get(head[0] or "")
