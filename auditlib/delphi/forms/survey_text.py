"""The questionnaire of a round as text for a survey tool, whose export ``panel read --survey`` takes back.

Rows of matrix questions are the titles of the items, so that the headers of the export end with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.core.exact import full_text
from auditlib.delphi.authority_tables import STRENGTHS
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.comparisons import BEST_WORST, PAIRS, best_worst_rows, pair_rows
from auditlib.delphi.forms.words import FAMILIARITY
from auditlib.delphi.scales import Scale

__all__ = ["survey_text"]


def survey_text(declared: PanelFile, number: int, about: bool = True) -> str:
    """The questions of round ``number``, numbered, each with its kind and its rows or choices.

    ``about`` adds the self-assessment. Comparisons of pairs are left to the forms, and it says so.
    """
    lines = [f"{declared.title.zh}　第{number}轮问卷", ""]
    if declared.question is not None:
        lines += [declared.question.zh, ""]
    lines += ["请不要填写姓名、电话、单位等个人信息；问卷只使用专家代号。不了解的条目可以不答。", ""]
    for place, question in enumerate(_questions(declared, number, about), start=1):
        lines += [f"{place}、{question[0]}", *question[1:], ""]
    if missing := [
        name
        for name, rows in ((PAIRS, pair_rows(declared, number)), (BEST_WORST, best_worst_rows(declared, number)))
        if rows
    ]:
        lines += [f"（{'、'.join(missing)}请用 XLSX 或 DOCX 问卷填写，不在此问卷中。）", ""]
    return "\n".join(lines)


def _questions(declared: PanelFile, number: int, about: bool) -> Iterator[list[str]]:
    yield ["您的专家代号（如 E01，由组织者告知）　[填空题]"]
    titles = {item.id: item for item, _ in declared.standing(number)}
    ask = "请判断下列条目的重要程度" if declared.question is None else declared.question.zh.rstrip("？?。.：:")
    for group in declared.groups(number):
        asked = [item for item in group.items if item.weight is None]
        if group.kind != "siblings" or not asked:
            continue
        where = "" if group.id not in titles else f"（{titles[group.id].title.zh}）"
        notes = [f"  {item.title.zh}：{item.note.zh}" for item in asked if item.note is not None]
        rows = [f"  {item.title.zh}" for item in asked]
        yield [f"{ask}{where}　{_kind(declared.scale)}", *_choices(declared.scale), "行：", *rows, *_notes(notes)]
    if about:
        bases = [f"  {basis.title.zh}" for basis in declared.tables.bases.values()]
        strengths = "、".join(title.zh for title in STRENGTHS.values())
        yield ["以上判断的依据，各对您影响多大？　[矩阵单选题]", f"选项：{strengths}", "行：", *bases]
        levels = "、".join(level.title.zh for level in declared.tables.familiarity.values())
        yield [f"{FAMILIARITY}　[单选题]", "（您对本领域的熟悉程度）", f"选项：{levels}"]
    yield ["对条目的意见和建议（修改、增加、删除）　[填空题]"]


def _kind(scale: Scale) -> str:
    return {"marks": "[矩阵单选题]", "ranking": "[排序题：1 最重要]", "allocation": "[比重题]"}[scale.kind]


def _choices(scale: Scale) -> list[str]:
    if scale.kind == "ranking":
        return ["每行填名次，1 最重要；并列的填相同的名次。"]
    if scale.kind == "allocation":
        return [f"每行填分值，各行合计 {full_text(scale.max)} 分。"]
    marks = [full_text(mark) + (f" {scale.labels[mark].zh}" if mark in scale.labels else "") for mark in scale.marks]
    return [f"选项：{'、'.join(marks)}"]


def _notes(notes: list[str]) -> list[str]:
    return ["说明：", *notes] if notes else []
