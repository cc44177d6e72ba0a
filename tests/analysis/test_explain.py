"""What is explained: lines with their numbers, targets, outcomes and what they bring, exclusions, roll-ups."""

from __future__ import annotations

import csv
import json
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from auditlib.analysis.conclusions import ExplainedOutcome, explain_outcomes
from auditlib.analysis.explain import bounds_note, explain
from auditlib.analysis.quantity_texts import compared
from auditlib.analysis.roll_up_words import explain_roll_up
from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.message import told
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.report.ranking import RankingReport
from auditlib.report.unit import UnitReport
from auditlib.scheme.load import load_scheme
from auditlib.scheme.rules import Bound
from auditlib.scoring.result import IndicatorScore, ScoreLine
from auditlib.scoring.score import score

PARAMS = Path(__file__).parents[2] / "params"


def test_a_standing_is_explained_by_its_index() -> None:
    resolved = load_scheme(PARAMS / "schemes" / "s12-jiangsu-insurance.yaml").resolve()
    ledger = read_ledger(PARAMS / "demonstrations" / "s12-jiangsu-insurance")
    result = score(resolved, ledger, Period.parse("2025"))
    (line,) = [line for line in explain(resolved, result, result.unit("P8"), "en") if line.rule == "letters"]
    property_insurers = [unit.rates["letters_index"] for unit in result.units if unit.group == "产险"]
    average = decimal_text(sum(property_insurers, Fraction(0)) / len(property_insurers), result.rounding)
    assert len(property_insurers) == 8
    assert line.operands == (
        "index of letters = 0.4 × ((4 + 1 × −0.5) ÷ 6) + 0.6 × ((4 + 1 × −0.5) ÷ 38400000 × 10000000) ≈ 0.78020833, "
        f"above the average ≈ {average}, place 1 of 8 → points by rank for letters = 15"
    )
    assert line.arithmetic == "−1 × 15 = −15"


def test_a_target_shows_its_arithmetic_and_never_rounds_a_miss_away() -> None:
    resolved = load_scheme(PARAMS / "schemes" / "s02-fujian-three-rates.yaml").resolve()
    ledger = read_ledger(PARAMS / "demonstrations" / "s02-fujian-three-rates")
    result = score(resolved, ledger, Period.parse("2025-12"))
    (line, *_) = explain(resolved, result, result.unit("F1"), "zh")
    assert (line.operands, line.arithmetic) == ("一次接通率 = 2015 ÷ 2140 ≈ 94.16 %", "94.16 % ≥ 90 % ⇒ 达到")
    assert line.met is True
    bound = Bound.model_validate({"of": "timely_feedback", "at_least": 1})
    two, hair = Rounding(2), 1 - Fraction(1, 10**20)
    assert compared(resolved, bound, Fraction(9, 10), two, "zh") == "90 % < 100 %"
    assert compared(resolved, bound, Fraction(1), two, "zh") == "100 % ≥ 100 %"
    assert compared(resolved, bound, Fraction(99999, 100000), two, "zh") == "99.999 % < 100 %"
    assert compared(resolved, bound, hair, two, "zh") == "99.999999999999999999 % < 100 %"


def outcomes_of(scheme: str, period: str, unit: str, language: str = "en") -> dict[str, ExplainedOutcome]:
    resolved = load_scheme(PARAMS / "schemes" / f"{scheme}.yaml").resolve()
    result = score(resolved, read_ledger(PARAMS / "demonstrations" / scheme), Period.parse(period))
    return {one.id: one for one in explain_outcomes(resolved, result, result.unit(unit), language)}


def test_an_outcome_is_barred_where_its_conditions_are_met_and_another_rules_it_out() -> None:
    advanced = outcomes_of("s12-jiangsu-insurance", "2025", "P6")["advanced"]
    assert (advanced.state, advanced.conditions) == ("barred", ("place 5 of 16, among the first 5",))
    assert advanced.note == "no commendation (false or concealed result)〔二(三)3〕"


def test_an_outcome_is_explained_by_its_clause_its_numbers_and_what_it_rules_out() -> None:
    found = outcomes_of("s12-jiangsu-insurance", "2025", "L7")
    assert (found["advanced"].state, found["advanced"].note) == ("no", "")  # the last of 16 had nothing to lose
    assert found["advanced"].conditions == ("place 16 of 16, not among the first 5",)
    assert (found["criticised"].state, found["criticised"].conditions) == (
        "holds", ("place 16 of 16, among the last 3",),
    )  # fmt: skip
    petition = found["barred_by_petition"]
    assert (petition.state, petition.clause, petition.evidence) == ("holds", "二(四)3", ("E002",))
    assert petition.quote.startswith("Each irregular petition −10")
    assert petition.bars == ("commended for complaint work〔四(二)先进〕",)
    assert found["barred_by_false_report"].state == "no"
    assert found["barred_by_false_report"].conditions == ("false or concealed results: 0 < 1",)


