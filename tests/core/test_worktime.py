"""Working days of China against the State Council's tables, and against walking day by day."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.core.calendars import load_calendar
from auditlib.core.errors import InputError
from auditlib.core.worktime import OutsideCalendar, china

# 国务院办公厅关于2025年、2026年部分节假日安排的通知: days off that fall on weekdays, and weekend days that are worked.
OFF = {
    2025: ["01-01", "01-28", "01-29", "01-30", "01-31", "02-03", "02-04", "04-04", "05-01", "05-02", "05-05", "06-02",
           "10-01", "10-02", "10-03", "10-06", "10-07", "10-08"],
    2026: ["01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "02-23", "04-06", "05-01", "05-04", "05-05",
           "06-19", "09-25", "10-01", "10-02", "10-05", "10-06", "10-07"],
}  # fmt: skip
WORKED = {
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}
OFF_DAYS = {date.fromisoformat(f"{year}-{day}") for year, days in OFF.items() for day in days}
WORKED_DAYS = {date.fromisoformat(f"{year}-{day}") for year, days in WORKED.items() for day in days}
DAY = timedelta(days=1)


def worked(day):
    """By the published tables above, without the code under test."""
    return day in WORKED_DAYS or (day.weekday() < 5 and day not in OFF_DAYS)


def end_of(start, count, calendar=None):
    frame = pl.DataFrame({"t": [start]}, schema={"t": pl.Datetime("us")})
    return frame.select((calendar or china()).end_of_workday(pl.col("t"), count)).item()


def between(start, end, calendar=None):
    frame = pl.DataFrame({"a": [start], "b": [end]}, schema={"a": pl.Datetime("us"), "b": pl.Datetime("us")})
    return frame.select((calendar or china()).working_us(pl.col("a"), pl.col("b"))).item()


def midnight(day):
    return datetime(day.year, day.month, day.day)


TIMES = st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 1))


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_the_year_is_as_the_state_council_published_it(year):
    days = [date(year, 1, 1) + n * DAY for n in range(365)]
    assert [day for day in days if china().is_workday(day) != worked(day)] == []


def test_national_day_2025_rests_eight_days_and_is_made_up_on_two_weekends():
    rest = [date(2025, 10, day) for day in range(1, 9)]
    assert [china().is_workday(day) for day in rest] == [False] * 8
    assert china().is_workday(date(2025, 9, 28))  # Sunday
    assert china().is_workday(date(2025, 10, 11))  # Saturday
    assert not china().is_workday(date(2025, 10, 12))  # Sunday


@pytest.mark.parametrize(
    ("start", "last_day"),
    [
        ("2025-06-09T08:00", "2025-06-12"),  # a Monday: the first day is not counted
        ("2025-06-12T17:59", "2025-06-17"),  # Thursday: Friday, Monday, Tuesday
        ("2025-06-14T10:00", "2025-06-18"),  # Saturday
        ("2025-06-15T10:00", "2025-06-18"),  # Sunday
        ("2025-09-26T10:00", "2025-09-30"),  # Friday: Sunday 28th is worked, Monday, Tuesday
        ("2025-09-29T10:00", "2025-10-10"),  # Monday: 30 September, then 9 and 10 October
        ("2025-09-30T23:59", "2025-10-11"),  # Tuesday: 9, 10 and the make-up Saturday
        ("2025-10-01T00:00", "2025-10-11"),
        ("2025-12-31T12:00", "2026-01-06"),  # over New Year: Sunday 4 January is worked, 5, 6
    ],
)
def test_three_working_days_end_with_the_third_worked_day_after_the_first(start, last_day):
    assert end_of(datetime.fromisoformat(start), 3) == midnight(date.fromisoformat(last_day) + DAY)


@given(TIMES, st.integers(1, 15))
def test_a_limit_in_working_days_ends_where_walking_day_by_day_ends(start, count):
    day, left = start.date(), count
    while left:
        day += DAY
        left -= worked(day)
    assert end_of(start, count) == midnight(day + DAY)


@given(TIMES, st.timedeltas(timedelta(days=-30), timedelta(days=30)))
def test_working_time_is_the_sum_of_its_pieces_of_worked_days(start, length):
    end = start + length
    low, high = min(start, end), max(start, end)
    total = timedelta()
    while low < high:
        upto = min(midnight(low.date() + DAY), high)
        total += (upto - low) if worked(low.date()) else timedelta()
        low = upto
    expected = total // timedelta(microseconds=1)
    assert between(start, end) == (expected if end >= start else -expected)


@given(
    st.datetimes(datetime(2025, 9, 20), datetime(2025, 10, 20)).map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(0, 3 * 1440),
)
def test_working_minutes_agree_with_counting_minute_by_minute(start, minutes):
    counted = sum(worked((start + timedelta(minutes=n)).date()) for n in range(minutes))
    assert between(start, start + timedelta(minutes=minutes)) == counted * 60_000_000


def test_an_unknown_time_gives_an_unknown_deadline_and_duration():
    assert end_of(None, 3) is None
    assert between(None, datetime(2025, 6, 1)) is None
    assert between(datetime(2025, 6, 1), None) is None


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1), date(1969, 1, 1)])
def test_a_day_outside_the_calendar_is_refused(day):
    for ask in (
        lambda: china().is_workday(day),
        lambda: end_of(midnight(day), 1),
        lambda: between(midnight(day), midnight(day) + 2 * DAY),
    ):
        with pytest.raises(OutsideCalendar) as caught:
            ask()
        assert str(caught.value).startswith(
            "calendar china covers 2004-01-01 to 2026-12-31, but working days are needed from "
        )


def test_a_deadline_that_runs_past_the_calendar_is_refused_not_forgotten():
    assert end_of(datetime(2026, 12, 29, 9), 2) == datetime(2027, 1, 1)  # Wednesday and Thursday, the last days
    with pytest.raises(OutsideCalendar, match="needed from 2027-01-01"):
        end_of(datetime(2026, 12, 29, 9), 3)


def test_the_midnight_after_the_last_day_still_belongs_to_the_calendar():
    assert between(datetime(2026, 12, 31), datetime(2027, 1, 1)) == 24 * 3_600_000_000  # a Thursday
    with pytest.raises(OutsideCalendar):
        between(datetime(2026, 12, 31), datetime(2027, 1, 1, 0, 0, 1))


# --- calendars of a user ---


TABLE_2027 = """\
years:
  2027:
    holidays: [2027-01-01, 2027-02-08]
    workdays: [2027-02-13]
