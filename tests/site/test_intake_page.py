"""The profile of an intake and its page: counts that add up, no personal data, both languages, the same bytes."""

import json
import re

import pytest
import yaml

from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.profile import profile
from auditlib.ledger.intake.take_in import take_in
from auditlib.site.intake_page import profile_page

ROWS = "".join(
    f"A{n:03d},{'东区' if n % 2 else '西区'},2026-0{1 + n % 2}-0{1 + n % 9} 08:00:00,打 13800138000\n"
    for n in range(1, 21)
    if n not in (7, 8, 12)
)
BAD = "A001,东区,2026-01-01 08:00:00,\nA090,东区,坏,\nA091,东区\n合计,19,,\n"
MAPPING = {
    "mapping": "t", "title": {"zh": "某局台账", "en": "An office"}, "as_of": "2026-03-01",
    "registers": {
        "units": {"distinct": True, "columns": {"unit": {"column": "单位"}}},
        "cases": {
            "columns": {
                "case_id": {"column": "工单号"}, "unit": {"column": "单位"},
                "received_at": {"column": "受理时间", "time": "%Y-%m-%d %H:%M:%S"},
            },
            "extra_columns": {"note": {"column": "说明", "personal": "mask"}},
        },
    },
}  # fmt: skip


@pytest.fixture
def told(tmp_path):
    (tmp_path / "cases.csv").write_text("工单号,单位,受理时间,说明\n" + ROWS + BAD, encoding="gb18030")
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(MAPPING, allow_unicode=True), encoding="utf-8")
    return profile(take_in([tmp_path / "cases.csv"], read_yaml(Mapping, tmp_path / "m.yaml")))


def register(told, name="cases"):
    return next(one for one in told["registers"] if one["name"] == name)


def test_rows_in_and_out_add_up_by_file_and_reason(told):
    assert told["rows"]["cases"] == {"seen": 21, "accepted": 17, "rejected": 4}
    (file,) = [one for one in told["files"] if one["register"] == "cases"]
    assert (file["rows"], file["accepted"], file["rejected"]) == (21, 17, 4)
    assert file["assumed"] == {"encoding": "gb18030", "separator": ","}
    assert [(reason["column"], reason["count"], reason["examples"][0]["row"]) for reason in told["reasons"]] == [
        ("", 1, 21), ("", 1, 22), ("受理时间", 1, 20), ("工单号", 1, 19),
    ]  # fmt: skip


def test_control_totals_are_the_accepted_rows_by_month_and_unit(told):
    totals = register(told)["totals"]
    assert totals == [
        {"month": "2026-01", "unit": "西区", "rows": 8}, {"month": "2026-02", "unit": "东区", "rows": 9},
    ]  # fmt: skip
    assert sum(row["rows"] for row in totals) == told["rows"]["cases"]["accepted"]


def test_columns_tell_their_values_and_how_times_are_written(told):
    columns = {column["name"]: column for column in register(told)["columns"]}
    assert columns["unit"]["values"] == [{"value": "东区", "count": 9}, {"value": "西区", "count": 8}]
    assert columns["case_id"]["values"] == []
    assert columns["received_at"]["patterns"][0]["pattern"] == "0-0-0 0:0:0"
    assert columns["received_at"]["least"] == "2026-01-01T08:00:00"
    assert columns["note"]["filled"] == 17


def test_gaps_and_repeated_keys_are_found(told):
    assert register(told)["gaps"] == [
        {"from": "A007", "to": "A008", "count": 2}, {"from": "A012", "to": "A012", "count": 1},
    ]  # fmt: skip
    assert register(told)["duplicates"]["same_key"] == 1


@pytest.mark.parametrize(("language", "word"), [("zh", "拒收原因"), ("en", "Rejected, by reason")])
def test_the_page_is_the_same_each_time_loads_nothing_and_holds_no_personal_data(told, language, word):
    page = profile_page(told, language)
    assert word in page
    assert page == profile_page(json.loads(json.dumps(told)), language)
    assert "13800138000" not in page + json.dumps(told)
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", page)


def test_names_in_a_source_cannot_write_html(tmp_path):
    (tmp_path / "cases.csv").write_text(
        "工单号,单位,受理时间,说明\nA1,<b>x</b>,2026-01-01 08:00:00,\n", encoding="utf-8"
    )
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(MAPPING, allow_unicode=True), encoding="utf-8")
    page = profile_page(profile(take_in([tmp_path / "cases.csv"], read_yaml(Mapping, tmp_path / "m.yaml"))), "zh")
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def cells(page: str) -> list[str]:
    """The texts of a page's cells, without the values of the source and the names of its own files."""
    body = re.sub(r"(?s)<style>.*?</style>|<code>.*?</code>", "", page[page.index("<body>") :])
    return [re.sub(r"<[^>]+>", " ", one).strip() for one in re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", body)]


def test_the_chinese_page_says_in_chinese_what_is_not_a_name_in_a_file(told):
    own = {"cases.csv", "unit", "case_id", "received_at", "note"} | {"footer", "where"}  # keys of a mapping
    left = {word for cell in cells(profile_page(told, "zh")) for word in re.findall(r"[A-Za-z_.]{3,}", cell)}
    assert left <= own
    page = profile_page(told, "zh")
    assert "编码：<code>gb18030</code>" in page
    assert "被考核单位代码" in page
    english = profile_page(told, "en")
    assert "encoding: <code>gb18030</code>" in english
    assert "被考核单位代码" not in english
