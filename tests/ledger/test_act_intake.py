"""Acts from an event log and from a wide sheet, and flags of what is recorded without what it is."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import Intake, take_in, write_ledger
from auditlib.ledger.read import read_ledger

TIME = "%Y-%m-%d %H:%M"
WIDE = (
    "工单号,单位,登记时间,转办时间,转办单位,答复时间,联系电话\n"
    "W1,甲,2024-03-04 09:00,2024-03-04 10:00,乙,2024-03-08 15:00,13912345678\n"
    "W2,甲,2024-03-05 09:00,,,,无\n"
    "W3,乙,2024-03-06 09:00,不详,甲,2024-03-07 09:00,\n"
)
STEPS = {
    "登记": {"at": {"column": "登记时间", "time": TIME}},
    "转办": {"at": {"column": "转办时间", "time": TIME}, "to_unit": {"column": "转办单位"}},
    "答复": {"at": {"column": "答复时间", "time": TIME}, "form": {"constant": "书面"}},
}
SHARED = {"case_id": {"column": "工单号"}, "unit": {"column": "单位"}}
CASES = {
    "from": "wide.csv",
    "columns": {
        **SHARED, "received_at": {"column": "登记时间", "time": TIME},
        "has_contact": {"present": "联系电话", "absent": ["无"]}, "handler_present": {"constant": "否"},
    },
}  # fmt: skip


def mapped(folder: Path, registers: dict[str, Any]) -> Mapping:
    written = {"mapping": "acts", "title": {"zh": "环节", "en": "Acts"}, "registers": registers}
    (folder / "acts.yaml").write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return read_yaml(Mapping, folder / "acts.yaml")


def wide(folder: Path, text: str = WIDE, **acts: Any) -> Intake:
    (folder / "wide.csv").write_text(text, encoding="utf-8")
    own = {"from": "wide.csv", "steps": STEPS, "columns": SHARED} | acts
    return take_in([folder / "wide.csv"], mapped(folder, {"cases": CASES, "acts": own}))


def rows(found: Intake, *columns: str) -> list[tuple[Any, ...]]:
    return found.registers["acts"].select(columns).rows()


def test_a_wide_sheet_gives_an_act_for_each_time_that_is_filled(tmp_path: Path) -> None:
    found = wide(tmp_path)
    assert rows(found, "act_id", "case_id", "act", "to_unit", "form") == [
        ("W1-登记", "W1", "登记", None, None),
        ("W2-登记", "W2", "登记", None, None),
        ("W3-登记", "W3", "登记", None, None),
        ("W1-转办", "W1", "转办", "乙", None),
        ("W1-答复", "W1", "答复", None, "书面"),
        ("W3-答复", "W3", "答复", None, "书面"),
    ]
    assert str(found.registers["acts"]["at"][3]) == "2024-03-04 10:00:00"


def test_a_time_that_cannot_be_read_spoils_its_own_act_alone_and_is_named(tmp_path: Path) -> None:
    fault = wide(tmp_path).rejects.row(0, named=True)
    assert (fault["register"], fault["file"], fault["row"]) == ("acts", "wide.csv[转办]", 4)
    assert (fault["column"], fault["found"], fault["unit"]) == ("转办时间", "不详", "乙")
    assert wide(tmp_path).rejects.height == 1
    assert wide(tmp_path).rejected["acts"] == 1


def test_two_rows_of_one_case_are_not_two_acts_of_one_number(tmp_path: Path) -> None:
    again = wide(tmp_path, WIDE + "W2,甲,2024-03-09 09:00,,,,\n")
    assert [fault["column"] for fault in again.rejects.iter_rows(named=True)].count("act_id") == 1


def test_a_ledger_knows_that_a_telephone_was_recorded_and_not_which(tmp_path: Path) -> None:
    found = wide(tmp_path)
    assert found.registers["cases"].select("case_id", "has_contact").rows() == [
        ("W1", "true"), ("W2", "false"), ("W3", "false"),
    ]  # fmt: skip
    write_ledger(found, tmp_path / "ledger")
    assert all("13912345678" not in file.read_text(encoding="utf-8") for file in (tmp_path / "ledger").iterdir())


def test_what_came_in_is_judged(tmp_path: Path, run_cli: Any) -> None:
    (tmp_path / "units.csv").write_text("单位\n甲\n乙\n", encoding="utf-8")
    (tmp_path / "wide.csv").write_text(WIDE.replace("不详", ""), encoding="utf-8")
    registers = {
        "units": {"from": "units.csv", "columns": {"unit": {"column": "单位"}}},
        "cases": CASES, "acts": {"from": "wide.csv", "steps": STEPS, "columns": SHARED},
    }  # fmt: skip
    mapped(tmp_path, registers)
    done = run_cli(
        "intake", tmp_path / "units.csv", tmp_path / "wide.csv", "--mapping", tmp_path / "acts.yaml",
        "--out", tmp_path / "ledger",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert read_ledger(tmp_path / "ledger").accepted["acts"] == 6
    judged = run_cli("duties", "s34-bureau", "--ledger", tmp_path / "ledger", "--period", "2024", "--format", "json")
    instances = [one for unit in json.loads(judged.stdout)["units"] for one in unit["instances"]]
    fields = {one["case"]: one for one in instances if one["duty"] == "register"}
    assert {case: "has_contact" in one["missing"] for case, one in fields.items()} == {
        "W1": False, "W2": True, "W3": True,
    }  # fmt: skip


LOG = (
    "件号,环节,时间,经办单位\n"
    "W1,受理登记,2024-03-04 09:00,甲\n"
    "W2,受理登记,2024-03-04 09:30,乙\n"
    "W1,转出,2024-03-04 10:00,甲\n"
    "W1,转出,2024-03-05 10:00,甲\n"
    "W2,喝茶,2024-03-05 11:00,乙\n"
)
WORDS = {"受理登记": "登记", "转出": "转办"}


def log(folder: Path, **columns: Any) -> Intake:
    (folder / "log.csv").write_text(LOG, encoding="utf-8")
    own = {
        "case_id": {"column": "件号"}, "act": {"column": "环节", "values": WORDS},
        "at": {"column": "时间", "time": TIME}, "unit": {"column": "经办单位"},
    } | columns  # fmt: skip
    return take_in([folder / "log.csv"], mapped(folder, {"acts": {"from": "log.csv", "columns": own}}))


def test_an_event_log_gives_an_act_a_row_numbered_within_its_case(tmp_path: Path) -> None:
    found = log(tmp_path)
    assert rows(found, "act_id", "act") == [("W1-1", "登记"), ("W2-1", "登记"), ("W1-2", "转办"), ("W1-3", "转办")]
    fault = found.rejects.row(0, named=True)
    assert (fault["row"], fault["column"], fault["found"]) == (6, "环节", "喝茶")


def test_numbers_of_the_source_are_kept(tmp_path: Path) -> None:
    found = log(tmp_path, act_id={"sql": "件号 || 时间"})
    assert rows(found, "act_id")[0] == ("W12024-03-04 09:00",)


def test_numbers_go_on_from_one_file_to_the_next(tmp_path: Path) -> None:
    log(tmp_path)
    more = tmp_path / "log2.csv"
    more.write_text("件号,环节,时间,经办单位\nW1,转出,2024-03-06 10:00,甲\n", encoding="utf-8")
    mapping = read_yaml(Mapping, tmp_path / "acts.yaml")
    acts = mapping.registers["acts"].model_copy(update={"from_": "log*.csv"})
    found = take_in([tmp_path], mapping.model_copy(update={"registers": {"acts": acts}}))
    assert rows(found, "act_id")[-1] == ("W1-4",)


@pytest.mark.parametrize(
    ("registers", "message"),
    [
        ({"acts": {"steps": {"登记": {}}, "columns": SHARED}}, "step 登记: found no column for at"),
        ({"acts": {"steps": {"登记": {"at": {"constant": "x"}}}, "columns": SHARED}}, "step 登记: found no column"),
        (
            {"acts": {"steps": {"登记": {"at": {"column": "a"}, "unit": {"column": "b"}}}, "columns": SHARED}},
            "step 登记: found unit twice, expected each once",
        ),
        ({"cases": CASES | {"steps": STEPS}}, "register cases: found steps, expected them in the register acts alone"),
        ({"acts": {"columns": SHARED}}, "register acts: found no column act, at, which every row needs"),
        (
            {"cases": {"columns": CASES["columns"] | {"x": {"column": "a", "present": "b"}}}},
            "found column and present, expected one of column, constant, sql, present",
        ),
        (
            {"cases": {"columns": CASES["columns"] | {"x": {"column": "a", "absent": ["无"]}}}},
            "found absent without present",
        ),
    ],
)
def test_a_mapping_of_acts_that_says_too_little_or_too_much_is_refused(
    tmp_path: Path, registers: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        mapped(tmp_path, registers)
    assert message in str(caught.value)


def test_a_step_whose_column_is_not_in_the_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        wide(tmp_path, WIDE.replace("答复时间", "回复时间"))
    assert "wide.csv[答复]:1: 答复时间: missing column, expected by the mapping" in str(caught.value)


def test_the_same_sheet_gives_the_same_snapshot_in_any_order_of_steps(tmp_path: Path) -> None:
    first = wide(tmp_path).snapshot
    assert wide(tmp_path, steps=dict(reversed(STEPS.items()))).snapshot == first
    with (tmp_path / "wide.csv").open(encoding="utf-8") as stream:
        assert len(list(csv.reader(stream))) == 4
