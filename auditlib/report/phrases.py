"""Phrases that several sections use: which group, which day, several sentences as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from auditlib.analysis.losses import IndicatorLoss
from auditlib.core.message import t
from auditlib.core.numerals import share_text
from auditlib.scoring.result import Result, UnitScore

__all__ = [
    "EMPTY",
    "among",
    "day_words",
    "in_one",
    "rank_words",
    "rolled_up",
    "share_of",
    "tied_losses",
    "with_unscored",
]

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


def share_of(part: Fraction, whole: Fraction) -> str:
    """A part as per cent of its whole, without the sign."""
    return share_text(part / whole, "")


def tied_losses(losses: Sequence[IndicatorLoss]) -> list[IndicatorLoss]:
    """The first of the losses, and those after it that are as large."""
    return [loss for loss in losses if loss.lost == losses[0].lost]


def rolled_up(result: Result) -> bool:
    """Whether totals come from other periods, too, whose losses are not among those of the period's own indicators."""
    return any(part.period != result.period for unit in result.units for part in unit.parts)


def with_unscored(result: Result) -> int:
    """How many units have an indicator without a score, so that what they lose under it is not known."""
    return sum(any(one.status != "scored" for one in unit.indicators) for unit in result.units)


def rank_words(unit: UnitScore) -> str:
    """The rank of a unit with a sign where it is tied, or that it has none."""
    return EMPTY if unit.rank is None else str(unit.rank)
