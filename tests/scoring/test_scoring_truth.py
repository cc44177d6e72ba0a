"""Points, ranks and notices on small ledgers: what a careful assessor would write down by the clauses."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from auditlib.analysis.explain import explain
from auditlib.core.errors import InputError
from auditlib.core.message import told
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.read import read_ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.load import Resolved, load_scheme
from auditlib.scoring.ranking_table import result_table
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

SCHEMES = Path(__file__).parents[2] / "params" / "schemes"
Scored = Callable[..., tuple[Resolved, Result]]
FILED = ("领导小组", "归口管理部门", "处理流程", "应急预案", "目标责任制", "接待日制度")


def whole(register: str, text: str) -> str:
    """A register with all of its columns, those that ``text`` lacks empty."""
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = [column.name for column in REGISTERS[register].columns]
    table = io.StringIO()
    writer = csv.DictWriter(table, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()


@pytest.fixture
def scored(tmp_path: Path) -> Scored:
    def run(
        scheme: str, period: str, readings: dict[str, str] | None = None, **registers: str
    ) -> tuple[Resolved, Result]:
        for name, text in registers.items():
            (tmp_path / f"{name}.csv").write_text(whole(name, text), encoding="utf-8")
        resolved = load_scheme(SCHEMES / f"{scheme}.yaml").resolve(readings or {}, {})
        look = datetime(2026, 2, 1)
        return resolved, score(resolved, read_ledger(tmp_path), Period.parse(period), look, calendar=china())

    return run


def insurers(
    codes: str, group: str = "寿险", *, filed: tuple[str, ...] = FILED, facts: str | None = None
) -> dict[str, str]:
    """Registers of insurers that have filed everything, with ten branches and a hundred million of premium each."""
    rows = [f"{code},{kind},,2025-01-10T09:00:00" for code in codes for kind in filed]
    numbers = [f"{code},2025,branches,10\n{code},2025,premium_yuan,100000000" for code in codes]
    return {
        "units": "\n".join(["unit,name,group", *(f"{code},{code},{group}" for code in codes)]) + "\n",
        "submissions": "\n".join(["unit,kind,due_at,submitted_at", *rows]) + "\n",
        "unit_facts": "\n".join(["unit,period,fact,value", *(numbers if facts is None else [facts])]) + "\n",
        "cases": "case_id,unit,kind,channel,received_at,closed_at,due_at,withdrawn,fast_track,excused\n",
        "events": "event_id,unit,at,kind,count,level,severity,verified,points,reason\n",
    }


class TestOneOrTheOther:
    """二(一)6 「未建立信访工作目标责任制度的,或虽建立制度但未实施的,扣5分」"""

    NOT_ASSESSED = "A,目标责任制考核,2025-12-31,\n"

    @pytest.mark.parametrize(
        ("established", "assessed", "points"),
        [(True, True, 15), (True, False, 10), (False, True, 10), (False, False, 10)],
    )
    def test_costs_five_points_once(self, scored: Scored, established: bool, assessed: bool, points: int) -> None:
        filed = FILED if established else tuple(kind for kind in FILED if kind != "目标责任制")
        registers = insurers("A", filed=filed)
        registers["submissions"] += "" if assessed else self.NOT_ASSESSED
        _, result = scored("s12-jiangsu-insurance", "2025", **registers)
        assert result.unit("A").indicator("mechanism").points == points

    def test_the_line_that_is_spared_says_which_one_was_charged(self, scored: Scored) -> None:
        registers = insurers("A", filed=tuple(kind for kind in FILED if kind != "目标责任制"))
        registers["submissions"] += self.NOT_ASSESSED
        resolved, result = scored("s12-jiangsu-insurance", "2025", **registers)
        (line,) = [
            one for one in explain(resolved, result, result.unit("A")) if one.rule == "responsibility_not_applied"
        ]
        assert (line.points, line.arithmetic) == ("0", "")
        assert line.reason == "与 no_responsibility 择一扣分，不重复扣"


class TestDifferentMaxima:
    def test_an_insurer_without_premium_is_neither_ranked_nor_criticised(self, scored: Scored) -> None:
        """The reading in use: 本项不予评价，也不参加排名."""
        registers = insurers("ABCDEFGHI")
        registers["unit_facts"] = registers["unit_facts"].replace(
            "A,2025,premium_yuan,100000000", "A,2025,premium_yuan,0"
        )
        _, result = scored("s12-jiangsu-insurance", "2025", **registers)
        unit = result.unit("A")
        assert (unit.rank, unit.outcomes, unit.indicator("volume").status) == (None, (), "not_assessable")
        assert told(unit.unranked, "zh") == "排名须有信访总量的得分"
        assert {other.rank for other in result.units if other.unit != "A"} == {1}

    def test_an_insurer_whose_premium_nobody_gave_is_not_ranked_either(self, scored: Scored) -> None:
        registers = insurers("ABCDEFGHI")
        registers["unit_facts"] = registers["unit_facts"].replace("A,2025,premium_yuan,100000000\n", "")
        _, result = scored("s12-jiangsu-insurance", "2025", **registers)
        unit = result.unit("A")
        assert (unit.rank, unit.indicator("volume").status) == (None, "needs_input")
        assert {str(line.reason) for line in unit.indicator("volume").lines} == {
            "the ledger has no fact premium_yuan in unit_facts"
        }

    @pytest.mark.parametrize(
        ("group", "zh"),
        [
            ("寿险公司", "A：办法没有“寿险公司”这一组；办法按寿险、产险排名；是否应为 寿险？"),
            ("", "A：单位登记簿没有组别；办法按寿险、产险排名"),
        ],
    )  # fmt: skip
    def test_a_mistyped_or_empty_group_is_told(self, scored: Scored, group: str, zh: str) -> None:
        registers = insurers("AB")
        registers["units"] = f"unit,name,group\nA,A,{group}\nB,B,寿险\n"
        _, result = scored("s12-jiangsu-insurance", "2025", **registers)
        (notice,) = result.noticed("unknown_group")
        assert (told(notice.message, "zh"), notice.units) == (zh, ("A",))
        assert (result.unit("A").indicator("volume").status, result.unit("A").rank) == ("needs_input", None)
        assert result.unit("B").rank == 1

    BRANCHES = "unit,group\nA,g\nB,g\n"
    CASES = (
        "case_id,unit,kind,person_key,problem_key,received_at,accepted_at,contacted_at,planned_at,closed_at,resolved,"
        "entered_at,replied_at,satisfaction,survey_channel,reviewed_at,redone,missing_items\n"
        "1,A,咨询,,,2026-01-05T09:00:00,2026-01-05T09:10:00,2026-01-05T09:20:00,,2026-01-05T10:00:00,true,,"
        "2026-01-05T10:00:00,满意,电话,,,\n"
    )

    @pytest.mark.parametrize(
        ("reading", "ranks"),
        [
            ("by_share", {"A": 1, "B": 2}),
            ("unranked", {"A": 1, "B": None}),
            ("apart", {"A": 1, "B": 1}),
            ("undecided", {"A": None, "B": None}),
        ],
    )  # fmt: skip
    def test_units_of_different_maxima_stand_as_the_reading_says(
        self, scored: Scored, reading: str, ranks: dict
    ) -> None:
        """B has no case, so that its rates are 0/0; A has 64 of 88 (72.7 %), B 44 of 63 (69.8 %) or the like."""
        _, result = scored(
            "s22-heating", "2026-01", {"different_maxima": reading}, units=self.BRANCHES, cases=self.CASES
        )
        a, b = result.unit("A"), result.unit("B")
        assert a.total_of > b.total_of
        assert a.total / a.total_of > b.total / b.total_of
        assert {unit.unit: unit.rank for unit in result.units} == ranks
        (notice,) = result.noticed("different_maxima")
        assert notice.units == ("A", "B")

    def test_equal_maxima_need_no_policy(self, scored: Scored) -> None:
        both = self.CASES + self.CASES.splitlines()[1].replace("1,A", "2,B") + "\n"
        for reading in ("by_share", "unranked", "apart", "undecided"):
            _, result = scored("s22-heating", "2026-01", {"different_maxima": reading}, units=self.BRANCHES, cases=both)
            assert [unit.rank for unit in result.units] == [1, 1]
            assert not result.noticed("different_maxima")


class TestThirtyDays:
    """二(二)4 「同一用户同一问题30日内」: the first day does not count."""

    def repeats(self, scored: Scored, second: str, **readings: str) -> Fraction:
        cases = (
            "case_id,unit,kind,person_key,problem_key,received_at,accepted_at,contacted_at,planned_at,closed_at,resolved,"
            "entered_at,replied_at,satisfaction,survey_channel,reviewed_at,redone,missing_items\n"
            "1,D,投诉,p,q,2025-01-01T09:00:00,,,,2025-01-01T10:00:00,,,,,,,,\n"
            f"2,D,投诉,p,q,{second},,,,{second},,,,,,,,\n"
        )
        period = "2025-02" if second.startswith("2025-02") else "2025-01"
        _, result = scored("s22-heating", period, readings, units="unit\nD\n", cases=cases)
        return result.unit("D").measures["repeats"]

    @pytest.mark.parametrize(
        ("second", "by_days", "by_hours"),
        [
            ("2025-01-31T09:00:00", 1, 1),
            ("2025-01-31T09:00:01", 1, 0),
            ("2025-01-31T18:00:00", 1, 0),
            ("2025-01-31T23:59:59", 1, 0),
            ("2025-02-01T00:00:00", 0, 0),
        ],
    )
    def test_ends_with_the_thirtieth_day_or_after_720_hours(
        self, scored, second: str, by_days: int, by_hours: int
    ) -> None:
        assert self.repeats(scored, second) == by_days
        assert self.repeats(scored, second, repeat_window="hours") == by_hours


class TestGroups:
    UNITS = "unit,name,group\nU1,X镇,镇\nU2,甲镇,镇\nU3,X街道办事处,街道办事处\nU4,乙街道,街道办事处\n"
    MARKS = (
        "unit,period,indicator,points\nU1,2025-03,case_handling,90\nU2,2025-03,case_handling,91\n"
        "U3,2025-03,case_handling,92\nU4,2025-03,case_handling,93\n"
    )

    def test_units_are_moved_by_their_names_and_every_output_says_where_they_are_ranked(self, scored: Scored) -> None:
        resolved, result = scored("s04-hotline", "2025-03", units=self.UNITS, marks=self.MARKS)
        where = {unit["unit"]: (unit["group"], unit["ranked_in"], unit["rank"]) for unit in result.to_json()["units"]}
        assert where == {
            "U1": ("镇", "街道办事处", 2), "U2": ("镇", "镇", 2),
            "U3": ("街道办事处", "镇", 1), "U4": ("街道办事处", "街道办事处", 1),
        }  # fmt: skip
        made = result_table(resolved, result)
        headers, rows = made.headings(), made.texts()
        table = {
            row[headers.index("unit")]: (row[headers.index("group")], row[headers.index("ranked_in")]) for row in rows
        }
        assert table == {unit: places[:2] for unit, places in where.items()}
        assert not result.noticed("unmoved_unit")

    def test_a_move_that_moves_nobody_is_told(self, scored: Scored) -> None:
        _, result = scored("s04-hotline", "2025-03", units=self.UNITS.replace("X镇", "某镇"), marks=self.MARKS)
        (notice,) = result.noticed("unmoved_unit")
        assert told(notice.message, "zh") == "办法把X镇列入“街道办事处”排名，但台账中没有以此为代码或名称的单位"


class TestPlaces:
    def last(self) -> dict[str, str]:
        registers = insurers("ABCDEFGHI")
        rows = [f"E{code},{code},2025-03-03T09:00:00,非正常上访,,,敏感期,,," for code in "ABCD"]
        rows += [f"F{code},{code},2025-03-03T09:00:00,反馈形式不符,{n},,,,," for n, code in enumerate("ABCD")]
        registers["events"] += "\n".join(rows) + "\n"
        return registers

    def test_the_order_of_several_put_last_is_undecided_and_all_of_them_are_criticised(self, scored: Scored) -> None:
        _, result = scored("s12-jiangsu-insurance", "2025", **self.last())
        for code in "ABCD":
            unit = result.unit(code)
            assert (unit.rank, set(unit.tie) | {code}) == (6, set("ABCD"))
            assert {(one.id, one.decided) for one in unit.outcomes} >= {("criticised", True)}
        assert all("criticised" not in {one.id for one in result.unit(code).outcomes} for code in "EFGHI")

    def test_by_the_other_reading_they_stand_by_their_totals(self, scored: Scored) -> None:
        _, result = scored("s12-jiangsu-insurance", "2025", {"several_last": "by_total"}, **self.last())
        assert {code: result.unit(code).rank for code in "ABCD"} == {"A": 6, "B": 7, "C": 8, "D": 9}

    def tied(self) -> dict[str, str]:
        registers = insurers("ABCD")
        rows = [f"{code}{n},{code},,书面,2025-03-01T09:00:00,,,,," for code in "AB" for n in range(9)]
        registers["cases"] += "\n".join(rows) + "\n"
        return registers

    def test_equal_index_and_equal_number_decide_nothing(self, scored: Scored) -> None:
        _, result = scored("s12-jiangsu-insurance", "2025", **self.tied())
        for code, other in (("A", "B"), ("B", "A")):
            volume = result.unit(code).indicator("volume")
            assert (volume.points, volume.status, result.unit(code).rank) == (None, "needs_input", None)
            (line,) = [line for line in volume.lines if line.undecided_with]
            assert (line.rule, line.undecided_with) == ("letters", (other,))
        assert len(result.noticed("undecided_place")) == 2
        # A and B may come to stand behind C and D, so that nobody can say yet which of these is among the last three
        assert [one.decided for one in result.unit("C").outcomes if one.id == "criticised"] == [False]

    @pytest.mark.parametrize(("reading", "points"), [("first", 20), ("mean", Fraction(41, 2))])
    def test_or_the_reading_decides(self, scored: Scored, reading: str, points: Fraction) -> None:
        """Places 1 and 2 cost 10 and 9."""
        _, result = scored("s12-jiangsu-insurance", "2025", {"volume_still_equal": reading}, **self.tied())
        assert [result.unit(code).indicator("volume").points for code in "ABCD"] == [points, points, 30, 30]


class TestImpossibleFacts:
    def test_less_than_nothing_is_refused_with_its_row(self, scored: Scored) -> None:
        with pytest.raises(InputError) as refused:
            scored("s12-jiangsu-insurance", "2025", **insurers("A", facts="A,2025,branches,-3\nA,2025,premium_yuan,-1"))
        assert [str(problem) for problem in refused.value.problems] == [
            "unit_facts: A, 2025, branches: found -3, expected at least 0",
            "unit_facts: A, 2025, premium_yuan: found -1, expected at least 0",
        ]

    @pytest.mark.parametrize(("connected", "refused"), [(1_000_001, True), (1_000_000, False), (0, False)])
    def test_a_part_above_its_whole_is_refused(self, scored: Scored, connected: int, refused: bool) -> None:
        facts = f"unit,period,fact,value\nF,2025-12,calls,1000000\nF,2025-12,first_time_connected,{connected}\n"
        registers = {"units": "unit\nF\n", "unit_facts": facts}
        if not refused:
            scored("s02-fujian-three-rates", "2025-12", **registers)
            return
        with pytest.raises(
            InputError, match="found 1000001, expected no more than calls, of which it is a part: 1000000"
        ):
            scored("s02-fujian-three-rates", "2025-12", **registers)


class TestTheSameCompany:
    """第十条(三) and 第十四条: by the reading in use 国电公司 is the state grid, for the sanction as for the veto."""

    @pytest.mark.parametrize(
        ("level", "reading", "outcomes"),
        [
            ("国电公司", "state_grid", {"upper_sanction", "veto"}),
            ("国家电网公司", "state_grid", {"upper_sanction", "veto"}),
            ("国电公司", "literal", {"veto"}),
            ("国家电网公司", "literal", {"upper_sanction"}),
            ("通辽电业局", "literal", {"upper_sanction", "veto"}),
            ("国电公司", "with_media", {"upper_sanction", "veto"}),
        ],
    )
    def test_the_sanction_and_the_veto_follow_one_reading(
        self, scored, level: str, reading: str, outcomes: set
    ) -> None:
        events = f"event_id,unit,at,kind,level,verified\nE1,G,2008-05-06T09:00:00,投诉,{level},true\n"
        _, result = scored("s10-zero-complaint", "2008", {"veto_forums": reading}, units="unit\nG\n", events=events)
        assert {one.id for one in result.unit("G").outcomes} == outcomes


class TestUnknownWords:
    def test_are_told_with_their_rows_and_the_nearest_known_word(self, scored: Scored) -> None:
        registers = insurers("A")
        registers["events"] += "E7,A,2025-03-03T09:00:00,非正常上坊,,,,,,\nE8,A,2025-04-03T09:00:00,非正常上坊,,,,,,\n"
        _, result = scored("s12-jiangsu-insurance", "2025", **registers)
        (notice,) = result.noticed("unknown_word")
        assert notice.units == ("A",)
        assert str(notice.message) == (
            "events: 2 rows with kind 非正常上坊, which the scheme does not name; is 非正常上访 meant? (E7, E8)"
        )

    def test_of_another_year_are_not_told_where_no_rule_looks_back(self, scored: Scored) -> None:
        registers = insurers("A")
        registers["events"] += "E7,A,2024-03-03T09:00:00,非正常上坊,,,,,,\n"
        _, result = scored("s12-jiangsu-insurance", "2025", **registers)
        assert not result.noticed("unknown_word")

    def test_a_fact_with_nearly_the_right_name_is_told(self, scored: Scored) -> None:
        facts = "A,2025,brances,10\nA,2025,premium_yuan,100000000"
        _, result = scored("s12-jiangsu-insurance", "2025", **insurers("A", facts=facts))
        (notice,) = result.noticed("unknown_fact")
        assert str(notice.message) == (
            "unit_facts: A has a fact brances, which the scheme does not name; is branches meant?"
        )


class TestEvidence:
    def test_a_rate_of_nothing_shows_the_cases_that_kept_it_there(self, scored: Scored) -> None:
        cases = (
            "case_id,unit,kind,received_at,closed_at,due_at,filed,mediated,mediation_ok\n"
            "C1,T,申诉,2025-06-03T09:00:00,,,,,\nC2,T,申诉,2025-06-04T09:00:00,,,,,\n"
        )
        _, result = scored("s09-chengde-12315", "2025-06", units="unit\nT\n", cases=cases)
        (line,) = result.unit("T").indicator("appeal_close_rate").lines
        assert (line.quantity, line.points) == (0, 0)
        assert line.evidence == ("C1", "C2")

    def test_facts_are_evidence_with_their_source(self, scored: Scored) -> None:
        facts = (
            "unit,period,fact,value,source\nF,2025-12,calls,4,运营商话单\nF,2025-12,first_time_connected,3,运营商话单\n"
        )
        resolved, result = scored("s02-fujian-three-rates", "2025-12", units="unit\nF\n", unit_facts=facts)
        (line, *_) = explain(resolved, result, result.unit("F"))
        assert line.facts == (
            "F，2025-12：first_time_connected = 3（运营商话单）", "F，2025-12：calls = 4（运营商话单）",
        )  # fmt: skip
        plain = result.to_json()["units"][0]["indicators"][0]["lines"][0]["facts"]
        assert plain[0] == {
            "unit": "F", "period": "2025-12", "fact": "first_time_connected", "value": "3", "source": "运营商话单",
        }  # fmt: skip


class TestMonths:
    MARKS = (
        "unit,period,indicator,points\nP,2025-01,case_handling,80\nP,2025-02,case_handling,90\nP,2025,management,70\n"
    )
    HEAD = "case_id,unit,received_at\n"

    def year(self, scored: Scored, cases: str, **readings: str) -> Result:
        return scored("s04-hotline", "2025", readings, units="unit\nP\n", marks=self.MARKS, cases=self.HEAD + cases)[1]

    @pytest.mark.parametrize("reading", ["exclude", "zero", "full"])
    def test_a_month_with_a_case_and_a_forgotten_mark_is_no_month_without_cases(
        self, scored: Scored, reading: str
    ) -> None:
        """The others months without a case count as the reading says; March waits for its mark."""
        result = self.year(scored, "C1,P,2025-03-05T09:00:00\n", month_without_score=reading)
        unit = result.unit("P")
        months = {"exclude": Fraction(170, 2), "zero": Fraction(170, 11), "full": Fraction(170 + 9 * 100, 11)}[reading]
        assert (unit.total, unit.complete) == (months + 70, False)
        assert [part.total for part in unit.parts if part.period == "2025-03"] == [None]
        (notice,) = result.noticed("incomplete_part")
        assert str(notice.message) == (
            "2025-03 holds data of P, but not all that a total needs (Handling of cases): "
            "left out, and the whole is not complete"
        )

    def test_without_a_case_the_year_is_complete(self, scored: Scored) -> None:
        result = self.year(scored, "")
        assert (result.unit("P").total, result.unit("P").complete) == (155, True)
        assert not result.noticed("incomplete_part")

    def test_a_mean_over_different_full_marks_is_told(self, scored: Scored) -> None:
        cases = TestDifferentMaxima.CASES.replace("1,A", "1,A").replace("2026-01", "2025-01")
        facts = "unit,period,fact,value\nA,2025-02,assessment_days,20\n"
        more = (
            cases.splitlines()[1]
            .replace("1,A,咨询", "2,A,投诉")
            .replace("2025-01-05", "2025-02-05")
            .replace(",满意,电话", ",,")
        )
        _, result = scored("s22-heating", "2025", units="unit\nA\n", cases=cases + more + "\n", unit_facts=facts)
        (notice,) = result.noticed("unequal_parts")
        assert notice.units == ("A",)


class TestEmptyWords:
    """A row whose coded cell is empty counts nowhere: that is said, and only of rows that it decides for."""

    def test_cases_without_a_channel_are_told_with_their_rows(self, scored: Scored) -> None:
        cases = "case_id,unit,channel,received_at\nc1,A,,2025-03-01\nc2,A,书面,2025-03-01\nc3,B,,2024-03-01\n"
        _, result = scored("s12-jiangsu-insurance", "2025", **insurers("AB") | {"cases": cases})
        (notice,) = result.noticed("empty_word")
        assert told(notice.message, "zh") == "cases：channel 为空，无从判断是否计入，未按任何规则计入的行：1（c1）"
        assert str(notice.message) == (
            "cases: whether rows count cannot be told, as channel is empty, and they do not: 1 (c1)"
        )
        assert notice.units == ("A",)

    def test_an_honour_without_a_level_is_told_and_an_incident_that_has_none_is_not(self, scored: Scored) -> None:
        events = (
            "event_id,unit,at,kind,severity,level\ne1,A,2025-03-01,表彰,,\ne2,A,2025-03-01,反馈形式不符,,\n"
            "e3,A,2025-03-01,表彰,,省级\ne4,A,2025-03-01,负面报道,,\n"
        )
        _, result = scored("s12-jiangsu-insurance", "2025", **insurers("A") | {"events": events})
        assert [str(one.message) for one in result.noticed("empty_word")] == [
            "events: whether rows count cannot be told, as level is empty, and they do not: 1 (e1)"
        ]

    def test_a_case_without_a_kind_has_no_limit_and_is_told_through_the_columns_that_need_it(
        self, scored: Scored
    ) -> None:
        cases = "case_id,unit,kind,received_at,planned_at\n1,A,,2026-01-05T09:00:00,2026-01-20T09:00:00\n"
        _, result = scored("s22-heating", "2026-01", units="unit\nA\n", cases=cases)
        (notice,) = result.noticed("empty_word")
        assert str(notice.message).startswith("cases: whether rows count cannot be told, as kind is empty")

    @pytest.mark.parametrize("name", sorted(file.name for file in (SCHEMES.parent / "demonstrations").iterdir()))
    def test_the_demonstrations_have_no_cell_that_is_empty_for_no_reason(self, name: str) -> None:
        ledger = read_ledger(SCHEMES.parent / "demonstrations" / name)
        period = Period.parse(re.search(r'^period: "?([^"\n]+)', (ledger.path / "ledger.yaml").read_text(), re.M)[1])
        resolved = load_scheme(SCHEMES / f"{name}.yaml").resolve({}, {}, period.first)
        assert score(resolved, ledger, period, calendar=china()).noticed("empty_word") == ()


class TestGroupsThatASchemeDoesNotName:
    RATINGS = "unit,at,method,grade,source\n" + "".join(f"{unit},2025-03-01,即时,优,x\n" for unit in "ABC")

    @pytest.mark.parametrize(
        ("group", "said"),
        [
            (
                "行政执法",
                "A: the scheme ranks no group 行政执法; it ranks by 综合管理类, 行政执法类; is 行政执法类 meant?",
            ),
            ("", "A: the register of units gives no group; the scheme ranks by 综合管理类, 行政执法类"),
        ],
    )
    def test_are_told_by_schemes_that_name_classes(self, scored: Scored, group: str, said: str) -> None:
        units = f"unit,group\nA,{group}\nB,行政执法类\nC,综合管理类\n"
        _, result = scored("s20-office-evaluation", "2025", units=units, ratings=self.RATINGS)
        (notice,) = result.noticed("unknown_group")
        assert (notice.units, str(notice.message)) == (("A",), said)

    def test_are_none_where_all_are_named(self, scored: Scored) -> None:
        units = "unit,group\nA,行政执法类\nB,行政执法类\nC,综合管理类\n"
        _, result = scored("s20-office-evaluation", "2025", units=units, ratings=self.RATINGS)
        assert result.noticed("unknown_group") == ()


class TestMarksThatNothingTakes:
    UNITS = "unit,group,valid_to\n南河镇,镇,2025-02-28T23:59:59\n甲镇,镇,\n"
    MARKS = (
        "unit,period,indicator,points\n南河镇,2025-02,case_handling,90\n南河镇,2025-03,case_handling,91\n"
        "甲镇,2025-03,case_handling,92\n甲镇,2025Q1,case_handling,93\n"
    )

    def test_a_unit_that_is_not_assessed_any_more_and_a_period_that_no_scheme_has_are_told(
        self, scored: Scored
    ) -> None:
        _, result = scored("s04-hotline", "2025-03", units=self.UNITS, marks=self.MARKS)
        assert [told(one.message, "zh") for one in result.noticed("mark_not_used")] == [
            "marks：2025年第1季度的行未予采用，办法没有这样的考核期",
            "单位 南河镇：2025年3月不在被考核之列，该期的评分不计入：case_handling",
        ]
        assert result.unit("甲镇").total == 92

    def test_nothing_is_told_while_it_is_assessed(self, scored: Scored) -> None:
        _, result = scored("s04-hotline", "2025-02", units=self.UNITS, marks=self.MARKS.rsplit("甲镇,2025Q1", 1)[0])
        assert result.noticed("mark_not_used") == ()
        assert result.unit("南河镇").total == 90


class TestDeductionsSetByPeople:
    """S14 leaves each deduction to a person: how many points, not whether they are taken or given."""

    EVENTS = (
        "event_id,unit,at,kind,count,level,severity,verified,points,reason\nF1,B1,2025-07-15T10:00:00,扣分,,,,是,{},\n"
    )

    def test_a_deduction_of_less_than_nothing_is_refused_with_its_row(self, scored: Scored) -> None:
        with pytest.raises(InputError, match=r"F1.*found -1, expected at least 0"):
            scored("s14-bank-service", "2025Q3", units="unit,name,group\nB1,城东支行,\n", events=self.EVENTS.format(-1))

    def test_one_of_nothing_is_not(self, scored: Scored) -> None:
        _, result = scored(
            "s14-bank-service", "2025Q3", units="unit,name,group\nB1,城东支行,\n", events=self.EVENTS.format(0)
        )
        assert result.unit("B1").measures["deductions"] == 0
