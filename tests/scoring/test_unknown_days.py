"""Working days that nobody has published: refused with the rows that need them, or provisional and named.

31 December 2026, a Thursday, is the last known day. Of three working days after Wednesday 30 December, plain weekends
make 31 December, 1 and 4 January; with New Year from the first to the third they are 31 December, 4 and 5 January.
"""

from __future__ import annotations

import csv
import io
import json
import pickle
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import fastexcel
import pytest
from click.testing import CliRunner

from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import score_period
from auditlib.cli import main
from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError
from auditlib.core.message import t, told
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.divided.parts import divided
from auditlib.ledger.read import read_ledger
from auditlib.report.ranking import RankingReport
from auditlib.report.revision import RevisionReport
from auditlib.report.unit import UnitReport
from auditlib.scheme.load import load_scheme
from auditlib.scoring.assess import assess
from auditlib.scoring.counts import Question, merged, take_tally, tallies_of_parts
from auditlib.scoring.result import ProvisionalRows, Result
from auditlib.scoring.unknown_days import DaysUnknown

ROOT = Path(__file__).resolve().parents[2]
DECEMBER = Period.parse("2026-12")
AS_OF = datetime(2027, 1, 10)
COLUMNS = (
    "case_id,unit,kind,person_key,problem_key,received_at,closed_at,entered_at,accepted_at,contacted_at,planned_at,"
    "replied_at,resolved,satisfaction,reviewed_at,redone,missing_items"
)
BEYOND = "C1,D,复杂,p,q,2026-12-30T09:00:00,2027-01-05T12:00:00,,,,2027-01-05T12:00:00,,true,满意,,,0"
WITHIN = (
    "C2,D,复杂,r,q,2026-12-21T09:00:00,2026-12-22T09:00:00,,,,2026-12-22T09:00:00,,true,满意,,,0",
    "C3,E,投诉,s,q,2026-12-30T09:00:00,2026-12-30T10:00:00,,,,2026-12-30T10:00:00,,true,满意,,,0",
)
NEW_YEAR = "years:\n  2027: {holidays: [2027-01-01/2027-01-03]}\n"
PROVISIONAL = CalendarChoice(provisional=True)


def write(folder: Path, *cases: str, **files: str) -> Path:
    texts = {"units": "unit\nD\nE\n", "cases": "\n".join((COLUMNS, *cases)) + "\n", **files}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def scored(folder: Path, days: CalendarChoice = PUBLISHED, period: Period = DECEMBER, **more: object) -> Result:
    return assess("s22-heating", read_ledger(folder, AS_OF), period, AS_OF, days=days, **more)[1]  # type: ignore[arg-type]


# --- refused ---


def test_the_refusal_names_ledger_register_row_and_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(DaysUnknown) as refused:
        scored(write(tmp_path, *WITHIN, BEYOND.replace("C1", "C9"), BEYOND, BEYOND.replace("C1", "C5")))
    where, ways_out = refused.value.problems
    assert str(where) == (
        f"{tmp_path}: cases: found C1 of unit D and 2 more rows, for which working days are needed that nobody knows "
        "(handling_due), expected days from 2004-01-01 to 2026-12-31, which calendar china knows"
    )
    assert ways_out.file == "params/calendars/china.yaml"
    for way in (
        "newer release of chinesecalendar",
        "State Council's notice",
        "--calendar FILE",
        "--provisional-calendar",
    ):
        assert way in ways_out.message


def test_the_command_ends_with_2_and_shows_nothing_of_polars(tmp_path: Path) -> None:
    arguments = ["s22-heating", "--ledger", str(write(tmp_path, BEYOND)), "--period", "2026-12"]
    done = CliRunner().invoke(main, ["score", *arguments, "--as-of", AS_OF.isoformat()])
    assert done.exit_code == 2
    lines = done.output.splitlines()
    assert len(lines) == 2
    assert "found C1 of unit D, for which" in lines[0]
    assert not any(word in done.output for word in ("expression", "python_udf", "Series", "col("))


def test_rows_that_need_no_day_beyond_are_scored(tmp_path: Path) -> None:
    assert scored(write(tmp_path, *WITHIN)).unit("D").measures["received"] == 1


def test_a_row_that_no_measure_of_the_period_counts_refuses_nothing(tmp_path: Path) -> None:
    result = scored(write(tmp_path, *WITHIN, BEYOND), period=Period.parse("2026-11"))
    assert result.unit("D").measures["received"] == 0


