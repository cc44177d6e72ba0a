"""A unit's own rows are those of the days on which it is assessed: counted by hand from small ledgers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import score_period
from auditlib.core.message import told
from auditlib.core.period import Period
from auditlib.ledger.divided.parts import divided
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.report.unit import UnitReport
from auditlib.scheme.load import Resolved, load_scheme
from auditlib.scheme.model import Scheme
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.counting import Counter
from auditlib.scoring.counts import Question, merged, take_tally, tallies_of_parts
from auditlib.scoring.result import Result
from auditlib.scoring.score import score
from auditlib.scoring.validity import Validity

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "cases" / "scoring" / "s22-midmonth"
DECEMBER = Period.parse("2025-12")
AS_OF = datetime(2026, 1, 5)
CASES = """\
case_id,unit,kind,person_key,problem_key,received_at,closed_at,entered_at,accepted_at,contacted_at,planned_at,replied_at,resolved,satisfaction,reviewed_at,redone,missing_items
C1,D,投诉,p,q,2025-12-05T09:00:00,2025-12-05T10:00:00,,,,,,true,满意,,,3
C2,D,投诉,p,q,2025-12-20T09:00:00,2025-12-20T10:00:00,,,,,,true,满意,,,1
C3,E,投诉,r,q,2025-12-05T09:00:00,2025-12-05T10:00:00,,,,,,true,满意,,,0
"""
NOTE = "timezone: Asia/Shanghai\nas_of: 2026-01-05T00:00:00\n"


def resolved(scheme: str, on: date = DECEMBER.first, **readings: str) -> Resolved:
    return load_scheme(ROOT / "params" / "schemes" / f"{scheme}.yaml").resolve(readings, {}, on)


def ledger_of(folder: Path, units: str, **files: str) -> Ledger:
    for name, text in {"units": units, "cases": CASES, **files}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "ledger.yaml").write_text(NOTE, encoding="utf-8")
    return read_ledger(folder)


def scored(ledger: Ledger, period: Period = DECEMBER, scheme: Resolved | None = None) -> Result:
    used = scheme or resolved("s22-heating")
    return score(used, ledger, period, AS_OF, calendar=calendar_of(used))


def from_to(first: str = "", last: str = "") -> str:
    return f"unit,name,valid_from,valid_to\nD,D,{first},{last}\nE,E,,\n"


def counts(result: Result, unit: str, *names: str) -> list[int]:
    return [int(result.unit(unit).measures[name] or 0) for name in names]


# --- which rows are a unit's ---


def test_a_unit_valid_from_the_sixteenth_has_the_cases_from_then_on(tmp_path: Path) -> None:
    """The case of 5 December with its three missing items is not its own; the user of 20 December had complained."""
    result = scored(ledger_of(tmp_path, from_to("2025-12-16")))
    assert counts(result, "D", "received", "closed", "record_items_missing", "repeats") == [1, 1, 1, 1]
    assert counts(result, "E", "received", "record_items_missing") == [1, 0]
    (missing, _) = result.unit("D").indicator("register").lines
    assert (missing.points, missing.evidence) == (Fraction(-1, 2), ("C2",))


def test_without_validity_every_row_counts(tmp_path: Path) -> None:
    result = scored(ledger_of(tmp_path, "unit\nD\nE\n"))
    assert counts(result, "D", "received", "record_items_missing", "repeats") == [2, 4, 1]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the cases that are shared between projects are not there")
def test_the_case_of_a_unit_in_the_middle_of_a_month() -> None:
    assert counts(scored(read_ledger(SHARED)), "D", "received") == [1]


@pytest.mark.parametrize(
    ("first", "last", "received"),
    [
        ("", "2025-12-05", 1),  # a bare date: to the end of that day
        ("", "2025-12-04", 0),
        ("", "2025-12-20T09:00:00", 2),  # until this time, itself included
        ("", "2025-12-20T08:59:59", 1),
        ("2025-12-05T09:00:00", "", 2),  # from this time on
        ("2025-12-05T09:00:01", "", 1),
        ("2025-12-06", "2025-12-19", 0),
        ("2025-01-01", "2026-12-31", 2),
    ],
)
def test_both_bounds_belong_to_the_validity(tmp_path: Path, first: str, last: str, received: int) -> None:
    assert counts(scored(ledger_of(tmp_path, from_to(first, last))), "D", "received") == [received]


@pytest.mark.parametrize(("first", "last"), [("2026-01-01", ""), ("", "2025-11-30")])
def test_a_unit_that_is_not_valid_in_the_period_is_not_assessed(tmp_path: Path, first: str, last: str) -> None:
    result = scored(ledger_of(tmp_path, from_to(first, last)))
    assert [unit.unit for unit in result.units] == ["E"]


EVENTS = "event_id,unit,at,kind,count\nE1,D,2025-12-01T08:00:00,渠道故障,3\nE2,D,2025-12-16T08:00:00,渠道故障,1\n"
SUBMISSIONS = """\
unit,kind,due_at,submitted_at,title,valid,missing_items
D,制度,,2024-05-01T08:00:00,a,true,0
D,培训,,2025-11-20T08:00:00,b,true,0
D,专项任务,2025-12-10,2025-12-20T08:00:00,c,true,0
D,专项任务,2025-12-18,2025-12-21T08:00:00,d,true,0
E,培训,,2025-11-20T08:00:00,e,true,0
"""


def test_events_and_submissions_are_taken_by_their_own_times(tmp_path: Path) -> None:
    """Training of November is E's and not D's; a task due on the 10th was not owed by D, the other is 3 days late.

    The policy of 2024 is there, whoever was assessed when it was written.
    """
    result = scored(ledger_of(tmp_path, from_to("2025-12-16"), events=EVENTS, submissions=SUBMISSIONS))
    names = ("channel_failures", "policies", "trainings", "task_days_late")
    assert counts(result, "D", *names) == [1, 1, 0, 3]
    assert counts(result, "E", *names) == [0, 0, 1, 0]
    before = scored(ledger_of(tmp_path, "unit\nD\nE\n", events=EVENTS, submissions=SUBMISSIONS))
    assert counts(before, "D", *names) == [4, 1, 1, 13]


def test_what_stands_to_date_ends_with_the_validity(tmp_path: Path) -> None:
    late = SUBMISSIONS.replace("2024-05-01", "2025-12-17")
    ledger = ledger_of(tmp_path, from_to("", "2025-12-16"), submissions=late)
    assert counts(scored(ledger), "D", "policies") == [0]


def test_a_longer_period_counts_the_rows_of_the_validity_alone(tmp_path: Path) -> None:
    more = CASES + "C4,D,投诉,s,t,2025-10-05T09:00:00,2025-10-05T10:00:00,,,,,,true,满意,,,0\n"
    ledger = ledger_of(tmp_path, from_to("2025-11-01", "2025-12-16"), cases=more)
    quarter = scored(ledger, Period.parse("2025Q4"))
    assert counts(quarter, "D", "received") == [1]


def test_a_month_in_which_nobody_has_a_row_of_its_own_is_a_month_without_data(tmp_path: Path) -> None:
    alone = "\n".join(CASES.splitlines()[:2]) + "\n"
    ledger = ledger_of(tmp_path, from_to("2025-12-16"), cases=alone)
    used = resolved("s22-heating")
    question = Question(used.scheme, DECEMBER, AS_OF, calendar_of(used))
    assert not take_tally(question, ledger.registers).active
    assert take_tally(question, ledger_of(tmp_path, "unit\nD\n", cases=alone).registers).active


# --- repeats ---


TITLE = {"zh": "甲", "en": "A"}


def repeats(folder: Path, *same: str, **more: object) -> int:
    """Repeats of unit D, valid from 16 December, where rows with the ``same`` columns are compared."""
    earlier = {"same": same, "order": "received_at", "within": {"days": 30, "ends": "day"}, "where": None}
    scheme = Scheme.model_validate(
        {
            "scheme": "s", "version": "1", "title": TITLE,
            "source": {"document": "d", "title": TITLE, "last_checked": "2026-01-01"}, "effective": {"from": None},
            "periods": ["month"], "clauses": {}, "indicators": [],
            "columns": {"cases": {"again": {"earlier": earlier}}},
            "measures": {"again": {"title": TITLE, "register": "cases", "where": "again"}},
            "ranking": {"clause": None, "by": "total", "order": "descending", "within": "all", "ties": "shared",
                        "different_maxima": "by_share"},
            "rounding": {"digits": 2, "mode": "half_up"}, **more,
        }
    )  # fmt: skip
    registers = ledger_of(folder, from_to("2025-12-16")).registers
    return int(Counter(scheme, registers, DECEMBER, AS_OF).counts().get("D", {}).get("again") or 0)


def test_a_person_who_complained_before_the_validity_repeats_but_the_unit_has_no_earlier_case(tmp_path: Path) -> None:
    assert repeats(tmp_path, "person_key", "problem_key") == 1
    assert repeats(tmp_path, "unit", "person_key", "problem_key") == 0
    assert repeats(tmp_path, "unit", "person_key", validity="period") == 1


# --- what a scheme says otherwise, and what stands in for a fact ---


def test_a_scheme_may_count_all_rows_of_a_period(tmp_path: Path) -> None:
    used = resolved("s22-heating")
    whole = replace(used, scheme=used.scheme.model_copy(update={"validity": "period"}))
    ledger = ledger_of(tmp_path, from_to("2025-12-16"))
    assert counts(scored(ledger, scheme=whole), "D", "received", "record_items_missing") == [2, 4]
    assert [u.unit for u in scored(ledger, Period.parse("2025-11"), whole).units] == ["E"]


CONSULTED = (
    "case_id,unit,kind,received_at,closed_at,replied_at,due_at,filed,mediated,mediation_ok,missing_items\n"
    + "".join(
        f"C{n},{unit},咨询,2025-12-{20 + n // 10:02}T09:00:00,,,,,,,\n"
        for unit in "DE"
        for n in (range(8) if unit == "D" else range(8, 16))
    )
)


@pytest.mark.parametrize(("days", "of_d", "of_e"), [("calendar", 16, 31), ("working", 12, 23)])
def test_the_days_that_stand_in_are_those_on_which_a_unit_is_assessed(
    tmp_path: Path, days: str, of_d: int, of_e: int
) -> None:
    """二(一)1(1)① 考核期间内…受理总量/考核天数: of 16 to 31 December 2025, twelve are working days."""
    used = resolved("s09-chengde-12315", assessment_days=days)
    result = scored(ledger_of(tmp_path, from_to("2025-12-16T12:00:00"), cases=CONSULTED), scheme=used)
    assert counts(result, "D", "assessment_days") == [of_d]
    assert counts(result, "E", "assessment_days") == [of_e]
    assert result.unit("D").indicator("consult_daily").points == Fraction(8, of_d) / 5
    assert result.unit("E").indicator("consult_daily").points == Fraction(8, of_e) / 5


def test_a_fact_that_the_ledger_gives_is_not_cut(tmp_path: Path) -> None:
    facts = "unit,period,fact,value\nD,2025-12,assessment_days,20\n"
    ledger = ledger_of(tmp_path, from_to("2025-12-16"), cases=CONSULTED, unit_facts=facts)
    result = scored(ledger, scheme=resolved("s09-chengde-12315"))
    assert counts(result, "D", "assessment_days") == [20]


# --- how many are left out ---


def left_out(ledger: Ledger, period: Period = DECEMBER) -> dict[str, dict[str, int]]:
    used = resolved("s22-heating")
    tally = take_tally(Question(used.scheme, period, AS_OF, calendar_of(used)), ledger.registers)
    return {unit: dict(own) for unit, own in tally.left_out.items()}


def test_rows_that_would_count_are_counted_by_unit_and_register(tmp_path: Path) -> None:
    """Of D's submissions the training and the task due on the 10th; its policy counts, so that it is not left out."""
    ledger = ledger_of(tmp_path, from_to("2025-12-16"), events=EVENTS, submissions=SUBMISSIONS)
    assert left_out(ledger) == {"D": {"cases": 1, "events": 1, "submissions": 2}}


