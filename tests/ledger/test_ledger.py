"""Reading a ledger: every check, every format, and what a rejected row says of itself."""

import gzip
from datetime import date, datetime

import polars as pl
import pytest
import xlsxwriter

from auditlib.core.errors import InputError
from auditlib.ledger.read import read_ledger

UNITS = "unit,name\nD1,东区\nD2,西区\n"
CASES = "case_id,unit,received_at,closed_at,resolved\nC1,D1,2025-12-01T08:30:00,2025-12-02T09:00:00,true\n"


def ledger_of(folder, note=None, **files):
    """A ledger folder: ``cases="…"`` is written as cases.csv, ``cases__csv__gz=b"…"`` as cases.csv.gz."""
    for name, content in {"units": UNITS, **files}.items():
        file = folder / (name.replace("__", ".") if "__" in name else f"{name}.csv")
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    if note:
        (folder / "ledger.yaml").write_text(note, encoding="utf-8")
    return folder


def rows(ledger, register="cases"):
    return ledger.registers[register].collect().to_dicts()


def column(ledger, name, register="cases"):
    return ledger.registers[register].collect()[name].to_list()


def rejects(ledger):
    """Each fault as register, file, row, column, found, expected."""
    return ledger.rejects.drop("unit", "at").rows()


def problems_of(path, **options):
    with pytest.raises(InputError) as caught:
        read_ledger(path, **options)
    return str(caught.value).splitlines()


# --- what is accepted ---


def test_a_row_without_fault_comes_out_typed(tmp_path):
    ledger = read_ledger(ledger_of(tmp_path, cases=CASES))
    assert rows(ledger) == [
        {
            "case_id": "C1", "unit": "D1", "received_at": datetime(2025, 12, 1, 8, 30),
            "closed_at": datetime(2025, 12, 2, 9), "resolved": True,
        }
    ]  # fmt: skip
    assert rejects(ledger) == []
    assert (ledger.accepted, ledger.rejected) == ({"units": 2, "cases": 1}, {"units": 0, "cases": 0})


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2025-12-01T08:30:00", datetime(2025, 12, 1, 8, 30)),
        ("2025-12-01 08:30:15", datetime(2025, 12, 1, 8, 30, 15)),
        ("2025-12-01T08:30", datetime(2025, 12, 1, 8, 30)),
        ("2025-12-01 08:30", datetime(2025, 12, 1, 8, 30)),
        ("2025-12-01T08:30:00.25", datetime(2025, 12, 1, 8, 30, 0, 250_000)),
        ("2025-12-01", datetime(2025, 12, 1)),
        ("  2025-12-01T08:30:00 ", datetime(2025, 12, 1, 8, 30)),
        ("2025-12-01T08:30:00+08:00", datetime(2025, 12, 1, 8, 30)),
        ("2025-12-01T20:30:00Z", datetime(2025, 12, 2, 4, 30)),
        ("2025-12-01T20:30Z", datetime(2025, 12, 2, 4, 30)),
        ("2025-12-01 00:30:00 +09:00", datetime(2025, 11, 30, 23, 30)),
        ("2025-12-01T08:30:00.5-0500", datetime(2025, 12, 1, 21, 30, 0, 500_000)),
    ],
)
def test_every_iso_form_of_a_time_is_read_and_offsets_move_to_shanghai(tmp_path, written, time):
    ledger = read_ledger(ledger_of(tmp_path, cases=f"case_id,unit,received_at\nC1,D1,{written}\n"))
    assert column(ledger, "received_at") == [time]


def test_times_written_in_several_ways_in_one_column_are_all_read(tmp_path):
    times = ["2025-12-01", "2025-12-01T01:00:00", "2025-12-01T01:00:00Z", "x", "2025-12-01 02:00"]
    cases = "case_id,unit,received_at\n" + "".join(f"C{n},D1,{time}\n" for n, time in enumerate(times))
    ledger = read_ledger(ledger_of(tmp_path, cases=cases))
    assert [time.hour for time in column(ledger, "received_at")] == [0, 1, 9, 2]
    assert [line[2:5] for line in rejects(ledger)] == [(5, "received_at", "x")]


