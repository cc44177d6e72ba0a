"""Closings by day and time of day: what was closed together stands out."""

from __future__ import annotations

from datetime import date

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.figure import Figure

from auditlib.core.message import t
from auditlib.report.audit_page import AuditPage
from auditlib.report.figure import ORANGE, drawn, styled
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.section import Section
from auditlib.report.tables import frame

__all__ = ["section"]

PART = 15
"""Minutes in a cell of the figure."""
YEAR = 366
"""Within so many days a day and its month tell which day is meant."""
LISTED = 50
NEARLY_ALL = 0.99
"""So many closings are drawn, in whole days: single ones come years later and would leave the others no room."""


def section(page: AuditPage) -> Section:
    """Days across, the time of day down; minutes in which a unit closed many cases are ringed and listed."""
    grounds, least = page.audited.grounds, page.audited.found.settings.batch
    if not grounds.has("closed_at"):
        return page.said("batches", page.t("The register has no time of closing."))
    closed = grounds.with_late().filter(pl.col("closed_at").is_not_null())
    minutes = (
        closed.group_by("unit", pl.col("closed_at").dt.truncate("1m").alias("minute"))
        .agg(pl.len().alias("cases"), pl.col("late").sum(), pl.col("case_id").sort())
        .filter(pl.col("cases") >= least)
        .sort("cases", "minute", "unit", descending=[True, False, False])
    )
    count, cases = minutes.height, int(minutes["cases"].sum())
    said = page.t(
        "In {count} {count:minute|minutes} one unit closed {least} or more, {cases} in all, {late} of them late; all "
        "units together closed {closed}.",
        count=count, least=least, cases=cases, late=int(minutes["late"].sum()), closed=closed.height,
    ) if count else page.t(
        "In no minute did one unit close {least} {least:case|cases}; all units together closed {closed}.",
        least=least, closed=closed.height,
    )  # fmt: skip
    rows = [
        (page.linked(unit), minute.isoformat(" ", "minutes"), str(number), str(late), tuple(ids))
        for unit, minute, number, late, ids in minutes.head(LISTED).iter_rows()
    ]
    table = frame(rows, ("unit", "minute", "cases_of", "late", "cases"), page.language, AUDIT)
    last = closed["closed_at"].quantile(NEARLY_ALL, "higher")
    drawn_ = closed["closed_at"].filter(closed["closed_at"].dt.date() <= last.date())  # type: ignore[union-attr]
    if beyond := closed.height - drawn_.len():
        said += ("" if page.language == "zh" else " ") + page.t(
            "{count} later {count:closing is|closings are} not drawn.", count=beyond
        )
    marks = [
        (minute, number)
        for _, minute, number, *_ in minutes.iter_rows()
        if minute.date() <= last.date()  # type: ignore[union-attr]
    ]
    return page.drawn("batches", figure(drawn_, marks, page.language), said, table)


@styled
def figure(closed: pl.Series, marks: list[tuple[object, int]], language: str) -> Figure:
    """A cell a quarter of an hour, the darker the more closings; a ring around each minute with a batch."""
    canvas, axes = drawn(3.2, left=0.55, right=0.15, top=0.1, bottom=0.45)
    first, last = closed.min().date(), closed.max().date()  # type: ignore[union-attr]
    days = (last - first).days + 1
    cells = pl.DataFrame({"at": closed}).select(
        day=(pl.col("at").dt.date() - first).dt.total_days(),
        part=(pl.col("at").dt.hour().cast(pl.Int64) * 60 + pl.col("at").dt.minute()) // PART,
    )
    table = cells.group_by("day", "part").len()
    grid = np.zeros((24 * 60 // PART, days))
    grid[table["part"].to_numpy(), table["day"].to_numpy()] = table["len"].to_numpy()
    shown = np.ma.masked_equal(grid, 0)
    axes.imshow(
        shown, aspect="auto", cmap="Blues", norm=mpl.colors.LogNorm(vmin=0.5, vmax=max(2.0, float(grid.max()))),
        extent=(0, days, 24, 0), interpolation="nearest",
    )  # fmt: skip
    for minute, number in marks:
        day = (minute.date() - first).days + 0.5  # type: ignore[attr-defined]
        hour = minute.hour + minute.minute / 60  # type: ignore[attr-defined]
        size = 5 + 2 * number**0.5
        axes.plot(day, hour, "o", markersize=size, markerfacecolor="none", markeredgecolor=ORANGE, markeredgewidth=1.2,
                  clip_on=False)  # fmt: skip
    axes.set_yticks(range(0, 25, 4))
    axes.set_ylabel(t("hour", language))
    ticks = np.unique(np.linspace(0, days - 1, min(days, 8)).astype(int))
    form = "%m-%d" if days <= YEAR else "%Y-%m-%d"
    labels = [date.fromordinal(first.toordinal() + int(tick)).strftime(form) for tick in ticks]
    axes.set_xticks(ticks + 0.5, labels)
    return canvas