def test_of_a_unit_that_is_not_assessed_the_rows_of_the_period_are_counted(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, from_to("2026-01-01"), events=EVENTS, submissions=SUBMISSIONS)
    assert left_out(ledger) == {"D": {"cases": 2, "events": 2, "submissions": 2}}
    assert left_out(ledger, Period.parse("2025-10")) == {}


def test_where_nothing_is_left_out_nothing_is_counted(tmp_path: Path) -> None:
    assert left_out(ledger_of(tmp_path, "unit\nD\nE\n")) == {}
    assert left_out(ledger_of(tmp_path, from_to("2025-01-01", "2026-12-31"))) == {}


# --- the other ways to look at rows ---


class Held:
    """A part of a ledger in memory."""

    def __init__(self, frames: dict[str, pl.DataFrame]) -> None:
        self.frames = frames

    def registers(self) -> dict[str, pl.LazyFrame]:
        return {name: frame.lazy() for name, frame in self.frames.items()}


def test_the_parts_of_a_ledger_give_what_the_whole_gives(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, from_to("2025-12-16", "2025-12-28"), events=EVENTS, submissions=SUBMISSIONS)
    used = resolved("s22-heating")
    question = Question(used.scheme, DECEMBER, AS_OF, calendar_of(used), evidence=("received", "repeats"))
    parts = [Held(frames) for frames in divided(ledger.registers, 4)]
    apart = merged(tallies_of_parts(question, ledger.registers.keys(), parts, lambda f, *given: f(*given)))
    assert apart == take_tally(question, ledger.registers)
    assert apart.evidence["received"] == {"D": ["C2"], "E": ["C3"]}


