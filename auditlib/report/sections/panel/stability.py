"""What changed since the round before, item by item, with the tests corrected for being several."""

from __future__ import annotations

from auditlib.report.panel_findings import SIGNIFICANT, stability_sentence
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable, fixed, p_text, percent
from auditlib.report.section import Section

__all__ = ["caption", "moved", "section", "table"]


def section(page: PanelPage) -> Section:
    """What changed since the round before, item by item; a sentence alone in the first round."""
    if page.before is None or page.one.stability is None:
        said = page.t("This is the first round; there is none before to compare with.")
        return page.tabled("stability", {}, [said])
    said = page.joined([stability_sentence(page), moved(page)])
    return page.tabled("stability", {"stability": table(page)}, caption(page), said=said)


def caption(page: PanelPage) -> list[str]:
    """By which tests, how many of them, what counts as stable, and which items are not compared."""
    limits, found = page.stability_limits, page.one.stability or ()
    judged = (
        page.t("Stable means: {limits}{declared}.", limits=limits, declared=page.declared_on)
        if limits
        else page.t("No thresholds of stability were agreed: the changes are told and nothing is judged.")
    )
    compared = {one.moved.item for one in found}
    absent = [name for name in page.one.round.items if name not in compared]
    return [
        page.t(
            "Each of {count} {count:item|items} has one two-sided Wilcoxon signed-rank test, and p "
            "(Holm) is corrected for these {count}. κ has linear weights. CVs are of all answers of "
            "a round, κ and Wilcoxon of those who answered in both. {limits}",
            count=sum(one.moved.wilcoxon_p is not None for one in found),
            limits=judged,
        )
        + page.t(" A large p finds no movement; it does not prove that there is none."),
        page.t(" Not compared, because the round before did not ask them: {names}.", names=page.names(absent))
        if absent
        else "",
    ]


def moved(page: PanelPage) -> str:
    """Which items moved significantly, the number of tests taken into account, and how the CVs went."""
    found = page.one.stability or ()
    items = [one.moved.item for one in found if (p := one.moved.wilcoxon_p_holm) is not None and p < SIGNIFICANT]
    first = (
        page.t(
            "Items that moved significantly after Holm's correction: {count} ({names}).",
            count=len(items),
            names=page.names(items),
        )
        if items
        else page.t("No item moved significantly after Holm's correction (limit 0.05).")
    )
    changes = [round(change, 12) for one in found if (change := one.moved.cv_change) is not None]
    counts = {"down": sum(c < 0 for c in changes), "up": sum(c > 0 for c in changes), "same": changes.count(0)}
    return page.joined([first, page.t("The CV fell for {down}, rose for {up}, stayed for {same}.", **counts)])


def table(page: PanelPage) -> PaperTable:
    """What changed since the round before, item by item."""
    columns = [
        "item",
        "pairs",
        "cv_before",
        "cv_after",
        "cv_change",
        "kappa",
        "wilcoxon",
        "holm",
        "unchanged",
        "stable",
    ]
    rows, kept = [], []
    for found in page.one.stability or ():
        m = found.moved
        change = fixed(m.cv_change, 3)
        rows.append([
            page.name(m.item), str(m.experts), fixed(m.cv_before, 3), fixed(m.cv_after, 3),
            f"+{change}" if m.cv_change is not None and change not in (None, "0.000") and m.cv_change > 0 else change,
            fixed(m.kappa_linear, 3), p_text(m.wilcoxon_p), p_text(m.wilcoxon_p_holm), percent(m.unchanged),
            page.yes(found.stable),
        ])  # fmt: skip
        kept.append(page.one.items[m.item])
    if page.declared.thresholds.stability is None:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return page.table(columns, rows, page.depths(kept))
