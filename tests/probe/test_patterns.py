"""What each test counts: examples by name, planted faults that are found, and honest ledgers that are left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction as F

import numpy as np
import polars as pl
import pytest
from honest import closed_by_office_hours, grounds_of, signals
from scipy import stats

from auditlib.core.worktime import china
from auditlib.probe.families import Line
from auditlib.probe.nulls import Binomial
from auditlib.probe.patterns.backdating import inverted_pairs, received_before_earlier
from auditlib.probe.patterns.clock_shift import modes_by_half
from auditlib.probe.patterns.office_hours import off_hours
from auditlib.probe.patterns.reregistered import opened_anew
from auditlib.probe.patterns.sequence import sequence_counts
from auditlib.probe.probe import judged
from auditlib.probe.settings import Settings

START = datetime(2025, 6, 2)


def lines(cases: pl.DataFrame, test: str, settings: Settings | None = None) -> list[Line]:
    return list(judged(grounds_of(cases), settings or Settings(), [test])[1])


def test_off_hours_china() -> None:
    """2025-09-28 and 2025-10-11 are make-up days; 10-01 and 10-12 are rest days; 23:55 is outside 08:30-17:30."""
    texts = ["2025-09-28T10:00", "2025-10-01T10:00", "2025-10-11T10:00", "2025-10-12T10:00", "2025-10-13T23:55", "2025-10-13T09:00"]  # fmt: skip  # noqa: E501
    rest, outside = off_hours(pl.Series(texts).str.to_datetime(), Settings(), china())
    assert [int(rest.sum()), int(outside.sum())] == [2, 1]


def test_sequence_gaps() -> None:
    assert sequence_counts(pl.Series([1, 2, 3, 5, 5, 9])) == {
        "rows": 6, "distinct": 5, "duplicated_numbers": 1, "surplus_rows": 1, "gaps": 2, "missing": 4, "longest_gap": 3,
    }  # fmt: skip


def test_number_order_inversions() -> None:
    days = [1, 2, 5, 3, 6, 4]
    found, lag = received_before_earlier(pl.Series([1, 2, 3, 4, 5, 6]), pl.Series(days))
    assert (int(found.sum()), lag, inverted_pairs(np.array(days))) == (2, 2, 3)


def test_a_case_registered_anew_is_told_from_one_long_after_and_from_another_problem() -> None:
    rows = [("A", 0, 10), ("B", 5, 30), ("C", 35, 40), ("D", 60, None)]
    cases = pl.DataFrame({
        "case_id": [one for one, _, _ in rows], "unit": "U", "person_key": "p", "problem_key": ["x", "x", "x", "x"],
        "received_at": [START + timedelta(days=day) for _, day, _ in rows],
        "closed_at": [START + timedelta(days=day) if day is not None else None for _, _, day in rows],
    })  # fmt: skip
    found = opened_anew(cases, 7)
    assert found.select("case_id", "next_case", "while_open").rows() == [("A", "B", True), ("B", "C", False)]
    assert opened_anew(cases.with_columns(problem_key=pl.Series(["x", "y", "z", "w"])), 7).is_empty()


def test_a_unit_whose_cases_come_back_more_often_than_those_of_others_is_told_whether_late_or_not() -> None:
    """12 of A's 100 cases are opened anew two days after closing, and one of each of the three others."""
    rows = []
    for unit, again in (("A", 12), ("B", 1), ("C", 1), ("D", 1)):
        for number in range(100 - again):
            times = [(START, START + timedelta(days=1))]
            if number < again:
                times.append((START + timedelta(days=3), START + timedelta(days=4)))
            rows += [(f"{unit}{number}-{n}", unit, f"{unit}{number}", "x", *own) for n, own in enumerate(times)]
    names = ["case_id", "unit", "person_key", "problem_key", "received_at", "closed_at"]
    cases = pl.DataFrame(rows, schema=names, orient="row")
    found = {one.unit: one for one in lines(cases, "reregistered") if one.clock == "person_key+problem_key/peers"}
    assert found["A"].observed.counts == {"opened_anew": 12, "cases": 100, "peers_opened_anew": 3, "peers": 300}
    assert found["A"].p == pytest.approx(float(stats.hypergeom.sf(11, 400, 15, 100)), rel=1e-9)
    assert found["A"].observed.cases == sorted(f"A{n}-0" for n in range(12))
    assert {unit: one.state for unit, one in found.items()} == {
        "A": "strong", "B": "nothing_seen", "C": "nothing_seen", "D": "nothing_seen",
    }  # fmt: skip


