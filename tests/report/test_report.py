"""The report layer: what it says is computed, what it shows is escaped, and the same inputs give the same bytes."""

from __future__ import annotations

import html
import json
import re
import warnings
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from auditlib.analysis.assessment import UnitView
from auditlib.analysis.peers import changes, costliest, standing
from auditlib.analysis.rejected import Rejected, set_aside
from auditlib.analysis.request import Reject
from auditlib.core.errors import InputError
from auditlib.core.home import home
from auditlib.core.message import Message, t, told
from auditlib.core.period import Period
from auditlib.ledger.expectations import not_later
from auditlib.ledger.registers import register_words
from auditlib.report import tables
from auditlib.report.evidence import evidence_items
from auditlib.report.figure import drawable, png
from auditlib.report.html import FACTS_MIME, escape
from auditlib.report.markup import Stack, render_table
from auditlib.report.pages.fonts import FAMILY, add_fonts
from auditlib.report.pages.render import facts_of, failure_of, render_html
from auditlib.report.ranking import RankingReport
from auditlib.report.sections.ranking import headline, totals
from auditlib.report.sections.unit import indicators, peers, waterfall
from auditlib.report.unit import UnitReport
from auditlib.report.wording import period_words
from auditlib.runs.index_page import Entry, index_html, write_index

SCRIPT = "<script>alert('x')</script>"
HEADER = (
    "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,replied_at,"
    "closed_at,resolved,satisfaction,reviewed_at,redone,missing_items"
)
CASES = [
    HEADER,
    "N1,D1,投诉,P9,Q9,2025-11-03T08:00,2025-11-03T08:00,2025-11-03T08:10,2025-11-03T09:00,2025-11-03T20:00,,2025-11-04T08:00,是,满意,,,0",
    "C1,D1,投诉,P1,Q1,2025-12-01T08:00,2025-12-01T08:00,2025-12-01T09:35,2025-12-01T10:00,2025-12-02T07:00,,2025-12-03T08:00,是,满意,,,0",
    "C2,D1,投诉,P1,Q1,2025-12-10T08:00,2025-12-12T08:00,2025-12-10T08:10,2025-12-10T12:30,2025-12-12T07:00,,2025-12-13T08:00,否,不满意,2025-12-13T10:00,是,2",
    "C3,D1,咨询,P2,Q2,2025-12-05T20:00,2025-12-05T20:00,2025-12-05T20:10,2025-12-05T21:00,,2025-12-08T09:00,2025-12-08T09:00,是,,,,0",
    f"{SCRIPT},D1,咨询,P3,Q3,2025-12-05T20:00,2025-12-05T20:00,2025-12-05T20:10,2025-12-05T21:00,,2025-12-08T09:00,,是,,,,0",
    "C5,D2,复杂,P4,Q4,2025-12-01T08:00,2025-12-01T08:00,2025-12-01T08:10,2025-12-01T09:00,2025-12-05T09:00,,,,,,,0",
    "C6,D2,投诉,P5,Q5,never,,,,,,,,,,,0",
]  # fmt: skip
UNITS = ["unit,name,group", f"D1,一分公司{SCRIPT},甲组", "D2,$二$分公司,甲组", "D3,三分公司,甲组"]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("ledger")
    (folder / "cases.csv").write_text("\n".join(CASES) + "\n", encoding="utf-8")
    (folder / "units.csv").write_text("\n".join(UNITS) + "\n", encoding="utf-8")
    return str(folder)


@pytest.fixture(scope="module")
def audit(ledger: str) -> UnitReport:
    return UnitReport.open(scheme="s22-heating", ledger=ledger, unit="D1", period="2025-12")


@pytest.fixture(scope="module")
def league(ledger: str) -> RankingReport:
    return RankingReport.open(scheme="s22-heating", ledger=ledger, period="2025-12")


def sections(audit: UnitReport) -> list:
    return list(audit)


def page_of(*fragments: object) -> str:
    outputs = [new_output("display_data", fragment._repr_mimebundle_()) for fragment in fragments]  # type: ignore[attr-defined]
    return render_html(new_notebook(cells=[new_code_cell("", outputs=outputs)]))


