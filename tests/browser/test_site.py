"""The site in a real browser, opened from disk: search, order, comparison, languages, print, accessibility.

Screenshots for people to look at are kept in the folder that AUDITLIB_SCREENSHOTS names.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import BrowserContext, Page, expect
from site_data import HOSTILE, MONTHS, unit, units, write_run

from auditlib.cli import main
from auditlib.site.write import write_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

RUN = """
run: heating
title: {{zh: 供热考核（虚构）, en: Heating (synthetic)}}
scheme: s22-heating
ledger: {ledger}
periods: [2025-11, 2025-12]
units: [B2, B3]
as_of: "2026-01-05T00:00:00"
notebooks:
  - {{notebook: period_ranking, per: period}}
  - {{notebook: unit_audit, per: unit}}
"""


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder of reports as people have it: dossiers, and a run of two units and two periods."""
    folder = tmp_path_factory.mktemp("site") / "reports"
    run_file = folder.parent / "heating.yaml"
    run_file.write_text(RUN.format(ledger=root / "params/demonstrations/s22-heating"), encoding="utf-8")
    examples = ("--examples", root / "tests/spec", "--language", "zh", "--language", "en")
    for command in (
        ("dossier", "s14-bank-service", "--out", folder / "dossiers", *examples),
        ("run", run_file, "--out", folder / "heating", "--jobs", 2),
    ):
        done = CliRunner().invoke(main, [str(word) for word in command])
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def strange(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder of two runs without reports: hostile names, and a year of sixty units by a scheme with findings."""
    folder = tmp_path_factory.mktemp("strange")
    named = [unit(name, name, ["5"], group="<b>", rank=place) for place, name in enumerate(HOSTILE.values(), 1)]
    write_run(folder, "hostile", {"2024-12": named}, title=HOSTILE["script"])
    year = write_run(folder, "year", {month: units(60, place) for place, month in enumerate(MONTHS)}, failure="ended")
    (year / "schemes").mkdir()
    shutil.copy(root / "params/schemes/s14-bank-service.yaml", year / "schemes")
    write_site(folder)
    return folder


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which every error, and every request for anything but a file, fails the test."""
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(f"dialog {dialog.message}"))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else trouble.append(asked.url))
    yield page
    assert trouble == []


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[Page, str], None]:
    """Keeps a picture of a page under a name, for people to look at."""
    folder = Path(os.environ.get("AUDITLIB_SCREENSHOTS", tmp_path))

    def shoot(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    return shoot


def opened(page: Page, folder: Path, state: str = "") -> Page:
    page.goto(f"{(folder / 'index.html').as_uri()}{state}")
    expect(page.locator("#status")).not_to_be_empty()
    expect(page.locator("#units tbody button").first).to_be_visible()
    return page


def names(page: Page) -> list[str]:
    return page.locator("#units tbody .name").all_text_contents()


def column(page: Page, place: int) -> list[str]:
    return page.locator(f"#units tbody tr > :nth-child({place})").all_text_contents()


def findings(page: Page) -> list[Any]:
    """All that axe-core finds, the size of what is pressed among it."""
    rules = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=rules).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


