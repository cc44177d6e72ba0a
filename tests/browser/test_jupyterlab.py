"""The notebooks where methodologists work: JupyterLab in a real browser, every cell run, the sliders moved."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("jupyterlab")]

STARTED_WITHIN, RUN_WITHIN = 240.0, 600_000
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # all cells are on the page at once
}
TALL = {"width": 1400, "height": 7000}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab and the folder that it shows."""

    address: str
    token: str
    folder: Path

    def open(self, context: BrowserContext, notebook: str) -> Page:
        page = context.new_page()
        page.goto(f"{self.address}/lab/tree/notebooks/{notebook}.ipynb?token={self.token}&reset")
        expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=240_000)
        return page


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Notebooks and parameters as in a fresh clone, where nothing was made yet."""
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(root / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(root / "params", folder / "params")
    return folder


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a free port of this machine, with settings and files of its own."""
    own = tmp_path_factory.mktemp("jupyter")
    for name, settings in SETTINGS.items():
        file = own / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = [
        "--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", "--ServerApp.allow_root=True",
        "--LabApp.news_url=", "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    places = {"CONFIG": "config", "DATA": "data", "RUNTIME": "runtime"}
    environment = {f"JUPYTER_{name}_DIR": str(own / place) for name, place in places.items()}
    environment |= {"JUPYTERLAB_SETTINGS_DIR": str(own / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(own / "spaces")}
    environment["IPYTHONDIR"] = str(own / "ipython")
    with (own / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], cwd=folder, env=os.environ | environment,
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(server, f"{address}/api?token={token}", own / "log")
            yield Lab(address, token, folder)
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not answer: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., None]:
    """Takes a picture, of the whole notebook or of what is in sight, into the folder of AUDITLIB_SCREENSHOTS if set."""
    place = Path(os.environ.get("AUDITLIB_SCREENSHOTS") or tmp_path)

    def take(page: Page, name: str, whole: bool = True) -> None:
        before = page.viewport_size
        if whole:
            page.set_viewport_size(TALL)
            page.locator(".jp-WindowedPanel-outer").evaluate("panel => { panel.scrollTop = 0; }")
            page.wait_for_timeout(500)  # the sheet of cells follows the window with a delay
        page.screenshot(path=place / f"{name}.png")
        if before:
            page.set_viewport_size(before)

    place.mkdir(parents=True, exist_ok=True)
    return take


def run_all_cells(page: Page) -> None:
    """Run → Run All Cells, and wait until the kernel has run the last one without an error."""
    prompts = run_until_idle(page)
    assert errors(page) == []
    assert [text for text in prompts.all_inner_texts() if not re.fullmatch(r"\[\d+\]:", text)] == []


def run_until_idle(page: Page) -> Locator:
    """Run → Run All Cells, and wait until the kernel has run the last one, or stopped at an error; the prompts."""
    ready = page.locator("#jp-main-statusbar", has_text="| Idle")  # before that JupyterLab asks which kernel to start
    expect(ready).to_be_visible(timeout=240_000)
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
    prompts = page.locator(".jp-CodeCell .jp-InputArea-prompt")
    expect(prompts.first).to_have_text("[1]:", timeout=240_000)
    expect(prompts.filter(has_text="[*]")).to_have_count(0, timeout=RUN_WITHIN)
    expect(ready).to_be_visible()
    return prompts


def error_outputs(page: Page) -> Locator:
    """The outputs that are errors and warnings. JupyterLab shows a traceback as either of the two."""
    kinds = (f".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.{kind}']" for kind in ("error", "stderr"))
    return page.locator(", ".join(kinds))


def errors(page: Page) -> list[str]:
    """What cells wrote as errors and warnings."""
    return error_outputs(page).all_inner_texts()


def headings(page: Page) -> list[str]:
    """The headings of the report in the outputs, in their order."""
    return page.locator(".jp-OutputArea-output :is(h1, h2)").all_inner_texts()


def test_a_unit_is_audited(lab: Lab, context: BrowserContext, picture) -> None:
    page = lab.open(context, "unit_audit")
    run_all_cells(page)
    picture(page, "unit_audit")
    told = headings(page)
    assert told[0] == "2025年12月西区分公司考核报告"
    assert {"计分明细", "如何复核本报告"} <= set(told)
    assert page.locator(".jp-OutputArea-output figure img").count() >= 2


def test_an_error_is_a_short_message(lab: Lab, context: BrowserContext, picture) -> None:
    written = (lab.folder / "notebooks" / "unit_audit.ipynb").read_text(encoding="utf-8")
    assert written.count('ledger: str = \\"s22-heating\\"') == 1
    wrong = written.replace('ledger: str = \\"s22-heating\\"', 'ledger: str = \\"nowhere\\"')
    (lab.folder / "notebooks" / "mistaken.ipynb").write_text(wrong, encoding="utf-8")
    page = lab.open(context, "mistaken")
    run_until_idle(page)
    error_outputs(page).scroll_into_view_if_needed()
    picture(page, "mistaken", whole=False)
    (told,) = errors(page)
    assert told.startswith(
        "auditlib: nowhere: no such ledger; expected a folder of registers or an XLSX file, or one of "
    )
    assert len(told.splitlines()) == 1


def test_a_panel_is_reported_and_a_moved_threshold_makes_items_fall(lab: Lab, context: BrowserContext, picture) -> None:
    """The panel agreed on a CV below 0.25; at 0.15 the items fall out whose CV is not below that, and no others."""
    page = lab.open(context, with_sliders(lab, "delphi_panel"))
    run_all_cells(page)
    picture(page, "delphi_panel")
    told = headings(page)
    assert told[0] == "投诉处理岗位核心能力评价指标（合成数据）：第2轮专家咨询报告"
    assert {"协调程度", "条目筛选", "共识", "稳定性", "权重"} <= set(told)
    table = page.locator(".widget-html-content table")
    rows = table.locator("tbody tr")
    expect(page.locator(".widget-slider .noUi-handle")).to_have_count(5, timeout=120_000)
    before = [row.split("\t") for row in rows.all_inner_texts()]
    assert {row[-1] for row in before} == {""}
    fall = [row[0] for row in before if row[-2] == "是" and float(row[2]) >= 0.15]
    assert 0 < len(fall) < len(before)
    page.locator(".widget-slider", has_text="CV").locator(".noUi-handle").focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    line = page.locator(".widget-html-content pre")
    expect(line).to_contain_text('cv_below: "0.15"', timeout=120_000)
    expect(rows.filter(has_text="落选")).to_have_count(len(fall))
    after = [row.split("\t") for row in rows.all_inner_texts()]
    assert [row[0] for row in after if row[-1] == "落选"] == fall
    table.scroll_into_view_if_needed()
    picture(page, "delphi_panel-moved", whole=False)
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(line).to_contain_text('cv_below: "0.25"', timeout=120_000)
    expect(rows.filter(has_text="落选")).to_have_count(0)


def with_sliders(lab: Lab, notebook: str) -> str:
    """The name of a copy of the notebook whose parameter says that the sliders are to be shown."""
    folder = lab.folder / "notebooks"
    written = (folder / f"{notebook}.ipynb").read_text(encoding="utf-8")
    assert written.count("interactive: bool = False") == 1
    shown = written.replace("interactive: bool = False", "interactive: bool = True")
    (folder / f"{notebook}-sliders.ipynb").write_text(shown, encoding="utf-8")
    return f"{notebook}-sliders"


def test_sliders_keep_the_sum_of_weights_and_move_the_ranks(lab: Lab, context: BrowserContext, picture) -> None:
    page = lab.open(context, with_sliders(lab, "weight_revision"))
    run_all_cells(page)
    rows = page.locator(".widget-hbox", has=page.locator("> .widget-slider"))
    handles = page.locator(".widget-slider .noUi-handle")
    expect(handles).to_have_count(12, timeout=120_000)
    before, ranks = shares(rows), page.locator(".widget-html-content table").all_inner_texts()
    assert sum(before) == pytest.approx(100, abs=0.7)
    picture(page, "weight_revision")
    handles.nth(6).focus()
    for _ in range(30):
        page.keyboard.press("PageUp")
    expect(page.locator(".widget-html-content table").first).not_to_have_text(ranks[0])
    after = come_to_rest(rows)
    assert sum(after) == pytest.approx(100, abs=0.7)
    assert after[6] > before[6]
    assert all(now <= then for place, (now, then) in enumerate(zip(after, before, strict=True)) if place != 6)
    picture(page, "weight_revision-moved", whole=False)


def come_to_rest(rows) -> list[float]:
    """The shares when the kernel has answered the last of many keys: they no longer change."""
    found = shares(rows)
    for _ in range(60):
        time.sleep(0.5)
        before, found = found, shares(rows)
        if found == before:
            break
    return found


def shares(rows) -> list[float]:
    """The weights beside the sliders, in percent."""
    return [float(re.search(r"([\d.]+) ?%", text)[1]) for text in rows.all_inner_texts()]
