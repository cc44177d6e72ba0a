"""Exports of survey tools become a round: labels, matrix columns, three-row headers, and nothing personal."""

# ruff: noqa: E501 — exports stand as the tools write them

from __future__ import annotations

import openpyxl
import pytest

from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.forms.survey import find_survey, read_export, take_export
from auditlib.delphi.forms.survey_flags import Timed, flags_of, seconds
from auditlib.delphi.rounds import read_panel

PANEL = """\
panel: survey
title: {zh: 例, en: case}
scale:
  {min: 1, max: 5, labels: {5: {zh: 非常重要, en: Very important}, 4: {zh: 重要, en: Important},
   3: {zh: 一般, en: So-so}, 2: {zh: 不太重要, en: Less important}, 1: {zh: 不重要, en: Not important}}}
items:
  - {id: A, title: {zh: 接通率, en: Answer rate}}
  - {id: B, title: {zh: 办结率, en: Handled}}
  - {id: C, title: {zh: 按时办结率, en: Handled in time}}
"""
WJX = """\
序号,提交答卷时间,所用时间,来源,来源详情,来自IP,姓名,1、您的专家代号,2、请判断重要程度—接通率,2、请判断重要程度—办结率,2、请判断重要程度—按时办结率,3、其他意见
1,2026/3/1 10:11:12,120秒,微信,N/A,1.2.3.4(浙江-杭州),王建国,E01,非常重要,重要,一般,可电13812345678；①与②
2,2026/3/1 11:11:12,98秒,手机提交,直接访问,1.2.3.5(浙江-杭州),李淑芬,Ｅ０２,４,重要,2分,(空)
3,2026/3/1 11:31:12,2分5秒,手机提交,直接访问,1.2.3.5(浙江-杭州),赵敏,E03,5 非常重要,-3,（空）,
4,2026/3/1 11:41:12,9秒,手机提交,直接访问,1.2.3.9(浙江-杭州),钱进,E04,重要,重要,重要,
"""
MARKS = "expert,A,B,C\nE01,5,4,3\nE02,4,4,2\nE03,5,,\nE04,4,4,4\n"


@pytest.fixture
def survey(panel, tmp_path):
    """A panel without answers, and an export beside it."""

    def make(text: str, name: str = "export.csv", encoding: str = "utf-8", base: str = PANEL):
        folder = panel({}, base=base)
        file = tmp_path / name
        file.write_bytes(text.encode(encoding))
        return folder, file

    return make