class TestNothingInALedgerBecomesMarkup:
    @pytest.mark.long
    def test_a_unit_and_a_case_named_like_a_script_stay_text(self, audit: UnitReport) -> None:
        page = page_of(*sections(audit))
        assert page.count("<script") == 1  # our own, at the end
        assert page.count("&lt;script&gt;") > 3

    @pytest.mark.long
    def test_ranking_and_index_escape_names_titles_and_links(self, league: RankingReport) -> None:
        page = page_of(league.show("headline"), league.show("totals"), league.show("ranking"), league.show("heat"))
        assert page.count("<script") == 1
        entry = Entry(SCRIPT, f"javascript:{SCRIPT}", SCRIPT, unit=SCRIPT, group=SCRIPT, total=SCRIPT, error=SCRIPT)
        index = index_html([entry])
        assert index.count("<script") == 1  # our own, at the end
        assert 'href="./javascript%3A' in index

    def test_the_page_reads_nothing_from_elsewhere(self, audit: UnitReport) -> None:
        page = page_of(audit.show("headline"))
        assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
        assert "http://" not in page
        assert "https://" not in page

    def test_control_characters_are_made_visible(self) -> None:
        assert escape("a\x00<b>\x1b") == "a\N{REPLACEMENT CHARACTER}&lt;b&gt;\N{REPLACEMENT CHARACTER}"

    def test_a_dollar_in_a_name_is_not_mathematics(self, league: RankingReport) -> None:
        scored = league.scored
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            png(totals.figure(scored.resolved, scored.result))


class TestTheSameInputsGiveTheSameBytes:
    @pytest.mark.long
    def test_pages_and_figures(self, ledger: str, audit: UnitReport) -> None:
        again = UnitReport.open(scheme="s22-heating", ledger=ledger, unit="D1", period="2025-12")
        assert page_of(*sections(audit)) == page_of(*sections(again))
        assert [repr(one) for one in sections(audit)] == [repr(one) for one in sections(again)]

    def test_no_text_carries_an_address(self, audit: UnitReport) -> None:
        assert not any(re.search(r"0x[0-9a-f]{6,}", repr(one)) for one in [audit, *sections(audit)])

    def test_an_image_names_no_software(self, audit: UnitReport) -> None:
        image = png(waterfall.figure(audit.scored.resolved, audit.scored.result, audit.unit))
        assert image.startswith(b"\x89PNG")
        assert b"Software" not in image


class TestCaptionsAreComputed:
    def test_waterfall_adds_up(self, audit: UnitReport) -> None:
        scored = audit.scored
        story = changes(scored.resolved, audit.unit, "zh")
        assert story.full + sum(change.points for change in story.changes) == story.total == audit.unit.total
        losses = [change for change in story.changes if change.points < 0]
        worst = costliest(scored.resolved, audit.unit, "zh")[0]
        caption = waterfall.caption(scored.resolved, scored.result, audit.unit)
        total = tables.shown_number(audit.unit.total, scored.result.rounding)
        lost = tables.shown_number(-sum((c.points for c in losses), Fraction(0)), scored.result.rounding)
        assert caption.startswith(f"从满分 {story.full} 分起，{len(losses)} 项指标共失 {lost} 分")
        assert f"得 {total} 分" in caption
        assert f"失分最多的是{worst.title}" in caption

    def test_peers_names_rank_and_median(self, audit: UnitReport) -> None:
        scored = audit.scored
        place = standing(scored.result, audit.unit)
        assert place is not None
        assert place.share  # not every unit could be scored on everything
        assert place.own == audit.unit.total * 100 / audit.unit.total_of
        caption = peers.caption(scored.resolved, scored.result, audit.unit)
        assert caption.startswith("甲组 3 个单位中")
        assert f"名列第 {audit.unit.rank}" in caption

    def test_ranking_names_first_and_last(self, league: RankingReport) -> None:
        result = league.scored.result
        caption = headline.caption(league.scored.resolved, result, "en")
        assert caption.startswith(f"3 units (甲组): {result.units[0].name} leads with ")

    def test_lost_cases_are_those_behind_negative_points(self, audit: UnitReport) -> None:
        assert set(audit.scored.counted_rows(audit.unit)) == {"C1", "C2", "C3", SCRIPT}
        received = [row.case_id for row in audit.scored.received(audit.unit)]
        assert set(received) == {"C1", "C2", "C3", SCRIPT}

    @pytest.mark.long
    def test_change_from_the_period_before(self, audit: UnitReport) -> None:
        before = audit.scored.previous_unit("D1")
        assert before is not None
        assert "2025年11月" in audit.show("headline").text
        november = UnitReport.open(
            scheme="s22-heating",
            ledger=audit.scored.asked.ledger,
            unit="D1",
            period="2025-11",
            as_of="2026-01-01T00:00",
        )
        assert november.unit.total == before.total
        assert "台账中没有2025年10月的数据" in november.show("headline").text


