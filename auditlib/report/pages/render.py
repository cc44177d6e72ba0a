"""Executed notebooks into pages: self-contained HTML, complete without script, and what an index needs to know of them.

The template is one of nbconvert's, so that ``jupyter nbconvert --to html --template auditlib`` makes the same page.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from traitlets import default
from traitlets.config import Config

from auditlib.core.message import LANGUAGES, t, worded
from auditlib.core.visible import visible
from auditlib.report.html import FACTS_MIME, escape
from auditlib.report.pages.authored import cleaned, gathered, hides, leaves_out
from auditlib.report.pages.drawings import with_drawings
from auditlib.report.pages.links import Links
from auditlib.report.pages.styles import TEMPLATES, page_file
from auditlib.report.wording import period_words

__all__ = ["PageFacts", "ReportExporter", "facts_of", "failure_of", "ready", "render_html"]

WORDS = {
    "other_reports": "Other reports",
    "skip_link": "Skip to the report",
    "filter": "Filter",
    "filter_of": "Filter: {table}",
    "shown_rows": "{shown} of {all} rows shown",
    "failed_banner": (
        "This report was not finished: an error stopped it. What follows is incomplete and must not be relied upon."
    ),
    "failed_detail": "Details of the error",
    "show": "Show",
    "on_this_page": "On this page",
    "csv": "CSV",
    "csv_of": "Download as CSV: {table}",
}
BLANK_ENDS = re.compile(r"(?<![ \t])[ \t]+\n")
"""Begins where blanks begin: a long row of them is tried once, and not at every one."""
ANNEX = '<section class="audit annex">'
"""What only paper shows: the screen has it folded."""
SMALLER = " @media print { html { font-size: 9.8pt; } }"
"""A page with an annex is long: its body stays within eight sheets."""
HEADING = re.compile(r'<h2 id="([^"]*)"[^>]*>([^<]*)</h2>')
PLAIN = re.compile(r"[^\w\s·（）()，。、.:-]")
"""What does not stand for itself in a string of CSS within HTML."""


class ReportExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template; ``jupyter nbconvert --to auditlib`` calls it.

    It leaves out the pass of the stock exporter over the finished page, which only adds alternative texts
    that our sections already have, and costs nine tenths of the time.
    """

    export_from_notebook = "auditlib"

    @default("template_name")
    def _our_template(self) -> str:
        return "auditlib"

    @default("extra_template_basedirs")
    def _our_templates(self) -> list[str]:
        return [str(TEMPLATES)]

    @default("exclude_anchor_links")
    def _no_anchor_links(self) -> bool:
        return True

    @default("default_preprocessors")
    def _ours_alone(self) -> list[str]:
        return []  # the one of nbconvert that joins streams takes time with the square of the longest line

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        ready = self._init_resources(resources)  # type: ignore[no-untyped-call]
        page, ready = TemplateExporter.from_notebook_node(self, nb, ready, **kw)
        return BLANK_ENDS.sub("\n", visible(page)), ready


class PageFacts(Preprocessor):
    """Tells the template what a notebook says of itself. The template's ``conf.json`` calls it, whoever exports."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        page = _page(nb, resources.get("asked") or {}, resources["metadata"].get("name") or "auditlib")
        resources["page"] = page
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = gathered(cell.outputs)
        if not page["failures"]:
            nb.cells = [cell for cell in nb.cells if not leaves_out(cell)]
        return nb, resources


@cache
def _exporter() -> ReportExporter:
    """One exporter for all pages of a process: its compiled template is half the time of a page."""
    settings = Config()
    settings.HTMLExporter.preprocessors = []
    return ReportExporter(config=settings, optimistic_validation=True)  # type: ignore[no-untyped-call]


def ready() -> None:
    """Make an empty page now, so that the first costs no more than the next: template and schema are compiled."""
    render_html(new_notebook())  # type: ignore[no-untyped-call]


def render_html(
    notebook: NotebookNode, *, title: str = "", language: str = "", links: Links | None = None, closing: str = "",
    contest: str = "",
) -> str:  # fmt: skip
    """The page of an executed notebook. A failed one gives a page too, with the error at its head.

    ``title`` and ``language`` default to those that the notebook has in its metadata, or that its report gives of
    itself; ``links`` are to the other pages of a run, ``closing`` is the markup of ours that ends the page,
    ``contest`` that which ends its first screen.
    """
    links = links or Links()
    asked = {"title": title, "language": language, "links": links.pages, "closing": closing, "contest": contest}
    page, _ = _exporter().from_notebook_node(notebook, {"asked": asked, "metadata": {"name": "auditlib", "path": ""}})
    return links.put_into(page)


def facts_of(notebook: NotebookNode) -> dict[str, Any] | None:
    """What the notebook's first screen says of itself, if it got so far (:func:`.first_screen.facts`)."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if FACTS_MIME in (output.get("data") or {}):
                return dict(output["data"][FACTS_MIME])
    return None


