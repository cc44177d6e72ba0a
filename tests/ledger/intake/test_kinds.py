"""What an intake must not take in silence, kind by kind, and beside each a good file of the same shape."""

from datetime import datetime

import polars as pl
import pytest
import xlsxwriter
import yaml

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.read import read_ledger

TIME = "%Y-%m-%d %H:%M:%S"
HEADER = "工单号,单位,受理时间,办理期限,办结时间,状态,满意度\n"
ONE = "A001,东区,2026-01-05 08:30:00,2026-01-10 08:30:00,2026-01-06 09:00:00,已办结,满意\n"
TWO = "A002,西区,2026-01-06 08:30:00,2026-01-11 08:30:00,,在办,\n"


def mapping_of(folder, *, form=TIME, top=None, cases=None, columns=None, **others):
    """A mapping of units and cases from all tables, with what a test adds."""
    times = {"受理时间": "received_at", "办理期限": "due_at", "办结时间": "closed_at"}
    own = {"case_id": {"column": "工单号"}, "unit": {"column": "单位"}}
    own |= {target: {"column": source, "time": form} for source, target in times.items()}
    own |= {"status": {"column": "状态"}, "satisfaction": {"column": "满意度"}}
    layout = {key: value for key, value in (cases or {}).items() if key in LAYOUT}
    written = {
        "mapping": "t", "title": {"zh": "试", "en": "t"}, "as_of": "2026-03-01T00:00:00", **(top or {}),
        "registers": {
            "units": {"from": "cases*", "distinct": True, "columns": {"unit": {"column": "单位"}}, **layout},
            "cases": {"from": "cases*", "columns": {**own, **(columns or {})}, **(cases or {})},
            **others,
        },
    }  # fmt: skip
    file = folder / "m.yaml"
    file.write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return read_yaml(Mapping, file)


LAYOUT = ("from", "sheet", "header", "footer", "separator", "encoding")


def taken(folder, files, **mapping):
    """An intake of files, each a text, bytes or the rows of a sheet."""
    source = folder / "src"
    for name, content in files.items():
        file = source / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            sheet(file, content)
        else:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return take_in([source], mapping_of(folder, **mapping))


def sheet(file, rows):
    with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        page = book.add_worksheet("工单")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    page.write(number, place, cell)


def kinds(intake):
    return sorted({doubt.kind for doubt in intake.doubts})


def count(intake, kind):
    return sum(doubt.count for doubt in intake.doubts if doubt.kind == kind)


def ids(intake):
    return intake.registers["cases"]["case_id"].to_list()


def rejects(intake):
    return intake.rejects.filter(pl.col("register") == "cases").select("row", "column", "found").rows()


def test_a_good_file_goes_through_and_nothing_is_said(tmp_path):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + TWO})
    assert (ids(intake), intake.rejects.height, kinds(intake)) == (["A001", "A002"], 0, [])
    assert intake.registers["units"]["unit"].to_list() == ["东区", "西区"]


# --- rows ---


@pytest.mark.parametrize(
    "total", ["合计,2,,,,,", "总计：2件,,,,,,", "小 计,东区,,,,,", "Total,2,,,,,", "A009,合计,2026-01-06 08:30:00,,,,"]
)
def test_a_row_of_totals_is_rejected_and_its_unit_is_none(tmp_path, total):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + TWO + total + "\n"})
    assert ids(intake) == ["A001", "A002"]
    assert [row[:2] for row in rejects(intake)] == [(4, "")]
    assert intake.registers["units"]["unit"].to_list() == ["东区", "西区"]
    assert intake.rejected == {"units": 0, "cases": 1}


def test_units_and_ids_that_begin_like_totals_are_none(tmp_path):
    rows = ONE.replace("东区", "合计财务处") + TWO.replace("A002", "TOTAL-2")
    intake = taken(tmp_path, {"cases.csv": HEADER + rows})
    assert (ids(intake), intake.rejects.height) == (["A001", "TOTAL-2"], 0)


def test_a_unit_of_rejected_rows_alone_is_none_and_told(tmp_path):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + TWO + "制表人：某,第1页,坏,,,,\n"})
    assert intake.registers["units"]["unit"].to_list() == ["东区", "西区"]
    assert kinds(intake) == ["units_left_out"]


def test_a_unit_with_one_good_row_stays(tmp_path):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + ONE.replace("A001,", "A003,").replace("2026-01-05", "坏")})
    assert (intake.registers["units"]["unit"].to_list(), kinds(intake)) == (["东区"], [])


