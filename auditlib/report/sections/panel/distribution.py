"""Who gave which mark, as a figure and as counts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from auditlib.core.numerals import plain
from auditlib.delphi.result import ItemAnalysis
from auditlib.report.figure import BLUE, INK, ORANGE, drawable, styled
from auditlib.report.panel_figure import ROW, row_names, upright
from auditlib.report.panel_page import PanelPage, even_parts, pages
from auditlib.report.paper_table import PaperTable, fixed
from auditlib.report.section import Section, joined_sections

__all__ = ["bands", "caption", "figure", "section", "table"]

LIGHT_BLUE, LIGHT_ORANGE, MIDDLE = "#bcd3ea", "#f3cdb5", "#e3e6e9"
MOST_BANDS, BINS = 11, 5
SMALLEST_LABELLED = 0.035
LEGEND_LINE = 70
"""How many letters (a Chinese character counts as two) fit on one line of a legend."""


def section(page: PanelPage) -> Section:
    """Who gave which mark, as a figure and as counts."""
    if page.unmarked:
        return page.tabled("distribution", {}, [page.unmarked])
    said = caption(page)
    drawn = [figure(page, part) for part in pages(page.marked)]
    shown = [page.drawn("distribution", one, said, part) for part, one in enumerate(drawn, start=1)]
    return joined_sections(*shown, page.tabled("", {"counts": table(page)}))


def caption(page: PanelPage) -> str:
    """On which item the experts differ least and most, and how many marks are missing."""
    asked = page.marked
    known = [
        (found.described.cv, found.item.id) for found in asked if found.described and found.described.cv is not None
    ]
    blank = len(asked) * page.one.round.returned - sum(f.described.n for f in asked if f.described)
    missing = page.t(" Marks that were not given: {count}.", count=blank) if blank else ""
    if not known:
        return page.t(
            "Experts by the mark they gave to each of {of} {of:item|items}; no CV is defined.{blank}",
            of=len(asked),
            blank=missing,
        )
    least, most = min(known, key=lambda one: one[0]), max(known, key=lambda one: one[0])
    return page.t(
        "Experts by the mark they gave to each of {of} {of:item|items}: low marks hatched and to "
        "the left, high ones to the right, the middle one centred. They differ least on "
        '"{least}" (CV {least_cv}) and most on "{most}" (CV {most_cv}).{blank}',
        of=len(asked),
        blank=missing,
        least=page.name(least[1]),
        least_cv=fixed(least[0], 3),
        most=page.name(most[1]),
        most_cv=fixed(most[0], 3),
    )


@styled
def figure(page: PanelPage, items: Sequence[ItemAnalysis]) -> Figure:
    """A bar for each item, cut by the mark given: low marks left of the middle of the scale, high ones right of it."""
    parts = bands(page)
    fills = _fills(len(parts))
    figure = upright(1.25 + ROW * len(items))
    axes = figure.add_subplot()
    axes.grid(visible=True, axis="x")
    for row, found in enumerate(items):
        marks = [page.one.round.marks.get((expert, found.item.id)) for expert in page.one.round.experts]
        counts = [sum(mark in part for mark in marks) for _, part in parts]
        answered = sum(counts)
        if answered:
            _bar(axes, row, [100 * count / answered for count in counts], counts, fills)
    axes.axvline(0, color=INK, linewidth=0.8, zorder=0)
    axes.set_xlim(-100, 100)
    axes.set_xticks(range(-100, 101, 25), [str(abs(tick)) for tick in range(-100, 101, 25)])
    axes.set_xlabel(page.t("Share of the experts who answered (%)"))
    row_names(axes, page, items)
    handles = [
        mpl.patches.Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.6, label=drawable(label, 14))
        for (label, _), (colour, hatch, _) in zip(parts, fills, strict=True)
    ]
    columns = min(len(handles), 6) if sum(len(label.encode("gb18030")) for label, _ in parts) < LEGEND_LINE else 3
    figure.legend(handles=handles, loc="outside upper center", ncols=columns, handlelength=1.5, columnspacing=1.1)
    return figure


def _fills(count: int) -> list[tuple[str, str | None, str]]:
    """Colour, hatch and colour of the figures for each band: orange and hatched below the middle, blue above."""
    half = count // 2
    low = LinearSegmentedColormap.from_list("low", [ORANGE, LIGHT_ORANGE])
    high = LinearSegmentedColormap.from_list("high", [LIGHT_BLUE, BLUE])

    def shade(colours: LinearSegmentedColormap, place: int) -> str:
        return mpl.colors.to_hex(colours(place / (half - 1) if half > 1 else 0.5))

    fills: list[tuple[str, str | None, str]] = [
        (shade(low, place), "////", "white" if half > 1 and place == 0 else INK) for place in range(half)
    ]
    if count % 2:
        fills.append((MIDDLE, None, INK))
    return fills + [
        (shade(high, place), None, "white" if half > 1 and place == half - 1 else INK) for place in range(half)
    ]


def _bar(
    axes: Axes, row: int, shares: Sequence[float], counts: Sequence[int], fills: Sequence[tuple[str, str | None, str]]
) -> None:
    half = len(shares) // 2
    left = -sum(shares[:half]) - (shares[half] / 2 if len(shares) % 2 else 0)
    for share, count, (colour, hatch, ink) in zip(shares, counts, fills, strict=True):
        if not count:
            continue
        axes.barh(row, share, left=left, height=0.7, color=colour, hatch=hatch, edgecolor="white", linewidth=0.6)
        if share / 200 >= SMALLEST_LABELLED * (0.5 if count < 10 else 0.75):
            box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if hatch else None
            axes.text(left + share / 2, row, str(count), ha="center", va="center", fontsize=7.5, color=ink, bbox=box)
        left += share


def table(page: PanelPage) -> PaperTable:
    """How many experts gave each mark, and how many gave none."""
    parts = bands(page)
    rows = []
    for name, found in page.one.items.items():
        if found.described is not None:
            given = [page.one.round.marks.get((expert, name)) for expert in page.one.round.experts]
            rows.append(
                [page.name(name), *(str(sum(m in part for m in given)) for _, part in parts), str(given.count(None))]
            )
    heads = [page.t("Item"), *(label for label, _ in parts), page.t("No answer")]
    kinds = page.depths(page.marked)
    return PaperTable(pd.DataFrame(rows, columns=heads, dtype=object), tuple(heads[1:]), kinds)


def bands(page: PanelPage) -> list[tuple[str, frozenset[Fraction]]]:
    """The marks of the scale, lowest first, with their words; a scale of many marks in five ranges."""
    scale = page.declared.scale
    largest = max(page.declared.siblings_of(page.number).values(), default=1)
    marks = scale.choices(largest) if scale.kind == "ranking" else scale.marks
    if len(marks) <= MOST_BANDS and all(mark in marks for mark in page.one.round.marks.values()):
        return [(_mark_words(page, mark), frozenset([mark])) for mark in marks]
    if scale.kind == "ranking":  # middle ranks, or more than there are bands for
        marks = tuple(sorted(set(page.one.round.marks.values())))
        if len(marks) <= MOST_BANDS:
            return [(_mark_words(page, mark), frozenset([mark])) for mark in marks]
    return [
        (page.t("{low}–{high}", low=plain(part[0]), high=plain(part[-1])), frozenset(part))
        for part in even_parts(marks, BINS)
    ]


def _mark_words(page: PanelPage, mark: Fraction) -> str:
    scale = page.declared.scale
    mark = scale.shown(mark, 0) if scale.kind == "marks" else mark
    label = scale.labels.get(mark)
    if label is None:
        return page.t("{mark}", mark=plain(mark))
    return page.t("{mark} {label}", mark=plain(mark), label=label(page.language))
