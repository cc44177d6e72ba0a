"""What missing ratings could hide in a rate of the scheme: worked by hand from the words of the scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import polars as pl
import pytest

from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.probe.rate_bounds import RateBounds, bounds_of_rates
from auditlib.scheme.load import Resolved
from auditlib.scoring.assess import resolve_scheme
from auditlib.scoring.score import score

DECEMBER = Period.parse("2025-12")
RATINGS = {
    "U1": ["满意"] * 30 + ["基本满意"] * 5 + ["不满意"] * 5 + [""] * 10,
    "U2": ["满意"] * 20,
    "U3": [""] * 4,
    "U4": ["满意"] * 9 + [""],
}
HEAD = (
    "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,closed_at,"
    "resolved,satisfaction,reviewed_at,redone,missing_items,replied_at"
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Forty ratings of fifty closed cases, as the design has them; all of twenty; none of four; nine of ten."""
    rows = []
    for unit, ratings in RATINGS.items():
        for number, rating in enumerate(ratings):
            day = 2 + number % 25
            times = [f"2025-12-{day:02}T{hour}:00" for hour in ("09:00", "09:00", "09:05", "09:30", "10:00", "15:00")]
            who = [f"{unit}-{number:02}", unit, "投诉", f"P{unit}{number}", "Q"]
            rows.append(",".join([*who, *times, "是", rating, ",,,"]))
    (tmp_path / "cases.csv").write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    units = "".join(f"{unit},{unit},市区\n" for unit in RATINGS)
    (tmp_path / "units.csv").write_text(f"unit,name,group\n{units}", encoding="utf-8")
    (tmp_path / "events.csv").write_text("event_id,unit,at,kind,count\n", encoding="utf-8")
    (tmp_path / "submissions.csv").write_text("unit,kind,due_at,submitted_at,valid,missing_items\n", encoding="utf-8")
    (tmp_path / "ledger.yaml").write_text('as_of: "2026-01-05T00:00:00"\n', encoding="utf-8")
    return read_ledger(tmp_path)


def bounded(ledger: Ledger, resolved: Resolved) -> Sequence[RateBounds]:
    result = score(resolved, ledger, DECEMBER, calendar=china())
    return bounds_of_rates(ledger, resolved, DECEMBER, result, china())


def test_the_bounds_weigh_ratings_as_the_scheme_does_and_name_the_lines_between_them(ledger: Ledger) -> None:
    """(满意量×10+基本满意量×6)/总评价量, times ten: 330/50, 330/40 and 430/50; lines at 85 and 60."""
    resolved = resolve_scheme("s22-heating", DECEMBER)
    (found,) = bounded(ledger, resolved)
    assert (found.id, found.lines) == ("satisfaction", (60, 85))
    units = {one.unit: one for one in found.units}
    assert (units["U1"].low, units["U1"].as_rated, units["U1"].high) == (66, F(825, 10), 86)
    assert units["U1"].crossed == (85,)
    assert (units["U2"].low, units["U2"].as_rated, units["U2"].high, units["U2"].crossed) == (100, 100, 100, ())
    assert (units["U3"].low, units["U3"].as_rated, units["U3"].high, units["U3"].crossed) == (0, None, 100, (60, 85))
    assert (units["U4"].low, units["U4"].high, units["U4"].crossed) == (90, 100, ())


def test_a_line_is_crossed_as_the_scheme_includes_it(ledger: Ledger) -> None:
    """At 85 exactly full marks are earned and nothing is deducted: a bar from 85 on lies on one side."""
    cases = ledger.registers["cases"].collect()
    own = pl.col("unit") == "U1"
    number = pl.int_range(pl.len()).over("unit")
    # 17 of 22 satisfied, or 19 where two missing ratings were good; then 17 of 20, or 18.
    few = cases.filter(own & (number < 22)).with_columns(
        satisfaction=pl.when(number < 17).then(pl.lit("满意")).when(number < 20).then(pl.lit("不满意"))
    )
    resolved = resolve_scheme("s22-heating", DECEMBER)
    (found,) = bounded(replace(ledger, registers={**ledger.registers, "cases": few.lazy()}), resolved)
    (one,) = (unit for unit in found.units if unit.unit == "U1")
    assert ((one.low, one.high), one.crossed) == ((F(1700, 22), F(1900, 22)), (85,))
    at_the_line = few.head(20).with_columns(
        satisfaction=pl.when(number < 17).then(pl.lit("满意")).when(number < 19).then(pl.lit("不满意"))
    )
    (found,) = bounded(replace(ledger, registers={**ledger.registers, "cases": at_the_line.lazy()}), resolved)
    (one,) = (unit for unit in found.units if unit.unit == "U1")
    assert (one.low, one.high, one.crossed) == (85, 90, ())


def test_where_no_rating_is_read_or_none_is_missing_there_is_nothing(ledger: Ledger) -> None:
    resolved = resolve_scheme("s22-heating", DECEMBER)
    cases = ledger.registers["cases"]
    rated = cases.filter(pl.col("satisfaction").is_not_null())
    assert bounded(replace(ledger, registers={**ledger.registers, "cases": rated}), resolved) == ()
    blind = resolved.scheme.model_copy(update={"measures": {
        name: one for name, one in resolved.scheme.measures.items() if "satisfaction" not in str(one.where)
    }})  # fmt: skip
    result = score(resolved, ledger, DECEMBER, calendar=china())
    assert bounds_of_rates(ledger, replace(resolved, scheme=blind), DECEMBER, result, china()) == ()
