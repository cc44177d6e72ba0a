"""Every instance that was late or missed, by how much, on what evidence; of one case every duty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import polars as pl

from auditlib.analysis.timeline import moment_text
from auditlib.report.duty_page import DutyPage
from auditlib.report.duty_rows import SHOWN, evidence_keys
from auditlib.report.headings.duty import DUTY
from auditlib.report.markup import Keyed, Stack
from auditlib.report.section import Section
from auditlib.report.tables import frame
from auditlib.scheme.duty_clock import MOMENT
from auditlib.scoring.duties.statuses import STATUSES

__all__ = ["section"]


def section(page: DutyPage) -> Section:
    """Late and missed instances, the latest first, those of soft limits marked; of one case all that apply."""
    if page.view.case is not None:
        own = page.compliance.instances.filter(pl.col("status") != "not_applicable")
        return page.tabled("all", _listed(page, own), kind="breaches")
    found = page.compliance.instances.filter(pl.col("status").is_in(["late", "missed"]))
    if found.is_empty():
        return page.said("breaches", page.t("Nothing was late and nothing was missed."))
    found = found.sort("late_minutes", "unit", "case", "key", descending=[True, False, False, False], nulls_last=True)
    note = page.t("{count} {count:instance|instances}, those that are over by most first.", count=found.height)
    if found.height > SHOWN:
        note += page.t(" The first {count} are shown; `auditlib duties --format xlsx` lists all.", count=SHOWN)
    return page.tabled("breaches", _listed(page, found.head(SHOWN)), note, kind="breaches")


def _listed(page: DutyPage, instances: pl.DataFrame) -> pd.DataFrame:
    rows = []
    for row in instances.iter_rows(named=True):
        duty = page.duty(row["duty"])
        rows.append((
            Stack(row["case"] or row["key"], (page.name(row["unit"]),)),
            Stack(duty.title(page.language), (duty.clause,)), _status(page, row), _moments(page, row),
            _late(page, row), evidence_keys(row, duty.of),
        ))  # fmt: skip
    return frame(rows, ("case", "duty", "status", "due", "late", "evidence"), page.language, DUTY)


def _status(page: DutyPage, row: Mapping[str, Any]) -> Stack:
    """The status, what was not done or is not recorded, and whether the limit is one as a rule only."""
    said = STATUSES[row["status"]](page.language)
    lacks = page.facts([*(row["missing"] or ()), *(row["lacking"] or ())])
    return Stack(said, tuple(filter(None, [lacks, page.t("as a rule only") if row["soft"] else ""])))


def _moments(page: DutyPage, row: Mapping[str, Any]) -> Stack | str:
    """When the limit ended, and when it was done."""
    done = page.t("done {when}", when=row["done"].isoformat(" ", "minutes")) if row["done"] else ""
    if row["too_late"] is None:
        return done
    due = moment_text(row["too_late"] - MOMENT, day=not row["by_the_clock"])
    return Stack(due, (done,) if done else ())


def _late(page: DutyPage, row: Mapping[str, Any]) -> Stack | str:
    """How late: in minutes where the limit runs by the clock, in working days and days where it does not."""
    if row["late_minutes"] is None:
        return ""
    if row["by_the_clock"]:
        return Keyed(page.t("{number} min", number=row["late_minutes"]), str(row["late_minutes"]))
    days = page.t("{number} {number:day|days}", number=row["late_calendar_days"])
    minutes = str(row["late_minutes"])
    if row["late_working_days"] is None:
        return Keyed(days, minutes)
    worked = page.t("{number} {number:working day|working days}", number=row["late_working_days"])
    return Stack(worked, (days,), minutes)
