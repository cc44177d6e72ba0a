"""The page of the site: what people see without script, and what its script needs to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from auditlib.core.message import LANGUAGES
from auditlib.report.pages.site_words import say, script_words
from auditlib.report.pages.styles import list_style, page_file
from auditlib.report.pages.template import content_policy, environment
from auditlib.site.parts import json_text

__all__ = ["MARK", "Content", "page_html"]

MARK = '<meta name="generator" content="auditlib site">'
"""Tells a page of ours, which may be overwritten, from any other."""
BESIDE = " 'self' file:"
"""The parts of data stand beside the page: ``'self'`` is the folder on a web server; from disk, where a page has no
origin of its own, browsers ask for the scheme ``file:``. Neither lets a page reach another machine."""


@dataclass(frozen=True)
class Content:
    """All that the page shows. ``way`` leads from the page to the folder of the reports."""

    runs: Sequence[Mapping[str, Any]]
    broken: Sequence[Mapping[str, str]]
    schemes: Sequence[Mapping[str, Any]]
    pages: Mapping[str, Sequence[Mapping[str, str]]]
    way: str = ""


def page_html(content: Content, language: str) -> str:
    """The page over all runs, which opens in ``language`` and holds both."""
    catalogue = {
        "runs": [_lean(run) for run in content.runs],
        "schemes": content.schemes,
        "way": content.way,
        "words": {own: script_words(own) for own in LANGUAGES},
    }
    script, style = page_file("site/site.js"), list_style()
    return _environment().get_template("site.html.j2").render(
        content=content, language=language, mark=Markup(MARK), catalogue=Markup(json_text(catalogue)),
        script=Markup(script), style=Markup(style), policy=content_policy(script, style, BESIDE),
        counts={
            "runs": len(content.runs),
            "periods": len({period["period"] for run in content.runs for period in run["periods"]}),
            "rows": sum(period["units"] for run in content.runs for period in run["periods"]),
            "reports": sum(run["reports"] for run in content.runs),
        },
    )  # fmt: skip


def _lean(run: Mapping[str, Any]) -> dict[str, Any]:
    """A run without the rows that the page has in its own table."""
    periods = [{key: value for key, value in period.items() if key != "preview"} for period in run["periods"]]
    return {**run, "periods": periods}


def _page_of(run: Mapping[str, Any], period: Mapping[str, Any], reports: Sequence[Sequence[Any]]) -> str:
    """Where the first page among some reports lies, below the folder of the reports; empty where none does."""
    pages = (stem for _, stem, endings, _ in reports if stem and ".html" in run["endings"][endings])
    stem = next(pages, "")
    return stem and f"{run['folder']}/{period['period']}/{stem}.html"


@cache
def _environment() -> Environment:
    return environment("site", say=say, languages=LANGUAGES, page_of=_page_of)
