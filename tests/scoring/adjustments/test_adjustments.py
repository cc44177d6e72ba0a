"""Adjustments: inputs alone, in a chain, both results side by side, and who else moved; a wrong `was` is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from small_scheme import base_scheme

from auditlib.ledger.divided.divide import snapshot_of
from auditlib.ledger.read import read_ledger
from auditlib.report.ranking import RankingReport
from auditlib.report.unit import UnitReport
from auditlib.scheme.load import load_scheme
from auditlib.scoring.adjustments.overlay import overlaid

Run = Callable[..., Result]
LATE = "2025-08-01T00:00:00"
CASES = {"A": ["迟", "迟", "迟"], "B": ["迟", "迟"], "C": ["按"]}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a scheme that takes a point for each late case, and a ledger in which A is last."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    rows = [(f"{unit}{n}", unit, status) for unit, all_ in CASES.items() for n, status in enumerate(all_)]
    cases = ["case_id,unit,received_at,closed_at,status", *(f"{c},{u},2025-06-10,2025-06-20,{s}" for c, u, s in rows)]
    (folder / "cases.csv").write_text("\n".join([*cases, ""]), encoding="utf-8")
    (folder / "units.csv").write_text("unit,group\nA,组\nB,组\nC,组\n", encoding="utf-8")
    schemes = tmp_path / "params" / "schemes"
    schemes.mkdir(parents=True)
    scheme = base_scheme(words={"cases": {"status": ["迟", "重", "按", "好"]}})
    (schemes / "small.yaml").write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(place: Path, name: str, *changes: dict[str, Any], **more: Any) -> str:
    """Writes an adjustment and returns what the next one has to name."""
    written = {
        "adjustment": name, "scheme": "small", "period": "2025-06", "decided_at": "2025-07-18",
        "decided_by": "考核领导小组", "clause": None, "reason": {"zh": "材料属实", "en": "the papers hold"},
        "changes": list(changes), "previous": None,
    }  # fmt: skip
    file = place / "params" / "adjustments" / "small" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(written | more, allow_unicode=True), encoding="utf-8")
    return f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def cell(
    key: str, was: object = "迟", becomes: object = "按", column: str = "status", **more: object
) -> dict[str, Any]:
    return {"register": "cases", "key": key, "column": column, "was": was, "becomes": becomes} | more


def score(run_cli: Run, *more: object, as_of: str = LATE) -> Result:
    return run_cli("score", "small", "--ledger", "ledger", "--period", "2025-06", "--as-of", as_of, *more)


def scored(run_cli: Run, as_of: str = LATE) -> dict[str, Any]:
    found = score(run_cli, "--format", "json", as_of=as_of)
    assert found.exit_code == 0, found.output
    plain: dict[str, Any] = json.loads(found.stdout)
    return plain


def test_both_results_stand_side_by_side_and_who_else_moved(place: Path, run_cli: Run) -> None:
    write(place, "J1", cell("A0", ref="停热通知〔2025〕3号"), cell("A1"))
    plain = scored(run_cli)
    units = {one["unit"]: one for one in plain["units"]}
    assert (units["A"]["total"], units["A"]["rank"]) == ("99", 2)
    assert units["A"]["before_adjustments"] == {"total": "97", "rank": 3, "outcomes": []}
    assert units["A"]["adjusted_by"] == ["J1"]
    assert (units["B"]["rank"], units["B"]["before_adjustments"]["rank"]) == (3, 2)
    assert units["B"]["adjusted_by"] == []
    assert units["C"]["before_adjustments"] == {"total": "100", "rank": 1, "outcomes": []}
    assert plain["moved_without_appeal"] == ["B"]
    (told,) = plain["adjustments"]
    assert (told["id"], told["units"], told["clause"]) == ("J1", ["A"], None)
    assert told["changes"][0] == {"cell": "cases A0 status", "was": "迟", "becomes": "按", "ref": "停热通知〔2025〕3号"}
    kinds = [(one["kind"], tuple(one["units"])) for one in plain["notices"] if "adjust" in one["kind"]]
    assert kinds == [("moved_by_adjustments", ("A",)), ("moved_by_adjustments", ("B",)), ("adjusted", ("A",))]
    table = score(run_cli).stdout.splitlines()
    assert table[0].endswith("total_before_adjustments\trank_before_adjustments")
    assert next(line for line in table if "\tA\t" in line).endswith("\t97\t3")


def test_without_adjustments_nothing_is_said_of_them(place: Path, run_cli: Run) -> None:
    plain = scored(run_cli)
    assert "adjustments" not in plain
    assert "before_adjustments" not in plain["units"][0]
    assert "before_adjustments" not in score(run_cli).stdout


def test_what_was_decided_after_the_look_is_not_applied_and_said(place: Path, run_cli: Run) -> None:
    write(place, "J1", cell("A0"), decided_at="2025-07-18")
    plain = scored(run_cli, as_of="2025-07-17T00:00:00")
    assert {one["unit"]: one["total"] for one in plain["units"]}["A"] == "97"
    assert "adjustments" not in plain
    assert [one["kind"] for one in plain["notices"] if "adjust" in one["kind"]] == ["adjusted_later"]
    assert scored(run_cli, as_of="2025-07-18T00:00:00")["adjustments"][0]["id"] == "J1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (cell("A0", was="按", becomes="好"), "changes.0 cases A0 status: found 迟, expected 按, as `was` says"),
        (cell("A0", was=None, becomes="好"), "found 迟, expected nothing, as `was` says"),
        (cell("A9"), "changes.0 cases A9 status: found no row A9, expected one of the ledger"),
        (cell("A0", column="colour"), "found no column colour, expected one of the ledger or of case_id"),
        (cell("A0", column="resolved", was=None, becomes="maybe"), "found maybe, expected true or false"),
        (cell("A0", column="unit", was="A", becomes="Z"), "found Z, expected a unit of the ledger"),
        (cell("A0", column="unit", was="A", becomes=None), "found nothing for becomes, expected a value"),
        (cell("A0", column="closed_at", was="2025-06-21", becomes="2025-06-19"), "found 2025-06-20T00:00:00, expected"),
        (cell("A0", becomes="手机13912345678"), "found 〔"),
        (cell("A0", register="events", column="kind"), "found no register events in the ledger"),
    ],
)
def test_a_change_that_does_not_fit_the_ledger_is_refused(
    place: Path, run_cli: Run, change: dict[str, Any], message: str
) -> None:
    write(place, "J1", change)
    refused = score(run_cli)
    assert refused.exit_code == 2
    assert "params/adjustments/small/J1.yaml" in refused.stderr
    assert message in refused.stderr
    assert "13912345678" not in refused.stderr


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"adjustment": "J2"}, "J1.yaml:1:1: adjustment: found J2, expected the name of its file, J1"),
        ({"scheme": "other"}, "scheme: found other, expected small"),
        ({"clause": "九"}, "clause: found 九, expected null or a clause of the scheme: 一"),
        ({"previous": f"sha256:{'0' * 64}"}, "which no adjustment here has; expected"),
        ({"previous": "abc"}, "previous: found 'abc', expected sha256: and 64 hexadecimal digits"),
        ({"changes": []}, "changes: found an empty list"),
        ({"changes": [cell("A0", register="points")]}, "found the register points, expected one of units"),
        ({"changes": [cell("A0", column="case_id")]}, "found a change of case_id, which names the row"),
        ({"changes": [cell("A0", becomes="迟")]}, "found 迟 in place of the same, expected a change"),
        ({"changes": [cell("A0", was=0.5)]}, "found the bare number 0.5, expected it quoted"),
        ({"period": "2025-13"}, "period: '2025-13' is not a period"),
    ],
)
def test_a_file_that_is_no_adjustment_is_refused(
    place: Path, run_cli: Run, changes: dict[str, Any], message: str
) -> None:
    write(place, "J1", cell("A0"), **changes)
    refused = score(run_cli)
    assert refused.exit_code == 2
    assert message in refused.stderr


def test_to_withdraw_one_is_a_further_one_over_it(place: Path, run_cli: Run) -> None:
    first = write(place, "J1", cell("A0"))
    write(place, "J2", cell("A0", was="按", becomes="迟"), previous=first, decided_at="2025-07-20")
    plain = scored(run_cli)
    assert {one["unit"]: one["total"] for one in plain["units"]}["A"] == "97"
    assert [one["id"] for one in plain["adjustments"]] == ["J1", "J2"]
    assert plain["moved_without_appeal"] == []
    between = scored(run_cli, as_of="2025-07-19T00:00:00")
    assert {one["unit"]: one["total"] for one in between["units"]}["A"] == "98"


def test_the_chain_shows_what_was_changed_removed_or_branched(place: Path, run_cli: Run) -> None:
    first = write(place, "J1", cell("A0"))
    second = write(place, "J2", cell("A1"), previous=first, decided_at="2025-07-20")
    assert len(scored(run_cli)["adjustments"]) == 2
    write(place, "J3", cell("A2"), previous=first, decided_at="2025-07-21")
    assert "found the same as params/adjustments/small/J2.yaml, expected one chain" in score(run_cli).stderr
    write(place, "J3", cell("A2"), previous=second, decided_at="2025-07-19")
    assert "decided_at: found 2025-07-19T00:00:00, expected no earlier than" in score(run_cli).stderr
    (place / "params/adjustments/small/J3.yaml").unlink()
    write(place, "J1", cell("A0"), decided_by="另一机关")
    assert f"found {first}, which no adjustment here has" in score(run_cli).stderr
    (place / "params/adjustments/small/J1.yaml").unlink()
    assert score(run_cli).exit_code == 2


def test_numbers_times_and_keys_of_several_columns_are_compared_as_what_they_mean(place: Path) -> None:
    marks = place / "ledger" / "marks.csv"
    marks.write_text("unit,period,indicator,points\nA,2025-06,timely,1.50\n", encoding="utf-8")
    change = {"register": "marks", "key": ["A", "2025-06", "timely"], "column": "points", "was": "3/2", "becomes": "2"}
    write(place, "J1", change, cell("A0", column="closed_at", was="2025-06-20T00:00:00", becomes=None))
    scheme = load_scheme(place / "params/schemes/small.yaml").natural
    found = overlaid(read_ledger(place / "ledger"), scheme, lambda: datetime(2025, 8, 1))
    assert found.ledger.registers["marks"].collect()["points"].to_list() == ["2"]
    closed = found.ledger.registers["cases"].collect().select("case_id", "closed_at").rows()
    assert [case for case, at in closed if at is None] == ["A0"]
    assert found.original.registers["cases"].collect()["closed_at"].null_count() == 0
    assert found.units == {"J1": ("A",)}


def test_diff_names_the_adjustment_that_moved_a_unit(place: Path, run_cli: Run) -> None:
    assert score(run_cli, "--format", "json", "--out", "old.json").exit_code == 0
    write(place, "J1", cell("A0"), cell("A1"))
    assert score(run_cli, "--format", "json", "--out", "new.json").exit_code == 0
    found = run_cli("diff", "old.json", "new.json", "--format", "json")
    assert found.exit_code == 1
    assert "adjustment J1" in found.stdout
    assert "cases A0 status: 迟 → 按" in found.stdout
    assert "adjusted_by" in found.stdout
    assert run_cli("diff", "new.json", "new.json").exit_code == 0


def test_every_reading_is_tried_over_the_adjusted_ledger(place: Path, run_cli: Run) -> None:
    write(place, "J1", cell("A0"))
    found = score(run_cli, "--reading", "all", "--format", "json")
    assert found.exit_code == 0, found.output
    assert '"98"' in found.stdout


def test_the_command_lists_the_chain_and_what_the_next_has_to_name(place: Path, run_cli: Run) -> None:
    assert "previous of the next: null" in run_cli("adjustments", "small").stderr
    first = write(place, "J1", cell("A0"))
    last = write(place, "J2", cell("A1"), previous=first, decided_at="2025-07-20")
    plain = json.loads(run_cli("adjustments", "small", "--format", "json").stdout)
    assert [one["adjustment"] for one in plain["adjustments"]] == ["J1", "J2"]
    assert plain["next_previous"] == last
    assert run_cli("adjustments", "small", "--ledger", "ledger").exit_code == 0
    write(place, "J2", cell("A1", was="好"), previous=first, decided_at="2025-07-20")
    assert "found 迟, expected 好" in run_cli("adjustments", "small", "--ledger", "ledger").stderr


def test_a_pending_appeal_is_said_until_it_is_decided(place: Path, run_cli: Run) -> None:
    cases = place / "ledger" / "cases.csv"
    lines = cases.read_text(encoding="utf-8").splitlines()
    lines = [f"{lines[0]},kind", *(f"{line}," for line in lines[1:]), "AP1,A,2025-07-05,,,考核申诉"]
    cases.write_text("\n".join([*lines, ""]), encoding="utf-8")
    said = [one for one in scored(run_cli)["notices"] if one["kind"] == "appeal_pending"]
    assert [(one["units"], "AP1" in one["zh"], "申诉中" in one["zh"]) for one in said] == [(["A"], True, True)]
    cases.write_text(
        cases.read_text(encoding="utf-8").replace("AP1,A,2025-07-05,,", "AP1,A,2025-07-05,2025-07-18,"), "utf-8"
    )
    assert "appeal_pending" not in [one["kind"] for one in scored(run_cli)["notices"]]


def test_duties_count_with_and_without(place: Path, run_cli: Run) -> None:
    duty = {
        "id": "settle", "clause": "一", "title": {"zh": "办结", "en": "settle"}, "by": "office", "from": "received_at",
        "to": "closed_at", "limits": [{"days": 5}],
    }  # fmt: skip
    scheme = base_scheme(
        words={"cases": {"status": ["迟", "重", "按", "好"]}}, duties=[duty], actors={"office": "办"}, calendar="china",
        counting={"clause": None, "first_day": "excluded", "last_day": "stands", "ends": "day", "before": "included",
                  "belongs": "due"},
    )  # fmt: skip
    (place / "params/schemes/small.yaml").write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    write(place, "J1", cell("A0", column="closed_at", was="2025-06-20", becomes="2025-06-15"))
    found = run_cli(
        "duties", "small", "--ledger", "ledger", "--period", "2025-06", "--as-of", LATE, "--format", "json"
    )  # fmt: skip
    assert found.exit_code == 0, found.output
    plain = json.loads(found.stdout)
    units = {one["unit"]: one["duties"][0] for one in plain["units"]}
    assert (units["A"]["counts"]["met"], units["A"]["counts"]["late"]) == (1, 2)
    assert (units["A"]["before_adjustments"]["met"], units["A"]["before_adjustments"]["late"]) == (0, 3)
    assert "before_adjustments" not in units["B"]
    assert [one["id"] for one in plain["adjustments"]] == ["J1"]


def appeals(place: Path, *rows: str) -> str:
    """A ledger of appeals, and the hash that an adjustment names it by."""
    folder = place / "appeals"
    folder.mkdir(exist_ok=True)
    written = ["case_id,unit,kind,received_at", *rows, ""]
    (folder / "cases.csv").write_text("\n".join(written), encoding="utf-8")
    (folder / "units.csv").write_text("unit\nA\n", encoding="utf-8")
    return f"sha256:{snapshot_of(read_ledger(folder))}"


def test_an_appeal_is_looked_for_in_the_ledger_that_is_named(place: Path, run_cli: Run) -> None:
    named = appeals(place, "AP-7,A,考核申诉,2025-07-02", "T-1,A,投诉,2025-07-02", "AP-9,A,考核申诉,2025-07-19")
    asked = ("adjustments", "small", "--appeals", "appeals")
    write(place, "J1", cell("A0"), appeal={"ledger": named, "case_id": "AP-7"})
    assert run_cli(*asked).exit_code == 0
    (told,) = [one for one in scored(run_cli)["notices"] if one["kind"] == "appeal_elsewhere"]
    assert "AP-7" in str(told)
    for case, message in (
        ("AP-8", "found no such case, expected it in the ledger that is named"),
        ("T-1", "found a case of kind 投诉, expected 考核申诉"),
        ("AP-9", "found a case received at 2025-07-19T00:00:00, expected no later than its decision"),
    ):
        write(place, "J1", cell("A0"), appeal={"ledger": named, "case_id": case})
        refused = run_cli(*asked)
        assert refused.exit_code == 2
        assert f"appeal.case_id {case}: {message}" in refused.output
    write(place, "J1", cell("A0"), appeal={"ledger": "sha256:" + "0" * 64, "case_id": "AP-7"})
    refused = run_cli(*asked)
    assert refused.exit_code == 2
    assert f"appeal.ledger: found sha256:{'0' * 64}, expected one of {named}" in refused.output
    assert f"found {named}, which no adjustment names" in refused.output


def test_an_appeal_among_the_scored_cases_has_to_be_one(place: Path, run_cli: Run) -> None:
    write(place, "J1", cell("A0"), appeal={"case_id": "A1"})
    refused = score(run_cli)
    assert refused.exit_code == 2
    assert "J1.yaml: appeal.case_id A1: found a case of kind nothing, expected 考核申诉" in refused.output
    write(place, "J1", cell("A0"), appeal={"case_id": "AP-7"})  # of a ledger that nobody names
    assert scored(run_cli)["adjustments"][0]["id"] == "J1"
    here = f"sha256:{snapshot_of(read_ledger(place / 'ledger'))}"
    write(place, "J1", cell("A0"), appeal={"ledger": here, "case_id": "AP-7"})
    assert "appeal.case_id AP-7: found no such case" in score(run_cli).output


def test_pages_show_both_results_and_who_else_moved(place: Path) -> None:
    write(place, "J1", cell("A0", ref="停热通知〔2025〕3号"), cell("A1"))
    asked = {"scheme": "small", "ledger": "ledger", "period": "2025-06", "as_of": LATE}
    ranking = RankingReport.open(**asked).show("adjustments")
    assert "申诉后的调整 1 项生效；2 个单位因此变动，其中 1 个自己没有申诉。" in ranking.sentences
    lines = [line.split("\t") for line in ranking.text.splitlines()]
    assert ["A", "97", "99", "3", "2", "J1"] in lines
    assert ["B", "98", "98", "2", "3", "他人的调整"] in lines
    assert not any(line[0] == "C" for line in lines)
    assert "cases A0 status: 迟 → 按 (停热通知〔2025〕3号)" in ranking.text
    own, other = (UnitReport.open(unit=unit, language="en", **asked).show("adjustments") for unit in "AB")
    assert own.sentences[0].endswith("total 97, rank 3; with them: total 99, rank 2.")
    assert "cases A1 status" in own.text
    assert "others appealed" in other.sentences[0]
    assert "A1" not in other.html
    assert UnitReport.open(unit="C", **asked).show("adjustments").html == ""
