"""The templates of pages, and what stands beside them: style sheets and scripts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["TEMPLATES", "lab_style", "list_style", "page_file"]

TEMPLATES = Path(__file__).parent / "templates"

RESET = """
& :is(dl, dt, dd) { float: none; width: auto; display: block; font-weight: inherit; }
& :is(tbody tr, tbody tr:nth-child(even), tbody tr:hover) { background: none; }
& table { table-layout: auto; } & h1 { margin: 0; } & .audit { font-family: var(--sans); color: var(--ink); }
"""


@cache
def page_file(name: str) -> str:
    """The text of a style sheet or script by its path among the templates, such as ``auditlib/auditlib.css``.

    It is the one in this package: Jupyter may find its templates elsewhere.
    """
    return (TEMPLATES / name).read_text(encoding="utf-8")


def list_style() -> str:
    """The style sheet of pages that list reports: that of the reports, and what lists need besides."""
    return page_file("auditlib/auditlib.css") + page_file("site/site.css")


@cache
def lab_style(more: str = "") -> str:
    """The style sheet of reports for JupyterLab, which shows sections among its own rules and none of a page's.

    A style element with the rules of rendered pages and ``more``, in force in the outputs of JupyterLab alone. The
    template of pages, which have these rules at their head, leaves out what stands before the mark at its end.
    """
    rules = page_file("auditlib/auditlib.css").replace(":root {", "& {", 1)
    return f"<style>\n.jp-OutputArea .jp-RenderedHTMLCommon {{{RESET}{rules}{more}}}\n</style><!-- lab -->"
