"""The small pieces of a page: escaped text, headings, paragraphs."""

from __future__ import annotations

import html

from auditlib.core.visible import visible

__all__ = ["FACTS_MIME", "escape", "heading", "paragraph"]

FACTS_MIME = "application/vnd.auditlib.facts+json"
"""Under this type a notebook carries the facts that an index of reports needs."""


def escape(value: object) -> str:
    """Text as HTML shows it: nothing in a ledger or a scheme can become markup, or turn the text beside it around."""
    return html.escape(visible(str(value)), quote=True)


def heading(text: str, anchor: str) -> str:
    """A heading of the report with an anchor to link to."""
    return f'<h2 id="{escape(anchor)}">{escape(text)}</h2>'


def paragraph(text: str, kind: str = "note") -> str:
    """A paragraph of one of the report's kinds."""
    return f'<p class="{kind}">{escape(text)}</p>'
