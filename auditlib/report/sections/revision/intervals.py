"""The ranks that most random weightings give each unit, and how often it keeps its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from auditlib.analysis.weights.uncertainty import RankUncertainty
from auditlib.core.message import t
from auditlib.core.numerals import share_text
from auditlib.report.figure import BLUE, INK, PALE, WIDTH, drawable, styled
from auditlib.report.revision_page import RevisionPage
from auditlib.report.section import Section, joined_sections
from auditlib.report.tables import joined

__all__ = ["caption", "figure", "section", "table"]

ROW = 0.3
NOT_DRAWN = {
    "authority": "The experts are not drawn anew, because their marks are weighted by authority.",
    "method": "The experts are not drawn anew, because the panel's weights are no means of marks.",
    "missing": "The experts are not drawn anew, because some marks are missing.",
}
"""Why weights are drawn around the new ones, although there is a panel."""
Span = tuple[str, int, float, int, int]
"""A unit with its rank, its expected rank, and the best and worst rank of an interval."""


def section(page: RevisionPage) -> Section:
    """The ranks that most random weightings give each unit, and how often it keeps its own."""
    groups = {page.group(group): _spans(page, found) for group, found in page.scored.uncertainty.items()}
    drawn = figure(groups, _level(page), page.language)
    return joined_sections(page.drawn("intervals", drawn, caption(page)), page.tabled("chances", table(page)))


def caption(page: RevisionPage) -> str:
    """How weights were drawn, how many units keep one rank in most draws, and how often the first stays first."""
    level, sentences = _level(page), []
    for group, found in page.scored.uncertainty.items():
        spans = _spans(page, found)
        first = found.in_force.index(min(found.in_force))
        sentences.append(
            page.t(
                "in {group} the {level} % interval of {fixed} of {count} {count:unit|units} is a single "
                "rank, and {unit}, the first, stays first in {share} % of the draws",
                group=page.group(group),
                fixed=sum(best == worst for *_, best, worst in spans),
                count=len(spans),
                level=level,
                unit=page.names[found.units[first]],
                share=_chance(found, float(found.first[first, 0]) / found.draws),
            )
        )
    excluded = joined([page.names[code] for code in page.scored.without_units], page.language)
    left_out = page.t("The ranks here are without {units}.", units=excluded) if excluded else ""
    sampling, panel = page.scored.sampling, page.scored.panel
    around = panel is None or bool(page.scored.not_drawn)
    how = page.t(
        "{draws} sets of weights around the new ones (Dirichlet, concentration {concentration})"
        if around
        else "{draws} panels of {experts} {experts:expert|experts}, drawn anew from the panel with replacement",
        draws=sampling.draws,
        experts=0 if panel is None else panel.last.returned,
        concentration=f"{sampling.concentration:g}",
    )
    why = page.t(NOT_DRAWN[page.scored.not_drawn]) if page.scored.not_drawn else ""
    more = ("" if page.language == "zh" else " ").join(filter(None, (left_out, why)))
    return page.t(
        "{how} (seed {seed}): {groups}. {left_out}",
        how=how,
        seed=sampling.seed,
        groups=page.t("; ").join(sentences),
        left_out=more,
    ).rstrip()


def table(page: RevisionPage) -> pd.DataFrame:
    """For each unit its interval, how often it keeps its rank, and its chances of the first and the last place."""
    rows = []
    for group, found in page.scored.uncertainty.items():
        first, last = found.top(1), found.bottom(1)
        for row, (name, rank, expected, best, worst) in zip(_by_rank(found), _spans(page, found), strict=True):
            keeps = found.first[row, rank - 1] / found.draws
            interval = str(best) if best == worst else f"{best}–{worst}"
            chances = (_chance(found, share) for share in (keeps, first[row], last[row]))
            rows.append((name, page.group(group), rank, f"{expected:.2f}", interval, *chances))
    columns = ("unit", "group", "rank", "expected", "interval", "keeps", "top", "bottom")
    return page.frame(rows, columns, level=_level(page), number=1)


@styled
def figure(groups: Mapping[str, Sequence[Span]], level: str, language: str) -> Figure:
    """A panel a group: for each unit the ranks that most draws give it, its expected rank, and its rank."""
    rows = [len(units) for units in groups.values()]
    figure = Figure(figsize=(WIDTH, 1.0 + 0.35 * len(rows) + ROW * sum(rows)), layout="constrained")
    panels = figure.subplots(len(rows), 1, squeeze=False, height_ratios=rows, sharex=True)[:, 0]
    for axes, (group, units) in zip(panels, groups.items(), strict=True):
        axes.grid(visible=True, axis="x")
        for row, (_, rank, expected, best, worst) in enumerate(units):
            axes.plot([best, worst], [row, row], color=PALE, linewidth=7, solid_capstyle="round", zorder=2)
            axes.plot(expected, row, "|", color=INK, markersize=10, markeredgewidth=1.4, zorder=4)
            axes.plot(rank, row, "D", color=BLUE, markersize=6, markeredgecolor="white", zorder=3)
        axes.set_yticks(range(len(units)), [drawable(unit[0]) for unit in units])
        axes.set_ylim(len(units) - 0.4, -0.6)
        axes.spines["left"].set_visible(False)
        axes.set_title(drawable(group), loc="left", fontsize=9.5, fontweight="bold")
    panels[-1].set_xlim(0.6, max(rows) + 0.4)
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[-1].set_xlabel(t("Rank", language))
    marks = [
        mpl.lines.Line2D(
            [], [], color=BLUE, marker="D", linestyle="none", label=t("Rank under the new weights", language)
        ),
        mpl.lines.Line2D(
            [], [], color=INK, marker="|", markersize=10, linestyle="none", label=t("Expected rank", language)
        ),
        mpl.lines.Line2D([], [], color=PALE, linewidth=7, label=t("{level} % of the draws", language, level=level)),
    ]
    figure.legend(handles=marks, loc="outside upper center", ncols=3)
    return figure


def _level(page: RevisionPage) -> str:
    return f"{100 * page.scored.sampling.level:g}"


def _spans(page: RevisionPage, found: RankUncertainty) -> list[Span]:
    """For each unit, by rank: its rank, expected rank and interval."""
    spans, expected = found.rank_interval(page.scored.sampling.level), found.expected_rank()
    return [
        (
            page.names[found.units[row]],
            found.in_force[row],
            float(expected[row]),
            int(spans[row, 0]),
            int(spans[row, 1]),
        )
        for row in _by_rank(found)
    ]


def _by_rank(found: RankUncertainty) -> list[int]:
    return sorted(range(len(found.units)), key=lambda row: (found.in_force[row], found.units[row]))


def _chance(found: RankUncertainty, share: float) -> str:
    """How often something happens among the draws, as a percentage without its sign; 100 only where it always does."""
    return share_text(Fraction(round(float(share) * found.draws), found.draws), "")
