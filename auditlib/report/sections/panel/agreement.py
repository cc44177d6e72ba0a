"""W of every group and round: figure, table, a sentence for each group, and by which methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from auditlib.delphi.result import GroupAnalysis
from auditlib.delphi.statistics.concordance import strength
from auditlib.report.figure import BLUE, MUTED, drawable, styled
from auditlib.report.html import escape
from auditlib.report.panel_figure import upright
from auditlib.report.panel_findings import agreement_sentence, group_p, groups_apart, whole_groups
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import Cell, PaperTable, fixed, p_text
from auditlib.report.section import Section, joined_sections

__all__ = ["caption", "figure", "method", "section", "table"]

POINTS = tuple(strength(W) for W in (0.1, 0.3, 0.5, 0.7, 0.9))
"""Schmidt's five points, whose nearest one gives W its word."""


def section(page: PanelPage) -> Section:
    """W of every group and round: figure, table, a sentence for each group, and by which methods."""
    if page.unmarked:
        return page.tabled("agreement", {}, [page.unmarked])
    said = [agreement_sentence(page, found) for found in page.one.groups]
    listed = "".join(f"<li>{escape(text)}</li>" for text in said)
    rest = page.tabled("", {"agreement": table(page)}, [method(page)], f'<ul class="said">{listed}</ul>')
    told = replace(
        rest, html=f'<div class="panel">{rest.html}</div>', text="\n".join([rest.text, *said]),
        sentences=(*rest.sentences, *said),
    )  # fmt: skip
    return joined_sections(page.drawn("agreement", figure(page), caption(page)), told)


def caption(page: PanelPage) -> str:
    """How W of each level moved between the last two rounds, and where agreement inside groups is high and low."""
    return page.joined(
        [
            page.t("Points are W, bars bootstrap intervals of 95 %, upright lines Schmidt's five points. ").strip(),
            *_moves(page),
            groups_apart(page),
        ]
    )


def _moves(page: PanelPage) -> Iterator[str]:
    if page.before is None:
        return
    moved = False
    for found in whole_groups(page):
        known = {one.round.number: same.concordance for one, same in page.rounds_of(found)}
        old, new = known.get(page.before.round.number), known.get(page.number)
        if old is not None and new is not None and old.W is not None and new.W is not None:
            moved = True
            yield page.t(
                "{group}: W went from {old} in round {before} to {new} in round {round}.",
                group=page.group(found),
                before=page.before.round.number,
                round=page.number,
                old=fixed(old.W, 3),
                new=fixed(new.W, 3),
            )
    if moved:
        yield page.t("Both rounds come from the same experts, so overlapping intervals are no test.")


def method(page: PanelPage) -> str:
    """Which p holds, how intervals were drawn, and what the words go by."""
    chances = [found.chance for found in page.one.groups if found.chance is not None]
    spans = [found.interval for found in page.one.groups if found.interval is not None]
    said = []
    if chances:
        drawn = [chance for chance in chances if chance.method == "permutation"]
        counted = (
            page.t("all orders were counted for {count} {count:group|groups}", count=len(chances) - len(drawn))
            if len(drawn) < len(chances)
            else ""
        )
        permuted = ""
        if drawn:
            error = fixed(max(chance.error for chance in drawn), 4)
            permuted = page.t(
                "for {count} {count:group|groups} {draws} random panels were drawn (seed {seed}, "
                "Monte-Carlo error at most {error})",
                count=len(drawn),
                draws=drawn[0].draws,
                seed=drawn[0].seed,
                error=error,
            )
        between = ("，" if page.language == "zh" else "; ") if counted and permuted else ""
        said.append(
            page.t(
                "W is corrected for ties. p (χ²) is an approximation; with seven items or fewer p "
                "(orders) holds: {enumerated}{permuted}.",
                enumerated=f"{counted}{between}",
                permuted=permuted,
            )
        )
    if spans:
        said.append(
            page.t(
                "Intervals resample the experts ({draws} draws, seed {seed}).", draws=spans[0].draws, seed=spans[0].seed
            )
        )
    if any(span.undefined for span in spans):
        said.append(page.t("Where a bootstrap says nothing, no interval is given; the reasons stand at the end."))
    tested = sum(group_p(found) is not None for found in page.one.groups)
    if tested > 1:
        said.append(
            page.t(
                "{count} {count:group|groups} were tested in this round; their p are not corrected for being several.",
                count=tested,
            )
        )
    return page.joined(
        [*said, page.t("The word is that of the nearest of Schmidt's five points (1997): 0.1, 0.3, 0.5, 0.7, 0.9.")]
    )


