"""Kinds of spoilt exports that went through without a word, each beside a good file of the same shape."""

from datetime import datetime

import polars as pl
import pytest
import xlsxwriter
from test_kinds import HEADER, ONE, TWO, ids, kinds, mapping_of, rejects, taken

from auditlib.core.errors import InputError
from auditlib.ledger.intake.profile import profile
from auditlib.ledger.intake.take_in import take_in
from auditlib.site.intake_page import profile_page

NAMES = HEADER.strip().split(",")
THREE = "A003,南区,2026-01-07 08:30:00,2026-01-12 08:30:00,2026-01-08 09:00:00,已办结,不满意\n"


def book(folder, write, **options):
    """An intake of one workbook that ``write`` fills below its column names."""
    source = folder / "src"
    source.mkdir()
    with xlsxwriter.Workbook(str(source / "cases.xlsx"), options) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, NAMES)
        write(made, page)
    return take_in([source], mapping_of(folder))


def rows(page, *numbers, first=None, form=None):
    for number in numbers:
        page.write_row(number, 1, ["东区", *ONE.strip().split(",")[2:]])
        page.write(number, 0, f"A{number:03}" if first is None else first + number, form)


# --- texts ---


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ((HEADER + ONE).encode() + TWO.encode("gb18030"), "UTF-8 in line 1 and another encoding in line 3"),
        ((HEADER + ONE).encode("gb18030") + TWO.encode(), "UTF-8 in line 3 and another encoding in line 1"),
        ((HEADER + ONE + TWO).encode()[:-9] + b"\xe5\n", "UTF-8 in line 1 and another encoding in line 3"),
    ],
)
def test_two_encodings_in_one_file_are_refused_with_the_lines(tmp_path, content, found):
    with pytest.raises(InputError, match=found):
        taken(tmp_path, {"cases.csv": content})


@pytest.mark.parametrize("unit", ["洹水镇", "涓溪乡溪头村", "溱潼", "东区"])
def test_rare_letters_in_gb18030_are_no_second_encoding(tmp_path, unit):
    intake = taken(tmp_path, {"cases.csv": (HEADER + ONE.replace("东区", unit) + TWO).encode("gb18030")})
    assert intake.registers["cases"]["unit"].to_list() == [unit, "西区"]


@pytest.mark.parametrize("note", ['"说 \\"好\\" 的"', '"好"的', '"说 ""好""的" 吗'])
def test_text_after_the_quote_that_ends_a_field_is_refused_with_its_line(tmp_path, note):
    with pytest.raises(InputError, match=r"text after the quote|expected after '\"'") as told:
        taken(tmp_path, {"cases.csv": HEADER + TWO + ONE.replace("满意\n", f"{note}\n")})
    assert told.value.problems[0].line == 3


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"说 ""好"" 的"', '说 "好" 的'), ('说"好"的', '说"好"的'), ('""', None),
        ('"a,""b"", c"', 'a,"b", c'), ('"两\n行""里"""', '两\n行"里"'), ('5" 管', '5" 管'),
    ],
)  # fmt: skip
def test_quotes_that_are_well_written_go_through(tmp_path, written, read):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE.replace("满意\n", f"{written}\n") + TWO})
    assert intake.registers["cases"]["satisfaction"].to_list() == [read, None]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_column_names_in_the_midst_are_one_fault_and_the_rows_below_are_taken(tmp_path, mark):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + mark + HEADER + TWO})
    assert ids(intake) == ["A001", "A002"]
    assert [row[:2] for row in rejects(intake)] == [(3, "")]
    assert intake.seen["cases"] == 3


def test_column_names_in_the_midst_are_no_unit(tmp_path):
    units = {"from": "units*", "columns": {"unit": {"column": "代码"}, "name": {"column": "名称"}}}
    files = {"cases.csv": HEADER + ONE, "units.csv": "代码,名称\n东区,东城区\n代码,名称\n名称,代码镇\n"}
    intake = taken(tmp_path, files, units=units)
    assert intake.registers["units"]["unit"].to_list() == ["东区", "名称"]
    assert intake.rejects.select("register", "row").rows() == [("units", 3)]


# --- sheets ---


def test_a_workbook_that_counts_from_1904_says_so_and_its_numbers_are_read_so(tmp_path):
    def write(_, page):
        page.write_row(1, 0, ["A001", "东区", 44565.25, 44570.25, 44566.25, "已办结", "满意"])

    intake = book(tmp_path, write, date_1904=True)
    assert intake.registers["cases"]["received_at"].to_list() == [datetime(2026, 1, 5, 6)]
    assert intake.tables[0].assumed["days"] == "1904"


