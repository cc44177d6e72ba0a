"""From the full marks to the score: what each indicator cost or brought."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.losses import only_targets
from auditlib.analysis.peers import Changes, changes
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import number_text, signed
from auditlib.report.figure import (
    BLUE,
    GREEN,
    MUTED,
    NARROW,
    ORANGE,
    PALE,
    beside,
    boxes,
    drawable,
    drawn,
    inches,
    spot,
    styled,
    value_label,
)
from auditlib.report.headings.unit import UNIT
from auditlib.report.page import UnitPage
from auditlib.report.section import Section
from auditlib.report.tables import frame, joined, shown_number
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["caption", "figure", "section", "table"]


def section(page: UnitPage) -> Section:
    """From full marks to the score."""
    resolved, result, unit, language = page.resolved, page.result, page.unit, page.language
    title, said = page.t("How the score comes about"), caption(resolved, result, unit, language)
    if not page.story.changes:
        return page.said("waterfall", title, said)
    drawn_figure = figure(resolved, result, unit, language)
    steps = [change for change in page.story.changes if change.points != 0]
    axes = drawn_figure.axes[0]
    spots = [
        spot(
            axes, f"#lines-{step.id}", page.t("{name}: to its lines and cases", name=step.title), axes.get_xlim(),
            (row - 0.5, row + 0.5),
        )
        for row, step in enumerate(steps, start=1)
    ]  # fmt: skip
    listed = table(page.story, result.total_rounding, language)
    return page.drawn("waterfall", title, drawn_figure, said, listed, spots=spots)


def caption(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> str:
    """How many indicators lost how much, what was gained, what is left, and which cost most."""
    story = changes(resolved, unit, language)
    if not story.changes:
        return t(
            "The indicators are targets, met or not; they have no points."
            if only_targets(unit)
            else "No indicator could be scored.",
            language,
        )
    losses = [change for change in story.changes if change.points < 0]
    gains = [change for change in story.changes if change.points > 0]

    def text(value: Fraction) -> str:
        return number_text(value, result.total_rounding)

    bonus = ""
    if gains:
        gained = sum((change.points for change in gains), Fraction(0))
        bonus = t(" and {count} gained {points}", language, count=len(gains), points=text(gained))
    full, total = text(story.full), text(story.total)
    parts = ""
    if unit.parts and unit.total is not None:
        parts = t(
            " The total of {total} is made of several periods, see the parts of the total.",
            language,
            total=text(unit.total),
        )
    if not losses:
        return (
            t(
                "From the full {full} nothing was lost{bonus}, which leaves {total}.",
                language,
                full=full,
                bonus=bonus,
                total=total,
            )
            + parts
        )
    most = min(change.points for change in losses)
    worst = [change.title for change in losses if change.points == most]
    return (
        t(
            "From the full {full}, {losses} {losses:indicator|indicators} lost {lost} "
            "{lost:point|points}{bonus}, which leaves {total}; {worst} cost most ({each}−{most}).",
            language,
            full=full,
            losses=len(losses),
            bonus=bonus,
            total=total,
            worst=joined(worst, language),
            lost=text(-sum((change.points for change in losses), Fraction(0))),
            most=text(-most),
            each=t("each ", language) if len(worst) > 1 else "",
        )
        + parts
    )


@styled
def figure(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> Figure:
    """From full marks down (and up) to the score: a bar for each indicator that lost or gained, in order."""
    story = changes(resolved, unit, language)
    steps = [change for change in story.changes if change.points != 0]
    rounding = result.total_rounding
    start = "full marks" if story.has_maximum else "start"
    names = [
        t(start, language),
        *(drawable(step.title) for step in steps),
        t("this period" if unit.parts else "Score", language),
    ]
    figure, axes = drawn(
        0.55 + 0.31 * len(names), left=inches(names, 9) + 0.14, right=0.1, top=0.06, bottom=0.44, width=NARROW
    )
    axes.grid(visible=True, axis="x")
    boxes(axes, [(0.0, -0.31, float(story.full), 0.31)], PALE, width=0, above=1)
    value_label(axes, float(story.full), 0, number_text(story.full, rounding))
    level = story.full
    lost: list[tuple[float, float, float, float]] = []
    gained: list[tuple[float, float, float, float]] = []
    for row, step in enumerate(steps, start=1):
        after = level + step.points
        low, high = min(level, after), max(level, after)
        gain = step.points > 0
        (gained if gain else lost).append((float(low), row - 0.31, float(high), row + 0.31))
        axes.plot([float(level)] * 2, [row - 0.69, row - 0.31], color=MUTED, linewidth=0.6)
        value_label(axes, float(high), row, signed(step.points, rounding))
        level = after
    last = len(steps) + 1
    axes.plot([float(level)] * 2, [last - 0.69, last - 0.31], color=MUTED, linewidth=0.6)
    boxes(axes, lost, ORANGE, width=0, above=1)
    boxes(axes, gained, GREEN, hatch="////", width=0, above=1)
    boxes(axes, [(0.0, last - 0.31, float(level), last + 0.31)], BLUE, width=0, above=1)
    value_label(axes, max(float(level), 0.0), last, number_text(level, rounding), weight="bold")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_ylim(len(names) - 0.4, -0.6)
    extreme = max(float(story.full), float(level), 1.0)
    levels = [number_text(value, rounding) for value in (story.full, level)]
    axes.set_xlim(min(0.0, float(story.lowest) * 1.05), extreme * (1.13 + beside(levels)))
    axes.set_xlabel(t("points", language))
    axes.spines["left"].set_visible(False)
    if story.lowest < 0:
        axes.axvline(0, color=MUTED, linewidth=0.8)
    return figure


def table(story: Changes, rounding: Rounding, language: str) -> pd.DataFrame:
    """The steps from the full marks to the score, with the level that each leads to; those of zero left out."""
    level = story.full
    rows: list[tuple[object, ...]] = [(t("Full marks" if story.has_maximum else "Starting points", language), None,
                                       shown_number(level, rounding))]  # fmt: skip
    for change in story.changes:
        level += change.points
        if change.points:
            rows.append((change.title, signed(change.points, rounding), shown_number(level, rounding)))
    return frame(rows, ("step", "change", "level"), language, UNIT)