class TestFinding:
    def test_search_finds_by_name_and_by_code_as_one_types(self, page: Page, strange: Path) -> None:
        opened(page, strange).locator("#q").press_sequentially("第7供热站")
        assert set(names(page)) == {"第7供热站"}
        expect(page.locator("#status")).to_have_text("727 条结果中符合条件的有 12 条。")
        page.locator("#q").fill("u0007")
        assert set(names(page)) == {"第7供热站"}
        page.locator("#q").fill("no such unit")
        expect(page.locator("#units tbody tr")).to_have_count(0)

    def test_filters_narrow_together_and_are_cleared_together(self, page: Page, strange: Path) -> None:
        opened(page, strange)
        page.locator("#run").select_option("year")
        page.locator("#period").select_option("2025-03")
        page.locator("#group").select_option("第2组")
        expect(page.locator("#units tbody tr")).to_have_count(20)
        assert set(column(page, 2)) == {"第2组"}
        page.locator("#outcome").select_option("honoured")
        assert column(page, 7) == ["1"]
        page.locator("#reset").click()
        expect(page.locator("#status")).to_have_text("共 727 条结果。")
        page.locator("#state").select_option("failed_report")
        expect(page.locator("#units tbody tr")).to_have_count(12)

    def test_columns_sort_both_ways_and_back_and_say_so(self, page: Page, strange: Path) -> None:
        opened(page, strange, "#run=year&period=2025-01")
        head = page.locator("#units th[data-sort=total]")
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "ascending")
        totals = [int(text) for text in column(page, 5)]
        assert totals == sorted(totals)
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "descending")
        assert int(column(page, 5)[0]) >= totals[-1]
        head.get_by_role("button").click()
        expect(head).not_to_have_attribute("aria-sort", re.compile("."))
        page.locator("#units th[data-sort=unit]").get_by_role("button").click()
        assert names(page)[:3] == ["第0供热站", "第1供热站", "第2供热站"]  # by number, not letter by letter

    def test_long_results_come_in_pages(self, page: Page, strange: Path) -> None:
        opened(page, strange, "#run=year")
        expect(page.locator("#page")).to_have_text("第 1 页，共 15 页")
        first = names(page)
        page.locator("#next").click()
        expect(page.locator("#page")).to_have_text("第 2 页，共 15 页")
        assert names(page) != first

    def test_a_view_can_be_shared_by_its_address(self, page: Page, strange: Path) -> None:
        opened(page, strange)
        page.locator("#run").select_option("year")
        page.locator("#q").fill("第1")
        page.locator("#units th[data-sort=rank]").get_by_role("button").click()
        expect(page).to_have_url(re.compile("sort=rank"))
        seen, address = page.locator("#units tbody").inner_text(), page.url
        page.goto("about:blank")
        page.goto(address)
        expect(page.locator("#q")).to_have_value("第1")
        expect(page.locator("#units tbody")).to_have_text(re.compile("第1"))
        assert page.locator("#units tbody").inner_text() == seen

    def test_all_of_it_works_by_keyboard(self, page: Page, strange: Path) -> None:
        opened(page, strange, "#run=year&period=2025-01")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#results")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.type("u0004")
        page.locator("#units th[data-sort=unit] button").press("Enter")
        expect(page.locator("#units th[data-sort=unit]")).to_have_attribute("aria-sort", "ascending")
        page.locator("#units tbody button").press("Space")
        expect(page.locator("#a-unit")).to_have_value("第4供热站 (U0004)")


class TestComparing:
    def test_two_units_stand_side_by_side_with_exact_differences(
        self, page: Page, tmp_path: Path, keep: Callable[[Page, str], None]
    ) -> None:
        a = unit("A", "甲站", ["10", "0.1", "7"], total="17.10", total_of="30", rank=1)
        b = unit("B", "乙站", ["10", "0.3", "2"], total="12.3", total_of="30", rank=2)
        write_run(tmp_path, "one", {"2025-12": [a, b]})
        write_site(tmp_path)
        opened(page, tmp_path)
        for place in (0, 1):
            page.locator("#units tbody button").nth(place).click()
        shown = page.locator("#comparison tbody tr")
        expect(shown).to_have_count(6)
        differences = page.locator("#comparison tbody td:last-child").all_text_contents()
        assert differences == ["0", "+0.2", "−5", "−4.8", "0", "—"]  # 0.3 − 0.1 is 0.2, not 0.19999999999999998
        expect(shown.nth(2)).to_have_class("widest")
        expect(page.locator("#comparison .most")).to_have_text(["−9.9 分，失分最多", "−9.7 分，失分最多"])
        expect(page.locator(".answer")).to_contain_text("总分相差 −4.8，其中差距最大的是item_3（−5）")
        links = page.locator("#comparison thead a")
        assert [link.get_attribute("href") for link in links.all()] == [
            "./one/2025-12/unit-0000.html", "./one/2025-12/unit-0001.html"
        ]  # fmt: skip
        keep(page, "comparison")
        assert findings(page) == []

    def test_two_periods_of_a_unit_are_chosen_in_the_form(self, page: Page, strange: Path) -> None:
        opened(page, strange)
        for side, period in (("a", "2025年1月 · 批次year"), ("b", "2025年2月 · 批次year")):
            page.locator(f"#{side}-period").select_option(label=period)
            page.locator(f"#{side}-unit").fill("U0005")
            page.locator(f"#{side}-unit").press("Tab")
        expect(page.locator("#comparison thead .more")).to_have_text(["2025年1月 · 批次year", "2025年2月 · 批次year"])
        total, later = page.locator("#comparison tbody tr.sum").first.locator("td").all_text_contents()[:2]
        page.locator("#swap").click()
        expect(page.locator("#comparison tbody tr.sum").first.locator("td").first).to_have_text(later)
        assert total != later
        page.locator("#clear").click()
        expect(page.locator("#comparison")).to_be_empty()

    def test_what_the_total_has_beside_the_indicators_is_a_row(self, page: Page, tmp_path: Path) -> None:
        a, b = unit("A", "A", ["1"], total="101"), unit("B", "B", ["3"], total="103.5")
        write_run(tmp_path, "one", {"2025-12": [a, b]})
        write_site(tmp_path)
        opened(page, tmp_path, "#a=one~2025-12~A&b=one~2025-12~B")
        expect(page.locator("#comparison tbody tr", has_text="基础分、汇总及其他").locator("td").last).to_have_text(
            "+0.5"
        )


