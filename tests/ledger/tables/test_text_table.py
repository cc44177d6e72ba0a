"""Text with separators: what is read, and what would be read wrongly without a word."""

import gzip

import polars as pl
import pytest

from auditlib.core.errors import InputError
from auditlib.ledger.checks import ROW
from auditlib.ledger.tables.layout import Layout
from auditlib.ledger.tables.read_table import read_tables

HEADER = "工单号,单位,说明,受理时间\n"


def read(folder, content, layout=None, name="cases.csv"):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (table,) = read_tables(file, layout or Layout())
    return table


def rows(table):
    return table.rows.drop(ROW).rows()


def kinds(table):
    return [doubt.kind for doubt in table.doubts]


def refused(folder, content, layout=None, name="cases.csv"):
    with pytest.raises(InputError) as caught:
        read(folder, content, layout, name)
    return str(caught.value).replace(f"{folder}/", "")


ONE, TWO, THREE = "A001,东区,甲,2026-01-05\n", "A002,西区,乙,2026-01-06\n", "A003,东区,丙,2026-01-07\n"
PLAIN = [("A001", "东区", "甲", "2026-01-05"), ("A002", "西区", "乙", "2026-01-06")]


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        (HEADER + ONE + TWO, None),
        (HEADER + ONE + TWO + "\n\n", None),
        ("\n\n" + HEADER + ONE + "\n" + TWO, None),
        ((HEADER + ONE + TWO).replace("\n", "\r\n"), None),
        ((HEADER + ONE + TWO).replace("\n", "\r"), None),
        ((HEADER + ONE + TWO).replace(",", "\t").encode("utf-16"), None),
        ((HEADER + ONE + TWO).replace(",", "\t").encode("utf-16-le"), None),
        ((HEADER + ONE + TWO).encode("utf-8-sig"), None),
        ((HEADER + ONE + TWO).encode("gb18030"), None),
        ("sep=;\n" + (HEADER + ONE + TWO).replace(",", ";"), None),
        ((HEADER + ONE + TWO).replace(",", "|"), None),
        ((HEADER + ONE + TWO).replace(",", "^"), Layout(separator="^")),
        ("某局台账\n" + HEADER + ONE + TWO, Layout(header=(2,))),
        (HEADER + ONE + TWO + "合计,2\n制表人\n", Layout(footer=2)),
        (HEADER + ONE + TWO + "合计,2,,\n,,,\n", Layout(footer=1)),
        ("工单,单位,说明,受理\n号,,,时间\n" + ONE + TWO, Layout(header=(1, 2))),
    ],
)  # fmt: skip
def test_a_table_is_the_same_however_it_is_written(tmp_path, content, layout):
    table = read(tmp_path, content, layout)
    assert rows(table) == PLAIN
    assert table.broken.is_empty()


def test_two_lines_of_a_header_are_joined_and_a_merged_cell_stands_for_those_right_of_it(tmp_path):
    table = read(tmp_path, "工单号,受理,,办结\n,日期,时刻,日期\n1,2,3,4\n", Layout(header=(1, 2)))
    assert table.rows.columns == [ROW, "工单号", "受理 日期", "受理 时刻", "办结 日期"]
    assert table.rows[ROW].to_list() == [3]


@pytest.mark.parametrize("above", ["", "\n", "\r\n \r\n"])
def test_a_column_twice_is_refused_below_blank_lines_too(tmp_path, above):
    line = above.count("\n") + 1
    expected = f"cases.csv:{line}: 甲: found the column twice, expected each column once"
    assert refused(tmp_path, above + "甲,乙,甲\n1,2,3\n") == expected


def test_a_row_with_too_few_or_too_many_fields_is_broken_by_its_number(tmp_path):
    table = read(tmp_path, HEADER + ONE + "A002,西区\n\n" + THREE + "A004,a,b,c,d\n")
    assert [row[0] for row in rows(table)] == ["A001", "A003"]
    assert table.broken.select("row", "found", "expected").rows() == [
        (3, "2 fields", "4 fields, as in the header"),
        (6, "5 fields", "4 fields, as in the header"),
    ]


def test_a_short_row_is_seen_beside_quoted_separators(tmp_path):
    table = read(tmp_path, HEADER + 'A001,东区,"一,二,三",2026-01-05\nA002,西区,乙\n')
    assert rows(table) == [("A001", "东区", "一,二,三", "2026-01-05")]
    assert table.broken["row"].to_list() == [3]


SWALLOWED = (
    HEADER + ONE + 'A002,西区,"乙,2026-01-06\n' + THREE + 'A004,西区,丁",2026-01-08\n',
    HEADER + 'A001,东区,"还有,逗号,2026-01-05\n' + TWO + 'A003,东区,丙",2026-01-07\n',
    HEADER.replace("\n", "\r\n") + 'A001,东区,"甲,2026-01-05\r\nA002,西区,乙",2026-01-06\r\n',
    '"工单号","单位","说明"\n"1","x"y","3"\n"2","y","3"\n"3","x"z","4"\n',
)