@pytest.fixture(scope="module")
def ledger() -> pl.DataFrame:
    return closed_by_office_hours(7, 24)


def test_a_unit_that_moves_half_of_its_slightly_late_cases_before_the_limit_is_found(ledger: pl.DataFrame) -> None:
    late = (pl.col("closed_at") - pl.col("due_at")).dt.total_minutes()
    shaved = (pl.col("unit") == "D03") & (late > 0) & (late < 600) & (pl.int_range(pl.len()) % 8 < 6)
    minutes = pl.int_range(pl.len()) % 60 + 1
    planted = ledger.with_columns(
        closed_at=pl.when(shaved).then(pl.col("due_at") - pl.duration(minutes=minutes)).otherwise("closed_at")
    )
    assert signals(planted, "bunching") == {"bunching received_at>closed_at/due_at/each": {"D03"}}
    (line,) = [one for one in lines(planted, "bunching") if one.unit == "D03"]
    before = ledger.filter(shaved).height
    assert before >= 10
    assert line.excess is not None
    assert line.excess >= 5
    left = planted.filter(pl.col("case_id").is_in(line.observed.cases)).select(pl.col("due_at") - pl.col("closed_at"))
    assert all(timedelta() <= one < timedelta(minutes=72) for one in left.to_series())  # 5 % of 24 hours


def test_the_obvious_comparison_would_accuse_honest_units_and_the_weighted_one_does_not() -> None:
    """Limits of 48 hours end at the time of day of the intake: equal windows alone are no null."""
    cases = closed_by_office_hours(3, 48)
    hours = (pl.col("due_at") - pl.col("closed_at")).dt.total_seconds() / 3600
    windows = [
        int(cases.select(hours.is_between(low, low + 2.4, closed="left").sum()).item()) for low in (0, 4.8, -4.8)
    ]
    assert Binomial(windows[0], sum(windows), F(1, 3)).p < 1e-6
    assert signals(cases, "bunching") == {"bunching received_at>closed_at/due_at/each": set()}


def test_closings_of_one_minute_are_a_batch_and_a_fact_from_ten_on(ledger: pl.DataFrame) -> None:
    at = datetime(2025, 6, 20, 16, 7)
    batch = ledger.filter(pl.col("unit") == "D05")["case_id"].head(12)
    planted = ledger.with_columns(
        closed_at=pl.when(pl.col("case_id").is_in(batch.to_list())).then(pl.lit(at)).otherwise("closed_at")
    )
    (line,) = [one for one in lines(planted, "batches") if one.unit == "D05"]
    assert (line.state, line.observed.counts["fullest_minute"], line.observed.counts["in_batches"]) == (
        "strong",
        12,
        12,
    )
    assert sorted(line.observed.cases) == sorted(batch)


