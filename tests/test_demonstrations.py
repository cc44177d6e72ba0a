"""Every scheme of the sources has a small ledger that scores by one command, explains itself and makes a report."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from demonstrations import DEMONSTRATIONS, OF_DUTIES, scored_demonstration

from auditlib.analysis.conclusions import explain_outcomes
from auditlib.analysis.explain import explain
from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import open_period
from auditlib.report.ranking import RankingReport
from auditlib.report.unit import UnitReport
from auditlib.scheme.load import load_scheme

ROOT = Path(__file__).resolve().parent.parent
PERIODS = {
    "boston311-timeliness": "2011-07",
    "circ-insurers": "2015",
    "s02-fujian-three-rates": "2025-12",
    "s04-hotline": "2025",
    "s09-chengde-12315": "2007-03",
    "s09-chengde-12315-annual": "2007",
    "s10-zero-complaint": "2008",
    "s12-jiangsu-insurance": "2025",
    "s14-bank-service": "2025Q3",
    "s18-anhui-telecom": "2014-03",
    "s19-handling-posts": "2026-03",
    "s20-office-evaluation": "2025",
    "s22-heating": "2025-12",
    "s38-first-asked": "2011",
}
BY_HAND = {
    ("s22-heating", "2025-12"): {
        "B1": {
            "total": "96",  # 93 full marks, +2 for solving all (二(二)3), +1 without a repeat (二(二)4)
            "response_timeliness": "10",  # W05 accepted after exactly 30 minutes, contacted after exactly 2 hours
            "satisfaction": "15",  # (5 × 10 + 3 × 6) ÷ 8 × 10 = 85, exactly the threshold
        },
        "B2": {
            "total": "53",
            "rank": 2,
            "undecided_with": ["B3"],
            "total_without_exclusions": "47.5",  # W18: 4 of 6 solved −18, so 0 for 5; not rated −0.5
            "handling_timeliness": "0",  # W13: the problem of W02 overdue again, 15 − 10 × 2
            "resolution_rate": "5",  # 4 ÷ 5 = 80 %, 5 points under 85 %
            "repeat_rate": "0",  # W13 30 days to the minute after W02, W14 five minutes more than 30 days after W03
            "satisfaction": "3",  # (2 × 10 + 6) ÷ 4 × 10 = 65, 4 steps of 5 under 85
            "dissatisfied_review": "3",  # W13 reviewed after exactly 24 hours, not handled again
        },
        "B3": {
            "total": "53",
            "rank": 2,
            "undecided_with": ["B2"],
            "equipment": "2",  # 2 channel failures, "inclusive"
            "response_timeliness": "0",  # W20 still not contacted
            "handling_timeliness": "5",  # W20: 31 December, Sunday 4 January (a working day) and 9 hours: over 2, −10
            "special_tasks": "3",  # no plan −3, 1 day and 5 hours late −2
        },
        "H1": {
            "total": "67",
            "total_of": "88",  # without the 5 of the repeat rate: no complaint
            "repeat_rate": None,
            "satisfaction": "0",  # (10 + 0) ÷ 2 × 10 = 50, below 60
        },
    },
    ("s22-heating", "2025-11"): {
        "B1": {"total": "94", "response_timeliness": "8"},  # W01 contacted 1 hour over the 2 hours
        "B3": {"resolution_rate": None, "repeat_rate": None, "satisfaction": None},  # no case
    },
    ("s22-heating", "2025"): {
        "B1": {"total": "94.4"},  # 0.4 × (94 + 96) ÷ 2 + 0.3 × 94 + 0.3 × 94
        "B2": {"total": "65.2"},  # 0.4 × (90 + 53) ÷ 2 + 0.3 × 61 + 0.3 × 61
    },
    ("s09-chengde-12315", "2007-03"): {
        "T1": {
            "total": "124.9467",  # 100 + 0.03 + 0.25 + 10 + 20/3 + 5 + 1 + 2 + 1 − 1
            "total_without_exclusions": "120.6633",  # 举报 S17: 6/20 a day, 2 of 3 closed, one more late
            "data_upload": "1",  # 300 characters on the last minute counts; 299 and a duplicate do not
            "publicity": None,
        },
        "T2": {
            "total": "121.11",  # 100 + 0.2 × 1/20 + 2/20 + 10 + 10 + 2 − 1
            "rank": None,  # the stations were not assessed on the same indicators, and nothing decides
            "report_close_rate": None,  # no 举报
            "appeal_late": "-1",
        },
        "T3": {
            "total": "121.11",  # 100 + 0.2 × 1/20 + 2/20 + 10 + 10 + 2 × 0.5
            "rank": None,
            "appeal_late": "0",  # S22 answered after hours on its last day
        },
        "T4": {"total": "85", "staff_complaints": "-15"},  # a month without cases; 2 + 1 verified complaints
    },
    ("s09-chengde-12315-annual", "2007"): {
        "T1": {
            "total": "129.5376",  # 100 + 0.2 × 2/250 + 9/250 + 10 + 8 + 7.5 + 5 + 2 + 1.5 − 2 − 2.5
            "report_filing": "5",  # 10 × 2/4, where a month would give 1 × 2
        },
        "T2": {"total": "127.0176", "rank": None, "report_close_rate": "10", "report_filing": "0"},
        "T3": {"total": "127.0176", "rank": None, "report_close_rate": "5", "report_filing": "5"},
        "T4": {"appeal_close_rate": "0", "appeal_late": "-10", "report_late": None, "mediation_rate": None},
    },
    ("s19-handling-posts", "2026-03"): {
        "P01": {"total": "80.0971", "interpret": "8.316", "technology": "7.1292"},  # 90 % × 9.24, 78 % × 9.14
        "P02": {"total": "80", "self_management": "8.08"},  # 80 % of the printed 100.00 and 10.10
        "P04": {"interpret": "7.9464", "communication": "10.395"},  # (85 + 87) ÷ 2 = 86 % × 9.24, 90 % × 11.55
        "P05": {"total_of": "90.86", "technology": None},  # 100 − 9.14, which nobody marked
        "P06": {"interpret": "8.1774"},  # 88.5 % × 9.24
    },
    ("circ-insurers", "2015"): {
        # 30 + 15 × (1 − 0.1 ÷ 0.4) + 15 × (1 − 1 ÷ 2) + 10 + (2 × 24 + 30) ÷ 3
        "P1": {"total": "84.75", "by_policies": "11.25", "by_premium": "7.5", "promptness": "24", "rank": 2},
        "P2": {"total": "54.67", "change": "6.67", "outcomes": ["below_mean"]},  # 28 + 0 + 0 + 10 × (1 − 1 ÷ 3) + 20
        "P3": {"total": "100", "rank": 1},  # no complaint, and nothing due
        "L1": {"total": "57.67", "change": "5", "rank": 3},  # 28 + 0 + 0 + 5 + (2 × 27 + 20) ÷ 3
        "L2": {"total": "94", "by_policies": "12", "rank": 1},  # 30 + 12 + 12 + 10 + 30
        "L3": {"total": "91", "change": None},  # 29 + (13 + 11) ÷ 30 × 40 + 30: no year before
    },
    ("boston311-timeliness", "2011-07"): {
        "PARKS": {"total": "100"},  # 2 of 2 with a target; R07 has none
        "ROADS": {"total": "50", "total_without_exclusions": "40"},  # 2 of 4, with R12 2 of 5
        "INSPECT": {"total": "50", "undecided_with": ["ROADS"]},  # 1 of 2; R15 has no flag
        "INFO": {"on_time": None},  # no request with a target
    },
}
SECTIONS = ("headline", "waterfall", "peers", "indicators", "lines", "cases", "readings", "gaps", "rejects")


def test_every_folder_of_demonstrations_is_tried_here() -> None:
    assert {folder.name for folder in (ROOT / "params" / "demonstrations").iterdir()} == PERIODS.keys() | {*OF_DUTIES}


def test_every_unit_and_group_has_a_name_in_english_of_its_own() -> None:
    for file in sorted(DEMONSTRATIONS.glob("*/units.csv")):
        with file.open(encoding="utf-8", newline="") as text:
            units = list(csv.DictReader(text))
        names = [unit["name_en"] for unit in units]
        assert all(name.isascii() and name.strip() for name in names), file
        assert len(set(names)) == len(names), file
        groups = {(unit["group"], unit["group_en"]) for unit in units if unit.get("group")}
        assert len(groups) == len(dict(groups)) == len({english for _, english in groups}), file


@pytest.mark.long
@pytest.mark.parametrize("scheme", PERIODS)
def test_a_demonstration_scores_explains_and_reports(scheme: str, run_cli) -> None:
    folder, period = ROOT / "params" / "demonstrations" / scheme, PERIODS[scheme]
    done = run_cli("score", scheme, "--ledger", folder, "--period", period, "--format", "json")
    assert done.exit_code == 0, done.output
    units = json.loads(done.stdout)["units"]
    assert len(units) >= 4
    explained = run_cli("explain", scheme, "--ledger", folder, "--period", period, "--unit", units[0]["unit"])
    assert explained.exit_code == 0, explained.output
    for language in ("zh", "en"):
        given = {"scheme": scheme, "ledger": str(folder), "period": period, "language": language}
        audit = UnitReport.open(unit=units[0]["unit"], **given)
        assert all(audit.show(section)._repr_html_() for section in SECTIONS)
        assert units[0]["unit"] in RankingReport.open(**given).show("ranking")._repr_html_()


def scored(run_cli, scheme: str, period: str, *more: str) -> dict[str, dict[str, object]]:
    """Every unit as scored, with the points of each indicator under its id; None where it is not scored."""
    folder = ROOT / "params" / "demonstrations" / scheme
    done = run_cli("score", scheme, "--ledger", folder, "--period", period, "--format", "json", *more)
    assert done.exit_code == 0, done.output
    units = json.loads(done.stdout)["units"]
    return {unit["unit"]: unit | {one["id"]: one["points"] for one in unit["indicators"]} for unit in units}


@pytest.mark.parametrize(("scheme", "period"), BY_HAND, ids="-".join)
def test_points_are_those_computed_by_hand(scheme: str, period: str, run_cli) -> None:
    units = scored(run_cli, scheme, period)
    found = {unit: {key: units[unit][key] for key in keys} for unit, keys in BY_HAND[scheme, period].items()}
    assert found == BY_HAND[scheme, period]


def test_a_supplied_deduction_scores_the_task_below_standard(run_cli) -> None:
    supplied = scored(run_cli, "s22-heating", "2025-12", "--set", "task_quality_points=-2")
    assert {unit: one["special_tasks"] for unit, one in supplied.items()} == {
        "B1": "8",
        "B2": "8",
        "B3": "3",
        "H1": "6",
    }


def test_supplied_thresholds_score_what_the_source_leaves_open(run_cli) -> None:
    folder = ROOT / "params" / "demonstrations" / "s18-anhui-telecom"
    common = ("score", "s18-anhui-telecom", "--ledger", folder, "--period", "2014-03", "--format", "json")
    without = json.loads(run_cli(*common).stdout)["units"][0]
    status = {item["id"]: item["status"] for item in without["indicators"]}
    assert status["resolution_rate"] == "needs_input"
    given = ("--set", "resolution_threshold=0.8", "--set", "resolution_penalty=-3")
    supplied = json.loads(run_cli(*common, *given).stdout)["units"][0]
    status = {item["id"]: item["status"] for item in supplied["indicators"]}
    assert status["resolution_rate"] == "scored"


def rates_that_say_what_they_lack() -> list[tuple[str, str, str]]:
    """Scheme, reading and option, for every option that a rate with ``lacking`` takes."""
    found = []
    for scheme in PERIODS:
        readings = load_scheme(ROOT / "params" / "schemes" / f"{scheme}.yaml").natural.readings
        for name, reading in readings.items():
            found += [
                (scheme, name, option)
                for option, given in reading.options.items()
                if isinstance(given.value, dict) and "lacking" in given.value
            ]
    return found


@pytest.mark.parametrize(("scheme", "reading", "option"), rates_that_say_what_they_lack())
def test_a_rate_lacks_what_its_denominator_counts_and_its_numerator_does_not(scheme, reading, option, run_cli) -> None:
    parts = load_scheme(ROOT / "params" / "schemes" / f"{scheme}.yaml").natural.readings[reading].options[option].value
    seen = 0
    for unit in scored(run_cli, scheme, PERIODS[scheme], "--reading", f"{reading}={option}").values():
        counts = {name: int(unit["measures"][parts[name]]) for name in ("numerator", "denominator", "lacking")}
        assert counts["lacking"] == counts["denominator"] - counts["numerator"]
        seen += counts["denominator"]
    assert seen > 0


@pytest.mark.parametrize("scheme", PERIODS)
def test_the_report_on_a_unit_explains_every_line_and_outcome_as_the_whole_result_does(scheme: str) -> None:
    """It holds no more of the other units than it has to: averages and places must come out the same."""
    asked = Asked.of(scheme, str(DEMONSTRATIONS / scheme), PERIODS[scheme])
    whole = open_period(asked)
    full = scored_demonstration(scheme, PERIODS[scheme]).result
    for unit in full.units:
        narrowed = open_period(asked, unit.unit)
        own = narrowed.unit(unit.unit)
        for told in (explain, explain_outcomes):
            expected = list(told(whole.resolved, full, unit, "zh"))
            assert list(told(narrowed.resolved, narrowed.result, own, "zh")) == expected
