"""Personal data in text are found by kind, and what only looks like them is left alone."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from personal_texts import (
    HARMLESS,
    LATER_HARMLESS,
    LATER_PLANTED,
    LEARNT_HARMLESS,
    LEARNT_PLANTED,
    MORE_HARMLESS,
    MORE_PLANTED,
    PLANTED,
    UNSEEN_HARMLESS,
    UNSEEN_PLANTED,
)

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.privacy.find import (
    CODE,
    NO_PERSONAL_DATA,
    find_personal,
    mask_personal,
    personal_data,
    pseudonym,
    withhold,
)
from auditlib.ledger.read import read_ledger

FOUND = [
    ("mobile", "13812345678"), ("mobile", "来电13812345678。"), ("mobile", "联系138-1234-5678"),
    ("mobile", "+86 138 1234 5678"), ("mobile", "(+86)13812345678"), ("mobile", "008613812345678"),
    ("mobile", "１３８１２３４５６７８"), ("mobile", "138\u200b12345678"), ("mobile", "1 3 8 1 2 3 4 5 6 7 8"),
    ("mobile", "①，13812345678"),
    ("mobile", "tel13812345678"), ("phone", "010-66551234"), ("phone", "（0335）3012345"), ("phone", "0571 87654321"),
    ("phone", "电话：65551234"), ("phone", "+44 20 7946 0958"), ("phone", "(617) 555-0134"),
    # Check digits: GB 11643-1999, annex, prints 11010519491231002X and 440524188001010014 as examples.
    ("identity", "11010519491231002X"), ("identity", "440524188001010014"), ("identity", "110105 19491231 002x"),
    ("identity", "110105491231002"), ("identity", "身份证号：110105194912310021"),
    ("permit", "护照号：E12345678"), ("permit", "passport no. G12345678"),
    ("card", "4111 1111 1111 1111"), ("card", "卡号 6222020111122220009"),
    ("mail", "zhang.san@example.com"), ("mail", "ｚｈａｎｇ＠example.cn"),
    ("mail", "s22@example.yamlhost.com"),
    ("account", "微信号：zhangsan_88"), ("account", "QQ 305418877"),
    ("plate", "京A12345"), ("plate", "沪AD12345"), ("plate", "粤B·12345"),
    ("address", "胜利北路215号"), ("address", "3号楼2单元501室"), ("address", "阳光小区5栋302"),
    ("address", "幸福村三组17号"), ("address", "12 Main Street"), ("address", "2233 Paradise Road, Boston"),
    ("name", "王先生"), ("name", "张建国先生反映"), ("name", "欧阳女士"), ("name", "李师傅"), ("name", "联系人：李四"),
    ("name", "投诉人张伟反映暖气不热"), ("name", "姓名 王小明"), ("name", "Mr Smith"), ("name", "Name: John Smith"),
]  # fmt: skip
LEFT = [
    "s22-heating@2.yaml", "my-scheme@2027.1.yml",
    "GD-010660", "U007625", "2025-12-01 08:30:00", "20251201083000", "2025120112345678", "101000295613", "1065551234",
    "019897104351", "3f2a1b4c-1381-2345-6789-123456789012", "ab13812345678cd", "a3f5c9138123456789",
    "11010519491231002A", "110105194912310021", "4111 1111 1111 1112",  # wrong check digits
    "12345", "95588", "400-820-8820", "13800000000元", "0.13812345678", "1823.5959955", "扣1.5分", "15 12 2025 103",
    "张家口分公司", "一号供电所", "高新分公司", "李先生牛肉面", "微信公众号", "QQ", "京A", "第12号文件",
    "2025年12月1日12时",
    "供热管道3号阀门", "线路2号", "联系人离职未报，转办件延误", "请联系人工客服", "联系人：高新分公司",
    "投诉人高度不满",
    "投诉人：张某", "姓名：匿名", "单位联系人：王某某", "当事人双方", "对方女士", "该女士", "各位先生",
    "由于女士们", "党员同志",
    "服务态度", "管道漏水", "温度不达标", "与 R09 为同一请求，重复登记 (the same request as R09)", "Missouri", "Ms",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), FOUND)
def test_personal_data_are_found_alone_and_in_a_column(kind, text):
    assert kind in {span.kind for span in find_personal(text)}
    assert text in personal_data(pl.DataFrame({"note": ["", None, text]}))["note"]


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_like_personal_data_is_left(text):
    assert find_personal(text) == ()


def both_ways(texts: tuple[str, ...]) -> list[str]:
    """Those that are found alone and in a column of a ledger."""
    in_a_column = personal_data(pl.DataFrame({"note": list(texts)})).get("note", {})
    return [text for text in texts if find_personal(text) and text in in_a_column]


def test_of_sixty_texts_with_personal_data_and_sixty_without_one_at_most_is_taken_for_the_other():
    assert len(set(PLANTED)) == len(set(HARMLESS)) == 60
    assert len(both_ways(PLANTED)) >= 59
    assert len([text for text in HARMLESS if find_personal(text)]) <= 1


def test_of_three_hundred_more_one_in_a_hundred_at_most_is_taken_for_the_other():
    assert len(set(MORE_PLANTED)) == len(set(MORE_HARMLESS)) == 300
    assert len(both_ways(MORE_PLANTED)) >= 298
    assert [text for text in MORE_HARMLESS if find_personal(text)] == []


@pytest.mark.parametrize(
    ("planted", "harmless", "missed"),
    [(LEARNT_PLANTED, LEARNT_HARMLESS, 0), (UNSEEN_PLANTED, UNSEEN_HARMLESS, 1), (LATER_PLANTED, LATER_HARMLESS, 0)],
)
def test_of_texts_in_other_spellings_nearly_all_are_found_and_no_harmless_one(planted, harmless, missed):
    assert len(set(planted)) == len(planted) >= 45
    assert len(set(harmless)) == len(harmless) >= 50
    assert len(both_ways(planted)) >= len(planted) - missed
    assert [text for text in harmless if find_personal(text)] == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("A123456(3)", "A123456(4)"), ("Z683365(A)", "Z683365(1)"), ("台胞A123456789", "台胞A123456780"),
     ("39.9042,116.4074", "99.9042,116.4074"), ("138-1234-5678", "138-12345-678"), ("138.1234.5678", "138.12.34.5678"),
     ("澳门居民5215299(8)", "第5215299(8)批"), ("打到6222 0211 0202 8889 997这张卡", "编号6222 0211 0202 8889 997"),
     ("扣 3054188", "扣 3054188元"), ("2号楼1单元", "2号楼1单元至3单元"), ("刘强，工号0123", "刘某，工号0123"),
     ("由李建国签字", "由经办人签字"), ("（刘强，男）", "（高新区，男性居多）"), ("金桥12门502", "金桥12门店")],
)  # fmt: skip
def test_what_a_number_must_hold_decides(right, wrong):
    assert find_personal(right)
    assert not find_personal(wrong)


@given(st.from_regex(CODE.strip("^$"), fullmatch=True))
@settings(max_examples=300)
def test_a_code_that_is_passed_over_without_a_closer_look_would_not_be_found_by_one(code):
    assert find_personal(code) == ()


@pytest.mark.parametrize("name", ["张伟", "王建国", "欧阳雪", "赵丽颖"])
def test_a_bare_name_is_found_in_a_column_of_persons_only(name):
    assert personal_data(pl.DataFrame({"person_key": [name], "category": [name]})).keys() == {"person_key"}


@pytest.mark.parametrize(
    "text", ["区投诉办", "公司党委", "考评组", "张家口", "管理员", "王某", "安监处", "U0123", "方案组"]
)
def test_an_office_is_no_person(text):
    assert find_personal(text, persons=True) == ()


@pytest.mark.parametrize(
    "text",
    ["2233 Paradise Road LLC", "12 Main Street Realty Trust", "400 Park Avenue Partners, L.P.", "7 Elm Lane, Inc."],
)
def test_a_company_that_is_called_after_a_house_is_no_address(text):
    assert withhold(text) == text


def test_a_mask_leaves_the_rest_of_a_text():
    masked = mask_personal("王建国先生来电１３８ 1234 5678，暖气不热")
    assert masked == "〔姓名已隐去〕先生来电〔手机号已隐去〕，暖气不热"
    assert mask_personal("暖气不热，第3次") == "暖气不热，第3次"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("建议将①与②合并，权重≤½；联系 13812345678", "建议将①与②合并，权重≤½；联系 〔手机号已隐去〕"),
        ("ＡＢ：１３８１２３４５６７８。㈠", "ＡＢ：〔手机号已隐去〕。㈠"),
        ("e\u0301①13812345678?", "e\u0301①13812345678?"),  # twelve digits are no number of a telephone
        ("é①：138\u200b12345678与13987654321、½", "é①：〔手机号已隐去〕与〔手机号已隐去〕、½"),
        ("建议将①与②合并，权重≤½", "建议将①与②合并，权重≤½"),
    ],
)
def test_a_mask_takes_what_is_personal_and_no_other_character(text, masked):
    assert mask_personal(text) == masked


@given(st.text(st.sampled_from("½①②，：e\u0301\u200b가각ㄱ1３甲"), max_size=12), st.booleans())
def test_what_stands_around_a_number_stays_as_it_is_written(text, before):
    around = (text + "甲，", "") if before else ("", "，甲" + text)
    assert mask_personal(f"{around[0]}13812345678{around[1]}").replace("〔手机号已隐去〕", "") == "".join(around)


def test_a_fault_names_the_kinds_and_nothing_of_the_value():
    assert withhold("王建国 13812345678") == "〔手机号，已隐去〕"
    assert withhold("2025/12/08 25:10:00") == "2025/12/08 25:10:00"


def test_a_pseudonym_is_the_same_for_one_number_in_two_spellings_and_hangs_on_the_key():
    one = pseudonym("138-1234-5678", b"k" * 16)
    assert one == pseudonym(" １３８ 1234 5678", b"k" * 16)
    assert one != pseudonym("138-1234-5678", b"j" * 16)
    assert find_personal(one, persons=True) == ()


# --- ledgers and intake ------------------------------------------------------------------------------


def write(file: Path, *rows: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write(
        tmp_path / "export" / "cases.csv",
        "no,dept,who,text,at",
        "C1,A,13812345678,停热,2025-12-01T08:00:00",
        "C2,A,13812345678,又停热，请回电13812345678,2025-12-02T08:00:00",
        "C3,A,U3,停热,13987654321",
        "C4,A,U4,停热,2025-12-04T08:00:00",
    )
    write(tmp_path / "export" / "units.csv", "dept", "A")
    return tmp_path / "export"


def mapping(tmp_path: Path, *, own: dict[str, str] | None = None, **changes: object) -> Mapping:
    """The mapping of the export; ``own`` says by column what becomes of personal data."""
    columns: dict[str, dict[str, str]] = {
        "case_id": {"column": "no"}, "unit": {"column": "dept"}, "person_key": {"column": "who"},
        "outcome": {"column": "text"}, "received_at": {"column": "at"},
    }  # fmt: skip
    for name, policy in (own or {}).items():
        columns[name]["personal"] = policy
    content = {
        "mapping": "test",
        "title": {"zh": "试", "en": "test"},
        "registers": {
            "units": {"from": "units.csv", "columns": {"unit": {"column": "dept"}}},
            "cases": {"from": "cases.csv", "columns": columns},
        },
    }
    file = tmp_path / "mapping.yaml"
    file.write_text(yaml.safe_dump(content | changes, allow_unicode=True), encoding="utf-8")
    return read_yaml(Mapping, file)


def test_rows_with_personal_data_are_refused_and_the_rejects_do_not_hold_them(export, tmp_path):
    taken = take_in([export], mapping(tmp_path))
    assert taken.registers["cases"]["case_id"].to_list() == ["C4"]
    write_ledger(taken, tmp_path / "ledger")
    text = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "ledger").iterdir())
    assert "13812345678" not in text
    assert "13987654321" not in text
    faults = taken.rejects.select("row", "column", "found").sort("row", "column").rows()
    assert faults == [
        (2, "who", "〔手机号，已隐去〕"), (3, "text", "〔手机号，已隐去〕"), (3, "who", "〔手机号，已隐去〕"),
        (4, "at", "〔手机号，已隐去〕"),
    ]  # fmt: skip


def test_a_mask_keeps_the_row_and_a_pseudonym_keeps_who_is_the_same(export, tmp_path):
    own = mapping(tmp_path, own={"person_key": "pseudonym"}, personal="mask")
    taken = take_in([export], own, key=b"0123456789abcdef")
    cases = taken.registers["cases"].to_dicts()
    assert [case["case_id"] for case in cases] == ["C1", "C2", "C4"]
    assert cases[0]["person_key"] == cases[1]["person_key"] != cases[2]["person_key"]
    assert cases[1]["outcome"] == "又停热，请回电〔手机号已隐去〕"
    assert taken.replaced == {"cases.person_key": 4, "cases.outcome": 1}
    assert "138" not in taken.rejects.write_csv()


def test_what_the_mapping_keeps_is_kept_and_the_ledger_says_so(export, tmp_path):
    taken = take_in([export], mapping(tmp_path, own={"person_key": "keep", "outcome": "keep"}))
    assert taken.registers["cases"]["case_id"].to_list() == ["C1", "C2", "C4"]
    write_ledger(taken, tmp_path / "ledger")
    ledger = read_ledger(tmp_path / "ledger")
    assert sorted(ledger.note.not_personal) == ["cases.outcome", "cases.person_key"]
    assert ledger.accepted["cases"] == 3


def test_a_masked_key_is_no_key(tmp_path):
    with pytest.raises(InputError, match="masked keys would all be the same"):
        mapping(tmp_path, own={"person_key": "mask"})


def test_pseudonyms_need_a_key_that_nobody_can_guess(export, tmp_path, run_cli):
    mapping(tmp_path, own={"person_key": "pseudonym"}, personal="mask")
    arguments = ["intake", export, "--mapping", tmp_path / "mapping.yaml", "--out", tmp_path / "ledger"]
    assert "expected a key" in run_cli(*arguments).stderr
    key = tmp_path / "key"
    key.write_text("short\n")
    assert "expected a secret of 16" in run_cli(*arguments, "--pseudonym-key", key).stderr
    key.write_text("0123456789abcdef\n")
    shown = run_cli(*arguments, "--pseudonym-key", key)
    assert shown.exit_code == 1
    assert "personal data replaced in cases.outcome: 1" in shown.stdout
    assert "138" not in shown.output + shown.stderr


def test_halves_of_a_number_that_the_mapping_joins_are_not_shown_either(tmp_path):
    write(tmp_path / "export" / "cases.csv", "no,dept,first,last,at", "C1,A,1381234,5678,2025-12-01T08:00:00")
    write(tmp_path / "export" / "units.csv", "dept", "A")
    own = mapping(tmp_path).model_dump(by_alias=True, exclude_none=True)
    own["registers"]["cases"]["columns"] = {
        "case_id": {"column": "no"}, "unit": {"column": "dept"}, "person_key": {"sql": "first || last"},
        "received_at": {"column": "at"},
    }  # fmt: skip
    taken = take_in([tmp_path / "export"], Mapping.model_validate(own))
    assert taken.rejects["found"].to_list() == ["〔手机号，已隐去〕"]


def test_a_ledger_that_is_read_as_it_stands_is_checked_alike(tmp_path):
    write(tmp_path / "units.csv", "unit,name", "A,甲分公司", "B,客服13500001111")
    write(tmp_path / "cases.csv", "case_id,unit,received_at,备注", "C1,A,2025-12-01,停热", "C2,A,2025-12-01,王建国先生")
    pl.DataFrame(
        {"unit": ["A"], "at": ["2025-12-01"], "event_id": ["E"], "kind": ["x"], "tel": [13812345678]}
    ).write_parquet(tmp_path / "events.parquet")
    write(tmp_path / "rejects.csv", "register,file,row,column,found,expected", "cases,old.csv,2,who,13812345678,a time")
    ledger = read_ledger(tmp_path)
    assert dict(ledger.accepted) == {"units": 1, "cases": 1, "events": 0}
    assert ledger.rejects.filter(pl.col("expected") == NO_PERSONAL_DATA).height == 3
    assert "13812345678" not in ledger.rejects.write_csv()


# --- false findings ------------------------------------------------------------------------------------


def test_no_demonstration_ledger_seems_to_hold_personal_data(root):
    folders = sorted(folder for folder in (root / "params" / "demonstrations").iterdir() if folder.is_dir())
    assert len(folders) >= 12
    for folder in folders:
        assert read_ledger(folder).rejects.filter(pl.col("expected") == NO_PERSONAL_DATA).rows() == [], folder.name


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("boston311_2011h2_slim.csv.gz", 58_251),
        ("boston311_animals_2013_2019_slim.csv.gz", 40_417),
        ("cfpb_sample_2011_2015.csv.gz", 9_224),
    ],
)
def test_public_complaints_without_persons_give_no_finding(shared_data, name, rows):
    with gzip.open(shared_data / name, "rt", encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    table = pl.read_csv(shared_data / name, infer_schema=False)
    assert table.columns == header
    assert table.height == rows
    assert personal_data(table) == {}
