"""Every scheme of the sources has a small ledger that scores by one command, explains itself and makes a report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditlib.report.audit import UnitAudit
from auditlib.report.ranking import PeriodRanking

ROOT = Path(__file__).resolve().parent.parent
PERIODS = {
    "s02-fujian-three-rates": "2025-12",
    "s04-hotline": "2025",
    "s10-zero-complaint": "2008",
    "s12-jiangsu-insurance": "2025",
    "s14-bank-service": "2025Q3",
    "s18-anhui-telecom": "2014-03",
    "s20-office-evaluation": "2025",
    "s38-first-asked": "2011",
}
SECTIONS = ("headline", "waterfall", "peers", "indicators", "lines", "cases", "readings", "gaps", "rejects")


def test_every_folder_of_demonstrations_is_tried_here() -> None:
    assert {folder.name for folder in (ROOT / "params" / "demonstrations").iterdir()} == PERIODS.keys()


@pytest.mark.parametrize("scheme", PERIODS)
def test_a_demonstration_scores_explains_and_reports(scheme: str, run_cli) -> None:
    folder, period = ROOT / "params" / "demonstrations" / scheme, PERIODS[scheme]
    done = run_cli("score", scheme, "--ledger", folder, "--period", period, "--format", "json")
    assert done.exit_code == 0, done.output
    units = json.loads(done.stdout)["units"]
    assert len(units) >= 5
    explained = run_cli("explain", scheme, "--ledger", folder, "--period", period, "--unit", units[0]["unit"])
    assert explained.exit_code == 0, explained.output
    for language in ("zh", "en"):
        given = {"scheme": scheme, "ledger": str(folder), "period": period, "language": language}
        audit = UnitAudit.open(unit=units[0]["unit"], **given)
        assert all(getattr(audit, section)()._repr_html_() for section in SECTIONS)
        assert units[0]["unit"] in PeriodRanking.open(**given).table()._repr_html_()


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
