"""What was left of a limit when cases were closed: the window before it and the equal ones around, unit and others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from auditlib.core.message import t
from auditlib.probe.clocks import ClockRows
from auditlib.probe.families import Line
from auditlib.probe.patterns.bunching import window_width
from auditlib.report.audit_page import AuditPage
from auditlib.report.figure import BLUE, INK, LINE, MUTED, ORANGE, drawable, drawn, styled
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.section import Section
from auditlib.report.tables import frame

__all__ = ["section"]

REACH = 5
"""So many windows before and after the limit are drawn."""
PARTS = 2
"""Bars in a window."""
ENOUGH = 100
"""Of fewer closings the others make no line, only noise."""


def section(page: AuditPage) -> Section:
    """The unit and clock with the smallest p-value among all bunching tests, whatever its state."""
    clocks = {clock.name: clock for clock in page.audited.grounds.clocks if clock.rows.height}
    lines = [
        line for line in page.audited.found.lines
        if line.test == "bunching" and line.p is not None and line.clock in clocks
    ]  # fmt: skip
    if not lines:
        return page.said("bunching", page.t("No limit has so many closings around it that its window can be tested."))
    line = min(lines, key=lambda one: (one.p if one.p is not None else 2.0, one.clock, one.unit))
    own, others = _counts(page, clocks[line.clock], line.unit)
    counts = line.observed.counts
    null = line.observed.null
    said = page.t(
        "{unit}, {clock}: {window} closings in the last window before the limit, {before} and {after} in the equal "
        "windows around; by its usual hours {expected} were to be expected (p {p}). Of {lines} tests of this kind it "
        "has the smallest p-value.",
        unit=page.name(line.unit), clock=page.clock(line.clock), window=counts["window"], before=counts["before"],
        after=counts["after"], expected=f"{float(null.expected):.4g}" if null else "—", p=f"{line.p:.2g}",
        lines=len(lines),
    )  # fmt: skip
    return page.drawn("bunching", figure(own, others, page.name(line.unit), page.language), said, _table(page, lines))


def _counts(page: AuditPage, clock: ClockRows, unit: str) -> tuple[np.ndarray, np.ndarray]:
    """Closings of the unit and of the others by what was left, in parts of a window; late ones are negative."""
    width = window_width(clock, page.audited.found.settings)
    left = np.floor(clock.rows["left"].to_numpy() / width * PARTS).astype(int) + REACH * PARTS
    mine = clock.rows["unit"].to_numpy() == unit
    size = 2 * REACH * PARTS
    inside = (left >= 0) & (left < size)
    own = np.bincount(left[inside & mine], minlength=size)
    return own, np.bincount(left[inside & ~mine], minlength=size)


@styled
def figure(own: np.ndarray, others: np.ndarray, name: str, language: str) -> Figure:
    """Bars of the unit, a line of the others brought to its number; time runs to the right, the limit is at nought."""
    canvas, axes = drawn(2.9, left=0.55, right=0.15, top=0.35, bottom=0.5)
    edges = -(np.arange(len(own)) - REACH * PARTS) / PARTS  # what was left, turned round
    for first, colour in ((0, ORANGE), (2, LINE), (-2, LINE)):
        axes.axvspan(-first - 1, -first, color=colour, alpha=0.25 if colour == ORANGE else 0.5, linewidth=0, zorder=1)
    step = 1 / PARTS
    axes.bar(edges - step / 2, own, step * 0.9, color=BLUE, zorder=3, label=drawable(name))
    if others.sum() >= ENOUGH:
        scaled = others * own.sum() / others.sum()
        axes.plot(edges - step / 2, scaled, color=MUTED, linewidth=1.2, zorder=4, label=t("the others", language))
    axes.axvline(0, color=INK, linewidth=1.2, zorder=5)
    axes.annotate(
        t("limit", language), (0, 1), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points",
        ha="center", va="bottom", fontsize=8.5, color=INK, fontweight="bold",
    )  # fmt: skip
    axes.set_xlim(-REACH, REACH)
    axes.set_xlabel(t("windows before (−) and after the limit", language))
    axes.set_ylabel(t("closings", language))
    axes.grid(visible=True, axis="y")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=2, borderaxespad=0)
    return canvas


def _table(page: AuditPage, lines: list[Line]) -> pd.DataFrame:
    rows = [
        (
            page.linked(line.unit), page.clock(line.clock),
            *(str(line.observed.counts[name]) for name in ("window", "before", "after")),
            "" if line.observed.null is None else f"{float(line.observed.null.expected):.4g}", f"{line.p:.2g}",
            f"{line.bh:.2g}",
        )
        for line in sorted(lines, key=lambda one: (one.p or 0.0, one.clock, one.unit))
    ]  # fmt: skip
    columns = ("unit", "clock", "window", "before", "after", "expected", "p", "q")
    return frame(rows, columns, page.language, AUDIT)