class TestLanguage:
    @pytest.mark.long
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_headings_follow_it(self, ledger: str, language: str) -> None:
        audit = UnitReport.open(scheme="s22-heating", ledger=ledger, unit="D1", period="2025-12", language=language)
        page = page_of(*sections(audit))
        assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
        for title in (
            "How the score comes about",
            "Position among peers",
            "Indicators",
            "Score lines",
            "Readings in use",
            "Gaps of the source",
            "Rows that were not used",
            "How to re-perform this report",
        ):
            assert t(title, language) in page

    def test_rejected_rows_are_not_called_exclusions(self) -> None:
        assert "剔除" in t("Exclusions", "zh")
        assert "剔除" not in t("Rows that were not used", "zh")

    def test_periods_and_reasons_in_words(self) -> None:
        assert [period_words(p, "zh") for p in ("2026-01", "2026Q2", "2026H2", "2026")] == [
            "2026年1月", "2026年第2季度", "2026年下半年", "2026年度",
        ]  # fmt: skip
        why = Message("the ledger has no register {register}", register=register_words("submissions"))
        assert told(why, "zh") == "台账没有登记簿“报送事项”（submissions）"


class TestParametersThatDoNotFit:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"unit": "D9"}, "found 'D9', expected one of the units of 2025-12: "),
            ({"period": "2025-13"}, "'2025-13' is not a period; expected 2025-06"),
            ({"language": "fr"}, "found 'fr', expected one of: zh, en"),
            ({"as_of": "soon"}, "found 'soon', expected a local time"),
            ({"scheme": "s99"}, "found no scheme s99; the schemes there are: "),
            ({"ledger": "nowhere"}, "nowhere: no such ledger"),
            ({"accept_rejects": False}, "found 1 rejected rows, expected none"),
        ],
    )
    def test_say_found_and_expected(self, ledger: str, change: dict, expected: str) -> None:
        with pytest.raises(InputError, match=re.escape(expected)):
            UnitReport.open(**({"scheme": "s22-heating", "ledger": ledger, "unit": "D1", "period": "2025-12"} | change))