def test_excluded_cases_outside_the_validity_are_not_counted_as_excluded(tmp_path: Path) -> None:
    exclusions = "case_id,reason,approver\nC1,x,局\nC2,x,局\n"
    result = scored(ledger_of(tmp_path, from_to("2025-12-16"), exclusions=exclusions))
    assert (result.unit("D").excluded, counts(result, "D", "received")) == (1, [0])
    whole = scored(ledger_of(tmp_path, "unit\nD\nE\n", exclusions=exclusions))
    assert (whole.unit("D").excluded, counts(whole, "D", "received")) == (2, [0])


@pytest.mark.long
def test_a_report_shows_the_cases_of_the_validity_alone(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, from_to("2025-12-16"))
    period = score_period(Asked.of("s22-heating", str(tmp_path), "2025-12", AS_OF), ledger)
    assert [row.case_id for row in period.cases["D"]] == ["C2"]
    assert {taken.on_time + taken.late + taken.waiting for taken in period.handling.taken["D"]} == {0, 1}
    assert [row.case_id for row in period.received(period.unit("D"))] == ["C2"]


def test_validity_is_read_from_the_register_of_units(tmp_path: Path) -> None:
    found = Validity.of(ledger_of(tmp_path, from_to("2025-12-16", "2025-12-20")).registers, {})
    assert [day.day for day in found.days("D", DECEMBER)] == [16, 17, 18, 19, 20]
    assert len(list(found.days("E", DECEMBER))) == 31
    assert (found.outside(DECEMBER), found.outside(Period.parse("2025-11"))) == ([], ["D"])
    assert not Validity.of({"units": pl.LazyFrame({"unit": ["D"]})}, {})


