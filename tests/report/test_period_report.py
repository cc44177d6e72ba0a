"""The report on a period: who moved, where points are lost, which units to look at; worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from auditlib.analysis.losses import losses
from auditlib.analysis.movements import falls, movements, rises
from auditlib.report.ranking import RankingReport
from auditlib.report.reasons_to_look import reasons_to_look

UNITS = "unit,name,group\nA,甲所,城区\nB,乙所,城区\nC,丙所,城区\nD,丁所,县区\n"
# by hand: May totals A 18, B 15, C 12, D 20; June totals A 9, B 17, C 14, D 19
MARKS = """unit,period,indicator,points
A,2025-05,speed,9
A,2025-05,care,9
B,2025-05,speed,6
B,2025-05,care,9
C,2025-05,speed,7
C,2025-05,care,5
D,2025-05,speed,10
D,2025-05,care,10
A,2025-06,speed,0
A,2025-06,care,9
B,2025-06,speed,8
B,2025-06,care,9
C,2025-06,speed,9
C,2025-06,care,5
D,2025-06,speed,10
D,2025-06,care,9
"""


def indicator(id: str, zh: str, en: str) -> dict[str, object]:
    title = {"zh": zh, "en": en}
    return {
        "id": id, "title": title, "clause": "一", "max": 10, "start": 0, "floor": 0, "cap": 10,
        "rules": [{"id": f"{id}_mark", "clause": "一", "title": title, "mark": True}],
    }  # fmt: skip


SCHEME = {
    "scheme": "small",
    "version": "1",
    "title": {"zh": "小办法", "en": "A small scheme"},
    "source": {"document": "small.txt", "title": {"zh": "小办法", "en": "Small"}, "last_checked": date(2026, 1, 1)},
    "effective": {"from": None},
    "periods": ["month"],
    "clauses": {"一": {"quote": "两项各十分，由人评分"}},
    "measures": {},
    "indicators": [indicator("speed", "时效", "Speed"), indicator("care", "态度", "Care")],
    "ranking": {
        "clause": None,
        "by": "total",
        "order": "descending",
        "within": "group",
        "different_maxima": "by_share",
        "ties": "undecided",
    },
    "rounding": {"digits": 2, "mode": "half_up"},
}


def open_june(folder: Path, language: str = "zh", marks: str = MARKS) -> RankingReport:
    (folder / "small.yaml").write_text(yaml.safe_dump(SCHEME, allow_unicode=True), encoding="utf-8")
    ledger = folder / "ledger"
    ledger.mkdir(exist_ok=True)
    (ledger / "units.csv").write_text(UNITS, encoding="utf-8")
    (ledger / "marks.csv").write_text(marks, encoding="utf-8")
    return RankingReport.open(
        scheme=str(folder / "small.yaml"), ledger=str(ledger), period="2025-06", as_of="2025-07-05", language=language
    )


@pytest.fixture
def june(tmp_path: Path) -> RankingReport:
    return open_june(tmp_path)


class TestMovements:
    def test_ranks_and_points_are_compared_with_the_period_before(self, june: RankingReport) -> None:
        found = {one.unit.unit: (one.places, one.points) for one in june.page.moved}
        assert found == {"A": (-2, -9), "B": (1, 2), "C": (1, 2), "D": (0, -1)}

    def test_the_causes_are_the_indicators_that_changed_largest_first(self, june: RankingReport) -> None:
        causes = {one.unit.unit: [(change.id, change.points) for change in one.causes] for one in june.page.moved}
        assert causes == {"A": [("speed", -9)], "B": [("speed", 2)], "C": [("speed", 2)], "D": [("care", -1)]}

    def test_those_that_rose_and_fell_are_listed_furthest_first(self, june: RankingReport) -> None:
        assert [one.unit.unit for one in rises(june.page.moved)] == ["B", "C"]
        assert [one.unit.unit for one in falls(june.page.moved)] == ["A"]

    def test_without_a_period_before_nothing_is_compared(self, june: RankingReport, tmp_path: Path) -> None:
        assert movements(june.scored.resolved, june.scored.result, None, "zh") == ()
        alone = open_june(tmp_path, marks="".join(line for line in MARKS.splitlines(True) if "-05" not in line))
        assert alone.show("movements").text == "名次变动: 2025年5月没有可比的数据，无从比较名次。"

    def test_the_sentence_counts_them(self, june: RankingReport) -> None:
        text = june.show("movements").text
        assert "与2025年5月相比，2 个单位名次上升、1 个下降、1 个不变" in text
        assert "下降最多的是甲所（第 1 名到第 3 名）" in text


class TestLosses:
    def test_each_indicator_over_all_units(self, june: RankingReport) -> None:
        found = {
            loss.id: (loss.lost, len(loss.losing), len(loss.emptied), loss.everyone)
            for loss in losses(june.scored.resolved, june.scored.result, "zh")
        }
        # speed: A −10, B −2, C −1, D 0; care: A −1, B −1, C −5, D −1
        assert found == {"speed": (13, 3, 1, False), "care": (8, 4, 0, True)}

    def test_the_costliest_comes_first_and_shares_add_up(self, june: RankingReport) -> None:
        table = june.show("losses").text
        assert "失分最多的是时效（61.9\N{NO-BREAK SPACE}%）" in table  # 13 of 21
        assert "其次是态度（38.1\N{NO-BREAK SPACE}%）" in table
        assert "人人失分或不达标的指标有态度" in table

    def test_an_indicator_under_which_nobody_loses_is_named(self, tmp_path: Path) -> None:
        full = MARKS.replace("care,9", "care,10").replace("care,5", "care,10")
        assert "各单位得分相同且不失分的指标有态度" in open_june(tmp_path, marks=full).show("losses").text


class TestAttention:
    def test_the_units_are_named_with_their_reasons(self, june: RankingReport) -> None:
        found = reasons_to_look(
            june.scored.resolved.scheme, june.scored.result, june.page.moved, june.page.losses, {"B": 3, "C": 1}, "zh"
        )
        assert {unit.unit: reasons for unit, reasons in found} == {
            "A": ["城区 3 个单位中居末位", "名次下降 2 位（第 1 名到第 3 名，总分变化 −9 分），主要因为时效（−9 分）"],
            "B": ["未采用的行最多：3 行"],
        }

    def test_a_unit_without_a_score_that_peers_have_is_named(self, tmp_path: Path) -> None:
        lacking = open_june(tmp_path, "en", marks=MARKS.replace("B,2025-06,care,9\n", ""))
        found = reasons_to_look(
            lacking.scored.resolved.scheme, lacking.scored.result, (), lacking.page.losses, {}, "en"
        )
        assert {unit.unit: reasons for unit, reasons in found}["B"] == [
            "without a score: Care (total out of 10)",
        ]  # not the last: it has half of what it could attain, more than another

    def test_a_unit_without_any_score_is_named_too(self, tmp_path: Path) -> None:
        lacking = open_june(tmp_path, "en", marks=MARKS.replace("B,2025-06,speed,8\nB,2025-06,care,9\n", ""))
        found = reasons_to_look(
            lacking.scored.resolved.scheme, lacking.scored.result, (), lacking.page.losses, {}, "en"
        )
        assert {unit.unit: reasons for unit, reasons in found}["B"] == ["without a score: Speed, Care"]

    def test_nobody_stands_out_where_nothing_does(self, june: RankingReport) -> None:
        alone = [unit for unit in june.scored.result.units if unit.unit == "D"]
        result = june.scored.result.only("D")
        assert alone[0].rank == 1
        assert reasons_to_look(june.scored.resolved.scheme, result, (), (), {}, "zh") == []


class TestPage:
    def test_the_first_screen_says_what_cost_most_once_and_how_many_moved(self, june: RankingReport) -> None:
        text = june.show("headline").text
        assert "被考核单位: 4 4 个有名次，分 2 组" in text
        assert "名次变动: 升 2 降 1 与2025年5月比较" in text
        assert text.replace("\N{NO-BREAK SPACE}", "").count("时效（61.9%）") == 1

    def test_the_heat_map_has_its_table_and_a_computed_sentence(self, june: RankingReport) -> None:
        page = june.show("heat").html
        assert "4 个单位中，没有单位在一半以上的指标上得满分，1 个至少有一项指标一分不剩" in page
        assert page.count("<details") == 1
        assert 'alt="' in page

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_same_inputs_give_the_same_bytes(self, tmp_path: Path, language: str) -> None:
        first, second = (open_june(tmp_path, language) for _ in range(2))
        for name in ("headline", "attention", "movements", "losses", "heat", "ranking"):
            assert first.show(name).html == second.show(name).html, name

    def test_numbers_stay_exact(self, june: RankingReport) -> None:
        assert all(isinstance(loss.lost, Fraction) for loss in june.page.losses)