def test_files_of_one_name_in_two_folders_keep_their_own_faults(tmp_path):
    bad = ONE + TWO.replace("2026-01-06", "坏")
    files = {"a/cases.csv": HEADER + bad, "b/cases.csv": HEADER + ONE.replace("A001", "B1") + TWO.replace("A002", "B2")}
    intake = taken(tmp_path, files, cases={"from": "*/cases*"})
    assert ids(intake) == ["A001", "B1", "B2"]
    assert intake.rejects.select("file", "row").rows() == [("a/cases.csv", 3)]


def test_a_file_given_twice_is_taken_once(tmp_path):
    mapping = mapping_of(tmp_path)
    file = tmp_path / "src" / "cases.csv"
    file.parent.mkdir()
    file.write_text(HEADER + ONE, encoding="utf-8")
    assert ids(take_in([file.parent, file], mapping)) == ["A001"]


def test_units_are_distinct_over_monthly_files(tmp_path):
    files = {f"cases-0{n}.csv": HEADER + ONE.replace("A001", f"A{n}") for n in (1, 2)}
    intake = taken(tmp_path, files)
    assert (intake.registers["units"].height, intake.rejects.height) == (1, 0)


def test_a_later_export_stands_where_that_is_declared_and_else_the_second_row_is_rejected(tmp_path):
    files = {
        "cases-01.csv": HEADER + TWO,
        "cases-02.csv": HEADER + TWO.replace(",,在办", ",2026-02-01 10:00:00,已办结"),
    }
    intake = taken(tmp_path, files, cases={"latest": "file"})
    assert intake.registers["cases"]["status"].to_list() == ["已办结"]
    assert (count(intake, "earlier_rows"), intake.rejects.height) == (1, 0)
    assert rejects(taken(tmp_path, files)) == [(2, "工单号", "A002")]
    by_column = taken(tmp_path, files, cases={"latest": "closed_at"})
    assert by_column.registers["cases"]["status"].to_list() == ["已办结"]


# --- times ---


@pytest.mark.parametrize(
    ("form", "due", "expected"),
    [
        ("%Y-%m-%d", "2026-01-10", datetime(2026, 1, 10, 23, 59, 59, 999999)),
        ("%Y年%m月%d日", "2026年1月10日", datetime(2026, 1, 10, 23, 59, 59, 999999)),
        ("%Y-%m-%d %H:%M:%S", "2026-01-10 00:00:00", datetime(2026, 1, 10)),
        ("%Y-%m-%d %R", "2026-01-10 17:00", datetime(2026, 1, 10, 17)),
        (["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"], "2026-01-10", datetime(2026, 1, 10, 23, 59, 59, 999999)),
    ],
)
def test_a_bare_date_as_a_deadline_ends_with_its_day(tmp_path, form, due, expected):
    columns = {"due_at": {"column": "办理期限", "time": form}}
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE.replace("2026-01-10 08:30:00", due)}, columns=columns)
    assert intake.registers["cases"]["due_at"].to_list() == [expected]


def test_a_bare_date_that_is_no_deadline_begins_its_day(tmp_path):
    columns = {"received_at": {"column": "受理时间", "time": "%Y-%m-%d"}}
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE.replace("2026-01-05 08:30:00", "2026-01-05")}, columns=columns)
    assert intake.registers["cases"]["received_at"].to_list() == [datetime(2026, 1, 5)]


def test_a_year_of_two_digits_is_rejected_under_four_and_read_under_two(tmp_path):
    rows = HEADER + ONE.replace("2026", "26")
    assert [row[:2] for row in rejects(taken(tmp_path, {"cases.csv": rows}))] == [
        (2, "受理时间"), (2, "办理期限"), (2, "办结时间"),
    ]  # fmt: skip
    assert ids(taken(tmp_path, {"cases.csv": rows}, form="%y-%m-%d %H:%M:%S")) == ["A001"]


@pytest.mark.parametrize(
    ("written", "hour"), [("上午 8:30:00", 8), ("下午 5:00:00", 17), ("PM 5:00:00", 17), ("中午 12:10:00", 12)]
)
def test_halves_of_the_day_are_read(tmp_path, written, hour):
    rows = HEADER + f"A001,东区,2026/1/5 {written},,,在办,\n"
    intake = taken(tmp_path, {"cases.csv": rows}, form="%Y/%m/%d %p %I:%M:%S")
    assert intake.registers["cases"]["received_at"].to_list()[0].hour == hour


def test_serials_are_read_where_they_are_declared_and_in_sheets(tmp_path):
    row = "A001,东区,46027.354166667,46032,,在办,\n"
    assert len(rejects(taken(tmp_path, {"cases.csv": HEADER + row}))) == 2
    declared = taken(tmp_path, {"cases.csv": HEADER + row}, form=[TIME, "excel"])
    cells = [HEADER.strip().split(","), ["A001", "东区", 46027.354166667, 46032, None, "在办"]]
    in_sheet = taken(tmp_path / "sheet", {"cases.xlsx": cells}) if (tmp_path / "sheet").mkdir() is None else None
    for intake in (declared, in_sheet):
        (case,) = intake.registers["cases"].iter_rows(named=True)
        assert case["received_at"] == datetime(2026, 1, 5, 8, 30)
        assert case["due_at"] == datetime(2026, 1, 10, 23, 59, 59, 999999)
    assert kinds(declared) == []
    assert kinds(in_sheet) == ["serials"]


