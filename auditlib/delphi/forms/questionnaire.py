"""Questionnaires: a workbook that an expert fills in Excel or LibreOffice, with nothing to do but to choose.

Marks, bases and familiarity are drop-downs, every cell but the answers is protected. From the second round on each
expert gets a workbook of the own, with the own last mark and the panel's median and quartiles beside each item.
"""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.exact import full_text
from auditlib.core.file_names import file_name
from auditlib.core.files import write_atomically
from auditlib.core.home import home
from auditlib.delphi.authority_tables import STRENGTHS
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.comparisons import comparison_sheets
from auditlib.delphi.forms.feedback import Feedback, panel_statistics, told_of
from auditlib.delphi.forms.instructions import (
    ABOUT,
    ANSWERS,
    REMARKS_TOLD,
    instruction_lines,
    label_words,
    lines_of,
)
from auditlib.delphi.forms.sheets import new_workbook
from auditlib.delphi.forms.survey_text import survey_text
from auditlib.delphi.forms.word_form import word_form
from auditlib.delphi.forms.words import (
    BASES,
    EXPERT,
    FAMILIARITY,
    INSTRUCTIONS,
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
from auditlib.delphi.rounds import Panel, read_panel
from auditlib.delphi.scales import Scale
from auditlib.delphi.wordings import as_it_was_asked, asked_file, asked_text
from auditlib.ledger.privacy.declared import read_impersonal

__all__ = ["new_panel", "questionnaire"]

LINE_HEIGHT, WIDE = 16, 88
"""Points that a line takes, and characters that one holds, on the sheet of instructions as it prints."""

SURVEY_TEXT = "survey.txt"
FORMS = (".xlsx", ".docx")
LONGEST_LIST = 255  # what a spreadsheet takes as a list of choices or as the text of a hint
ROWS_ABOVE = 3


def new_panel(folder: Path, number: int | None = None, experts: int | None = None, replace: bool = False) -> list[Path]:
    """Write what a panel needs to begin or to go on, and return the files written.

    A folder without ``panel.yaml`` gets a commented one to edit. The questionnaires of round ``number`` (default: the
    next) go to ``questionnaires/round-N``: one for each of ``experts`` (E01, E02 …) or of ``experts.csv``, or a blank
    one that asks for the pseudonym; from round 2 on one for each expert of the round before. Each is a workbook and a
    Word document of the same content; ``survey.txt`` is the text for a survey tool.
    Raises :class:`InputError` where a questionnaire is already there and not to be replaced, or one of another expert.
    """
    written: list[Path] = []
    if not (declared := folder / "panel.yaml").exists():
        write_atomically(declared, _blank(folder, experts).encode("utf-8"))
        written.append(declared)
    panel = read_panel(folder)
    wanted = number if number is not None else len(panel.rounds) + 1
    if experts is not None and wanted > 1:
        raise InputError.at(folder, "--experts", f"found it for round {wanted}, expected it for the first round alone")
    if all(one.number != wanted for one in panel.rounds):
        # No answer stands to the words of earlier forms: panel.yaml may have been edited since.
        said = read_impersonal(PanelFile, declared, whole=True)
        panel = dataclasses.replace(panel, declared=as_it_was_asked(said, folder, anew=wanted))
    books = _books(panel, wanted, experts)
    target = folder / "questionnaires" / f"round-{wanted}"
    if there := [name for name in books if (target / name).exists() and not replace]:
        named = [name for name in there if name.endswith(".xlsx")] or there
        raise InputError.at(target, "", f"found {', '.join(named)}; expected no questionnaires yet, or --replace")
    if stray := sorted(one.name for one in target.glob("*.*") if one.suffix in FORMS and one.name not in books):
        message = f"found {', '.join(stray)}, expected no forms but those to be written; move them away"
        raise InputError.at(target, "", f"{message}, or say --experts for as many" if wanted == 1 else message)
    for name, content in books.items():
        write_atomically(target / name, content)
        written.append(target / name)
    write_atomically(asked_file(folder, wanted), asked_text(panel.declared, wanted).encode("utf-8"))
    return written


def _blank(folder: Path, experts: int | None) -> str:
    text = (home() / "params" / "panels" / "new" / "panel.yaml").read_text(encoding="utf-8")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-_")
    name = name if re.match(r"[A-Za-z]", name) else f"panel-{name}".rstrip("-")
    text = text.replace("\npanel: new\n", f"\npanel: {name}\n")
    return text if experts is None else text.replace("\nrounds: {}\n", f"\nrounds: {{1: {{sent: {experts}}}}}\n")


def _books(panel: Panel, number: int, experts: int | None) -> dict[str, bytes]:
    """A workbook and a Word document for each expert, and the text for a survey tool, by file name."""
    declared = panel.declared
    told = dict.fromkeys(_first_asked(panel, experts), (None, True)) if number == 1 else _told(panel, number)
    books: dict[str, bytes] = {}
    for expert, (feedback, about) in told.items():
        name = "questionnaire" if expert is None else file_name(expert, "expert")
        books[f"{name}.xlsx"] = questionnaire(declared, number, expert, feedback, about)
        books[f"{name}.docx"] = word_form(declared, number, expert, feedback, about)
    text = survey_text(declared, number, any(about for _, about in told.values()))
    return books | {SURVEY_TEXT: text.encode("utf-8")}


def _first_asked(panel: Panel, experts: int | None) -> list[str | None]:
    """Whom the first round asks; None stands for one blank form."""
    width = max(2, len(str(experts)))
    return [f"E{index:0{width}}" for index in range(1, experts + 1)] if experts else [*panel.experts] or [None]


def _told(panel: Panel, number: int) -> dict[str | None, tuple[Feedback | None, bool]]:
    """What each expert of a later round is told of the round before, and whether the self-assessment is asked."""
    before = panel.round(number - 1)
    shown = panel.declared.shown(before.number)
    statistics = panel_statistics(panel.declared, before)
    told: dict[str | None, tuple[Feedback | None, bool]] = {}
    for expert in panel.invited(number):
        own = {item: shown(item, mark) for (who, item), mark in before.marks.items() if who == expert}
        feedback = Feedback(before.number, own, statistics, before.remarks, before.replies)
        told[expert] = (feedback, expert not in panel.experts)
    return told


def questionnaire(
    declared: PanelFile, number: int, expert: str | None, feedback: Feedback | None = None, about: bool = True
) -> bytes:
    """The workbook of one expert for round ``number``; without ``expert`` the form asks for the pseudonym.

    ``about`` adds the sheet of the self-assessment. The same arguments give the same bytes.
    """
    memory = io.BytesIO()
    book = new_workbook(memory, f"{declared.title.zh} 第{number}轮")
    styles = _styles(book)
    told = feedback.remarks if feedback else ()
    _instructions(book, styles, declared, number, feedback is not None, bool(told))
    _answers(book, styles, declared, number, expert, feedback)
    if feedback is not None and told:
        _remarks(book, styles, declared, feedback)
    for sheet in comparison_sheets(book, styles, declared, number):
        _protect(sheet)
    if about:
        _about(book, styles, declared)
    marker = book.add_worksheet(MARKER)
    marker.write_column(0, 0, ["panel", "round"])
    marker.write_column(0, 1, [declared.panel, str(number)])
    marker.hide()
    book.close()
    return memory.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    plain = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#B0B0B0"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({**plain, "bold": True, "bg_color": "#E8EDF3"}),
        "cell": book.add_format(plain),
        "answer": book.add_format({**plain, "locked": False, "bg_color": "#FFF9DB"}),
        "judgement": book.add_format({**plain, "locked": False, "bg_color": "#FFF9DB", "num_format": "@"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        **{f"indent{level}": book.add_format({**plain, "indent": level}) for level in range(1, 6)},
    }


def _protect(sheet: Any, tall: bool = True) -> None:
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    if not tall:
        sheet.set_landscape()


def _instructions(
    book: Any, styles: dict[str, Any], declared: PanelFile, number: int, later: bool, remarks: bool
) -> None:
    sheet = book.add_worksheet(INSTRUCTIONS)
    sheet.set_column(0, 0, WIDE)
    sheet.write(0, 0, f"{declared.title.zh}  第{number}轮问卷", styles["title"])
    for row, line in enumerate(instruction_lines(declared, number, later, remarks), start=2):
        sheet.write_string(row, 0, line, styles["text"])
        sheet.set_row(row, LINE_HEIGHT * lines_of(line, WIDE))  # some programs print wrapped lines as high as one
    _protect(sheet)


def _answers(
    book: Any, styles: dict[str, Any], declared: PanelFile, number: int, expert: str | None, feedback: Feedback | None
) -> None:
    sheet = book.add_worksheet(ANSWERS)
    sheet.write(0, 0, f"{declared.title.zh}  第{number}轮", styles["title"])
    sheet.write(1, 0, EXPERT, styles["head"])
    sheet.write(1, 1, expert or "", styles["cell"] if expert else styles["answer"])
    told = [own_mark(feedback.number), MEDIAN, QUARTILES] if feedback else []
    headers = [ITEM, "条目", "内涵", *told, MARK, REMARK]
    sheet.write_row(ROWS_ABOVE, 0, headers, styles["head"])
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 50)
    sheet.set_column(3, len(headers) - 2, 12)
    sheet.set_column(len(headers) - 1, len(headers) - 1, 40)
    asked = [(item, level) for item, level in declared.standing(number) if item.weight is None]
    for row, (item, level) in enumerate(asked, start=ROWS_ABOVE + 1):
        sheet.write_string(row, 0, item.id, styles["cell"])
        title = item.title.zh if declared.numbers[item.id] == item.id else declared.named(item)
        sheet.write_string(row, 1, title, styles[f"indent{min(level, 5)}"])
        sheet.write(row, 2, item.note.zh if item.note else None, styles["cell"])
        sheet.set_row(row, LINE_HEIGHT * max(lines_of(title, 26), lines_of(item.note.zh if item.note else "", 50)))
        for column, text in enumerate(told_of(feedback, item), start=3):
            sheet.write_string(row, column, text, styles["cell"])
        sheet.write_blank(row, len(headers) - 2, None, styles["answer"])
        sheet.write_blank(row, len(headers) - 1, None, styles["answer"])
    last = ROWS_ABOVE + len(asked)
    siblings = declared.siblings_of(number)
    for row, (item, _) in enumerate(asked, start=ROWS_ABOVE + 1):
        place = (row, len(headers) - 2) * 2
        if declared.scale.kind == "ranking":
            sheet.data_validation(*place, _choice(declared.scale, siblings[item.id]))
    if declared.scale.kind != "ranking":
        place = (ROWS_ABOVE + 1, len(headers) - 2, last, len(headers) - 2)
        sheet.data_validation(*place, _choice(declared.scale, 0))
    sheet.write(last + 2, 0, WHOLE, styles["head"])
    sheet.write_blank(last + 2, 1, None, styles["answer"])
    sheet.set_row(last + 2, 60)
    sheet.freeze_panes(ROWS_ABOVE + 1, 2)
    _protect(sheet, tall=False)
    sheet.activate()


def _remarks(book: Any, styles: dict[str, Any], declared: PanelFile, feedback: Feedback) -> None:
    """What the experts wrote in the round before, and what was replied."""
    columns, rows = remarks_told(declared, feedback)
    sheet = book.add_worksheet(REMARKS_TOLD)
    widths = (16, 30, WIDE, 40)
    for place, width in enumerate(widths[: len(columns)]):
        sheet.set_column(place, place, width)
    sheet.write_row(0, 0, columns, styles["head"])
    for row, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, styles["cell"])
        sheet.set_row(row, LINE_HEIGHT * max(lines_of(cell, width) for cell, width in zip(cells, widths, strict=False)))
    _protect(sheet, tall=False)


