"""Static pages from templates: everything escaped, no script, the same bytes for the same content."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditlib.report.dossier.anchors import anchor, link
from auditlib.report.dossier.phrases import phrase
from auditlib.report.render import TEMPLATES

__all__ = ["POLICY", "render_page"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What a page may load: its own style, and nothing from anywhere."""
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def _visible(value: Any) -> Any:
    """Control characters and lone surrogates, which HTML cannot hold, as a sign that something stood there."""
    if type(value) is not str:
        return value
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", value).encode("utf-8", "replace").decode("utf-8")


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
