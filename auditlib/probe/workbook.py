"""A probe as a workbook: a line a row, with its counts, words and cases."""

from __future__ import annotations

import io

from auditlib.core.message import t
from auditlib.delphi.forms.sheets import new_workbook
from auditlib.probe.probe import Probed, ranked
from auditlib.probe.words import ask_first, does_not_say, says, state_words, test_words

__all__ = ["probe_workbook"]

WIDTHS = (12, 14, 22, 28, 12, 12, 12, 60, 40, 40, 60, 14)
CELL = 32_000
"""Characters that a cell holds; the cases beyond stand in the JSON."""


def probe_workbook(found: Probed, language: str) -> bytes:
    """The lines of a probe in a sheet; the same probe gives the same bytes."""
    memory = io.BytesIO()
    book = new_workbook(memory, "probe")
    sheet = book.add_worksheet("probe")
    head = book.add_format({"bold": True, "bg_color": "#E8EDF3"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    headings = (
        t("State", language), t("Unit", language), t("Test", language), t("Clock", language), "p", "q", "p (Holm)",
        t("Says", language), t("Does not say", language), t("Ask first", language), t("Cases", language), "id",
    )  # fmt: skip
    for column, (name, width) in enumerate(zip(headings, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for row, line in enumerate(ranked(found.lines), 1):
        words = (state_words(line.state, language), line.unit, test_words(line.test, language), line.clock)
        for column, text in enumerate(words):
            sheet.write_string(row, column, text, wrapped)
        for column, value in enumerate((line.p, line.bh, line.holm), len(words)):
            if value is not None:
                sheet.write_number(row, column, value, wrapped)
        causes = "; ".join(ask_first(line.test, language))
        cases = " ".join(line.observed.cases)[:CELL]
        texts = (says(line, language), does_not_say(line.test, language), causes, cases, line.id)
        for column, text in enumerate(texts, len(words) + 3):
            sheet.write_string(row, column, text, wrapped)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(found.lines)), len(headings) - 1)
    book.close()
    return memory.getvalue()
