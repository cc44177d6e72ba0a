"""Differences name the clause that made them, and add up to the difference of the totals."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from auditlib.analysis.breakdown import account_of, read_account
from auditlib.analysis.diff import diff
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.read import read_ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.compare import synopsis
from auditlib.scheme.load import load_scheme
from auditlib.scoring.score import score

PARAMS = Path(__file__).parents[2] / "params"
SCHEMES, LEDGERS = PARAMS / "schemes", PARAMS / "demonstrations"
S12 = ("--ledger", LEDGERS / "s12-jiangsu-insurance", "--period", "2025")


def result_of(scheme, period, **readings):
    resolved = load_scheme(SCHEMES / f"{scheme}.yaml").resolve(readings)
    return resolved, score(resolved, read_ledger(LEDGERS / scheme), Period.parse(period), calendar=china())


def amended(folder, scheme, change):
    """A copy of a scheme with one text of its file replaced."""
    text = (SCHEMES / f"{scheme}.yaml").read_text(encoding="utf-8")
    old, new = change
    assert text.count(old) == 1
    file = folder / f"{scheme}.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


VARIANTS = [
    (
        "s12-jiangsu-insurance",
        "2025",
        {},
        {"premium_numerator": "all", "industry_average": "pooled", "media_rungs": "adds"},
    ),
    ("s12-jiangsu-insurance", "2025", {"forced_last_points": "only_last"}, {"premium_unit": "yuan"}),
    ("s20-office-evaluation", "2025", {}, {"satisfied_share": "share", "one_problem": "additive"}),
    ("s04-hotline", "2025", {}, {"year_end": "mean"}),
    ("s04-hotline", "2025", {"month_without_score": "zero"}, {"year_end": "mean", "month_without_score": "full"}),
]


@pytest.mark.parametrize(("scheme", "period", "one", "other"), VARIANTS)
def test_the_clauses_add_up_to_the_difference_of_the_totals(scheme, period, one, other, tmp_path) -> None:
    results = [result_of(scheme, period, **readings) for readings in (one, other)]
    exact = [account_of(*each) for each in results]
    stored = []
    for number, (_, result) in enumerate(results):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(result.to_json(), ensure_ascii=False), encoding="utf-8")
        stored.append(read_account(file))
    moved = 0
    for old, new in (exact, stored):
        for account in (*old.units.values(), *new.units.values()):
            if account.total is not None:  # the account itself adds up
                assert sum((e.points for e in account.entries.values() if e.counts), Fraction(0)) == account.total
        found = diff(old, new)
        assert not found.equal
        for unit in found.units:
            if unit.delta is not None:
                assert sum(unit.by_clause().values(), Fraction(0)) == unit.delta == unit.new.total - unit.old.total
                moved += unit.delta != 0
        told = {unit.unit for unit in found.units}
        for code, account in old.units.items():
            if code not in told:
                assert (account.total, account.rank) == (new.units[code].total, new.units[code].rank)
    assert moved


@pytest.mark.parametrize(("scheme", "period", "one", "other"), VARIANTS)
def test_a_result_equals_itself(scheme, period, one, other) -> None:
    again = [account_of(*result_of(scheme, period, **one)) for _ in range(2)]
    assert diff(*again).equal


def test_what_a_floor_takes_back_stands_by_itself(tmp_path) -> None:
    """Three late entries of 甲 and two of 乙 at −1 each, then at −3 each, of 7 points that end at 0."""
    noon, late = "2026-01-05T12:00:00", "2026-01-08T12:00:00"
    tables = {
        "units": [{"unit": "甲"}, {"unit": "乙"}],
        "cases": [
            {"case_id": f"C{n}", "unit": u, "received_at": noon, "entered_at": late} for n, u in enumerate("甲甲甲乙乙")
        ],
        "events": [],
        "submissions": [],
    }
    (tmp_path / "ledger").mkdir()
    for name, rows in tables.items():
        with (tmp_path / "ledger" / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, [column.name for column in REGISTERS[name].columns])
            writer.writeheader()
            writer.writerows(rows)
    ledger, accounts = read_ledger(tmp_path / "ledger"), []
    dearer = amended(tmp_path, "s22-heating", ("points: -1, per: late_entries", "points: -3, per: late_entries"))
    for file in (SCHEMES / "s22-heating.yaml", dearer):
        resolved = load_scheme(file).resolve()
        accounts.append(account_of(resolved, score(resolved, ledger, Period.parse("2026-01"), calendar=china())))
    units = {unit.unit: unit for unit in diff(*accounts).units}
    assert units["乙"].by_clause() == {"二(一)2": -4}  # 7 − 2 → 7 − 6
    assert units["甲"].by_clause() == {"二(一)2": -6, "bounds": 2}  # 7 − 3 → 7 − 9, which the floor makes 0
    assert units["甲"].delta == -4


def test_a_changed_points_value_is_named_with_its_clause(tmp_path, run_cli) -> None:
    file = amended(tmp_path, "s22-heating", ("points: -1, step: {of: resolution", "points: -2, step: {of: resolution"))
    (found,) = synopsis(load_scheme(SCHEMES / "s22-heating.yaml"), load_scheme(file))
    assert (found.clauses, found.section, found.name) == (("二(二)3",), "rules", "resolution_rate.resolution_low")
    assert (found.kind, found.old.zh, found.new.zh) == ("changed", "points: -1", "points: -2")
    assert found.why.zh.startswith("月度解决率低于85%的")
    done = run_cli("diff", "s22-heating", file, "--format", "json")
    assert done.exit_code == 1
    (told,) = json.loads(done.stdout)["amendments"]
    assert told["clauses"] == ["二(二)3"]
    assert told["old"] != told["new"]


STEPS = "use: {}\n    options:\n      completed: {{value: floor, zh: 满5分才扣"
LATE = "entered_at is not null and entered_at - received_at > interval '{} hours'"
AMENDMENTS = {
    "roll_up year": ("一", 'weight: "0.{}0", missing: exclude}}\n      - {{of: quarter', "4", "5", None),
    "readings satisfaction_steps": ("二(三)2", STEPS, "completed", "started", "use: {}"),
    "gaps clipped_item": ("二(四)2", "policy: {}\n    max: 7", "exclude", "require", "policy: {}"),
    "measures late_entries": ("二(一)2", f'where: "{LATE}"', "24", "48", f"where: {LATE}"),
    "columns cases.repeated": (
        "二(二)4",
        "[person_key, {}], order: received_at, within",
        "problem_key",
        "category",
        None,
    ),
    "clauses 二(一)1": ("二(一)1", "未制定制度扣{}分", "5", "六", "未制定制度扣{}分,制度要素缺失每处扣1分,扣完为止。"),
}
"""What is amended, its clause, how it is written with the old and the new, and how it is told."""


@pytest.mark.parametrize("what", AMENDMENTS)
def test_each_kind_of_amendment_is_told_under_its_clause(what, tmp_path) -> None:
    clause, written, old, new, told = AMENDMENTS[what]
    file = amended(tmp_path, "s22-heating", (written.format(old), written.format(new)))
    (found,) = synopsis(load_scheme(SCHEMES / "s22-heating.yaml"), load_scheme(file))
    assert (f"{found.section} {found.name}", found.clauses, found.kind) == (what, (clause,), "changed")
    if told is not None:
        assert (found.old.zh, found.new.zh) == (told.format(old), told.format(new))


def test_a_rule_that_only_one_version_has_is_added_or_removed(tmp_path) -> None:
    rule = "      - {id: late_entry, "
    text = (SCHEMES / "s22-heating.yaml").read_text(encoding="utf-8")
    file = tmp_path / "without.yaml"
    file.write_text(
        "".join(line for line in text.splitlines(keepends=True) if not line.startswith(rule)), encoding="utf-8"
    )
    old, new = load_scheme(SCHEMES / "s22-heating.yaml"), load_scheme(file)
    (gone,) = synopsis(old, new)
    assert (gone.kind, gone.name, gone.new) == ("removed", "register.late_entry", None)
    (come,) = synopsis(new, old)
    assert (come.kind, come.name, come.old) == ("added", "register.late_entry", None)


@pytest.mark.long
def test_two_schemes_on_a_ledger_say_who_moves_and_by_which_clause(tmp_path, run_cli) -> None:
    """A bonus of 2 in place of 8 for a commendation: only who has one loses 6."""
    written = yaml.safe_load((SCHEMES / "s12-jiangsu-insurance.yaml").read_text(encoding="utf-8"))
    (rule,) = [r for i in written["indicators"] for r in i["rules"] if i["id"] == "bonus" and r.get("points") == 8]
    text = (SCHEMES / "s12-jiangsu-insurance.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if f"id: {rule['id']}," in line)
    file = tmp_path / "new.yaml"
    file.write_text(text.replace(line, line.replace("points: 8", "points: 2")), encoding="utf-8")
    _, result = result_of("s12-jiangsu-insurance", "2025")
    expected = {unit.unit: -6 for unit in result.units if unit.measures[rule["when"]["of"]]}
    done = run_cli("diff", "s12-jiangsu-insurance", file, *S12, "--format", "json")
    assert done.exit_code == 1
    units = {unit["unit"]: unit for unit in json.loads(done.stdout)["results"]["units"]}
    assert expected
    assert {code: Fraction(unit["change"]) for code, unit in units.items() if unit["change"] != "0"} == expected
    for code, delta in expected.items():
        assert {clause: Fraction(change) for clause, change in units[code]["by_clause"].items()} == {
            rule["clause"]: delta
        }
        assert [change["what"] for change in units[code]["changes"]] == [["line", "bonus", rule["id"]]]


def test_exit_codes_and_messages(tmp_path, run_cli) -> None:
    folder = LEDGERS / "s20-office-evaluation"
    common = ("score", "s20-office-evaluation", "--ledger", folder, "--period", "2025", "--format", "json", "--out")
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    assert run_cli(*common, one).exit_code == 0
    assert run_cli(*common, other, "--reading", "one_problem=additive").exit_code == 0
    same = run_cli("diff", one, one)
    assert (same.exit_code, same.stdout) == (0, "")
    differs = run_cli("diff", one, other)
    assert differs.exit_code == 1
    assert "readings.one_problem\tworst\tadditive" in differs.stdout
    assert json.loads(run_cli("diff", one, one, "--format", "json").stdout) == {"equal": True, "heads": [], "units": []}
    assert run_cli("diff", "s22-heating", "s22-heating").exit_code == 0
    assert run_cli("diff", "s22-heating@1", "s22-heating").exit_code == 0
    cases = {
        (one, "s22-heating"): "found a scheme, expected a result like",
        (one, tmp_path): "found a folder, expected a result or a scheme",
        (one, tmp_path / "none.json"): "No such file",
        ("s22-heating", "s22-heating@9"): "found version 9, expected one of: 1",
        ("s22-heating", "s22"): "found no scheme s22",
        (one, other, "--period", "2025"): "--period is for two schemes, found two results",
        ("s22-heating", "s22-heating", "--period", "2025"): "found one of --ledger and --period, expected both",
        ("s22-heating", "s22-heating", "--ledger", folder, "--period", "2025", "--reading", "x=y"): "found x, expected",
    }
    for arguments, message in cases.items():
        done = run_cli("diff", *arguments)
        assert done.exit_code == 2, arguments
        assert message in done.stderr


def test_json_that_is_no_result_is_refused_with_the_key(tmp_path, run_cli) -> None:
    broken = {
        "scheme": "x",
        "version": "1",
        "period": "2025",
        "units": [{"unit": "A", "total": 1.5, "rank": 1, "indicators": []}],
    }
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    done = run_cli("diff", tmp_path / "broken.json", tmp_path / "broken.json")
    assert done.exit_code == 2
    assert "units[0].total: found 1.5, expected a result of `auditlib score`" in done.stderr
    (tmp_path / "torn.json").write_text('{"scheme": ')
    done = run_cli("diff", tmp_path / "torn.json", tmp_path / "torn.json")
    assert done.exit_code == 2
    assert "torn.json:1: not JSON" in done.stderr


def test_cases_that_came_and_went_are_named(tmp_path, run_cli) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    for file in (LEDGERS / "s12-jiangsu-insurance").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    resolved, before = result_of("s12-jiangsu-insurance", "2025")
    line, code = next(
        (line, unit.unit)
        for unit in before.units
        for line in unit.indicator("handling").lines
        if line.points and len(line.evidence) == 1 and line.evidence[0].startswith("E")
    )
    (gone,) = line.evidence
    text = (folder / "events.csv").read_text(encoding="utf-8")
    (folder / "events.csv").write_text(
        "".join(x for x in text.splitlines(keepends=True) if not x.startswith(f"{gone},")), encoding="utf-8"
    )
    after = score(resolved, read_ledger(folder), Period.parse("2025"), calendar=china())
    (unit,) = [u for u in diff(account_of(resolved, before), account_of(resolved, after)).units if u.unit == code]
    (change,) = [c for c in unit.changes if c.key == ("line", "handling", line.rule)]
    assert change.evidence == ((), (gone,))
    assert change.delta == -line.points


def test_exclusions_for_several_reasons_are_told_apart(tmp_path, run_cli) -> None:
    demonstration = PARAMS / "demonstrations" / "s12-jiangsu-insurance"
    for name, first in (("old", "甲办"), ("new", "乙办")):
        ledger = tmp_path / name
        shutil.copytree(demonstration, ledger)
        with (demonstration / "cases.csv").open(encoding="utf-8", newline="") as stream:
            one, other = [row["case_id"] for row in csv.DictReader(stream) if row["unit"] == "P4"][:2]
        listed = f"case_id,reason,approver\n{one},a,{first}\n{other},b,丙办\n"
        (ledger / "exclusions.csv").write_text(listed, encoding="utf-8")
        done = run_cli(
            "score", "s12-jiangsu-insurance", "--ledger", ledger, "--period", "2025", "--format", "json",
            "--out", tmp_path / f"{name}.json",
        )  # fmt: skip
        assert done.exit_code == 0, done.output
    found = diff(*(read_account(tmp_path / f"{name}.json") for name in ("old", "new")))
    (unit,) = found.units
    assert unit.facts == (("exclusions.1.approver", "甲办", "乙办"),)


def test_a_notice_that_is_gone_moves_none_of_the_others(tmp_path) -> None:
    resolved, result = result_of("s12-jiangsu-insurance", "2025")
    assert len(result.notices) > 1
    fewer = replace(result, notices=result.notices[1:])
    gone = f"note: {result.notices[0].message}"
    exact = diff(account_of(resolved, result), account_of(resolved, fewer))
    assert (exact.heads, exact.units) == (((gone, "given", None),), ())
    files = [tmp_path / "one.json", tmp_path / "other.json"]
    for file, one in zip(files, (result, fewer), strict=True):
        file.write_text(json.dumps(one.to_json(), ensure_ascii=False), encoding="utf-8")
    assert diff(*map(read_account, files)).heads == ((gone, "given", None),)
