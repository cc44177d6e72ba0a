"""Questionnaires: a workbook that an expert fills in Excel or LibreOffice, with nothing to do but to choose.

Marks, bases and familiarity are drop-downs, every cell but the answers is protected. From the second round on each
expert gets a workbook of the own, with the own last mark and the panel's median and quartiles beside each item.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.exact import full_text
from auditlib.core.file_names import file_name
from auditlib.core.files import write_atomically
from auditlib.core.home import home
from auditlib.delphi.declared import STRENGTHS, Item, PanelFile
from auditlib.delphi.forms.sheets import new_workbook
from auditlib.delphi.rounds import Panel, Round, read_panel
from auditlib.delphi.statistics.descriptives import describe

__all__ = [
    "ABOUT", "ANSWERS", "EXPERT", "FAMILIARITY", "INSTRUCTIONS", "ITEM", "MARK", "MARKER", "MEDIAN", "REMARK", "WHOLE",
    "new_panel", "own_mark", "questionnaire",
]  # fmt: skip

INSTRUCTIONS, ANSWERS, ABOUT, MARKER = "填写说明", "评分", "专家情况", "meta"
"""The sheets of a questionnaire: what to do, marks, the self-assessment, and (hidden) which form it is."""
ITEM, MEDIAN, MARK, REMARK = "编号", "全体中位数", "评分", "意见"
"""The headers of columns on the sheet of marks: the item's id, the panel's median, and what the expert fills in."""
EXPERT, FAMILIARITY, WHOLE = "专家代号", "熟悉程度", "总体意见"
"""The words beside which the expert's pseudonym, familiarity and remark on the whole are written."""

LONGEST_LIST = 255  # what a spreadsheet takes as a list of choices or as the text of a hint
ROWS_ABOVE = 3


@dataclass(frozen=True)
class Feedback:
    """What an expert is told of the round before: the own marks, and median and quartiles of the panel."""

    number: int
    own: Mapping[str, Fraction]
    panel: Mapping[str, tuple[float, float, float]]


def new_panel(folder: Path, number: int | None = None, experts: int | None = None, replace: bool = False) -> list[Path]:
    """Write what a panel needs to begin or to go on, and return the files written.

    A folder without ``panel.yaml`` gets a commented one to edit. The questionnaires of round ``number`` (default: the
    next) go to ``questionnaires/round-N``: one for each of ``experts`` (E01, E02 …) or of ``experts.csv``, or a blank
    one that asks for the pseudonym; from round 2 on one for each expert of the round before.
    Raises :class:`InputError` where a questionnaire is already there and not to be replaced.
    """
    written: list[Path] = []
    if not (declared := folder / "panel.yaml").exists():
        write_atomically(declared, _blank(folder, experts).encode("utf-8"))
        written.append(declared)
    panel = read_panel(folder)
    wanted = number if number is not None else len(panel.rounds) + 1
    if experts is not None and wanted > 1:
        raise InputError.at(folder, "--experts", f"found it for round {wanted}, expected it for the first round alone")
    books = _books(panel, wanted, experts)
    target = folder / "questionnaires" / f"round-{wanted}"
    if there := [name for name in books if (target / name).exists() and not replace]:
        raise InputError.at(target, "", f"found {', '.join(there)}; expected no questionnaires yet, or --replace")
    for name, content in books.items():
        write_atomically(target / name, content)
        written.append(target / name)
    return written


def _book_of(expert: str) -> str:
    """The name of an expert's workbook."""
    return file_name(expert, "expert") + ".xlsx"


def _blank(folder: Path, experts: int | None) -> str:
    text = (home() / "params" / "panels" / "new" / "panel.yaml").read_text(encoding="utf-8")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-_")
    name = name if re.match(r"[A-Za-z]", name) else f"panel-{name}".rstrip("-")
    text = text.replace("\npanel: new\n", f"\npanel: {name}\n")
    return text if experts is None else text.replace("\nrounds: {}\n", f"\nrounds: {{1: {{sent: {experts}}}}}\n")


def _books(panel: Panel, number: int, experts: int | None) -> dict[str, bytes]:
    if number == 1:
        width = max(2, len(str(experts)))
        names = [f"E{index:0{width}}" for index in range(1, experts + 1)] if experts else list(panel.experts)
        if not names:
            return {"questionnaire.xlsx": questionnaire(panel.declared, 1, None)}
        return {f"{file_name(name, 'expert')}.xlsx": questionnaire(panel.declared, 1, name) for name in names}
    before = panel.round(number - 1)
    statistics = _statistics(panel.declared, before)
    books = {}
    for expert in before.experts:
        own = {item: mark for (who, item), mark in before.marks.items() if who == expert}
        feedback = Feedback(before.number, own, statistics)
        books[f"{file_name(expert, 'expert')}.xlsx"] = questionnaire(
            panel.declared, number, expert, feedback, about=expert not in panel.experts
        )
    return books


def _statistics(declared: PanelFile, before: Round) -> dict[str, tuple[float, float, float]]:
    found = {}
    for item in before.items:
        described = describe(before.matrix([item])[:, 0], float(declared.scale.max))
        if described.q1 is not None and described.median is not None and described.q3 is not None:
            found[item] = (described.q1, described.median, described.q3)
    return found


