"""Which items reach the thresholds that were agreed; said apart from stability."""

from __future__ import annotations

import pandas as pd

from auditlib.core.numerals import plain
from auditlib.report.panel_findings import consensus_sentence
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable, fixed, percent
from auditlib.report.section import Section

__all__ = ["section", "table"]


def section(page: PanelPage) -> Section:
    """Which items reach the thresholds that were agreed; a sentence alone where none were."""
    limits = page.consensus_limits
    if not limits:
        said = page.t("The panel agreed on no thresholds of consensus, so none is said here.")
        return page.tabled("consensus", {}, [said])
    note = page.t("Thresholds: {limits}{declared}.", limits=limits, declared=page.declared_on)
    return page.tabled("consensus", {"consensus": table(page)}, [note], said=consensus_sentence(page))


def table(page: PanelPage) -> PaperTable:
    """CV and share of agreement of every item against the agreed thresholds."""
    limits = page.declared.thresholds.consensus
    rows, kept = [], []
    for name, found in page.one.items.items():
        if found.consensus is not None:
            agreed = found.consensus
            rows.append([
                page.name(name), fixed(agreed.cv, 3), page.yes(agreed.cv_reached), percent(agreed.agreement),
                page.yes(agreed.agreement_reached), page.yes(page.reached(found)) or page.t("undefined"),
            ])  # fmt: skip
            kept.append(found)
    mark = "" if limits is None or limits.agreeing_from is None else plain(limits.agreeing_from)
    heads = [
        page.t("Item"), page.t("CV"), page.t("CV reached"), page.t("Marks of {mark} or more (%)", mark=mark),
        page.t("Share reached"), page.t("Consensus"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=heads, dtype=object)
    if not mark:
        frame = frame.drop(columns=heads[3:5])
    if limits is None or limits.cv_below is None:
        frame = frame.drop(columns=heads[2:3])
    return PaperTable(frame, tuple(heads[1:]), page.depths(kept))