@styled
def figure(page: PanelPage) -> Figure:
    """W of each group, a mark a round with its bootstrap interval, against Schmidt's five points."""
    groups = page.one.groups
    rounds = [one.round.number for one in page.analysis.rounds]
    figure = upright(1.2 + len(groups) * max(0.42, 0.17 * len(rounds)))
    axes = figure.add_subplot()
    for point in POINTS:
        axes.axvline(point.W, color="#dfe4e9", linewidth=1, zorder=0)
        axes.text(point.W, 1.015, point.words(page.language), transform=axes.get_xaxis_transform(), ha="center",
                  va="bottom", fontsize=8, color=MUTED)  # fmt: skip
    for row, group in enumerate(groups):
        for one, same in page.rounds_of(group):
            agreed = same.concordance
            place = rounds.index(one.round.number)
            y = row + (place - (len(rounds) - 1) / 2) * 0.62 / len(rounds)
            last = one is page.one
            if agreed is None or agreed.W is None:
                axes.text(0.005, y, page.t("undefined"), va="center", fontsize=8, color=MUTED)
                continue
            colour = BLUE if last else "#7d8894"
            if same.interval is not None and same.interval.low is not None and same.interval.high is not None:
                axes.plot([same.interval.low, same.interval.high], [y, y], color=colour, linewidth=2.2 if last else 1.2)
            axes.plot(agreed.W, y, "o" if last else "s", markersize=6.5 if last else 5.5, color=colour,
                      markerfacecolor=colour if last else "white", zorder=3)  # fmt: skip
    axes.set_yticks(range(len(groups)), [drawable(page.group(group), 20) for group in groups])
    axes.set_ylim(len(groups) - 0.45, -0.55)
    axes.set_xlim(-0.01, 1.01)
    axes.set_xlabel(page.t("Concordance W"))
    axes.spines["left"].set_visible(False)
    if len(rounds) > 1:
        handles = [
            Line2D([], [], marker="o" if n == rounds[-1] else "s", color=BLUE if n == rounds[-1] else "#7d8894",
                   markerfacecolor=BLUE if n == rounds[-1] else "white", label=page.t("Round {round}", round=n))
            for n in (rounds[0], rounds[-1])
        ]  # fmt: skip
        figure.legend(handles=handles, loc="outside lower right", ncols=2)
    return figure


def table(page: PanelPage) -> PaperTable:
    """W of every group and round with its interval, χ², df, p, and the word for its strength."""
    columns = (
        "group",
        "items_n",
        "round",
        "m",
        "W",
        "interval",
        "chi2",
        "df",
        "p",
        "p_exact",
        "word",
        "W_plain",
        "alpha",
    )
    rows, kinds = [], []
    for found in page.one.groups:
        for place, (one, same) in enumerate(page.rounds_of(found)):
            head = ["", ""] if place else [page.group(found), str(len(found.group.items))]
            rows.append([*head, str(one.round.number), *_agreed(page, same)])
            kinds.append("" if place else "first-of")
    return replace(page.table(columns, rows, kinds), dense=True)


def _agreed(page: PanelPage, found: GroupAnalysis) -> list[Cell]:
    agreed, span = found.concordance, found.interval
    if agreed is None or agreed.W is None:
        raters = None if agreed is None else str(agreed.raters)
        return [raters, *[None] * 6, page.t("undefined"), None, None]
    return [
        str(agreed.raters), fixed(agreed.W, 3),
        None if span is None or span.undefined else f"{fixed(span.low, 3)}–{fixed(span.high, 3)}",
        fixed(agreed.chi2, 3), None if agreed.df is None else str(agreed.df), p_text(agreed.p),
        p_text(found.chance.p) if found.chance else None, strength(agreed.W).words(page.language),
        fixed(agreed.W_uncorrected, 3), fixed(found.alpha.alpha, 3) if found.alpha else None,
    ]  # fmt: skip