def faults(file, name, folder, **more):
    with pytest.raises(InputError) as caught:
        take_export(file, find_survey(name), folder, **more)
    return [str(problem).replace(f"{file.parent}/", "") for problem in caught.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_export_of_wenjuanxing_becomes_a_round_and_nothing_else_enters(survey, run_cli, encoding) -> None:
    folder, file = survey(WJX, encoding=encoding)
    done = run_cli("panel", "read", file, "--survey", "wenjuanxing", "--panel", folder)
    assert done.exit_code == 0, done.stderr
    assert (folder / "round-1.csv").read_text(encoding="utf-8") == MARKS
    assert (folder / "remarks-1.csv").read_text(encoding="utf-8") == (
        "expert,item,remark\nE01,,可电〔手机号已隐去〕；①与②\n"
    )
    assert (folder / "flags-1.csv").read_text(encoding="utf-8") == "expert,flag\nE04,straight\nE04,fast\n"
    told = (done.stdout + done.stderr).replace(str(folder), "").replace(str(file), "")  # a scratch folder has numbers
    everything = told + "".join(f.read_text("utf-8") for f in folder.rglob("*.csv"))
    assert not any(word in everything for word in ("1.2.3", "王建国", "李淑芬", "2026", "138", "98", "浙江"))
    assert "columns left where they are: 序号, 提交答卷时间, 所用时间, 来源, 来源详情, 来自IP, 姓名" in done.stderr
    (note,) = [n["en"] for n in analyse(read_panel(folder)).to_json()["notes"] if "careless" in n["en"]]
    assert "E04: the same mark for every item, answered too fast" in note


def test_the_case_that_was_handed_over_gives_its_means_and_shares(survey) -> None:
    text = (
        "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您的专家代号,2、请判断重要程度—接通率,2、请判断重要程度—办结率,"
        "2、请判断重要程度—按时办结率\n1,t,120秒,微信,N/A,x,E01,非常重要,重要,一般\n"
        "2,t,98秒,手机提交,直接访问,x,E02,重要,重要,不太重要\n3,t,9秒,手机提交,直接访问,x,E03,非常重要,(空),一般\n"
    )
    folder, file = survey(text)
    _, export = take_export(file, find_survey("wenjuanxing"), folder)
    items = analyse(read_panel(folder)).to_json()["rounds"][0]["groups"][0]["items"]
    assert [item["mean"] for item in items] == [float(f"{14 / 3:.12g}"), 4, float(f"{8 / 3:.12g}")]
    assert [item["published_weight"] for item in items] == ["41.18", "35.29", "23.53"]
    assert export.flags == {"E03": ("fast",)}


GOOGLE = """\
Timestamp,Email Address,Expert code,How important is each? [Answer rate],How important is each? [Handled],How important is each? [Handled in time],Any comments?
2026/03/01 10:00:00,li@example.org,E01,Very important,Important,So-so,Fine
2026/03/01 10:05:00,wang@example.org,E02,important,Important,LESS IMPORTANT,
2026/03/01 10:06:00,zhao@example.org,E03,5,,,
2026/03/01 10:07:00,qian@example.org,E04,4,4,4,
"""
QUALTRICS = """\
StartDate,Status,IPAddress,Duration (in seconds),Finished,RecipientLastName,Q1,Q2_1,Q2_2,Q2_3,Q3
Start Date,Response Type,IP Address,Duration (in seconds),Finished,Recipient Last Name,Your pseudonym,How important is each? - Answer rate,How important is each? - Handled,How important is each? - Handled in time,Your comments
"{""ImportId"":""startDate""}","{""ImportId"":""status""}","{""ImportId"":""ipAddress""}","{""ImportId"":""duration""}","{""ImportId"":""finished""}","{""ImportId"":""recipientLastName""}","{""ImportId"":""QID1_TEXT""}","{""ImportId"":""QID2_1""}","{""ImportId"":""QID2_2""}","{""ImportId"":""QID2_3""}","{""ImportId"":""QID3_TEXT""}"
2026-03-01,IP Address,192.0.2.1,120,True,Li,E01,Very important,Important,So-so,Fine
2026-03-01,IP Address,192.0.2.1,98,True,Wang,E02,Important,Important,Less important,
2026-03-01,IP Address,192.0.2.1,125,True,Zhao,E03,Very important,-99,,
2026-03-01,IP Address,192.0.2.1,9,1,Qian,E04,4,4,4,
2026-03-01,Survey Preview,192.0.2.1,9,True,Me,E09,4,4,4,
2026-03-01,IP Address,192.0.2.1,9,False,Sun,E08,4,,,
"""
MONKEY = """\
Respondent ID,Start Date,IP Address,Email Address,First Name,Your pseudonym,How important is each?,,,Remarks
,,,,,Open-Ended Response,Answer rate,Handled,Handled in time,Open-Ended Response
1001,2026-03-01,192.0.2.1,li@example.org,Li,E01,Very important,Important,So-so,Fine
1002,2026-03-01,192.0.2.1,li@example.org,Wang,E02,Important,Important,Less important,
1003,2026-03-01,192.0.2.1,li@example.org,Zhao,E03,Very important,,,
1004,2026-03-01,192.0.2.1,li@example.org,Qian,E04,Important,Important,Important,
"""


@pytest.mark.parametrize(
    ("name", "text"), [("google-forms", GOOGLE), ("qualtrics", QUALTRICS), ("surveymonkey", MONKEY)]
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_tool_gives_the_same_round(survey, name, text, kind) -> None:
    import csv

    folder, file = survey(text)
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in csv.reader(text.splitlines()):
            book.active.append([cell or None for cell in row])
        file = file.with_suffix(".xlsx")
        book.save(file)
    _, export = take_export(file, find_survey(name), folder)
    assert (folder / "round-1.csv").read_text(encoding="utf-8") == MARKS
    assert (folder / "remarks-1.csv").read_text(encoding="utf-8") == "expert,item,remark\nE01,,Fine\n"
    assert export.rows_left_out == (2 if name == "qualtrics" else 0)
    assert export.flags["E04"] == (("straight", "fast") if name == "qualtrics" else ("straight",))


def test_every_fault_of_an_export_is_reported_without_what_is_personal(survey) -> None:
    bad = WJX.replace("E01,非常重要", "E01,极其13812345678").replace(",Ｅ０２,４", ",王小明,６")
    folder, file = survey(bad)
    told = faults(file, "wenjuanxing", folder)
    assert told == [
        "export.csv:2: A: found '〔手机号，已隐去〕', expected a whole number from 1 to 5, or one of 非常重要, 重要, 一般, "
        "不太重要, 不重要",
        "export.csv:3: 1、您的专家代号".replace("、", ",")
        + ": found what is none, expected a pseudonym: a letter, or letters "
        "and up to four digits, such as E01; no names, phones or addresses",
    ] or told[1].startswith("export.csv:3: 1、您的专家代号: found what is none")
    assert not list(folder.glob("round-*"))
    contradiction = WJX.replace("5 非常重要", "4 非常重要")
    (fault,) = faults(survey(contradiction)[1], "wenjuanxing", folder)
    assert "export.csv:4: A: found '4 非常重要'" in fault


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("请判断重要程度—办结率", "请判断重要程度—办结数", "B: found no column with its title, expected one"),
        ("您的专家代号", "您的称呼", "expert: found none, expected one column of pseudonyms, headed such as 专家代号"),
        ("请判断重要程度—按时办结率", "请判断可行程度—办结率", "B: found two columns"),
    ],
)
def test_columns_that_cannot_be_told_are_refused(survey, old, new, message) -> None:
    folder, file = survey(WJX.replace(old, new))
    assert any(message in fault for fault in faults(file, "wenjuanxing", folder))


