"""Closings by hour and weekday, with the office hours outlined."""

from __future__ import annotations

import numpy as np
import polars as pl
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from auditlib.core.message import t
from auditlib.core.numerals import share_text
from auditlib.probe.clocks import hour_cells
from auditlib.report.audit_page import AuditPage
from auditlib.report.figure import INK, drawn, styled
from auditlib.report.section import Section

__all__ = ["section"]

DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "rest day",
)  # fmt: skip
WORKED = 5


def section(page: AuditPage) -> Section:
    """How the closings of all units lie in the week; calendar rest days are a row of their own."""
    from fractions import Fraction

    import pandas as pd

    grounds, settings = page.audited.grounds, page.audited.found.settings
    if not grounds.has("closed_at"):
        return page.said("hours", page.t("The register has no time of closing."))
    times = grounds.cases["closed_at"].drop_nulls().cast(pl.Datetime("us")).cast(pl.Int64).to_numpy()
    cells = np.bincount(hour_cells(times, grounds.calendar), minlength=192).reshape(8, 24)
    rows = 8 if grounds.calendar is not None else 7
    start, end = (one.hour + one.minute / 60 for one in (settings.office_from, settings.office_to))
    minute = times // 60_000_000 % 1440
    office = (minute >= start * 60) & (minute < end * 60)
    worked = hour_cells(times, grounds.calendar) // 24 < (WORKED if grounds.calendar is None else 7)
    inside = int((office & worked).sum())
    share = share_text(Fraction(inside, len(times)), "\N{NO-BREAK SPACE}%")
    said = page.t(
        "{inside} of {count} closings ({share}) lie within the office hours of working days, from {start} to {end}.",
        inside=inside, count=len(times), share=share, start=settings.office_from.isoformat("minutes"),
        end=settings.office_to.isoformat("minutes"),
    )  # fmt: skip
    names = [page.t(day) for day in DAYS[:rows]]
    table = pd.DataFrame(
        [[f"{hour}:00", *(str(int(n)) if n else "" for n in cells[:rows, hour])] for hour in range(24)],
        columns=[page.t("Hour"), *names], dtype=object,
    )  # fmt: skip
    return page.drawn("hours", figure(cells[:rows], names, (start, end), page.language), said, table)


@styled
def figure(cells: np.ndarray, names: list[str], office: tuple[float, float], language: str) -> Figure:
    """Days down, hours across, the darker the more closings."""
    canvas, axes = drawn(0.6 + 0.28 * len(names), left=0.85, right=0.15, top=0.1, bottom=0.45)
    axes.imshow(cells, aspect="auto", cmap="Blues", extent=(0, 24, len(names), 0), interpolation="nearest", vmin=0)
    worked = WORKED if len(names) == 7 else 7
    axes.add_patch(
        Rectangle((office[0], 0), office[1] - office[0], worked, fill=False, edgecolor=INK, linewidth=1.2, zorder=4)
    )
    axes.set_yticks([row + 0.5 for row in range(len(names))], names)
    axes.set_xticks(range(0, 25, 4))
    axes.set_xlabel(t("hour", language))
    return canvas
