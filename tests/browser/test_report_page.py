"""A unit's page in Chromium: tables saved without a network, few stops of the tabulator key, an annex on paper."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from demonstrations import DEMONSTRATIONS
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import BrowserContext, Page, expect

from auditlib.report.pages.render import render_html
from auditlib.report.unit import UnitReport

pytestmark = pytest.mark.browser


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="module")
def report() -> UnitReport:
    asked = {"scheme": "s12-jiangsu-insurance", "ledger": str(DEMONSTRATIONS / "s12-jiangsu-insurance")}
    return UnitReport.open(unit="P8", period="2025", **asked)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def file(report: UnitReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = [
        new_code_cell(outputs=[new_output("display_data", section._repr_mimebundle_())])  # type: ignore[no-untyped-call]
        for section in report
        if section
    ]
    written = tmp_path_factory.mktemp("page") / "P8.html"
    written.write_text(render_html(new_notebook(cells=cells)), encoding="utf-8")  # type: ignore[no-untyped-call]
    return written


def test_a_table_is_saved_as_csv_with_all_its_rows(page: Page, file: Path, report: UnitReport, tmp_path: Path) -> None:
    page.goto(file.as_uri())
    table = report.show("indicators").table
    assert table is not None
    with page.expect_download() as begun:
        page.get_by_role("button", name="下载 CSV：各项指标").click()
    saved = tmp_path / "saved.csv"
    begun.value.save_as(saved)
    assert saved.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(saved.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == list(table.columns)
    assert [row[0] for row in rows[1:]] == list(table.iloc[:, 0])
    lost = list(table.columns).index("失分")
    assert [row[lost] for row in rows[1:]] == [(value or "").replace("−", "-") for value in table["失分"]]


def test_the_tabulator_key_has_few_stops(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    stops = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input, summary, [tabindex]')]"
        ".filter(one => one.tabIndex >= 0 && one.checkVisibility()).length"
    )
    assert stops < 110
    first = page.locator(".keys a").first
    first.focus()
    page.keyboard.press("ArrowRight")
    beside = page.evaluate("document.activeElement.closest('.keys') !== null && document.activeElement.tabIndex")
    assert beside == 0


def test_a_list_of_contents_leads_to_every_section(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    links = page.locator("nav.contents a")
    assert links.all_text_contents() == page.locator("h2[id]:not(#annex)").all_text_contents()
    links.last.click()
    expect(page.locator(":target")).to_be_in_viewport()


def test_the_annex_is_on_paper_alone(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    expect(page.locator(".annex")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".annex")).to_be_visible()
    expect(page.locator("section.cases")).to_be_hidden()
