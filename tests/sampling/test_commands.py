"""A sample from its sealed plan to the sentence that may be said, and everything that is refused on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction as F
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from auditlib.core.values import Text
from auditlib.sampling.evaluation import evaluate
from auditlib.sampling.frame import ALL, Frame
from auditlib.sampling.plan import SamplePlan, Strata
from auditlib.sampling.sample import Sample, draw_sample

Run = Callable[..., Result]
CASES = [f"N{number:03d}" for number in range(200)]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    folder.mkdir()
    (folder / "units.csv").write_text("unit\n甲\n乙\n", encoding="utf-8")
    rows = [f"{id},{'甲乙'[n % 4 == 0]},2024-03-{1 + n % 28:02d}T09:00,投诉,{n % 5}" for n, id in enumerate(CASES)]
    (folder / "cases.csv").write_text("\n".join(["case_id,unit,received_at,kind,missing_items", *rows, ""]), "utf-8")
    return folder


def planned(run: Run, folder: Path, *more: object) -> Path:
    file = folder / "plan.yaml"
    done = run("sample", "plan", "--confidence", "0.9", "--tolerable", "0.1", "--out", file, "--population", 200, *more)
    assert done.exit_code == 0, done.output
    return file


def drawn(run: Run, plan: Path, ledger: Path, *more: object) -> Path:
    done = run("sample", "draw", plan, "--ledger", ledger, "--out", plan.with_name("s.json"), "--form",
               plan.with_name("f.xlsx"), *more)  # fmt: skip
    assert done.exit_code == 0, done.output
    return plan.with_name("s.json")


def fill(form: Path, answers: dict[int, str], every: str = "正确") -> None:
    book = openpyxl.load_workbook(form)
    sheet = book["抽样"]
    for row in range(5, sheet.max_row + 1):
        sheet[f"D{row}"] = answers.get(row - 4, every)
    book.save(form)


def test_a_sealed_plan_is_drawn_filled_in_evaluated_and_verified(run_cli: Run, tmp_path: Path, ledger: Path) -> None:
    file = drawn(run_cli, planned(run_cli, tmp_path, "--nonce", "7f3a"), ledger)
    sample = json.loads(file.read_text(encoding="utf-8"))
    # 200 cases of which 20 may be bad: 21 is the smallest size, by fractions.
    assert sample["strata"] == [{"stratum": "", "cases": 200, "size": 21}]
    head = f"auditlib-sample/1\n{sample['snapshot']}\n{sample['plan_hash']}\n7f3a"
    assert sample["seed"] == sha256(head.encode()).hexdigest()
    assert sample["commitment"] == sha256(f"{sample['plan_hash']}\n7f3a".encode()).hexdigest()
    by_key = sorted(CASES, key=lambda id: sha256(f"{sample['seed']}\n{id}".encode()).hexdigest())
    assert [one["case"] for one in sample["cases"]] == by_key[:21]
    assert sample["reserve"] == by_key[21:42]
    fill(tmp_path / "f.xlsx", {})
    done = run_cli("sample", "evaluate", file, tmp_path / "f.xlsx", "--format", "json")
    assert done.exit_code == 0, done.output
    (claim,) = json.loads(done.stdout)["claims"]
    assert (claim["errors"], claim["upper_cases"], claim["upper"], claim["holds"]) == (0, 19, "0.095", True)
    told = run_cli("sample", "evaluate", file, tmp_path / "f.xlsx", "--language", "en").stdout
    assert "21 of 200 cases were drawn by the seed" in told
    assert "With 90 % confidence at most 9.5 % are, 19 of 200." in told
    assert "never registered" in told
    told = run_cli("sample", "evaluate", file, tmp_path / "f.xlsx").stdout
    assert "从 200 件中抽取 21 件。均无差错。在 90 % 的置信度下" in told
    assert run_cli("sample", "verify", file, "--ledger", ledger).exit_code == 0


def test_a_missing_file_is_an_error_and_what_was_planned_is_then_not_shown(
    run_cli: Run, tmp_path: Path, ledger: Path
) -> None:
    file = drawn(run_cli, planned(run_cli, tmp_path), ledger)
    fill(tmp_path / "f.xlsx", {2: "缺件", 5: "差错"})
    done = run_cli("sample", "evaluate", file, tmp_path / "f.xlsx", "--language", "en")
    assert done.exit_code == 1
    assert "2 in error; as an estimate 9.5 %." in done.stdout
    assert "is not shown" in done.stdout


def test_an_english_form_is_answered_in_english(run_cli: Run, tmp_path: Path, ledger: Path) -> None:
    """One of 21 in error and one not found are two errors; a form answered in Chinese says the same."""
    file = drawn(run_cli, planned(run_cli, tmp_path), ledger, "--language", "en")
    form = tmp_path / "f.xlsx"
    book = openpyxl.load_workbook(form)
    offered = [one.formula1 for one in book["抽样"].data_validations.dataValidation]
    assert offered == ['"correct,error,not found"']
    found = []
    for words in (("correct", "error", "not found"), ("正确", "差错", "缺件")):
        fill(form, {2: words[1], 5: words[2]}, every=words[0])
        done = run_cli("sample", "evaluate", file, form, "--language", "en")
        assert (done.exit_code, "2 in error; as an estimate 9.5 %." in done.stdout) == (1, True), done.output
        found.append(done.stdout)
    assert found[0] == found[1]


def test_a_plan_or_nonce_changed_after_its_commitment_is_refused(run_cli: Run, tmp_path: Path, ledger: Path) -> None:
    plan = planned(run_cli, tmp_path)
    kept = plan.read_text(encoding="utf-8")
    seal = next(line.split()[1] for line in kept.splitlines() if line.startswith("commitment"))
    draw = ("sample", "draw", plan, "--ledger", ledger, "--out", tmp_path / "s.json")
    plan.write_text(kept.replace("'0.1'", "'0.2'"), encoding="utf-8")
    done = run_cli(*draw)
    assert done.exit_code == 2
    assert "changed after the commitment" in done.stderr
    without = "".join(f"{line}\n" for line in plan.read_text(encoding="utf-8").splitlines() if "commitment" not in line)
    plan.write_text(without, encoding="utf-8")
    assert run_cli(*draw, "--commitment", seal).exit_code == 2  # the seal handed over before is no line to delete
    plan.write_text(kept, encoding="utf-8")
    (tmp_path / "plan.nonce").write_text("0123abcd\n", encoding="utf-8")
    assert run_cli(*draw).exit_code == 2
    assert not (tmp_path / "s.json").exists()
    again = run_cli("sample", "plan", "--confidence", "0.9", "--tolerable", "0.1", "--population", 9, "--out", plan)
    assert (again.exit_code, "is not changed after its commitment" in again.stderr) == (2, True)


def test_another_ledger_draws_otherwise_and_an_altered_sample_is_found_out(
    run_cli: Run, tmp_path: Path, ledger: Path
) -> None:
    file = drawn(run_cli, planned(run_cli, tmp_path), ledger)
    kept = (ledger / "cases.csv").read_text(encoding="utf-8")
    rows = kept.splitlines()
    (ledger / "cases.csv").write_text("\n".join([rows[0], *reversed(rows[1:]), ""]), encoding="utf-8")
    assert run_cli("sample", "verify", file, "--ledger", ledger).exit_code == 0  # the order of rows is no content
    (ledger / "cases.csv").write_text(kept.replace("N007,甲", "N007,乙"), encoding="utf-8")
    done = run_cli("sample", "verify", file, "--ledger", ledger)
    assert done.exit_code == 1
    assert "snapshot:" in done.stdout
    (ledger / "cases.csv").write_text(kept, encoding="utf-8")
    sample = json.loads(file.read_text(encoding="utf-8"))
    sample["cases"][0]["case"] = sample["reserve"][0]  # an inconvenient case for a convenient one
    file.write_text(json.dumps(sample), encoding="utf-8")
    done = run_cli("sample", "verify", file, "--ledger", ledger)
    assert (done.exit_code, done.stdout.count("cases:")) == (1, 2)
    sample["seed"] = "0" * 64
    file.write_text(json.dumps(sample), encoding="utf-8")
    assert run_cli("sample", "verify", file, "--ledger", ledger).exit_code == 2


def test_answers_that_do_not_belong_are_refused_by_their_cell(run_cli: Run, tmp_path: Path, ledger: Path) -> None:
    file = drawn(run_cli, planned(run_cli, tmp_path), ledger)
    form = tmp_path / "f.xlsx"
    fill(form, {3: "也许", 4: ""})
    done = run_cli("sample", "evaluate", file, form)
    assert done.exit_code == 2
    assert "抽样!D7: found 也许, expected one of 正确, 差错, 缺件, correct, error, not found" in done.stderr
    fill(form, {4: ""})
    assert "found no answer to 1 cases" in run_cli("sample", "evaluate", file, form).stderr
    fill(form, {})
    book = openpyxl.load_workbook(form)
    book["抽样"]["B6"] = "N999"
    book.save(form)
    assert "抽样!B6: found N999, expected N" in run_cli("sample", "evaluate", file, form).stderr
    (tmp_path / "other").mkdir()
    drawn(run_cli, planned(run_cli, tmp_path / "other"), ledger)
    fill(tmp_path / "other" / "f.xlsx", {})
    assert "found a form of the sample with the seed" in run_cli(
        "sample", "evaluate", file, tmp_path / "other" / "f.xlsx"
    ).stderr  # fmt: skip


def test_without_a_nonce_every_report_says_who_could_steer(run_cli: Run, tmp_path: Path, ledger: Path) -> None:
    file = drawn(run_cli, planned(run_cli, tmp_path, "--nonce", ""), ledger)
    fill(tmp_path / "f.xlsx", {})
    assert "known to whoever keeps the ledger" in run_cli("sample", "verify", file, "--ledger", ledger).stderr
    assert "台账保管人事先知道种子" in run_cli("sample", "evaluate", file, tmp_path / "f.xlsx").stdout


def test_the_frame_is_a_condition_and_a_second_source_is_drawn_from_for_completeness(
    run_cli: Run, tmp_path: Path, ledger: Path
) -> None:
    file = drawn(run_cli, planned(run_cli, tmp_path, "--where", "unit = '乙'"), ledger)
    assert json.loads(file.read_text(encoding="utf-8"))["frame"]["cases"] == 50
    (tmp_path / "to").mkdir()
    plan = planned(run_cli, tmp_path / "to", "--to-ledger")
    calls = tmp_path / "calls.csv"
    calls.write_text("\n".join(["call", *(f"C{n}" for n in range(60)), ""]), encoding="utf-8")
    done = run_cli("sample", "draw", plan, "--list", calls, "--out", tmp_path / "to" / "s.json")
    assert done.exit_code == 0, done.output
    sample = json.loads((tmp_path / "to" / "s.json").read_text(encoding="utf-8"))
    assert sample["frame"]["cases"] == 60
    calls.write_text("call\nC1\nC1\n", encoding="utf-8")
    done = run_cli("sample", "draw", plan, "--list", calls, "--out", tmp_path / "x.json")
    assert (done.exit_code, "expected an id of its own" in done.stderr) == (2, True)
    plan = planned(run_cli, tmp_path / "x", "--where", "colour = 'red'")
    done = run_cli("sample", "draw", plan, "--ledger", ledger, "--out", tmp_path / "x.json")
    assert (done.exit_code, "cases.colour: missing column" in done.stderr) == (2, True)


def test_exposure_weighs_the_case_that_looks_on_time(run_cli: Run, tmp_path: Path) -> None:
    """In S22's own demonstration every case of a unit with points to lose can cost some, whatever it cost already."""
    plan = tmp_path / "plan.yaml"
    done = run_cli("sample", "plan", "--confidence", "0.9", "--tolerable", "0.3", "--weight", "exposure",
                   "--scheme", "s22-heating", "--period", "2025-12", "--out", plan)  # fmt: skip
    assert done.exit_code == 0, done.output
    done = run_cli("sample", "draw", plan, "--ledger", "s22-heating", "--out", tmp_path / "s.json")
    assert done.exit_code == 0, done.output
    sample = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    # Poisson: -ln(0.1)/0.3 = 7.68, so 8 hits.
    assert sum(one["hits"] for one in sample["cases"] if one["part"] != "weightless") == 8
    assert all(F(one["weight"]) > 0 for one in sample["cases"] if one["part"] != "weightless")