def test_real_times_of_a_sheet_are_read_whatever_format_is_mapped(tmp_path):
    cells = [HEADER.strip().split(","), ["A001", "东区", datetime(2026, 1, 5, 8, 30), "2026/01/10 08:30", None, "在办"]]
    intake = taken(tmp_path, {"cases.xlsx": cells}, form="%Y/%m/%d %H:%M")
    assert (ids(intake), kinds(intake)) == (["A001"], [])


def test_a_number_that_is_no_day_is_no_time(tmp_path):
    cells = [HEADER.strip().split(","), ["A001", "东区", 17, None, None, "在办"]]
    assert rejects(taken(tmp_path, {"cases.xlsx": cells})) == [(2, "受理时间", "17")]


def dated(days, form="{d:02d}/{m:02d}/2025 08:00:00"):
    rows = (f"A{n:03d},东区,{form.format(d=d, m=m)},,,在办,\n" for n, (d, m) in enumerate(days))
    return {"cases.csv": HEADER + "".join(rows)}


def test_days_that_are_all_up_to_the_twelfth_may_be_months(tmp_path):
    days = [(d, m) for m in (1, 2) for d in range(1, 13)]
    assert kinds(taken(tmp_path, dated(days), form="%d/%m/%Y %H:%M:%S")) == ["day_and_month"]
    more = [*days, (25, 3)]
    assert kinds(taken(tmp_path, dated(more), form="%d/%m/%Y %H:%M:%S")) == []
    years_first = taken(tmp_path, dated(days, "2025-{m:02d}-{d:02d} 08:00:00"))
    assert kinds(years_first) == []


def test_times_that_fit_only_the_other_way_prove_that_the_rest_may_be_swapped(tmp_path):
    days = [(1, 5), (1, 6), (1, 25)]
    intake = taken(tmp_path, dated(days), form="%d/%m/%Y %H:%M:%S")
    assert kinds(intake) == ["day_and_month"]
    assert count(intake, "day_and_month") == 3
    assert len(rejects(intake)) == 1


def test_a_sheet_in_which_only_some_times_were_understood_has_swapped_them(tmp_path):
    head = HEADER.strip().split(",")
    rows = [["A1", "东区", datetime(2025, 5, 1), None, None], ["A2", "东区", "25/01/2025", None, None]]
    assert kinds(taken(tmp_path, {"cases.xlsx": [head, *rows]}, form="%d/%m/%Y")) == ["day_and_month"]
    rows[0][2] = datetime(2025, 5, 20)
    assert kinds(taken(tmp_path, {"cases.xlsx": [head, *rows]}, form="%d/%m/%Y")) == []


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (ONE.replace("2026-01-05", "1970-01-01"), "stand_in_times"),
        (TWO.replace("2026-01-11", "9999-12-31"), "stand_in_times"),
        (TWO.replace("2026-01-11", "2099-12-31"), "stand_in_times"),
        (TWO.replace("2026-01-11", "2025-12-31"), "deadline_before_receipt"),
        (TWO.replace("在办", "已办结"), "closed_without_time"),
        (TWO.replace("在办", "Closed"), "closed_without_time"),
        (ONE.replace("已办结", "办理中"), "open_with_time"),
        (TWO.replace(",\n", ",无\n"), "nothing_words"),
        (TWO.replace("A002", "20260105001.0"), "ids_as_numbers"),
        (TWO.replace("A002", "'00123"), "ids_with_apostrophe"),
        (TWO.replace("A002", "202601050012345000"), "ids_without_ends"),
        (TWO.replace("A002", "a001"), "look_alikes"),
        (TWO.replace("西区", "东 区"), "look_alikes"),
        (TWO.replace("西区", "东区\u200b"), "look_alikes"),
    ],
)
def test_what_is_taken_with_doubt_is_told_with_its_count(tmp_path, row, kind):
    other = ONE if "A001" not in row else TWO
    intake = taken(tmp_path, {"cases.csv": HEADER + other + row})
    assert kinds(intake) == [kind]
    assert count(intake, kind) == 1
    assert intake.rejects.is_empty()


