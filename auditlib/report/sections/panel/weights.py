"""The weights as a tree: as a figure, and as they are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import pandas as pd
from matplotlib.figure import Figure

from auditlib.delphi.pairwise import judgement_text, judgements_of
from auditlib.delphi.result import ItemAnalysis
from auditlib.delphi.weights.ahp import Priorities
from auditlib.delphi.weights.methods import Consistency, geometric_mean
from auditlib.delphi.weights.rounding import publish_shares
from auditlib.report.figure import BLUE, MUTED, PALE, styled
from auditlib.report.panel_figure import ROW, row_names, upright
from auditlib.report.panel_findings import leaves, weights_sentence
from auditlib.report.panel_page import PanelPage, pages
from auditlib.report.paper_table import Cell, PaperTable, fixed, percent
from auditlib.report.section import Section, joined_sections

__all__ = [
    "best_worst",
    "by_method",
    "by_round",
    "comparisons",
    "consistency",
    "figure",
    "ranks_by_method",
    "rounding",
    "section",
    "table",
]

BY_ROUND = ("weight_p", "combined_p", "rank")


def section(page: PanelPage) -> Section:
    """The weights as a tree, as a figure and as they are published."""
    caption = page.t(
        "Bars are combined weights, pale for items with items of their own; the figures are "
        "weight inside the group → combined weight. {sentence}",
        sentence=weights_sentence(page),
    )
    drawn = [figure(page, part) for part in pages(list(page.one.items.values()))]
    shown = [page.drawn("weights", one, caption, part) for part, one in enumerate(drawn, start=1)]
    more = [page.tabled("", {"by_round": by_round(page)})] if page.before is not None else []
    if page.one.by_method:
        both = {"by_method": by_method(page), "ranks_by_method": ranks_by_method(page)}
        more += [page.tabled("", both, [_moves(page)])]
    if page.one.consistencies:
        more += [page.tabled("", {"comparisons": comparisons(page)}, [_compared(page)])]
        more += [page.tabled("", {"ahp": consistency(page)}, [_inconsistent(page)])]
    more += [page.tabled("", {"best_worst": best_worst(page)}, [_best_worst_note(page)])] if page.one.best_worst else []
    return joined_sections(*shown, page.tabled("", {"weights": table(page)}, [rounding(page)]), *more)


def by_round(page: PanelPage) -> PaperTable:
    """Weight inside the group, combined weight and rank among siblings of every item, round by round."""
    numbers = [one.round.number for one in page.analysis.rounds]
    rows = []
    for found in page.analysis.weights_by_round.values():
        item = found[max(found)][0]
        row: list[Cell] = [f"{page.codes[item.item.id]} {item.item.title(page.language)}"]
        for number in numbers:
            one, rank = found.get(number, (None, None))
            printed = [None, None] if one is None else page.printed(one)
            row += [*printed, None if rank is None else str(rank)]
        rows.append(row)
    heads = [page.t("Item")]
    for number in numbers:
        named = page.t("Round {round}", round=number)
        heads += [page.t("{round}: {what}", round=named, what=page.heading(key)) for key in BY_ROUND]
    return PaperTable(pd.DataFrame(rows, columns=heads, dtype=object), tuple(heads[1:]))


def by_method(page: PanelPage) -> PaperTable:
    """Weight inside the group by each compared method."""
    methods, digits = page.one.by_method, page.declared.digits
    printed = [publish_shares(found.weights, digits) for found in methods]
    rows = [[page.name(name), *(fixed(one.get(name), digits) for one in printed)] for name in page.one.items]
    heads = [page.t("{method} (%)", method=page.heading(f"w_{found.method}")) for found in methods]
    return _methods_table(page, rows, heads)


def ranks_by_method(page: PanelPage) -> PaperTable:
    """Rank among siblings of every item by each compared method, and how far these lie apart."""
    methods = page.one.by_method
    rows = []
    for name in page.one.items:
        known = [rank for found in methods if (rank := found.ranks[name]) is not None]
        ranks = [None if (rank := found.ranks[name]) is None else str(rank) for found in methods]
        rows.append([page.name(name), *ranks, str(max(known) - min(known)) if known else None])
    heads = [page.heading(f"w_{found.method}") for found in methods]
    return _methods_table(page, rows, [*heads, page.t("Ranks apart")])


def _methods_table(page: PanelPage, rows: Sequence[Sequence[Cell]], heads: Sequence[str]) -> PaperTable:
    frame = pd.DataFrame(rows, columns=[page.t("Item"), *heads], dtype=object)
    return PaperTable(frame, tuple(frame.columns[1:]), page.depths())


def _moves(page: PanelPage) -> str:
    """How many items have another rank by another method, and by which method the weights of the report are."""
    methods = page.one.by_method
    moved = [name for name in page.one.items if len({found.ranks[name] for found in methods} - {None}) > 1]
    return page.t(
        "The weights of this report are those by: {method}. "
        "Items whose rank depends on the method: {count} of {of}{names}.",
        method=page.heading(f"w_{methods[0].method}"), count=len(moved), of=len(page.one.items),
        names=page.t(" ({names})", names=page.names(moved)) if moved else "",
    )  # fmt: skip


def comparisons(page: PanelPage) -> PaperTable:
    """Every pair of a group: how many compared it, the geometric mean of their judgements, the lowest and highest."""
    rows = []
    for group in page.one.consistencies:
        judged = judgements_of(page.one.round.pairwise, group)
        for one, other in combinations(range(len(group)), 2):
            given = [upper[one, other] for upper in judged.values()]
            pair = page.t("{one} over {other}", one=page.name(group[one]), other=page.name(group[other]))
            ends = [judgement_text(min(given)), judgement_text(max(given))]
            rows.append([pair, str(len(given)), fixed(geometric_mean(given), 2), *ends])
    return page.table(("pair", "experts_n", "times", "lowest", "highest"), rows)


def _compared(page: PanelPage) -> str:
    return page.t(
        "How many times as important the first item of a pair is as the second: the geometric mean of the experts' "
        "judgements; below 1 the second matters more."
    )


def consistency(page: PanelPage) -> PaperTable:
    """CR of each expert in each group, with the comparison that spoils it most; below it that of all together."""
    rows = []
    for group, by_expert in _told(page).items():
        for one in by_expert:
            worst, said = one.found.worst, None
            if worst is not None:
                pair = [page.codes[group[place]] for place in (worst.row, worst.column)]
                said = page.t(
                    "{one} over {other}: {given}, the others imply {implied}", one=pair[0], other=pair[1],
                    given=judgement_text(worst.given), implied=fixed(worst.implied, 2),
                )  # fmt: skip
            rows.append([_group_name(page, group), one.expert, *_consistent(page, one.found), said])
        if (joint := page.one.joint.get(group)) is not None:
            rows.append([_group_name(page, group), page.t("all together"), *_consistent(page, joint), None])
    return page.table(("group", "expert", "lambda", "ci", "cr", "acceptable", "worst"), rows, texts=2)


def _told(page: PanelPage) -> Mapping[tuple[str, ...], Sequence[Consistency]]:
    """The groups whose comparisons can contradict each other; all of them where none can."""
    found = page.one.consistencies
    return {group: by for group, by in found.items() if len(group) > 2} or found


def _consistent(page: PanelPage, found: Priorities) -> list[Cell]:
    return [fixed(found.lambda_max, 3), fixed(found.CI, 3), fixed(found.CR, 3), page.yes(found.acceptable)]


def _group_name(page: PanelPage, group: Sequence[str]) -> str:
    return ("、" if page.language == "zh" else ", ").join(page.codes[item] for item in group)


def best_worst(page: PanelPage) -> PaperTable:
    """ξ*, CR and the ratio of the comparisons themselves of each expert in each group, with the item that spoils it."""
    rows, every = [], page.one.best_worst
    # Two items are the best and the worst: nothing else can contradict their one comparison.
    for group, by_expert in ({group: by for group, by in every.items() if len(group) > 2} or every).items():
        names = _group_name(page, group)
        for expert, one in by_expert.items():
            spoils = None if one.spoils is None else page.codes[group[one.spoils]]
            rows.append([names, expert, fixed(one.xi, 3), fixed(one.CR, 3), fixed(one.input_CR, 3), spoils])
    return page.table(("group", "expert", "xi", "cr", "input_cr", "spoils"), rows, texts=2)


def _best_worst_note(page: PanelPage) -> str:
    return page.t(
        "Weights by the linear model (Rezaei 2016), the mean over the experts; CR = ξ* / CI (Rezaei 2015), 0 where the "
        "comparisons agree, 1 at worst. CR of the comparisons: the largest |a_Bj · a_jW − a_BW| / (a_BW² − a_BW) "
        "(Liang, Brunelli and Rezaei 2020)."
    )


def _inconsistent(page: PanelPage) -> str:
    known = [one for by in _told(page).values() for one in by]
    joint = page.t(
        " All together: the matrix of the geometric means of the judgements, from which the weights come."
        if page.declared.weights.aggregate == "judgements"
        else " The experts' own priorities were averaged: there is no matrix, and no CR, of all together."
    )
    weighing, sizes = page.declared.weights, sorted({len(group) for group in _told(page)})
    if len(_told(page)) < len(page.one.consistencies):
        joint += page.t(" Groups of two items, which cannot contradict each other, are left out.")
    return page.t(
        "CR = CI / RI, acceptable below 0.1: {count} of {of} comparisons of a group. RI by the number of items: {index}"
        "{source}.{joint}",
        count=sum(one.found.acceptable for one in known), of=len(known), joint=joint,
        index=", ".join(f"{size}: {weighing.index[size]:g}" for size in sizes),
        source=page.t(" (declared in panel.yaml)") if weighing.random_index else page.t(" (Saaty 1980)"),
    )  # fmt: skip


def rounding(page: PanelPage) -> str:
    """What the printed weights add up to, and which of them rounding one by one would print otherwise."""
    digits = page.declared.digits
    total = sum((found.published.combined for found in leaves(page) if found.published is not None), Fraction(0))
    others = [
        found.item.id
        for found in page.one.items.values()
        if found.published is not None
        and (
            found.printed("combined", digits) != percent(found.weight.combined, digits)
            or found.printed("weight", digits) != percent(found.weight.weight, digits)
        )
    ]
    differ = (
        page.t(" Rounding each by itself would differ for: {names}.", names=page.names(others))
        if others
        else page.t(" Rounding each by itself gives the same.")
    )
    apart = _printed_apart(page)
    if apart:
        differ += page.t(
            " Equal weights that {digits} {digits:decimal|decimals} cannot print alike and add up: {names}.",
            digits=digits, names=page.names(apart),
        )  # fmt: skip
    return (
        page.t(
            "The weights of a group add up to 100 %, combined weights at the ends of the tree to "
            "{total} %. Largest remainders: all are rounded down, and the missing units go to the "
            "largest remainders.",
            total=fixed(total, digits),
        )
        + differ
    )


def _printed_apart(page: PanelPage) -> list[str]:
    """The items whose weight is printed otherwise than an equal one of the same group."""
    known = [found for found in page.one.items.values() if found.published is not None]
    printed: dict[tuple[str | None, Fraction | None], set[Fraction]] = {}
    for found in known:
        if found.published is not None:
            printed.setdefault((found.weight.parent, found.weight.weight), set()).add(found.published.weight)
    return [f.item.id for f in known if len(printed[f.weight.parent, f.weight.weight]) > 1]


@styled
def figure(page: PanelPage, items: Sequence[ItemAnalysis]) -> Figure:
    """The tree of items with a bar for each combined weight: pale where an item has items of its own."""
    figure = upright(0.75 + ROW * len(items))
    axes = figure.add_subplot()
    axes.grid(visible=True, axis="x")
    digits = page.declared.digits
    known = [float(f.weight.combined) * 100 for f in page.one.items.values() if f.weight.combined is not None]
    most = max(known, default=1.0)
    for row, found in enumerate(items):
        value, parent = found.weight.combined, found.item.id in page.parents
        if value is None:
            axes.text(0, row, f" {page.t('undefined')}", va="center", fontsize=8.5, color=MUTED)
            continue
        axes.barh(row, float(value) * 100, height=0.66, color=PALE if parent else BLUE)
        weight, combined = found.printed("weight", digits), found.printed("combined", digits)
        text = f"{combined}" if found.level == 1 else f"{weight} → {combined}"
        axes.annotate(
            text, (float(value) * 100, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8,
            fontweight="bold" if parent else "normal",
        )  # fmt: skip
    axes.set_xlim(0, most * 1.22)
    axes.set_xlabel(page.t("Combined weight (%)"))
    row_names(axes, page, items)
    return figure


def table(page: PanelPage) -> PaperTable:
    """Every item's exact weights, the published ones, and what rounding each by itself would print."""
    digits = page.declared.digits
    rows = []
    for name, found in page.one.items.items():
        row: list[Cell] = [page.name(name)]
        pairs = zip((found.weight.weight, found.weight.combined), page.printed(found), strict=True)
        for exact, printed in pairs:
            row += [fixed(exact, digits + 4), printed, percent(exact, digits)]
        rows.append(row)
    columns = ("item", "share", "weight_p", "weight_alone", "combined", "combined_p", "combined_alone")
    return page.table(columns, rows, page.depths())