def plan_of(**fields: object) -> SamplePlan:
    question = Text(zh="是否正确？", en="Is it right?")
    asked = {"confidence": "0.95", "tolerable": "0.05", **fields}
    return SamplePlan(name="p", question=question, **asked)  # type: ignore[arg-type]


def frame_of(strata: dict[str, str], weights: dict[str, F] | None = None) -> Frame:
    return Frame("0" * 64, strata, weights or {}, {})


WHOLE = frame_of(dict.fromkeys(CASES * 1, ALL))


def answered(sample: Sample, wrong: int, *parts: str) -> dict[str, F]:
    cases = [one.case for one in sample.cases if one.part in (parts or ("sample",))]
    return {case: F(place < wrong) for place, case in enumerate(cases)}


def test_of_fewer_cases_than_a_model_asks_for_all_are_drawn_and_nothing_is_left_to_chance() -> None:
    """59 of 57 cannot be drawn. One in error of 57 that are all looked at is 1/57, below 5 %; one of 3 is 1/3."""
    plan = plan_of(model="binomial", strata=Strata(by="unit", allocation="each"))
    units = {f"A{n}": "甲" for n in range(57)} | {f"B{n}": "乙" for n in range(3)} | {f"C{n}": "丙" for n in range(60)}
    sample = draw_sample(plan, frame_of(units), "ab12")
    assert sample.sizes == {"甲": 57, "乙": 3, "丙": 59}
    wrong = dict.fromkeys((one.case for one in sample.cases), F(0)) | {"A7": F(1), "B1": F(1)}
    found = {one.of: (one.bad, one.upper, one.holds) for one in evaluate(sample, wrong).claims}
    assert found["甲"] == (1, F(1, 57), True)
    assert found["乙"] == (1, F(1, 3), False)
    # The control, of which one was not looked at: Clopper–Pearson, 1 − 0.05^(1/59) = 0.0495…
    bad, upper, _ = found["丙"]
    assert bad is None
    assert upper is not None
    assert F("0.0495") < upper < F("0.0496")


