"""Static pages from templates: everything escaped, nothing loaded from elsewhere, the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditlib.core.visible import visible
from auditlib.report.pages.styles import TEMPLATES

__all__ = ["content_policy", "environment"]


def environment(folder: str, **known: Any) -> Environment:
    """The templates of a folder of :data:`TEMPLATES`; each knows what is ``known`` besides its own content.

    Texts stand in a page without characters that HTML cannot hold or that turn the text beside them around. The filter
    ``address`` makes a relative address of a path.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES / folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=lambda value: visible(value) if type(value) is str else value,
    )  # fmt: skip
    made.globals.update(known)
    made.filters.update(address=_address, minus=lambda text: (text or "").replace("-", "−"))
    return made


def content_policy(script: str, style: str, beside: str = "") -> str:
    """What a page may load: its own script and style, known by their hash, and the scripts ``beside`` it, if any."""
    own, look = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style))
    return (
        f"default-src 'none'; script-src 'sha256-{own}'{beside}; style-src 'sha256-{look}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _address(path: str) -> str:
    """A relative address: quoted, so that a file name can be neither a scheme nor a query."""
    return quote(path if path.startswith("../") else f"./{path}", safe="/")