def test_offsets_move_to_the_zone_that_the_ledger_declares(tmp_path):
    cases = (
        "case_id,unit,received_at\nC1,D1,2025-07-01T12:00:00Z\nC2,D1,2025-12-01T12:00:00Z\nC3,D1,2025-12-01T12:00:00\n"
    )
    ledger = read_ledger(ledger_of(tmp_path, "timezone: America/New_York\n", cases=cases))
    assert [time.hour for time in column(ledger, "received_at")] == [8, 7, 12]


def test_a_bare_date_deadline_lasts_until_the_end_of_its_day(tmp_path):
    cases = "case_id,unit,received_at,due_at\nC1,D1,2025-12-01,2025-12-03\nC2,D1,2025-12-01,2025-12-03T00:00:00\n"
    ledger = read_ledger(ledger_of(tmp_path, cases=cases))
    assert column(ledger, "due_at") == [datetime(2025, 12, 3, 23, 59, 59, 999_999), datetime(2025, 12, 3)]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("TRUE", True),
        ("是", True),
        ("1", True),
        ("false", False),
        ("否", False),
        ("0", False),
        ("", None),
    ],
)
def test_booleans_are_read_in_english_chinese_and_digits(tmp_path, written, value):
    ledger = read_ledger(ledger_of(tmp_path, cases=f"case_id,unit,received_at,resolved\nC1,D1,2025-12-01,{written}\n"))
    assert column(ledger, "resolved") == [value]


def test_extra_columns_are_kept_as_they_are_written(tmp_path):
    ledger = read_ledger(ledger_of(tmp_path, cases="case_id,unit,received_at,天气,n\nC1,D1,2025-12-01,雪,007\n"))
    assert rows(ledger)[0]["天气"] == "雪"
    assert rows(ledger)[0]["n"] == "007"


def test_empty_text_is_unknown_whether_quoted_or_not_and_spaces_around_text_do_not_count(tmp_path):
    cases = 'case_id,unit,received_at,kind,note\nC1, D1 ,2025-12-01,"",""\nC2,D1,2025-12-01,,\nC3,D1,2025-12-01," ", \n'
    ledger = read_ledger(ledger_of(tmp_path, cases=cases))
    assert column(ledger, "unit") == ["D1", "D1", "D1"]
    assert column(ledger, "kind") == [None] * 3
    assert column(ledger, "note") == [None] * 3


def test_a_row_with_too_few_fields_is_set_aside_and_one_with_empty_fields_is_not(tmp_path):
    cases = "case_id,unit,received_at,kind\nC1,D1,2025-12-01\nC2,D1,2025-12-01,\n"
    ledger = read_ledger(ledger_of(tmp_path, cases=cases))
    assert column(ledger, "case_id") == ["C2"]
    assert rejects(ledger) == [("cases", "cases.csv", 2, "", "3 fields", "4 fields, as in the header")]


def test_exact_numbers_stay_text(tmp_path):
    marks = "unit,period,indicator,points\nD1,2025-12,a,0.1\nD1,2025-12,b,1/3\nD1,2025-12,c,-2\n"
    assert column(read_ledger(ledger_of(tmp_path, marks=marks)), "points", "marks") == ["0.1", "1/3", "-2"]


def test_a_header_without_rows_is_an_empty_register(tmp_path):
    ledger = read_ledger(ledger_of(tmp_path, cases="case_id,unit,received_at\n"))
    assert rows(ledger) == []
    assert ledger.accepted["cases"] == 0


def test_blank_lines_are_no_rows_but_count_in_row_numbers(tmp_path):
    ledger = read_ledger(ledger_of(tmp_path, cases="case_id,unit,received_at\n\nC1,D1,2025-12-01\n,,\nC2,D1,bad\n"))
    assert column(ledger, "case_id") == ["C1"]
    assert [line[2] for line in rejects(ledger)] == [5]


# --- formats ---


