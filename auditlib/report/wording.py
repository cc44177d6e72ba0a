"""How reports say how their numbers are rounded, and which period they are on."""

from __future__ import annotations

from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import PERCENT_DIGITS
from auditlib.core.period import Period

__all__ = ["number_words", "period_words"]


def number_words(rounding: Rounding, language: str) -> str:
    """How the numbers of a scheme are rounded, and how a reader can tell which of them are."""
    count = rounding.digits
    places = t("{count} {count:decimal|decimals}", language, count=count) if count else t("whole numbers", language)
    return t(
        "Points are rounded to {places}, percentages to {percent} {percent:decimal|decimals}; ≈ "
        "stands where rounding changed a number, = between numbers that are equal. Ranks and "
        "thresholds go by unrounded numbers, shown with more digits where that matters.",
        language,
        places=places,
        percent=PERCENT_DIGITS,
    )


def period_words(period: str, language: str) -> str:
    """A period as people say it: ``2026年1月``, ``2026年第2季度``; in English as it is written."""
    return Period.parse(period).words(language)