def test_an_open_case_whose_overtime_runs_on_needs_the_days_until_the_as_of_time(tmp_path: Path) -> None:
    opened = BEYOND.replace("2026-12-30T09", "2026-12-01T09").replace("2027-01-05T12:00:00", "")
    with pytest.raises(DaysUnknown, match=r"found C1 of unit D, .*\(overdue_days\)"):
        scored(write(tmp_path, opened))


def test_the_parts_of_a_ledger_are_refused_together(tmp_path: Path) -> None:
    """The first case stands in one part and the others in another."""
    ledger = read_ledger(write(tmp_path, BEYOND.replace("C1,D", "C4,E"), BEYOND, BEYOND.replace("C1", "C5")), AS_OF)
    scheme = load_scheme(ROOT / "params" / "schemes" / "s22-heating.yaml").resolve({}, {}, DECEMBER.first).scheme
    bare = {name: m for name, m in scheme.measures.items() if not name.endswith("again") and name != "repeats"}
    question = Question(scheme.model_copy(update={"measures": bare}), DECEMBER, AS_OF, china(), ledger="book")

    class Held:
        def __init__(self, frames: dict) -> None:  # type: ignore[type-arg]
            self.frames = frames

        def registers(self) -> dict:  # type: ignore[type-arg]
            return {name: frame.lazy() for name, frame in self.frames.items()}

    parts = [Held(frames) for frames in divided(ledger.registers, 8)]
    with pytest.raises(DaysUnknown) as apart:
        merged(tallies_of_parts(question, ledger.registers.keys(), parts, lambda f, *given: f(*given)))
    with pytest.raises(DaysUnknown) as whole:
        take_tally(question, ledger.registers)
    assert apart.value.problems == whole.value.problems
    assert str(apart.value).startswith("book: cases: found C1 of unit D and 2 more rows, ")
    sent = pickle.loads(pickle.dumps(apart.value))
    assert (sent.problems, sent.needing) == (apart.value.problems, apart.value.needing)


# --- provisional, or known by a user ---


def test_plain_weekends_stand_in_and_what_rests_on_them_is_named(tmp_path: Path) -> None:
    """The limit ends with Monday the 4th, so that noon on the 5th is a day begun: −3."""
    folder = write(tmp_path, *WITHIN, BEYOND)
    result = scored(folder, PROVISIONAL)
    assert result.provisional_after == date(2026, 12, 31)
    assert result.unit("D").provisional == (ProvisionalRows("cases", 1, ("C1",)),)
    assert result.unit("E").provisional == ()
    assert result.unit("D").measures["overdue_1_day"] == 1
    assert result.unit("D").indicator("handling_timeliness").points == 12
    plain = result.to_json()
    assert plain["provisional_after"] == "2026-12-31"
    units = {unit["unit"]: unit for unit in plain["units"]}
    assert units["D"]["provisional"] == [{"register": "cases", "rows": 1, "evidence": ["C1"]}]
    assert "provisional" not in units["E"]


def test_a_users_table_decides_and_nothing_is_provisional(tmp_path: Path) -> None:
    """With New Year the limit ends with Tuesday the 5th: noon is in time."""
    (tmp_path / "own.yaml").write_text(NEW_YEAR, encoding="utf-8")
    folder = write(tmp_path, *WITHIN, BEYOND)
    for provisional in (False, True):
        result = scored(folder, CalendarChoice(str(tmp_path / "own.yaml"), provisional))
        assert result.unit("D").measures["overdue_1_day"] == 0
        assert result.unit("D").indicator("handling_timeliness").points == 15
        assert (result.provisional_after, result.unit("D").provisional) == (None, ())


def test_a_provisional_calendar_that_nothing_needed_changes_no_byte(tmp_path: Path) -> None:
    folder = write(tmp_path, *WITHIN)
    assert json.dumps(scored(folder, PROVISIONAL).to_json()) == json.dumps(scored(folder).to_json())


def test_the_rows_are_counted_without_their_keys_where_no_evidence_is_asked(tmp_path: Path) -> None:
    result = scored(write(tmp_path, BEYOND), PROVISIONAL, evidence=False)
    assert result.unit("D").provisional == (ProvisionalRows("cases", 1),)


@pytest.mark.long
def test_the_time_taken_is_drawn_by_the_provisional_days_too(tmp_path: Path) -> None:
    folder = write(tmp_path, *WITHIN, BEYOND)
    asked = Asked.of("s22-heating", str(folder), "2026-12", AS_OF, provisional_calendar=True)
    period = score_period(asked, read_ledger(folder, AS_OF))
    limits = zip(period.handling.limits, period.handling.taken["D"], strict=True)
    assert [(taken.on_time, taken.late) for limit, taken in limits if limit.id == "plan"] == [(1, 1)]
    assert "--provisional-calendar" in period.command["score"]
    assert "provisional_calendar: true" in period.command["notebook"]


