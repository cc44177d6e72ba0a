"""``python -m handbook.pictures``: the pictures of the README and the handbook, made anew from the program.

A unit's report in both languages, and a notebook in JupyterLab as it is after it was run. They are committed, so that
the README shows them; each stays below 200 kB. Chromium of the system draws them.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import yaml
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from handbook.places import DOCS, LANGUAGES, ROOT, Language

__all__ = ["SMALL", "main"]

SMALL = 200_000
"""A picture has fewer bytes than this."""
PICTURES = DOCS / "pictures"


def main() -> int:
    """Writes every picture; 1 where one is too large."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        work = Path(folder)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for language in LANGUAGES:
            made = _report(work / language, language)
            _keep(_picture(browser, made.as_uri(), 1000, 760), f"report.{language}.png")
            _keep(_notebook(browser, work / f"lab-{language}", language), f"notebook.{language}.png")
        browser.close()
    large = [file.name for file in PICTURES.glob("*.png") if file.stat().st_size >= SMALL]
    print(f"too large: {', '.join(large)}" if large else f"written: {PICTURES}")
    return 1 if large else 0


def _report(folder: Path, language: Language) -> Path:
    """The report of a unit of the sample, in a language."""
    run = yaml.safe_load((ROOT / "params" / "runs" / "sample.yaml").read_text(encoding="utf-8"))
    folder.mkdir()
    file = folder / "sample.yaml"
    file.write_text(yaml.safe_dump(run | {"language": language}, allow_unicode=True), encoding="utf-8")
    program = [str(Path(sys.executable).with_name("auditlib")), "run", str(file), "--out", str(folder)]
    subprocess.run(program, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("**/B2.html"))


def _picture(browser: Browser, address: str, width: int, height: int, wait: str | None = None) -> bytes:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address, timeout=600_000)
    if wait:
        page.wait_for_selector(wait, timeout=600_000)
        page.wait_for_timeout(8_000)
    else:
        page.wait_for_timeout(500)
    taken = page.screenshot()
    page.close()
    return taken


def _notebook(browser: Browser, folder: Path, language: Language) -> bytes:
    """A notebook of five lines, run, in JupyterLab."""
    folder.mkdir()
    text = {
        "zh": "# 西区分公司为什么失分\n每一行是一条规则：数据、算式、条款、件号。",
        "en": "# Why the western branch lost points\nA row is a rule: what was counted, its clause, its cases.",
    }[language]
    code = [
        "import auditlib as al\n\n"
        'unit = al.assess(scheme="s22-heating", ledger="s22-heating", period="2025-12").unit("B2")\n'
        'lost = unit.lines[unit.lines["points"] < 0]\n'
        'lost[["indicator", "rule", "clause", "points", "cases"]].head(5)',
        f'al.UnitReport(unit, "{language}").show("waterfall").figure',
    ]
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(text), *map(nbformat.v4.new_code_cell, code)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(book, folder / "unit.ipynb")
    run = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "unit.ipynb"]
    subprocess.run(run, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with _lab(folder) as address:
        return _picture(browser, f"{address}/lab/tree/unit.ipynb?reset", 1200, 1000, ".jp-OutputArea-output table")


@contextmanager
def _lab(folder: Path) -> Iterator[str]:
    """JupyterLab on a folder, until it is left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--ServerApp.port={port}", "--IdentityProvider.token=", "--ServerApp.open_browser=False",
               "--ServerApp.allow_root=True", "--LabApp.news_url=None",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    own = {
        name: str(folder / "own" / name)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    }
    lab = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options], cwd=folder, env=os.environ | own, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/api").close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        lab.terminate()
        lab.wait()


def _keep(taken: bytes, name: str) -> None:
    """A picture with so few colours that it is small."""
    image = Image.open(io.BytesIO(taken)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    image.save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
