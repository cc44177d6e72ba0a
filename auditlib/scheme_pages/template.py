"""Static pages from templates: everything escaped, no script, the same bytes for the same content."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment

from auditlib.core.message import t
from auditlib.report.pages.template import environment
from auditlib.scheme_pages.anchors import anchor, link

__all__ = ["POLICY", "render_page"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What a page may load: its own style, and nothing from anywhere."""


@cache
def _environment() -> Environment:
    return environment("auditlib", anchor=anchor, link=link, policy=POLICY)


def render_page(template: str, language: str, **content: Any) -> str:
    """A page of the template ``template`` in a language."""

    def said(sentence: str, **values: object) -> str:
        return t(sentence, language, **values)

    page = _environment().get_template(template).render(t=said, language=language, **content)
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", page))
