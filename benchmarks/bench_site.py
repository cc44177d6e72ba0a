"""What the site costs: 3,000 units in 12 periods, written and used in Chromium, with synthetic results.

python benchmarks/bench_site.py [--units 3000] [--periods 12] [--keep DIR]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from playwright.sync_api import Page, sync_playwright
from site_data import MONTHS, units, write_run

from auditlib.site.write import write_site

TYPED = ("第", "第1", "第12", "第129", "第1299", "第1299供")
TIMED = """([id, value]) => {
    const control = document.getElementById(id), began = performance.now();
    control.value = value;
    control.dispatchEvent(new Event(control.tagName === "INPUT" ? "input" : "change"));
    document.body.offsetHeight;
    return performance.now() - began;
}"""
SORTED = """name => {
    const began = performance.now();
    document.querySelector(`#units th[data-sort=${name}] button`).click();
    document.body.offsetHeight;
    return performance.now() - began;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=3000)
    parser.add_argument("--periods", type=int, default=12)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = asked.keep or Path(own)
        write_run(folder, "year", {month: units(asked.units, n) for n, month in enumerate(MONTHS[: asked.periods])})
        for name in ("written", "written again, nothing changed"):
            started = perf_counter()
            written = write_site(folder)
            say(name, perf_counter() - started, "s")
        parts = [file.stat().st_size for file in (folder / "site").glob("*.js")]
        say("rows", written.rows, "")
        say("index.html", written.page.stat().st_size / 1000, "kB")
        say("parts", len(parts), "")
        say("largest part", max(parts) / 1000, "kB")
        say("all parts", sum(parts) / 1000, "kB")
        browse(written.page, written.rows)


def browse(index: Path, rows: int) -> None:
    program = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if program is None:
        print("not browsed: found neither chromium nor google-chrome")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        started = perf_counter()
        page.goto(index.as_uri())
        page.locator("#units tbody button").first.wait_for()
        say("first rows on the page", perf_counter() - started, "s")
        page.wait_for_function(f"rows.length === {rows}")
        say("all rows there", perf_counter() - started, "s")
        page.wait_for_function(f"shown.length === {rows}")
        measure(page)
        browser.close()


def measure(page: Page) -> None:
    """The time from an event until the page is laid out again."""
    times = [page.evaluate(TIMED, ["q", text]) for text in TYPED for _ in range(3)]
    say("a letter typed, median", statistics.median(times), "ms")
    say("a letter typed, slowest", max(times), "ms")
    page.evaluate(TIMED, ["q", ""])
    for name in ("total", "unit", "group"):
        say(f"sorted by {name}", page.evaluate(SORTED, name), "ms")
    say("filtered by group", page.evaluate(TIMED, ["group", "第2组"]), "ms")


def say(what: str, number: float, unit: str) -> None:
    print(f"{what:34}{number:12,.{1 if unit else 0}f} {unit}")


if __name__ == "__main__":
    main()
