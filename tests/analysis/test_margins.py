"""The nearest better and worse points are those that adding cases to the ledger, one by one, finds."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from small_scheme import TITLE, base_scheme
from small_scheme import count as counting
from small_scheme import scored as small_scored

from auditlib.analysis.margins.neighbours import neighbours, outcome_margins
from auditlib.analysis.margins.of_unit import unit_margins
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.read import read_ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.load import load_scheme
from auditlib.scoring.score import score

PARAMS = Path(__file__).parents[2] / "params"
NOON = "2026-01-05T12:00:00"
AS_OF = datetime(2026, 2, 1)
REGISTERED = ("accepted_at", "contacted_at", "planned_at", "replied_at", "closed_at")


def case(number, **changes):
    usual = {"case_id": f"C{number}", "unit": "甲", "kind": "投诉", "received_at": NOON, "resolved": "true"}
    times = dict.fromkeys(REGISTERED, NOON)
    keys = {"person_key": f"p{number}", "problem_key": f"q{number}", "satisfaction": "满意"}
    return {**usual, **times, **keys, "reviewed_at": NOON, "redone": "true", **changes}


def scored(folder, cases, readings=None, units=("甲",)):
    tables = {"units": [{"unit": unit} for unit in units], "cases": cases, "events": [], "submissions": []}
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, [column.name for column in REGISTERS[name].columns])
            writer.writeheader()
            writer.writerows(rows)
    resolved = load_scheme(PARAMS / "schemes" / "s22-heating.yaml").resolve(readings)
    ledger = read_ledger(folder, AS_OF)
    return resolved, score(resolved, ledger, Period.parse("2026-01"), AS_OF, calendar=china())


def margin_of(folder, cases, indicator, readings=None):
    resolved, result = scored(folder, cases, readings)
    (found,) = unit_margins(resolved, result, result.unit("甲"), indicator).indicators
    return found


def step(steps, kind, measure, instead_of=None):
    return next(
        (s for s in steps if (s.move.kind, s.move.measure, s.move.instead_of) == (kind, measure, instead_of)), None
    )


CHANGES = {
    ("resolution_rate", "more", "resolved", None): ({"resolved": "false"}, {"resolved": "true"}),
    ("resolution_rate", "fewer", "resolved", None): ({"resolved": "true"}, {"resolved": "false"}),
    ("survey_coverage", "fewer", "uncovered", None): ({"satisfaction": ""}, {"satisfaction": "满意"}),
    ("survey_coverage", "more", "uncovered", None): ({"satisfaction": "满意"}, {"satisfaction": ""}),
    ("satisfaction", "more", "satisfied", None): ({"satisfaction": "不满意"}, {"satisfaction": "满意"}),
    ("satisfaction", "more", "fairly_satisfied", None): ({"satisfaction": "不满意"}, {"satisfaction": "基本满意"}),
    ("satisfaction", "instead", "satisfied", "fairly_satisfied"): (
        {"satisfaction": "基本满意"},
        {"satisfaction": "满意"},
    ),
    ("satisfaction", "fewer", "satisfied", None): ({"satisfaction": "满意"}, {"satisfaction": "不满意"}),
    ("dissatisfied_review", "fewer", "not_redone", None): ({"redone": "false"}, {"redone": "true"}),
    ("register", "fewer", "late_entries", None): ({"entered_at": "2026-01-09T12:00:00"}, {"entered_at": NOON}),
}
"""What is done to a case of the ledger, so that a measure counts one more or one fewer."""


def one_by_one(folder, cases, readings):
    """For each change the points after 0, 1, 2 … cases were changed, by scoring: every step is a unit of one ledger."""
    rows, named = [], {}
    for change, (before, after) in CHANGES.items():
        changed = [dict(row) for row in cases]
        waiting = [row for row in changed if before.items() <= row.items()]
        for count in range(len(waiting) + 1):
            if count:
                waiting[count - 1].update(after)
            unit = f"U{len(named)}"
            named[unit] = change
            for row in changed:
                own = {key: f"{row[key]}-{unit}" for key in ("case_id", "person_key", "problem_key")}
                rows.append(row | own | {"unit": unit})
    _, result = scored(folder, rows, readings, tuple(named))
    points = {change: [] for change in CHANGES}
    for unit, change in named.items():
        points[change].append(result.unit(unit).indicator(change[0]).points)
    return points


def first_change(points, sign):
    """The least count with better (or worse) points than none, and the gain."""
    return next(((count, now - points[0]) for count, now in enumerate(points) if sign * (now - points[0]) > 0), None)


def mixed(resolved, total, satisfaction, uncovered):
    ratings = (
        ["满意"] * satisfaction[0] + ["基本满意"] * satisfaction[1] + ["不满意"] * satisfaction[2] + [""] * uncovered
    )
    rows = [case(n, resolved="true" if n < resolved else "false") for n in range(total)]
    for row, rating in zip(rows, ratings, strict=True):
        row["satisfaction"] = rating
    for row in rows[-3:]:
        row |= {"redone": "false", "entered_at": "2026-01-09T12:00:00"}
    for row in rows[:3]:
        row["entered_at"] = "2026-01-09T12:00:00"
    return rows


LEDGERS = {
    "under every line": mixed(15, 21, (9, 4, 7), 1),
    "near the lines": mixed(17, 20, (14, 2, 2), 2),
    "far below the floor": mixed(2, 18, (1, 2, 14), 1),
}
READINGS = [{}, {"percentage_points": "proportional", "satisfaction_steps": "proportional", "unprinted_floor": "zero"}]


@pytest.mark.parametrize("readings", READINGS, ids=["natural", "in-proportion"])
@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_fewest_cases_are_those_that_changing_cases_one_by_one_finds(ledger, readings, tmp_path) -> None:
    cases = LEDGERS[ledger]
    resolved, result = scored(tmp_path, cases, readings)
    margins = {own.id: own for own in unit_margins(resolved, result, result.unit("甲")).indicators}
    slow = one_by_one(tmp_path, cases, readings)
    checked = 0
    for change, points in slow.items():
        own = margins[change[0]]
        for sign, steps in ((1, own.better), (-1, own.worse)):
            found = step(steps, *change[1:])
            assert (found and (found.count, found.gain)) == first_change(points, sign), (change, sign)
            checked += found is not None
    assert checked >= 5


def test_one_more_confirmed_case_of_53_leaves_the_deduction_behind(tmp_path) -> None:
    """45 of 53 are 84.9 %: every started point costs 1, so that a 46th case brings it back; 95 % needs 51."""
    cases = [case(n, resolved="true" if n < 45 else "false") for n in range(53)]
    own = margin_of(tmp_path, cases, "resolution_rate", {"percentage_points": "started"})
    (better,) = own.better
    assert (better.count, better.gain, better.before, better.after) == (1, 1, Fraction(45, 53), Fraction(46, 53))
    assert [(u.rule, u.points, u.gain) for u in own.undone] == [("resolution_low", -1, 1)]
    full = margin_of(tmp_path, cases, "resolution_rate")
    assert [(s.count, s.gain) for s in full.better] == [(6, 2)]  # 10 points as it is; ⌈95 % × 53⌉ = 51


def test_what_no_number_of_cases_can_reach_is_said_to_be_out_of_reach(tmp_path, run_cli) -> None:
    """As printed, satisfaction ends at 10, and full marks begin at 85 (S22-19)."""
    own = margin_of(tmp_path, [case(n) for n in range(5)], "satisfaction", {"satisfaction_scale": "literal"})
    assert own.score.points == 0
    assert own.better == ()
    assert {move.measure for move in own.unreachable} == {"satisfied", "fairly_satisfied"}
    assert all(move.most == 0 for move in own.unreachable)  # all are satisfied already
    common = ("s22-heating", "--ledger", tmp_path, "--period", "2026-01", "--reading", "satisfaction_scale=literal")
    told = run_cli("explain", *common, "--unit", "甲", "--indicator", "satisfaction", "--to-next").stdout
    assert "达不到：评价件数中没有可再成为“满意”的件" in told


@pytest.mark.parametrize(("status", "state"), [(["好", "好"], "best"), (["好", "迟"], "open")])
def test_a_rate_of_all_is_as_good_as_it_can_be_though_no_cap_says_so(tmp_path, status, state) -> None:
    rate = {"title": TITLE, "numerator": "good", "denominator": "rated", "zero": "not_assessable", "show": "percent"}
    measures = {"good": counting("status = '好'"), "rated": counting("status in ('好', '迟')")}
    indicator = {
        "id": "only", "title": TITLE, "clause": "一", "max": None, "start": 0, "floor": None, "cap": None,
        "rules": [{"id": "share", "clause": "一", "title": TITLE, "points": 10, "per": "share"}],
    }  # fmt: skip
    scheme = base_scheme(measures=measures, rates={"share": rate}, indicators=[indicator])
    result = small_scored(tmp_path, scheme, {"甲": status})
    resolved = load_scheme(tmp_path / "small.yaml").resolve()
    (own,) = unit_margins(resolved, result, result.unit("甲"), "only").indicators
    assert (own.state, bool(own.better), own.unreachable) == (state, state == "open", ())


def test_channel_failures_cost_from_the_second_on(tmp_path) -> None:
    """超过2次（含）: two failures are needed from none."""
    own = margin_of(tmp_path, [case(0)], "equipment")
    assert own.state == "best"
    assert [(s.move.measure, s.count, s.gain) for s in own.worse] == [
        ("standby_not_started", 1, -2),
        ("channel_failures", 2, -2),
    ]


def test_a_deduction_beyond_the_floor_takes_several_undone(tmp_path) -> None:
    """9 late entries cost 9 of 7 points: the third one fewer is the first that counts."""
    cases = [case(n, entered_at="2026-01-09T12:00:00") for n in range(9)]
    own = margin_of(tmp_path, cases, "register")
    better = step(own.better, "fewer", "late_entries")
    assert (better.count, better.gain) == (3, 1)
    assert [(u.points, u.gain) for u in own.undone] == [(-9, 7)]


def test_points_to_the_ranks_next_to_a_unit_and_what_is_enough(tmp_path) -> None:
    """乙 loses 3 points for 3 late entries, 丙 5 for 5; 甲 nothing."""
    late = {"entered_at": "2026-01-09T12:00:00"}
    cases = (
        [case(0)] + [case(n, unit="乙", **late) for n in (1, 2, 3)] + [case(n, unit="丙", **late) for n in range(4, 9)]
    )
    resolved, result = scored(tmp_path, cases, units=("甲", "乙", "丙"))
    ahead, behind = neighbours(resolved, result, result.unit("乙"))
    assert (ahead.rank, ahead.units, ahead.points) == (1, ("甲",), 3)
    assert (behind.rank, behind.units, behind.points) == (3, ("丙",), 2)
    assert neighbours(resolved, result, result.unit("甲"))[0] is None
    assert neighbours(resolved, result, result.unit("丙"))[1] is None
    third = unit_margins(resolved, result, result.unit("丙"))
    assert third.ahead.points == 2
    assert "training" not in [own.id for own in third.enough() if own.better[0].gain < 2]


@pytest.mark.parametrize(
    ("bound", "total", "holds", "points", "strict"),
    [
        ({"at_least": "85"}, "84.5", False, "0.5", False),
        ({"at_least": "85"}, "85", True, "0", True),
        ({"above": "85"}, "85", False, "0", True),
        ({"above": "85"}, "86", True, "-1", False),
        ({"below": "70"}, "70", False, "0", True),
        ({"at_most": "70"}, "71", False, "-1", False),
    ],
)
def test_points_to_an_outcome_and_whether_they_must_be_passed(bound, total, holds, points, strict) -> None:
    file = load_scheme(PARAMS / "schemes" / "s20-office-evaluation.yaml")
    ledger = read_ledger(PARAMS / "demonstrations" / "s20-office-evaluation")
    resolved = file.resolve()
    result = score(resolved, ledger, Period.parse("2025"))
    outcome = {
        "id": "line",
        "title": {"zh": "线", "en": "line"},
        "clause": next(iter(resolved.scheme.clauses)),
        "total": bound,
    }
    scheme = resolved.scheme.model_copy(
        update={"outcomes": (type(resolved.scheme.outcomes[0]).model_validate(outcome),)}
    )
    unit = replace(result.units[0], total=Fraction(total), outcomes=())
    (margin,) = outcome_margins(replace(resolved, scheme=scheme), result, unit)
    assert margin.by == "total"
    assert (margin.points, margin.strict) == (Fraction(points), strict)
    # What it says is so: the condition turns there, and not a thousandth before.
    condition, little = scheme.outcomes[0].total, Fraction(1, 1000)
    assert condition.holds(unit.total) is holds
    away = little if (bound.keys() <= {"at_least", "above"}) != holds else -little
    turning = unit.total + margin.points + (away if strict else 0)
    assert condition.holds(turning) is not holds
    assert condition.holds(turning - away) is holds


@pytest.mark.long
def test_a_standing_is_tried_against_the_other_units_of_the_group(tmp_path) -> None:
    """So many letters of P5 fewer take it down the table: so does scoring the ledger without them, and one fewer not.

    A letter counts in two parts of the index, so that both move.
    """
    folder = PARAMS / "demonstrations" / "s12-jiangsu-insurance"
    resolved = load_scheme(PARAMS / "schemes" / "s12-jiangsu-insurance.yaml").resolve()
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    period = Period.parse("2025")
    result = score(resolved, read_ledger(tmp_path), period)
    (own,) = unit_margins(resolved, result, result.unit("P5"), "volume").indicators
    fewer = next(found for found in own.better if found.move.kind == "fewer" and found.quantity == "letters_standing")
    assert set(fewer.move.changes) == {"letters", "letters_over_premium"}
    with (folder / "cases.csv").open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = list(reader)
    plain = [r for r in rows if r["unit"] == "P5" and r["channel"] == "书面" and r["withdrawn"] != "true"]
    standings = []
    for count in range(fewer.count + 1):
        with (tmp_path / "cases.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, reader.fieldnames)
            writer.writeheader()
            writer.writerows(row for row in rows if row not in plain[:count])
        standings.append(score(resolved, read_ledger(tmp_path), period).unit("P5").rates["letters_standing"])
    assert standings == [fewer.before] * fewer.count + [fewer.after]


@pytest.mark.long
def test_explain_to_next_speaks_both_languages_and_json(tmp_path, run_cli) -> None:
    cases = [case(n, resolved="true" if n < 45 else "false") for n in range(53)]
    scored(tmp_path, cases)
    common = ("explain", "s22-heating", "--ledger", tmp_path, "--period", "2026-01", "--unit", "甲")
    common += ("--indicator", "resolution_rate", "--reading", "percentage_points=started", "--to-next")
    assert (
        "更好：受理件数中再有 1 件成为“经用户确认解决的件”：解决率 84.91 % → 86.79 %，+1 分" in run_cli(*common).stdout
    )
    english = run_cli(*common, "--language", "en").stdout
    expected = (
        "1 more of “cases received” become “cases that the user confirmed as solved”: "
        "resolution rate 84.91 % → 86.79 %, +1 point"
    )
    assert f"better: {expected}" in english
    plain = json.loads(run_cli(*common, "--language", "en", "--format", "json").stdout)["to_next"]
    (indicator,) = plain["indicators"]
    assert [(s["count"], s["gain"], s["of"]) for s in indicator["better"]] == [(1, "1", "received")]
    assert indicator["better"][0]["text"] == expected
