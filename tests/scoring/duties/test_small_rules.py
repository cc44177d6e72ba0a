"""Rules of judging that a worked example shows only in passing, each with its control."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scheme.times import Earlier
from auditlib.scoring.duties.compliance import comply
from auditlib.scoring.repeats import compared_rows, repeated_keys

TEXT = {"zh": "甲", "en": "A"}
HEAD: dict[str, Any] = {
    "scheme": "s", "version": "1", "title": TEXT, "effective": {"from": None}, "calendar": "china",
    "source": {"document": "x", "title": TEXT, "last_checked": "2024-01-01"}, "periods": ["year"],
    "clauses": {"一": {"quote": "及时"}},
    "actors": {"desk": {"zh": "窗口", "en": "desk"}, "centre": {"zh": "中心", "en": "centre"}},
}  # fmt: skip


def scheme(folder: Path, *duties: dict[str, Any], **more: Any) -> Path:
    given = [{"id": "d", "clause": "一", "title": TEXT, "by": "desk"} | duty for duty in duties]
    file = folder / "s.yaml"
    file.write_text(yaml.safe_dump(HEAD | {"duties": given} | more, allow_unicode=True), encoding="utf-8")
    return file


def judged(folder: Path, file: Path, supplied: dict[str, str] | None = None, **registers: str) -> list[dict[str, Any]]:
    """The instances of a scheme for registers given as CSV text, unit, status and what is missing."""
    for name, text in registers.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    note = "records: {acts: [答复, 交接, 工作交接]}\n"
    (folder / "ledger.yaml").write_text(note, encoding="utf-8")
    as_of = datetime(2024, 12, 31)
    resolved = load_scheme(file).resolve({}, supplied or {})
    result = comply(resolved, read_ledger(folder, as_of), Period.parse("2024"), as_of, calendar=china(), left=True)
    return result.instances.select("unit", "case", "status", "missing").to_dicts()


CASES = "case_id,unit,received_at,closed_at\nC1,甲,2024-03-04T09:00,2024-03-06T09:00\n"
COUNTING = {"clause": None, "first_day": "excluded", "last_day": "stands", "ends": "day", "before": "included",
            "belongs": "due"}  # fmt: skip


def test_a_vague_word_holds_where_no_limit_does(tmp_path: Path) -> None:
    limits = [{"when": "channel = '来电'", "minutes": 30}]
    words = {"cases": {"channel": ["来电", "来访"]}}
    duty = {"from": "received_at", "to": "closed_at", "vague": "及时", "limits": limits}
    times = "2024-03-04T09:00,2024-03-06T09:00"
    cases = f"case_id,unit,channel,received_at,closed_at\nC1,甲,来访,{times}\nC2,甲,来电,{times}\n"
    found = judged(tmp_path, scheme(tmp_path, duty, counting=COUNTING, words=words), units="unit\n甲\n", cases=cases)
    assert [one["status"] for one in found] == ["done", "late"]


def test_a_vague_word_beside_a_limit_for_every_row_is_refused(tmp_path: Path) -> None:
    duty = {"from": "received_at", "to": "closed_at", "vague": "及时", "limits": [{"minutes": 30}]}
    with pytest.raises(InputError, match="found vague beside limits, expected one of them, or a `when` in each limit"):
        load_scheme(scheme(tmp_path, duty, counting=COUNTING))


def test_a_supplied_limit_needs_no_counting_in_the_file_and_a_printed_one_does(tmp_path: Path) -> None:
    vague = {"from": "received_at", "to": "closed_at", "vague": "及时"}
    found = judged(tmp_path, scheme(tmp_path, vague), {"d": "1 working_day"}, units="unit\n甲\n", cases=CASES)
    assert [one["status"] for one in found] == ["late"]
    with pytest.raises(InputError, match="found limits and no `counting`"):
        load_scheme(scheme(tmp_path, {"from": "received_at", "to": "closed_at", "limits": [{"working_days": 1}]}))


@pytest.mark.parametrize(
    ("words", "missing"),
    [(["交接", "工作交接"], "交接/工作交接"), (["交接", "移交"], "交接"), (["移交", "交付"], None)],
)
def test_what_is_missing_is_called_as_the_ledger_records_it(
    words: list[str], missing: str | None, tmp_path: Path
) -> None:
    file = scheme(tmp_path, {"to": {"act": words}})
    acts = "act_id,case_id,act,at\n"
    (found,) = judged(tmp_path, file, units="unit\n甲\n", cases=CASES, acts=acts)
    assert found["missing"] == ([missing] if missing else [])
    assert found["status"] == ("missed" if missing else "not_assessable")


def test_what_nobody_owes_stays_with_the_unit_of_its_row(tmp_path: Path) -> None:
    duty = {"of": "acts", "when": "act = '转办'", "by": "to_unit", "to": {"act": "答复"}}
    words = {"acts": {"act": ["转办", "答复", "登记"]}}
    acts = "act_id,case_id,act,at,unit,to_unit\nA1,C1,登记,2024-03-04,甲,外局\nA2,C1,转办,2024-03-04,甲,乙\n"
    found = judged(tmp_path, scheme(tmp_path, duty, words=words), units="unit\n甲\n乙\n", cases=CASES, acts=acts)
    assert {(one["unit"], one["status"]) for one in found} == {("甲", "not_applicable"), ("乙", "missed")}


@pytest.mark.parametrize(("name", "status"), [("窗口", "met"), ("别处", "missed")])
def test_a_unit_named_as_an_actor_acts_as_it(name: str, status: str, tmp_path: Path) -> None:
    words = {"acts": {"act": ["答复"], "to_unit": ["desk", "centre"]}}
    file = scheme(tmp_path, {"to": {"act": "答复", "where": "to_unit = 'desk'"}}, words=words)
    acts = "act_id,case_id,act,at,to_unit\nA1,C1,答复,2024-03-05,U2\n"
    (found,) = judged(tmp_path, file, units=f"unit,name\n甲,甲\nU2,{name}\n", cases=CASES, acts=acts)
    assert found["status"] == status


@pytest.mark.parametrize(("column", "status"), [("窗口", "met"), ("中心", "missed")])
def test_a_column_may_name_who_owes_by_the_title_of_an_actor(column: str, status: str, tmp_path: Path) -> None:
    duty = {"by": "respondent", "to": {"act": "答复", "by": "respondent"}}
    extra = {"cases": {"respondent": "text"}}
    cases = f"case_id,unit,respondent,received_at,closed_at\nC1,甲,{column},2024-03-04,2024-03-06\n"
    acts = "act_id,case_id,act,at,post\nA1,C1,答复,2024-03-05,窗口\n"
    file = scheme(tmp_path, duty, extra_columns=extra)
    (found,) = judged(tmp_path, file, units="unit\n甲\n", cases=cases, acts=acts)
    assert found["status"] == status


def test_a_question_is_judged_of_a_ledger_whose_checks_name_no_case(tmp_path: Path) -> None:
    file = scheme(tmp_path, {"of": "units", "asked": TEXT})
    checks = "check_id,unit,at,duty,result\nQ1,甲,2024-05-01,d,符合\n"
    found = judged(tmp_path, file, units="unit\n甲\n乙\n", cases=CASES, checks=checks)
    assert {one["unit"]: one["status"] for one in found} == {"甲": "met", "乙": "not_assessable"}


@pytest.mark.parametrize(
    ("due", "done", "status"),
    [("2024-03-05", "2024-03-05T08:00", "met"), ("2024-03-05", "2024-03-06T00:00", "late"),
     ("2024-03-05T12:00", "2024-03-05T08:00", "not_assessable")],
)  # fmt: skip
def test_what_is_owed_on_a_day_is_owed_from_its_beginning(due: str, done: str, status: str, tmp_path: Path) -> None:
    duty = {"of": "submissions", "from": "due_at", "to": "submitted_at", "limits": [{"same_day": True}]}
    submissions = f"unit,kind,due_at,submitted_at\n甲,检查,{due},{done}\n"
    file = scheme(tmp_path, duty, counting=COUNTING)
    (found,) = judged(tmp_path, file, units="unit\n甲\n", cases=CASES, submissions=submissions)
    assert found["status"] == status


@pytest.mark.parametrize(
    ("months", "first", "second", "repeated"),
    [
        (3, "2024-01-31T23:00", "2024-04-30T23:59", True),  # the month's last day stands for the 31st
        (3, "2024-01-31T00:00", "2024-05-01T00:00", False),
        (1, "2024-01-31T09:00", "2024-02-29T09:00", True),
        (1, "2023-01-31T09:00", "2023-03-01T00:00", False),
        (3, "2024-01-10T09:00", "2024-04-10T23:59", True),
        (3, "2024-01-10T09:00", "2024-04-11T00:00", False),
    ],
)
def test_a_window_in_months_ends_with_the_corresponding_day(
    months: int, first: str, second: str, repeated: bool
) -> None:
    earlier = Earlier.model_validate({"same": ["p"], "order": "at", "within": {"months": months}, "where": None})
    times = [datetime.fromisoformat(first), datetime.fromisoformat(second)]
    frame = pl.LazyFrame({"k": ["1", "2"], "p": ["x", "x"], "at": times})
    assert repeated_keys(compared_rows(frame, earlier, "k"), earlier, "k").to_list() == (["2"] if repeated else [])