@pytest.mark.parametrize(
    "row",
    [
        TWO.replace("A002", "202601050012345678"),
        TWO.replace("A002", "1E5"),
        TWO.replace("西区", "西区 "),
        TWO.replace("西区", "\u3000西区"),
        TWO.replace("A002", "A010"),
        TWO.replace("在办", "已受理"),
        TWO.replace("A002", "00123"),
    ],
)
def test_what_is_as_it_should_be_is_not_doubted(tmp_path, row):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + row})
    assert (kinds(intake), intake.rejects.height) == ([], 0)


def test_a_column_of_no_register_is_told_unless_it_is_declared_as_such(tmp_path):
    files = {"cases.csv": HEADER + ONE}
    assert kinds(taken(tmp_path, files, columns={"finish_time": {"column": "办结时间"}})) == ["own_columns"]
    declared = {"extra_columns": {"region": {"column": "状态"}}}
    assert kinds(taken(tmp_path, files, cases=declared)) == []


def test_times_of_the_future_are_told_where_nothing_says_when_the_export_was_made(tmp_path):
    rows = HEADER + TWO + ONE.replace("2026-01-06 09", "2062-01-06 09")
    assert kinds(taken(tmp_path, {"cases.csv": rows}, top={"as_of": None})) == ["future_times"]
    assert [row[:2] for row in rejects(taken(tmp_path, {"cases.csv": rows}))] == [(3, "办结时间")]
    assert kinds(taken(tmp_path, {"cases.csv": HEADER + ONE + TWO}, top={"as_of": None})) == []


def deadlines(*days, sheet=True):
    if sheet:
        rows = [[f"A{n}", "东区", datetime(2026, 1, 5, 8, 30), day, None] for n, day in enumerate(days)]
        return {"cases.xlsx": [HEADER.strip().split(","), *rows]}
    rows = (f"A{n},东区,2026-01-05 08:30:00,{day},,在办,\n" for n, day in enumerate(days))
    return {"cases.csv": HEADER + "".join(rows)}


def test_dates_of_a_sheet_last_to_the_end_of_their_day_unless_any_has_a_time(tmp_path):
    whole = taken(tmp_path, deadlines(datetime(2026, 1, 10), datetime(2026, 1, 11)))
    assert whole.registers["cases"]["due_at"][0] == datetime(2026, 1, 10, 23, 59, 59, 999999)
    assert kinds(whole) == ["deadlines_at_midnight"]
    mixed = taken(tmp_path, deadlines(datetime(2026, 1, 10), datetime(2026, 1, 11, 17)))
    assert mixed.registers["cases"]["due_at"][0] == datetime(2026, 1, 10)
    assert kinds(mixed) == []


def test_deadlines_of_a_text_that_all_lie_at_midnight_are_told_and_stay(tmp_path):
    days = [f"2026-01-{day} 00:00:00" for day in (10, 11, 12)]
    whole = taken(tmp_path, deadlines(*days, sheet=False))
    assert whole.registers["cases"]["due_at"][0] == datetime(2026, 1, 10)
    assert kinds(whole) == ["deadlines_at_midnight"]
    assert kinds(taken(tmp_path, deadlines(*days[:2], "2026-01-12 17:00:00", sheet=False))) == []


def test_long_numbers_of_a_sheet_are_told_and_long_texts_are_not(tmp_path):
    rows = [[202601050000000123 + n, "东区", datetime(2026, 1, 5), None, None] for n in (0, 500)]
    head = HEADER.strip().split(",")
    assert kinds(taken(tmp_path, {"cases.xlsx": [head, *rows]})) == ["ids_without_ends"]
    texts = [[str(row[0]), *row[1:]] for row in rows]
    assert kinds(taken(tmp_path, {"cases.xlsx": [head, *texts]})) == []


def test_a_table_without_rows_or_as_long_as_a_sheet_can_be_is_told(tmp_path):
    assert kinds(taken(tmp_path, {"cases.csv": HEADER})) == ["no_rows"]
    rows = "".join(f"A{n},东区,2026-01-05 08:30:00,,,在办,\n" for n in range(65_535))
    assert kinds(taken(tmp_path, {"cases.csv": HEADER + rows}))[:1] == ["full_sheet"]


def test_signs_that_show_nothing_do_not_count_in_names_of_columns(tmp_path):
    files = {"cases.csv": HEADER.replace("单位", "\u200b单位\u00a0") + ONE}
    assert ids(taken(tmp_path, files)) == ["A001"]


# --- cells ---


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (TWO.replace(",,在办", ",#N/A,在办"), "办结时间"),
        (TWO.replace(",\n", ",#REF!\n"), "满意度"),
        (TWO.replace("A002", "2.02601E+17"), "工单号"),
        (TWO.replace("A002", "NULL"), "工单号"),
        (TWO.replace("西区", "—"), "单位"),
        (TWO.replace("西区", "西\x00区"), "单位"),
        (TWO.replace("西区", "西\ufffd区"), "单位"),
        (TWO.replace("西区", '"西\n区"'), "单位"),
        (TWO.replace("在办", "在\x00办"), "状态"),
    ],
)
def test_a_cell_that_is_no_value_is_rejected_with_its_row(tmp_path, row, column):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + row})
    assert ids(intake) == ["A001"]
    assert [fault[:2] for fault in rejects(intake)] == [(3, column)]


