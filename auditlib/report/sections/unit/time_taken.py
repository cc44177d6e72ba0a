"""How long cases took, beside every time limit of the scheme."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.analysis.handling_time import EDGES, Taken, limited_duties
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.exact import Rounding, apart, full_text, round_exact
from auditlib.core.message import t, told
from auditlib.core.numerals import number_text, share_text
from auditlib.report import figure as figures
from auditlib.report.figure import INK, LINE, MUTED, ORANGE
from auditlib.report.headings.unit import UNIT
from auditlib.report.markup import Keyed
from auditlib.report.page import UnitPage
from auditlib.report.pages.fonts import add_fonts
from auditlib.report.phrases import in_one
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame, joined
from auditlib.scheme.duties import Duty
from auditlib.scheme.limit_words import limit_said
from auditlib.scheme.times import MINUTE_US
from auditlib.scoring.result import UnitScore

__all__ = ["TakenRow", "caption", "figure", "section", "table", "untimed_caption"]

IN_TIME = "#9fb9d4"


def section(page: UnitPage) -> Section:
    """How long cases took, beside every time limit of the scheme. Nothing where the scheme counts no cases."""
    if not page.counts_cases:
        return NOTHING
    title = page.t("Time taken and the limits")
    if not page.scored.handling.limits:
        return page.said("taken", title, untimed_caption(page.scored, page.unit, page.language))
    rows = limits_met(page)
    said = caption(rows, page.language)
    if not rows:
        return page.said("taken", title, said)
    said += ("" if page.language == "zh" else " ") + page.t(
        "Late is what is beyond the limit as written, whether or not the readings in use take points for it."
    )
    drawn_figure = figure(rows, page.language)
    spots = _spots(page, drawn_figure.axes[0])
    return page.drawn("taken", title, drawn_figure, said, table(rows, page.language), spots=spots)


def limits_met(page: UnitPage) -> list[TakenRow]:
    """The limits that any case of the unit met, in words, with the clause that each follows."""
    language = page.language
    brackets = "〔{}〕" if language == "zh" else " [{}]"
    return [
        (
            duty.title(language),
            Keyed(limit_words(duty, language) + brackets.format(duty.clause), limit_key(duty)),
            taken,
        )
        for duty, taken in _met(page)
    ]


def _met(page: UnitPage) -> list[tuple[Duty, Taken]]:
    """The duties with a limit that any case of the unit met, with what was taken."""
    handling = page.scored.handling
    pairs = zip(handling.limits, handling.taken.get(page.unit.unit, ()), strict=False)
    return [(duty, taken) for duty, taken in pairs if taken.on_time or taken.late]


def _spots(page: UnitPage, axes: Axes) -> list[figures.Spot]:
    """The rows of limits: each says what it shows, and one that was missed leads to the lines that follow its clause.

    Those lines name their cases. Where no rule has that clause, the row leads to the cases behind lost points, if any.
    """
    listed = bool(page.rules_of("cases"))
    spots = []
    for row, (duty, taken) in enumerate(_met(page)):
        own = next((i.id for i, rule in page.scheme.rules() if rule.clause == duty.clause), None)
        if taken.late and (own is not None or listed):
            href = "#cases" if own is None else f"#lines-{own}"
            told = page.t("{name}: to its lines and cases", name=duty.title(page.language))
        else:
            href, told = "", _in_short(page, duty.title(page.language), taken)
        spots.append(figures.spot(axes, href, told, axes.get_xlim(), (row - 0.5, row + 0.5)))
    return spots


def _in_short(page: UnitPage, title: str, taken: Taken) -> str:
    """What a row shows, in numbers."""
    numbers = {"name": title, "late": taken.late, "count": taken.late + taken.on_time}
    if taken.median_us is None:
        return page.t("{name}: {late} of {count} late", **numbers)
    half, ninth = (_duration(one, page.language) for one in (taken.median_us, taken.ninth_us))
    return page.t(
        "{name}: half of them within {half}, nine in ten within {ninth}; {late} of {count} late",
        half=half, ninth=ninth, **numbers,
    )  # fmt: skip


def limit_words(duty: Duty, language: str) -> str:
    """How long the limits of a duty are: ``30 分钟``, ``3 个工作日``, or set case by case."""
    said = [
        t("set case by case", language) if limit.until or limit.gap else told(limit_said(limit), language)
        for limit in duty.limits
    ]
    return joined(tuple(dict.fromkeys(said)), language)


def limit_key(duty: Duty) -> str:
    """What sorts duties by the first of their limits: microseconds, a working day as a day; else empty."""
    first = duty.limits[0]
    number = getattr(first, first.unit)
    return str(number * LENGTHS_US[first.unit]) if first.unit in LENGTHS_US else ""


TakenRow = tuple[str, str, Taken]
"""What a limit limits, the limit with its clause, and what was taken."""


LAST_WITHIN = (len(EDGES) - 1) // 2

LABEL = 22
"""So many Chinese signs, or twice as many Latin ones, a label has room for."""


HOUR_US, DAY_US = 60 * MINUTE_US, 1440 * MINUTE_US
LENGTHS_US = {
    "minutes": MINUTE_US, "hours": HOUR_US, "days": DAY_US, "working_days": DAY_US, "weeks": 7 * DAY_US,
    "months": 30 * DAY_US,
}  # fmt: skip
"""About how long a unit of limits is, to sort by."""


def untimed_caption(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """Why no figure shows time limits: the ledger lacks what they need, they cannot be drawn, or there are none."""
    if limited_duties(scored.resolved.scheme):
        name = (
            "The scheme sets time limits, but the ledger lacks the cases, or the columns, by which "
            "the time taken could be computed."
        )
    elif any(row.due_at is not None for row in scored.cases.get(unit.unit, ())):
        name = "No duty of the scheme sets a time limit; due times of the ledger are listed."
    else:
        name = "No duty of the scheme sets a time limit that could be computed case by case."
    closed = any(row.closed_at is not None for row in scored.received(unit))
    return in_one(
        [
            t(name, language),
            *([t("How long closing took stands with the calendar of arrivals.", language)] if closed else []),
        ],
        language,
    )


def caption(rows: Sequence[TakenRow], language: str) -> str:
    """How many limits are there, which is missed most often, and which are always kept."""
    cases = sum(taken.late + taken.on_time for _, _, taken in rows)
    if not cases:
        return t("No case of the period was under a limit.", language)
    missed = [
        (Fraction(taken.late, taken.late + taken.on_time), title, taken) for title, _, taken in rows if taken.late
    ]
    kept = [title for title, _, taken in rows if taken.on_time and not taken.late]
    if not missed:
        return t("Every limit was kept ({count} of {count}): no case was late.", language, count=len(rows))
    share, title, worst = max(missed, key=lambda one: one[0])
    tied = [title for part, title, _ in missed if part == share]
    name = (
        "The limit of “{title}”: {late} of {cases} {cases:case|cases} late ({share} %)."
        if len(rows) == 1
        else (
            "Of {count} {count:limit|limits} the one missed most often is “{title}”: {late} of "
            "{cases} {cases:case|cases} late ({share} %)."
        )
        if len(tied) == 1
        else (
            "Of {count} {count:limit|limits} those missed most often are {titles} (each {share} % of its cases late)."
        )
    )
    sentences = [
        t(
            name, language, count=len(rows), title=title, titles=joined(tied, language), late=worst.late,
            cases=worst.late + worst.on_time, share=share_text(share, ""),
        )
    ]  # fmt: skip
    if kept:
        sentences.append(t("Never missed: {titles}.", language, titles=joined(kept, language)))
    still_open = sum(taken.still_open for _, _, taken in rows)
    if still_open:
        sentences.append(
            t("Of the late ones {count} {count:was|were} still open at the as-of time.", language, count=still_open)
        )
    return in_one(sentences, language)


@mpl.rc_context(figures.STYLE)
def figure(rows: Sequence[TakenRow], language: str) -> Figure:
    """A row for each limit: how many cases took which multiple of it, on a logarithmic axis; the limit is the line.

    What lies beyond it is hatched. Each row is scaled to its own highest bar.
    """
    add_fonts()
    labels = [(figures.drawable(title, LABEL), figures.drawable(words, LABEL)) for title, words, _ in rows]
    left = figures.inches((line for label in labels for line in label), 8.5) + 0.14
    counts = [t("late {late}/{count}", language, late=one.late, count=one.late + one.on_time) for *_, one in rows]
    first, after = _used_bins(rows)
    # the axis goes on by 0.16 of what is drawn, in which the counts stand; longer ones need a margin besides
    beside = 0.16 / 1.16 * (figures.WIDTH - left - 0.08)
    right = 0.08 + max(0.0, figures.inches(counts, 8.5) + 0.06 - beside)
    figure, axes = figures.drawn(0.8 + 0.56 * len(rows), left=left, right=right, top=0.28, bottom=0.5)
    for row, (_, _, taken) in enumerate(rows):
        _histogram(axes, row, taken)
        axes.annotate(
            counts[row], (after, row), xytext=(4, 8), textcoords="offset points", ha="left", va="center", fontsize=8.5,
            color=ORANGE if taken.late else MUTED, fontweight="bold" if taken.late else "normal", annotation_clip=False,
        )  # fmt: skip
    axes.axvline(LAST_WITHIN, color=INK, linewidth=1.2, zorder=4)
    axes.annotate(
        t("limit", language), (LAST_WITHIN, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
        textcoords="offset points", ha="center", va="bottom", fontsize=8.5, color=INK, fontweight="bold",
    )  # fmt: skip
    axes.set_ylim(len(rows) - 0.55, -0.62)
    axes.set_xlim(first, after + 0.16 * (after - first))
    axes.set_yticks(range(len(rows)), ["\n".join(label) for label in labels], linespacing=1.3)
    axes.tick_params(axis="y", labelsize=8.5)
    ticks = [at for at in range(0, len(EDGES), 2) if first <= at <= after]
    axes.set_xticks(ticks, [_multiple(at, language) for at in ticks])
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(t("multiple of the limit (logarithmic; each row scaled to its highest bar)", language))
    return figure


def _used_bins(rows: Sequence[TakenRow]) -> tuple[int, int]:
    """The bins to show: those that hold cases, from a quarter to four times the limit in any case."""
    used = [at for _, _, taken in rows for at in range(len(taken.within)) if taken.within[at] or taken.over[at]]
    first, last = min([*used, LAST_WITHIN - 4]), max([*used, LAST_WITHIN + 3])
    return first - first % 2, last + 1 + (last + 1) % 2


def _histogram(axes: Axes, row: int, taken: Taken) -> None:
    tallest = max((*taken.within, *taken.over, 1))
    base = row + 0.36
    for counts, colour, hatch in ((taken.within, IN_TIME, ""), (taken.over, ORANGE, "////")):
        filled = [
            (at + 0.05, base, at + 0.95, base - 0.72 * count / tallest) for at, count in enumerate(counts) if count
        ]
        figures.boxes(axes, filled, colour, hatch=hatch)
    axes.plot([0, len(EDGES) - 1], [base, base], color=LINE, linewidth=0.8, zorder=2)


def _multiple(at: int, language: str) -> str:
    edge = EDGES[at]
    if edge < 1:
        return f"1/{edge.denominator}"
    return t("{number}×", language, number=edge.numerator)


def table(rows: Sequence[TakenRow], language: str) -> pd.DataFrame:
    """The limits with how many cases kept and missed each, and how long the finished ones took."""
    found = []
    for title, words, taken in rows:
        found.append(
            (title, words, str(taken.on_time + taken.late), str(taken.on_time), str(taken.late), str(taken.still_open),
             str(taken.waiting), _duration(taken.median_us, language), _duration(taken.ninth_us, language))
        )  # fmt: skip
    columns = ("limited", "limit", "count", "on_time", "late", "still_open", "waiting", "median_taken", "ninth_taken")
    return frame(found, columns, language, UNIT)


def _duration(us: Fraction | int | None, language: str) -> str | None:
    """A time in the largest unit that it fills twice, to one decimal."""
    if us is None:
        return None
    time = Fraction(us)
    larger = [(name, size) for name, size in (("{number} d", DAY_US), ("{number} h", HOUR_US)) if abs(time) >= 2 * size]
    name, size = larger[0] if larger else ("{number} min", MINUTE_US)
    rounding = apart(time / size, (Fraction(0),), Rounding(1)) or Rounding(1)
    text = t(name, language, number=number_text(time / size, rounding))
    return Keyed(text, full_text(round_exact(time, Rounding(0))))
