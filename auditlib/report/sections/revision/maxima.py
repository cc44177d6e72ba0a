"""The maximum of every indicator in both versions."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from auditlib.core.exact import Rounding
from auditlib.core.numerals import PERCENT_DIGITS, number_text
from auditlib.report.revision_page import TWO, RevisionPage, signed_text
from auditlib.report.section import Section
from auditlib.report.tables import shown_number

__all__ = ["caption", "section", "table"]

Pair = tuple[str, str, Fraction, Fraction]
"""An indicator by its title, its clause, its old and its new maximum."""


def section(page: RevisionPage) -> Section:
    """The maximum of every indicator in both versions."""
    old = {one.id: one.max for one in page.scored.old.resolved.scheme.indicators}
    pairs: list[Pair] = [
        (one.title(page.language), one.clause, before, one.max)
        for one in page.scored.new.resolved.scheme.indicators
        if (before := old.get(one.id)) is not None and one.max is not None
    ]
    return page.tabled("maxima", table(page, pairs), caption(page, pairs))


def caption(page: RevisionPage, pairs: list[Pair]) -> str:
    """How many indicators gain and lose, and which most."""
    gains = [(after - before, title) for title, _, before, after in pairs]
    most, least = max(gains, key=lambda gain: gain[0]), min(gains, key=lambda gain: gain[0])
    return page.t(
        "Of {count} {count:indicator|indicators}, {up} {up:gains|gain} and {down} "
        "{down:loses|lose}; {most} gains most ({gain}), {least} loses most ({loss}).",
        count=len(gains),
        up=sum(gain > 0 for gain, _ in gains),
        down=sum(gain < 0 for gain, _ in gains),
        most=most[1],
        gain=signed_text(most[0]),
        least=least[1],
        loss=signed_text(least[0]),
    )


def table(page: RevisionPage, pairs: list[Pair]) -> pd.DataFrame:
    """Old and new maximum of each indicator, and the new one in percent of the old."""
    rows = [
        (
            title,
            clause,
            shown_number(old, TWO),
            shown_number(new, TWO),
            signed_text(new - old),
            number_text(100 * new / old, Rounding(PERCENT_DIGITS)),
        )
        for title, clause, old, new in pairs
    ]
    return page.frame(rows, ("indicator", "clause", "old_max", "new_max", "change", "factor"))