@pytest.mark.parametrize("place", ["top", "cases"])
def test_words_that_are_declared_empty_are(tmp_path, place):
    row = TWO.replace(",,在办,", ",—,在办,/")
    assert [fault[:2] for fault in rejects(taken(tmp_path, {"cases.csv": HEADER + row}))] == [(2, "办结时间")]
    intake = taken(tmp_path, {"cases.csv": HEADER + row}, **{place: {"empty": ["—", "/", "#N/A"]}})
    (case,) = intake.registers["cases"].iter_rows(named=True)
    assert (case["closed_at"], case["satisfaction"], kinds(intake)) == (None, None, [])


def test_ids_wrapped_as_formulas_are_unwrapped(tmp_path):
    intake = taken(tmp_path, {"cases.csv": HEADER + TWO.replace("A002", '="00123"')})
    assert (ids(intake), kinds(intake)) == (["00123"], [])


# --- files ---


def test_files_that_fit_and_are_not_taken_are_named(tmp_path):
    files = {"cases-01.csv": HEADER + ONE, "cases-02.pdf": "x", "~$cases.xlsx": "x", "._cases-01.csv": "x",
             "old/cases-00.csv": HEADER + TWO, "other.csv": "a\n"}  # fmt: skip
    intake = taken(tmp_path, files)
    (message,) = [str(doubt.message) for doubt in intake.doubts if doubt.kind == "files_left_out"]
    assert ids(intake) == ["A001"]
    for name in ("cases-02.pdf", "~$cases.xlsx", "._cases-01.csv", "old/cases-00.csv"):
        assert name in message
    assert "other.csv" not in message


def test_capitals_in_an_ending_and_a_pattern_with_folders_are_read(tmp_path):
    files = {"cases-01.CSV": HEADER + ONE, "2/cases-02.tsv": (HEADER + TWO).replace(",", "\t")}
    assert ids(taken(tmp_path, {"cases-01.CSV": files["cases-01.CSV"]})) == ["A001"]
    assert sorted(ids(taken(tmp_path, files, cases={"from": "**cases*", "separator": None}))) == ["A001"]
    assert ids(taken(tmp_path, {"2/cases-02.tsv": files["2/cases-02.tsv"]}, cases={"from": "*/cases*"})) == ["A002"]


def test_sheets_by_name_come_with_the_names_of_sheet_and_file(tmp_path):
    source = tmp_path / "src"
    source.mkdir()
    with xlsxwriter.Workbook(str(source / "cases.xlsx")) as book:
        for month, row in (("1月", ONE), ("2月", TWO)):
            page = book.add_worksheet(month)
            for number, line in enumerate((HEADER, row)):
                page.write_row(number, 0, line.strip("\n").split(","))
    mapping = mapping_of(
        tmp_path, cases={"sheet": "*月", "sheet_name": "月份", "file_name": "文件", "extra_columns": {
            "month": {"column": "月份"}, "source_file": {"column": "文件"}}},
    )  # fmt: skip
    cases = take_in([source], mapping).registers["cases"]
    assert cases.select("case_id", "month", "source_file").rows() == [
        ("A001", "1月", "cases.xlsx"), ("A002", "2月", "cases.xlsx"),
    ]  # fmt: skip


def test_a_title_is_named_as_the_reason_and_a_declared_header_is_read(tmp_path):
    files = {"cases.csv": "某局2026年1月投诉台账\n" + HEADER + ONE + TWO + "制表人：某\n"}
    with pytest.raises(InputError) as caught:
        taken(tmp_path, files)
    assert "row 2 has them: say `header: 2` in the mapping" in str(caught.value)
    assert str(caught.value).count("工单号: missing column") == 1
    assert ids(taken(tmp_path, files, cases={"header": 2, "footer": 1})) == ["A001", "A002"]


def test_wide_steps_become_rows(tmp_path):
    acts = {
        "from": "steps.csv",
        "unpivot": {"columns": ["登记", "答复"], "name": "环节", "value": "时间"},
        "columns": {
            "act_id": {"sql": "工单号 || '-' || 环节"}, "case_id": {"column": "工单号"}, "act": {"column": "环节"},
            "at": {"column": "时间", "time": "%Y-%m-%d"},
        },
    }  # fmt: skip
    files = {
        "cases.csv": HEADER + ONE + TWO,
        "steps.csv": "工单号,登记,答复\nA001,2026-01-05,2026-01-06\nA002,2026-01-06,\n",
    }
    intake = taken(tmp_path, files, acts=acts)
    assert intake.registers["acts"].select("act_id", "act", "at").rows() == [
        ("A001-登记", "登记", datetime(2026, 1, 5)), ("A002-登记", "登记", datetime(2026, 1, 6)),
        ("A001-答复", "答复", datetime(2026, 1, 6)),
    ]  # fmt: skip


