"""Whatever a ledger says stays text: in pages, sheets, notebooks, file names, figures and on the terminal."""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import io
import json
import re
import unicodedata
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import openpyxl
import pytest
from hostile_ledger import (
    ATTRIBUTE,
    COMMAND,
    CONTROL,
    ENTITY,
    FORMULA,
    LATEX,
    LONG,
    MARKDOWN,
    SCRIPT,
    SQL,
    TEMPLATE,
    TRAVERSAL,
    TURNED,
    UNITS,
)

from auditlib.core.visible import visible
from auditlib.report.figure import drawable

VOID = {"meta", "img", "br", "input", "link", "hr", "col"}
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
COUNTING = {"SUM", "SUMIFS", "SUMPRODUCT", "COUNTIFS", "ROUND", "ABS", "MAX", "MIN", "IF"}
"""The functions of the workbook's own formulas: those that add up, none that fetches, opens or runs anything."""
EMBEDDED = re.compile(r"(?i)^(#|\./|data:image/(png|svg\+xml);base64,)")


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, its scripts, the text that it shows."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif not self.open or self.open[-1] != "style":
            self.text += data

    @property
    def policy(self) -> str:
        return next(
            attributes["content"] or ""
            for tag, attributes in self.elements
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        )


@pytest.fixture(scope="module")
def pages(hostile_run: Path) -> dict[str, Page]:
    return {file.name: Page(file.read_text(encoding="utf-8")) for file in sorted(hostile_run.rglob("*.html"))}


@pytest.fixture(scope="module")
def notebooks(hostile_run: Path) -> list[nbformat.NotebookNode]:
    return [nbformat.read(file, as_version=4) for file in sorted(hostile_run.rglob("*.ipynb"))]


@pytest.mark.long
def test_there_is_a_page_for_every_unit_the_period_and_the_index(pages):
    assert len(pages) == len(UNITS) + 2


def test_no_page_has_a_script_that_is_not_ours(pages):
    for name, page in pages.items():
        assert not any("alert" in script or "evil" in script for script in page.scripts), name
        assert not page.scripts or "script-src" in page.policy


def test_no_element_has_a_handler_or_takes_anything_from_elsewhere(pages):
    for name, page in pages.items():
        for tag, attributes in page.elements:
            assert not [key for key in attributes if key.startswith("on")], (name, tag)
            assert tag not in {"iframe", "object", "embed", "base", "form"}
            for key in ("src", "href", "action", "data", "srcset", "poster"):
                if tag == "script" and key in attributes:
                    assert re.fullmatch(r"(\./)?[\w.-]+(/[\w.-]+)*\.js", attributes[key] or ""), name
                elif key in attributes and not (tag == "a" and key == "href"):
                    assert EMBEDDED.match(attributes[key] or ""), (name, tag, attributes[key])
            if tag == "a" and "href" in attributes:
                assert not re.match(r"(?i)\s*[a-z][a-z0-9+.-]*:", attributes["href"] or ""), (name, attributes["href"])


def test_every_page_forbids_the_network_and_foreign_scripts(pages):
    for name, page in pages.items():
        directives = {part.split()[0]: part.split()[1:] for part in page.policy.split(";") if part.strip()}
        assert directives["default-src"] == ["'none'"], name
        assert directives["base-uri"] == directives["form-action"] == ["'none'"], name
        assert not [
            source for sources in directives.values() for source in sources if "http" in source or source == "*"
        ]
        inline = [script for script in page.scripts if script.strip()]
        digests = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline}
        allowed = set(directives.get("script-src", []))
        assert {f"'sha256-{digest}'" for digest in digests} <= allowed, name
        assert not allowed & {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "data:", "blob:"}, name


@pytest.mark.parametrize(
    "text", [SCRIPT, TRAVERSAL, FORMULA, ENTITY, SQL, TEMPLATE, MARKDOWN, LATEX, ATTRIBUTE, COMMAND]
)
def test_a_hostile_text_is_shown_letter_by_letter(pages, text):
    shown = [name for name, page in pages.items() if text in page.text or text in " ".join(page.text.split())]
    assert "period_ranking.html" in shown


def test_marks_that_turn_the_direction_of_writing_are_shown_and_not_obeyed(pages):
    assert not [name for name, page in pages.items() if DIRECTION.search(page.text)]
    assert visible(TURNED) in pages["period_ranking.html"].text
    assert "⟨U+202E⟩gnp.txt" in visible(TURNED)


