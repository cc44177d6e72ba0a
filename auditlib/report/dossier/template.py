"""Static pages from templates: everything escaped, no script, the same bytes for the same content."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditlib.report.dossier.anchors import anchor, link
from auditlib.report.dossier.phrases import phrase
from auditlib.report.styles import TEMPLATES
from auditlib.visible import visible

__all__ = ["POLICY", "render_page"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What a page may load: its own style, and nothing from anywhere."""


def _visible(value: Any) -> Any:
    """A text without characters that HTML cannot hold or that turn the text beside them around."""
    return visible(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "auditlib"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_visible,
    )  # fmt: skip
    environment.globals.update(anchor=anchor, link=link, policy=POLICY)
    return environment


def render_page(template: str, language: str, **content: Any) -> str:
    """A page of the template ``template`` in a language."""

    def said(name: str, **values: object) -> str:
        return phrase(name, language, **values)

    page = _environment().get_template(template).render(t=said, language=language, **content)
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", page))
