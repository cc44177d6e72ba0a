"""The page of a unit: three sentences, bars that lead to cases, one stop for many ids, the annex, English names."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest
from demonstrations import DEMONSTRATIONS
from nbformat.v4 import new_notebook

from auditlib.report.pages.render import render_html
from auditlib.report.ranking import RankingReport
from auditlib.report.unit import UnitReport
from auditlib.report.workbook.cases import case_sheet

ASKED = {"scheme": "s22-heating", "ledger": str(DEMONSTRATIONS / "s22-heating"), "period": "2025-12"}


@pytest.fixture(scope="module")
def page() -> UnitReport:
    return UnitReport.open(unit="B2", **ASKED)  # type: ignore[arg-type]


def test_three_sentences_come_before_any_arithmetic(page: UnitReport) -> None:
    stands, lost, sure = page.show("headline").sentences[:3]
    # reports/sample: 53 of 93, 37 less than in November, 15 + 12 + 5 of 40 lost points under three indicators
    assert stands == "西区分公司得 53 分（满分 93），在区域分公司 3 个单位中排第 2，较2025年11月 −37 分。"
    assert lost.startswith("失分最多的是办理时效（−15）、评价结果（−12）、")
    assert "占全部失分的 80\N{NO-BREAK SPACE}%" in lost.replace(" %", "\N{NO-BREAK SPACE}%")
    assert "名次会变为第 3" in sure  # it is number 2
    markup = page.show("headline").html
    assert markup.index(stands[:10]) < markup.index('class="costs"')


def test_every_bar_leads_to_the_lines_of_its_indicator(page: UnitReport) -> None:
    found = re.findall(r'class="spot" href="#(lines-[^"]+)"', page.show("waterfall").html)
    lost = [change.id for change in page.page.story.changes if change.points]
    assert found == [f"lines-{id}" for id in lost]
    anchors = set(re.findall(r'id="(lines-[^"]+)"', page.show("lines").html))
    assert set(found) <= anchors


def test_a_limit_that_was_missed_leads_to_the_lines_of_its_clause(page: UnitReport) -> None:
    section = page.show("time_taken")
    found = re.findall(r'class="spot" href="#(lines-[^"]+)" title="([^"：]+)', section.html)
    table = section.table
    assert table is not None
    late = {str(row.iloc[0]): str(row.iloc[1]) for _, row in table.iterrows() if row.iloc[4] != "0"}
    assert [name for _, name in found] == list(late)
    assert len(found) < len(table)  # the control: what nobody missed leads nowhere
    rules = {rule.clause: indicator.id for indicator, rule in reversed(list(page.page.scheme.rules()))}
    for target, name in found:
        clause = late[name].split("〔")[1].rstrip("〕")
        assert target == f"lines-{rules[clause]}"
    anchors = set(re.findall(r'id="(lines-[^"]+)"', page.show("lines").html))
    assert {target for target, _ in found} <= anchors


def test_a_list_of_ids_is_one_stop_of_the_tabulator_key(page: UnitReport) -> None:
    lists = re.findall(r'class="keys"[^>]*>(.*?)</(?:span|details)>', page.show("lines").html)
    linked = [re.findall(r"<a [^>]*>", one) for one in lists if "<a " in one]
    assert any(len(one) > 1 for one in linked)
    assert all('tabindex="-1"' not in one[0] and all('tabindex="-1"' in key for key in one[1:]) for one in linked)


class TestAllEvidence:
    def test_the_annex_has_every_case_and_event_with_the_numbers_of_its_rules(self, page: UnitReport) -> None:
        annex = page.show("annex").html
        rules = re.findall(r"<li>(.*?)</li>", annex)
        rows = re.search(r'<p class="rows">(.*)</p>', annex)
        assert rows
        listed = {line.split()[0]: line for line in rows[1].split("<br>")}
        for register in ("cases", "events"):
            for key, places in page.scored.counted_rows(page.unit, register).items():
                numbers = re.search(r"\(([\d, ]+)\)$", listed[key])
                assert numbers
                assert len(numbers[1].split(", ")) == len(places)
                assert all(int(number) <= len(rules) for number in numbers[1].split(", "))

    def test_the_workbook_has_a_row_for_each_case_and_rule(self) -> None:
        scored = RankingReport.open(**ASKED).scored  # type: ignore[arg-type]
        assert case_sheet(scored, "zh").rows == []  # a report on all units has no evidence
        whole = UnitReport.open(unit="B2", **ASKED).scored  # type: ignore[arg-type]
        sheet = case_sheet(whole, "en")
        own = whole.counted_rows(whole.unit("B2"))
        assert [(row[0], row[2]) for row in sheet.rows] == [("B2", key) for key in sorted(own) for _ in own[key]]
        assert list(sheet.columns)[-3:] == ["Indicator", "Rule", "Clause"]


class TestEnglishNames:
    def test_pages_in_english_call_units_and_groups_as_the_ledger_does_in_english(self) -> None:
        english = UnitReport.open(unit="B2", language="en", **ASKED)  # type: ignore[arg-type]
        assert english.page.title == "Assessment of Western branch, 2025-12"
        text = english.show("headline").text
        assert "the 3 units of District branches" in text
        assert "西区分公司" not in text
        ranking = RankingReport.open(language="en", **ASKED)  # type: ignore[arg-type]
        assert "Western branch" in ranking.show("ranking").html

    @pytest.mark.long
    def test_a_ledger_without_them_keeps_its_own(self, tmp_path: Path) -> None:
        for file in (DEMONSTRATIONS / "s22-heating").iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        (tmp_path / "units.csv").write_text("unit,name\nB1,东区\nB2,西区\nB3,南区\nH1,河滨\n", encoding="utf-8")
        asked = ASKED | {"ledger": str(tmp_path), "language": "en"}
        assert UnitReport.open(unit="B2", **asked).page.title == "Assessment of 西区, 2025-12"  # type: ignore[arg-type]


def test_how_to_object_is_asked_on_the_first_screen() -> None:
    closing = '<section class="audit issue"><h2 id="issue">结果的印发与异议</h2></section>'
    with_terms = render_html(new_notebook(), closing=closing)  # type: ignore[no-untyped-call]
    nav = with_terms[: with_terms.index("<main")]
    assert '<a href="#issue">结果的印发与异议</a>' in nav
    assert 'href="#issue"' not in render_html(new_notebook())  # type: ignore[no-untyped-call]


@pytest.mark.long
def test_the_third_sentence_says_where_and_what_another_reading_would_decide() -> None:
    asked = {"scheme": "s20-office-evaluation", "ledger": str(DEMONSTRATIONS / "s20-office-evaluation")}
    sure = UnitReport.open(unit="E1", period="2025", language="en", **asked).show("headline").sentences[2]  # type: ignore[arg-type]
    # as a share it would be first; over the votes of all methods it would have 45.9 and be held accountable
    held = "“Rectification within a time limit, accountability” would be decided otherwise by another reading"
    assert sure == f"Another reading of the rules would make it number 1; {held}."


def test_each_dot_among_the_peers_says_whose_it_is_and_is_no_stop_of_the_keyboard() -> None:
    scheme = "s20-office-evaluation"
    report = UnitReport.open(
        scheme=scheme, ledger=str(DEMONSTRATIONS / scheme), period="2025", unit="G1", language="en"
    )
    shown = report.show("peers")
    spots = lxml.html.fromstring(shown.html).xpath("//*[@class='spot']")
    assert sorted(spot.get("title") for spot in spots) == [
        "Civil Affairs Section: 97.8, rank 1", "Employment Services Section: 90.1111, rank 2",
        "Health Permits Section: 90.1111, rank 2", "Planning Permits Section: 53.5556, rank 4",
    ]  # fmt: skip
    assert {(spot.tag, spot.get("href"), spot.get("tabindex")) for spot in spots} == {("span", None, None)}
    places = [tuple(re.findall(r"[\d.]+(?=%)", spot.get("style"))) for spot in spots]
    assert len(set(places)) == 4  # equal totals stand beside each other