DAILY = (
    "case_id,unit,kind,received_at,closed_at,replied_at,due_at,filed,mediated,mediation_ok,missing_items\n"
    + "".join(f"C{n},D,咨询,2027-01-0{n}T09:00:00,,,,,,,\n" for n in range(1, 6))
)


def test_the_working_days_of_a_month_that_stand_in_for_a_fact(tmp_path: Path) -> None:
    """January 2027 has 21 days from Monday to Friday."""
    folder = write(tmp_path)
    (folder / "cases.csv").write_text(DAILY, encoding="utf-8")
    ledger, period = read_ledger(folder, datetime(2027, 2, 1)), Period.parse("2027-01")
    readings = {"assessment_days": "working"}
    with pytest.raises(InputError) as refused:
        assess("s09-chengde-12315", ledger, period, readings=readings)
    assert str(refused.value.problems[0]) == (
        f"{folder}: unit_facts: found no assessment_days of unit D in 2027-01, for which its working days stand in, "
        "expected the fact, or days from 2004-01-01 to 2026-12-31, which calendar china knows"
    )
    _, result = assess("s09-chengde-12315", ledger, period, readings=readings, days=PROVISIONAL)
    assert result.unit("D").measures["assessment_days"] == 21
    assert result.unit("D").indicator("consult_daily").points == Fraction(5, 21) / 5
    assert result.unit("D").provisional == (ProvisionalRows("unit_facts", 1, ("assessment_days",)),)
    (folder / "unit_facts.csv").write_text("unit,period,fact,value\nD,2027-01,assessment_days,20\n", encoding="utf-8")
    given = assess("s09-chengde-12315", read_ledger(folder), period, readings=readings, days=PROVISIONAL)[1]
    assert [unit.provisional for unit in given.units] == [(), (ProvisionalRows("unit_facts", 1, ("assessment_days",)),)]


# --- what a reader is told ---

ENGLISH = (
    "counted by working days after 2026-12-31 that nobody has published, so that plain weekends stand in for holidays "
    "and make-up days: "
)
CHINESE = "用到 2026-12-31 以后尚未公布的工作日，暂按周末计算，不含节假日和调休："


def test_a_notice_names_the_units_and_the_number_of_rows(tmp_path: Path) -> None:
    folder = write(tmp_path, *WITHIN, BEYOND, BEYOND.replace("C1", "C7"))
    (notice,) = scored(folder, PROVISIONAL).noticed("provisional_days")
    assert notice.units == ("D",)
    assert told(notice.message, "en") == f"D: {ENGLISH}cases 2"
    assert told(notice.message, "zh") == f"D：{CHINESE}信访投诉件 2 行"
    assert scored(folder, PROVISIONAL).noticed("calendar_ends") == ()


@pytest.mark.parametrize(
    ("taken", "period", "ends"),
    [
        ("2026-12-02T00:00:00", "2026-11", True),
        ("2026-12-01T23:59:59", "2026-11", False),
        ("2026-11-01T00:00:00", "2026-12", True),  # the period ends with the known days
        ("2026-11-01T00:00:00", "2026-11", False),
        ("2027-03-01T00:00:00", "2026-10", True),
    ],
)
def test_that_the_known_days_end_is_told_thirty_days_before(
    tmp_path: Path, taken: str, period: str, ends: bool
) -> None:
    as_of = datetime.fromisoformat(taken)
    ledger = read_ledger(write(tmp_path, WITHIN[0].replace("2026-12", "2026-10")), as_of)
    _, result = assess("s22-heating", ledger, Period.parse(period), as_of)
    expected = "calendar china knows the working days until 2026-12-31; no row of this result needed a later one"
    assert [told(one.message, "en") for one in result.noticed("calendar_ends")] == [expected] * ends


