"""Limits that end with a day, in a ledger of bare dates: what is done on the next day is late, whatever the unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from small_scheme import base_scheme, count

from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.result import UnitScore
from auditlib.scoring.score import score

TITLE = {"zh": "限", "en": "limit"}
RECEIVED = date(2025, 6, 3)
"""A Tuesday. Five days after it end with Sunday the 8th, five working days with Tuesday the 10th."""


def unit_of(folder: Path, limit: dict[str, object], *closed: str, **steps: object) -> UnitScore:
    columns: dict[str, object] = {
        "due": {"title": TITLE, "deadline": {"start": "received_at", "limits": [limit]}},
        "days_late": {
            "title": TITLE,
            "steps": {"from": "due", "to": "closed_at", "every": {"days": 1}, "clock": "continuous", "open": "ignore"}
            | {"over": {"days": 0}, "mode": "ceil"}
            | steps,
        },
    }
    scheme = base_scheme(columns={"cases": columns}, calendar="china")
    scheme["measures"] |= {  # type: ignore[operator]
        "late": count("closed_at > due or closed_at is null and due < as_of"),
        "days": {"title": TITLE, "register": "cases", "sum": "days_late"},
    }
    (folder / "small.yaml").write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    rows = "".join(f"c{n},甲,{RECEIVED},{end},重\n" for n, end in enumerate(closed))
    (folder / "cases.csv").write_text("case_id,unit,received_at,closed_at,status\n" + rows, encoding="utf-8")
    (folder / "units.csv").write_text("unit,group\n甲,组\n", encoding="utf-8")
    as_of = datetime(2025, 8, 1)
    resolved = load_scheme(folder / "small.yaml").resolve()
    result = score(resolved, read_ledger(folder, as_of), Period.parse("2025-06"), as_of, calendar=china())
    return result.unit("甲")


@pytest.mark.parametrize(
    ("limit", "last"),
    [
        ({"days": 5, "ends": "day"}, date(2025, 6, 8)),
        ({"days": 0, "ends": "day"}, RECEIVED),
        ({"working_days": 5, "ends": "day"}, date(2025, 6, 10)),
        ({"months": 1, "ends": "day"}, date(2025, 7, 3)),
    ],
)
def test_the_day_after_the_last_is_late_and_the_last_is_not(tmp_path, limit, last):
    after = last + timedelta(days=1)
    assert unit_of(tmp_path, limit, str(last)).measures["late"] == 0
    assert unit_of(tmp_path, limit, str(after)).measures["late"] == 1
    assert unit_of(tmp_path, limit, f"{last}T23:59:59").measures["late"] == 0
    assert unit_of(tmp_path, limit, f"{after}T00:00:00").measures["late"] == 1


def test_days_late_begun_are_those_of_the_calendar(tmp_path):
    limit = {"days": 5, "ends": "day"}
    for days in range(5):
        assert unit_of(tmp_path, limit, str(date(2025, 6, 8) + timedelta(days=days))).measures["days"] == days


@pytest.mark.parametrize(
    ("closed", "days"),
    [
        ("2025-06-10", 0),  # the fifth working day, a Tuesday
        ("2025-06-11", 1), ("2025-06-11T00:00:01", 1), ("2025-06-11T23:59:59", 1),
        ("2025-06-13", 3), ("2025-06-13T18:00:00", 3),
        ("2025-06-14", 3), ("2025-06-14T10:00:00", 3),  # a Saturday adds none
        ("2025-06-16", 4),
    ],
)  # fmt: skip
def test_working_days_late_begun_are_those_that_were_worked(tmp_path, closed, days):
    limit = {"working_days": 5, "ends": "day"}
    assert unit_of(tmp_path, limit, closed, clock="working_days").measures["days"] == days


def test_an_open_case_runs_to_the_as_of_moment_and_not_into_its_day(tmp_path):
    """As of 1 August 00:00: the last of the days that have begun is 31 July, 53 days after 8 June."""
    assert unit_of(tmp_path, {"days": 5, "ends": "day"}, "", open="as_of").measures["days"] == 53


def test_lateness_in_proportion_runs_from_the_midnight_at_which_the_last_day_ends(tmp_path):
    late = unit_of(tmp_path, {"days": 5, "ends": "day"}, "2025-06-10T06:00:00", mode="exact")
    assert late.measures["days"] == Fraction(5, 4)


def test_a_limit_by_the_clock_ends_with_its_moment(tmp_path):
    """The control: by the clock what is done at the very moment is in time."""
    limit = {"days": 5, "ends": "time"}
    assert unit_of(tmp_path, limit, "2025-06-08").measures["late"] == 0
    assert unit_of(tmp_path, limit, "2025-06-08T00:00:01").measures["late"] == 1