def test_a_fault_in_one_of_the_columns_that_become_rows_is_told_once_and_spoils_no_other(tmp_path):
    """It was told for every pair of them, and the whole row was lost."""
    facts = {
        "from": "facts.csv",
        "unpivot": {"columns": ["一月", "二月", "三月", "四月"], "name": "月", "value": "数"},
        "columns": {
            "unit": {"column": "单位"}, "period": {"column": "月", "values": dict(zip(
                ["一月", "二月", "三月", "四月"], ["2026-01", "2026-02", "2026-03", "2026-04"], strict=True))},
            "fact": {"constant": "calls"}, "value": {"column": "数"},
        },
    }  # fmt: skip
    files = {
        "cases.csv": HEADER + ONE + TWO,
        "facts.csv": "单位,一月,二月,三月,四月\n东区,1,12.5%,3,\n西区,5,6,约7,8\n",
    }
    intake = taken(tmp_path, files, unit_facts=facts)
    assert intake.registers["unit_facts"].sort("unit", "period").select("unit", "period", "value").rows() == [
        ("东区", "2026-01", "1"), ("东区", "2026-03", "3"),
        ("西区", "2026-01", "5"), ("西区", "2026-02", "6"), ("西区", "2026-04", "8"),
    ]  # fmt: skip
    told = intake.rejects.filter(pl.col("register") == "unit_facts").select("file", "row", "column", "found").rows()
    assert told == [("facts.csv[三月]", 3, "三月", "约7"), ("facts.csv[二月]", 2, "二月", "12.5%")]
    assert (intake.seen["unit_facts"], intake.rejected["unit_facts"]) == (7, 2)


def test_cases_closed_before_receipt_are_kept_where_the_source_says_why(tmp_path):
    files = {"cases.csv": HEADER + ONE.replace("2026-01-06 09", "2026-01-04 09")}
    assert [row[:2] for row in rejects(taken(tmp_path, files))] == [(2, "办结时间")]
    reason = {"zh": "来源说明：补录", "en": "entered afterwards, as the source says"}
    intake = taken(tmp_path, files, cases={"keep_closed_before_opened": reason})
    assert (ids(intake), kinds(intake)) == (["A001"], ["closed_before_opened"])
    write_ledger(intake, tmp_path / "ledger")
    ledger = read_ledger(tmp_path / "ledger")
    assert ledger.accepted["cases"] == 1
    assert ledger.note.closed_before_opened.en == reason["en"]


# --- references ---

EXCLUSIONS = {
    "from": "ex.csv",
    "columns": {"case_id": {"column": "件"}, "reason": {"column": "由"}, "approver": {"constant": "局"}},
}


@pytest.mark.parametrize(("case", "told"), [("A001", []), ("A00l", ["no_such_case"])])
def test_an_exclusion_of_no_case_is_told(tmp_path, case, told):
    files = {"cases.csv": HEADER + ONE + TWO, "ex.csv": f"件,由\n{case},重复\n"}
    assert kinds(taken(tmp_path, files, exclusions=EXCLUSIONS)) == told


def test_an_event_may_name_no_case(tmp_path):
    columns = {
        "event_id": {"column": "号"},
        "unit": {"column": "位"},
        "kind": {"constant": "甲"},
        "at": {"column": "时", "time": "%Y-%m-%d"},
        "case_id": {"column": "件"},
    }
    events = {"from": "ev.csv", "columns": columns}
    files = {"cases.csv": HEADER + ONE, "ev.csv": "号,位,时,件\n1,东区,2026-01-06,\n2,东区,2026-01-06,A001\n"}
    assert kinds(taken(tmp_path, files, events=events)) == []
    files["ev.csv"] += "3,东区,2026-01-06,B9\n"
    assert kinds(taken(tmp_path, files, events=events)) == ["no_such_case"]


def test_a_column_may_have_one_name_or_another_from_file_to_file(tmp_path):
    outcome = {"outcome": {"column": "满意度", "or": ["评价", "评价结果"]}}
    other = HEADER.replace("满意度", "评价结果")
    intake = taken(
        tmp_path, {"cases-1.csv": HEADER + ONE, "cases-2.csv": other + TWO.replace("在办,", "在办,一般")},
        columns=outcome | {"satisfaction": {"column": "状态"}},
    )  # fmt: skip
    assert intake.registers["cases"].sort("case_id")["outcome"].to_list() == ["满意", "一般"]