EXPECTED = [
    {
        "case_id": "C1",
        "unit": "D1",
        "received_at": datetime(2025, 12, 1, 8, 30),
        "kind": "投诉",
        "resolved": True,
        "missing_items": 2,
    },
    {
        "case_id": "C2",
        "unit": "D2",
        "received_at": datetime(2025, 12, 2),
        "kind": None,
        "resolved": None,
        "missing_items": None,
    },
]
TEXT = (
    "case_id,unit,received_at,kind,resolved,missing_items\nC1,D1,2025-12-01T08:30:00,投诉,是,2\nC2,D2,2025-12-02,,,\n"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cases__csv", TEXT.encode()),
        ("cases__csv", TEXT.encode("gb18030")),
        ("cases__csv", b"\xef\xbb\xbf" + TEXT.encode()),
        ("cases__csv", TEXT.replace("\n", "\r\n").encode()),
        ("cases__csv", TEXT.rstrip("\n").encode()),
        ("cases__csv__gz", gzip.compress(TEXT.encode())),
        ("cases__csv__gz", gzip.compress(TEXT.encode("gb18030"))),
    ],
    ids=["utf-8", "gb18030", "bom", "crlf", "no newline at the end", "gz", "gz of gb18030"],
)
def test_csv_is_read_alike_in_every_encoding(tmp_path, name, content):
    assert rows(read_ledger(ledger_of(tmp_path, **{name: content}))) == EXPECTED


def test_parquet_with_its_own_types_is_read_like_csv(tmp_path):
    frame = pl.DataFrame(EXPECTED).with_columns(
        pl.col("received_at").cast(pl.Datetime("ms")), pl.col("missing_items").cast(pl.Int8)
    )
    frame.write_parquet(ledger_of(tmp_path) / "cases.parquet")
    assert rows(read_ledger(tmp_path)) == EXPECTED


def test_parquet_of_plain_text_is_read_like_csv(tmp_path):
    pl.read_csv(TEXT.encode(), infer_schema=False).write_parquet(ledger_of(tmp_path) / "cases.parquet")
    assert rows(read_ledger(tmp_path)) == EXPECTED


def test_parquet_times_with_a_zone_and_dates_move_to_the_ledgers_clock(tmp_path):
    frame = pl.DataFrame(
        {
            "case_id": ["C1"], "unit": ["D1"], "due_at": [date(2025, 12, 3)],
            "received_at": pl.Series([datetime(2025, 12, 1, 20)]).dt.replace_time_zone("UTC"),
        }
    )  # fmt: skip
    frame.write_parquet(ledger_of(tmp_path) / "cases.parquet")
    ledger = read_ledger(tmp_path)
    assert column(ledger, "received_at") == [datetime(2025, 12, 2, 4)]
    assert column(ledger, "due_at") == [datetime(2025, 12, 3, 23, 59, 59, 999_999)]


def workbook(file, sheets):
    with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(table):
                for position, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, position, value)


SHEETS = {
    "units": [["unit", "name"], ["D1", "东区"], ["D2", "西区"]],
    "notes": [["anything"], ["not a register"]],
    "cases": [
        ["case_id", "unit", "received_at", "kind", "resolved", "missing_items"],
        ["C1", "D1", datetime(2025, 12, 1, 8, 30), "投诉", True, 2],
        ["C2", "D2", date(2025, 12, 2), None, None, None],
    ],
}


def test_sheets_of_a_workbook_are_registers(tmp_path):
    workbook(tmp_path / "ledger.xlsx", SHEETS)
    ledger = read_ledger(tmp_path / "ledger.xlsx")
    assert rows(ledger) == EXPECTED
    assert set(ledger.registers) == {"units", "cases"}


def test_a_workbook_in_a_folder_stands_beside_other_files(tmp_path):
    workbook(ledger_of(tmp_path) / "book.xlsx", {"cases": SHEETS["cases"]})
    assert rows(read_ledger(tmp_path)) == EXPECTED


def test_a_fault_in_a_sheet_names_workbook_sheet_and_row(tmp_path):
    sheets = SHEETS | {"cases": [*SHEETS["cases"], ["C3", "D9", datetime(2025, 12, 1)]]}
    workbook(tmp_path / "book.xlsx", sheets)
    ((register, file, row, name, found, _),) = rejects(read_ledger(tmp_path))
    assert (register, row, name, found) == ("cases", 4, "unit", "D9")
    assert file.endswith("book.xlsx[cases]")


