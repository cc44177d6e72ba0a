"""Calendars of a user: a State Council notice as the documentation enters it, intervals, and days not yet known."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from auditlib.core.calendars import PUBLISHED, CalendarChoice, load_calendar
from auditlib.core.errors import InputError
from auditlib.core.worktime import OutsideCalendar, china

DOCS = Path(__file__).parents[2] / "docs"
DAY = timedelta(days=1)
AFTER = date(2027, 1, 1)


def days_of(year):
    return [date(year, 1, 1) + n * DAY for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


def tables_in(page):
    """The worked examples that a page of the documentation prints: China's notice, and another country's holidays."""
    notice, abroad = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    return notice, abroad


def table_in(page):
    """The notice that a page of the documentation enters."""
    return tables_in(page)[0]


def known_alone_by(table, folder, year):
    """The days of a year as the table says them: under a name that the library does not know."""
    file = folder / "notice.yaml"
    file.write_text(table, encoding="utf-8")
    calendar = load_calendar("notice", file)
    assert (calendar.first.year, calendar.last.year) == (year, year)
    return calendar


@pytest.mark.parametrize("page", ["working-days.md", "working-days.zh.md"])
def test_the_notice_that_the_documentation_enters_gives_the_librarys_days(page, tmp_path):
    calendar = known_alone_by(table_in(page), tmp_path, 2026)
    assert [day for day in days_of(2026) if calendar.is_workday(day) != china().is_workday(day)] == []


@pytest.mark.parametrize("page", ["working-days.md", "working-days.zh.md"])
def test_the_holidays_of_england_are_those_that_the_law_defines(page, tmp_path):
    """Mondays of May and August, the days around Easter (20 April 2025, 5 April 2026), Christmas; a Saturday moves."""
    file = tmp_path / "england.yaml"
    file.write_text(tables_in(page)[1], encoding="utf-8")
    calendar = load_calendar("england", file)
    assert (calendar.first.year, calendar.last.year) == (2025, 2026)
    for year, easter in ((2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))):
        mays, augusts = ([day for day in days_of(year) if day.month == m and day.weekday() == 0] for m in (5, 8))
        boxing = date(2026, 12, 28) if date(year, 12, 26).weekday() == 5 else date(year, 12, 26)
        off = {date(year, 1, 1), easter - 2 * DAY, easter + DAY, mays[0], mays[-1], augusts[-1]}
        off |= {date(year, 12, 25), boxing}
        assert {day for day in days_of(year) if day.weekday() < 5 and not calendar.is_workday(day)} == off


@pytest.mark.parametrize("page", ["working-days.md", "working-days.zh.md"])
def test_the_documentation_enters_every_day_that_the_notice_names(page):
    """The notice's own words, beside what the page makes of them."""
    rows = re.findall(r"^\| [一二三四五六七]、(.*?) \| (.*?) \|$", (DOCS / page).read_text(encoding="utf-8"), re.M)
    assert len(rows) == 7
    for notice, entered in rows:
        off, worked = re.split(r"共\d天。", notice)
        month, first, last = re.search(r"(\d+)月(\d+)日（.*?）至(\d+)日", off).groups()
        assert re.findall(r"`(\S+)/(\S+?)`", entered) == [
            (f"2026-{int(month):02}-{int(first):02}", f"2026-{int(month):02}-{int(last):02}")
        ]
        made_up = [f"2026-{int(m):02}-{int(d):02}" for m, d in re.findall(r"(\d+)月(\d+)日", worked)]
        assert [day for day in re.findall(r"`(\S+?)`", entered) if "/" not in day] == made_up
        assert all(day in table_in(page) for day in made_up)


