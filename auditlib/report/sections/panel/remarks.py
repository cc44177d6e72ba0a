"""What the experts wrote in this round, under their pseudonyms."""

from __future__ import annotations

from math import inf

from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable
from auditlib.report.section import NOTHING, Section

__all__ = ["section", "table"]


def section(page: PanelPage) -> Section:
    """What the experts wrote in this round, under their pseudonyms. Nothing where nobody wrote anything."""
    if not page.one.round.remarks:
        return NOTHING
    note, one = page.t("As they were written, under pseudonyms only."), page.one.round
    if one.replies:
        count, of = len(one.replies), len({(remark.expert, remark.item) for remark in one.remarks})
        answered = page.t("Of {of} {of:remark|remarks}, {count} {count:is|are} answered.", count=count, of=of)
        note = page.joined((note, answered))
    return page.plain("remarks", table(page), note)


def table(page: PanelPage) -> PaperTable:
    """What the experts of the round wrote, by item, under their pseudonyms, with the reply where there is one."""
    order = {name: place for place, name in enumerate(page.one.items)}
    said = sorted(page.one.round.remarks, key=lambda r: (order.get(r.item or "", inf), r.expert, r.text))
    rows = [[page.name(r.item) if r.item in order else page.t("(on the whole)"), r.expert, r.text] for r in said]
    replies = page.one.round.replies
    if not replies:
        return page.table(("item", "expert", "remark"), rows, texts=3)
    answered = [[*row, replies.get((r.expert, r.item))] for row, r in zip(rows, said, strict=True)]
    return page.table(("item", "expert", "remark", "reply"), answered, texts=4)