class TestTables:
    def test_columns_of_numbers_are_aligned_and_rows_headed(self) -> None:
        table = pd.DataFrame([["甲", "−2.5", ("C1", "C2")], ["乙", None, ()]], columns=["名", "分", "件"], dtype=object)
        markup = render_table(table, "题", "zh")
        assert '<caption>题</caption><thead><tr><th scope="col" class="short">名</th>' in markup
        assert '<th scope="row" class="short">甲</th><td class="number">−2.5</td>' in markup
        assert "<code>C1</code> <code>C2</code>" in markup

    def test_many_keys_are_folded_and_counted(self) -> None:
        keys = tuple(f"C{n}" for n in range(700))
        markup = render_table(pd.DataFrame({"件": [keys]}, dtype=object), "题", "zh")
        assert "共 700 件" in markup
        assert "另 200 件" in markup
        assert markup.partition("</details>")[0].count("<code>") == 500

    def test_cells_of_several_lines(self) -> None:
        markup = render_table(pd.DataFrame({"a": [Stack("<b>", ("x", ""))]}, dtype=object), "t", "en")
        assert '<span class="main">&lt;b&gt;</span><span class="more">x</span></th>' in markup

    def test_lines_trace_each_point_to_clause_and_cases(self, audit: UnitReport) -> None:
        table = audit.show("lines").table
        row = table[table["规则"] == "录入延迟超过24小时"].iloc[0]
        assert (row["条款"], row["得分"], row["件数"], row["证据"]) == ("二(一)2", "−1", 1, ("C2",))

    @pytest.mark.long
    def test_a_roll_up_shows_its_parts(self, ledger: str) -> None:
        year = UnitReport.open(scheme="s22-heating", ledger=ledger, unit="D1", period="2025")
        assert len(indicators.parts_table(year.scored.result, year.unit, "zh")) == len(year.unit.parts) > 0
        assert "40 %" in year.show("indicators").html

    def test_rejected_rows_are_traced_to_their_unit(self, audit: UnitReport, ledger: str) -> None:
        other = UnitReport.open(scheme="s22-heating", ledger=ledger, unit="D2", period="2025-12")
        assert [audit.scored.rejected_of("D1", dated=dated) for dated in (True, False)] == [(0, 0), (0, 0)]
        assert "cases.csv: 8 → never" not in audit.show("rejects").text
        assert [other.scored.rejected_of("D2", dated=dated) for dated in (True, False)] == [(0, 0), (1, 0)]
        assert "cases.csv: 8 → never" in other.show("rejects").text

    def test_rejected_rows_whose_unit_nobody_can_tell_are_counted_apart(self, audit: UnitReport) -> None:
        unknown = Reject("cases", "cases.csv", 9, "unit", "nowhere", "a unit of the register of units", None)
        unknown = unknown._replace(at="2025-12-03T08:00:00")
        scored = replace(audit.scored, rejects=(unknown,), rejected=Rejected(3, 0, 0))
        assert scored.rejected_of("D1") == (0, 1)
        told = [text for _, text in evidence_items(scored, "zh", audit.unit)]
        assert "本期台账有 3 行未采用，其中属本单位 0 行、无法判定单位 1 行，未参与计分。" in told

    @pytest.mark.parametrize(
        ("rejected", "zh", "en"),
        [
            (Rejected(), ["台账没有未采用的行。"], ["No row of the ledger was rejected."]),
            (Rejected(0, 0, 7), ["本期台账没有未采用的行；其他时段有 7 行。"],
             ["No row of the period was rejected; of other periods 7 were."]),
            (Rejected(2, 0, 7), ["本期台账有 2 行未采用，未参与计分。"],
             ["Rejected rows of the period: 2; they count for nothing."]),
            (Rejected(0, 1, 7), ["另有 1 行未采用，时间无法辨认，不能判断是否属于本期。"],
             ["Rejected rows without a readable time: 1; nobody can tell whether they belong to the period."]),
            (Rejected(2, 1, 0),
             ["本期台账有 2 行未采用，未参与计分。", "另有 1 行未采用，时间无法辨认，不能判断是否属于本期。"],
             ["Rejected rows of the period: 2; they count for nothing.",
              "Rejected rows without a readable time: 1; nobody can tell whether they belong to the period."]),
        ],
    )  # fmt: skip
    def test_rejected_rows_are_counted_by_the_period(self, audit: UnitReport, rejected: Rejected, zh, en) -> None:
        scored = replace(audit.scored, rejects=(), rejected=rejected)
        for language, expected in (("zh", zh), ("en", en)):
            assert [text for _, text in evidence_items(scored, language)][: len(expected)] == expected

    def test_rows_of_other_periods_are_counted_and_not_listed(self) -> None:
        def reject(row: int, at: str | None) -> Reject:
            return Reject("cases", "cases.csv", row, "closed_at", "soon", "an ISO 8601 time such as x", "D1", at)

        times = ("2025-11-30T23:59:59", "2025-12-01T00:00:00", "2025-12-31T23:59:59", "2026-01-01T00:00:00", None)
        faults = [reject(row, at) for row, at in enumerate(times, start=2)]
        faults += [reject(3, times[1]), *(reject(20 + n, at) for n, at in enumerate(("2025", "2025Q4", "2025-11")))]
        rejected, kept = set_aside(faults, Period.parse("2025-12"), 8)
        assert rejected == Rejected(own=4, undated=1, elsewhere=3)
        assert {one.row for one in kept} == {3, 4, 6, 20, 21}

    def test_what_was_expected_of_a_time_is_when_the_ledger_was_taken_and_not_when_the_report_looks(self) -> None:
        taken = "a time no later than the as-of time 2026-04-05T00:00:00"
        expected = not_later(datetime(2026, 4, 5))
        assert str(expected) == taken
        rows = (Reject("cases", "cases.csv", 2, "closed_at", "2027-01-01", expected, "D1", "2026-01-03T00:00:00"),)
        for look, zh, en in (
            ("2026-02-05", "不晚于台账取数时点 2026-04-05 00:00",
             "a time no later than when the ledger was taken, 2026-04-05 00:00"),
            ("2026-04-05", "不晚于截止时点 2026-04-05 00:00:00", taken),
        ):  # fmt: skip
            as_of = datetime.fromisoformat(look)
            assert tables.reject_table(rows, "D1", "zh", as_of)["要求"].tolist() == [zh]
            assert tables.reject_table(rows, "D1", "en", as_of).iloc[0, 2] == en

    def test_commands_repeat_the_parameters(self, audit: UnitReport, ledger: str) -> None:
        text = audit.show("how_to_repeat").text
        look = audit.scored.result.as_of.isoformat()
        given = f"--ledger {ledger} --period 2025-12 --as-of {look}"
        assert f"auditlib score s22-heating {given} --accept-rejects\n" in text
        assert "papermill auditlib://unit_audit.ipynb unit_audit.ipynb -r unit D1" in text
        whole = UnitReport(UnitView(replace(audit.scored, rejected=Rejected()), audit.unit))  # nothing to be accepted
        assert f"--as-of {look}\n" in whole.show("how_to_repeat").text


