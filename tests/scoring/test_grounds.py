"""Grounds that make an outcome graver or milder: found among the rows behind it, weighed by a person."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from auditlib.analysis.conclusions import explain_outcomes
from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.assess import assess

YEAR = Period.parse("2024")


@pytest.fixture
def ledger(root, tmp_path) -> Path:
    """The demonstration of S21: 甲局 refused a matter (E01), which it had put right before the complaint."""
    return shutil.copytree(root / "params" / "demonstrations" / "s21-prefecture-centre", tmp_path / "ledger")


def found(ledger: Path) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    _, result = assess("s21-prefecture-centre", read_ledger(ledger), YEAR)
    (evasion,) = [one for one in result.unit("甲局").outcomes if one.id == "evasion"]
    return {one.id: (one.evidence, one.lacking) for one in evasion.weighs}


def changed(ledger: Path, old: str, new: str) -> Path:
    file = ledger / "events.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return ledger


@pytest.mark.long
def test_a_ground_that_a_row_behind_the_outcome_meets_is_told_with_the_row(ledger) -> None:
    """第二十四条: put right before the complaint may be treated leniently; E01 says so, and nothing of an investor."""
    assert found(ledger)["corrected_before"] == (("E01",), ())
    assert "investor" not in found(ledger)


@pytest.mark.long
def test_a_ground_of_which_the_ledger_lacks_a_column_is_not_taken_for_absent(ledger) -> None:
    assert found(ledger)["reprisal"] == ((), ("reprisal",))


@pytest.mark.long
def test_a_ground_that_no_row_behind_the_outcome_meets_is_not_told(ledger) -> None:
    """Another event may meet it, or the same one for another reason: neither stands behind the refusal."""
    assert "corrected_before" not in found(changed(ledger, "被投诉前主动纠正,市民", ",市民"))


@pytest.mark.long
def test_an_investor_who_complained_makes_it_graver_and_both_grounds_are_told(ledger) -> None:
    own = found(changed(ledger, "被投诉前主动纠正,市民", "被投诉前主动纠正,外企外商"))
    assert {name for name, (rows, _) in own.items() if rows} == {"corrected_before", "investor"}


@pytest.mark.long
def test_it_is_explained_with_its_clause_and_what_it_does(ledger) -> None:
    resolved, result = assess("s21-prefecture-centre", read_ledger(ledger), YEAR)
    (evasion,) = [one for one in explain_outcomes(resolved, result, result.unit("甲局"), "zh") if one.id == "evasion"]
    assert evasion.weighs[0] == "被投诉前主动纠正：可以从轻（第二十四条；E01）"
    (plain,) = [u for u in result.to_json()["units"] if u["unit"] == "甲局"]
    (outcome,) = [one for one in plain["outcome_details"] if one["id"] == "evasion"]
    assert outcome["weighs"][0] == {"id": "corrected_before", "evidence": ["E01"], "lacking": []}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("when: reason = '被投诉前主动纠正'", "when: reson = '被投诉前主动纠正'", "reson"),
        ("when: reason = '被投诉前主动纠正'", "when: reason", "expected a condition, which is true or false"),
        ("when: reason = '被投诉前主动纠正'", "when: reason = '主动纠错'", "主动纠错"),
    ],
)
def test_the_condition_of_a_ground_is_checked_when_a_scheme_is_loaded(root, tmp_path, old, new, told) -> None:
    text = (root / "params" / "schemes" / "s21-prefecture-centre.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "s21-prefecture-centre.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scheme(file)
    assert told in str(caught.value)
    assert any("weighs" in problem.path for problem in caught.value.problems)


@pytest.mark.long
@pytest.mark.parametrize(("verified", "count"), [("是", 1), ("否", 0)])
def test_a_verified_reprisal_of_a_unit_is_a_breach_of_the_rules_and_no_evasion(ledger, verified, count) -> None:
    """第六条(四): the centre proposes what follows for who broke the rules; 第十一条 forbids reprisals."""
    with (ledger / "events.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"T05,E09,乙县,2024-06-20T00:00:00,阻拦压制或打击报复,{verified},,\n")
    _, result = assess("s21-prefecture-centre", read_ledger(ledger), YEAR)
    own = [one.id for one in result.unit("乙县").outcomes]
    assert own == ["violation"] * count


@pytest.mark.long
@pytest.mark.parametrize(("first", "again"), [("2023-03-10T10:00", True), ("2023-03-09T10:00", False)])
def test_within_a_year_is_up_to_the_same_day_of_the_next_year_over_a_leap_day(root, tmp_path, first, again) -> None:
    """三第七条一 一年以内: 10 March 2023 to 10 March 2024 are 366 days and one year."""
    folder = shutil.copytree(root / "params" / "demonstrations" / "s29-three-systems", tmp_path / "ledger")
    (folder / "events.csv").write_text(
        "event_id,unit,at,kind,severity,verified,reason,case_id,staff_key,duty\n"
        f"E1,规划部,{first},追究政纪责任,情节较轻,true,推诿,,p1,\n"
        "E2,规划部,2024-03-10T10:00,追究政纪责任,情节较轻,true,推诿,,p1,\n",
        encoding="utf-8",
    )
    _, result = assess("s29-three-systems", read_ledger(folder), YEAR)
    (rung,) = [one for one in result.unit("规划部").outcomes if one.id == "rung_1"]
    assert [one.evidence for one in rung.weighs if one.id == "twice"] == ([("E2",)] if again else [])