def test_a_workbook_that_counts_from_1900_is_read_so_and_a_text_as_its_mapping_says(tmp_path):
    def write(_, page):
        page.write_row(1, 0, ["A001", "东区", 46027.25, 46032.25, 46028.25, "已办结", "满意"])

    (tmp_path / "one").mkdir()
    assert book(tmp_path / "one", write).registers["cases"]["received_at"].to_list() == [datetime(2026, 1, 5, 6)]
    text = HEADER + "A001,东区,44565.25,44570.25,44566.25,已办结,满意\n"
    intake = taken(tmp_path, {"cases.csv": text}, form="excel1904")
    assert intake.registers["cases"]["received_at"].to_list() == [datetime(2026, 1, 5, 6)]


def hide_a_column(made, page):
    rows(page, 1, 2)
    page.set_column(4, 4, None, None, {"hidden": True})


def merge_closing_times(made, page):
    rows(page, 1, 2)
    page.merge_range(1, 4, 2, 4, "2026-01-06 09:00:00")


def strike_a_row(made, page):
    rows(page, 1)
    rows(page, 2, form=made.add_format({"font_strikeout": True}))


def pad_ids(made, page):
    rows(page, 1, 2, first=0, form=made.add_format({"num_format": "0000"}))


def prefix_ids(made, page):
    rows(page, 1, 2, first=100, form=made.add_format({"num_format": '"GD"0'}))


@pytest.mark.parametrize(
    ("write", "kind", "words"),
    [
        (hide_a_column, "hidden_columns", "办结时间"),
        (merge_closing_times, "merged_cells", "1 cell is empty"),
        (strike_a_row, "struck_rows", "1 row is struck through"),
        (pad_ids, "shown_otherwise", "1 → 0001, 2 → 0002"),
        (prefix_ids, "shown_otherwise", "101 → GD101, 102 → GD102"),
    ],
)
def test_what_a_sheet_shows_otherwise_than_it_holds_is_told(tmp_path, write, kind, words):
    intake = book(tmp_path, write)
    assert intake.registers["cases"].height == 2
    (doubt,) = (doubt for doubt in intake.doubts if doubt.kind == kind)
    assert words in str(doubt.message)


def show_numbers_as_they_are(made, page):
    rows(page, 1, 2, first=1000, form=made.add_format({"num_format": "0000"}))
    page.write(1, 6, 5, made.add_format({"num_format": '0"分"'}))
    page.set_column(9, 12, None, None, {"hidden": True})
    page.set_column(0, 3, 20, made.add_format({"bold": True}))


def test_a_sheet_that_shows_what_it_holds_is_not_doubted(tmp_path):
    assert kinds(book(tmp_path, show_numbers_as_they_are)) == []


# --- clocks ---


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M %p", "%Y-%m-%d %I:%M", "%Y-%m-%d %p%H:%M", "%Y-%m-%d %H"])
def test_a_format_that_reads_no_time_is_refused_in_the_mapping(tmp_path, form):
    with pytest.raises(InputError, match="which reads no time") as told:
        mapping_of(tmp_path, form=form)
    assert told.value.problems[0].line


@pytest.mark.parametrize("form", ["%Y-%m-%d %I:%M %p", "%Y-%m-%d %p%I:%M", "%Y-%m-%d %H:%M", "%Y年%m月%d日"])
def test_a_format_that_reads_times_is_none(tmp_path, form):
    assert mapping_of(tmp_path, form=form).registers["cases"].columns["due_at"].time == (form,)


def days(count, hour, *, year="2026"):
    return HEADER + "".join(
        f"B{one:03},东区,{year}-01-{one % 28 + 1:02} {hour(one):02}:{one % 60:02}:11,{year}-02-{one % 28 + 1:02} "
        f"17:00:00,,在办,\n"
        for one in range(count)
    )


@pytest.mark.parametrize(
    ("hour", "told"), [(lambda one: one % 12 + 1, True), (lambda one: one % 12 + 6, False), (lambda one: 9, False)]
)
def test_times_without_their_half_of_the_day_are_told(tmp_path, hour, told):
    intake = taken(tmp_path, {"cases.csv": days(60, hour)})
    assert ("half_of_the_day" in kinds(intake)) == told


@pytest.mark.parametrize(
    ("received", "kind"),
    [
        ("2026-03-08 02:30:00", ["hour_skipped"]), ("2025-11-02 01:30:00", ["hour_twice"]),
        ("2026-03-08 03:00:00", []), ("2025-11-02 02:00:00", []),
    ],
)  # fmt: skip
def test_hours_that_clocks_skip_or_go_through_twice_are_told(tmp_path, received, kind):
    text = HEADER + ONE.replace("2026-01-05 08:30:00", received).replace("2026-01-10", "2026-03-28")
    text = text.replace("2026-01-06", "2026-03-09")
    top = {"timezone": "America/New_York", "as_of": "2026-06-01T00:00:00"}
    assert kinds(taken(tmp_path, {"cases.csv": text}, top=top)) == kind


