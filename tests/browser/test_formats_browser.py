"""A report in a browser, from a file and without a network: sorted and filtered by keyboard, and open to everyone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from auditlib.report.html import FACTS_MIME
from auditlib.report.markup import Keyed, render_table
from auditlib.report.pages.render import render_html
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


COLUMNS = {
    "took": (("6.1 小时", "21960"), ("12.7 分钟", "762"), ("3 天", "259200"), ("40 秒", "40")),
    "day": (("12月29日", "2025-12-29"), ("1月5日", "2026-01-05"), ("2月2日", "2026-02-02"), ("10月6日", "2025-10-06")),
    "places": ("↑3", "↓12", "0", "↓2"),
    "total": ("40.5 / 93", "40.25 / 93", "−2.5 / 93", "100 / 93"),
    "rank": ("6=", "12", "5", "6="),
    "share": ("66.67 %", "9.5 %", "100 %", ("1/3", "33.3")),
    "p": ("<0.001", "0.001", ">0.999", "0.25"),
    "interval": ("10–12", "3–5", "−0.012–0.1", "4"),
    "week": ("12 (3)", "7", "8 (2)", "0"),
}
IN_ORDER = {
    "took": ["40 秒", "12.7 分钟", "6.1 小时", "3 天"],
    "day": ["10月6日", "12月29日", "1月5日", "2月2日"],
    "places": ["↓12", "↓2", "0", "↑3"],
    "total": ["−2.5 / 93", "40.25 / 93", "40.5 / 93", "100 / 93"],
    "rank": ["5", "6=", "6=", "12"],
    "share": ["9.5 %", "1/3", "66.67 %", "100 %"],
    "p": ["<0.001", "0.001", "0.25", ">0.999"],
    "interval": ["−0.012–0.1", "3–5", "4", "10–12"],
    "week": ["0", "7", "8 (2)", "12 (3)"],
}


def test_what_does_not_sort_by_its_text_sorts_by_what_it_means(context: BrowserContext, tmp_path: Path) -> None:
    columns = [[Keyed(*cell) if isinstance(cell, tuple) else cell for cell in cells] for cells in COLUMNS.values()]
    rows = [[f"C{number}", *cells] for number, cells in enumerate(zip(*columns, strict=True))]
    table = render_table(pd.DataFrame(rows, columns=["case", *COLUMNS], dtype=object), "表", "zh")
    output = new_output("display_data", {"text/html": table, FACTS_MIME: FACTS})
    file = tmp_path / "page.html"
    notebook = new_notebook(cells=[new_code_cell("", outputs=[output], id="a")])
    file.write_text(render_html(notebook), encoding="utf-8")
    page = context.new_page()
    page.goto(file.as_uri())
    for number, (name, expected) in enumerate(IN_ORDER.items(), start=1):
        page.locator("thead th").nth(number).locator("button").press("Enter")
        cells = page.locator(f"tbody tr td:nth-child({number + 1})").all_inner_texts()
        assert [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in cells] == expected, name


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
