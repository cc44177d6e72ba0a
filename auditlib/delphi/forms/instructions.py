"""What a questionnaire tells the expert to do, whatever it is written as, and how much room that takes in print."""

from __future__ import annotations

import unicodedata
from typing import Literal

from auditlib.core.exact import full_text
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.comparisons import comparison_lines
from auditlib.delphi.scales import Scale

__all__ = ["ABOUT", "ANSWERS", "REMARKS_TOLD", "instruction_lines", "label_words", "lines_of"]

ANSWERS, ABOUT, REMARKS_TOLD = "评分", "专家情况", "上轮意见"
"""The sheets of a questionnaire that instructions speak of: marks, self-assessment, remarks of the round before."""


RETURN = {
    "workbook": "六、除黄色单元格外，其余单元格已锁定。填好后请原样保存为 XLSX 文件并寄回。",
    "word": "六、请只填黄色的格子。在 Word 中填好后请保存为 DOCX 文件寄回；也可打印后手填寄回。",
}
"""How each kind of form comes back."""


def instruction_lines(
    declared: PanelFile, number: int, later: bool, remarks: bool, written: Literal["workbook", "word"] = "workbook"
) -> list[str]:
    """The instructions of round ``number``; ``later`` with feedback, ``remarks`` where those of others are shown.

    ``written`` says whether the form is a workbook or a Word document.
    """
    shown = f"；“{REMARKS_TOLD}”页是专家们写下的意见，不记名" if remarks else ""
    return [
        *([declared.question.zh] if declared.question else []),
        f"一、{_what_to_do(declared.scale)}",
        "二、同一组的条目请相互比较后作答；不了解的条目可以留空，留空即表示未作答。"
        if declared.scale.kind == "marks"
        else "二、同一组的条目请一并作答；不了解的一组可以全部留空，留空即表示未作答。",
        "三、如有修改、增删条目的建议，请写在该条目右侧的“意见”栏。",
        f"四、灰色各列是您上一轮的作答，以及全体专家的中位数和四分位数（第25与第75百分位数），供您斟酌：可以坚持，也可以修改{shown}。"
        if later
        else f"四、请在“{ABOUT}”页选择您判断各条目的依据及其影响程度，以及对本领域的熟悉程度。",
        "五、请不要填写姓名、电话、单位等个人信息；问卷只使用专家代号。",
        RETURN[written],
        *(f"{place}、{said}" for place, said in zip("七八", comparison_lines(declared, number), strict=False)),
        "",
        _in_english(declared.scale),
        "Please give no names, phones or other personal data: the form knows you by your pseudonym alone.",
    ]  # fmt: skip


def _what_to_do(scale: Scale) -> str:
    where = f"请在“{ANSWERS}”页的黄色单元格中"
    if scale.kind == "ranking":
        return f"{where}为同一组的条目排序：1 最重要，依次为 2、3……；并列的条目可填相同的名次（1、2、2、4）。"
    low, high = full_text(scale.min), full_text(scale.max)
    if scale.kind == "allocation":
        return f"{where}把 {high} 分分给同一组的条目，越重要分得越多，每组合计须为 {high} 分。"
    ends = f"{low} 分最重要，{high} 分最不重要" if scale.turned else f"{low} 分最低，{high} 分最高"
    labels = "；".join(label_words(scale)) + "。" if scale.labels else ""
    return f"{where}为每个条目选择分值，{ends}。{labels}"


def _in_english(scale: Scale) -> str:
    if scale.kind == "ranking":
        return f"Rank the items of each group on the sheet {ANSWERS}, 1 for the most important; empty is no answer."
    low, high = full_text(scale.min), full_text(scale.max)
    if scale.kind == "allocation":
        return f"Share out {high} points in each group of items on the sheet {ANSWERS}; an empty group is no answer."
    ends = f"{low} being the most important" if scale.turned else f"from {low} to {high}"
    return f"Mark every item on the sheet {ANSWERS} in the yellow cells, {ends}; empty is no answer."


def label_words(scale: Scale) -> list[str]:
    """The marks that have a label, with it, the best one first."""
    marks = scale.marks if scale.turned else tuple(reversed(scale.marks))
    return [f"{full_text(mark)} = {scale.labels[mark].zh}" for mark in marks if mark in scale.labels]


def lines_of(text: str, width: int) -> int:
    """On how many lines of ``width`` characters a text is set; a Chinese character counts as two."""
    taken = sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
    return max(1, -(-taken // (width - 4)))