def test_a_batch_does_not_make_a_strong_signal_of_round_times(ledger: pl.DataFrame) -> None:
    """Sixty cases closed together at 16:30 are one act: the second p-value sees them as one time."""
    at = datetime(2025, 6, 20, 16, 30)
    batch = ledger.filter(pl.col("unit") == "D05")["case_id"].head(60).to_list()
    planted = ledger.with_columns(
        closed_at=pl.when(pl.col("case_id").is_in(batch)).then(pl.lit(at)).otherwise("closed_at")
    )
    (line,) = [one for one in lines(planted, "round_times") if (one.unit, one.clock) == ("D05", "closed_at/half_hour")]
    assert line.state == "signal"
    assert line.p is not None
    assert line.p_collapsed is not None
    assert line.p < 1e-10 < 0.01 < line.p_collapsed
    written = ledger.with_columns(
        closed_at=pl.when(pl.col("unit") == "D06").then(pl.col("closed_at").dt.truncate("30m")).otherwise("closed_at")
    )
    found = {(one.unit, one.clock): one.state for one in lines(written, "round_times")}
    assert found["D06", "closed_at/half_hour"] == "strong"
    assert found["D05", "closed_at/half_hour"] == "nothing_seen"


def test_late_cases_without_ratings_withdrawn_or_left_out_are_found(ledger: pl.DataFrame) -> None:
    late = pl.col("closed_at") > pl.col("due_at")
    own = pl.col("unit") == "D02"
    planted = ledger.with_columns(
        satisfaction=pl.when(own & late).then(None).otherwise("satisfaction"),
        withdrawn=pl.col("withdrawn") | (own & late & (pl.int_range(pl.len()) % 24 < 12)),
    )
    assert signals(planted, "nonresponse", "withdrawn")["nonresponse satisfaction"] == {"D02"}
    assert "D02" in signals(planted, "withdrawn")["withdrawn late"]
    (line,) = [one for one in lines(planted, "nonresponse") if one.unit == "D02"]
    assert set(line.observed.more["not_dissatisfied"]) == {"worst", "as_rated", "best"}  # type: ignore[call-overload]


def test_exclusions_late_and_by_approver() -> None:
    """12 left out of 300 cases with 60 late, 10 of them late; one office approved these, another the rest."""
    cases = pl.DataFrame({"case_id": [f"C{n}" for n in range(300)], "unit": "U", "received_at": START})
    out = [f"C{n}" for n in (*range(10), 100, 101)]
    listed = pl.DataFrame({"case_id": out, "approver": "甲处", "clause": "三"}).lazy()
    grounds = replace(grounds_of(cases), late=frozenset(f"C{n}" for n in range(60)), registers={"exclusions": listed})
    (line, approver) = judged(grounds, Settings(), ["exclusions"])[1]
    assert (line.state, line.p) == ("strong", pytest.approx(2.5297124893618736e-06, rel=1e-9))
    assert line.observed.cases == sorted(out[:10])
    assert approver.state == "too_few"  # the only one cannot stand out
    more = [f"C{n}" for n in (*range(10, 15), *range(150, 173))]
    two = pl.concat([listed, pl.DataFrame({"case_id": more, "approver": "乙处", "clause": "三"}).lazy()])
    _, found = judged(replace(grounds, registers={"exclusions": two}), Settings(), ["exclusions"])
    by = {one.unit: one for one in found if one.clock == "approver/三"}
    assert by["甲处"].p == pytest.approx(0.00016744308819783118, rel=1e-9)
    assert (by["甲处"].state, by["乙处"].state) == ("strong", "nothing_seen")


def test_no_one_dissatisfied_is_a_signal_only_beside_peers_who_have_some(ledger: pl.DataFrame) -> None:
    glad = pl.when((pl.col("unit") == "D04") & pl.col("satisfaction").is_not_null()).then(pl.lit("满意"))
    planted = ledger.with_columns(satisfaction=glad.otherwise("satisfaction"))
    assert signals(planted, "all_satisfied") == {"all_satisfied satisfaction": {"D04"}}
    everyone = ledger.with_columns(satisfaction=pl.lit("满意"))
    assert signals(everyone, "all_satisfied") == {"all_satisfied satisfaction": set()}


