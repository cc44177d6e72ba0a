"""The totals of all units by rank."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from matplotlib.figure import Figure

from auditlib.analysis.peers import groups
from auditlib.core.message import t
from auditlib.core.numerals import number_text
from auditlib.report.figure import BLUE, NARROW, PALE, beside, both_ends, drawable, styled, value_label
from auditlib.report.page import RankingPage
from auditlib.report.phrases import range_words
from auditlib.report.section import Section
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["caption", "figure", "section"]


def section(page: RankingPage) -> Section:
    """The totals of all units by rank."""
    asked, title = (page.resolved, page.result, page.language), page.t("Totals compared")
    ranges = {code: range_words(own, page.language) for code, own in (page.scored.ranks or {}).items() if own.moves}
    if not groups(page.result):
        return page.said("totals", title, page.t("{group}: no unit has a total.", group=page.t("all units")))
    said = caption(*asked) + (page.t(" In brackets the ranks under other readings.") if ranges else "")
    return page.drawn("totals", title, figure(*asked, ranges), said)


def caption(resolved: Resolved, result: Result, language: str = "zh") -> str:
    """How the bars are arranged, and where in each group the widest gap between neighbours lies."""
    gaps = []
    for group, units in groups(result).items():
        pairs = [(_distance(above, below), above, below) for above, below in pairwise(units)]
        gap, first, second = max(pairs, key=lambda pair: pair[0], default=(Fraction(0), units[0], units[0]))
        if gap:
            title = group or t("all units", language)
            gaps.append(
                t(
                    "in {group} the widest gap between neighbours is {gap} {gap:point|points}, between "
                    "{first} (rank {above}) and {second} (rank {below})",
                    language,
                    group=title,
                    gap=number_text(gap, result.total_rounding),
                    above=first.rank,
                    first=first.name,
                    below=second.rank,
                    second=second.name,
                )
            )
    stop = "；" if language == "zh" else "; "
    return t(
        "Totals by rank, the first of each group in dark{gaps}."
        if len(groups(result)) > 1
        else "Totals by rank, the first in dark{gaps}.",
        language,
        gaps="".join(stop + gap for gap in gaps),
    )


def _distance(one: UnitScore, other: UnitScore) -> Fraction:
    return abs((one.total or Fraction(0)) - (other.total or Fraction(0)))


def _rank(unit: UnitScore, ranges: Mapping[str, str]) -> str:
    return f"{unit.rank} ({ranges[unit.unit]})" if unit.unit in ranges else str(unit.rank)


@styled
def figure(
    resolved: Resolved, result: Result, language: str = "zh", ranges: Mapping[str, str] | None = None
) -> Figure:  # fmt: skip
    """A bar for each unit with a total, by rank, one panel a group; of very large groups the two ends.

    ``ranges`` are by unit the ranks under other readings, where these are others.
    """
    panels_of = {name: both_ends(units) for name, units in groups(result).items()}
    rows = [len(units) for units in panels_of.values()]
    figure = Figure(figsize=(NARROW, 0.75 * max(len(rows), 1) + 0.29 * max(sum(rows), 1)), layout="constrained")
    if not rows:
        return figure
    panels = figure.subplots(len(rows), 1, sharex=True, squeeze=False, height_ratios=rows)[:, 0]
    for axes, (group, units) in zip(panels, panels_of.items(), strict=True):
        values = [float(unit.total or 0) for unit in units]
        colours = [BLUE if unit.rank == 1 else PALE for unit in units]
        axes.barh(range(len(units)), values, color=colours, height=0.66)
        for row, unit in enumerate(units):
            text = number_text(unit.total or Fraction(0), result.total_rounding)
            value_label(axes, max(values[row], 0.0), row, text, weight="bold" if unit.rank == 1 else "normal")
        axes.set_yticks(range(len(units)), [f"{drawable(unit.name)}  {_rank(unit, ranges or {})}" for unit in units])
        axes.set_ylim(len(units) - 0.4, -0.6)
        axes.grid(visible=True, axis="x")
        axes.spines["left"].set_visible(False)
        if len(panels_of) > 1:
            axes.set_title(drawable(group or t("no group", language)), loc="left", fontsize=9.5, fontweight="bold")
    low, high = panels[-1].get_xlim()
    drawn_units = (unit for units in panels_of.values() for unit in units)
    shown = [number_text(unit.total or Fraction(0), result.total_rounding) for unit in drawn_units]
    panels[-1].set_xlim(min(low, 0.0), high * (1.08 + beside(shown)))
    panels[-1].set_xlabel(t("points", language))
    return figure
