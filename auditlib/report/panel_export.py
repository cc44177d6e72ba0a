"""The numbered tables and figures of a panel's report, for a paper: one Word document, and each table as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Inches

from auditlib.core.cells import BOM, csv_text
from auditlib.core.files import whole_folder
from auditlib.core.word_document import add_three_line_table, document_bytes, new_document, put_text, turn_page
from auditlib.report.figure import WIDTH, png
from auditlib.report.panel import PanelReport
from auditlib.report.section import PrintedFigure, PrintedTable

__all__ = ["DOCUMENT", "export_panel", "journal_document", "journal_tables"]

DOCUMENT = "tables.docx"
MOST_UPRIGHT = 9
"""So many columns fit an upright page."""
FULL, NOTE = Cm(16.4), 8.5


def journal_tables(report: PanelReport) -> Iterator[PrintedTable | PrintedFigure]:
    """Every table and figure of the report in its order; what it was made from is no matter of a paper."""
    for name in report.names:
        if name != "how_to_repeat":
            yield from report.show(name).printed


def export_panel(report: PanelReport, folder: Path, replace: bool = False) -> list[Path]:
    """Write ``tables.docx`` and a CSV file a table into the new ``folder``, and return the files written.

    Raises :class:`InputError` where the folder is there and not to be replaced.
    """
    printed = list(journal_tables(report))
    with whole_folder(folder, replace=replace) as scratch:
        (scratch / DOCUMENT).write_bytes(journal_document(report, printed))
        for place, table in enumerate((one for one in printed if isinstance(one, PrintedTable)), start=1):
            text = csv_text(list(table.frame.columns), table.frame.itertuples(index=False, name=None))
            (scratch / f"{place:02}-{table.name}.csv").write_bytes((BOM + text).encode("utf-8"))
    return sorted(folder.iterdir())


def journal_document(report: PanelReport, printed: list[PrintedTable | PrintedFigure]) -> bytes:
    """The Word document: captions above tables and below figures, notes under them, wide tables on wide pages."""
    page = report.page
    document = new_document(page.title)
    put_text(document.add_paragraph(style="Title"), page.title, size=14)
    if page.declared.synthetic:
        put_text(
            document.add_paragraph(), page.t("Synthetic data: the marks are made up, no survey was made"), bold=True
        )
    for one in printed:
        if isinstance(one, PrintedFigure):
            _figure(document, one)
        else:
            _table(document, one)
    return document_bytes(document)


def _table(document: Document, one: PrintedTable) -> None:
    turn_page(document, len(one.frame.columns) > MOST_UPRIGHT)
    caption = put_text(document.add_paragraph(), one.caption, bold=True, size=10.5)
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Cm(0.4)
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    rows = [[_text(cell) for cell in row] for row in one.frame.itertuples(index=False, name=None)]
    kinds = one.kinds or ("",) * len(rows)
    for row, kind in zip(rows, kinds, strict=True):
        row[0] = "\N{IDEOGRAPHIC SPACE}" * (_depth(kind) - 1) + row[0]
    heads = [str(name) for name in one.frame.columns]
    numbers = [name in one.numbers for name in one.frame.columns]
    add_three_line_table(document, heads, rows, numbers, ["parent" in kind for kind in kinds])
    for note in one.notes:
        put_text(document.add_paragraph(), note, size=NOTE)


def _depth(kind: str) -> int:
    return next((int(word.removeprefix("deep-")) for word in kind.split() if word.startswith("deep-")), 1)


def _text(cell: object) -> str:
    return "—" if cell is None else str(cell)


def _figure(document: Document, one: PrintedFigure) -> None:
    turn_page(document, False)
    width = min(FULL, Inches(one.figure.get_figwidth())) if one.figure.get_figwidth() <= WIDTH else FULL
    placed = document.add_paragraph()
    placed.alignment = WD_ALIGN_PARAGRAPH.CENTER
    placed.paragraph_format.keep_with_next = True
    placed.add_run().add_picture(io.BytesIO(png(one.figure)), width=width)
    put_text(document.add_paragraph(), one.caption, size=NOTE)
