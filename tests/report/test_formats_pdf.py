"""PDF for filing: searchable, numbered, with bookmarks, the packaged fonts, no network, and the same bytes."""

from __future__ import annotations

import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fontTools.misc.timeTools import epoch_diff as SINCE_1904
from fontTools.misc.timeTools import timestampNow
from nbformat.v4 import new_code_cell, new_notebook, new_output

from auditlib.core.errors import InputError
from auditlib.report.html import FACTS_MIME
from auditlib.report.markup import render_table
from auditlib.report.pages import pdf
from auditlib.report.pages.render import render_html
from auditlib.report.tables import frame

FACTS = {
    "kind": "unit", "title": "东区考核报告", "language": "zh", "scheme": "s22-heating", "version": "1",
    "period": "2025-12", "unit": "B1", "name": "东区分公司",
}  # fmt: skip
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)


def page(extra: str = "") -> str:
    keys = render_table(frame([("超时", tuple(f"件{n:03}" for n in range(60)))], ("rule", "case_ids"), "zh"), "t", "zh")
    markup = (
        f"<h1>东区分公司考核报告</h1><h2>计分明细</h2><h3>响应时效</h3>"
        f"<p>−1 × ⌊(85 % − 80 %) ÷ 1 %⌋ = −5 ✓ <b>加粗</b></p>"
        f'<figure><img src="{PICTURE}" alt="从满分到得分"></figure>{keys}{extra}<h2>来源缺口</h2><p>无。</p>'
    )
    output = new_output("display_data", {"text/html": markup, FACTS_MIME: FACTS})
    return render_html(new_notebook(cells=[new_code_cell("", outputs=[output], id="a")]), title="东区分公司 · 2025-12")


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (poppler-utils): PDF files are not read by another program")
    return found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("weasyprint", reason="WeasyPrint and Pango are not installed: pip install 'auditlib[pdf]'")
    made = tmp_path_factory.mktemp("pdf") / "page.pdf"
    made.write_bytes(pdf.pdf_of(page()))
    return made


