"""What a report says of its evidence: gaps that people's marks fill, targets without points, parts that lack a mark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from auditlib.analysis.losses import only_targets
from auditlib.report.evidence import evidence_items
from auditlib.report.ranking import RankingReport
from auditlib.report.sections.shared import gaps
from auditlib.report.unit import UnitReport

DEMONSTRATIONS = Path(__file__).resolve().parents[2] / "params" / "demonstrations"
ALL_SCORED = {"zh": "各项指标均已计分。", "en": "Every indicator was scored."}


@pytest.fixture
def marks_of(tmp_path: Path):
    """A copy of the hotline's demonstration without the marks of which a line begins so."""

    def made(*without: str) -> str:
        folder = tmp_path / "hotline"
        shutil.copytree(DEMONSTRATIONS / "s04-hotline", folder, dirs_exist_ok=True)
        marks = (folder / "marks.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in marks if not line.startswith(without)] if without else marks
        assert len(marks) - len(kept) == len(without)
        (folder / "marks.csv").write_text("".join(kept), encoding="utf-8")
        return str(folder)

    return made


def unit(ledger: str, code: str, period: str = "2025", language: str = "zh", scheme: str = "s04-hotline") -> UnitReport:
    return UnitReport.open(scheme=scheme, ledger=ledger, unit=code, period=period, language=language)


def said(audit: UnitReport) -> list[str]:
    return [text for _, text in evidence_items(audit.scored, audit.page.language, audit.unit)]


def last_cells(audit: UnitReport) -> list[str]:
    table = gaps.table(audit.scored.resolved, audit.scored.result, (audit.unit,), audit.page.language)
    return list(table.iloc[:, -1])


class TestGapsThatMarksFill:
    def test_they_are_not_called_open_in_the_unit_s_report(self, marks_of) -> None:
        ledger = marks_of()
        zh, en = unit(ledger, "X镇"), unit(ledger, "X镇", language="en")
        assert "来源缺口 2 处均已由人评分，没有因缺口未计分的内容。" in said(zh)
        assert "Gaps of the source that people's marks fill: 2; none keeps anything from being scored." in said(en)
        assert not [text for text in said(zh) if "未补给" in text]
        assert (last_cells(zh), last_cells(en)) == (["由人评分"] * 2, ["marked by people"] * 2)
        assert "由人评分" in zh.show("gaps").text

    def test_a_month_asks_for_no_mark_of_the_year(self, marks_of) -> None:
        assert last_cells(unit(marks_of(), "X镇", "2025-03")) == ["由人评分", "未补给，不影响此处的计分"]

    def test_a_mark_that_is_lacking_leaves_them_open(self, marks_of) -> None:
        lacking = unit(marks_of("南河镇,2025,management,"), "南河镇")
        assert "来源缺口 1 处未补给，相应内容未计分。" in said(lacking)
        assert last_cells(lacking) == ["由人评分", "未补给"]

    def test_the_ranking_names_whom_the_open_ones_concern(self, marks_of) -> None:
        ledger = marks_of("南河镇,2025,management,")
        said = []
        for language in ("zh", "en"):
            ranking = RankingReport.open(scheme="s04-hotline", ledger=ledger, period="2025", language=language)
            said += [text for _, text in evidence_items(ranking.scored, language)]
            said.append(ranking.show("gaps").text)
        assert "来源缺口 1 处未补给（涉及 2 个单位：区档案馆、南河镇），相应内容未计分。" in said
        assert (
            "Open gaps of the source: 1 (2 units: District Archives, Nanhe Town); what they concern is not scored."
            in said
        )
        tables = "\n".join(said)
        assert "由人评分，2 个单位尚缺" in tables
        assert "marked by people; 2 units lack it" in tables


class TestWhetherAllIsScored:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_it_is_not_said_beside_a_month_without_its_mark(self, marks_of, language: str) -> None:
        whole = unit(marks_of(), "东山镇", language=language)
        assert ALL_SCORED[language] in said(whole)
        partly = unit(marks_of("东山镇,2025-03,case_handling,"), "东山镇", language=language)
        assert ALL_SCORED[language] not in said(partly)
        gap = {"zh": "来源缺口 1 处未补给", "en": "Open gaps of the source: 1;"}[language]
        assert [text for text in said(partly) if text.startswith(gap)]

    @pytest.mark.long
    def test_targets_are_judged_and_not_scored(self) -> None:
        ledger = str(DEMONSTRATIONS / "s38-first-asked")
        for language, judged, how in (
            ("zh", "各项目标是否达到均已判定。", "各项指标只判定是否达标，不计分。"),
            ("en", "Of every target it is told whether it is met.",
             "The indicators are targets, met or not; they have no points."),
        ):  # fmt: skip
            audit = unit(ledger, "D5", "2011", language, "s38-first-asked")
            assert only_targets(audit.unit)
            assert judged in said(audit)
            assert ALL_SCORED[language] not in said(audit)
            assert how in audit.show("waterfall").text
            assert {"zh": "没有可计分的指标", "en": "no indicator could"}[language] not in audit.show("headline").text


@pytest.mark.parametrize(
    ("language", "total"),
    [
        ("en", "The total is above the full marks of 100, as points come on top: Life Insurer A 120, "
               "Life Insurer F 105, Property Insurer A 106."),
        ("zh", "总分超过满分100（有另加的分）：寿险甲公司 120、寿险己公司 105、产险甲公司 106。"),
    ],
)  # fmt: skip
def test_what_is_noticed_calls_units_by_their_names(language: str, total: str) -> None:
    scheme = "s12-jiangsu-insurance"
    report = RankingReport.open(scheme=scheme, ledger=str(DEMONSTRATIONS / scheme), period="2025", language=language)
    assert total in [text for _, text in evidence_items(report.scored, language)]
    assert "L1 120" not in report.show("headline").text