def test_a_unit_of_too_few_cases_is_named(run_cli: Run, tmp_path: Path, ledger: Path) -> None:
    rows = (ledger / "cases.csv").read_text(encoding="utf-8").splitlines()
    few = [row for row in rows if ",乙," not in row] + [row for row in rows if ",乙," in row][:3]
    (ledger / "cases.csv").write_text("\n".join([*few, ""]), encoding="utf-8")
    plan = tmp_path / "p.yaml"
    asked = ("sample", "plan", "--confidence", "0.95", "--tolerable", "0.05", "--ledger", ledger)
    done = run_cli(*asked, "--out", plan, "--by", "unit", "--allocation", "each", "--allowed", 1)
    assert (done.exit_code, "unit 乙: found 3 cases, of which no sample holds the risk" in done.stderr) == (2, True)
    done = run_cli(*asked, "--out", plan, "--stop-or-go", "--where", "unit = '乙'")
    assert (done.exit_code, "found 2 cases, expected more" in done.stderr) == (2, True)
    assert not plan.exists()
    done = run_cli(*asked, "--by", "unit", "--allocation", "each")
    assert (done.exit_code, "乙\t3\t3\t0" in done.stdout) == (0, True), done.output


def test_stop_or_go_claims_only_what_it_was_planned_for() -> None:
    sample = draw_sample(plan_of(model="binomial", stop_or_go=True), WHOLE, "ab12")
    assert [one.part for one in sample.cases].count("sample") == 61  # the published plan at 5 %
    (claim,) = evaluate(sample, answered(sample, 0)).claims
    assert (claim.holds, claim.upper, claim.drawn) == (True, F("0.05"), 61)
    first = evaluate(sample, answered(sample, 1))
    assert (first.waiting, first.claims[0].holds) == (True, False)
    both = evaluate(sample, answered(sample, 1, "sample", "second"))
    assert (both.claims[0].holds, both.claims[0].drawn) == (True, 122)
    (claim,) = evaluate(sample, answered(sample, 2)).claims
    assert (claim.holds, claim.upper) == (False, None)


