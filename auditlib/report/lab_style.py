"""The style sheet of reports for JupyterLab, which shows fragments among its own rules and none of a page's."""

from __future__ import annotations

from functools import cache

from auditlib.report.render import TEMPLATES

__all__ = ["lab_style"]

RESET = """
& :is(dl, dt, dd) { float: none; width: auto; display: block; font-weight: inherit; }
& :is(tbody tr, tbody tr:nth-child(even), tbody tr:hover) { background: none; }
& table { table-layout: auto; } & h1 { margin: 0; } & .audit { font-family: var(--sans); color: var(--ink); }
"""


@cache
def lab_style(more: str = "") -> str:
    """A style element with the rules of rendered pages and ``more``, in force in the outputs of JupyterLab alone.

    The template of pages, which have these rules at their head, leaves out what stands before the mark at its end.
    """
    rules = (TEMPLATES / "auditlib" / "auditlib.css").read_text(encoding="utf-8").replace(":root {", "& {", 1)
    return f"<style>\n.jp-OutputArea .jp-RenderedHTMLCommon {{{RESET}{rules}{more}}}\n</style><!-- lab -->"
