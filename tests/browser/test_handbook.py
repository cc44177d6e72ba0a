"""The handbook as it is built, opened from disk: both languages, wide and narrow, with its search, asking nobody."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

WIDTHS = (1440, 390)


def build(root: Path, out: Path) -> Path:
    command = [sys.executable, "-m", "handbook", "--out", str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The handbook of this tree: what `make docs` has just made, where the environment names its folder."""
    if made := os.environ.get("AUDITLIB_TEST_HANDBOOK"):
        assert (root / made / "index.html").is_file(), f"found no handbook in {made}, expected what `make docs` makes"
        return root / made
    return build(root, tmp_path_factory.mktemp("handbook") / "documentation")


@pytest.fixture(params=WIDTHS)
def page(browser: Browser, request: pytest.FixtureRequest) -> Page:
    """A page of one width; a request that leaves the disk, or an error in its console, fails the test."""
    opened = browser.new_page(viewport={"width": request.param, "height": 900})
    wrong: list[str] = []
    opened.on("request", lambda one: None if one.url.startswith(("file:", "data:", "blob:")) else wrong.append(one.url))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield opened
    opened.close()
    assert wrong == []


PAGES = ("index", "read-a-report", "cookbook/index", "cookbook/44-below-the-mean-of-all", "reference/scheme/formers",
         "reference/registers", "reference/commands", "reference/api", "trust")  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_page_fits_the_screen_and_leads_to_its_twin(site: Path, page: Page, folder: str, name: str) -> None:
    page.goto((site / f"{folder}{name}.html").as_uri())
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    twin = page.locator("a.md-select__link[lang=en]" if folder == "" else "a.md-select__link[lang=zh]")
    target = page.evaluate("link => link.href", twin.element_handle())
    assert Path(unquote(target.removeprefix("file://"))) == site / f"{'' if folder else 'en/'}{name}.html"


@pytest.mark.parametrize(
    ("folder", "word", "found"),
    [
        ("", "满意率", "满意率"),
        ("", "扣完为止", "扣完为止"),
        ("en/", "percentile", "ercentile"),
        ("en/", "不满意", "不满意"),
    ],
)
def test_the_search_finds_words_without_a_server(site: Path, page: Page, folder: str, word: str, found: str) -> None:
    page.goto((site / f"{folder}index.html").as_uri())
    if page.viewport_size["width"] < 1000:  # type: ignore[index]
        page.locator("label.md-header__button[for=__search]").click()
    asked = page.locator("input.md-search__input")
    asked.fill(word)
    asked.press("End")  # the search looks at what is typed when a key goes up
    results = page.locator(".md-search-result__item")
    expect(results.first).to_be_visible(timeout=60_000)
    shown = [re.sub(r"[\u200b\s]", "", text) for text in results.all_inner_texts()]
    assert any(found in text for text in shown[:5])


def test_the_same_inputs_give_the_same_bytes(root: Path, site: Path, tmp_path: Path) -> None:
    again = build(root, tmp_path / "elsewhere" / "documentation")
    assert hashes(again) == hashes(site)


def hashes(site: Path) -> dict[str, str]:
    files = (file for file in site.rglob("*") if file.is_file())
    return {file.relative_to(site).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_no_page_names_another_host_to_load_from(site: Path) -> None:
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|iframe|link)[^>]+(?:src|href)="(?:https?:)?//[^"]+"', text), file
    assert not list(site.rglob("sitemap*"))
