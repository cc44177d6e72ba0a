"""A report in a browser, from a file and without a network: sorted and filtered by keyboard, and open to everyone."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from auditlib.report.fragments import FACTS_MIME
from auditlib.report.markup import render_table
from auditlib.report.render import render_html
from auditlib.report.tables import frame

pytestmark = pytest.mark.browser

FACTS = {
    "kind": "ranking", "title": "2025年12月考核排名", "language": "zh", "scheme": "s22-heating", "version": "1",
    "period": "2025-12",
}  # fmt: skip
TOTALS = ("9.5", "−2", "100", None, "9.50", "33", "4", "5", "6", "7", "8", "10")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [(f"单位{number:02}", total, ("C1", "C2")) for number, total in enumerate(TOTALS)]
    table = render_table(frame(rows, ("unit", "total", "case_ids"), "zh"), "排名表", "zh")
    markup = f'<header class="masthead"><h1>2025年12月考核排名</h1></header><section><h2>排名表</h2>{table}</section>'
    output = new_output("display_data", {"text/html": markup, FACTS_MIME: FACTS})
    page = tmp_path / "报告.html"
    notebook = new_notebook(cells=[new_code_cell("", outputs=[output], id="a")])
    page.write_text(render_html(notebook), encoding="utf-8")
    return page


@pytest.fixture
def page(context: BrowserContext, file: Path) -> Page:
    """The report, whose every complaint of the browser fails the test."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(_text(message)))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    assert said == []
    return page


def _text(message: ConsoleMessage) -> str:
    return message.text


def totals(page: Page) -> list[str]:
    return page.locator("tbody tr:visible td:nth-child(2)").all_inner_texts()


def test_the_keyboard_sorts_numbers_as_numbers_with_the_missing_last(page: Page) -> None:
    assert totals(page)[:4] == ["9.5", "−2", "100", "—"]
    head = page.locator("thead th").nth(1)
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert totals(page) == ["−2", "4", "5", "6", "7", "8", "9.5", "9.50", "10", "33", "100", "—"]
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "descending"
    assert totals(page) == ["100", "33", "10", "9.5", "9.50", "8", "7", "6", "5", "4", "−2", "—"]
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert totals(page)[:4] == ["9.5", "−2", "100", "—"]


def test_filtering_says_how_many_rows_are_left(page: Page) -> None:
    page.get_by_role("searchbox", name="筛选：排名表").fill("单位 33")
    assert totals(page) == ["33"]
    assert page.get_by_role("status").inner_text() == "显示 1 行，共 12 行"
    page.get_by_role("searchbox").fill("")
    assert len(totals(page)) == 12


def test_the_first_key_leads_past_everything_to_the_report(page: Page) -> None:
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "跳到正文"
    assert focused.bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.url.endswith("#report")


def test_without_script_the_page_is_complete(context: BrowserContext, file: Path) -> None:
    browser = context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False) as plain:
        page = plain.new_page()
        page.goto(file.as_uri())
        assert page.locator("tbody tr").count() == 12
        assert page.locator("button, input").count() == 0


def test_a_script_from_a_ledger_does_not_run_even_where_it_gets_into_the_page(
    context: BrowserContext, file: Path
) -> None:
    """What escaping should keep out, the page's own policy refuses."""
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("<h2>", '<script>document.title = "taken"</script><h2>', 1), encoding="utf-8")
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.title() == "2025年12月考核排名"


def test_no_rule_of_accessibility_is_broken(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    told = [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found.response["violations"]]
    assert told == []
