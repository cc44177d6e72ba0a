"""The words by which a questionnaire names its cells, the same in the workbook and in the Word document."""

from __future__ import annotations

from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.feedback import Feedback
from auditlib.delphi.items import walk

__all__ = [
    "BASES", "EXPERT", "FAMILIARITY", "INSTRUCTIONS", "ITEM", "MARK", "MARKER", "MEDIAN", "QUARTILES", "REMARK",
    "REPLY", "WHOLE", "own_mark", "remarks_told",
]  # fmt: skip

INSTRUCTIONS, MARKER = "填写说明", "meta"
"""The sheets of a questionnaire beside marks and self-assessment: what to do, and (hidden) which form it is."""
ITEM, MEDIAN, QUARTILES, MARK, REMARK = "编号", "全体中位数", "四分位数", "评分", "意见"
"""The headers of columns of marks: the item's id, the panel's median and quartiles, and what the expert fills in."""
EXPERT, FAMILIARITY, WHOLE, BASES = "专家代号", "熟悉程度", "总体意见", "判断依据"
"""The words beside which the pseudonym, familiarity, the remark on the whole and bases of judgement are written."""
REPLY = "答复"


def own_mark(number: int) -> str:
    """The header of the column with the expert's own marks of round ``number``."""
    return f"第{number}轮本人"


def remarks_told(declared: PanelFile, feedback: Feedback) -> tuple[list[str], list[list[str]]]:
    """Headers and rows of what the experts wrote in the round before, without pseudonyms, with the replies if any.

    By item and then by text, so that no order tells who wrote what.
    """
    titles = {item.id: item.title.zh for item, _ in walk(declared.items)}
    order = {item: place for place, item in enumerate(titles)}
    said = sorted(
        {
            (order.get(one.item or "", len(order)), one.item or "", one.text,
             feedback.replies.get((one.expert, one.item), ""))
            for one in feedback.remarks
        }
    )  # fmt: skip
    named = [(declared.numbers.get(item, ""), titles.get(item, "（总体）"), *texts) for _, item, *texts in said]
    rows = [list(row) for row in named]
    if not feedback.replies:
        return [ITEM, "条目", REMARK], [row[:3] for row in rows]
    return [ITEM, "条目", REMARK, REPLY], rows