def test_a_register_can_be_split_into_several_files(tmp_path):
    one = "case_id,unit,received_at\nC1,D1,2025-12-01\nC2,D1,2025-12-02\n"
    two = "case_id,unit,received_at,kind\nC3,D1,2025-12-03,投诉\nC1,D1,2025-12-04,投诉\n"
    ledger = read_ledger(ledger_of(tmp_path, **{"cases-1": one, "cases-2": two}))
    assert column(ledger, "case_id") == ["C1", "C2", "C3"]
    assert column(ledger, "kind") == [None, None, "投诉"]
    assert rejects(ledger) == [("cases", "cases-2.csv", 3, "case_id", "C1", "case_id only once; an earlier row has it")]


# --- what is rejected, row by row ---


@pytest.mark.parametrize(
    ("register", "text", "fault"),
    [
        (
            "cases",
            "case_id,unit,received_at\nC1,D1,2025-12-01\nC1,D2,2025-12-02\n",
            (3, "case_id", "C1", "case_id only once; an earlier row has it"),
        ),
        ("cases", "case_id,unit,received_at\nC1,D9,2025-12-01\n", (2, "unit", "D9", "a unit of the register of units")),
        (
            "cases",
            "case_id,unit,received_at\nC1,D1,yesterday\n",
            (2, "received_at", "yesterday", "an ISO 8601 time such as 2025-12-01T08:30:00"),
        ),
        (
            "cases",
            "case_id,unit,received_at\nC1,D1,2025-02-30\n",
            (2, "received_at", "2025-02-30", "an ISO 8601 time such as 2025-12-01T08:30:00"),
        ),
        (
            "cases",
            "case_id,unit,received_at\nC1,D1,25-12-01 08:00:00\n",
            (2, "received_at", "25-12-01 08:00:00", "an ISO 8601 time such as 2025-12-01T08:30:00"),
        ),
        (
            "cases",
            "case_id,unit,received_at,due_at\nC1,D1,2025-12-01,soon\n",
            (2, "due_at", "soon", "an ISO 8601 time or date such as 2025-12-01T08:30:00 or 2025-12-01"),
        ),
        (
            "cases",
            "case_id,unit,received_at,resolved\nC1,D1,2025-12-01,perhaps\n",
            (2, "resolved", "perhaps", "true or false (also 是/否, 1/0)"),
        ),
        (
            "cases",
            "case_id,unit,received_at,missing_items\nC1,D1,2025-12-01,1.5\n",
            (2, "missing_items", "1.5", "a whole number"),
        ),
        (
            "cases",
            "case_id,unit,received_at,closed_at\nC1,D1,2025-12-02,2025-12-01\n",
            (2, "closed_at", "2025-12-01", "a time not before received_at"),
        ),
        *(
            (
                "cases",
                f"case_id,unit,received_at,{name}\nC1,D1,2025-12-02,2025-12-01\nC2,D1,2025-12-02,2025-12-02\n",
                (2, name, "2025-12-01", "a time not before received_at"),
            )
            for name in ("entered_at", "accepted_at", "contacted_at", "planned_at", "replied_at", "reviewed_at")
        ),
        (
            "cases",
            "case_id,unit,received_at\n,D1,2025-12-02\n",
            (2, "case_id", "nothing", "a value: the case's number, unique in the ledger"),
        ),
        (
            "cases",
            'case_id,unit,received_at\nC1,"",2025-12-02\n',
            (2, "unit", "nothing", "a value: the unit under assessment, as in `units`"),
        ),
        (
            "marks",
            "unit,period,indicator,points\nD1,2025-12,a,1e3\n",
            (2, "points", "1e3", "an exact number such as 12, -0.5 or 1/3"),
        ),
        (
            "marks",
            "unit,period,indicator,points\nD1,2025-12,a,１２\n",
            (2, "points", "１２", "an exact number such as 12, -0.5 or 1/3"),
        ),
        (
            "marks",
            "unit,period,indicator,points\nD1,2025-13,a,1\n",
            (2, "period", "2025-13", "a period such as 2025-06, 2025Q2, 2025H1 or 2025"),
        ),
        (
            "marks",
            "unit,period,indicator,points\nD1,２０２５,a,1\n",
            (2, "period", "２０２５", "a period such as 2025-06, 2025Q2, 2025H1 or 2025"),
        ),
        (
            "marks",
            "unit,period,indicator,points\nD1,2025-12,a,1\nD1,2025-12,a,2\n",
            (3, "indicator", "a", "unit + period + indicator only once; an earlier row has it"),
        ),
        (
            "cases",
            "case_id,unit,received_at\nC1,D1,2025-12-01,extra\n",
            (2, "", "4 fields", "3 fields, as in the header"),
        ),
    ],
)
def test_a_faulty_row_is_set_aside_with_file_row_column_found_and_expected(tmp_path, register, text, fault):
    ledger = read_ledger(ledger_of(tmp_path, **{register: text}))
    assert rejects(ledger) == [(register, f"{register}.csv", *fault)]
    assert ledger.rejected[register] == 1
    assert ledger.accepted[register] == text.count("\n") - 2


