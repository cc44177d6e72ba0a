"""What missing ratings could hide: a rate of each unit if all of them were bad, and if all were good.

The rates are those of the scheme, beside the lines at which its points change; where it has none that hangs on ratings,
the share of ratings that are not bad.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from matplotlib.figure import Figure

from auditlib.analysis.quantity_texts import quantity_text
from auditlib.chance.tables import percent
from auditlib.core.exact import exact
from auditlib.probe.families import Line
from auditlib.probe.rate_bounds import RateBounds
from auditlib.report.audit_page import AuditPage
from auditlib.report.figure import BLUE, INK, NARROW, PALE, both_ends, drawable, drawn, inches, styled
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.section import NOTHING, Section, figure_section, joined_sections
from auditlib.report.tables import frame

__all__ = ["section"]


@dataclass(frozen=True)
class RateBar:
    """A unit as it is drawn: its name, the ends of its bar, and where its ratings as they are lie, if it has any."""

    name: str
    low: Fraction
    as_rated: Fraction | None
    high: Fraction


def section(page: AuditPage) -> Section:
    """A figure a rate, with a bar a unit, from the least to the greatest that is possible. Nothing without ratings."""
    lines = [line for line in page.audited.found.lines if line.test == "nonresponse" and _bounded(line)]
    if page.audited.bounds:
        counts = {line.unit: line.observed.counts for line in lines}
        return joined_sections(*(_of_rate(page, one, counts) for one in page.audited.bounds))
    return _of_shares(page, lines) if lines else NOTHING


def _bounded(line: Line) -> bool:
    return "not_dissatisfied" in line.observed.more


def _of_rate(page: AuditPage, found: RateBounds, counts: Mapping[str, Mapping[str, object]]) -> Section:
    """A rate of the scheme, in its own unit, with its lines; the table names those that a unit's bar crosses."""
    scheme, language = page.audited.resolved.scheme, page.language
    times = 100 if scheme.is_percent(found.id) else 1
    result = page.audited.scored.result

    def text(value: Fraction | None, unit: str = "") -> str:
        if value is None:
            return ""
        return quantity_text(page.audited.resolved, found.id, value, result.rounding_of(unit, found.id), language)

    rows = [
        (page.linked(one.unit), *(str(counts.get(one.unit, {}).get(name, "")) for name in ("closed", "unrated")),
         *(text(value, one.unit) for value in (one.low, one.as_rated, one.high)), ", ".join(map(text, one.crossed)))
        for one in found.units
    ]  # fmt: skip
    widest = max(found.units, key=lambda one: one.high - one.low)
    crossing = sum(bool(one.crossed) for one in found.units)
    title = found.title(language)
    said = page.t(
        "If every missing rating were bad, or every one good: the widest bar of {title} is that of {unit}, from {low} "
        "to {high}.",
        title=title, unit=page.name(widest.unit), low=text(widest.low, widest.unit),
        high=text(widest.high, widest.unit),
    )  # fmt: skip
    if found.lines:
        told = ", ".join(map(text, found.lines))
        said += ("" if language == "zh" else " ") + page.t(
            "The lines of the scheme are at {lines}; of {crossing} {crossing:unit|units} out of {units} nobody can say "
            "on which side of a line they stand.",
            lines=told, crossing=crossing, units=len(found.units),
        )  # fmt: skip
    columns = ("unit", "closed", "unrated", "least", "without_them", "greatest", "crossed")
    bars = [_bar(page, one.unit, times, one.low, one.as_rated, one.high) for one in found.units]
    marks = [(text(line), times * line) for line in found.lines]
    drawing = figure(bars, marks, f"{title} (%)" if times == 100 else title, _ends(bars, marks))
    table = frame(rows, columns, language, AUDIT)
    return figure_section("bounds", page.t(AUDIT["bounds"]), drawing, said, table, language)


def _bar(page: AuditPage, unit: str, times: int, low: Fraction, as_rated: Fraction | None, high: Fraction) -> RateBar:
    return RateBar(page.name(unit), times * low, None if as_rated is None else times * as_rated, times * high)


def _of_shares(page: AuditPage, lines: Sequence[Line]) -> Section:
    """The share of ratings that are not bad, of which the scheme says nothing."""
    bars, rows = [], []
    for line in sorted(lines, key=lambda one: one.unit):
        own, counts = line.observed.more["not_dissatisfied"], line.observed.counts
        assert isinstance(own, dict)
        low, high = exact(own["worst"]), exact(own["best"])
        rated = None if own["as_rated"] is None else exact(own["as_rated"])
        bars.append(_bar(page, line.unit, 100, low, rated, high))
        rows.append(
            (page.linked(line.unit), str(counts["closed"]), str(counts["unrated"]), percent(float(low)),
             "" if rated is None else percent(float(rated)), percent(float(high)))
        )  # fmt: skip
    widest = max(bars, key=lambda one: one.high - one.low)
    said = page.t(
        "If every missing rating were bad, or every one good: the widest bar is that of {unit}, from {worst} to "
        "{best} %. Within its bar nobody can say where a unit stands.",
        unit=widest.name, worst=percent(float(widest.low / 100)), best=percent(float(widest.high / 100)),
    )  # fmt: skip
    columns = ("unit", "closed", "unrated", "worst", "as_rated", "best")
    drawing = figure(bars, [], page.t("not dissatisfied (%)"), (0, 102))
    return page.drawn("bounds", drawing, said, frame(rows, columns, page.language, AUDIT))


def _ends(bars: Sequence[RateBar], marks: Sequence[tuple[str, Fraction]]) -> tuple[float, float]:
    """From a little below all bars and lines to a little above: a bar is what lies between its ends, no length."""
    values = [float(one) for bar in bars for one in (bar.low, bar.high)] + [float(one) for _, one in marks]
    room = 0.06 * (max(values) - min(values) or 1.0)
    return min(values) - room, max(values) + room


@styled
def figure(
    bars: Sequence[RateBar], marks: Sequence[tuple[str, Fraction]], label: str, ends: tuple[float, float]
) -> Figure:
    """A bar a unit, with a mark where its ratings lie as they were given, and the lines of the scheme across."""
    shown = both_ends(bars)
    labels = [drawable(one.name, 12) for one in shown]
    left = inches(labels, 9) + 0.2
    canvas, axes = drawn(0.75 + 0.27 * len(shown), left=left, right=0.2, top=0.25, bottom=0.45, width=NARROW)
    for row, one in enumerate(shown):
        axes.barh(row, float(one.high - one.low), 0.5, left=float(one.low), color=PALE)
        if one.as_rated is not None:
            axes.plot(float(one.as_rated), row, "D", markersize=6, color=BLUE, markeredgecolor="white", zorder=3)
    for text, line in marks:
        axes.axvline(float(line), color=INK, linewidth=1.2, linestyle="--", zorder=2)
        axes.annotate(
            text, (float(line), 1), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points",
            ha="center", va="bottom", fontsize=8.5, color=INK, fontweight="bold",
        )  # fmt: skip
    axes.set_xlim(*ends)
    axes.set_yticks(range(len(shown)), labels)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel(drawable(label, 40))
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    return canvas
