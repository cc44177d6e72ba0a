"""A unit over several periods: what is compared with what, what a report shows of it, and what it depends on."""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest

from auditlib.analysis import scored_periods
from auditlib.analysis.earlier_periods import Band, Past, Peers, Place, rules_digest
from auditlib.analysis.kept import keep
from auditlib.analysis.request import Asked
from auditlib.analysis.trend import trend_of
from auditlib.core.exact import Rounding
from auditlib.core.home import home
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.report.figure import png
from auditlib.report.sections.unit import trend as trend_section
from auditlib.report.unit import UnitReport
from auditlib.scheme.load import load_scheme
from auditlib.scoring.assess import assess

HEADER = (
    "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,replied_at,"
    "closed_at,resolved,satisfaction,reviewed_at,redone,missing_items"
)
LOOK = "2026-02-05T00:00:00"


def write_ledger(folder: Path, missing: dict[tuple[str, str], int]) -> str:
    """A case a month and unit in October, December and January; ``missing`` says how many items its record lacks."""
    rows = [HEADER]
    for month in ("2025-10", "2025-12", "2026-01"):
        for unit in ("D1", "D2", "D3"):
            day, next_day = f"{month}-06T", f"{month}-07T"
            times = f"{day}08:00,{day}08:00,{day}08:10,{day}09:00,{day}20:00,,{next_day}08:00"
            count = missing.get((month, unit), 0)
            rows.append(f"{unit}-{month},{unit},投诉,P{unit}{month},Q{unit}{month},{times},是,满意,,,{count}")
    folder.mkdir(exist_ok=True)
    (folder / "cases.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "units.csv").write_text("unit,name,group\nD1,一,甲\nD2,二,甲\nD3,三,甲\n", encoding="utf-8")
    (folder / "ledger.yaml").write_text(f'as_of: "{LOOK}"\n', encoding="utf-8")
    return str(folder)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> str:
    # Each missing item costs half a point.
    missing = {("2025-10", "D1"): 2, ("2025-12", "D2"): 4, ("2026-01", "D1"): 6}
    return write_ledger(tmp_path_factory.mktemp("ledgers") / "small", missing)


def audit_of(ledger: str, unit: str = "D1", period: str = "2026-01", language: str = "zh") -> UnitReport:
    return UnitReport.open(
        scheme="s22-heating", ledger=ledger, unit=unit, period=period, as_of=LOOK, language=language
    )  # fmt: skip


def past(period: str, total: int | None, *, of: int = 100, version: str | None = "1", rules: str = "a",
         others: tuple[int, ...] = ()) -> Past:  # fmt: skip
    """A period in which the unit U has this total, among others of the same full marks."""
    if total is None:
        return Past(period, version, rules if version else "")
    totals = [Fraction(total), *map(Fraction, others)]
    shares = [value * 100 / of for value in totals]
    bands = (Band(min(of), Fraction(median(of)), max(of)) for of in (totals, shares))
    peers = Peers("g", len(totals), next(bands), next(bands), (Fraction(of),))
    return Past(period, version, rules, {"U": Place(Fraction(total), Fraction(of), 1, "g")}, (peers,))


class TestTheTrendOfALedger:
    @pytest.mark.long
    def test_every_period_is_scored_as_it_would_be_by_itself(self, ledger: str) -> None:
        trend = trend_of(audit_of(ledger).scored.trend, "D1", Rounding(4))
        assert [point.period for point in trend.points] == ["2025-10", "2025-11", "2025-12", "2026-01"]
        taken_in = read_ledger(Path(ledger))
        for point in trend.points:
            _, alone = assess("s22-heating", taken_in, Period.parse(point.period), datetime.fromisoformat(LOOK))
            if point.period == "2025-11":
                assert point.value is point.rank is point.band is None  # a gap, not a zero
                continue
            totals = [unit.total for unit in alone.units]
            assert (point.value, point.rank, point.count) == (alone.unit("D1").total, alone.unit("D1").rank, 3)
            assert point.band == (min(totals), median(totals), max(totals))

    def test_the_table_shows_rank_and_range_and_leaves_the_gap_open(self, ledger: str) -> None:
        rows = [line.split("\t") for line in audit_of(ledger).show("trend").text.splitlines()[2:]]
        assert [row[3] for row in rows[1:]] == ["3 / 3", "", "1 / 3", "3 / 3"]
        assert rows[2] == ["2025年11月", "1", "", "", "", "", ""]
        low, middle = (Fraction(text) for text in (rows[1][4], rows[1][5]))
        assert (low, middle) == (Fraction(rows[1][2]), low + 1)  # two missing items

    def test_the_caption_says_so(self, ledger: str) -> None:
        caption = audit_of(ledger).show("trend").text.splitlines()[0]
        assert "3 个考核期中，最高 " in caption
        assert "本期较2025年12月变动 −3 分。" in caption  # six missing items against none
        assert "有组内名次的 3 期中，0 期高于组内中位。" in caption
        assert "2025年11月没有数据，图中留空。" in caption

    @pytest.mark.long
    def test_the_first_period_of_a_ledger_has_no_trend(self, ledger: str) -> None:
        section = audit_of(ledger, period="2025-10").show("trend")
        assert "<img" not in section.html
        assert "台账没有更早的考核期可比" in section.text

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_figure_has_its_words_and_its_table(self, ledger: str, language: str) -> None:
        section = audit_of(ledger, language=language).show("trend")
        assert re.search(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="[^"]+"', section.html)
        assert '<details class="data audit">' in section.html
        assert section.html == audit_of(ledger, language=language).show("trend").html


class TestRuleChanges:
    def test_another_version_and_other_values_of_the_day_are_marked_where_they_begin(self) -> None:
        pasts = [
            past("2025-10", 90), past("2025-11", None, version="2", rules="b"),
            past("2025-12", 91, version="2", rules="b"), past("2026-01", 92, version="2", rules="c"),
            past("2026-02", 93, version="2", rules="c"),
        ]  # fmt: skip
        trend = trend_of(pasts, "U", Rounding(2))
        assert [point.change for point in trend.points] == [None, "version", None, "values", None]
        caption = trend_section.caption(trend, "zh")
        assert "办法有变更：2025年11月起施行版本 2、2026年1月起规定数值变更" in caption

    def test_a_period_without_a_version_in_force_changes_nothing(self) -> None:
        trend = trend_of(
            [past("2025-10", 90), past("2025-11", None, version=None), past("2025-12", 90)], "U", Rounding(2)
        )
        assert [point.change for point in trend.points] == [None, None, None]

    def test_values_of_the_day_and_readings_change_the_rules_and_words_do_not(self) -> None:
        file = load_scheme(home() / "params" / "schemes" / "s22-heating.yaml")
        plain = file.resolve()
        assert rules_digest(plain) == rules_digest(file.resolve({}, {}, Period.parse("2025-12").first))
        assert rules_digest(plain) != rules_digest(file.resolve({"percentage_points": "started"}))
        renamed = plain.scheme.model_copy(update={"version": "2", "clauses": {}})
        assert rules_digest(plain) == rules_digest(type(plain)(renamed, plain.readings, {}, plain.rule_readings))


class TestWhatIsCompared:
    def test_totals_out_of_different_full_marks_are_compared_as_percentages(self) -> None:
        trend = trend_of([past("2025-12", 40, of=80, others=(60,)), past("2026-01", 45)], "U", Rounding(2))
        assert trend.share
        assert [point.value for point in trend.points] == [50, 45]
        assert trend.points[0].band == (50, Fraction(125, 2), 75)
        assert "−5 个百分点" in trend_section.caption(trend, "zh")

    def test_without_full_marks_points_stay_points(self) -> None:
        place = Place(Fraction(120), None, 1, None)
        peers = Peers(None, 1, Band(Fraction(120), Fraction(120), Fraction(120)), None, ())
        pasts = [Past(period, "1", "a", {"U": place}, (peers,)) for period in ("2025-12", "2026-01")]
        trend = trend_of(pasts, "U", Rounding(2))
        assert not trend.share
        assert trend_section.caption(trend, "en").startswith("The score is 120 points in all 2 periods.")

    def test_twelve_periods_are_drawn_with_the_same_bytes(self) -> None:
        pasts = [past(str(Period.parse("2025-01")), 50 + n) for n in range(12)]
        one, other = (png(trend_section.figure(trend_of(pasts, "U", Rounding(2)), "en")) for _ in range(2))
        assert one == other


class TestWhatAReportDependsOn:
    def scored(self, folder: Path, missing: dict[tuple[str, str], int], count: list[int] | None = None):  # type: ignore[no-untyped-def]
        ledger = write_ledger(folder, missing)
        asked = Asked.of("s22-heating", ledger, "2026-01", LOOK)
        return keep(None, scored_periods.score_period(asked, read_ledger(Path(ledger))), ["D1", "D2", "D3"]).basis

    @pytest.mark.long
    def test_an_old_case_makes_anew_only_the_reports_that_show_it(self, tmp_path: Path) -> None:
        # In October D1 has the lowest total, D3 the highest; that of D2 between them is the median.
        before = self.scored(tmp_path / "a", {("2025-10", "D1"): 8, ("2025-10", "D2"): 4})
        lower = self.scored(tmp_path / "b", {("2025-10", "D1"): 8, ("2025-10", "D2"): 4, ("2025-12", "D1"): 2})
        assert before["D1"] != lower["D1"]  # its own total of December
        assert before["D2"] != lower["D2"]  # the lowest of its group
        same_range = self.scored(tmp_path / "c", {("2025-10", "D1"): 8, ("2025-10", "D2"): 4})
        assert [before[unit]["data"] for unit in ("D1", "D2", "D3")] == [
            same_range[unit]["data"] for unit in ("D1", "D2", "D3")
        ]

    @pytest.mark.long
    def test_a_total_between_lowest_and_median_shows_in_its_own_report_alone(self, tmp_path: Path) -> None:
        ledgers = []
        for name, count in (("a", 6), ("b", 7)):
            folder = tmp_path / name
            write_ledger(folder, {("2025-10", "D1"): 10, ("2025-10", "D4"): count})
            units = (folder / "units.csv").read_text(encoding="utf-8")
            (folder / "units.csv").write_text(f"{units}D4,四,甲\nD5,五,甲\n", encoding="utf-8")
            cases = (folder / "cases.csv").read_text(encoding="utf-8")
            more = [line.replace("D2", unit) for unit in ("D4", "D5") for line in cases.splitlines() if "D2" in line]
            more = [line[:-1] + str(count) if line.startswith("D4-2025-10") else line for line in more]
            (folder / "cases.csv").write_text(cases + "\n".join(more) + "\n", encoding="utf-8")
            asked = Asked.of("s22-heating", str(folder), "2026-01", LOOK)
            units_of = ["D1", "D2", "D3", "D4", "D5"]
            ledgers.append(keep(None, scored_periods.score_period(asked, read_ledger(folder)), units_of).basis)
        changed = [unit for unit in ("D1", "D2", "D3", "D4", "D5") if ledgers[0][unit] != ledgers[1][unit]]
        assert changed == ["D4"]

    @pytest.mark.long
    def test_periods_in_a_row_score_each_period_once(self, ledger: str, monkeypatch: pytest.MonkeyPatch) -> None:
        from auditlib.analysis import earlier_periods

        scored: list[str] = []
        own = earlier_periods.score
        monkeypatch.setattr(earlier_periods, "score", lambda *a, **k: (scored.append(str(a[2])), own(*a, **k))[1])
        earlier_periods._past.cache_clear()
        earlier_periods.looked_at.cache_clear()
        taken_in = read_ledger(Path(ledger))
        for period in ("2025-12", "2026-01"):
            scored_periods.score_period(Asked.of("s22-heating", ledger, period, LOOK), taken_in)
        assert sorted(scored) == ["2025-10", "2025-12"]