def test_a_rejected_row_names_its_unit_where_that_is_a_unit_of_the_register(tmp_path):
    units = "unit,name\nD1,One\nD2,Two\nD2,Two again\n"
    cases = "case_id,unit,received_at\nC1,D1,never\nC2,elsewhere,2025-12-01\nC3,D2,2025-12-01\nC3,D2,2025-12-02\n"
    cases += "C4,D1,2025-12-01,too many\n"
    ledger = read_ledger(ledger_of(tmp_path, units=units, cases=cases))
    assert ledger.rejects.sort("register", "row").select("register", "row", "unit").rows() == [
        ("cases", 2, "D1"), ("cases", 3, None), ("cases", 5, "D2"), ("cases", 6, None), ("units", 4, "D2"),
    ]  # fmt: skip


def test_a_rejected_row_tells_its_time_or_period_where_that_can_be_read(tmp_path):
    cases = (
        "case_id,unit,received_at,closed_at\nC1,D1,2025-12-03 08:00,2025-12-02\nC2,D1,never,\nC3,D1,2025-12-04,soon\n"
    )
    cases += "C4,D1,2025-12-05,2025-12-06,too many\n"
    facts = "unit,period,fact,value\nD1,2025-12,calls,many\nD1,lately,calls,3\n"
    ledger = read_ledger(ledger_of(tmp_path, units="unit\nD1\nD1\n", cases=cases, unit_facts=facts))
    assert ledger.rejects.sort("register", "row").select("register", "row", "at").rows() == [
        ("cases", 2, "2025-12-03T08:00:00.000000"), ("cases", 3, None), ("cases", 4, "2025-12-04T00:00:00.000000"),
        ("cases", 5, None), ("unit_facts", 2, "2025-12"), ("unit_facts", 3, None), ("units", 3, None),
    ]  # fmt: skip


def test_without_a_register_of_units_those_of_accepted_rows_are_known(tmp_path):
    cases = "case_id,unit,received_at\nC1,D1,never\nC2,D1,2025-12-01\nC3,13812345678,never\n"
    ledger = read_ledger(ledger_of(tmp_path, cases=cases))
    assert dict(ledger.rejects.select("row", "unit").rows()) == {2: "D1", 4: None}


def test_of_two_rows_with_one_case_id_the_first_stands(tmp_path):
    cases = "case_id,unit,received_at,kind\nC1,D1,2025-12-02,first\nC1,D1,2025-12-01,second\nC1,D1,2025-12-01,third\n"
    ledger = read_ledger(ledger_of(tmp_path, cases=cases))
    assert column(ledger, "kind") == ["first"]
    assert [line[2] for line in rejects(ledger)] == [3, 4]


def test_rows_that_share_only_a_part_of_a_key_are_both_accepted(tmp_path):
    marks = "unit,period,indicator,points\nD1,2025-12,a,1\nD2,2025-12,a,1\nD1,2025-11,a,1\nD1,2025-12,b,1\n"
    assert read_ledger(ledger_of(tmp_path, marks=marks)).accepted["marks"] == 4


def test_a_case_closed_in_the_moment_it_was_received_is_accepted(tmp_path):
    cases = "case_id,unit,received_at,closed_at\nC1,D1,2025-12-01T08:00:00,2025-12-01T08:00:00\n"
    assert read_ledger(ledger_of(tmp_path, cases=cases)).accepted["cases"] == 1


