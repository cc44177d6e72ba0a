"""The points of every unit under every indicator, shaded by the share that was lost."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from auditlib.analysis.losses import attained
from auditlib.core.message import t
from auditlib.core.table import Field, Table
from auditlib.report import figure as figures
from auditlib.report.figure import MOST_BARS, drawable
from auditlib.report.page import RankingPage
from auditlib.report.pages.fonts import add_fonts
from auditlib.report.section import NOTHING, Section
from auditlib.scheme.load import Resolved
from auditlib.scoring.ranking_table import RankedUnit, points_fields, ranked_units
from auditlib.scoring.result import Result, UnitScore
from auditlib.scoring.totals import paired

__all__ = ["caption", "figure", "heat_rows", "section", "table"]


def section(page: RankingPage) -> Section:
    """The points of every unit under every indicator, of several; one by itself is what the totals show."""
    if len(page.losses) < 2:
        return NOTHING
    resolved, result, language = page.resolved, page.result, page.language
    said = caption(resolved, result, language)
    title = page.t("Points by unit and indicator")
    return page.drawn(
        "heat", title, figure(resolved, result, language), said, table(resolved, result, language), kind="matrix"
    )


def table(resolved: Resolved, result: Result, language: str) -> pd.DataFrame:
    """The points of every unit (a row) under every indicator (a column), by group and rank."""
    assessed = result.units[0].indicators if result.units else ()
    unit = Field[RankedUnit]("unit", "Unit", lambda row: row.unit.name)
    fields = [unit, *points_fields(indicator for indicator, _ in paired(resolved.scheme, assessed))]
    return Table.of(fields, ranked_units(result)).frame(language)


class _Heat(NamedTuple):
    """What is said of a heat map: the whole, how many units kept most or lost all of something, and that none did."""

    caption: str
    kept: str
    none_kept: str
    some: str
    none: str


HEAT = {
    "points": _Heat(
        (
            "Each cell shows the points; the darker, the larger the share lost. {groups}— is without "
            "a score{cut}. Of {units} {units:unit|units}, {kept}, and {emptied}."
        ),
        "{count} lost nothing under more than half of the indicators",
        "none kept its full marks under more than half of the indicators",
        "nothing is left under at least one for {count}",
        "none has one with nothing left",
    ),
    "targets": _Heat(
        (
            "Each cell says whether a target is met, dark where it is not. {groups}— is not "
            "assessed{cut}. Of {units} {units:unit|units}, {kept}, and {emptied}."
        ),
        "{count} met more than half of the targets",
        "none met more than half of the targets",
        "{count} missed at least one",
        "none missed any",
    ),
    "both": _Heat(
        (
            "Each cell shows the points, or whether a target is met; the darker, the larger the "
            "share lost. {groups}— is without a score{cut}. Of {units} {units:unit|units}, {kept}, and {emptied}."
        ),
        "{count} lost nothing or met the target under more than half of the indicators",
        "none kept its full marks or met the target under more than half of the indicators",
        "{count} {count:has|have} nothing left, or missed the target, under at least one",
        "none has one with nothing left or a missed target",
    ),
}
"""By what its cells hold."""


SHADES = LinearSegmentedColormap.from_list("lost", ["#ffffff", "#f3d9c6", "#d98b55", "#8c3a0e"])  # lighter = kept more


DARK = 0.75


WRAP = 4
SLANT, STEEP = 50, 0.77
"""Degrees by which a long English heading is turned, and how high it stands then, of its length."""


def caption(resolved: Resolved, result: Result, language: str) -> str:
    """How to read the shades, how many units kept most full marks, how many have nothing left somewhere.

    A target that is met is all of it and a missed one nothing; the sentence says which of the two it speaks of.
    """
    kept = [[share for share in attained(resolved, unit).values() if share is not None] for unit in result.units]
    full = sum(2 * sum(share >= 1 for share in shares) > len(shares) for shares in kept)
    empty = sum(any(share <= 0 for share in shares) for shares in kept)
    scores = [indicator for unit in result.units for indicator in unit.indicators]
    targets, points = (any(one.met is not None for one in scores), any(one.points is not None for one in scores))
    said = HEAT["points" if not targets else "both" if points else "targets"]
    groups = t("Lines part the groups; ", language) if len({unit.ranked_in for unit in result.units}) > 1 else ""
    kept_most = t(said.kept if full else said.none_kept, language, count=full)
    emptied = t(said.some if empty else said.none, language, count=empty)
    cut = (
        t("; only the first and last {count} {count:unit|units} are drawn", language, count=MOST_BARS // 2)
        if len(result.units) > MOST_BARS
        else ""
    )
    return t(
        said.caption, language, units=len(result.units), kept=kept_most, groups=groups, emptied=emptied, cut=cut
    )  # fmt: skip


def heat_rows(result: Result) -> Sequence[UnitScore]:
    """The units that the heat map shows: all, or of very many the two ends of the ranking."""
    units = result.units
    return units if len(units) <= MOST_BARS else (*units[: MOST_BARS // 2], *units[-MOST_BARS // 2 :])


@mpl.rc_context(figures.STYLE)
def figure(resolved: Resolved, result: Result, language: str) -> Figure:
    """Units by rank down, indicators across: the points, on a shade that darkens with the share of them lost."""
    add_fonts()
    units = heat_rows(result)
    columns = [
        (indicator.id, indicator.title(language)) for indicator, _ in paired(resolved.scheme, units[0].indicators)
    ]
    lost = [[_lost(attained(resolved, unit)[id]) for id, _ in columns] for unit in units]
    size = 8 if len(columns) <= 16 else 6.5
    names = [drawable(unit.name, 12) + (f"  {unit.rank}" if unit.rank is not None else "") for unit in units]
    titles = [_wrapped(title, language) for _, title in columns]
    room = (figures.WIDTH - figures.inches(names, 8.5) - 0.3) / len(columns)
    turned = 0 if language == "zh" or figures.inches(titles, size - 0.5) < room else SLANT
    above = 1.0 if not turned else max(1.0, 0.3 + STEEP * figures.inches(titles, size - 0.5))
    figure = Figure(figsize=(figures.WIDTH, above + 0.27 * len(units)), layout="constrained")
    axes = figure.add_subplot()
    axes.pcolormesh(
        [[float("nan") if share is None else share for share in row] for row in lost],
        cmap=SHADES, vmin=0, vmax=1, edgecolors="white", linewidth=1.2,
    )  # fmt: skip
    fields = points_fields(indicator for indicator, _ in paired(resolved.scheme, units[0].indicators))
    for y, texts in enumerate(Table.of(fields, [RankedUnit(unit, result) for unit in units]).texts(language)):
        for x, text in enumerate(texts):
            share = lost[y][x]
            colour = figures.MUTED if share is None else "white" if share > DARK else figures.INK
            axes.text(x + 0.5, y + 0.5, str(text or "—"), ha="center", va="center", fontsize=size, color=colour)
    axes.set_yticks([y + 0.5 for y in range(len(units))], names, fontsize=8.5)
    axes.set_xticks(
        [x + 0.5 for x in range(len(columns))], titles, fontsize=size - 0.5, rotation=turned,
        ha="center" if not turned else "left", linespacing=1.25,
    )  # fmt: skip
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.invert_yaxis()
    for spine in axes.spines.values():
        spine.set_visible(False)
    _group_lines(axes, units)
    return figure


def _group_lines(axes: mpl.axes.Axes, units: Sequence[UnitScore]) -> None:
    for y in range(1, len(units)):
        if units[y].ranked_in != units[y - 1].ranked_in:
            axes.axhline(y, color=figures.INK, linewidth=1.1)


def _lost(share: Fraction | None) -> float | None:
    return None if share is None else min(1.0, max(0.0, float(1 - share)))


def _wrapped(title: str, language: str) -> str:
    """A Chinese heading in lines of a few characters; an English one stays on its slanted line."""
    line = drawable(title, 15 if language == "zh" else 18)
    if language != "zh":
        return line
    return "\n".join(line[start : start + WRAP] for start in range(0, len(line), WRAP))
