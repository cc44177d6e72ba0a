"""A page on paper keeps the lines of an indicator that earned nothing, and the rows of a scheme's own registers."""

from __future__ import annotations

import pytest
from demonstrations import scored_demonstration

from auditlib.report.sections.unit.headline import cost_items
from auditlib.report.sections.unit.lines import lines_by_indicator
from auditlib.report.unit import UnitReport


@pytest.fixture(scope="module")
def report() -> UnitReport:
    return UnitReport.open(scheme="circ-insurers", ledger="circ-insurers", unit="L1", period="2015", language="zh")


def kinds(unit: str, indicator: str) -> list[str]:
    """How the lines of an indicator are shown, in the order of the page."""
    scored = scored_demonstration("circ-insurers", "2015")
    page = lines_by_indicator(scored, scored.unit(unit), (), "zh")
    own = page.split(f'id="lines-{indicator}"')[1].split("</section>")[0]
    return [kind for kind in ("matters", "gains", "pale") if f'class="{kind}"' in own]


@pytest.mark.long
def test_a_line_that_earned_nothing_of_an_indicator_without_points_is_one_that_matters() -> None:
    assert kinds("L1", "by_policies") == ["matters"]  # 0 of 15


def test_a_line_that_earned_something_is_shown_as_before() -> None:
    assert kinds("L1", "change") == ["gains"]
    assert kinds("L1", "deductions") == ["pale"]


@pytest.mark.long
def test_the_annex_lists_rows_of_a_register_of_ones_own(report: UnitReport) -> None:
    annex = report.show("annex").html
    assert "R5  (" in annex
    assert "另有办法自有登记簿中的：接访。" in annex


def test_the_first_screen_says_what_an_indicator_of_a_weighted_branch_cost_and_why() -> None:
    scored = scored_demonstration("circ-insurers", "2015")
    found = {id: (lost, reasons) for id, _, lost, reasons in cost_items(scored, scored.unit("P1"), "zh")}
    lost, reasons = found["promptness"]  # (2 × 24 + 30) / 3 of 30 are 26
    assert lost == "总分中失 4 分（本项满分 30，得 24，按权重计入）"
    assert "按时办理的转办件 = 4；到期的转办件 = 5" in reasons[0]
    assert found["by_premium"][0] == "失 7.5 分（满分 15，得 7.5）"  # counts as it is
