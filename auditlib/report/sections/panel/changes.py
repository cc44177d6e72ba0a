"""What became of the items between the rounds: added, dropped, merged, reworded, each with its reason."""

from __future__ import annotations

from dataclasses import replace

from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable
from auditlib.report.section import Section

__all__ = ["section", "table"]


def section(page: PanelPage) -> Section:
    """The changes up to this round; a sentence alone where every round asked the same in the same words."""
    changes = page.analysis.changes
    if not changes:
        said = page.t("Up to this round no item came, went, or was reworded.")
        return replace(page.tabled("changes", {}, [said]), table=table(page).frame)
    untold = sum(change.reason is None for change in changes)
    note = page.t("{count} {count:change has|changes have} no reason in panel.yaml.", count=untold) if untold else ""
    return page.tabled("changes", {"changes": table(page)}, [note])


def table(page: PanelPage) -> PaperTable:
    """The changes round by round, with the words before and after, and why."""
    rows = []
    for change in page.analysis.changes:
        into = "" if change.into is None else page.t(" into {item}", item=page.codes[change.into])
        titles = [None if text is None else text(page.language) for text in (change.before, change.after)]
        reason = None if change.reason is None else change.reason(page.language)
        what = f"{page.heading(f'ch_{change.kind}')}{into}"
        rows.append([page.codes[change.item], str(change.round), what, *titles, reason])
    return page.table(("number", "round", "change", "before", "after", "why"), rows, texts=6)