def test_an_extension_that_no_plan_foresaw_costs_confidence() -> None:
    """59 with none, or 34 more with one: 92.5 % and not 95 % (``stop-or-go-inflation``)."""
    many = frame_of({f"C{n}": ALL for n in range(500)})
    sample = draw_sample(plan_of(model="binomial"), many, "ab12", extend=34)
    assert len(sample.cases) == 93
    found = evaluate(sample, answered(sample, 1, "sample", "extension"))
    assert float(found.true_confidence or 0) == pytest.approx(1 - 0.0748210602433016, rel=1e-12)
    assert not found.claims[0].holds


def test_strata_of_unequal_shares_are_summed_each_with_its_part_of_the_risk() -> None:
    strata = {f"A{n}": "A" for n in range(100)} | {f"B{n}": "B" for n in range(60)}
    how = Strata(by="unit", allocation="neyman", suspected={"A": F("0.02"), "B": F("0.5")})
    sample = draw_sample(plan_of(strata=how), frame_of(strata), "ab12")
    (claim,) = evaluate(sample, answered(sample, 0)).claims

    def limit(population: int, n: int) -> int:  # the largest K with P(none of n is bad) > 0.025, counted up
        chance, bad = F(1), 0
        while chance > F("0.025"):
            chance *= F(population - n - bad, population - bad)
            bad += 1
        return bad - 1

    assert claim.bad == limit(100, sample.sizes["A"]) + limit(60, sample.sizes["B"])


