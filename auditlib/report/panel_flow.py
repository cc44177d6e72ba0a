"""Who took part from round to round, as a figure: forms out and back, items that came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from auditlib.delphi.result import RoundAnalysis
from auditlib.report.figure import BLUE, INK, LINE, WIDTH, styled
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import percent
from auditlib.report.section import Section

__all__ = ["caption", "figure", "section"]

KINDS = ("added", "dropped", "merged", "reworded")
STEP = 0.92
"""Inches from one row of boxes to the next."""
LEFT, RIGHT, SIDE = 0.36, 3.5, 3.62


def section(page: PanelPage) -> Section:
    """The figure with its sentence."""
    return page.drawn("flow", figure(page), caption(page))


def caption(page: PanelPage) -> str:
    """How many answered the first round, the reported one, and every round."""
    rounds = page.analysis.rounds
    every = set(rounds[0].round.experts).intersection(*(one.round.experts for one in rounds[1:]))
    return page.t(
        "Forms sent and returned in {rounds} {rounds:round|rounds}; {every} {every:expert|experts} answered every "
        "round.",
        rounds=len(rounds), every=len(every),
    )  # fmt: skip


def _sent(page: PanelPage, one: RoundAnalysis) -> list[str]:
    asked = sum(found.described is not None for found in one.items.values())
    return [
        page.t("Round {round}: {sent} forms sent", round=one.round.number, sent=one.round.sent),
        page.t("{count} {count:item|items} to mark", count=asked),
    ]


def _returned(page: PanelPage, one: RoundAnalysis) -> list[str]:
    share = percent(one.positive_coefficient)
    analysed = page.t("{count} analysed", count=one.round.returned)
    return [page.t("{count} returned ({share} %)", count=one.round.returned, share=share), analysed]


def _lost(page: PanelPage, one: RoundAnalysis) -> list[str]:
    came = one.attendance
    told = [page.t("{count} not returned", count=one.round.sent - one.round.returned)]
    for who, template in (
        (came.away, "{count} had answered before"), (came.back, "{count} back after an absence"),
        (came.joined, "{count} joined"), (came.left, "{count} gave up the seat"),
    ):  # fmt: skip
        if who:
            told.append(page.t(template, count=len(who)))
    if one.round.flags:
        told.append(page.t("{count} marked as careless, kept", count=len(one.round.flags)))
    return told


def _changed(page: PanelPage, number: int) -> list[str]:
    """What became of the items before round ``number``."""
    kinds: Counter[str] = Counter(change.kind for change in page.analysis.changes if change.round == number)
    told = [
        page.t("items {kind}: {count}", kind=page.heading(f"ch_{kind}"), count=kinds[kind])
        for kind in KINDS
        if kinds[kind]
    ]
    return told or [page.t("Items unchanged")]


@styled
def figure(page: PanelPage) -> Figure:
    """Two boxes a round from above, sent and returned; beside the arrows what was lost and what was changed."""
    rounds = page.analysis.rounds
    steps = 2 * len(rounds)
    height = STEP * steps + 0.1
    drawn = Figure(figsize=(WIDTH, height))
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.axis("off")
    for place, one in enumerate(rounds):
        top = 0.1 + 2 * place * STEP
        if place:
            _arrow(axes, top - STEP + 0.62, top)
            _beside(axes, top - 0.18, _changed(page, one.round.number))
        _box(axes, top, _sent(page, one), strong=True)
        _arrow(axes, top + 0.62, top + STEP)
        _beside(axes, top + STEP - 0.18, _lost(page, one))
        _box(axes, top + STEP, _returned(page, one))
    return drawn


def _box(axes: Axes, top: float, lines: Sequence[str], strong: bool = False) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (LEFT, top),
            RIGHT - LEFT - 0.3,
            0.6,
            boxstyle="round,pad=0.02",
            linewidth=1.1,
            facecolor="white",
            edgecolor=BLUE if strong else LINE,
        )
    )
    for number, line in enumerate(lines):
        weight = "bold" if strong and not number else "normal"
        axes.text(
            (LEFT + RIGHT - 0.3) / 2, top + 0.19 + 0.25 * number, line, ha="center", va="center", fontsize=9, color=INK,
            fontweight=weight,
        )  # fmt: skip


def _arrow(axes: Axes, top: float, bottom: float) -> None:
    middle = (LEFT + RIGHT - 0.3) / 2
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.0, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (middle, bottom), xytext=(middle, top), arrowprops=style)


def _beside(axes: Axes, middle: float, lines: Sequence[str]) -> None:
    """What left or changed, to the right of an arrow, with a line to it."""
    start = (LEFT + RIGHT - 0.3) / 2
    axes.plot([start, SIDE - 0.08], [middle, middle], color=LINE, linewidth=1.0)
    axes.text(SIDE, middle, "\n".join(lines), ha="left", va="center", fontsize=8.5, color=INK, linespacing=1.25)
