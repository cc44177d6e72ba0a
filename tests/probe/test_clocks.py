"""The clocks of a scheme: its duties with a limit, each with the cases that it concerns."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.probe.clocks import clocks_of
from auditlib.probe.probe import probe
from auditlib.probe.settings import Settings
from auditlib.scoring.assess import resolve_scheme

DECEMBER = Period.parse("2025-12")
CASES = """case_id,unit,kind,received_at,entered_at,accepted_at,contacted_at,planned_at,replied_at,closed_at
A1,D,投诉,2025-12-01T09:00:00,2025-12-01T09:05:00,2025-12-01T09:10:00,2025-12-01T10:00:00,2025-12-02T08:00:00,,
A2,D,复杂,2025-12-05T10:00:00,2025-12-05T10:05:00,2025-12-05T10:10:00,2025-12-05T11:00:00,2025-12-11T09:00:00,,
A3,D,咨询,2025-12-03T09:00:00,2025-12-03T09:05:00,2025-12-03T09:10:00,2025-12-03T10:00:00,,2025-12-03T13:00:00,
A4,D,投诉,2025-12-20T09:00:00,2025-12-20T09:05:00,2025-12-20T09:10:00,2025-12-20T10:00:00,,,
A5,D,投诉,2025-11-30T09:00:00,2025-11-30T09:05:00,2025-11-30T09:10:00,2025-11-30T10:00:00,2025-12-04T08:00:00,,
"""
"""5 December 2025 is a Friday; A2, whose three working days end with Wednesday the 10th, is on the list of exclusions.
A4 is not handled when the ledger is taken, A5 was received before the period."""


def test_a_clock_has_the_cases_of_its_duty_with_what_was_left_and_late_ones_that_were_left_out(tmp_path: Path) -> None:
    texts = {
        "cases.csv": CASES, "units.csv": "unit\nD\n", "ledger.yaml": 'as_of: "2026-01-05T00:00:00"\n',
        "exclusions.csv": "case_id,reason,approver,clause\nA2,转交,总部,一\n",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    ledger, resolved = read_ledger(tmp_path), resolve_scheme("s22-heating", DECEMBER)
    cases = ledger.registers["cases"].filter(pl.col("received_at") >= DECEMBER.start).collect()
    clocks, late = clocks_of(ledger, cases, resolved, DECEMBER)
    assert late.to_list() == ["A2", "A4"]
    by = {clock.name: clock for clock in clocks}
    columns = ("case_id", "unit", "kind", "due", "allowed", "left")
    hour, tick = timedelta(hours=1), timedelta(microseconds=1)
    rows = {
        "solution": ("A1", "D", "投诉", datetime(2025, 12, 2, 9), 24 * hour, hour),
        "answer": ("A3", "D", "咨询", datetime(2025, 12, 3, 13), 4 * hour, 0 * hour),
        "plan": ("A2", "D", "复杂", datetime(2025, 12, 11) - tick, 134 * hour - tick, -9 * hour - tick),
    }  # fmt: skip
    for duty, (*known, allowed, left) in rows.items():
        own = by[f"received_at>handled_by/{duty}"]
        assert own.rows.select(columns).rows() == [(*known, allowed // tick, left // tick)]
        assert own.between == by["received_at>handled_by/plan"].between
    assert by["received_at>accepted_by/accept"].rows["case_id"].to_list() == ["A1", "A2", "A3", "A4"]
    assert by["received_at>accepted_by/accept"].between != by["received_at>handled_by/plan"].between
    lines = probe(ledger, Settings(), resolved, DECEMBER, ["bunching", "exclusions", "day_end"]).lines
    silent = [one for one in lines if one.clock == "closed_at>reviewed_at/review"]
    assert [one.state for one in silent] == ["not_applicable"]  # no rating, no review
    assert [one.clock for one in lines if one.test == "day_end"] == ["received_at>handled_by/plan"]
    (left_out,) = [one for one in lines if (one.test, one.clock) == ("exclusions", "unit")]
    assert left_out.observed.cases == ["A2"]