def test_a_scheme_that_counts_no_working_days_says_nothing_of_them(tmp_path: Path) -> None:
    """s09 names the calendar, and needs it under another reading alone."""
    folder = write(tmp_path)
    (folder / "cases.csv").write_text(DAILY, encoding="utf-8")
    ledger, period = read_ledger(folder, datetime(2027, 2, 1)), Period.parse("2026-12")
    assert assess("s09-chengde-12315", ledger, period)[1].noticed("calendar_ends") == ()
    under = assess("s09-chengde-12315", ledger, period, readings={"assessment_days": "working"})[1]
    assert len(under.noticed("calendar_ends")) == 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "own"), [("en", f"D: {ENGLISH}cases 1 (C1)."), ("zh", f"D：{CHINESE}信访投诉件 1 行（C1）。")]
)
def test_every_page_says_it_and_the_units_page_names_its_rows(tmp_path: Path, language: str, own: str) -> None:
    asked = {"scheme": "s22-heating", "ledger": str(write(tmp_path, *WITHIN, BEYOND)), "period": "2026-12"}
    asked |= {"as_of": AS_OF.isoformat(), "language": language}
    pages = {
        unit: UnitReport.open(unit=unit, provisional_calendar=True, **asked).show("headline").html  # type: ignore[arg-type]
        for unit in "DE"
    }
    assert own in pages["D"]
    assert "2026-12-31" not in pages["E"]
    ranking = RankingReport.open(provisional_calendar=True, **asked)  # type: ignore[arg-type]
    assert own.replace(" (C1)", "").replace("（C1）", "") in ranking.show("headline").html
    assert t("Rows by provisional days", language) in ranking.show("ranking").html


@pytest.mark.long
def test_the_commands_name_the_rows_in_table_csv_json_and_workbook(tmp_path: Path) -> None:
    folder = write(tmp_path, *WITHIN, BEYOND)
    common = ["s22-heating", "--ledger", str(folder), "--period", "2026-12", "--as-of", AS_OF.isoformat()]
    runner = CliRunner()

    def done(*arguments: str) -> str:
        ended = runner.invoke(main, [arguments[0], *common, "--provisional-calendar", *arguments[1:]])
        assert ended.exit_code == 0, ended.output
        return ended.stdout

    rows = list(csv.DictReader(io.StringIO(done("score", "--format", "csv"))))
    assert {row["unit"]: row["provisional"] for row in rows} == {"D": "1", "E": "0"}
    explained = runner.invoke(main, ["explain", *common, "--provisional-calendar", "--unit", "D", "--language", "en"])
    assert f"note: D: {ENGLISH}cases 1 (C1)" in explained.stderr.splitlines()
    plain = json.loads(done("explain", "--unit", "D", "--format", "json"))
    assert plain["provisional"] == [{"register": "cases", "count": 1, "evidence": ["C1"]}]
    done("score", "--format", "xlsx", "--out", str(tmp_path / "book.xlsx"))
    sheets = {
        name: fastexcel.read_excel(str(tmp_path / "book.xlsx")).load_sheet(name).to_polars()
        for name in ("说明", "排名表")
    }
    assert any(CHINESE in str(value) for row in sheets["说明"].iter_rows() for value in row)
    ranking = sheets["排名表"]
    assert dict(zip(ranking["代码"], ranking["暂行工作日的行"], strict=True)) == {"D": 1, "E": 0}


# --- before it comes to that ---


@pytest.mark.long
@pytest.mark.parametrize(("day", "warned"), [("2026-12-02", True), ("2026-12-01", False), ("2027-06-01", True)])
def test_check_warns_of_a_calendar_that_ends_within_thirty_days_of_a_given_day(
    tmp_path: Path, day: str, warned: bool
) -> None:
    (tmp_path / "own.yaml").write_text("years:\n  2027: {}\n", encoding="utf-8")
    schemes = ["s38-first-asked", "s02-fujian-three-rates"]
    done = CliRunner().invoke(main, ["check", *schemes, "--on", day])
    notes = [line for line in done.stderr.splitlines() if line.startswith("note: ")]
    assert len(notes) == warned
    assert all(
        "knows the working days until 2026-12-31 (s38-first-asked); params/calendars/china.yaml: " in n for n in notes
    )
    assert "calendar" not in done.stdout
    longer = CliRunner().invoke(main, ["check", *schemes, "--on", day, "--calendar", str(tmp_path / "own.yaml")])
    assert "note: " not in longer.stderr
    assert (longer.stdout, longer.exit_code) == (done.stdout, done.exit_code)


def test_the_page_on_new_weights_says_it_too(tmp_path: Path) -> None:
    folder = write(tmp_path, *WITHIN, BEYOND)
    opened = RevisionReport.open(
        old="s22-heating", new="s22-heating", ledger=str(folder), period="2026-12", as_of=AS_OF.isoformat(),
        language="en", provisional_calendar=True,
    )  # fmt: skip
    assert f"D: {ENGLISH}cases 1" in opened.show("headline").html
    assert '"provisional_calendar": true' in opened.scored.parameters("en")