class TestASchemeWithoutPoints:
    @pytest.mark.long
    def test_shows_no_section_of_points_and_says_why(self, audit: UnitReport, league: RankingReport) -> None:
        asked = {"scheme": "s29-three-systems", "ledger": "s29-three-systems", "period": "2024"}
        unit, all_units = UnitReport.open(unit="规划部", **asked), RankingReport.open(**asked)
        empty = {"waterfall", "peers", "trend", "indicators", "lines", "cases"}
        assert not any(unit.show(name) for name in empty)
        assert not any(all_units.show(name) for name in ("totals", "movements", "losses", "heat"))
        first = unit.show("headline")
        assert "得分: 无总分 办法不计分" in first.sentences
        assert "办法不计分；各项义务的履行情况见履责报告。" in first.html
        assert "情节较重的追究" in unit.show("outcomes").text
        assert all(audit.show(name) for name in empty)  # a scheme of points shows them
        assert league.show("totals")


class TestFonts:
    def test_draw_chinese_without_a_missing_glyph(self, audit: UnitReport) -> None:
        from matplotlib.font_manager import findfont

        assert Path(findfont(add_fonts(), fallback_to_default=False)).parent.name == "fonts"
        scored = audit.scored
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            png(waterfall.figure(scored.resolved, scored.result, audit.unit))
            png(peers.figure(scored.resolved, scored.result, audit.unit))
            assert "<img" in audit.show("trend").html
            assert "<img" in audit.show("time_taken").html
            assert "<img" in audit.show("calendar").html

    def test_cover_the_signs_of_the_arithmetic(self) -> None:
        assert drawable("−×÷≤≥⌊⌋⌈⌉⇒→½±%（）：；，。", limit=40) == "−×÷≤≥⌊⌋⌈⌉⇒→½±%（）：；，。"
        assert drawable("a\n 龘") == "a 〓"
        assert FAMILY == "Audit Sans SC"


class TestPages:
    def test_carry_facts_for_an_index(self, audit: UnitReport, tmp_path: Path) -> None:
        outputs = [new_output("display_data", audit.show("headline")._repr_mimebundle_())]
        notebook = new_notebook(cells=[new_code_cell("", outputs=outputs)])
        facts = facts_of(notebook)
        assert facts is not None
        assert facts["unit"] == "D1"
        assert json.loads(json.dumps(facts)) == facts
        assert FACTS_MIME in outputs[0].data
        entry = Entry(facts["title"], "2025-12/D1.html", facts["period"], unit=facts["unit"], name=facts["name"])
        page = write_index(tmp_path / "run", [entry])
        text = page.read_text(encoding="utf-8")
        assert 'href="./2025-12/D1.html"' in text
        assert "2025年12月" in text
        assert [file.name for file in page.parent.iterdir()] == ["index.html"]

    def test_a_failed_notebook_says_so(self) -> None:
        error = new_output(
            "error", ename="InputError", evalue=f"found {SCRIPT}", traceback=["\x1b[31mTrace\x1b[0m <b>"]
        )
        notebook = new_notebook(cells=[new_code_cell("", outputs=[error])])
        page = render_html(notebook, title="2025年12月一分公司考核报告", language="zh")
        assert (
            t(
                (
                    "This report was not finished: an error stopped it. What follows is incomplete and must "
                    "not be relied upon."
                ),
                "zh",
            )
            in page
        )
        assert "InputError: found &lt;script&gt;" in page
        assert "Trace &lt;b&gt;" in page
        assert "<h1>2025年12月一分公司考核报告</h1>" in page
        assert failure_of(notebook) == f"InputError: found {SCRIPT}"

    def test_stay_small_and_know_their_title(self, audit: UnitReport) -> None:
        page = page_of(*sections(audit))
        assert len(re.sub(r'base64,[^"]+', "", page)) < 350_000
        assert f"<title>{audit.page.title}</title>" in html.unescape(page)