def test_a_column_of_which_no_name_is_there_is_missing(tmp_path):
    with pytest.raises(InputError, match="满意度: missing column"):
        taken(
            tmp_path, {"cases.csv": HEADER.replace("满意度", "分数") + ONE},
            columns={"satisfaction": {"column": "满意度", "or": "评价"}},
        )  # fmt: skip


# --- more of the same kinds ---


def many(count, line):
    """A table of so many cases, each a line of id, unit, receipt and status."""
    return HEADER + "".join("{},{},{},,,{},\n".format(*line(number)) for number in range(count))


def received(moments, unit="东区"):
    return many(len(moments), lambda number: (f"A{number:03}", unit, moments[number], "在办"))


def day(number, *, turned=False, year=2025):
    """The numbered day of a year of months of 28 days; with day and month exchanged where that can be."""
    month, of_month = 1 + number // 28, 1 + number % 28
    month, of_month = (of_month, month) if turned and of_month <= 12 else (month, of_month)
    return f"{year}-{month:02}-{of_month:02} 08:30:00"


EITHER = ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]
SPREADSHEET = [f"2025-{1 + n:02}-01 08:30:00" if n < 12 else f"1/{1 + n}/2025 08:30" for n in range(20)]


@pytest.mark.parametrize(
    ("moments", "form"),
    [
        ([day(number, turned=True) for number in range(60)], TIME),  # told by the order of ids
        ([day(number, turned=True) for number in reversed(range(28))], TIME),  # by months without later days
        ([day(number, turned=True) for number in range(12)], TIME),  # all in twelve months, or in one
        (SPREADSHEET, [TIME, "%m/%d/%Y %H:%M"]),  # some were understood as times, all others left as text
        ([f"{1 + number:02}/01/2025 08:30" for number in range(20)], EITHER),
    ],
)
def test_swapped_days_and_months_are_told_although_every_time_was_read(tmp_path, moments, form):
    intake = taken(tmp_path, {"cases.csv": received(moments)}, form=form)
    assert (intake.rejects.height, kinds(intake)) == (0, ["day_and_month"])


@pytest.mark.parametrize(
    ("moments", "form"),
    [
        ([day(number) for number in range(60)], TIME),
        ([day(number * 37 % 60) for number in range(60)], TIME),  # ids in no order of time
        ([day(number) for number in range(33)], TIME),  # a month of which only the first days are there
        ([day(number) for number in range(0, 300, 3)], TIME),
        ([*(f"2025-01-{n:02} 08:30:00" for n in range(1, 20)), "20/01/2025 08:30"], [TIME, "%d/%m/%Y %H:%M"]),
    ],
)
def test_days_and_months_as_they_should_be_are_not_doubted(tmp_path, moments, form):
    intake = taken(tmp_path, {"cases.csv": received(moments)}, form=form)
    assert (intake.rejects.height, kinds(intake)) == (0, [])


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (TWO.replace("2026-01-06", "1980-01-06"), "stand_in_times"),
        (TWO.replace("2026-01-11", "2046-06-07"), "deadline_far_off"),
        (TWO.replace("在办", "已办结（超期）"), "closed_without_time"),
        (TWO.replace("在办", "办理完毕"), "closed_without_time"),
        (ONE.replace("已办结", "处置中"), "open_with_time"),
        (TWO.replace(",\n", ",\\N\n"), "nothing_words"),
        (TWO.replace("A002", "3月1日"), "ids_as_days"),
        (TWO.replace("A002", "2-Jan"), "ids_as_days"),
        (TWO.replace("西区", '东"区'), "look_alikes"),
        (TWO.replace("西区", "东区\ufe0f"), "look_alikes"),
        (
            TWO.replace("西区", "东城区街道".encode().decode("gb18030", "replace").replace("\ufffd", "")),
            "wrong_encoding",
        ),
    ],
)
def test_variants_of_what_is_doubtful_are_told(tmp_path, row, kind):
    other = ONE if "A001" not in row else TWO
    intake = taken(tmp_path, {"cases.csv": HEADER + other + row})
    assert len(ids(intake)) == 2
    assert set(kinds(intake)) - {"bare_quotes"} == {kind}


