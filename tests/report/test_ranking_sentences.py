"""What the report on a period says of its units, losses and outcomes, where some are undecided or rolled up."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from small_schemes import scheme_of, scored

from auditlib.analysis.losses import losses
from auditlib.analysis.readings.one_at_a_time import RankRange
from auditlib.core.values import Text
from auditlib.report.phrases import range_words
from auditlib.report.ranking import RankingReport
from auditlib.report.sections.ranking import headline as ranking_headline
from auditlib.report.sections.ranking import losses as losses_section
from auditlib.report.sections.unit import headline, peers
from auditlib.report.unit import UnitReport
from auditlib.scoring.result import OutcomeScore, UnitScore

DEMONSTRATIONS = Path(__file__).resolve().parents[2] / "params" / "demonstrations"


def indicator(id: str, fact: str) -> dict[str, object]:
    title = {"zh": id, "en": id}
    rule = {"id": f"{id}1", "clause": "一", "title": title, "points": "-2", "per": fact}
    own = {"id": id, "title": title, "clause": "一", "max": "10", "start": "10", "floor": "0", "cap": "10"}
    return own | {"rules": [rule]}


TWO = scheme_of([], 2, indicators=[indicator("p", "a"), indicator("q", "b")])
SCORED = {"a": "0", "b": "0"}


def words(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


class TestLosses:
    @pytest.mark.parametrize(
        ("facts", "zh", "en"),
        [
            ({"A": SCORED, "B": SCORED}, "没有单位失分。", "No unit lost a point."),
            ({"A": SCORED, "B": {"a": "0"}}, "已计分的指标没有失分；1 个单位有指标未计分，其失分不得而知。",
             "No point was lost under what is scored; units with an indicator without a score, whose losses are not "
             "known: 1."),
        ],
    )  # fmt: skip
    def test_nothing_is_said_to_be_lost_only_where_all_is_scored(
        self, tmp_path: Path, facts: dict[str, dict[str, str]], zh: str, en: str
    ) -> None:
        resolved, result = scored(tmp_path, TWO, facts)
        for language, expected in (("zh", zh), ("en", en)):
            assert losses_section.caption(losses(resolved, result, language), result, language) == expected

    def test_those_of_a_roll_up_s_parts_are_said_not_to_be_in_it(self) -> None:
        ledger = str(DEMONSTRATIONS / "s04-hotline")
        # by hand: 综合管理 of the nine units that have a mark, of 100 each
        for language, caption, unit in (
            ("zh", "只看本期自身的指标，不含所汇总各期的失分：全部单位共失 100.5 分",
             "只计本期自身的指标，不含所汇总各期的失分。"),
            ("en", "By the period’s own indicators, without the losses of the periods that it rolls up: All units",
             "losses of the periods that it rolls up are not in it."),
        ):  # fmt: skip
            year = RankingReport.open(scheme="s04-hotline", ledger=ledger, period="2025", language=language)
            scored_year = year.scored
            assert losses_section.caption(year.page.losses, scored_year.result, language).startswith(caption)
            of_year = UnitReport.open(scheme="s04-hotline", ledger=ledger, unit="X镇", period="2025", language=language)
            assert unit in headline.cost_html(of_year.scored, of_year.unit, language)
            month = UnitReport.open(
                scheme="s04-hotline", ledger=ledger, unit="X镇", period="2025-03", language=language
            )
            assert unit not in headline.cost_html(month.scored, month.unit, language)
        month = RankingReport.open(scheme="s04-hotline", ledger=ledger, period="2025-03")
        assert "汇总" not in losses_section.caption(month.page.losses, month.scored.result, "zh")


def outcome(id: str, title: str, *, decided: bool = True) -> OutcomeScore:
    return OutcomeScore(id, Text(zh=title, en=title), "一", decided)


def with_outcomes(code: str, *outcomes: OutcomeScore) -> UnitScore:
    return UnitScore(code, code, None, Fraction(1), None, True, (), {}, {}, outcomes=outcomes)


def test_each_outcome_is_told_with_its_own_number_of_units_and_those_undecided(tmp_path: Path) -> None:
    class Result:
        period = "2025-01"
        units = (
            with_outcomes("A", outcome("o", "甲"), outcome("p", "乙", decided=False)),
            with_outcomes("B", outcome("p", "乙", decided=False)),
            with_outcomes("C", outcome("q", "丙"), outcome("o", "甲")),
            with_outcomes("D", outcome("q", "丙", decided=False)),
            with_outcomes("E"),
        )

    for language, expected in (
        ("zh", ("4 个单位", "甲 2 个；乙 2 个（未定）；丙 2 个（其中 1 个未定）")),
        ("en", ("4 units", "甲: 2; 乙: 2 (undecided); 丙: 2 (1 of them undecided)")),
    ):
        assert ranking_headline.fallen_outcomes(Result(), language) == expected  # type: ignore[arg-type]


class TestUnitsWithoutARank:
    FACTS = {"A": SCORED, "B": SCORED, "C": {"a": "0"}}

    def test_the_ranking_says_how_many_of_all_are_ranked(self, tmp_path: Path) -> None:
        resolved, result = scored(tmp_path, TWO, self.FACTS)
        assert (
            ranking_headline.caption(resolved, result, "zh")
            == "全部单位：3 个单位中 2 个有名次，名次相同，总分均为 20。"
        )
        assert ranking_headline.caption(resolved, result, "en") == (
            "2 ranked of 3 units (all units): they share one rank, each with 20."
        )
        resolved, result = scored(tmp_path, TWO, {"A": SCORED, "B": SCORED})
        assert ranking_headline.caption(resolved, result, "zh") == "全部单位：2 个单位，名次相同，总分均为 20。"

    def test_one_with_a_total_is_not_said_to_have_none(self, tmp_path: Path) -> None:
        resolved, result = scored(tmp_path, TWO, self.FACTS)
        unit = result.unit("C")
        assert (unit.total, unit.rank) == (10, None)
        assert peers.caption(resolved, result, unit, "zh") == "C没有名次，不与其他单位比较。"
        assert peers.caption(resolved, result, unit, "en") == "C is not ranked, and so not compared."


def test_a_rank_that_only_another_reading_gives_says_that_some_give_none() -> None:
    """Boston's desk has no case that counts under the reading in use; alone in its group it would be first."""
    scheme = "boston311-timeliness"
    for language, words_ in (("zh", "1 或无名次"), ("en", "1 or none")):
        page = RankingReport.open(
            scheme=scheme, ledger=str(DEMONSTRATIONS / scheme), period="2011-07", language=language
        )
        table = page.show("ranking").table
        own = table[table.iloc[:, 2] == "INFO"].iloc[0]
        assert (own.iloc[0], own.iloc[1]) == (None, words_)


@pytest.mark.parametrize(
    ("best", "worst", "none", "moves", "said"),
    [
        (2, 8, False, True, "2–8"), (3, 3, False, False, "3"), (3, 3, True, True, "3 or none"),
        (1, 2, True, True, "1–2 or none"),
    ],
)  # fmt: skip
def test_a_range_of_ranks_says_whether_some_reading_gives_none(best, worst, none, moves, said) -> None:
    own = RankRange(best, worst, none)
    assert (own.moves, range_words(own, "en")) == (moves, said)
