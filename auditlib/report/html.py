"""The small pieces of a page: escaped text, headings, paragraphs."""

from __future__ import annotations

import html

from auditlib.core.visible import visible
from auditlib.report.explained import meaning_of

__all__ = ["FACTS_MIME", "escape", "explained", "heading", "paragraph"]

FACTS_MIME = "application/vnd.auditlib.facts+json"
"""Under this type a notebook carries the facts that an index of reports needs."""


def escape(value: object) -> str:
    """Text as HTML shows it: nothing in a ledger or a scheme can become markup, or turn the text beside it around."""
    return html.escape(visible(str(value)), quote=True)


def heading(text: str, anchor: str) -> str:
    """A heading of the report with an anchor to link to, and what it means where it is a term."""
    return f'<h2 id="{escape(anchor)}"{explained(text)}>{escape(text)}</h2>'


def explained(text: str) -> str:
    """The attribute that tells what a term means; nothing for any other text."""
    meaning = meaning_of(text)
    return f' title="{escape(meaning)}"' if meaning else ""


def paragraph(text: str, kind: str = "note") -> str:
    """A paragraph of one of the report's kinds."""
    return f'<p class="{kind}">{escape(text)}</p>'