def test_a_notice_that_forgets_one_make_up_day_is_not_the_librarys(tmp_path):
    calendar = known_alone_by(table_in("working-days.md").replace(", 2026-10-10", ""), tmp_path, 2026)
    assert [day for day in days_of(2026) if calendar.is_workday(day) != china().is_workday(day)] == [date(2026, 10, 10)]


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ("holidays: [2027-01-03/2027-01-01]", "found 2027-01-03/2027-01-01, expected the earlier day first"),
        ("workdays: [2027-02-12]", "found 2027-02-12, expected a Saturday or Sunday"),  # a Friday
        ("holidays: [2026-12-31/2027-01-02]", "found 2026-12-31, expected a date of 2027"),
        ("holidays: [2027-02-30]", "years.2027.holidays[0]"),
        ("holidays: [1月1日至3日]", "years.2027.holidays[0]"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_place(tmp_path, entries, problem):
    file = tmp_path / "china.yaml"
    file.write_text(f"years:\n  2027:\n    {entries}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_calendar("china", file)
    assert problem in str(refused.value)
    assert f"{file}:3:16: " in str(refused.value)


# --- whose calendar counts ---


def test_a_user_names_a_file_or_a_folder(tmp_path):
    (tmp_path / "china.yaml").write_text("years:\n  2027: {holidays: [2027-01-01/2027-01-03]}\n", encoding="utf-8")
    for named in (tmp_path, tmp_path / "china.yaml"):
        calendar = CalendarChoice(str(named)).of("china")
        assert (calendar.last, calendar.file) == (date(2027, 12, 31), str(tmp_path / "china.yaml"))
        assert not calendar.is_workday(date(2027, 1, 1))


def test_a_file_that_is_not_there_is_refused_and_a_folder_without_the_table_is_where_it_would_stand(tmp_path):
    with pytest.raises(InputError, match=r"no such file, expected a calendar as docs/working-days\.md shows"):
        CalendarChoice(str(tmp_path / "no.yaml")).of("china")
    assert CalendarChoice(str(tmp_path)).of("china").file == str(tmp_path / "china.yaml")


def test_without_a_choice_the_published_days_count():
    assert PUBLISHED.of("china") == china()


# --- days that nobody has published ---


def test_a_provisional_calendar_goes_on_with_plain_weekends_and_changes_no_known_day():
    calendar = china().provisional()
    assert (calendar.last_known, calendar.last) == (date(2026, 12, 31), date(2126, 12, 31))
    assert [day for day in days_of(2026) if calendar.is_workday(day) != china().is_workday(day)] == []
    assert [day for day in days_of(2027) if calendar.is_workday(day) != (day.weekday() < 5)] == []
    assert calendar.is_workday(AFTER)  # a Friday: New Year is not known to be a holiday
    with pytest.raises(OutsideCalendar):
        calendar.is_workday(date(2003, 12, 31))


def test_a_known_calendar_made_provisional_twice_is_the_same():
    once = china().provisional()
    assert once.provisional() == once
    assert (once.provisional().worked == once.worked).all()


def asked(expression, *times):
    frame = pl.DataFrame({"t": times}, schema={"t": pl.Datetime("us")})
    return frame.select(expression).to_series().to_list()


@pytest.mark.parametrize("calendar", [china(), china().provisional()], ids=["published", "provisional"])
def test_it_is_told_which_limits_need_a_day_that_is_not_known(calendar):
    """31 December 2026 is a Thursday, worked, and the last known day."""
    times = [
        datetime(2026, 12, 28, 9),
        datetime(2026, 12, 29, 9),
        datetime(2026, 12, 30, 9),
        None,
        datetime(2027, 1, 4),
    ]
    assert asked(calendar.unknown_end(pl.col("t"), 3), *times) == [False, True, True, False, True]
    assert asked(calendar.unknown_end(pl.col("t"), 1), *times) == [False, False, False, False, True]
    assert asked(calendar.unknown_end(pl.col("t"), 1), datetime(2026, 12, 31, 23), datetime(2003, 12, 31)) == [
        True,
        True,
    ]


def test_it_is_told_which_working_times_need_a_day_that_is_not_known():
    start = pl.lit(datetime(2026, 12, 30), pl.Datetime("us"))
    ends = [datetime(2027, 1, 1), datetime(2027, 1, 1, 0, 0, 1), None, datetime(2026, 12, 1), datetime(2003, 12, 31)]
    assert asked(china().unknown_between(start, pl.col("t")), *ends) == [False, True, False, False, True]


def test_a_lenient_calendar_gives_nothing_where_it_knows_nothing():
    ends = asked(china().lenient().end_of_workday(pl.col("t"), 1), datetime(2026, 12, 30), datetime(2026, 12, 31))
    assert ends == [datetime(2027, 1, 1), None]
    start = pl.lit(datetime(2026, 12, 31), pl.Datetime("us"))
    assert asked(china().lenient().working_us(start, pl.col("t")), datetime(2027, 1, 2)) == [None]
