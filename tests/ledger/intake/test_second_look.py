"""Kinds of files that fresh eyes found taken in silence, each with a good file of the same shape."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import xlsxwriter
from test_kinds import HEADER, ONE, TWO, kinds, rejects, taken

TIME = "%Y-%m-%d %H:%M:%S"
RATINGS = {
    "from": "ratings*",
    "columns": {
        "unit": {"column": "单位"}, "at": {"column": "时间", "time": TIME}, "method": {"constant": "电话"},
        "grade": {"column": "评价"},
    },
}  # fmt: skip
RATED = "单位,时间,评价\n东区,2026-01-05 09:00:00,满意\n"


def told(intake, kind):
    """What is said of a kind of doubt, in English."""
    return [str(doubt.message) for doubt in intake.doubts if doubt.kind == kind]


def rows(count, *, letter="A", unit="东区", minutes=1):
    return "".join(
        f"{letter}{n:03},{unit},2026-01-{1 + n % 28:02} 08:{n * minutes % 60:02}:00,2026-02-10 08:30:00,"
        f"2026-01-{1 + n % 28:02} 09:00:00,已办结,满意\n"
        for n in range(1, count + 1)
    )


@pytest.mark.parametrize("other", [RATED, RATED.replace("05", "06")], ids=["a copy", "another"])
def test_a_copy_of_a_file_whose_rows_have_no_key_counts_twice_and_is_told(tmp_path, other):
    files = {"cases.csv": HEADER + ONE, "ratings.csv": RATED, "ratings (1).csv": other}
    intake = taken(tmp_path, files, ratings=RATINGS)
    assert intake.accepted["ratings"] == 2
    said = told(intake, "same_content")
    assert bool(said) == (other == RATED)
    assert all("ratings (1).csv" in one and "ratings.csv" in one for one in said)


@pytest.mark.parametrize(
    ("hidden", "count"), [((), None), ((2,), 1), ((2, 3), 2), ((0,), None)], ids=["none", "one", "two", "the header"]
)
def test_rows_that_a_filter_hides_are_taken_and_counted_aloud(tmp_path, hidden, count):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate((HEADER + ONE + TWO + TWO.replace("A002", "A003")).splitlines()):
            sheet.write_row(row, 0, line.split(","))
        for row in hidden:
            sheet.set_row(row, None, None, {"hidden": True})
    intake = taken(tmp_path, {"cases.xlsx": content.getvalue()})
    assert intake.accepted["cases"] == 3
    assert [doubt.count for doubt in intake.doubts if doubt.kind == "hidden_rows"] == ([] if count is None else [count])


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("东区街道", "東區街道", True), ("东区", "东区*", True), ("东区", "东区①", True), ("东区", "东区※", True),
        ("东区", "西区", False), ("东区一", "东区二", False), ("一〇一所", "一〇二所", False),
    ],
)  # fmt: skip
def test_units_in_traditional_letters_or_with_a_footnote_are_look_alikes(tmp_path, one, other, alike):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE.replace("东区", one) + TWO.replace("西区", other)})
    assert bool(told(intake, "look_alikes")) == alike
    assert intake.accepted["units"] == 2, "told, and changed by nobody"


@pytest.mark.parametrize(
    ("unit", "lists"),
    [("东区、西区", True), ("东区/西区", True), ("东区；南区", False), ("东、西区", False), ("南区", False)],
)
def test_a_cell_that_lists_several_of_the_units_is_told(tmp_path, unit, lists):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + TWO + ONE.replace("A001", "A003").replace("东区", unit)})
    assert bool(told(intake, "several_units")) == lists
    assert all(unit in said for said in told(intake, "several_units"))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("cases-2026-02.csv", True), ("cases202602.csv", True), ("cases_2026年2月.csv", True),
        ("cases-2026-01.csv", False),
        ("cases-20260201.csv", False), ("cases-2026-02-01.csv", False), ("cases-12026021.csv", False),
        ("cases.csv", False),
    ],
)  # fmt: skip
def test_a_file_named_for_a_month_of_which_it_has_no_row_is_told(tmp_path, name, wrong):
    said = told(taken(tmp_path, {name: HEADER + ONE + TWO}), "another_month")
    assert bool(said) == wrong
    assert all("2026-02" in one and "2026-01 to 2026-01" in one for one in said)


def test_a_file_of_several_months_has_the_one_that_it_is_named_for(tmp_path):
    later = TWO.replace("2026-01", "2026-02")
    assert not told(taken(tmp_path, {"cases-2026-02.csv": HEADER + ONE + later}), "another_month")


BY_TIME = "工单号,单位,办理期限,状态,满意度,办结时间,受理时间\n" + "".join(
    f"A{n},东区,2026-01-11 08:30:00,已办结,满意,2026-01-07 08:30:00,2026-01-06 08:30:0{n}\n" for n in range(4)
)


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        (BY_TIME, False), (BY_TIME[:-1], False), (BY_TIME[:-2], True), (BY_TIME[:-2] + "\n", False),
        (HEADER + rows(4)[:-1], False), (HEADER + rows(4)[:-2], True), (HEADER + rows(4)[:-3], False),
        (HEADER + ONE + TWO + ONE.replace("A001", "A003").replace("满意", "不满意")[:-1], False),
    ],
    ids=[
        "whole", "without the last line end", "a second is cut", "a short second with a line end", "a word is whole",
        "a word is cut", "an empty cell", "another word",
    ],
)  # fmt: skip
def test_a_text_that_ends_in_the_midst_of_its_last_cell_is_told(tmp_path, content, cut):
    assert bool(told(taken(tmp_path, {"cases.csv": content}), "cut_off")) == cut


def test_the_sixtieth_second_is_no_time_and_not_the_next_minute(tmp_path):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + TWO.replace("2026-01-06 08:30:00", "2026-01-06 08:30:60")})
    assert [(row[0], row[1]) for row in rejects(intake)] == [(3, "受理时间")]
    assert not told(intake, "day_and_month")
    good = taken(tmp_path, {"cases.csv": HEADER + TWO.replace("2026-01-06 08:30:00", "2026-01-06 08:30:59")})
    assert good.registers["cases"]["received_at"].to_list() == [datetime(2026, 1, 6, 8, 30, 59)]


def test_years_of_another_count_are_rejected_and_not_called_swapped(tmp_path):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE.replace("2026", "115")})
    assert intake.rejected["cases"] == 1
    assert not told(intake, "day_and_month")


def test_cases_that_came_a_second_time_under_other_ids_are_told(tmp_path):
    twice = taken(tmp_path, {"cases.csv": HEADER + rows(20) + rows(20, letter="B")})
    assert told(twice, "rows_again") == [
        "20 cases are in everything but the id the same as another: was an export numbered twice?"
    ]
    assert "rows_again" not in kinds(taken(tmp_path, {"cases.csv": HEADER + rows(20) + rows(2, letter="B")}))
    other = rows(20, letter="B").replace("08:", "07:")
    assert "rows_again" not in kinds(taken(tmp_path, {"cases.csv": HEADER + rows(20) + other}))


def test_bare_dates_say_too_little_of_a_case_for_two_to_be_one(tmp_path):
    days = (HEADER + rows(20) + rows(20, letter="B")).replace(" 09:00:00", "")
    for minute in range(60):
        days = days.replace(f" 08:{minute:02}:00", "")
    columns = {one: {"column": source, "time": "%Y-%m-%d"} for one, source in
               (("received_at", "受理时间"), ("due_at", "办理期限"), ("closed_at", "办结时间"))}  # fmt: skip
    intake = taken(tmp_path, {"cases.csv": days}, columns=columns)
    assert (intake.accepted["cases"], told(intake, "rows_again")) == (40, [])