@pytest.mark.parametrize("content", SWALLOWED)
def test_stray_quotes_that_swallow_rows_are_refused_with_their_line(tmp_path, content):
    message = refused(tmp_path, content)
    assert message.startswith(("cases.csv:2: ", "cases.csv:3: "))
    assert "found a quote that swallows the rows below it" in message


def test_text_after_a_closing_quote_is_refused(tmp_path):
    content = HEADER + 'A001,东区,"甲"乙,2026-01-05\n' + TWO
    assert refused(tmp_path, content) == "cases.csv:2: found a row that cannot be read: ',' expected after '\"'"


@pytest.mark.parametrize(
    "note",
    [
        '"一行\n又一行"',
        '"一行，\n1,先到现场\n2,再回复\n"',
        '"说""好""了"',
        '5"管',
        '"2026-01-05,已联系\n2026-01-06,已回复,满意"',
        '"a,b,c,d,e"',
    ],
)
def test_notes_over_several_lines_and_quotes_that_are_meant_go_through(tmp_path, note):
    table = read(tmp_path, HEADER + f"A001,东区,{note},2026-01-05\n" + TWO)
    assert [row[0] for row in rows(table)] == ["A001", "A002"]
    assert [row[3] for row in rows(table)] == ["2026-01-05", "2026-01-06"]


def test_a_list_of_ids_and_notes_may_have_a_note_of_two_lines(tmp_path):
    table = read(tmp_path, 'id,note\nA001,"well\nyes, no"\nA002,x\n')
    assert rows(table) == [("A001", "well\nyes, no"), ("A002", "x")]


BIG5 = "工單號,單位,說明,受理時間\nA001,東區所,噪音擾民已處理,2026-01-05\n"


def test_a_text_that_is_likely_in_another_encoding_is_refused_and_read_where_that_is_stated(tmp_path):
    message = refused(tmp_path, BIG5.encode("big5"))
    assert "unlikely in GB18030" in message
    assert "expected the mapping to say `encoding: big5`" in message
    assert rows(read(tmp_path, BIG5.encode("big5"), Layout(encoding="big5")))[0][1] == "東區所"
    japanese = "番号,部署,内容,受付\nA001,ひがし区,これはテストです,2026-01-05\n".encode("cp932")
    assert "`encoding: cp932`" in refused(tmp_path, japanese)
    assert rows(read(tmp_path, japanese, Layout(encoding="cp932")))[0][1] == "ひがし区"


def test_a_text_of_rare_letters_is_read_and_doubted_and_everyday_chinese_is_not(tmp_path):
    assert kinds(read(tmp_path, (HEADER + "A001,昶垚堃,喆,2026-01-05\n").encode("gb18030"))) == ["encoding"]
    everyday = read(tmp_path, (HEADER + "A002,西区,群众来电反映暖气不热，已处理。,2026-01-06\n").encode("gbk"))
    assert kinds(everyday) == []
    assert everyday.assumed["encoding"] == "gb18030"


def test_bytes_that_the_stated_encoding_does_not_have_are_refused_with_their_line(tmp_path):
    message = refused(tmp_path, (HEADER + ONE).encode("gb18030"), Layout(encoding="utf-8"))
    assert message.startswith("cases.csv:1: found bytes that are no utf-8: ")


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"PK\x03\x04rest", "a workbook or ZIP file"), (b"PAR1rest", "a Parquet file"), (b"%PDF-1.4", "a PDF file"),
     (gzip.compress(b"a,b\n", mtime=0), "a gzipped file")],
)  # fmt: skip
def test_another_kind_of_file_named_csv_is_called_so(tmp_path, content, found):
    assert refused(tmp_path, content) == f"cases.csv: found {found} named .csv, expected text with separators"


def test_other_separators_are_told(tmp_path):
    assert kinds(read(tmp_path, "a;b\n1;2\n")) == ["separator"]
    assert kinds(read(tmp_path, "a;b\n1;2\n", Layout(separator=";"))) == []
    assert kinds(read(tmp_path, "a,b\n1,2\n")) == []


def test_the_row_of_the_header_is_found_below_a_title(tmp_path):
    table = read(tmp_path, "某局2026年1月台账\n" + HEADER + ONE)
    assert table.header_row(["工单号", "单位", "受理时间"]) == 2
    assert table.header_row(["别的", "没有"]) is None


def test_endings_count_in_any_case_and_gzip_is_opened(tmp_path):
    assert rows(read(tmp_path, HEADER + ONE + TWO, name="cases.CSV")) == PLAIN
    assert rows(read(tmp_path, gzip.compress((HEADER + ONE + TWO).encode()), name="cases.CSV.GZ")) == PLAIN
    assert rows(read(tmp_path, (HEADER + ONE + TWO).replace(",", "\t"), name="cases.tsv")) == PLAIN


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    table = read(tmp_path, HEADER)
    assert (table.rows.columns[1:], table.rows.height) == (HEADER.strip().split(","), 0)
    assert isinstance(table.rows, pl.DataFrame)
