"""Phrases that several sections use: which group, which day, several sentences as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from auditlib.analysis.readings.one_at_a_time import RankRange
from auditlib.core.message import t
from auditlib.core.numerals import share_text
from auditlib.scoring.result import UnitScore

__all__ = ["EMPTY", "among", "day_words", "in_one", "range_words", "rank_words", "share_of", "with_points"]

EMPTY = "—"
"""What stands in a cell of names without any."""


def among(group: str | None, count: int, language: str) -> str:
    """Whom a unit stands among, for a sentence."""
    if group is None:
        return t("all {count} {count:unit|units}", language, count=count)
    return t("the {count} {count:unit|units} of {group}", language, group=group, count=count)


def day_words(day: date, language: str) -> str:
    """A day as people write it: ``1月5日``, ``5 Jan``."""
    return t(
        "{day} {month}",
        language,
        day=day.day,
        month=t("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", language).split()[day.month - 1],
    )


def in_one(sentences: Sequence[str], language: str) -> str:
    """Several sentences as one paragraph."""
    return ("" if language == "zh" else " ").join(sentences)


def with_points(title: str, points: str, language: str) -> str:
    """What cost or brought points, with them behind it."""
    return f"{title}（{points}）" if language == "zh" else f"{title} ({points})"


def share_of(part: Fraction, whole: Fraction) -> str:
    """A part as per cent of its whole, without the sign."""
    return share_text(part / whole, "")


def rank_words(unit: UnitScore) -> str:
    """The rank of a unit, or that it has none."""
    return EMPTY if unit.rank is None else str(unit.rank)


def range_words(ranks: RankRange, language: str) -> str:
    """The ranks that readings lead to, from the first to the last: ``2–8``, ``2–8 or none`` where some give none."""
    said = str(ranks.best) if ranks.best == ranks.worst else f"{ranks.best}–{ranks.worst}"
    return t("{ranks} or none", language, ranks=said) if ranks.sometimes_none else said
