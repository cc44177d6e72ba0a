"""How instances are judged and counted beyond what the sources' examples show: each rule with its control."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar, china, days_from
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.duties.compliance import Compliance, comply
from auditlib.scoring.duties.written import compliance_json
from auditlib.scoring.score import score

AS_OF = datetime(2024, 12, 31)
TEXT = {"zh": "甲", "en": "A"}
COUNTING = {"clause": None, "first_day": "excluded", "last_day": "stands", "ends": "day", "before": "included",
            "belongs": "due"}  # fmt: skip
HEAD: dict[str, Any] = {
    "scheme": "s", "version": "1", "title": TEXT, "effective": {"from": None}, "calendar": "china",
    "source": {"document": "x", "title": TEXT, "last_checked": "2024-01-01"}, "periods": ["year"],
    "clauses": {"一": {"quote": "答复"}}, "actors": {"desk": {"zh": "窗口", "en": "desk"}}, "counting": COUNTING,
}  # fmt: skip
REPLY = {"id": "reply", "clause": "一", "title": TEXT, "by": "desk", "from": "received_at", "to": {"act": "答复"}}
UNITS = "unit\n甲\n"
CASES = "case_id,unit,received_at,closed_at\nC1,甲,2024-03-04T09:00,\nC2,甲,2024-03-04T09:00,\n"


def judged(
    folder: Path, duty: dict[str, Any], *, calendar: Calendar | None = None, records: str = "[答复, 移交]",
    more: dict[str, Any] | None = None, **registers: str,
) -> Compliance:  # fmt: skip
    written = HEAD | {"duties": [REPLY | duty]} | (more or {})
    (folder / "s.yaml").write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    for name, text in ({"units": UNITS, "cases": CASES} | registers).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "ledger.yaml").write_text(f"records: {{acts: {records}}}\n", encoding="utf-8")
    ledger = read_ledger(folder, AS_OF)
    assert ledger.rejects.is_empty(), ledger.rejects
    resolved = load_scheme(folder / "s.yaml").resolve()
    return comply(resolved, ledger, Period.parse("2024"), AS_OF, calendar=calendar or china())


def instances(result: Compliance) -> dict[str, dict[str, Any]]:
    return {one["case"]: one for unit in compliance_json(result)["units"] for one in unit["instances"]}


def kinds(result: Compliance) -> set[str]:
    return {notice.kind for notice in result.notices}


def test_an_act_of_a_case_that_is_left_out_is_no_act_of_no_case(tmp_path: Path) -> None:
    acts = "act_id,case_id,act,at\nA1,C1,答复,2024-03-05\n"
    excluded = "case_id,reason,approver\nC1,重复,办公室\n"
    result = judged(tmp_path, {"limits": [{"days": 5}]}, acts=acts, exclusions=excluded)
    assert instances(result).keys() == {"C2"}
    assert "act_of_no_case" not in kinds(result)
    stray = judged(tmp_path, {"limits": [{"days": 5}]}, acts=acts.replace("C1", "C9"))
    assert "act_of_no_case" in kinds(stray)


def test_the_date_that_an_act_sets_is_not_that_to_which_it_was_extended(tmp_path: Path) -> None:
    """C1 and C2 were promised for 7 March; that of C1 was moved to 12 March."""
    acts = (
        "act_id,case_id,act,at,until\nP1,C1,承诺,2024-03-05,2024-03-07\nP2,C2,承诺,2024-03-05,2024-03-07\n"
        "E1,C1,延期,2024-03-06,2024-03-12\nR1,C1,答复,2024-03-11,\nR2,C2,答复,2024-03-11,\n"
    )
    keep = {
        "of": "acts", "when": "act = '承诺'", "from": "at", "limits": [{"until": "until"}],
        "extended": {"act": "延期", "needs": [], "most": None, "of": "added", "before": "due"},
    }  # fmt: skip
    for excused, other in (
        ({}, "late"),
        ({"excused": "until is null"}, "late"),
        ({"excused": "act = '承诺'"}, "excused"),
    ):
        words = {"words": {"acts": {"act": ["承诺", "答复", "延期"]}}}
        result = instances(judged(tmp_path, keep | excused, records="[承诺, 答复, 延期]", more=words, acts=acts))
        assert {case: one["status"] for case, one in result.items()} == {"C1": "met", "C2": other}
        assert result["C1"]["extended"]["until"] == "2024-03-12"
        assert result["C2"].get("extended") is None


def test_who_owes_a_leg_and_is_no_unit_or_not_assessed_then_is_told(tmp_path: Path) -> None:
    """乙 is assessed from March to June; 丙 is no unit; whom an answer goes to (丁) owes nothing."""
    units = "unit,valid_from,valid_to\n甲,,\n乙,2024-03-01,2024-06-30\n"
    cases = CASES + "C3,乙,2024-02-29T09:00,\nC4,乙,2023-02-28T09:00,\n"
    acts = (
        "act_id,case_id,act,at,to_unit\nA1,C1,移交,2024-03-05,乙\nA2,C1,移交,2024-07-01,乙\nA3,C1,移交,2024-03-06,丙\n"
        "A4,C2,答复,2024-03-06,丁\nA5,C2,移交,2024-06-30,乙\nA6,C2,移交,2024-02-28,丙\n"
    )
    leg = {"of": "acts", "when": "act = '移交'", "by": "to_unit", "from": "at", "limits": [{"days": 5}]}
    words = {"words": {"acts": {"act": ["答复", "移交"]}}}
    result = judged(tmp_path, leg, more=words, units=units, cases=cases, acts=acts)
    told = {notice.kind: str(notice.message) for notice in result.notices}
    assert told["unknown_unit"] == (
        "acts A3, A6: found 丙 as to_unit, expected a unit of the register of units; what is owed there is counted "
        "under that name"
    )
    assert told["untimely_unit"] == (
        "acts A2: found 乙 as to_unit at a time outside the unit's validity, expected a unit that is assessed then; "
        "what is owed there is counted all the same"
    )
    assert told["outside_validity"] == ("unit 乙: rows outside its validity are not its own and do not count: cases 1")
    assert {unit: sum(counts[0].counts.values()) for unit, counts in result.units.items() if unit != "甲"} == {
        "乙": 3, "丙": 2,
    }  # fmt: skip
    answered = REPLY | leg | {"id": "answered", "when": "act = '答复' or act_id = 'A3'", "to": {"act": "移交"}}
    both = words | {"duties": [REPLY | leg, answered]}
    told_of_both = judged(tmp_path, leg, more=both, units=units, cases=cases, acts=acts).notices
    (message,) = [str(one.message) for one in told_of_both if one.kind == "unknown_unit"]
    assert message.startswith("acts A3, A4, A6: found 丁, 丙 as to_unit, expected a unit")
    known = judged(tmp_path, leg, more=words, units=UNITS + "乙\n丙\n", cases=cases, acts=acts)
    assert not kinds(known) & {"unknown_unit", "untimely_unit", "outside_validity"}


def test_a_leg_whose_case_is_not_there_is_nobodys(tmp_path: Path) -> None:
    acts = "act_id,case_id,act,at,to_unit\nA1,C1,移交,2024-03-05,乙\nA2,C9,移交,2024-03-05,乙\n"
    leg = {"of": "acts", "when": "act = '移交'", "by": "to_unit", "from": "at", "limits": [{"days": 5}]}
    words = {"words": {"acts": {"act": ["答复", "移交"]}}}
    result = judged(tmp_path, leg, more=words, acts=acts)
    assert [one["row"] for one in compliance_json(result)["units"][0]["instances"]] == ["A1"]


def test_the_better_of_two_ways_brings_its_own_limit(tmp_path: Path) -> None:
    way = {"or": [{"to": {"act": "汇报"}, "limits": [{"working_days": 2}]}], "limits": [{"minutes": 30}]}
    acts = "act_id,case_id,act,at\nA1,C1,汇报,2024-03-05T10:00\nA2,C2,答复,2024-03-04T09:20\n"
    found = instances(judged(tmp_path, way, acts=acts, records="[答复, 汇报]"))
    assert (found["C1"]["status"], found["C1"]["due"], found["C1"]["way"]) == ("met", "2024-03-06", 1)
    assert (found["C2"]["status"], found["C2"]["due"]) == ("met", "2024-03-04T09:30:00")
    assert "way" not in found["C2"]


def test_what_was_handed_over_with_its_receipt_lacks_nothing_and_without_it_is_missed(tmp_path: Path) -> None:
    duty = {"limits": [{"days": 5}], "handed_over": {"act": "移交", "needs": ["ref"]}}
    acts = "act_id,case_id,act,at,ref\nA1,C1,移交,2024-03-05,回执1\nA2,C2,移交,2024-03-05,\n"
    found = instances(judged(tmp_path, duty, acts=acts))
    assert (found["C1"]["status"], found["C1"]["missing"]) == ("handed_over", [])
    assert (found["C2"]["status"], found["C2"]["missing"]) == ("missed", ["答复"])


def test_what_is_handed_over_after_the_limit_stays_missed(tmp_path: Path) -> None:
    duty = {"limits": [{"days": 5}], "handed_over": "移交"}
    acts = "act_id,case_id,act,at\nA1,C1,移交,2024-03-09T23:59\nA2,C2,移交,2024-03-10T00:00\n"
    found = instances(judged(tmp_path, duty, acts=acts))
    assert [found[case]["status"] for case in ("C1", "C2")] == ["handed_over", "missed"]


def test_a_ground_excuses_what_is_late_and_an_unknown_one_does_not(tmp_path: Path) -> None:
    cases = "case_id,unit,received_at,excused\nC1,甲,2024-03-04T09:00,true\nC2,甲,2024-03-04T09:00,\n"
    acts = "act_id,case_id,act,at\nA1,C1,答复,2024-04-01\nA2,C2,答复,2024-04-01\n"
    found = instances(judged(tmp_path, {"limits": [{"days": 5}], "excused": "excused"}, cases=cases, acts=acts))
    assert [found[case]["status"] for case in ("C1", "C2")] == ["excused", "late"]


def test_a_day_of_rest_at_the_end_stands_and_the_civil_code_is_told_beside_it(tmp_path: Path) -> None:
    cases = "case_id,unit,received_at\nC1,甲,2024-09-25\nC2,甲,2024-09-09\n"
    acts = "act_id,case_id,act,at\nA1,C1,答复,2024-10-08\nA2,C2,答复,2024-09-20\n"
    found = instances(judged(tmp_path, {"limits": [{"days": 10}]}, cases=cases, acts=acts))
    assert (found["C1"]["due"], found["C1"]["status"]) == ("2024-10-05", "late")
    assert found["C1"]["civil_code_203"] == {"due": "2024-10-08", "met": True}  # S36-D2
    assert "civil_code_203" not in found["C2"]  # 19 September was worked


def test_a_limit_in_minutes_is_not_held_against_a_ledger_that_knows_days(tmp_path: Path) -> None:
    acts = "act_id,case_id,act,at\nA1,C1,答复,2024-03-05T10:00\nA2,C2,答复,2024-03-04T09:10\n"
    result = judged(tmp_path, {"limits": [{"minutes": 30}]}, acts=acts)
    assert [one["status"] for one in instances(result).values()] == ["late", "met"]
    (tmp_path / "ledger.yaml").write_text("precision: {acts.at: day}\n", encoding="utf-8")
    resolved = load_scheme(tmp_path / "s.yaml").resolve()
    days = comply(resolved, read_ledger(tmp_path, AS_OF), Period.parse("2024"), AS_OF, calendar=china())
    assert {(one["status"], *one["lacking"]) for one in instances(days).values()} == {("not_assessable", "time of day")}


def test_an_extension_into_a_later_period_moves_the_instance_there_and_is_said(tmp_path: Path) -> None:
    extended = {"act": "延期", "most": {"days": 300}, "of": "total", "before": "due"}
    cases = "case_id,unit,received_at\nC1,甲,2023-12-20T09:00\nC2,甲,2023-12-20T09:00\n"
    acts = "act_id,case_id,act,at,until\nA1,C1,延期,2023-12-21,2024-02-01\n"
    result = judged(tmp_path, {"limits": [{"days": 5}], "extended": extended}, cases=cases, acts=acts)
    assert instances(result).keys() == {"C1"}
    resolved, ledger = result.resolved, read_ledger(tmp_path, AS_OF)
    earlier = comply(resolved, ledger, Period.parse("2023"), AS_OF, calendar=china())
    assert instances(earlier).keys() == {"C2"}
    assert [count.moved for count in earlier.units["甲"]] == [1]
    assert [count.moved for count in result.units["甲"]] == [0]


# --- days that nobody knows ---


def short() -> Calendar:
    """A calendar whose known days end with March 2024."""
    days = days_from(date(2024, 1, 1), date(2024, 3, 31))
    return Calendar("china", days[0], days[-1], pl.Series([china().is_workday(day) for day in days]))


def test_a_limit_beyond_the_known_days_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        judged(tmp_path, {"limits": [{"working_days": 30}]}, calendar=short())
    said = str(refused.value)
    assert "limits that end on days which nobody knows" in said
    assert "--provisional-calendar" in said
    assert "evaluating" not in said  # nothing of how it was computed


def test_a_limit_counted_by_unpublished_days_is_said_to_be_so(tmp_path: Path) -> None:
    provisional = short().provisional()
    assert "provisional_days" in kinds(judged(tmp_path, {"limits": [{"working_days": 30}]}, calendar=provisional))
    assert "provisional_days" not in kinds(judged(tmp_path, {"limits": [{"working_days": 5}]}, calendar=provisional))


# --- as measures ---


def scored(folder: Path, measure: dict[str, Any], period: str = "2024", **head: Any) -> Any:
    target = {"id": "r", "clause": "一", "title": TEXT, "target": {"of": "late", "at_most": 0}, "evidence": "late"}
    indicator = {"id": "i", "clause": "一", "title": TEXT, "max": None, "start": 0, "floor": None, "cap": None,
                 "rules": [target]}  # fmt: skip
    ranking = {"clause": None, "by": "total", "order": "descending", "within": "all", "ties": "undecided",
               "different_maxima": "undecided"}  # fmt: skip
    written = HEAD | {
        "duties": [REPLY | {"limits": [{"days": 5}]}], "measures": {"late": {"title": TEXT, "duty": "reply"} | measure},
        "indicators": [indicator], "ranking": ranking, "rounding": {"digits": 2, "mode": "half_up"},
    } | head  # fmt: skip
    (folder / "s.yaml").write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    registers = {
        "units": "unit\n甲\n乙\n",
        "cases": "case_id,unit,received_at\n" + "".join(f"C{n},甲,2024-03-04T09:00\n" for n in range(1, 5)),
        "acts": "act_id,case_id,act,at\nA1,C1,答复,2024-03-09\nA2,C2,答复,2024-03-11T10:00\nA3,C3,答复,2024-03-12\n",
    }
    for name, text in registers.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    resolved = load_scheme(folder / "s.yaml").resolve()
    return score(resolved, read_ledger(folder, AS_OF), Period.parse(period), AS_OF, calendar=china())


def test_a_measure_counts_instances_with_the_cases_behind_it_and_says_what_it_cannot_count(tmp_path: Path) -> None:
    result = scored(tmp_path, {"is": ["late", "missed"]})
    assert result.unit("甲").measures["late"] == 2
    assert result.unit("乙").measures["late"] == 0
    indicator = result.unit("甲").indicator("i")
    assert (indicator.met, indicator.lines[0].evidence) == (False, ("C2", "C3"))
    waiting = [(str(notice.message), notice.units) for notice in result.notices if notice.kind == "duty_unknown"]
    assert waiting == [("unit 甲: A: nobody can assess 1 instance, not counted", ("甲",))]


@pytest.mark.parametrize(("sum_of", "expected"), [("late_working_days", 1 + 2), ("late_days", 2 + 3)])
def test_a_measure_adds_up_how_late_instances_were(sum_of: str, expected: int, tmp_path: Path) -> None:
    # due on Saturday 9 March; Monday the 11th is the first working day after it, Tuesday the 12th the second
    result = scored(tmp_path, {"is": ["late"], "sum": sum_of})
    assert result.unit("甲").measures["late"] == Fraction(expected)


@pytest.mark.parametrize(("starts", "expected"), [(1, 2), (4, 0)])
def test_a_measure_of_a_year_counts_the_year_of_the_scheme(starts: int, expected: int, tmp_path: Path) -> None:
    """All are due in March: before April in the calendar year of the quarter, and in the fiscal year before its own."""
    head = {"periods": ["quarter"], "year_starts": starts}
    result = scored(tmp_path, {"is": ["late", "missed"], "window": "year"}, "2024Q2", **head)
    assert result.unit("甲").measures["late"] == expected


@pytest.mark.parametrize("measure", [{"is": ["late"], "window": "to_date"}, {"is": ["not_applicable"]}])
def test_a_measure_that_no_instance_of_a_period_can_answer_is_refused(measure: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected instances of a period"):
        scored(tmp_path, measure)


def test_a_clock_runs_from_the_end_of_another_duty(tmp_path: Path) -> None:
    """Ten working days from 4 March 2024 end with the 18th; the three after them with the 21st."""
    second = REPLY | {"id": "file", "from": {"due": "reply"}, "to": {"act": "归档"}, "limits": [{"working_days": 3}]}
    duties = {"duties": [second, REPLY | {"limits": [{"working_days": 10}]}]}
    acts = "act_id,case_id,act,at\nA1,C1,归档,2024-03-21\nA2,C2,归档,2024-03-22\n"
    result = judged(tmp_path, {}, more=duties, acts=acts, records="[答复, 归档]")
    own = {one["case"]: one for one in compliance_json(result)["units"][0]["instances"] if one["duty"] == "file"}
    assert [own[case]["due"] for case in ("C1", "C2")] == ["2024-03-21"] * 2
    assert [own[case]["status"] for case in ("C1", "C2")] == ["met", "late"]


def test_what_is_listed_is_what_was_counted_whether_or_not_it_was_kept(tmp_path: Path, monkeypatch) -> None:
    acts = "act_id,case_id,act,at,until\nA1,C1,延期,2024-03-05,2024-04-30\nA2,C1,答复,2024-04-29,\n"
    duty = {"limits": [{"days": 5}], "extended": {"act": "延期", "most": None, "of": "total", "before": "due"}}
    kept = judged(tmp_path, duty, acts=acts)
    monkeypatch.setattr("auditlib.scoring.duties.listing.KEPT", 0)
    again = judged(tmp_path, duty, acts=acts)
    assert again.instances.equals(kept.instances)
    assert (len(kept.listing.kept), len(again.listing.kept)) == (1, 0)
    counted = [one.counts for one in again.units["甲"]]
    assert [counted[0][status] for status in ("met", "missed")] == [1, 1]
    assert sorted(again.instances["status"]) == ["met", "missed"]