def of_kinds(rows: list[tuple[str, int, str]]) -> list[Line]:
    """Lines of cases by unit, hours taken, and kind: 投诉 has 24 hours, 复杂 72."""
    start = [START + timedelta(hours=n) for n in range(len(rows))]
    cases = pl.DataFrame({
        "case_id": [f"C{n:03}" for n in range(len(rows))], "unit": [unit for unit, _, _ in rows],
        "kind": [kind for _, _, kind in rows], "received_at": start,
        "closed_at": [at + timedelta(hours=taken) for at, (_, taken, _) in zip(start, rows, strict=True)],
        "due_at": [at + timedelta(hours=24 if one[2] == "投诉" else 72) for at, one in zip(start, rows, strict=True)],
    })  # fmt: skip
    whole = grounds_of(cases)
    (clock,) = whole.clocks
    split = [replace(clock, name=kind, rows=clock.rows.filter(pl.col("kind") == kind)) for kind in ("复杂", "投诉")]
    return list(judged(replace(whole, clocks=tuple(split)), Settings(), ["reclassified"])[1])


def test_a_kind_with_a_longer_limit_just_beyond_the_shorter_one() -> None:
    """14 of 20 just beyond 24 hours are 复杂, and 6 of 40 just within: the table of ``reclassified-past-limit``."""
    rows = [("U", 25, "复杂")] * 14 + [("U", 25, "投诉")] * 6 + [("U", 23, "复杂")] * 6 + [("U", 23, "投诉")] * 34
    found = of_kinds(rows)
    assert found[0].p == pytest.approx(3.803374895280473e-05, rel=1e-9)
    assert found[0].observed.counts == {"beyond": 20, "beyond_longer_kind": 14, "within": 40, "within_longer_kind": 6}


def test_where_all_within_is_of_the_longer_kind_the_peers_show_that_what_is_beyond_went_there_too() -> None:
    """16 of 41 复杂 of U lie just beyond 24 hours, 4 of 29 each of V and W: U itself has nothing to compare with."""
    rows = [("U", 25, "复杂")] * 16 + [("U", 22, "复杂")] * 9 + [("U", 60, "复杂")] * 16
    for unit in "VW":
        rows += [(unit, 25, "复杂")] * 4 + [(unit, 25, "投诉")] * 12
        rows += [(unit, 22, "复杂")] * 9 + [(unit, 60, "复杂")] * 16
    found = {(one.clock.endswith("/peers"), one.unit): one for one in of_kinds(rows)}
    assert found[False, "U"].state == "too_few"
    told = found[True, "U"]
    assert told.observed.counts == {
        "beyond_longer_kind": 16, "longer_kind": 41, "peers_beyond_longer_kind": 8, "peers_longer_kind": 58,
    }  # fmt: skip
    assert told.p == pytest.approx(float(stats.hypergeom.sf(15, 99, 24, 41)), rel=1e-9)
    assert [found[True, unit].state for unit in "UVW"] == ["strong", "nothing_seen", "nothing_seen"]


def test_a_unit_that_is_never_late_has_nothing_but_the_longer_kind_beyond_and_is_no_signal() -> None:
    rows = [("U", 25, "复杂")] * 8 + [("U", 22, "复杂")] * 9 + [("U", 60, "复杂")] * 32
    for unit in "VW":
        rows += [(unit, 25, "复杂")] * 8 + [(unit, 25, "投诉")] * 24
        rows += [(unit, 22, "复杂")] * 9 + [(unit, 60, "复杂")] * 32
    assert {one.state for one in of_kinds(rows)} <= {"nothing_seen", "too_few"}


def test_the_same_duration_again_and_again_is_found(ledger: pl.DataFrame) -> None:
    same = (pl.col("unit") == "D08") & (pl.int_range(pl.len()) % 36 < 12)
    planted = ledger.with_columns(
        closed_at=pl.when(same).then(pl.col("received_at") + pl.duration(minutes=437)).otherwise("closed_at")
    )
    (name,) = signals(planted, "identical_durations").items()
    assert name[1] == {"D08"}
    (line,) = [one for one in lines(planted, "identical_durations") if one.unit == "D08"]
    assert line.observed.counts["commonest_minutes"] == 437