def test_consequences_come_with_their_amounts_and_with_what_a_person_has_yet_to_decide() -> None:
    found = outcomes_of("s10-zero-complaint", "2008", "G3")
    assert "unit: yuan of the annual award 0.1 × 80000 = 8000" in found["severe_sanction"].consequences
    upper = found["upper_sanction"]
    assert "head of the unit: months of bonus 9 (6 to 12, as a person decided)" in upper.consequences
    assert upper.decisions == ("unit: per cent of the annual award: 10 to 20 (a mark for upper_award_percent)",)


def test_what_waits_for_several_values_names_all_of_them() -> None:
    found = outcomes_of("s18-anhui-telecom", "2014-03", "C1")["network_means_incentive"]
    assert (found.state, found.conditions) == ("waits", ())
    assert found.note == "threshold of the rate of network means (as a fraction of 1); points of the incentive"
    resolved = load_scheme(PARAMS / "schemes" / "s18-anhui-telecom.yaml").resolve()
    ledger = read_ledger(PARAMS / "demonstrations" / "s18-anhui-telecom")
    result = score(resolved, ledger, Period.parse("2014-03"))
    reasons = {line.rule: line.reason for line in explain(resolved, result, result.unit("C1"), "zh")}
    assert reasons["resolution_low"] == "低于门限的扣分（负数）；投诉解决率的考核门限（小数）"


def test_a_tie_across_the_edge_is_undecided_and_names_the_others() -> None:
    undecided = [
        (unit, one)
        for unit in ("E3", "E8")
        for one in outcomes_of("s20-office-evaluation", "2025", unit).values()
        if one.state == "undecided"
    ]
    for unit, one in undecided:
        other = {"E3": "E8", "E8": "E3"}[unit]
        assert one.note == f"shares the place with {other}; the scheme does not say who comes first"
    assert {unit for unit, _ in undecided} == {"E3", "E8"}


def test_a_roll_up_shows_weights_periods_and_arithmetic() -> None:
    resolved = load_scheme(PARAMS / "schemes" / "s04-hotline.yaml").resolve()
    result = score(resolved, read_ledger(PARAMS / "demonstrations" / "s04-hotline"), Period.parse("2025"))
    story = explain_roll_up(resolved, result, result.unit("区教体局"))
    assert story is not None
    months = [94, 92, 93, 95, 90, 90, 93, 94, 92, 95]  # July and August have none
    assert Fraction(sum(months), 10) + 90 == Fraction("182.8")
    assert story.arithmetic == f"100 % × ({' + '.join(map(str, months))}) ÷ 10 + 100 % × 90 = 182.8"
    assert (story.clause, len(story.parts)) == ("四-年终", 13)


def excluded(folder: Path) -> Path:
    """The ledger of the insurers with a late case of P4 on the list of exclusions."""
    ledger = folder / "ledger"
    shutil.copytree(PARAMS / "demonstrations" / "s12-jiangsu-insurance", ledger)
    listed = "case_id,reason,approver,clause\nC0003,投诉人不配合,保监局信访办,二(三)1\n"
    (ledger / "exclusions.csv").write_text(listed, encoding="utf-8")
    return ledger


def test_a_list_of_exclusions_beside_no_cases_leaves_nothing_out(tmp_path) -> None:
    ledger = excluded(tmp_path)
    (ledger / "cases.csv").unlink()
    resolved = load_scheme(PARAMS / "schemes" / "s12-jiangsu-insurance.yaml").resolve()
    unit = score(resolved, read_ledger(ledger), Period.parse("2025")).unit("P4")
    assert (unit.excluded, unit.before_exclusions) == (0, None)
    assert unit.indicator("volume").status == "needs_input"


@pytest.mark.long
def test_exclusions_are_told_by_reason_clause_and_office_with_the_total_without_them(tmp_path, run_cli) -> None:
    ledger = excluded(tmp_path)
    common = ("explain", "s12-jiangsu-insurance", "--ledger", ledger, "--period", "2025", "--unit", "P4")
    plain = json.loads(run_cli(*common, "--format", "json").stdout)
    assert plain["exclusions"]["reasons"] == [
        {"reason": "投诉人不配合", "clause": "二(三)1", "approver": "保监局信访办", "count": 1}
    ]
    before, after = (Fraction(plain["exclusions"][key]) for key in ("total_without", "total"))
    assert after - before >= 2  # the case was late and cost 2 points, and it counted in the volume
    assert {one["id"] for one in plain["outcomes"]} >= {"advanced", "criticised"}
    text = run_cli(*common).stdout
    assert (
        f"剔除 1 件；剔除后得 {plain['exclusions']['total']}，不剔除得 {plain['exclusions']['total_without']}。" in text
    )
    assert "1 件：投诉人不配合，依据二(三)1" in text
    assert "批准单位：保监局信访办" in text
    given = {"scheme": "s12-jiangsu-insurance", "ledger": str(ledger), "period": "2025"}
    for section in (
        UnitReport.open(unit="P4", **given).show("exclusions"),
        RankingReport.open(**given).show("exclusions"),
    ):
        assert "投诉人不配合" in section.html
        assert "保监局信访办" in section.html