def _choice(scale: Scale, siblings: int) -> dict[str, Any]:
    """A drop-down of the marks; where they are too many for one, a check that the number is one of them."""
    marks = [full_text(mark) for mark in reversed(scale.choices(siblings))]
    hint = "\n".join(word.replace(" = ", "  ") for word in label_words(scale))
    low, high = marks[-1], marks[0]
    rule: dict[str, Any] = {"input_title": MARK, "input_message": hint[:LONGEST_LIST] or f"{low} 至 {high} 分"}
    if len(",".join(marks)) <= LONGEST_LIST:
        rule |= {"validate": "list", "source": marks}
    else:
        kind = "decimal" if any(mark.denominator > 1 for mark in scale.marks) else "integer"
        rule |= {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    return rule | {"error_title": "评分有误", "error_message": f"请填写 {low} 至 {high} 的分值。"}


def _about(book: Any, styles: dict[str, Any], declared: PanelFile) -> None:
    sheet = book.add_worksheet(ABOUT)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 24)
    sheet.write(0, 0, "判断依据与熟悉程度", styles["title"])
    sheet.write_row(1, 0, [BASES, "对判断的影响程度"], styles["head"])
    row = 2
    for basis in declared.tables.bases.values():
        row = _question(sheet, styles, row, basis.title.zh, [title.zh for title in STRENGTHS.values()])
    _question(sheet, styles, row + 1, FAMILIARITY, [level.title.zh for level in declared.tables.familiarity.values()])
    _protect(sheet)


def _question(sheet: Any, styles: dict[str, Any], row: int, text: str, choices: Sequence[str]) -> int:
    sheet.write_string(row, 0, text, styles["cell"])
    sheet.write_blank(row, 1, None, styles["answer"])
    error = {"error_title": "填写有误", "error_message": f"请选择：{'、'.join(choices)}"[:LONGEST_LIST]}
    sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": list(choices), **error})
    return row + 1
