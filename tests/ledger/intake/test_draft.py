"""A proposed mapping: it reads the file that it was made from, and says what it does not know."""

from datetime import datetime

import pytest
import xlsxwriter

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.intake.draft import draft_mapping
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import take_in

HEADER = "工单编号,承办单位,诉求渠道,登记时间,办理期限,办结时间,状态,满意度,联系电话\n"
ROW = "GD{n:03d},东区,电话,{at},2026-03-{n:02d},,在办,—,13800138000\n"


def drafted(folder, files):
    source = folder / "src"
    source.mkdir()
    for name, content in files.items():
        (source / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    text = draft_mapping([source])
    (folder / "draft.yaml").write_text(text, encoding="utf-8")
    return text, take_in([source], read_yaml(Mapping, folder / "draft.yaml"))


def rows(form, numbers=range(1, 26)):
    return "".join(ROW.format(n=n, at=datetime(2026, 1, n, 8, 30).strftime(form)) for n in numbers)


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M"],
)  # fmt: skip
def test_columns_and_formats_are_found_and_every_row_is_read(tmp_path, form):
    text, intake = drafted(tmp_path, {"台账.csv": (HEADER + rows(form)).encode("gb18030")})
    cases = intake.registers["cases"]
    assert intake.rejects.is_empty()
    assert cases["received_at"].to_list() == [datetime(2026, 1, n, 8, 30) for n in range(1, 26)]
    assert cases.columns == [
        "case_id", "unit", "channel", "received_at", "due_at", "closed_at", "status", "satisfaction",
    ]  # fmt: skip
    assert cases["due_at"][0] == datetime(2026, 3, 1, 23, 59, 59, 999999)
    assert "encoding: gb18030" in text
    assert "empty: [—]" in text
    assert "联系电话 (holds personal data)" in text


def test_english_exports_are_known_too(tmp_path):
    text, intake = drafted(tmp_path, {"export.csv": "ComplaintId,Company,DateReceived,DateClosed\n7,A,2026-01-05,\n"})
    assert intake.registers["cases"].columns == ["case_id", "unit", "received_at", "closed_at"]
    assert "closed_at: {column: DateClosed" in text
    assert "# no value; the format is a guess" in text


def test_a_title_totals_and_several_formats_are_seen(tmp_path):
    table = "某局台账\n" + HEADER + rows("%Y-%m-%d %H:%M:%S") + rows("%Y/%m/%d %H:%M", [26]) + "合计,26,,,,,,,\n"
    text, intake = drafted(tmp_path, {"台账.csv": table})
    assert "header: 2" in text
    assert "footer: 1" in text
    assert 'time: ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M"]' in text
    assert (intake.registers["cases"].height, intake.rejects.height) == (26, 0)


def test_what_is_uncertain_stands_as_a_comment(tmp_path):
    table = "工单编号,承办单位,责任部门,登记时间\nG1,东区,一科,05/01/2026 08:00:00\nG2,东区,一科,坏\n"
    text, _ = drafted(tmp_path, {"a.csv": table})
    (line,) = [line for line in text.splitlines() if "received_at" in line]
    assert "%m/%d/%Y %H:%M:%S fits as well: is the day or the month first?" in line
    assert "1 of 2 values fit none of these, such as '坏'" in line
    assert "unit: {column: 承办单位}  # or 责任部门" in text


def test_monthly_files_are_one_register_and_another_table_is_named(tmp_path):
    files = {f"台账-{n}月.csv": HEADER + rows("%Y-%m-%d %H:%M:%S", [n]) for n in (1, 2)} | {"天气.csv": "日,温\n1,2\n"}
    text, intake = drafted(tmp_path, files)
    assert "from: 台账-*月.csv" in text
    assert "# not in this mapping: 天气.csv" in text
    assert intake.registers["cases"].height == 2


def test_an_id_is_found_by_its_content(tmp_path):
    text, intake = drafted(tmp_path, {"a.csv": "序,承办单位,登记时间\nX1,东区,2026-01-05\nX2,东区,2026-01-05\n"})
    assert "case_id: {column: 序}  # by its content alone: no value stands twice" in text
    assert intake.registers["cases"]["case_id"].to_list() == ["X1", "X2"]


def test_sheets_need_no_format_for_real_times(tmp_path):
    (tmp_path / "src").mkdir()
    with xlsxwriter.Workbook(str(tmp_path / "src" / "a.xlsx"), {"default_date_format": "yyyy/m/d"}) as book:
        page, other = book.add_worksheet("1月"), book.add_worksheet("说明")
        page.write_row(0, 0, ["工单编号", "承办单位", "登记时间"])
        page.write_row(1, 0, ["G1", "东区", datetime(2026, 1, 5)])
        other.write(0, 0, "x")
    text = draft_mapping([tmp_path / "src"])
    assert "sheet: 1月  # there are others" in text
    (tmp_path / "d.yaml").write_text(text, encoding="utf-8")
    intake = take_in([tmp_path / "src"], read_yaml(Mapping, tmp_path / "d.yaml"))
    assert intake.registers["cases"]["received_at"].to_list() == [datetime(2026, 1, 5)]


def test_names_that_yaml_would_misread_are_quoted(tmp_path):
    table = "编号,部门: [x],受理时间\nG1,东区,2026-01-05\nG2,西区,2026-01-06\n"
    _, intake = drafted(tmp_path, {"a, b: c.csv": table})
    assert intake.registers["cases"]["unit"].to_list() == ["东区", "西区"]


def test_a_source_of_nothing_known_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="found no table of a register"):
        draft_mapping([tmp_path / "a.csv"])
    with pytest.raises(InputError, match="no such file or folder"):
        draft_mapping([tmp_path / "b.csv"])


@pytest.mark.long
def test_the_command_writes_the_file_once_and_shows_rows(tmp_path, run_cli):
    (tmp_path / "a.csv").write_text(HEADER + rows("%Y-%m-%d %H:%M:%S"), encoding="utf-8")
    done = run_cli("mapping", "draft", tmp_path / "a.csv", "--out", tmp_path / "m.yaml", "--dry-run")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("GD0") == 10
    assert run_cli("mapping", "draft", tmp_path / "a.csv", "--out", tmp_path / "m.yaml").exit_code == 2
    shown = run_cli("intake", tmp_path / "a.csv", "--mapping", tmp_path / "m.yaml", "--dry-run")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.count("GD0") == 10
    out = tmp_path / "ledger"
    taken = run_cli("intake", tmp_path / "a.csv", "--mapping", tmp_path / "m.yaml", "--out", out, "--profile")
    assert taken.exit_code == 0
    assert {"profile.json", "profile.html", "cases.csv"} <= {file.name for file in out.iterdir()}
    again = run_cli("intake", tmp_path / "a.csv", "--mapping", tmp_path / "m.yaml", "--out", out, "--replace")
    assert again.exit_code == 0
    assert not (out / "profile.html").exists()
    assert run_cli("intake", tmp_path / "a.csv", "--mapping", tmp_path / "m.yaml").exit_code == 2