def explained(run_cli, scheme: str, period: str, unit: str, *more: object) -> str:
    ledger = PARAMS / "demonstrations" / scheme
    done = run_cli("explain", scheme, "--ledger", ledger, "--period", period, "--unit", unit, *more)
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def test_what_the_command_prints_is_in_one_language_with_true_minus_signs(run_cli) -> None:
    chinese = explained(run_cli, "s09-chengde-12315", "2007-01", "T3")
    assert "0÷0：没有可评价的对象" in chinese
    assert "nothing to assess" not in chinese
    assert "0/0: there is nothing to assess" in explained(
        run_cli, "s09-chengde-12315", "2007-01", "T3", "--language", "en"
    )
    gone = (ScoreLine("r", "一", None, None, Fraction(-10)),)
    bound = bounds_note(IndicatorScore("x", Fraction(5), Fraction(0), "scored", gone, Fraction(-5)), Rounding(2))
    assert bound == "扣完为止：−5 → 0"
    late = explained(run_cli, "s09-chengde-12315", "2007-01", "T2", "--indicator", "report_late")
    assert "举报超时反馈 [report_late]  −1\n" in late


def test_an_undecided_rank_is_told_with_the_units_that_share_it(run_cli) -> None:
    assert "第 6 名（与 E8 并列，先后未定）" in explained(run_cli, "s20-office-evaluation", "2025", "E3")
    english = explained(run_cli, "s20-office-evaluation", "2025", "E3", "--language", "en")
    assert "rank 6= (undecided with E8)" in english


def test_a_row_without_a_number_is_named_by_its_columns(run_cli) -> None:
    told = explained(run_cli, "s09-chengde-12315", "2007-03", "T1", "--indicator", "data_upload")
    with (PARAMS / "demonstrations" / "s09-chengde-12315" / "submissions.csv").open(encoding="utf-8") as stream:
        titles = [row["title"] for row in csv.DictReader(stream) if row["unit"] == "T1"]
    assert "due_at 2007-03-30 17:30 submitted_at 2007-03-" in told
    assert all(f"数据上报 {title} due_at" in told for title in titles[:1])


def test_a_row_that_waits_for_points_is_warned_of_and_counts_for_nothing(tmp_path) -> None:
    resolved = load_scheme(PARAMS / "schemes" / "s12-jiangsu-insurance.yaml").resolve()
    ledger = tmp_path / "ledger"
    shutil.copytree(PARAMS / "demonstrations" / "s12-jiangsu-insurance", ledger)
    events = (ledger / "events.csv").read_text(encoding="utf-8")
    assert events.count("正面报道,1,,,,5,") == 2  # those of P6 and L6
    events = events.replace(
        "E012,P6,2025-05-15T10:00:00,正面报道,1,,,,5,", "E012,P6,2025-05-15T10:00:00,正面报道,1,,,,,"
    )
    (ledger / "events.csv").write_text(events, encoding="utf-8")
    result = score(resolved, read_ledger(ledger), Period.parse("2025"))
    (notice,) = result.noticed("waiting_rows")
    assert str(notice.message) == "unit P6: positive reports for which no points have been set: 1, not counted yet"
    assert told(notice.message, "zh") == "单位 P6：尚未酌定分值的正面报道 1 件，尚未计入"
    whole = score(resolved, read_ledger(PARAMS / "demonstrations" / "s12-jiangsu-insurance"), Period.parse("2025"))
    assert whole.unit("P6").total - result.unit("P6").total == 5
    assert not any("not counted yet" in text for text in whole.warnings)


def test_the_sections_of_a_report_tell_the_same_and_are_empty_where_there_is_nothing() -> None:
    given = {"scheme": "s10-zero-complaint", "ledger": str(PARAMS / "demonstrations" / "s10-zero-complaint")}
    audit = UnitReport.open(unit="G3", period="2008", language="en", **given)
    assert "10 to 20 (a mark for upper_award_percent)" in audit.show("outcomes").html
    assert "90 % ≥ 90 % ⇒ met" in audit.show("indicators").html
    assert audit.show("exclusions").html == ""
    league = RankingReport.open(period="2008", language="en", **given)
    assert "Veto: no honour this year" in league.show("outcomes").html
    assert league.show("roll_up").html == league.show("exclusions").html == ""
