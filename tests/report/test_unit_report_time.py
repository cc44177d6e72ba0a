"""The unit report's figures of time: limits read from a scheme, time taken beside them, the calendar of arrivals."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from demonstrations import DEMONSTRATIONS

from auditlib.analysis.arrivals import rest_of, weeks_of
from auditlib.analysis.handling_time import EDGES, Taken, limited_duties
from auditlib.analysis.request import CaseRow
from auditlib.core.home import home
from auditlib.core.message import t
from auditlib.core.period import Period
from auditlib.report.figure import png
from auditlib.report.sections.unit import calendar as calendar_section
from auditlib.report.sections.unit import time_taken as time_taken_section
from auditlib.report.unit import UnitReport
from auditlib.scheme.load import load_scheme

SCRIPT = "<script>alert('x')</script>"
MINUTE, HOUR = 60 * 10**6, 3600 * 10**6
HEADER = (
    "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,replied_at,"
    "closed_at,resolved,satisfaction,reviewed_at,redone,missing_items"
)
# A keeps every limit to the minute. B misses three. C is contacted and answered late. D is still open, and entered
# after 25 hours. E has three working days from Friday the 26th. F came in a quarter of an hour before the look.
CASES = f"""{HEADER}
A,D1,投诉,P1,Q1,2025-12-01T08:00,2025-12-01T08:00,2025-12-01T08:20,2025-12-01T10:20,2025-12-02T08:00,,2025-12-02T09:00,是,满意,,,0
B,D1,投诉,P2,Q2,2025-12-01T09:00,2025-12-01T09:00,2025-12-01T10:00,2025-12-01T14:00,2025-12-03T09:00,,2025-12-03T09:00,是,满意,,,0
C,D1,咨询,P3,Q3,2025-12-06T08:00,2025-12-06T08:00,2025-12-06T08:10,,,2025-12-06T12:30,2025-12-06T12:30,是,满意,,,0
{SCRIPT},D1,投诉,P4,Q4,2025-12-20T08:00,2025-12-21T09:00,,,,,,,,,,0
E,D1,复杂,P5,Q5,2025-12-26T10:00,2025-12-26T10:00,2025-12-26T10:30,2025-12-26T11:00,2025-12-31T23:00,,2025-12-31T23:30,是,满意,,,0
F,D1,投诉,P6,Q6,2025-12-31T23:45,,,,,,,,,,,0
"""
UNITS = f"unit,name,group\nD1,一分公司{SCRIPT},甲组\nD2,$二$分公司,甲组\n"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("ledger")
    (folder / "cases.csv").write_text(CASES, encoding="utf-8")
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    return str(folder)


def opened(ledger: str, unit: str = "D1", **changes: object) -> UnitReport:
    asked = {"scheme": "s22-heating", "ledger": ledger, "period": "2025-12", "as_of": "2026-01-01T00:00:00"}
    return UnitReport.open(unit=unit, **(asked | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def audit(ledger: str) -> UnitReport:
    return opened(ledger)


def taken_of(audit: UnitReport) -> dict[str, Taken]:
    scored = audit.scored
    titles = [duty.title("zh") for duty in scored.handling.limits]
    return dict(zip(titles, scored.handling.taken["D1"], strict=True))


def scheme(name: str):  # type: ignore[no-untyped-def]
    return load_scheme(home() / "params" / "schemes" / f"{name}.yaml").natural


class TestLimitsAreThoseOfTheDuties:
    def test_each_with_its_length_and_its_clause(self) -> None:
        words = time_taken_section.limit_words
        found = [(duty.id, words(duty, "zh"), duty.clause) for duty in limited_duties(scheme("s22-heating"))]
        assert found == [
            ("enter", "24小时", "二(一)2"),
            ("accept", "30分钟", "二(二)1"),
            ("contact", "2小时", "二(二)1"),
            ("answer", "4小时", "二(二)2"),
            ("solution", "24小时", "二(二)2"),
            ("plan", "3个工作日", "二(二)2"),
            ("review", "24小时", "二(三)3"),
        ]

    @pytest.mark.parametrize("name", ["s02-fujian-three-rates", "s09-chengde-12315", "s12-jiangsu-insurance"])
    def test_one_that_is_set_case_by_case_says_so(self, name: str) -> None:
        said = {time_taken_section.limit_words(duty, "zh") for duty in limited_duties(scheme(name))}
        assert said == {"逐件规定的期限"}

    @pytest.mark.parametrize("name", ["s20-office-evaluation", "s14-bank-service", "s04-hotline"])
    def test_a_scheme_without_limits_has_none(self, name: str) -> None:
        assert limited_duties(scheme(name)) == ()


class TestTimeTaken:
    @pytest.mark.long
    def test_to_the_minute_is_in_time_and_an_open_case_runs_on(self, audit: UnitReport) -> None:
        counted = {
            title: (one.on_time, one.late, one.still_open, one.waiting) for title, one in taken_of(audit).items()
        }
        assert counted == {
            "24小时内录入台账": (4, 1, 0, 1),
            "30分钟内接单": (3, 2, 1, 1),
            "2小时内联系用户": (2, 2, 0, 0),
            "咨询当场解答，最迟4小时": (0, 1, 0, 0),
            "投诉24小时内提出解决方案": (1, 2, 1, 1),
            "复杂问题3个工作日内制定处理计划": (1, 0, 0, 0),
            "不满意评价24小时内复核": (0, 0, 0, 0),
        }

    def test_median_and_nine_of_ten_are_of_the_finished_cases(self, audit: UnitReport) -> None:
        accepted = taken_of(audit)["30分钟内接单"]  # 10, 20, 30 and 60 minutes
        assert (accepted.median_us, accepted.ninth_us) == (Fraction(25 * MINUTE), 60 * MINUTE)

    def test_bins_have_exact_edges(self, audit: UnitReport) -> None:
        assert EDGES[10] == 1
        assert all(edge.denominator <= 160 for edge in EDGES)
        contacted = taken_of(audit)["2小时内联系用户"]  # 30 and 120 of 120 minutes; 240 and 260
        bins = {at: count for at, count in enumerate(contacted.within) if count}
        assert bins == {5: 1, 9: 1}  # (7/40, 1/4] holds 1/4; (7/10, 1] holds 1
        assert {at: count for at, count in enumerate(contacted.over) if count} == {11: 1, 12: 1}  # up to 2; up to 2.8

    def test_the_table_says_the_same(self, audit: UnitReport) -> None:
        rows = [line.split("\t") for line in audit.show("time_taken").text.splitlines()]
        row = next(row for row in rows if row[0] == "30分钟内接单")
        assert row == ["30分钟内接单", "30分钟〔二(二)1〕", "5", "3", "2", "1", "1", "25 分钟", "60 分钟"]
        assert not any(row[0].startswith("不满意") for row in rows)  # nobody was under that limit

    def test_the_caption_names_the_limit_missed_most_often(self, audit: UnitReport) -> None:
        text = audit.show("time_taken").text
        assert "最高的是“咨询当场解答，最迟4小时”：1 件中超时 1 件（100\xa0%）" in text
        assert "没有超时的：复杂问题3个工作日内制定处理计划。" in text
        assert "有 2 件次至截止时点仍未完成" in text

    def test_a_single_limit_and_limits_that_all_keep(self) -> None:
        kept = Taken((0,) * 9 + (3,) + (0,) * 10, (0,) * 20, 0, 0, Fraction(HOUR), HOUR)
        missed = Taken((0,) * 20, (0,) * 10 + (1,) + (0,) * 9, 0, 0, Fraction(HOUR), HOUR)
        assert (
            time_taken_section.caption([("x", "1 h", kept)], "en") == "Every limit was kept (1 of 1): no case was late."
        )
        assert time_taken_section.caption([("x", "1 h", missed)], "en").startswith("The limit of “x”: 1 of 1 case late")

    def test_without_cases_or_limits_a_sentence_stands_for_the_figure(self, ledger: str) -> None:
        assert "<img" not in opened(ledger, "D2").show("time_taken").html
        assert opened(ledger, "D2").show("time_taken").text.endswith("本期没有受时限约束的件。")
        demo = str(DEMONSTRATIONS / "boston311-timeliness")
        boston = UnitReport.open(scheme="boston311-timeliness", ledger=demo, unit="PARKS", period="2011-07")
        assert (
            "在截止时间之前办结\t逐件规定的期限〔3〕\t2\t2\t0" in boston.show("time_taken").text
        )  # R05 and R06; R07 has no target

    def test_a_scheme_that_counts_no_cases_has_neither_section(self) -> None:
        demo = str(DEMONSTRATIONS / "s20-office-evaluation")
        audit = UnitReport.open(scheme="s20-office-evaluation", ledger=demo, unit="E2", period="2025")
        assert audit.show("time_taken").html == audit.show("calendar").html == ""


class TestCalendar:
    def test_days_stand_in_their_weeks_with_late_cases_and_rest_days(self, audit: UnitReport) -> None:
        rows = [line.split("\t") for line in audit.show("calendar").text.splitlines()[2:]]
        assert rows[0] == ["周", *["周一", "周二", "周三", "周四", "周五", "周六", "周日"], "合计", "其中▲"]
        assert rows[1] == ["12月1日起", "2 (1)", "0", "0", "0", "0", "1 (1)", "0", "3", "2"]
        assert [row[-2:] for row in rows[1:]] == [["3", "2"], ["0", "0"], ["1", "1"], ["1", "0"], ["1", "0"]]
        assert rows[5][4:8] == ["", "", "", ""]  # December ends on a Wednesday

    def test_the_caption_counts_rest_days_and_closing(self, audit: UnitReport) -> None:
        caption = audit.show("calendar").text.splitlines()[0]
        assert "本期来件 6 件，其中超过任一时限的件 3 件（50\xa0%）；来件最多的一天是12月1日（2 件）。" in caption
        assert "8 个休息日来件 2 件。" in caption
        assert caption.endswith("已办结 4 件，办结用时的中位数 1.5 天；未办结 2 件。")  # 25 and 48 hours in the middle

    @pytest.mark.long
    def test_a_case_that_is_left_out_of_the_assessment_is_not_among_those_that_came_in(self, tmp_path: Path) -> None:
        (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
        (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
        listed = "case_id,reason,approver\nB,恶意投诉,信访办\n"
        (tmp_path / "exclusions.csv").write_text(listed, encoding="utf-8")
        caption = opened(str(tmp_path)).show("calendar").text.splitlines()[0]
        assert "本期来件 5 件，其中超过任一时限的件 2 件" in caption  # with B, 6 and 3
        assert "已办结 3 件" in caption

    @pytest.mark.parametrize(
        ("language", "told"), [("zh", "单日来件最多 1 件（有 2 天）"), ("en", "the busiest 2 days had 1 each")]
    )
    def test_no_day_is_called_the_busiest_where_several_are(self, language: str, told: str) -> None:
        rows = [CaseRow(str(day), None, datetime(2025, 12, day), None) for day in (3, 9)]
        weeks = weeks_of(rows, [], Period.parse("2025-12"), {})
        assert told in calendar_section.caption(weeks, rows, "x", language)

    def test_where_nothing_is_limited_cases_with_lost_points_stand_out(self) -> None:
        rows = [CaseRow("a", None, None, None)]
        weeks = weeks_of(rows, ["a"], Period.parse("2025-12"), {})
        assert calendar_section.caption(weeks, rows, "涉及扣分的件", "zh") == "本期没有来件。"

    @pytest.mark.parametrize(("period", "weeks"), [("2025-12", 5), ("2025Q4", 14), ("2025H2", 27), ("2025", 53)])
    def test_every_length_of_period_fits_and_draws_the_same_bytes(self, period: str, weeks: int) -> None:
        asked = Period.parse(period)
        rows = [CaseRow(str(n), None, asked.start, None) for n in range(3)]
        found = weeks_of(rows, ["0"], asked, {})
        assert len(found) == weeks
        assert sum(day is not None for week in found for day in week) == asked.days
        first = next(day for day in found[0] if day)
        assert (first.day, first.received, first.marked, first.rest) == (asked.first, 3, 1, None)
        one, other = (png(calendar_section.figure(found, "x", "zh")) for _ in range(2))
        assert one == other

    def test_a_year_that_the_calendar_does_not_know_has_no_rest_days(self, audit: UnitReport) -> None:
        from auditlib.core.worktime import china

        weeks = weeks_of([], [], Period.parse("1999-01"), rest_of(Period.parse("1999-01"), china()))
        assert {day.rest for week in weeks for day in week if day} == {None}
        assert date(2025, 12, 6).weekday() == 5


class TestInBothLanguages:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_figures_have_alternative_text_a_table_and_no_markup_of_the_ledger(
        self, ledger: str, language: str
    ) -> None:
        audit = opened(ledger, language=language)
        for title, fragment in (
            ("Time taken and the limits", audit.show("time_taken")),
            ("Calendar of arrivals", audit.show("calendar")),
        ):
            assert f'alt="{t(title, language)} — ' in fragment.html
            assert '<details class="data audit">' in fragment.html
            assert '<th scope="col"' in fragment.html
            assert '<th scope="row"' in fragment.html
            assert "<script" not in fragment.html

    def test_the_same_unit_gives_the_same_bytes(self, ledger: str, audit: UnitReport) -> None:
        again = opened(ledger)
        assert audit.show("time_taken").html == again.show("time_taken").html
        assert audit.show("calendar").html == again.show("calendar").html

    def test_names_that_no_font_has_are_drawn(self) -> None:
        taken = Taken((1,) + (0,) * 19, (0,) * 19 + (1,), 0, 0, None, None)
        png(time_taken_section.figure([("\U00013000$x$\n" * 30, SCRIPT, taken)], "zh"))


def test_a_late_case_is_one_over_any_limit(audit: UnitReport) -> None:
    assert {row.case_id for row in audit.scored.received(audit.unit) if row.late} == {"B", "C", SCRIPT}


def test_a_ledger_without_cases_has_no_time_taken(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    audit = opened(str(tmp_path))
    assert audit.scored.handling.limits == ()
    assert "<img" not in audit.show("time_taken").html + audit.show("calendar").html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_long_count_beside_a_row_stands_within_the_figure(language: str) -> None:
    within, over = [0] * (len(EDGES) - 1), [0] * (len(EDGES) - 1)
    within[0], over[-1] = 23599, 2796
    taken = Taken(tuple(within), tuple(over), 0, 0, None, None)
    drawn = time_taken_section.figure([("关闭", "逐件确定", taken)], language)
    width = drawn.get_figwidth() * drawn.dpi
    ends = [text.get_window_extent().x1 for text in drawn.axes[0].texts]
    assert max(ends) <= width
