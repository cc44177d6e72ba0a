"""The main points of a period: the gravest unit first, ranks with their ranges, what follows, what is not sure."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest
from demonstrations import DEMONSTRATIONS
from test_period_report import open_june

from auditlib.analysis.outcome_sides import contradictions
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.report.firm_ranks import might_be_high
from auditlib.report.ranking import RankingReport
from auditlib.report.reasons_to_look import is_grave, reasons_to_look
from auditlib.report.sections.ranking import attention
from auditlib.scoring.assess import assess


def opened(scheme: str, period: str, language: str = "zh") -> RankingReport:
    return RankingReport.open(scheme=scheme, ledger=str(DEMONSTRATIONS / scheme), period=period, language=language)


@pytest.fixture(scope="module")
def boston() -> RankingReport:
    return opened("boston311-timeliness", "2011-07")


@pytest.fixture(scope="module")
def offices() -> RankingReport:
    return opened("s20-office-evaluation", "2025")


class TestRanksByOtherReadings:
    def test_they_are_those_of_scoring_under_every_option(self, boston: RankingReport) -> None:
        ledger, found = read_ledger(DEMONSTRATIONS / "boston311-timeliness"), {}
        (name, reading), *others = boston.scored.resolved.scheme.readings.items()
        assert others == []
        for option in reading.options:
            _, result = assess("boston311-timeliness", ledger, Period.parse("2011-07"), None, readings={name: option})
            for unit in result.units:
                found.setdefault(unit.unit, set()).add(unit.rank)
        assert boston.scored.together
        for code, ranks in found.items():
            own = boston.scored.ranks[code]  # type: ignore[index]
            assert (own.best, own.worst) == (min(ranks - {None}), max(ranks - {None}))
            assert own.sometimes_none == (None in ranks)

    def test_the_table_and_the_points_say_them(self, boston: RankingReport) -> None:
        column = boston.show("ranking").table["其他读法下"]  # type: ignore[index]
        assert list(column) == ["1–2", "1–3", "2–3", "1 或无名次"]
        assert "3 个名次中有 3 个会变，变动最大的是检查部 1–3（现第 2）" in boston.show("headline").text

    def test_ranks_that_no_reading_moves_have_no_column(self, tmp_path: Path) -> None:
        june = open_june(tmp_path)
        assert "其他读法下" not in june.show("ranking").table.columns  # type: ignore[union-attr]
        assert "哪些还不确定" not in june.show("headline").text


class TestCases:
    def test_each_rank_says_on_how_many_cases_it_rests(self, boston: RankingReport) -> None:
        with (DEMONSTRATIONS / "boston311-timeliness" / "cases.csv").open(encoding="utf-8") as file:
            rows = [(row["case_id"], row["unit"], row["received_at"]) for row in csv.DictReader(file)]
        with (DEMONSTRATIONS / "boston311-timeliness" / "exclusions.csv").open(encoding="utf-8") as file:
            excluded = {row["case_id"] for row in csv.DictReader(file)}
        counted: dict[str, int] = {}
        for case, unit, received in rows:
            if case not in excluded and datetime(2011, 7, 1) <= datetime.fromisoformat(received) < datetime(2011, 8, 1):
                counted[unit] = counted.get(unit, 0) + 1
        shown = boston.show("ranking").table
        assert shown is not None
        assert dict(zip(shown["代码"], map(int, shown["件数"]), strict=True)) == counted


class TestGravity:
    @pytest.mark.long
    def test_the_gravest_unit_comes_first_with_its_gravest_reason(self, offices: RankingReport) -> None:
        named = [unit.unit for unit, _ in attention.found_on(offices.page)]
        assert named[:2] == ["G2", "E6"]  # held accountable and last of their groups
        for _, reasons in attention.found_on(offices.page):
            gravities = [reason.gravity for reason in reasons]
            assert gravities == sorted(gravities, reverse=True)
        assert offices.show("headline").sentences[0].startswith("先看城建规划审批科: 触发：限期整改，问责")

    def test_a_unit_that_only_has_rejected_rows_is_not_the_first_to_look_at(self, tmp_path: Path) -> None:
        found = reasons_to_look(
            (june := open_june(tmp_path)).page.scheme, june.page.result, (), june.page.losses, {"D": 9}, "zh"
        )
        assert [unit.unit for unit, _ in found] == ["A", "D"]
        assert not is_grave(found[1][1])

    def test_of_units_alike_the_one_that_stands_lower_comes_first(self, offices: RankingReport) -> None:
        # explanation in writing and two ties: E3, E8 are sixth of eight, G3, G4 second of four
        assert [unit.unit for unit, _ in attention.found_on(offices.page)][2:] == ["E3", "E8", "G3", "G4"]

    def test_the_first_unit_says_how_far_it_is_and_by_what(self, offices: RankingReport) -> None:
        # 城建规划审批科: 41.5556 of 80 for satisfaction, 12 of 20 for what it put right
        said = offices.show("headline").sentences[0]
        assert "得 53.5556 分（满分 100），失分最多的是综合满意度（−38.4444）、整改情况（−8）。" in said

    def test_those_who_share_a_rank_undecided_are_named_and_not_coded(self, offices: RankingReport) -> None:
        assert "卫生许可科 = 人保就业服务科、国土执法监察队 = 消防监督科" in offices.show("headline").html
        reasons = {unit.unit: reasons for unit, reasons in attention.found_on(offices.page)}
        assert "与人保就业服务科并列，办法未定先后" in reasons["G3"]
        shown = offices.show("ranking").table
        assert shown is not None
        assert list(shown["并列未定"])[1:3] == ["人保就业服务科", "卫生许可科"]

    @pytest.mark.long
    def test_every_total_that_is_whole_needs_no_column_that_says_so(self, offices: RankingReport) -> None:
        assert "是否完整" not in offices.show("ranking").table.columns  # type: ignore[union-attr]
        insurers = opened("s12-jiangsu-insurance", "2025")
        assert "是否完整" in insurers.show("ranking").table.columns  # type: ignore[union-attr]


class TestChance:
    """Where the total is a share of cases, a low rank on few of them is not the first thing to look at."""

    def test_a_low_rank_that_chance_could_make_a_high_one_is_no_grave_reason(self, tmp_path: Path) -> None:
        june = open_june(tmp_path).page
        asked = (june.scheme, june.result, (), (), {}, "zh", {"A": 2, "B": 60, "C": 70})
        firm = {unit.unit: reasons for unit, reasons in reasons_to_look(*asked)}
        assert firm["A"] == ["城区 3 个单位中居末位（2 件）"]
        open_ranks = {unit.unit: reasons for unit, reasons in reasons_to_look(*asked, {"A"})}
        assert open_ranks["A"] == ["在城区 3 个单位中排第 3，但仅凭偶然也可能排在前一半（2 件）"]
        assert not is_grave(open_ranks["A"])
        (second,) = (code for code in open_ranks if code != "A")
        assert open_ranks[second][0].startswith("城区 3 个单位中居末位（不计仅凭偶然也可能排在前一半的单位）")
        assert is_grave(open_ranks[second])

    def test_a_department_with_two_requests_is_not_the_one_to_look_at(self, boston: RankingReport) -> None:
        # 2 of 2, 1 of 2 and 2 of 4 in time: nothing tells them apart
        assert might_be_high(boston.page) == {"PARKS", "INSPECT", "ROADS"}
        assert "仅凭偶然，检查部、道路部也可能排在前一半。" in boston.show("headline").text
        assert not any("末位" in reason for _, reasons in attention.found_on(boston.page) for reason in reasons)

    def test_of_totals_that_are_no_share_nothing_is_said(self, offices: RankingReport) -> None:
        assert might_be_high(offices.page) == frozenset()


class TestOutcomes:
    def test_an_honour_and_its_opposite_are_marked_and_named(self, offices: RankingReport) -> None:
        marked = {unit.unit for unit in offices.page.units if contradictions(offices.page.scheme, unit)}
        assert "G2" in marked  # 满意科室 of four, and below 70: 限期整改，问责
        assert "“满意科室”与“限期整改，问责”（城建规划审批科）" in offices.show("headline").text
        cell = offices.show("outcomes").table["单位"][0]  # type: ignore[index]
        assert cell.count("⚠") == len(marked)

    def test_they_are_counted(self, offices: RankingReport) -> None:
        table = offices.show("outcomes").table
        assert table is not None
        expected = [
            sum(one.id == outcome.id for unit in offices.page.units for one in unit.outcomes)
            for outcome in offices.page.scheme.outcomes
        ]
        assert list(map(int, table.iloc[:, 1])) == expected


def test_different_full_marks_say_what_follows(tmp_path: Path) -> None:
    marks = "unit,period,indicator,points\nA,2025-06,care,9\nB,2025-06,speed,8\nB,2025-06,care,9\nC,2025-06,speed,6\n"
    june = open_june(tmp_path, "en", marks + "C,2025-06,care,7\n")  # A 9 of 10, B 17 of 20, C 13 of 20
    assert (
        "甲所 is assessed out of 10 and others out of 20: by its share of 90 % it is number 1, by points it would be 3."
        in june.show("headline").text.replace("\N{NO-BREAK SPACE}", " ")
    )
