"""A page of every kind in both languages in Chromium: nothing for axe to find, no word broken, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from demonstrations import DEMONSTRATIONS
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import BrowserContext, Page

from auditlib.core.values import Text
from auditlib.objections.issue import Issue, Terms, TermsOfObjection
from auditlib.report.closing import closing_html, contest_html
from auditlib.report.duty import DutyReport
from auditlib.report.pages.render import render_html
from auditlib.report.panel import PanelReport
from auditlib.report.ranking import RankingReport
from auditlib.report.unit import UnitReport

pytestmark = pytest.mark.browser

TERMS = Terms(
    "a-run",
    Issue(issuer=Text(zh="客户服务部", en="Customer Service"), date=date(2026, 2, 8)),
    TermsOfObjection(deadline=date(2026, 2, 20), contact=Text(zh="考核办公室", en="Assessment Office")),
)


def asked(scheme: str, period: str) -> dict[str, Any]:
    return {"scheme": scheme, "ledger": str(DEMONSTRATIONS / scheme), "period": period}


OFFICES, INSURERS = asked("s20-office-evaluation", "2025"), asked("s12-jiangsu-insurance", "2025")
DEPARTMENTS = asked("s29-three-systems", "2024")
KINDS: dict[str, Callable[[str], Any]] = {
    "period": lambda language: RankingReport.open(language=language, **OFFICES),
    "unit": lambda language: UnitReport.open(language=language, unit="P8", **INSURERS),
    "duties": lambda language: DutyReport.open(language=language, **DEPARTMENTS),
    "case": lambda language: DutyReport.open(language=language, case="C014", **DEPARTMENTS),
    "panel": lambda language: PanelReport.open(language=language, panel="s19-synthetic"),
}


@cache
def page_of(kind: str, language: str) -> str:
    """The page of a report, as a run that hears objections makes it."""
    cells = [
        new_code_cell(outputs=[new_output("display_data", section._repr_mimebundle_())])  # type: ignore[no-untyped-call]
        for section in KINDS[kind](language)
        if section
    ]
    form = "P8.objection.xlsx" if kind == "unit" else ""
    ends = {"closing": closing_html(TERMS, language, form), "contest": contest_html(TERMS, language, form)}
    return render_html(new_notebook(cells=cells), **ends)  # type: ignore[no-untyped-call]


@pytest.fixture(params=[(kind, language) for kind in KINDS for language in ("zh", "en")], ids="-".join)
def page(request: pytest.FixtureRequest, context: BrowserContext, tmp_path: Path) -> Page:
    file = tmp_path / "page.html"
    file.write_text(page_of(*request.param), encoding="utf-8")
    opened = context.new_page()
    opened.goto(file.as_uri())
    return opened


@pytest.mark.parametrize(("width", "colours"), [(1400, "light"), (390, "dark")])
def test_axe_finds_nothing(page: Page, width: int, colours: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=colours)
    rules = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=rules).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


BROKEN = """[...document.querySelectorAll('td, th, caption, p, li, dd')].flatMap(cell => {
    if (!cell.checkVisibility() || cell.closest('.repeat, code, pre')) return [];
    const found = [], walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (node.parentElement.closest('code, .unseen, [hidden]')) continue;
        for (const word of node.data.matchAll(/[A-Za-z]{2,}/g)) {
            const range = document.createRange();
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            if (tops.size > 1) found.push(word[0]);
        }
    }
    return found;
})"""
"""The Latin words that a line ends within."""


def test_no_word_is_broken_nothing_is_cut_off_and_the_first_screen_says_how_one_objects(page: Page) -> None:
    hidden = page.evaluate(
        "[...document.querySelectorAll('.wide')].filter(one => one.scrollWidth > one.clientWidth + 1)"
        ".map(one => one.getAttribute('aria-label'))"
    )
    assert hidden == []  # on a desk no table has a column beyond its edge
    for width in (1400, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(BROKEN) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    if page.locator(".first.panel").count():
        assert page.locator(".contest").count() == 0  # what experts think is no result of a unit
        return
    told = page.locator(".first + .contest").inner_text()
    assert "2026-02-20: Assessment Office" in told or "2026年2月20日前提出：考核办公室" in told
