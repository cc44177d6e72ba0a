"""Working days that nobody has published: refused with the rows that need them, or provisional and named.

31 December 2026, a Thursday, is the last known day. Of three working days after Wednesday 30 December, plain weekends
make 31 December, 1 and 4 January; with New Year from the first to the third they are 31 December, 4 and 5 January.
"""

from __future__ import annotations

import json
import pickle
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditlib.assess import assess
from auditlib.calendars import PUBLISHED, CalendarChoice
from auditlib.cli import main
from auditlib.errors import InputError
from auditlib.ledger.parts import divided
from auditlib.ledger.read import read_ledger
from auditlib.period import Period
from auditlib.report.asked import Asked
from auditlib.report.opening import score_period
from auditlib.result import ProvisionalRows, Result
from auditlib.scheme.load import load_scheme
from auditlib.tally import Question, merged, take_tally, tallies_of_parts
from auditlib.unknown_days import DaysUnknown
from auditlib.worktime import china

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


def test_the_time_taken_is_drawn_by_the_provisional_days_too(tmp_path: Path) -> None:
    folder = write(tmp_path, *WITHIN, BEYOND)
    asked = Asked.of("s22-heating", str(folder), "2026-12", AS_OF, provisional_calendar=True)
    period = score_period(asked, read_ledger(folder, AS_OF))
    limits = zip(period.handling.limits, period.handling.taken["D"], strict=True)
    assert [(taken.on_time, taken.late) for limit, taken in limits if limit.days == 3] == [(1, 1)]
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
