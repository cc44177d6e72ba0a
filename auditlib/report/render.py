"""Executed notebooks into pages: self-contained HTML without script, and what an index needs to know of them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from traitlets.config import Config

from auditlib.report.fragments import FACTS_MIME
from auditlib.report.wording import say

__all__ = ["TEMPLATES", "ReportExporter", "facts_of", "failure_of", "ready", "render_html"]

TEMPLATES = Path(__file__).parent / "templates"


class ReportExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template.

    It leaves out the pass of the stock exporter over the finished page, which only adds alternative texts
    that our fragments already have, and costs nine tenths of the time.
    """

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        ready = self._init_resources(resources)  # type: ignore[no-untyped-call]
        return TemplateExporter.from_notebook_node(self, nb, ready, **kw)


@cache
def _exporter() -> ReportExporter:
    """One exporter for all pages of a process: its compiled template is half the time of a page."""
    settings = Config()
    settings.HTMLExporter.preprocessors = []
    settings.HTMLExporter.default_preprocessors = ["nbconvert.preprocessors.CoalesceStreamsPreprocessor"]
    return ReportExporter(  # type: ignore[no-untyped-call]
        config=settings, template_name="auditlib", extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True, optimistic_validation=True,
    )  # fmt: skip


def ready() -> None:
    """Load and compile the template now, so that the first page costs no more than the next."""
    _exporter().template  # noqa: B018 - the property compiles it


def render_html(notebook: NotebookNode, *, title: str = "", language: str = "") -> str:
    """The page of an executed notebook. A failed one gives a page too, with the error at its head.

    ``title`` and ``language`` default to those that the notebook's report gives of itself.
    """
    known = facts_of(notebook) or {}
    language = language or known.get("language") or _parameter(notebook, "language") or "zh"
    language = language if language in ("zh", "en") else "zh"
    title = title or known.get("title") or notebook.metadata.get("title") or "auditlib"
    resources = {
        "title": title,
        "headed": bool(known),
        "language": language,
        "failed_banner": say("failed_banner", language),
        "metadata": {"name": title, "path": ""},
    }
    page, _ = _exporter().from_notebook_node(notebook, resources)
    return re.sub(r"[ \t]+\n", "\n", page)


def facts_of(notebook: NotebookNode) -> dict[str, Any] | None:
    """What the notebook's first screen says of itself, if it got so far (:func:`.first_screen.facts`)."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if FACTS_MIME in (output.get("data") or {}):
                return dict(output["data"][FACTS_MIME])
    return None


def failure_of(notebook: NotebookNode) -> str | None:
    """The error that stopped the notebook, in one line; None where none did."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error":
                return f"{output.get('ename', '')}: {output.get('evalue', '')}".splitlines()[0]
    return None


def _parameter(notebook: NotebookNode, name: str) -> str | None:
    value = notebook.metadata.get("papermill", {}).get("parameters", {}).get(name)
    return value if isinstance(value, str) else None
