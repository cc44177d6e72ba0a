"""What still has to be done: by days left, those that are over first."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from auditlib.analysis.timeline import moment_text
from auditlib.report.duty_page import DutyPage
from auditlib.report.duty_rows import SHOWN
from auditlib.report.headings.duty import DUTY
from auditlib.report.markup import Keyed
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame
from auditlib.scheme.duty_clock import MOMENT

__all__ = ["section"]


def section(page: DutyPage) -> Section:
    """Every instance that is missed or running, with the days left or over as of the report; nothing on the page of
    a case."""
    if page.view.case is not None:
        return NOTHING
    open_ones = page.compliance.instances.filter(
        pl.col("status").is_in(["missed", "running"]) & pl.col("too_late").is_not_null()
    ).sort("too_late", "unit", "case", "key")
    if open_ones.is_empty():
        return page.said("overdue", page.t("Nothing that has a limit is left to be done."))
    over = open_ones.filter(pl.col("status") == "missed").height
    note = page.t(
        "{over} over the limit and not done, {running} within it. Days are counted from {as_of}.",
        over=over, running=open_ones.height - over, as_of=page.compliance.as_of.isoformat(" ", "minutes"),
    )  # fmt: skip
    if open_ones.height > SHOWN:
        note += page.t(" The first {count} are shown; `auditlib duties --format xlsx` lists all.", count=SHOWN)
    rows = []
    for row in open_ones.head(SHOWN).iter_rows(named=True):
        last, duty = row["too_late"] - MOMENT, page.duty(row["duty"])
        left = _days_left(page.compliance.as_of, last)
        rows.append((
            row["case"], page.name(row["unit"]), duty.title(page.language), duty.clause,
            moment_text(last, day=not row["by_the_clock"]), Keyed(f"{left:+d}".replace("-", "−"), str(left)),
        ))  # fmt: skip
    columns = ("case", "unit", "duty", "clause", "due", "left")
    return page.tabled("overdue", frame(rows, columns, page.language, DUTY), note)


def _days_left(now: datetime, last: datetime) -> int:
    return (last.date() - now.date()).days