def test_control_characters_are_in_no_page(pages):
    for page in pages.values():
        assert not [c for c in page.text if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert visible(CONTROL) in pages["period_ranking.html"].text


def test_file_names_stay_in_the_folder_and_fit_every_disk(hostile_run):
    written = [file for file in hostile_run.parent.rglob("*") if file.is_file()]
    assert not (hostile_run.parent.parent / "etc").exists()
    for file in written:
        assert len(file.name.encode()) <= 255
        assert not set(file.name) & set('<>:"|?*\\=@$%&;\x00\n')
        assert not DIRECTION.search(file.name)
        assert not file.name.startswith("-")
    assert len({file.name.casefold() for file in written if file.suffix == ".html"}) == len(UNITS) + 2


def test_links_of_the_index_lead_to_the_pages(hostile_run, pages):
    from urllib.parse import unquote

    links = [attributes["href"] for tag, attributes in pages["index.html"].elements if tag == "a"]
    reports = [href for href in links if href and href.endswith(".html")]
    assert len(set(reports)) == len(UNITS) + 1
    assert all((hostile_run / unquote(href)).resolve().is_relative_to(hostile_run.resolve()) for href in reports)
    assert all((hostile_run / unquote(href)).is_file() for href in reports)


def test_notebooks_hold_parameters_as_data_and_no_code_of_a_ledger(root, notebooks):
    assert len(notebooks) == len(UNITS) + 1
    ours = {cell.source for file in (root / "notebooks").glob("*.ipynb") for cell in nbformat.read(file, 4).cells}
    units = set()
    for notebook in notebooks:
        for cell in notebook.cells:
            if "injected-parameters" not in cell.metadata.get("tags", []):
                assert cell.source in ours
                continue
            for node in ast.parse(cell.source).body:
                assert isinstance(node, ast.Assign)
                value = ast.literal_eval(node.value)
                units |= {value} if node.targets[0].id == "unit" else set()
    assert units == set(UNITS)


def test_notebooks_show_nothing_that_runs(notebooks):
    for notebook in notebooks:
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                kinds = set(output.get("data", {}))
                assert not kinds & {"application/javascript", "text/latex", "text/markdown", "image/svg+xml"}
                shown = Page("".join(output.get("data", {}).get("text/html", "")))
                assert "script" not in {tag for tag, _ in shown.elements}
                assert not [key for _, attributes in shown.elements for key in attributes if key.startswith("on")]


def sheets(file: Path | io.BytesIO) -> list[openpyxl.cell.Cell]:
    return [cell for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows() for cell in row]


@pytest.mark.long
def test_workbooks_show_texts_and_their_formulas_only_count(hostile_run, hostile_ledger, run_cli, tmp_path):
    own = tmp_path / "scores.xlsx"
    where = ["--ledger", hostile_ledger, "--period", "2025-12", "--accept-rejects"]
    assert run_cli("score", "s22-heating", *where, "--format", "xlsx", "--out", own).exit_code == 0
    for file in (own, *hostile_run.rglob("*.xlsx")):
        cells = sheets(file)
        assert {cell.data_type for cell in cells} <= {"s", "n", "f"}
        assert not [cell.coordinate for cell in cells if cell.hyperlink and "://" in (cell.hyperlink.target or "")]
        texts = [cell.value for cell in cells if cell.data_type == "s"]
        assert SCRIPT in texts
        assert COMMAND in texts
        assert any(text.startswith(FORMULA) for text in texts)
        assert not [text for text in texts if DIRECTION.search(text)]
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            assert not [name for name in names if "externalLink" in name or "vba" in name.lower()]
            formulas = [text for name in names for text in re.findall(r"<f>(.*?)</f>", archive.read(name).decode())]
        assert {function for text in formulas for function in re.findall(r"([A-Z][A-Z0-9.]*)\(", text)} <= COUNTING
        assert not [text for text in formulas if "http" in text or "|" in text or "长" in text]


def test_csv_cells_start_no_formula_and_numbers_stay_numbers(hostile_run, hostile_ledger, run_cli):
    where = ["--ledger", hostile_ledger, "--period", "2025-12", "--accept-rejects"]
    printed = run_cli("score", "s22-heating", *where, "--format", "csv").stdout
    written = [file.read_text(encoding="utf-8-sig") for file in hostile_run.rglob("*.csv")]
    assert len(written) >= 3
    for text in (printed, *written):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r"))]
        assert not [
            cell for cell in cells if cell.startswith(("+", "-")) and not re.fullmatch(r"[+-]\d+(\.\d+)?", cell)
        ]
    lines = next(file for file in hostile_run.rglob("lines.csv")).read_text(encoding="utf-8-sig")
    assert re.search(r"(?m),-\d+(\.\d+)?(,|$)", lines)  # a deduction, not '-2


def test_json_says_what_the_ledger_says(hostile_ledger, run_cli):
    where = ["--ledger", hostile_ledger, "--period", "2025-12", "--accept-rejects"]
    plain = json.loads(run_cli("score", "s22-heating", *where, "--format", "json").stdout)
    assert {unit["unit"] for unit in plain["units"]} == set(UNITS)


@pytest.mark.parametrize("unit", list(UNITS), ids=["script", "traversal", "long", "command"])
def test_explain_prints_names_that_cannot_command_the_terminal(hostile_ledger, run_cli, unit):
    where = ["--ledger", hostile_ledger, "--period", "2025-12", "--accept-rejects"]
    shown = run_cli("explain", "s22-heating", *where, "--unit", unit, "--cases", "0")
    assert shown.exit_code == 0
    assert unit in shown.stdout
    assert not [c for c in shown.output if unicodedata.category(c) == "Cc" and c != "\n"]
    assert not DIRECTION.search(shown.output)


def test_figures_draw_every_hostile_name_as_one_short_line():
    for text in (*UNITS, *UNITS.values()):
        label = drawable(text)
        assert "\n" not in label
        assert len(label) <= 38
        assert not DIRECTION.search(label)


def test_a_long_name_breaks_no_line_of_a_page(pages):
    assert LONG in pages["period_ranking.html"].text
