"""Assessment periods: what their names mean, where they begin and end, how they nest."""

from calendar import monthrange
from datetime import date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.core.period import Period

YEARS = st.integers(1900, 2999)
NAMES = st.one_of(
    st.builds("{:04d}-{:02d}".format, YEARS, st.integers(1, 12)),
    st.builds("{:04d}Q{}".format, YEARS, st.integers(1, 4)),
    st.builds("{:04d}H{}".format, YEARS, st.integers(1, 2)),
    st.builds("{:04d}".format, YEARS),
)


@pytest.mark.parametrize(
    ("name", "first", "after", "days"),
    [
        ("2025-06", date(2025, 6, 1), date(2025, 7, 1), 30),
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1), 31),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1), 29),
        ("2025-02", date(2025, 2, 1), date(2025, 3, 1), 28),
        ("2025Q1", date(2025, 1, 1), date(2025, 4, 1), 90),
        ("2025Q4", date(2025, 10, 1), date(2026, 1, 1), 92),
        ("2025H1", date(2025, 1, 1), date(2025, 7, 1), 181),
        ("2025H2", date(2025, 7, 1), date(2026, 1, 1), 184),
        ("2024", date(2024, 1, 1), date(2025, 1, 1), 366),
    ],
)
def test_a_period_runs_from_its_first_day_up_to_the_day_after(name, first, after, days):
    period = Period.parse(name)
    assert (period.first, period.after, period.days) == (first, after, days)
    assert period.start == datetime(first.year, first.month, first.day)
    assert period.end == datetime(after.year, after.month, after.day)


@given(NAMES)
def test_a_period_prints_as_it_was_written(name):
    assert str(Period.parse(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-13",
        "2025-00",
        "2025-6",
        "2025Q0",
        "2025Q5",
        "2025H3",
        "25",
        "2025-06-01",
        " 2025",
        "2025q1",
        "２０２５",
        "0000",
    ],
)
def test_any_other_text_is_no_period(text):
    with pytest.raises(ValueError, match=r"is not a period|out of range"):
        Period.parse(text)


@given(NAMES)
def test_the_months_of_a_period_follow_each_other_and_fill_it(name):
    period = Period.parse(name)
    months = period.split("month")
    assert months[0].first == period.first
    assert months[-1].after == period.after
    assert all(before.after == month.first for before, month in pairwise(months))
    assert sum(monthrange(month.first.year, month.first.month)[1] for month in months) == period.days


def test_a_year_splits_into_quarters_and_halves():
    assert list(map(str, Period.parse("2025").split("quarter"))) == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
    assert list(map(str, Period.parse("2025").split("half"))) == ["2025H1", "2025H2"]
    assert list(map(str, Period.parse("2025Q2").split("quarter"))) == ["2025Q2"]


def test_a_period_does_not_split_into_longer_ones():
    with pytest.raises(ValueError, match="2025Q2 cannot be split into periods of one half"):
        Period.parse("2025Q2").split("half")


@pytest.mark.parametrize(
    ("name", "granularity", "wide"),
    [
        ("2025-06", "quarter", "2025Q2"),
        ("2025-07", "half", "2025H2"),
        ("2025-12", "year", "2025"),
        ("2025Q3", "half", "2025H2"),
        ("2025H2", "year", "2025"),
        ("2025-06", "month", "2025-06"),
    ],
)
def test_a_period_lies_in_one_of_each_longer_granularity(name, granularity, wide):
    assert str(Period.parse(name).widen(granularity)) == wide


def test_a_period_does_not_widen_into_a_shorter_one():
    with pytest.raises(ValueError, match="2025Q2 does not fit into one month"):
        Period.parse("2025Q2").widen("month")


@pytest.mark.parametrize(
    ("name", "before"),
    [("2025-01", "2024-12"), ("2025-06", "2025-05"), ("2025Q1", "2024Q4"), ("2025H1", "2024H2"), ("2025", "2024")],
)
def test_the_previous_period_has_the_same_length_and_ends_where_this_one_begins(name, before):
    assert str(Period.parse(name).previous()) == before
    assert Period.parse(before).after == Period.parse(name).first