def failure_of(notebook: NotebookNode) -> str | None:
    """The error that stopped the notebook, in one line; None where none did."""
    failures = _failures(notebook)
    return failures[0].splitlines()[0] if failures else None


def _shown(notebook: NotebookNode) -> list[str]:
    return [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in (output.get("data") or {})
    ]


def _contents(shown: Sequence[str]) -> list[tuple[str, str]]:
    """The sections of a page, each by its anchor and its heading; what only paper has is not among them."""
    return [(anchor, text) for html in shown if ANNEX not in html for anchor, text in HEADING.findall(html)]


def _failures(notebook: NotebookNode) -> list[str]:
    return [
        f"{output.get('ename', '')}: {output.get('evalue', '')}"
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.get("output_type") == "error"
    ]


def _page(notebook: NotebookNode, asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    """All that the template shows beside the notebook's own outputs."""
    known = facts_of(notebook) or {}
    language = asked.get("language") or known.get("language") or _parameter(notebook, "language")
    language = language if language in LANGUAGES else LANGUAGES[0]
    title = asked.get("title") or notebook.metadata.get("title") or known.get("title") or name
    script, fingerprint = _script()
    shown, closing = _shown(notebook), asked.get("closing", "")
    annexed = any(ANNEX in html for html in shown)
    against = [(text, f"#{anchor}") for anchor, text in HEADING.findall(closing)]
    return {
        "title": title,
        "lang": "en" if language == "en" else "zh-CN",
        "headed": bool(known),
        "links": (*asked.get("links", ()), *against),  # what can be done against it is asked on the first screen
        "closing": closing,
        "contest": asked.get("contest", ""),
        "contents": _contents([*shown, closing]),
        "annexed": annexed,
        "failures": _failures(notebook),
        "cleaned": cleaned,
        "hides": hides,
        "with_drawings": with_drawings,
        "base64": lambda text: base64.b64encode(text.encode("utf-8")).decode("ascii"),
        "words": {name: escape(worded(template, language)) for name, template in WORDS.items()},
        "style": page_file("auditlib/auditlib.css"),
        "paper": _paper(title, known, language) + (SMALLER if annexed else ""),
        "script": script,
        "policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
        f"script-src 'sha256-{fingerprint}'; base-uri 'none'; form-action 'none'",
    }


@cache
def _script() -> tuple[str, str]:
    """The one script of a page, and the fingerprint by which the page allows it and no other."""
    text = page_file("auditlib/auditlib.js")
    return text, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _paper(title: str, known: Mapping[str, Any], language: str) -> str:
    """The head and foot of printed pages: who and when, by which version of which rules; which page of how many."""
    head, rules = title, ""
    if known:
        who = f"{known['name']} {known['unit']}" if known.get("unit") else str(known.get("title") or title)
        head = f"{who} · {period_words(known['period'], language)}" if known.get("unit") else who
        rules = f"{known['scheme']} {t('version', language)} {known['version']}" if known.get("scheme") else ""
    foot = t("Page {page} of {pages}", language, page="\0page\0", pages="\0pages\0").split("\0")
    number = " ".join(f"counter({part})" if part in ("page", "pages") else _css(part) for part in foot if part)
    places = {"@top-left": _css(head), "@top-right": _css(rules), "@bottom-center": number}
    return f"@page {{ {' '.join(f'{place} {{ content: {content}; }}' for place, content in places.items())} }}"


def _css(text: str) -> str:
    """A text as a string of CSS that can end neither the string nor the element around it."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return '"' + PLAIN.sub(lambda match: f"\\{ord(match[0]):x} ", plain) + '"'


def _parameter(notebook: NotebookNode, name: str) -> str | None:
    value = notebook.metadata.get("papermill", {}).get("parameters", {}).get(name)
    return value if isinstance(value, str) else None
