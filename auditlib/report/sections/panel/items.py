"""The marks of the items: mean, spread, quartiles, full-mark ratio and weights."""

from __future__ import annotations

from auditlib.core.numerals import plain
from auditlib.delphi.notes import scale_notes
from auditlib.delphi.scales import Scale
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import Cell, PaperTable, fixed
from auditlib.report.section import Section

__all__ = ["caption", "section", "table"]

FROM_MEANS = (
    "x̄ is the plain mean, s divides by {divisor}, CV = s / x̄, K is the share that gave the "
    "top mark ({top}), quartiles are of type 7. Weights are shares of the means of a group, "
    "combined ones products down the tree, both rounded by largest remainders."
)
BY_METHOD = (
    "x̄ is the plain mean, s divides by {divisor}, CV = s / x̄, K is the share that gave the "
    "top mark ({top}), quartiles are of type 7. The weights of a group are by: {method}; "
    "combined ones are products down the tree, both rounded by largest remainders."
)
"""What the letters of the table stand for, by where the weights come from."""


def section(page: PanelPage) -> Section:
    """Mean, spread, quartiles, full-mark ratio and weights of every item."""
    return page.tabled("items", {"items": table(page)}, [page.unmarked or caption(page)])


def caption(page: PanelPage) -> str:
    """What the letters of the table stand for, and what the weights are shares of."""
    note = page.t(
        FROM_MEANS if page.from_means else BY_METHOD,
        divisor=page.heading(f"divisor_{page.declared.sd}"),
        top=_top(page.declared.scale),
        method=page.method,
    )
    weighted = page.t("Weights are taken from means weighted by each expert's authority.") if page.by_authority else ""
    turned = page.joined(text(page.language) for text in scale_notes(page.declared.scale))
    return page.joined([note, turned and f"{turned}{'。' if page.language == 'zh' else '.'}", weighted])


def table(page: PanelPage) -> PaperTable:
    """n, mean, s, CV, K, quartiles and published weights of every item; the weights alone where nobody marked."""
    if page.unmarked:
        plain_rows = [[page.name(name), *page.printed(found)] for name, found in page.one.items.items()]
        return page.table(["item", "weight_p", "combined_p"], plain_rows, page.depths())
    weighted, familiar = page.by_authority, bool(page.one.round.familiarity)
    columns = ["item", "n", "x", "s", "cv", "k", "q1", "median", "q3", "weight_p", "combined_p"]
    rows = []
    for name, found in page.one.items.items():
        said = found.described
        row: list[Cell] = [page.name(name)]
        if said is None:
            row += ["0", *[None] * 7]
        else:
            quartiles = [_short(value) for value in (said.q1, said.median, said.q3)]
            row += [str(said.n), fixed(said.mean, 2), fixed(said.sd, 2), fixed(said.cv, 3)]
            row += [fixed(said.full_mark_ratio, 3), *quartiles]
        row += page.printed(found)
        if weighted:
            row.insert(3, None if said is None else fixed(found.importance, 2))
        if familiar:
            row.append(None if found.authority is None else fixed(found.authority.Cr, 3))
        rows.append(row)
    if familiar:
        columns.append("cr_item")
    if weighted:
        columns.insert(3, "xw")
    return page.table(columns, rows, page.depths())


def _top(scale: Scale) -> str:
    return "1" if scale.kind == "ranking" else plain(scale.min if scale.turned else scale.max)


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.4g}"