def test_a_clock_read_in_a_wrong_zone_shows_in_the_commonest_time() -> None:
    days = [datetime(2025, 1, 1) + timedelta(days=n) for n in range(365)] * 2
    shifted = [day.replace(hour=3 if day.month in (11, 12, 1, 2, 3) else 4, minute=30) for day in days]
    straight = [day.replace(hour=8, minute=30) for day in days]
    for times, state in ((shifted, "fact"), (straight, "nothing_seen")):
        cases = pl.DataFrame(
            {"case_id": [f"C{n}" for n in range(730)], "unit": "U", "received_at": days, "due_at": times}
        )
        (line,) = lines(cases, "clock_shift")
        assert line.state == state
    assert modes_by_half(pl.Series(shifted))["winter"][:2] == (12_600, 302)


def test_what_a_register_or_a_setting_does_not_give_is_said_and_never_clean(ledger: pl.DataFrame) -> None:
    bare = ledger.select("case_id", "unit", "received_at")
    _, found = judged(grounds_of(bare), Settings())
    states = {line.test: line.state for line in found}
    assert states["bunching"] == states["batches"] == states["reopened"] == states["exclusions"] == "not_applicable"
    assert states["sequence"] == "nothing_seen"
    with_entry = ledger.with_columns(entered_at=pl.col("received_at") + pl.duration(hours=pl.int_range(pl.len()) % 40))
    assert [one.state for one in lines(with_entry, "backdating")][-1] == "settings_missing"
    facts = [one for one in lines(with_entry, "backdating", Settings(entry_hours=24)) if one.clock == "entered_at"]
    assert sum(int(str(one.observed.counts["late"])) for one in facts) == 4800 * 15 // 40  # 25 to 39 of 40 hours
    assert lines(ledger, "benford")[0].state == "settings_missing"


@pytest.mark.parametrize("hours", [24, 48])
def test_honest_ledgers_have_no_more_signals_than_stated(hours: int) -> None:
    """Twelve ledgers: at a rate of 5 % more than three with a signal of bunching come once in 500 times."""
    found = [any(signals(closed_by_office_hours(seed, hours), "bunching").values()) for seed in range(12)]
    assert sum(found) <= 3


@pytest.mark.parametrize("days", [1, 2])
@pytest.mark.parametrize("ends", ["day", "time"])
def test_honest_ledgers_with_a_limit_in_working_days_are_left_alone(days: int, ends: str) -> None:
    """Over a weekend a limit of one working day lasts 72 hours, with no closings a day before its end."""
    last = pl.col("received_at").dt.date().dt.add_business_days(days, roll="backward").cast(pl.Datetime("us"))
    of_day = pl.col("received_at") - pl.col("received_at").dt.truncate("1d")
    due = last + (of_day if ends == "time" else timedelta(days=1, microseconds=-1))
    found = []
    for seed in range(6):
        grounds = grounds_of(closed_by_office_hours(seed, days * 33).with_columns(due_at=due))
        own = replace(grounds, clocks=tuple(replace(clock, each=False) for clock in grounds.clocks))
        lines = judged(own, Settings(), ["bunching", "day_end"])[1]
        assert {one.test for one in lines if one.p is not None} >= {"bunching"}
        found.append(any(one.state in ("signal", "strong") for one in lines))
    assert sum(found) <= 2


def test_a_receipt_that_was_moved_is_named_and_not_the_many_that_it_stands_before() -> None:
    """Of a hundred cases a minute apart two are moved 40 minutes on: the 39 behind each stand before an earlier one."""
    times = [START + timedelta(minutes=n + (40 if n in (10, 55) else 0)) for n in range(100)]
    cases = pl.DataFrame(
        {"case_id": [f"C{n:03}" for n in range(100)], "unit": ["U"] * 50 + ["V"] * 50, "received_at": times}
    )
    (line,) = [one for one in lines(cases, "backdating") if one.clock == "case_id/C"]
    assert (line.observed.counts["before_earlier"], line.observed.counts["after_later"]) == (78, 2)
    assert line.observed.cases == ["C010", "C055"]
    assert line.observed.more["by_unit"] == {"U": 1, "V": 1}