def test_each_unit_has_a_claim_of_its_own_and_no_other() -> None:
    strata = {f"A{n}": "A" for n in range(100)} | {f"B{n}": "B" for n in range(30)}
    sample = draw_sample(plan_of(strata=Strata(by="unit", allocation="each")), frame_of(strata), "ab12")
    found = evaluate(sample, answered(sample, 0))
    assert [(claim.of, claim.holds) for claim in found.claims] == [("A", True), ("B", True)]


def test_a_weighted_sample_counts_heavy_cases_out_and_bounds_the_rest() -> None:
    """One case of half the weight, known to be wrong by a fifth of it: a tenth of all weight for certain."""
    weights = {"H": F(100)} | {f"L{n}": F(1) for n in range(100)} | {f"Z{n}": F(0) for n in range(40)}
    plan = plan_of(model="poisson", weight="missing_items", tolerable="0.2")
    sample = draw_sample(plan, frame_of(dict.fromkeys(weights, ALL), weights), "ab12")
    light = [one for one in sample.cases if one.part == "sample"]
    assert {one.part for one in sample.cases} == {"sample", "certain", "weightless"}
    answers = {one.case: F(0) for one in sample.cases} | {"H": F(1, 5)}
    first, none = evaluate(sample, answers).claims
    hits = sum(one.hits for one in light)
    assert first.point == F(1, 10)
    assert float(first.upper or 0) == pytest.approx(0.1 + 0.5 * 2.995732273553991 / hits, rel=1e-9)
    assert (none.of, none.drawn, none.population) == ("weightless", 10, 40)