@pytest.mark.parametrize(("received", "kind"), [("2025-11-02 01:30:00", ["hour_twice"]), ("2025-11-02 02:00:00", [])])
def test_a_time_moved_from_a_zone_in_which_it_came_twice_is_told(tmp_path, received, kind):
    own = {"received_at": {"column": "受理时间", "time": "%Y-%m-%d %H:%M:%S", "zone": "America/New_York"}}
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE.replace("2026-01-05 08:30:00", received)}, columns=own)
    assert kinds(intake) == kind
    assert intake.registers["cases"]["received_at"].dt.date().to_list() == [datetime(2025, 11, 2).date()]


def test_a_time_that_clocks_skip_in_its_zone_is_rejected_and_not_called_swapped(tmp_path):
    own = {"received_at": {"column": "受理时间", "time": "%Y-%m-%d %H:%M:%S", "zone": "America/New_York"}}
    text = HEADER + ONE.replace("2026-01-05 08:30:00", "2025-03-09 02:30:00") + TWO
    intake = taken(tmp_path, {"cases.csv": text}, columns=own)
    assert [row[:2] for row in rejects(intake)] == [(2, "受理时间")]
    assert kinds(intake) == ["units_left_out"]


@pytest.mark.parametrize(("order", "told"), [("{day:02}/01/26", True), ("26/01/{day:02}", False)])
def test_a_year_of_two_digits_in_the_place_of_the_day_is_told(tmp_path, order, told):
    text = HEADER + "".join(f"B{one:03},东区,{order.format(day=one)} 08:{one}:00,,,在办,\n" for one in range(10, 29))
    intake = taken(tmp_path, {"cases.csv": text}, form="%y/%m/%d %H:%M:%S", top={"as_of": "2030-01-01T00:00:00"})
    assert ("day_and_year" in kinds(intake)) == told


# --- words and names ---


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A002", "\ufeffA002"), ("A002", "A00\u200b2"), ("A002", "A002\u202c"), ("A002", "Ａ００２"),
        ("西区", "西\u200b区"),
        ("西区", "Bru\u0308hl"), ("西区", "A&amp;B"), ("西区", "西区&nbsp;"), ("在办", "在\u200b办"),
        ("在办", "在\r办"),
    ],
)  # fmt: skip
def test_signs_that_others_write_otherwise_are_told_without_a_twin(tmp_path, old, new):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + TWO.replace(old, new)})
    assert kinds(intake) == ["odd_signs"]
    assert (
        pl.concat([intake.registers["cases"][name].cast(pl.String) for name in ("case_id", "unit", "status")])
        .is_in([new])
        .any()
    )


@pytest.mark.parametrize(
    ("old", "new"), [("西区", "西区（本级）"), ("西区", "Brühl"), ("西区", "A&B; C"), ("A002", "GD-2026/002")]
)
def test_signs_of_everyday_names_are_not_doubted(tmp_path, old, new):
    assert kinds(taken(tmp_path, {"cases.csv": HEADER + ONE + TWO.replace(old, new)})) == []


@pytest.mark.parametrize(("other", "told"), [("不 满意", True), ("不满意　", False), ("基本满意", False)])
def test_words_in_two_spellings_are_told(tmp_path, other, told):
    text = HEADER + ONE + THREE + TWO.replace("在办,\n", f"在办,{other}\n")
    assert ("look_alikes" in kinds(taken(tmp_path, {"cases.csv": text}))) == told


def test_columns_exchanged_in_one_of_several_files_are_told(tmp_path):
    swapped = "A004,已办结,2026-01-07 08:30:00,2026-01-12 08:30:00,2026-01-08 09:00:00,西区,满意\n"
    intake = taken(tmp_path, {"cases-1.csv": HEADER + ONE + TWO + THREE, "cases-2.csv": HEADER + swapped})
    assert "columns_exchanged" in kinds(intake)


def test_one_word_that_is_a_unit_and_a_status_is_no_exchange(tmp_path):
    assert kinds(taken(tmp_path, {"cases.csv": HEADER + ONE + TWO.replace("在办", "西区")})) == []


def test_a_unit_that_a_spreadsheet_has_made_a_day_is_told(tmp_path):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + TWO.replace("西区", "3月1日")})
    assert kinds(intake) == ["ids_as_days"]


@pytest.mark.parametrize(("language", "words"), [("zh", "日期起算年："), ("en", "days counted from: ")])
def test_the_page_of_an_intake_says_from_when_a_workbook_counts(tmp_path, language, words):
    intake = book(tmp_path, lambda _, page: rows(page, 1), date_1904=True)
    assert f"{words}<code>1904</code>" in profile_page(profile(intake), language)