def test_several_faults_are_all_reported_at_once_in_the_order_of_rows(tmp_path):
    cases = (
        "case_id,unit,received_at,closed_at,resolved\n"
        "C1,D9,never,2025-12-01,maybe\n"
        "C2,D1,2025-12-01,2025-12-02,是\n"
        "C2,D1,2025-12-02,2025-12-01,\n"
        ",D1,2025-12-01,,\n"
        "C5,D1,2025-12-01,,,,\n"
    )
    ledger = read_ledger(ledger_of(tmp_path, cases=cases))
    assert {line[1] for line in rejects(ledger)} == {"cases.csv"}
    assert sorted(line[2:4] for line in rejects(ledger)) == [
        (2, "received_at"), (2, "resolved"), (2, "unit"), (4, "case_id"), (4, "closed_at"), (5, "case_id"), (6, ""),
    ]  # fmt: skip
    assert column(ledger, "case_id") == ["C2"]
    assert (ledger.accepted["cases"], ledger.rejected["cases"]) == (1, 4)


def test_cases_of_a_rejected_unit_are_rejected_too(tmp_path):
    units = "unit,valid_from\nD1,2025-01-01\nD2,never\n"
    cases = "case_id,unit,received_at\nC1,D1,2025-12-01\nC2,D2,2025-12-01\n"
    ledger = read_ledger(ledger_of(tmp_path, units=units, cases=cases))
    assert [line[0:4] for line in rejects(ledger)] == [
        ("units", "units.csv", 3, "valid_from"),
        ("cases", "cases.csv", 3, "unit"),
    ]


FUTURE = (
    "case_id,unit,received_at,closed_at,due_at\n"
    "C1,D1,2025-12-31,2026-01-06,2026-02-01\n"
    "C2,D1,2025-12-31,2026-01-05,2026-02-01\n"
)
LATE = ("cases", "cases.csv", 2, "closed_at", "2026-01-06", "a time no later than the as-of time 2026-01-05T00:00:00")


def test_a_fact_after_the_as_of_time_of_the_ledger_is_rejected_but_not_a_deadline(tmp_path):
    assert rejects(read_ledger(ledger_of(tmp_path, "as_of: 2026-01-05\n", cases=FUTURE))) == [LATE]


def test_a_fact_after_the_as_of_time_passed_is_rejected(tmp_path):
    folder = ledger_of(tmp_path, cases=FUTURE)
    assert rejects(read_ledger(folder, datetime(2026, 1, 5))) == [LATE]
    assert rejects(read_ledger(folder)) == []


def test_the_as_of_time_of_the_ledger_goes_before_the_one_passed(tmp_path):
    folder = ledger_of(tmp_path, "as_of: 2026-01-05T00:00:00\n", cases=FUTURE)
    assert rejects(read_ledger(folder, datetime(2027, 1, 1))) == [LATE]


@pytest.mark.parametrize(
    ("note", "as_of"),
    [
        ("as_of: 2026-01-05", datetime(2026, 1, 5)),
        ("as_of: 2026-01-05T08:30:00", datetime(2026, 1, 5, 8, 30)),
        ('as_of: "2026-01-05 08:30"', datetime(2026, 1, 5, 8, 30)),
        ("as_of: 2026-01-05T08:30:00Z", datetime(2026, 1, 5, 16, 30)),
        ("as_of: 2026-01-05T08:30:00Z\ntimezone: Europe/Berlin", datetime(2026, 1, 5, 9, 30)),
        ("title: {zh: 例, en: Example}", None),
    ],
)
def test_the_as_of_time_is_read_as_local_to_the_ledger(tmp_path, note, as_of):
    assert read_ledger(ledger_of(tmp_path, note)).as_of == as_of


def test_the_hand_made_rejects_of_an_intake_are_counted(tmp_path):
    header = "register,file,row,column,found,expected\n"
    lines = (
        "cases,export.csv,7,received_at,x,a time\ncases,export.csv,7,unit,,a value\ncases,export.csv,9,unit,,a value\n"
    )
    ledger = read_ledger(ledger_of(tmp_path, cases=CASES, rejects=header + lines))
    assert ledger.rejected["cases"] == 2
    assert [line[2:4] for line in rejects(ledger)] == [(7, "received_at"), (7, "unit"), (9, "unit")]