class TestReports:
    def test_a_line_leads_to_its_cases(self, page: Page, reports: Path) -> None:
        opened(page, reports, "#q=B2&period=2025-12").locator("#units tbody .name").click()
        expect(page).to_have_title(re.compile("西区分公司"))
        page.locator(".costs a").first.click()
        expect(page.locator(":target")).to_be_in_viewport()
        section = page.locator(".indicator", has=page.locator(":target"))
        line = section.locator("tr.matters", has=page.locator("code")).first
        case = line.locator("code").first.text_content()
        assert case
        expect(page.locator("table.cases tbody th", has_text=case).first).to_be_visible()

    def test_the_run_the_ranking_and_the_dossier_are_linked(self, page: Page, reports: Path) -> None:
        opened(page, reports)
        addresses = [link.get_attribute("href") or "" for link in page.locator("main a[href^='./']").all()]
        assert addresses
        assert [href for href in addresses if not (reports / href).is_file()] == []
        for wanted in (
            "./heating/index.html", "./heating/2025-12/period_ranking.html", "./heating/2025-12/B2.html",
            "./dossiers/s14-bank-service.html", "./dossiers/s14-bank-service.en.html",
            "./dossiers/s14-bank-service.examples.html",
        ):  # fmt: skip
            assert wanted in addresses

    def test_findings_of_a_scheme_open_in_place(self, page: Page, strange: Path) -> None:
        opened(page, strange)
        page.locator("details summary").click()
        expect(page.locator("details ol > li")).to_have_count(11)


class TestLanguageAndPrint:
    def test_the_language_changes_without_a_reload(self, page: Page, reports: Path) -> None:
        opened(page, reports)
        page.evaluate("window.sameDocument = true")
        page.locator("[data-language=en]").click()
        expect(page.locator("h1")).to_have_text("考核总目录Assessments")  # both are there, one is seen
        assert page.locator("h1").inner_text() == "Assessments"
        expect(page).to_have_title("Assessments")
        expect(page.locator("#status")).to_have_text("All results: 8.")
        assert page.evaluate("window.sameDocument && document.documentElement.lang") == "en"
        shown = page.locator("main").inner_text()
        assert re.findall("批次|考核期|名次|总分", shown) == []
        expect(page).to_have_url(re.compile("lang=en"))
        page.reload()
        assert page.locator("h1").inner_text() == "Assessments"

    def test_it_prints_with_all_rows_and_without_controls(self, page: Page, strange: Path, tmp_path: Path) -> None:
        opened(page, strange, "#run=year")
        printed = page.pdf(path=tmp_path / "site.pdf", prefer_css_page_size=True)
        assert printed.startswith(b"%PDF")
        page.emulate_media(media="print")
        expect(page.locator(".controls")).to_be_hidden()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        expect(page.locator("#units tbody tr")).to_have_count(720)
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        expect(page.locator("#units tbody tr")).to_have_count(50)

    def test_a_report_prints(self, page: Page, reports: Path) -> None:
        page.goto((reports / "heating/2025-12/B2.html").as_uri())
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")

    def test_without_script_the_runs_and_the_newest_results_are_there(
        self, context: BrowserContext, strange: Path
    ) -> None:
        browser = context.browser
        assert browser
        plain = browser.new_context(java_script_enabled=False)
        page = plain.new_page()
        page.goto((strange / "index.html").as_uri())
        expect(page.locator("#units tbody tr")).to_have_count(30)
        expect(page.locator(".listing tbody tr")).to_have_count(2)
        expect(page.locator(".controls")).to_be_hidden()
        plain.close()