def test_an_approver_is_held_against_the_others_and_not_against_a_whole_that_he_makes_himself() -> None:
    """30 of 30 late by one office, 10 of 20 by the other: 1.25 times as many as of all 50, twice as many as there."""
    cases = pl.DataFrame({"case_id": [f"C{n}" for n in range(500)], "unit": "U", "received_at": START})
    out = [f"C{n}" for n in (*range(30), *range(30, 40), *range(200, 210))]
    listed = pl.DataFrame({"case_id": out, "approver": ["丙处"] * 30 + ["甲处"] * 20, "clause": "一"}).lazy()
    grounds = replace(grounds_of(cases), late=frozenset(f"C{n}" for n in range(60)), registers={"exclusions": listed})
    found = {one.unit: one for one in judged(grounds, Settings(), ["exclusions"])[1] if one.clock == "approver/一"}
    assert (found["丙处"].state, found["丙处"].ratio) == ("strong", 2)
    assert found["甲处"].state == "nothing_seen"


@pytest.mark.parametrize("cells", [200_000_000, 50_000, 1])
def test_times_by_unit_and_minute_are_what_loops_count(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the number of units that are looked at together; an act has the second of its first row."""
    from auditlib.probe import minutes

    monkeypatch.setattr(minutes, "CELLS", cells)
    numbers = np.random.default_rng(4)
    moments = [START + timedelta(seconds=int(n)) for n in numbers.integers(0, 4 * 3600, 700)]
    rows = [(f"U{n % 7}", None if n % 50 == 0 else at) for n, at in enumerate(moments)]
    found = minutes.minute_counts(pl.DataFrame(rows, schema=["unit", "at"], orient="row"), "at")
    for line in found.iter_rows(named=True):
        own = [at for unit, at in rows if unit == line["unit"] and at is not None]
        acts = list({at.replace(second=0): at for at in reversed(own)}.values())
        for name, times in (("", own), ("acts_", acts)):
            assert line[f"{name}times"] == len(times)
            assert line[f"{name}half_hour"] == sum(at.minute % 30 == 0 for at in times)
            assert line[f"{name}five_minutes"] == sum(at.minute % 5 == 0 for at in times)
            assert line[f"{name}second_0"] == sum(at.second == 0 for at in times)
        assert line["digits"] == [sum(at.minute % 10 == digit for at in acts) for digit in range(10)]
    assert found["unit"].to_list() == [f"U{n}" for n in range(7)]


def test_a_number_that_a_case_of_another_period_has_is_not_missing() -> None:
    """1 to 4 and 6 are of January, 7 and 9 of February, and 3 as well: of February 8 alone is missing, of January 5."""
    numbers = {1: 1, 2: 1, 3: 2, 4: 1, 6: 1, 7: 2, 9: 2}
    whole = pl.DataFrame({"case_id": [f"N{n}" for n in numbers], "unit": "U",
                          "received_at": [datetime(2026, month, 3) for month in numbers.values()]})  # fmt: skip
    found = {}
    for month in (1, 2, None):
        rows = whole if month is None else whole.filter(pl.col("received_at").dt.month() == month)
        grounds = replace(grounds_of(rows), registers={"cases": whole.lazy()})
        (line,) = judged(grounds, Settings(), ["sequence"])[1]
        found[month] = [line.observed.counts[name] for name in ("rows", "gaps", "missing", "longest_gap")]
    assert found == {1: [4, 1, 1, 1], 2: [3, 1, 1, 1], None: [7, 2, 2, 1]}