@pytest.mark.parametrize("name", ["unit_audit", "period_ranking"])
def test_notebooks_define_nothing_and_store_no_output(name: str) -> None:
    notebook = nbformat.read(home() / "notebooks" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell for cell in code if "parameters" in cell.metadata.get("tags", [])] == [code[0]]
    assert not any(re.search(r"^\s*(def|class|lambda) ", cell.source, re.M) for cell in code)
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert all(re.fullmatch(r"[a-z-]+", cell.id) for cell in notebook.cells)


class TestWarnings:
    @pytest.mark.long
    @pytest.mark.parametrize(
        ("scheme", "period"),
        [("s20-office-evaluation", "2025"), ("s22-heating", "2025-12"), ("s12-jiangsu-insurance", "2025"),
         ("s18-anhui-telecom", "2014-03"), ("s04-hotline", "2025")],
    )  # fmt: skip
    def test_no_warning_of_a_demonstration_is_left_in_english(self, root: Path, scheme: str, period: str) -> None:
        ledger = str(root / "params" / "demonstrations" / scheme)
        scored = RankingReport.open(scheme=scheme, ledger=ledger, period=period).scored
        assert scored.result.notices
        for notice in scored.result.notices:
            assert not re.search(r"[a-z]{3,} [a-z]{2,}", told(notice.message, "zh")), str(notice.message)


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> UnitReport:
    folder = tmp_path_factory.mktemp("rates")
    rows = ["case_id,unit,received_at,closed_at,due_at,published_flag"]
    rows += [f"F{n},D1,2011-07-0{n}T08:00,2011-07-0{n}T09:00,2011-07-09T08:00,ONTIME" for n in (1, 2, 3)]
    rows += ["L1,D1,2011-07-04T08:00,2011-07-20T08:00,2011-07-09T08:00,OVERDUE"]
    rows += ["N1,D1,2011-07-05T08:00,2011-07-20T08:00,,OVERDUE"]
    rows += ["F4,D2,2011-07-04T08:00,2011-07-05T08:00,2011-07-09T08:00,ONTIME"]
    (folder / "cases.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "units.csv").write_text("unit,name\nD1,One\nD2,Two\n", encoding="utf-8")
    return UnitReport.open(scheme="boston311-timeliness", ledger=str(folder), unit="D1", period="2011-07")


class TestRatesShowWhatTheyLack:
    """Points that a rate did not give are lost too: the cases that it lacks are named."""

    def test_the_case_list_holds_what_the_numerator_does_not(self, late: UnitReport) -> None:
        assert late.scored.counted_rows(late.unit) == {"L1": [("on_time", "on_time")]}
        assert 'id="case-L1"' in late.show("cases").html

    def test_the_first_screen_gives_the_arithmetic_of_the_rate(self, late: UnitReport) -> None:
        shown = late.show("headline").html
        assert "3 ÷ 4 = 75 %" in shown
        assert "+100 × 3 ÷ 4 = +75，1 件未计入分子" in shown

    def test_full_marks_lack_nothing(self, late: UnitReport) -> None:
        other = UnitReport.open(
            scheme="boston311-timeliness", ledger=late.scored.asked.ledger, unit="D2", period="2011-07"
        )
        assert other.scored.counted_rows(other.unit) == {}


def test_events_that_cost_points_are_listed_with_their_times_and_linked_from_their_lines(root: Path) -> None:
    ledger = str(root / "params" / "demonstrations" / "s12-jiangsu-insurance")
    audit = UnitReport.open(scheme="s12-jiangsu-insurance", ledger=ledger, unit="L7", period="2025")
    table = audit.show("cases").text.split("失分涉及的事项\n")[1].splitlines()
    assert table[1] == "E002\t非正常上访\t2025-03-08 10:00\t非正常上访"
    assert [row.split("\t")[0] for row in table[1:]] == ["E002", "E018"]
    assert 'href="#event-E018"' in audit.show("lines").html
    assert 'id="event-E018"' in audit.show("cases").html


def test_cases_show_their_time_limit_and_what_tells_them_apart(root: Path) -> None:
    ledger = str(root / "params" / "demonstrations" / "s12-jiangsu-insurance")
    audit = UnitReport.open(scheme="s12-jiangsu-insurance", ledger=ledger, unit="L7", period="2025")
    head, *rows = audit.show("cases").text.split("失分涉及的件\n")[1].splitlines()
    assert head == "件号\t提交\t时限\t办结\t失分规则"  # no kind: the ledger has none
    late = next(row for row in rows if row.startswith("C0176"))
    assert late == "C0176\t2025-07-17 15:30\t2025-08-31 23:59\t2025-09-04 16:00\t电话信访、不能按期办理"
