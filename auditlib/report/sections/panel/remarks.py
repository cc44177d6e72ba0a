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
    return page.plain("remarks", table(page), page.t("As they were written, under pseudonyms only."))


def table(page: PanelPage) -> PaperTable:
    """What the experts of the round wrote, by item, under their pseudonyms."""
    order = {name: place for place, name in enumerate(page.one.items)}
    said = sorted(page.one.round.remarks, key=lambda r: (order.get(r.item or "", inf), r.expert, r.text))
    rows = [[page.name(r.item) if r.item in order else page.t("(on the whole)"), r.expert, r.text] for r in said]
    return page.table(("item", "expert", "remark"), rows, texts=3)
