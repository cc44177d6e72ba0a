"""Where a report's page leads to among the other pages of a run. Its notebook knows nothing of them."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditlib.report.html import escape

__all__ = ["Links"]

UNIT_NAME = re.compile(r'<span data-unit="([^"]*)">([^<]*)</span>')


@dataclass(frozen=True)
class Links:
    """Where a page leads that stands among others: to some by name, and from the names of units to their own."""

    pages: tuple[tuple[str, str], ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    def put_into(self, page: str) -> str:
        """The page with every name of a unit that has a page of its own as a link to it."""

        def linked(match: re.Match[str]) -> str:
            href = self.units.get(html.unescape(match[1]))
            return match[0] if href is None else f'<a href="{escape(href)}">{match[2]}</a>'

        return UNIT_NAME.sub(linked, page) if self.units else page