def questionnaire(
    declared: PanelFile, number: int, expert: str | None, feedback: Feedback | None = None, about: bool = True
) -> bytes:
    """The workbook of one expert for round ``number``; without ``expert`` the form asks for the pseudonym.

    ``about`` adds the sheet of the self-assessment. The same arguments give the same bytes.
    """
    memory = io.BytesIO()
    book = new_workbook(memory, f"{declared.title.zh} 第{number}轮")
    styles = _styles(book)
    _instructions(book, styles, declared, number, feedback is not None)
    _answers(book, styles, declared, number, expert, feedback)
    if about:
        _about(book, styles, declared)
    marker = book.add_worksheet(MARKER)
    marker.write_column(0, 0, ["panel", "round"])
    marker.write_column(0, 1, [declared.panel, str(number)])
    marker.hide()
    book.close()
    return memory.getvalue()


def own_mark(number: int) -> str:
    """The header of the column with the expert's own marks of round ``number``."""
    return f"第{number}轮本人"


def _styles(book: Any) -> dict[str, Any]:
    plain = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#B0B0B0"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({**plain, "bold": True, "bg_color": "#E8EDF3"}),
        "cell": book.add_format(plain),
        "answer": book.add_format({**plain, "locked": False, "bg_color": "#FFF9DB"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        **{f"indent{level}": book.add_format({**plain, "indent": level}) for level in range(1, 6)},
    }


def _protect(sheet: Any, tall: bool = True) -> None:
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    if not tall:
        sheet.set_landscape()


def _instructions(book: Any, styles: dict[str, Any], declared: PanelFile, number: int, later: bool) -> None:
    sheet = book.add_worksheet(INSTRUCTIONS)
    sheet.set_column(0, 0, 100)
    sheet.write(0, 0, f"{declared.title.zh}  第{number}轮问卷", styles["title"])
    scale = declared.scale
    words = [f"{full_text(m)} = {scale.labels[m].zh}" for m in reversed(scale.marks) if m in scale.labels]
    labels = "；".join(words) + "。" if words else ""
    low, high = full_text(scale.min), full_text(scale.max)
    lines = [
        *([declared.question.zh] if declared.question else []),
        f"一、请在“{ANSWERS}”页的黄色单元格中为每个条目选择分值，{low} 分最低，{high} 分最高。{labels}",
        "二、同一组的条目请相互比较后打分；不了解的条目可以留空，留空即表示未作答。",
        "三、如有修改、增删条目的建议，请写在该条目右侧的“意见”栏。",
        *(
            ["四、灰色各列是您上一轮的评分，以及全体专家的中位数和四分位数（第25与第75百分位数），供您斟酌：可以坚持，也可以修改。"]
            if later
            else [f"四、请在“{ABOUT}”页选择您判断各条目的依据及其影响程度，以及对本领域的熟悉程度。"]
        ),
        "五、请不要填写姓名、电话、单位等个人信息；问卷只使用专家代号。",
        "六、除黄色单元格外，其余单元格已锁定。填好后请原样保存为 XLSX 文件并寄回。",
        "",
        f"Mark every item on the sheet {ANSWERS} in the yellow cells, from {low} to {high}; empty is no answer.",
        "Please give no names, phones or other personal data: the form knows you by your pseudonym alone.",
    ]  # fmt: skip
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line, styles["text"])
    _protect(sheet)


def _answers(
    book: Any, styles: dict[str, Any], declared: PanelFile, number: int, expert: str | None, feedback: Feedback | None
) -> None:
    sheet = book.add_worksheet(ANSWERS)
    sheet.write(0, 0, f"{declared.title.zh}  第{number}轮", styles["title"])
    sheet.write(1, 0, EXPERT, styles["head"])
    sheet.write(1, 1, expert or "", styles["cell"] if expert else styles["answer"])
    told = [own_mark(feedback.number), MEDIAN, "四分位数"] if feedback else []
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
        sheet.write_string(row, 1, item.title.zh, styles[f"indent{min(level, 5)}"])
        sheet.write(row, 2, item.note.zh if item.note else None, styles["cell"])
        for column, text in enumerate(_told(feedback, item), start=3):
            sheet.write_string(row, column, text, styles["cell"])
        sheet.write_blank(row, len(headers) - 2, None, styles["answer"])
        sheet.write_blank(row, len(headers) - 1, None, styles["answer"])
    last = ROWS_ABOVE + len(asked)
    sheet.data_validation(ROWS_ABOVE + 1, len(headers) - 2, last, len(headers) - 2, _choice(declared))
    sheet.write(last + 2, 0, WHOLE, styles["head"])
    sheet.write_blank(last + 2, 1, None, styles["answer"])
    sheet.set_row(last + 2, 60)
    sheet.freeze_panes(ROWS_ABOVE + 1, 2)
    _protect(sheet, tall=False)
    sheet.activate()


def _told(feedback: Feedback | None, item: Item) -> tuple[str, ...]:
    if feedback is None:
        return ()
    own = feedback.own.get(item.id)
    q1, median, q3 = feedback.panel.get(item.id, (None, None, None))
    quartiles = f"{q1:g}—{q3:g}" if q1 is not None and q3 is not None else "—"
    return (full_text(own) if own is not None else "—", f"{median:g}" if median is not None else "—", quartiles)


def _choice(declared: PanelFile) -> dict[str, Any]:
    """A drop-down of the marks; where they are too many for one, a check that the number is one of them."""
    scale = declared.scale
    marks = [full_text(mark) for mark in reversed(scale.marks)]
    hint = "\n".join(f"{full_text(m)}  {scale.labels[m].zh}" for m in reversed(scale.marks) if m in scale.labels)
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
    sheet.write_row(1, 0, ["判断依据", "对判断的影响程度"], styles["head"])
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
