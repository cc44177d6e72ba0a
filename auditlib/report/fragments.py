"""Pieces of a report that display themselves: escaped HTML with a plain-text twin, and figures with their sentence."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditlib.core.visible import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FACTS_MIME", "Fragment", "escape", "figure_fragment", "heading", "join", "paragraph"]

FACTS_MIME = "application/vnd.auditlib.facts+json"
"""Under this type a notebook carries the facts that an index of reports needs."""


@dataclass(frozen=True)
class Fragment:
    """A piece of a report. Jupyter shows ``html``; a terminal shows ``text``, which never differs between runs."""

    html: str = field(repr=False)
    text: str
    facts: Mapping[str, Any] | None = field(default=None, repr=False)

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.text}
        if self.facts is not None:
            bundle[FACTS_MIME] = dict(self.facts)
        return bundle

    def __repr__(self) -> str:
        return self.text


def escape(value: object) -> str:
    """Text as HTML shows it: nothing in a ledger or a scheme can become markup, or turn the text beside it around."""
    return html.escape(visible(str(value)), quote=True)


def heading(text: str, anchor: str) -> str:
    """A heading of the report with an anchor to link to."""
    return f'<h2 id="{escape(anchor)}">{escape(text)}</h2>'


def paragraph(text: str, kind: str = "note") -> str:
    """A paragraph of one of the report's kinds."""
    return f'<p class="{kind}">{escape(text)}</p>'


def join(*pieces: Fragment) -> Fragment:
    """Several fragments as one."""
    return Fragment("\n".join(piece.html for piece in pieces), "\n".join(piece.text for piece in pieces))


def figure_fragment(figure: Figure, title: str, anchor: str, caption: str) -> Fragment:
    """A figure under its heading, as a PNG in the page; the computed sentence is its caption and alternative text."""
    from auditlib.report.figures import NARROW, png

    image = base64.b64encode(png(figure)).decode("ascii")
    width = round(figure.get_figwidth() * 100)
    kind = ' class="narrow"' if figure.get_figwidth() <= NARROW else ""
    markup = (
        f'<section class="audit figure">{heading(title, anchor)}'
        f'<figure{kind}><div class="wide" role="group" tabindex="0" aria-label="{escape(title)}">'
        f'<img src="data:image/png;base64,{image}" alt="{escape(f"{title} — {caption}")}" width="{width}"></div>'
        f"<figcaption>{escape(caption)}</figcaption></figure></section>"
    )
    return Fragment(markup, f"{title}: {caption}")
