"""Pages: one template for auditlib and for nbconvert, one script that the page itself vouches for, heads for paper."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from auditlib.report.html import FACTS_MIME
from auditlib.report.markup import render_table
from auditlib.report.pages.render import render_html
from auditlib.report.pages.styles import TEMPLATES
from auditlib.report.tables import frame

FACTS = {
    "kind": "unit", "title": "东区考核报告", "language": "zh", "scheme": "s22-heating", "version": "1",
    "period": "2025-12", "unit": "B1", "name": "东区分公司",
}  # fmt: skip


def notebook(facts: dict[str, str] | None = None, **metadata: object) -> nbformat.NotebookNode:
    data = {"text/html": "<section><h1>东区</h1><p>甲 &lt;乙&gt;</p></section>", "text/plain": "东区"}
    shown = new_output("display_data", data | ({FACTS_MIME: facts} if facts else {}))
    code = new_code_cell("", outputs=[shown, new_output("stream", name="stdout", text="1 < 2\n")], id="one")
    made = new_notebook(cells=[new_markdown_cell("# 说明\n\n按办法计分。", id="zero"), code])
    made.metadata.update(metadata)
    return made


class Parsed(HTMLParser):
    """Elements with their attributes, and texts without the space around them, whatever way they are written."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[object] = []
        self._anchors = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and ("class", "anchor-link") in attrs:
            self._anchors += 1  # nbconvert's own exporter adds them to headings; the style hides them
            return
        linked = tag in ("h1", "h2", "h3")  # and gives them names to link to
        self.found.append((tag, sorted(one for one in attrs if not (linked and one[0] == "id"))))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._anchors:
            self._anchors -= 1

    def handle_data(self, data: str) -> None:
        if not self._anchors and data.strip():
            self.found.append(re.sub(r"[ \t]+\n", "\n", data.strip()))


def converted(folder: Path, *options: str) -> str:
    nbformat.write(notebook(FACTS, title="东区分公司 · 2025-12"), folder / "executed.ipynb")
    command = [sys.executable, "-m", "nbconvert", *options, "executed.ipynb", "--output", "page.html"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return (folder / "page.html").read_text(encoding="utf-8")


class TestJupyterMakesTheSamePage:
    """By an installed auditlib, in a folder where nothing of it lies."""

    @pytest.mark.parametrize("name", ["conf.json", "index.html.j2"])
    def test_the_template_is_installed_where_jupyter_looks(self, name: str) -> None:
        installed = Path(sys.prefix) / "share" / "jupyter" / "nbconvert" / "templates" / "auditlib" / name
        assert installed.read_bytes() == (TEMPLATES / "auditlib" / name).read_bytes(), (
            "install auditlib again: make test"
        )

    @pytest.mark.long
    def test_nbconvert_finds_the_template_by_its_name(self, tmp_path: Path) -> None:
        page = converted(tmp_path, "--to", "html", "--template", "auditlib")
        expected = render_html(notebook(FACTS, title="东区分公司 · 2025-12"))
        assert Parsed(page).found == Parsed(expected).found  # the stock exporter writes elements its own way

    @pytest.mark.long
    def test_nbconvert_finds_the_exporter_by_its_name_and_gives_the_same_bytes(self, tmp_path: Path) -> None:
        page = converted(tmp_path, "--to", "auditlib")
        assert page == render_html(notebook(FACTS, title="东区分公司 · 2025-12"))


def policy(page: str) -> dict[str, str]:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    return {
        name: rest for name, _, rest in (part.strip().partition(" ") for part in html.unescape(found[1]).split(";"))
    }


class TestAPage:
    def test_it_allows_its_own_script_by_fingerprint_and_nothing_from_elsewhere(self) -> None:
        page = render_html(notebook(FACTS))
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.S)
        fingerprint = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
        assert len(scripts) == 1
        assert policy(page) == {
            "default-src": "'none'", "img-src": "data:", "style-src": "'unsafe-inline'", "font-src": "data:",
            "script-src": f"'sha256-{fingerprint}'", "base-uri": "'none'", "form-action": "'none'",
        }  # fmt: skip
        assert re.search(r"https?:|url\((?!data:)|@import|(src|href)=\"(?!data:|#)", page) is None

    @pytest.mark.parametrize(
        ("language", "lang", "skip"), [("zh", "zh-CN", "跳到正文"), ("en", "en", "Skip to the report")]
    )
    def test_it_speaks_one_language_and_begins_with_a_way_to_the_report(
        self, language: str, lang: str, skip: str
    ) -> None:
        page = render_html(notebook(FACTS), language=language)
        assert f'<html lang="{lang}">' in page
        assert f'<a class="skip" href="#report">{skip}</a>\n<main id="report">' in page

    def test_its_printed_head_names_unit_period_and_version_and_its_foot_the_page(self) -> None:
        page = render_html(notebook(FACTS))
        assert '@top-left { content: "东区分公司 B1 · 2025年12月"; }' in page
        assert '@top-right { content: "s22-heating 版本 1"; }' in page
        assert '@bottom-center { content: "第 " counter(page) " 页，共 " counter(pages) " 页"; }' in page
        english = render_html(notebook(FACTS), language="en")
        assert '@bottom-center { content: "Page " counter(page) " of " counter(pages); }' in english

    def test_a_name_can_end_neither_the_style_nor_a_string_in_it(self) -> None:
        hostile = 'a"; } </style><script>alert(1)</script>\\\n{{ 7*7 }}'
        page = render_html(notebook(FACTS | {"name": hostile}), title=hostile)
        assert page.count("<script") == 1
        assert page.count("</style>") == 1
        assert "49" not in page
        head = re.search(r'@top-left \{ content: "([^"]*)"; \}', page)
        assert head
        shown = re.sub(r"\\([0-9a-f]+) ", lambda match: chr(int(match[1], 16)), head[1])
        assert shown.startswith(hostile.replace("\n", " "))

    def test_a_notebook_that_says_nothing_of_itself_gives_a_page_too(self) -> None:
        page = render_html(new_notebook(cells=[]))
        assert "<title>auditlib</title>" in page
        assert '@top-left { content: "auditlib"; }' in page

    def test_a_failed_one_says_so_in_its_language(self) -> None:
        error = new_output("error", ename="ValueError", evalue="no <such> unit", traceback=["a\x1b[31mb"])
        page = render_html(new_notebook(cells=[new_code_cell("", outputs=[error])]), language="en")
        assert "This report was not finished" in page
        assert '<pre class="message">ValueError: no &lt;such&gt; unit</pre>' in page
        assert "<summary>Details of the error</summary>" in page


def test_a_long_list_of_keys_prints_its_first_forty_and_says_so() -> None:
    keys = tuple(f"C{number:03}" for number in range(41))
    page = render_table(frame([("a", keys)], ("rule", "case_ids"), "zh"), "t", "zh")
    printed = re.search(r'<p class="keys printed">(.*?)</p>', page)
    assert printed
    assert re.findall(r"<code>(C\d+)</code>", printed[1]) == list(keys[:40])
    assert "以上为前 40 件，共 41 件" in printed[1]
    assert "printed" not in render_table(frame([("a", keys[:40])], ("rule", "case_ids"), "zh"), "t", "zh")