def output_of(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


class TestAFiledReport:
    @pytest.mark.long
    def test_its_text_can_be_searched(self, file: Path) -> None:
        text = output_of(tool("pdftotext"), "-layout", file, "-")
        for words in ("东区分公司考核报告", "−1 × ⌊(85 % − 80 %) ÷ 1 %⌋ = −5 ✓", "响应时效", "加粗"):
            assert words in text

    def test_every_page_has_its_number_and_its_head(self, file: Path) -> None:
        text = output_of(tool("pdftotext"), "-layout", file, "-")
        pages = text.split("\f")[:-1]
        for number, shown in enumerate(pages, start=1):
            assert f"第 {number} 页，共 {len(pages)} 页" in shown
            assert re.match(r"东区分公司 B1 · 2025年12月 +s22-heating 版本 1", shown)
        assert pages

    def test_headings_are_bookmarks(self, file: Path) -> None:
        outline = output_of(tool("pdftohtml"), "-xml", "-i", "-stdout", file).partition("<outline>")[2]
        assert re.findall(r">([^<>\n]+)</item>", outline) == ["东区分公司考核报告", "计分明细", "响应时效", "来源缺口"]

    def test_it_carries_the_packaged_fonts_and_no_other(self, file: Path) -> None:
        fonts = output_of(tool("pdffonts"), file).splitlines()[2:]
        names = {line.split()[0].partition("+")[2] for line in fonts}
        assert names >= {"Audit-Sans-SC", "Audit-Sans-SC-Bold"}
        assert names <= {"Audit-Sans-SC", "Audit-Sans-SC-Bold", "Audit-Symbols", "Audit-Symbols-Bold"}
        assert all(line.split()[-5] == "yes" for line in fonts)  # embedded

    def test_it_is_tagged_for_those_who_hear_it(self, file: Path) -> None:
        found = dict(line.split(":", 1) for line in output_of(tool("pdfinfo"), file).splitlines())
        assert found["Tagged"].strip() == "yes"
        assert found["JavaScript"].strip() == "no"
        assert found["Title"].strip() == "东区分公司 · 2025-12"

    def test_a_long_list_of_keys_gives_the_first_forty_and_says_so(self, file: Path) -> None:
        text = output_of(tool("pdftotext"), file, "-")
        assert len(set(re.findall(r"件\d{3}", text))) == 40
        assert "共 60 件" in text


@pytest.mark.long
def test_it_reads_nothing_from_the_network_or_the_disk(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint")
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of this disk")
    with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}"
        strange = (
            f'<img src="{there}/a.png" alt="x"><link rel="stylesheet" href="{there}/b.css">'
            f'<style>@import "{there}/c.css";'
            f"@font-face {{ font-family: f; src: url({there}/d.woff) }} "
            f"p {{ font-family: f; background: url({there}/e.png) }}"
            f'</style><object data="{secret.as_uri()}"></object><link rel="attachment" href="{secret.as_uri()}">'
        )
        made = pdf.pdf_of(page(strange))
        server.shutdown()
    assert made.startswith(b"%PDF-")
    assert asked == []
    assert b"/EmbeddedFile" not in made


ELSEWHERE = """
import hashlib, sys
from auditlib.report.pages.pdf import pdf_of
print(hashlib.sha256(pdf_of(open(sys.argv[1], encoding="utf-8").read())).hexdigest())
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("seed", "zone", "locale"), [("1", "Asia/Shanghai", "C"), ("2", "America/New_York", "C.UTF-8")]
)
def test_the_same_page_gives_the_same_bytes_anywhere(
    file: Path, tmp_path: Path, seed: str, zone: str, locale: str
) -> None:
    (tmp_path / "page.html").write_text(page(), encoding="utf-8")
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "page.html")]
    found = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()
    assert found == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.long
def test_fonts_that_are_cut_without_harfbuzz_do_not_tell_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system may have Pango without HarfBuzz's own program for it; fontTools then does it."""
    pytest.importorskip("weasyprint")
    monkeypatch.setattr("weasyprint.pdf.fonts.harfbuzz_subset", None)
    made = []
    for now in (1_000_000_000, 2_000_000_000):
        monkeypatch.setattr("fontTools.misc.timeTools.time", SimpleNamespace(time=lambda now=now: now))
        made.append(pdf.pdf_of(page()))
        assert timestampNow() + SINCE_1904 == now  # outside, the clock is what it was
    assert made[0] == made[1]


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("weasyprint")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pdf.pdf_of(page())
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Whether WeasyPrint can be imported is asked anew, before and after."""
    pdf._weasyprint.cache_clear()
    yield
    pdf._weasyprint.cache_clear()


@pytest.mark.usefixtures("forgotten")
def test_without_weasyprint_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(InputError, match=r"formats: pdf: a PDF needs WeasyPrint .*pip install 'auditlib\[pdf\]'"):
        pdf.pdf_of("<html></html>")


class TestWhatPaperHides:
    """Left out of what is laid out; the file is the same, byte for byte."""

    @pytest.mark.long
    def test_a_page_without_its_links_and_folded_tables_gives_the_same_pdf(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("weasyprint", reason="WeasyPrint and Pango are not installed: pip install 'auditlib[pdf]'")
        inner = '<details class="keys"><summary>2 in all</summary>件1 件2</details>'
        folded = f'<details class="data audit"><summary>Table</summary><table><tr><td>{inner}</table></details>'
        spots = '<a class="spot" href="#lines" title="1 &gt; 0" aria-label="bar" style="left:1%"></a>'
        whole = page(f"<p>before</p>{folded}{spots}<p>after</p>{folded}<nav>the author's own</nav>")
        less = pdf._without_what_paper_hides(whole)
        assert [words for words in ("before", "after", "the author's own") if words not in less] == []
        assert not any(hidden in less for hidden in ("2 in all", 'spot" href', "<script", 'class="skip"'))
        made = pdf.pdf_of(whole)
        monkeypatch.setattr(pdf, "_without_what_paper_hides", lambda page: page)
        assert made == pdf.pdf_of(whole)

    def test_a_table_that_never_ends_is_left_as_it_is(self) -> None:
        broken = '<html><body><main id="report"><details class="data audit"><p>text</p></main></body></html>'
        assert pdf._without_what_paper_hides(broken) == broken