# --- what stops a ledger from being read at all ---


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("cases__csv", b"", "cases.csv: the file is empty; expected at least a row of column names"),
        ("cases__csv", b" \n\n", "cases.csv: the file is empty; expected at least a row of column names"),
        ("cases__csv", b"case_id,unit\nC1,D1\n", "cases.csv:1: received_at: missing column"),
        (
            "cases__csv",
            b"case_id,unit,unit,received_at\n",
            "cases.csv:1: unit: found the column twice, expected each column once",
        ),
        (  # to Polars a pattern, which no column fits: what stands in it would be looked at by nobody
            "cases__csv",
            b"case_id,unit,received_at,^x$\nC1,D1,2025-12-01,13800138000\n",
            "cases.csv:1: ^x$: found this name of a column, expected no name that begins with ^ and ends with $",
        ),
        (
            "cases__csv",
            b"case_id,unit,received_at\n\xff\xff,\xff,\n",
            "cases.csv: found neither UTF-8 nor GB18030: illegal multibyte sequence at byte 25",
        ),
        (
            "cases__csv",
            b'case_id,unit,received_at\nC1,D1,2025-12-01\nC2,"D1,2025-12-01\nC3,D1,2025-12-01\n',
            "cases.csv:3: found a quote that is never closed",
        ),
        ("cases__csv__gz", b"not gz", "cases.csv.gz: cannot be read: Not a gzipped file (b'no')"),
        (
            "cases__csv__gz",
            gzip.compress(CASES.encode() * 50)[:-12],
            "cases.csv.gz: cannot be read: Compressed file ended before the end-of-stream marker was reached",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(tmp_path, name, content, problem):
    assert problems_of(ledger_of(tmp_path, **{name: content})) == [f"{tmp_path}/{problem}"]


def test_a_parquet_file_that_is_none_is_refused_by_name(tmp_path):
    (problem,) = problems_of(ledger_of(tmp_path, cases__parquet=b"PAR0"))
    assert problem.startswith(f"{tmp_path}/cases.parquet: cannot be read: ")


def test_a_workbook_that_is_none_is_refused_by_name(tmp_path):
    (problem,) = problems_of(ledger_of(tmp_path, book__xlsx=b"PK"))
    assert problem.startswith(f"{tmp_path}/book.xlsx: found ")
    assert problem.endswith("expected an XLSX file")


def test_every_file_that_cannot_be_used_is_named_at_once(tmp_path):
    assert problems_of(ledger_of(tmp_path, cases=b"", marks="unit,period\n")) == [
        f"{tmp_path}/cases.csv: the file is empty; expected at least a row of column names",
        f"{tmp_path}/marks.csv:1: indicator: missing column",
        f"{tmp_path}/marks.csv:1: points: missing column",
    ]


def test_a_folder_without_registers_and_one_that_is_not_there_are_refused(tmp_path):
    (problem,) = problems_of(tmp_path)
    assert problem.startswith(f"{tmp_path}: found no register, expected some of units.csv, ")
    (problem,) = problems_of(tmp_path / "no")
    assert problem == f"{tmp_path}/no: no such ledger; expected a folder of registers or an XLSX file"


def test_a_ledger_without_units_says_so_when_they_are_needed(tmp_path):
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    ledger = read_ledger(tmp_path)
    assert ledger.accepted == {"cases": 1}
    with pytest.raises(
        InputError, match=r"units: found no register of units, expected units\.csv with a column `unit`"
    ):
        ledger.units()


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        ("asof: 2026-01-05\n", "1:1: asof: unknown key `asof`; did you mean `as_of`?"),
        ("timezone: Mars/Base\n", "1:1: timezone: found 'Mars/Base', expected a time zone such as Asia/Shanghai"),
        ("as_of: soon\n", "1:1: as_of: found 'soon', expected a time such as 2026-01-05T00:00:00"),
    ],
)
def test_a_faulty_note_of_the_ledger_is_refused_with_its_line(tmp_path, note, problem):
    assert problems_of(ledger_of(tmp_path, note)) == [f"{tmp_path}/ledger.yaml:{problem}"]