class TestSafety:
    def test_hostile_names_are_shown_as_text(
        self, page: Page, strange: Path, keep: Callable[[Page, str], None]
    ) -> None:
        opened(page, strange, "#run=hostile")
        shown = [name.replace("\u202e", "⟨U+202E⟩") for name in HOSTILE.values()]
        assert names(page) == shown
        assert page.locator("#units img, #units script").count() == 0
        for place in (0, 6):
            page.locator("#units tbody button").nth(place).click()
        expect(page.locator("#comparison thead a")).to_have_text([shown[0], shown[6]])
        keep(page, "hostile")

    def test_the_page_cannot_reach_a_network(self, context: BrowserContext, strange: Path) -> None:
        page = context.new_page()  # its complaints are what is tested
        opened(page, strange)
        fetched = """url => fetch(url).then(() => "reached", error => error.name)"""
        assert page.evaluate(fetched, "http://127.0.0.1:9/x") == "TypeError"
        blocked = """() => new Promise(done => {
            const picture = new Image();
            addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
            picture.src = "http://127.0.0.1:9/x.png";
        })"""
        assert page.evaluate(blocked) == "img-src"

    def test_a_missing_part_is_said(self, context: BrowserContext, tmp_path: Path) -> None:
        write_run(tmp_path, "one", {"2025-12": units(3), "2025-11": units(2)})
        write_site(tmp_path)
        next((tmp_path / "site").glob("one-2025-11-rows.*")).unlink()
        page = context.new_page()
        opened(page, tmp_path)
        expect(page.locator("#trouble")).to_contain_text("one-2025-11-rows.")
        expect(page.locator("#units tbody tr")).to_have_count(3)


PAGES = {
    "index": "index.html", "run": "heating/index.html", "report": "heating/2025-12/B2.html",
    "ranking": "heating/2025-12/period_ranking.html", "dossier": "dossiers/s14-bank-service.html",
    "examples": "dossiers/s14-bank-service.examples.html",
}  # fmt: skip


@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(
    name: str, scheme: Any, width: int, page: Page, reports: Path, keep: Callable[[Page, str], None]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto((reports / PAGES[name]).as_uri())
    assert findings(page) == []
    keep(page, f"{name}-{width}-{scheme}")


def test_on_a_phone_nothing_of_the_table_is_cut_off(
    page: Page, strange: Path, keep: Callable[[Page, str], None]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, strange)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    edges = page.evaluate(
        "[...document.querySelectorAll('#units tbody td')].map(cell => cell.getBoundingClientRect().right)"
    )
    assert max(edges) <= 390
    keep(page, "phone")
    assert findings(page) == []


def test_typing_stays_quick_over_six_thousand_rows(page: Page, tmp_path: Path) -> None:
    write_run(tmp_path, "large", {month: units(500, place) for place, month in enumerate(MONTHS)})
    write_site(tmp_path)
    started = perf_counter()
    opened(page, tmp_path)
    expect(page.locator("#status")).to_have_text("共 6,000 条结果。".replace(",", ""))
    assert perf_counter() - started < 10  # a busy machine of two cores; benchmarks/bench_site.py measures
    spent = page.evaluate("""() => {
        const box = document.getElementById("q"), times = [];
        for (const text of ["第", "第4", "第49", "第499"]) {
            const began = performance.now();
            box.value = text;
            box.dispatchEvent(new Event("input"));
            times.push(performance.now() - began);
        }
        return Math.min(...times);
    }""")
    assert spent < 100
