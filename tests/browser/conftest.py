"""A real browser for the tests: the system's Chromium, which sees nothing but this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it, without a window; its tests are skipped where there is none."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"found none of {', '.join(NAMES)} on the path; install one, for example: apt-get install chromium")
    with sync_playwright() as playwright:
        # Chromium's own sandbox asks for rights that containers withhold; it opens nothing but pages of this machine.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without history or cookies, whose every request to another machine fails the test."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="zh-CN")
    strange: list[str] = []

    def look(route: Route) -> None:
        if urlsplit(route.request.url).hostname in (None, "127.0.0.1"):
            route.continue_()
        else:
            strange.append(route.request.url)
            route.abort()

    context.route("**/*", look)
    yield context
    context.close()
    assert strange == [], "requests to other machines"