@pytest.mark.parametrize(
    "row",
    [
        TWO.replace("在办", "已转办"), TWO.replace("在办", "办结申请"), TWO.replace("A002", "2026-01-0002"),
        TWO.replace("A002", "1E2"), TWO.replace("西区", "共青团委"), TWO.replace("西区", "合计数据处"),
        TWO.replace("2026-01-11", "2027-01-11"), TWO.replace(",\n", ",无法评价\n"), TWO.replace(",\n", ",café\n"),
    ],
)  # fmt: skip
def test_what_only_looks_like_such_a_variant_is_not_doubted(tmp_path, row):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + row})
    assert (intake.rejects.height, kinds(intake)) == (0, [])


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [("D01", "DO1", 1), ("A01", "\u041001", 1), ("D-1", "D–1", 1), ("东区（一）", "东区(一)", 1),
     ("D01", "D02", 0), ("Lille", "Lilie", 0), ("一区", "二区", 0)],
)  # fmt: skip
def test_units_with_letters_that_look_like_others_are_told(tmp_path, first, second, alike):
    text = many(2, lambda number: (f"A{number}", (first, second)[number], day(number), "在办"))
    assert count(taken(tmp_path, {"cases.csv": text}), "look_alikes") == alike


@pytest.mark.parametrize("cell", ["#n/a", "#SPILL!", "########", "Err:503", "锟斤拷", "ä¸œåŒº"])
def test_more_cells_that_are_no_value_are_rejected(tmp_path, cell):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + TWO.replace(",\n", f",{cell}\n")})
    assert (ids(intake), intake.rejected["cases"]) == (["A001"], 1)


@pytest.mark.parametrize("total", ["共5件,,,,,,", "合计数,5,,,,,", "本页小计,,,,,,", "全市合计,,,,,,"])
def test_more_rows_of_totals_are_none(tmp_path, total):
    intake = taken(tmp_path, {"cases.csv": HEADER + ONE + total + "\n"})
    assert (ids(intake), intake.rejected["cases"]) == (["A001"], 1)


@pytest.mark.parametrize(
    ("written", "hour"), [("中午11:30", 11), ("中午12:30", 12), ("中午 1:30", 13), ("上午11:30", 11)]
)
def test_noon_is_read_as_people_mean_it(tmp_path, written, hour):
    intake = taken(tmp_path, {"cases.csv": received([f"2026-01-05 {written}"])}, form="%Y-%m-%d %p%I:%M")
    assert [at.hour for at in intake.registers["cases"]["received_at"]] == [hour]


def test_a_time_of_utc_is_moved_into_the_zone_and_never_taken_for_a_local_one(tmp_path):
    files = {"cases.csv": received(["2026-01-05T00:30:00Z"])}
    intake = taken(tmp_path, files, form="%Y-%m-%dT%H:%M:%S%z")
    assert intake.registers["cases"]["received_at"].to_list() == [datetime(2026, 1, 5, 8, 30)]
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+08:00"):
        with pytest.raises(InputError, match="expected %z"):
            taken(tmp_path, files, form=form)


def test_a_month_in_the_place_of_a_minute_is_refused(tmp_path):
    with pytest.raises(InputError, match="%m is the month, %M the minute"):
        taken(tmp_path, {"cases.csv": HEADER + ONE}, form="%Y-%m-%d %H:%m:%S")


def test_tables_in_folders_are_named_where_no_pattern_asks_for_them(tmp_path):
    files = {"cases.csv": HEADER + ONE, "2月/cases.csv": HEADER + TWO, "old.zip": "PK", "note.docx": "x"}
    intake = taken(tmp_path, files, cases={"from": None})
    assert (ids(intake), count(intake, "files_left_out")) == (["A001"], 2)


def test_a_second_column_of_a_name_and_two_times_of_one_column_are_told(tmp_path):
    text = (HEADER + TWO).replace("满意度", "办结时间.1")
    columns = {"satisfaction": {"constant": ""}, "replied_at": {"column": "受理时间", "time": TIME}}
    intake = taken(tmp_path, {"cases.csv": text}, columns=columns)
    assert kinds(intake) == ["column_again", "one_column_twice"]


# --- months without a case ---


@pytest.mark.parametrize(
    ("months", "each", "told"),
    [
        (["2025-11", "2025-12", "2026-02"], 12, ["2026-01"]),
        (["2025-01", "2025-02", "2025-06", "2025-08"], 12, ["2025-03–2025-05", "2025-07"]),
        (["2025-11", "2025-12", "2026-01"], 12, []),
        (["2025-11", "2026-02"], 3, []),
        (["2026-01"], 12, []),
    ],
    ids=["one month is missing", "several are", "none is", "there are few cases", "one month only"],
)
def test_months_in_the_midst_without_a_case_are_told(tmp_path, months, each, told):
    rows = "".join(
        f"A{number:02}{month.replace('-', '')},东区,{month}-{day:02} 08:00:00,,,,\n"
        for number, (month, day) in enumerate((month, day) for month in months for day in range(1, each + 1))
    )
    intake = taken(tmp_path, {"cases.csv": HEADER + rows})
    found = [doubt for doubt in intake.doubts if doubt.kind == "months_without_a_case"]
    assert [one for doubt in found for one in dict(doubt.message.values)["months"]] == told