# --- what a reader is told ---


def noticed(result: Result, *kinds: str) -> list[tuple[tuple[str, ...], str, str]]:
    return [(one.units, told(one.message, "en"), told(one.message, "zh")) for one in result.noticed(*kinds)]


def test_a_notice_says_by_unit_and_register_how_many_rows_are_left_out(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, from_to("2025-12-16"), events=EVENTS, submissions=SUBMISSIONS)
    assert noticed(scored(ledger), "outside_validity") == [
        (
            ("D",),
            "unit D: rows outside its validity are not its own and do not count: cases 1, events 1, submissions 2",
            "单位 D：起止时间之外的行不属于该单位，未计入：信访投诉件 1 行、事件 1 行、报送事项 2 行",
        )
    ]
    assert noticed(scored(ledger, Period.parse("2025Q4")), "outside_validity")[0][1].endswith(
        "cases 1, events 1, submissions 2"
    )
    assert noticed(scored(ledger_of(tmp_path, "unit\nD\nE\n")), "outside_validity") == []


@pytest.mark.long
def test_the_page_of_a_unit_says_it_and_the_page_of_another_does_not(tmp_path: Path) -> None:
    ledger_of(tmp_path, from_to("2025-12-16"))
    pages = {
        unit: UnitReport.open(
            scheme="s22-heating", ledger=str(tmp_path), period="2025-12", as_of=AS_OF, unit=unit, language="zh"
        ).show("headline")
        for unit in "DE"
    }
    assert "起止时间之外的行不属于该单位，未计入：信访投诉件 1 行。" in pages["D"].html
    assert "起止时间之外" not in pages["E"].html


# --- roll-ups ---


@pytest.mark.parametrize(
    ("missing", "alone"), [("zero", Fraction(80 + 11 * 0, 12)), ("full", Fraction(80 + 11 * 100, 12))]
)
def test_a_month_in_which_a_unit_is_not_assessed_is_no_month_without_data(
    tmp_path: Path, missing: str, alone: Fraction
) -> None:
    """Unit D is assessed in December alone, E in all months, of which eleven have no mark."""
    used = resolved("s04-hotline")
    roll_up = used.scheme.roll_up["year"]
    months, year = roll_up.parts
    parts = (months.model_copy(update={"missing": missing, "weight": Fraction(1)}), year)
    scheme = used.scheme.model_copy(update={"roll_up": {"year": roll_up.model_copy(update={"parts": parts})}})
    marks = "unit,period,indicator,points\n" + "".join(
        f"{unit},2025-12,case_handling,80\n{unit},2025,management,0\n" for unit in "DE"
    )
    ledger = ledger_of(tmp_path, from_to("2025-12-01"), marks=marks)
    result = scored(ledger, Period.parse("2025"), replace(used, scheme=scheme))
    assert result.unit("D").parts[0].total is None
    assert [part.total for part in result.unit("D").parts[10:12]] == [None, 80]
    assert result.unit("D").total == 80
    assert result.unit("E").total == alone