def test_a_survey_of_ones_own_tells_questions_apart_and_takes_the_last_of_two_answers(survey, tmp_path) -> None:
    twice = WJX.replace("4,2026/3/1 11:41:12,9秒", "4,2026/3/1 11:41:12,90秒").replace(
        "E04,重要,重要,重要", "E01,重要,一般,重要"
    )
    both = twice.replace("7、", "")
    folder, file = survey(both)
    assert "found E01 again, expected each expert once; row 2 has the form" in faults(file, "wenjuanxing", folder)[0]
    own = tmp_path / "own.yaml"
    own.write_text(
        "survey: own\ntitle: {zh: 自有, en: own}\nquestion: 重要程度\nduplicates: last\nempty: [(空), \"-3\"]\n"
        'codes: {一般: "2"}\n', encoding="utf-8",
    )  # fmt: skip
    header, _, rest = both.partition("\n")
    wider = header + ",4、请判断可行程度—接通率\n" + "\n".join(line + ",5" for line in rest.splitlines()) + "\n"
    export = read_export(survey(wider)[1], find_survey(str(own)), read_panel(folder).declared, 1)
    assert export.again == ("E01",)
    assert [int(export.forms[0].marks[item]) for item in "ABC"] == [4, 2, 4]


def test_a_second_export_of_the_round_adds_who_is_new(survey, tmp_path) -> None:
    folder, file = survey(WJX)
    lines = WJX.splitlines(keepends=True)
    part = tmp_path / "part.csv"
    part.write_text("".join(lines[:3]), encoding="utf-8")
    take_export(part, find_survey("wenjuanxing"), folder)
    assert faults(file, "wenjuanxing", folder) == [
        "export.csv: --round: found none, expected the round of the export: some have come back already"
    ]
    returned, _ = take_export(file, find_survey("wenjuanxing"), folder, number=1)
    assert returned.whole == 4
    assert (folder / "round-1.csv").read_text(encoding="utf-8") == MARKS


@pytest.mark.parametrize(
    ("text", "expected"),
    [("120", 120), ("120秒", 120), ("2分5秒", 125), ("1小时2分", 3720), ("00:02:05", 125), ("2m 5s", 125), ("—", None)],
)
def test_durations_are_read_as_tools_write_them(text, expected) -> None:
    assert seconds(text) == expected


def test_two_equal_marks_are_no_straight_line_and_two_times_no_median() -> None:
    from auditlib.delphi.forms.survey import TooFast

    answers = {"E1": Timed((5, 5), "100"), "E2": Timed((5, 5, 5), "7"), "E3": Timed((5, 4, 5), "5")}
    assert flags_of(answers, TooFast(share_of_median=0)) == {"E2": ("straight",), "E3": ("fast",)}


NUMBERED = PANEL.replace("id: A", "id: answered").replace("id: B", "id: handled").replace("id: C", "id: prompt")
"""Its items have the numbers 1, 2, 3."""
NUMBERING = """\
Respondent ID,IP Address,Custom Data 1,Your expert code,How important is each?,,,Remarks
,,,Open-Ended Response,Answer rate,Handled,Handled in time,Open-Ended Response
114,10.1.1.2,2,E01,Very important,Important,So-so,
115,10.1.1.3,2,E02,4,4,Less important,
"""
MARKED = "expert,answered,handled,prompt\nE01,5,4,3\nE02,4,4,2\n"


@pytest.mark.parametrize(
    ("export", "name"),
    [(NUMBERING, "surveymonkey"), ("expert code,Item 1,[2],3\nE01,5,4,3\nE02,4,4,2\n", "google-forms")],
)
def test_a_number_names_an_item_only_where_no_column_has_its_title(survey, export, name) -> None:
    folder, file = survey(export, base=NUMBERED)
    take_export(file, find_survey(name), folder)
    assert (folder / "round-1.csv").read_text(encoding="utf-8") == MARKED


def test_two_columns_with_the_title_of_one_item_are_refused(survey) -> None:
    folder, file = survey(NUMBERING.replace("Custom Data 1", "Answer rate"), base=NUMBERED)
    (fault,) = faults(file, "surveymonkey", folder)
    assert "found two columns, Answer rate and How important is each? Answer rate" in fault
