"""One case in the order of time: what happened, which clocks ran, and the days of rest between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.analysis.timeline import ClockRun, clock_runs, moment_text, timeline
from auditlib.core.message import told
from auditlib.report.duty_page import DutyPage
from auditlib.report.figure import BLUE, INK, LINE, MUTED, ORANGE, PALE, drawable, drawn, inches, styled
from auditlib.report.headings.duty import DUTY
from auditlib.report.section import NOTHING, Section, joined_sections
from auditlib.report.tables import frame
from auditlib.scoring.duties.statuses import STATUSES

__all__ = ["figure", "section"]

MOST = 40
"""So many clocks are drawn."""
LONGEST = 400
"""Over more days the shade of a weekend is no wider than a line."""


def section(page: DutyPage) -> Section:
    """Every clock as a bar over shaded days of rest, then everything that happened; nothing where it is of no case."""
    if page.view.case is None:
        return NOTHING
    rows = [
        (moment_text(entry.at, day=entry.day), told(entry.what, page.language), entry.evidence)
        for entry in timeline(page.view)
    ]  # fmt: skip
    listed = page.tabled("timeline", frame(rows, ("when", "happened", "evidence"), page.language, DUTY))
    runs = clock_runs(page.view)
    if not runs:
        return joined_sections(page.said("clocks", page.t("No clock ran in this case.")), listed)
    done = sum(run.done is not None for run in runs)
    said = page.t(
        "{count} {count:clock|clocks} ran in this case, {done} stopped by an act.", count=len(runs), done=done
    )
    if len(runs) > MOST:
        said += ("" if page.language == "zh" else " ") + page.t("The first {count} are drawn.", count=MOST)
    return joined_sections(page.drawn("clocks", figure(page, runs[:MOST]), said), listed)


@styled
def figure(page: DutyPage, runs: Sequence[ClockRun]) -> Figure:
    """A row a clock: its limit as a bar, what an extension added paler, what is beyond it of another colour; one
    without a number hatched, as long as it has run; a mark where it was done. Days of rest are shaded."""
    labels = [drawable(told(run.title, page.language), 14) for run in runs]
    words = [STATUSES[run.status](page.language) for run in runs]
    left, right = inches(labels, 9) + 0.2, inches(words, 8.5) + 0.2
    canvas, axes = drawn(0.75 + 0.34 * len(runs), left=left, right=right, top=0.12, bottom=0.55)
    first, last = _ends(page, runs)
    span = max(last - first, timedelta(hours=1))
    axes.set_xlim(_at(first - 0.03 * span), _at(last + 0.05 * span))
    _shade_rest(page, axes, first, last + 0.05 * span)
    for row, (run, word) in enumerate(zip(runs, words, strict=True)):
        _clock(axes, row, run, page.compliance.as_of)
        bad = run.status in ("late", "missed")
        axes.annotate(
            word, (1, row), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
            va="center", ha="left", fontsize=8.5, color=ORANGE if bad else MUTED,
            fontweight="bold" if bad else "normal", annotation_clip=False,
        )  # fmt: skip
    axes.set_ylim(len(runs) - 0.4, -0.6)
    axes.set_yticks(range(len(runs)), labels)
    ticks = _ticks(first, last)
    form = "%m-%d" if span > timedelta(days=2) else "%m-%d %H:%M"
    axes.set_xticks([_at(tick) for tick in ticks], [tick.strftime(form) for tick in ticks])
    axes.tick_params(axis="x", labelsize=8)
    axes.spines["left"].set_visible(False)
    return canvas


def _at(moment: datetime) -> float:
    """A moment as a place on the axis, in days; nothing is decided by it."""
    return (moment - datetime(1970, 1, 1)) / timedelta(days=1)


def _ends(page: DutyPage, runs: Sequence[ClockRun]) -> tuple[datetime, datetime]:
    moments = [moment for run in runs for moment in (run.start, run.too_late, run.done) if moment is not None]
    waits = any(run.status == "missed" or (run.too_late is None and run.done is None) for run in runs)
    return min(moments), max([*moments, page.compliance.as_of] if waits else moments)


def _ticks(first: datetime, last: datetime) -> list[datetime]:
    """Midnights, or full hours of a short time, at most nine."""
    unit = timedelta(days=1) if last - first > timedelta(days=2) else timedelta(hours=1)
    start = first.replace(minute=0, second=0, microsecond=0)
    start = start.replace(hour=0) if unit.days else start
    step = max(1, -(-((last - start) // unit + 1) // 8))
    ticks = [start + number * step * unit for number in range(10)]
    return [tick for tick in ticks if first - 0.03 * (last - first) <= tick <= last + 0.05 * (last - first)]


def _clock(axes: Axes, row: int, run: ClockRun, now: datetime) -> None:
    due = run.too_late
    if due is None:  # a word without a number: how long it has run, and no end
        _bar(axes, row, run.start, run.done or now, PALE, hatch="////")
    else:
        planned = min(run.first_due or due, due)
        _bar(axes, row, run.start, planned, BLUE)
        _bar(axes, row, planned, due, PALE)
        if run.status in ("late", "missed"):
            _bar(axes, row, due, run.done or now, ORANGE)
    if run.done is not None:
        axes.plot([_at(run.done)], [row], marker="D", markersize=5, color=INK, zorder=5)


def _bar(axes: Axes, row: int, start: datetime, end: datetime, colour: str, hatch: str | None = None) -> None:
    if end > start:
        axes.barh(
            row, _at(end) - _at(start), 0.5, left=_at(start), color=colour, hatch=hatch, edgecolor="white",
            linewidth=0, zorder=3,
        )  # fmt: skip


def _shade_rest(page: DutyPage, axes: Axes, first: datetime, last: datetime) -> None:
    """Grey where nobody works, by the scheme's calendar; without one, or beyond its days, nothing is shaded."""
    calendar = page.view.calendar
    if calendar is None or (last - first).days > LONGEST:
        return
    day: date = first.date()
    while day <= last.date():
        if calendar.first <= day <= calendar.last and not calendar.worked[(day - calendar.first).days]:
            begin = _at(datetime.combine(day, datetime.min.time()))
            axes.axvspan(begin, begin + 1, color=LINE, alpha=0.45, linewidth=0, zorder=1)
        day += timedelta(days=1)