"""


def test_a_users_table_for_2027_extends_the_calendar(tmp_path):
    (tmp_path / "china.yaml").write_text(TABLE_2027, encoding="utf-8")
    calendar = load_calendar("china", tmp_path / "china.yaml")
    assert (calendar.first, calendar.last) == (date(2004, 1, 1), date(2027, 12, 31))
    assert not calendar.is_workday(date(2027, 1, 1))  # Friday, a holiday
    assert not calendar.is_workday(date(2027, 2, 8))  # Monday, a holiday
    assert calendar.is_workday(date(2027, 2, 13))  # Saturday, made up
    assert not calendar.is_workday(date(2027, 2, 14))  # Sunday
    assert calendar.is_workday(date(2027, 12, 31))  # Friday
    assert not calendar.is_workday(date(2025, 10, 1))  # the shipped years stand
    assert end_of(datetime(2026, 12, 31, 12), 1, calendar) == datetime(2027, 1, 5)  # Monday 4 January
    assert between(datetime(2026, 12, 31), datetime(2027, 1, 5), calendar) == 2 * 24 * 3_600_000_000


def test_without_a_users_table_china_is_the_shipped_calendar(tmp_path):
    assert load_calendar("china", tmp_path / "china.yaml") == china()


def test_a_calendar_of_ones_own_covers_its_years_alone(tmp_path):
    (tmp_path / "works.yaml").write_text("years:\n  2025: {holidays: [2025-01-06]}\n  2026: {}\n", encoding="utf-8")
    calendar = load_calendar("works", tmp_path / "works.yaml")
    assert (calendar.name, calendar.first, calendar.last) == ("works", date(2025, 1, 1), date(2026, 12, 31))
    assert not calendar.is_workday(date(2025, 1, 6))
    assert calendar.is_workday(date(2025, 10, 1))  # no holiday of this calendar


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "years:\n  2027:\n    holidays: [2026-01-01]\n",
            "3:16: years.2027.holidays[0]: found 2026-01-01, expected a date of 2027",
        ),
        (
            "years:\n  2027: {holiday: []}\n",
            "2:10: years.2027.holiday: unknown key `holiday`; did you mean `holidays`?",
        ),
        (
            "Years:\n  2027: {}\n",
            "1:1: missing key `years`, expected a mapping of whole numbers, each to a mapping with some of the "
            "keys holidays, workdays",
        ),
        ("years:\n  2024: {}\n  2026: {}\n", " years: the years [2025] between 2024 and 2026 are missing"),
        ("years: {}\n", " years: no year is given"),
        (
            "years:\n  2027: {holidays: [2027-01-02], workdays: [2027-01-02]}\n",
            "2:45: years.2027.workdays[0]: found 2027-01-02, expected a day either worked or not",
        ),
    ],
)
def test_a_faulty_table_is_refused_with_its_place(tmp_path, text, problem):
    file = tmp_path / "works.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_calendar("works", tmp_path / "works.yaml")
    assert f"{file}:{problem}" in str(caught.value).splitlines()


def test_an_unknown_calendar_is_refused_with_the_file_it_would_stand_in(tmp_path):
    with pytest.raises(InputError, match=r"mars\.yaml: no calendar named mars; expected `china` or this file"):
        load_calendar("mars", tmp_path / "mars.yaml")
