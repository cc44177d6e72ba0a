"""The tests by name, what they look at, and what each of them counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from auditlib.core.period import Period
from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family
from auditlib.probe.patterns.backdating import backdating
from auditlib.probe.patterns.batches import batches
from auditlib.probe.patterns.benford import benford
from auditlib.probe.patterns.bunching import bunching, day_end
from auditlib.probe.patterns.clock_shift import clock_shift
from auditlib.probe.patterns.exclusions import exclusions
from auditlib.probe.patterns.identical_durations import identical_durations
from auditlib.probe.patterns.impossible import impossible
from auditlib.probe.patterns.nonresponse import nonresponse
from auditlib.probe.patterns.office_hours import office_hours
from auditlib.probe.patterns.ratings import all_satisfied
from auditlib.probe.patterns.reclassified import reclassified
from auditlib.probe.patterns.reopened import reopened
from auditlib.probe.patterns.reregistered import reregistered
from auditlib.probe.patterns.round_times import round_times
from auditlib.probe.patterns.sequence import sequence
from auditlib.probe.patterns.survey_share import survey_share
from auditlib.probe.patterns.terminal_digit import terminal_digit
from auditlib.probe.patterns.withdrawn import withdrawn
from auditlib.probe.settings import Settings

__all__ = ["TESTS", "cases_looked_at", "counted_by"]

Test = Callable[[Grounds, Settings], Iterator[Family]]

TESTS: dict[str, Test] = {
    "bunching": bunching, "day_end": day_end, "batches": batches, "office_hours": office_hours,
    "round_times": round_times, "terminal_digit": terminal_digit, "identical_durations": identical_durations,
    "backdating": backdating,
    "sequence": sequence, "reregistered": reregistered, "reopened": reopened, "all_satisfied": all_satisfied,
    "survey_share": survey_share, "nonresponse": nonresponse, "exclusions": exclusions, "reclassified": reclassified,
    "withdrawn": withdrawn, "impossible": impossible, "clock_shift": clock_shift, "benford": benford,
}  # fmt: skip
"""Every test by name, in the order of a report."""
LOOKED_AT = frozenset({
    "case_id", "unit", "kind", "person_key", "problem_key", "received_at", "entered_at", "accepted_at", "contacted_at",
    "planned_at", "replied_at", "due_at", "closed_at", "withdrawn", "satisfaction", "survey_channel", "reviewed_at",
})  # fmt: skip
"""The columns of cases that tests look at; an amount that the settings name besides."""
NEEDS_CLOSING = {"batches", "office_hours", "identical_durations"}


def cases_looked_at(cases: pl.LazyFrame, settings: Settings, period: Period | None) -> pl.DataFrame:
    """The columns that tests look at of the cases of a period, or of all, in the order of case ids."""
    if period is not None:
        cases = cases.filter((pl.col("received_at") >= period.start) & (pl.col("received_at") < period.end))
    have = cases.collect_schema().names()
    rows = cases.select(name for name in have if name in LOOKED_AT or name == settings.amount).collect()
    return rows if rows["case_id"].is_sorted() else rows.sort("case_id")


def counted_by(name: str, grounds: Grounds, settings: Settings) -> list[Family]:
    """What a test counts, before a unit is compared with its peers."""
    if name == "bunching" and not grounds.clocks:
        return [Family("bunching", "", state="not_applicable", why="cases.due_at")]
    if name in NEEDS_CLOSING and not grounds.has("closed_at"):
        return [Family(name, "closed_at", state="not_applicable", why="cases.closed_at")]
    return list(TESTS[name](grounds, settings))
