"""The form of a sample: a workbook in which a person chooses an answer to each question and changes nothing else."""

from __future__ import annotations

import io
from typing import Any

from auditlib.analysis.checks.draw import CheckQuestion, CheckSample
from auditlib.core.message import t
from auditlib.delphi.forms.sheets import new_workbook
from auditlib.scoring.duties.shapes import ANSWERS

__all__ = ["ASKED", "COLUMNS", "FIRST_ROW", "FORM", "MARKER", "METHODS", "check_form", "question_row"]

FORM, MARKER = "核查", "meta"
"""The sheet of questions, and the hidden one that says which sample it is and what was asked."""
FIRST_ROW = 5
"""The row of the first question, counted as a spreadsheet does."""
METHODS = ("抽查", "暗访", "自查", "系统")
ASKED = 6
"""The first so many columns are the question; a person fills in the others."""
COLUMNS = ("check_id", "duty", "clause", "question", "unit", "case_id", "result", "at", "by", "method", "ref", "reason")
"""The columns of a form from left to right, as the register ``checks`` calls them where it has them."""
WIDTHS = (18, 18, 12, 46, 14, 16, 12, 16, 18, 10, 16, 40)


def question_row(question: CheckQuestion, language: str) -> list[str]:
    """What the form says of a question, in the columns before the answer."""
    duty = question.duty
    asked = duty.asked(language) if duty.asked is not None else t("Was this met: {duty}?", language, duty=duty.title)
    return [question.check_id, duty.id, duty.clause, asked, question.unit, question.case or ""]


def check_form(sample: CheckSample, title: str, language: str) -> bytes:
    """The workbook of a sample; the same sample gives the same bytes."""
    memory = io.BytesIO()
    heading = t("{title}: questions of sample {sample}", language, title=title, sample=sample.name)
    book = new_workbook(memory, heading)
    plain = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#B0B0B0"}
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({**plain, "bold": True, "bg_color": "#E8EDF3"})
    cell = book.add_format({**plain, "num_format": "@"})
    answer = book.add_format({**plain, "locked": False, "bg_color": "#FFF9DB"})
    day = book.add_format({**plain, "locked": False, "bg_color": "#FFF9DB", "num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(FORM)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, heading, bold)
    sheet.write_string(1, 0, _how_drawn(sample, language))
    sheet.write_string(2, 0, t(
        "Answer in the yellow cells: {answers}. Leave open what was not looked at. No names, telephones or addresses.",
        language, answers=tuple(ANSWERS),
    ))  # fmt: skip
    for column, name in enumerate(_headings(language)):
        sheet.write_string(FIRST_ROW - 2, column, name, head)
    for row, question in enumerate(sample.questions, FIRST_ROW - 1):
        for column, text in enumerate(question_row(question, language)):
            sheet.write_string(row, column, text, cell)
        for column in range(ASKED, len(COLUMNS)):
            sheet.write_blank(row, column, None, day if COLUMNS[column] == "at" else answer)
    last = FIRST_ROW - 2 + len(sample.questions)
    for name, choices in (("result", tuple(ANSWERS)), ("method", METHODS)):
        column = COLUMNS.index(name)
        sheet.data_validation(FIRST_ROW - 1, column, last, column, {"validate": "list", "source": list(choices)})
    sheet.freeze_panes(FIRST_ROW - 1, 1)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW - 2)
    _mark(book, sample)
    book.close()
    return memory.getvalue()


def _headings(language: str) -> list[str]:
    return [
        t("Question no.", language), t("Duty", language), t("Clause", language), t("Question", language),
        t("Unit", language), t("Case", language), t("Answer", language), t("Looked at on", language),
        t("Office that looked", language), t("Way of looking", language), t("Paper", language), t("Reason", language),
    ]  # fmt: skip


def _how_drawn(sample: CheckSample, language: str) -> str:
    parts = tuple(
        t("{drawn} of {whole} on {duty}", language, drawn=drawn, whole=whole, duty=duty.title)
        for duty, drawn, whole in sample.drawn
    )
    return t(
        "{period}: {parts}; drawn by SHA-256 from the seed {seed}", language,
        period=sample.period, parts=parts, seed=sample.seed,
    )  # fmt: skip


def _mark(book: Any, sample: CheckSample) -> None:
    """Which sample this is, and its questions once more: what a form is held against when it comes back."""
    marker = book.add_worksheet(MARKER)
    about = (("sample", sample.name), ("scheme", sample.scheme), ("period", sample.period), ("seed", sample.seed))
    for row, pair in enumerate(about):
        marker.write_row(row, 0, pair)
    for row, question in enumerate(sample.questions, len(about)):
        marker.write_row(row, 0, [question.check_id, question.duty.id, question.unit, question.case or ""])
    marker.hide()
