"""Whether an item has consensus by what the panel agreed on: each rule with what was found, and all together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from auditlib.delphi.statistics.appropriateness import quantile
from auditlib.delphi.statistics.descriptives import reaches
from auditlib.delphi.thresholds import ConsensusThresholds, MarkShare

__all__ = ["ItemMarks", "RuleFound", "Verdict", "judge"]

RuleName = Literal["cv", "agreement", "iqr", "mean", "median_change", "share", "any_of"]


@dataclass(frozen=True)
class ItemMarks:
    """What the experts said of one item: ``importance`` (exact), the marks as ``written``, the ``cv``.

    ``median_before`` is the median of importance in the round before, None in the first or where it was not asked;
    ``turned`` where a lower mark is the better one.
    """

    importance: Sequence[Fraction]
    written: Sequence[Fraction]
    cv: float | None
    median_before: Fraction | None
    turned: bool


@dataclass(frozen=True)
class RuleFound:
    """One rule: what was ``found`` (None where it is undefined, or for a choice of rules) and whether it is reached.

    ``share`` is the range of marks whose share was counted, for a rule of shares.
    """

    rule: RuleName
    found: Fraction | float | None
    reached: bool | None
    share: MarkShare | None = None


@dataclass(frozen=True)
class Verdict:
    """Every rule, and whether all hold: False where one fails, None where one cannot be told and none fails."""

    rules: tuple[RuleFound, ...]
    reached: bool | None


def judge(limits: ConsensusThresholds, marks: ItemMarks) -> Verdict:
    """Whether an item reaches ``limits``: everything given has to hold, of ``any_of`` one choice; shares are exact."""
    rules = tuple(_rules(limits, marks))
    return Verdict(rules, _all([rule.reached for rule in rules]))


def _rules(limits: ConsensusThresholds, marks: ItemMarks) -> Iterator[RuleFound]:
    if limits.cv_below is not None:
        yield RuleFound(
            "cv", marks.cv, None if marks.cv is None else not reaches(marks.cv, "at_least", limits.cv_below)
        )
    if limits.agreeing_from is not None and limits.agreement_at_least is not None:
        least = limits.agreeing_from
        agreeing = sum(mark <= least if marks.turned else mark >= least for mark in marks.written)
        share = Fraction(agreeing, len(marks.written)) if marks.written else None
        yield RuleFound("agreement", share, None if share is None else share >= limits.agreement_at_least)
    known = bool(marks.importance)
    if limits.iqr_at_most is not None:
        quartiles = [quantile(marks.importance, Fraction(n, 4)) for n in (1, 3)] if known else []
        iqr = quartiles[1] - quartiles[0] if quartiles else None
        yield RuleFound("iqr", iqr, None if iqr is None else iqr <= limits.iqr_at_most)
    if limits.mean_at_least is not None:
        mean = sum(marks.importance, Fraction(0)) / len(marks.importance) if known else None
        yield RuleFound("mean", mean, None if mean is None else mean >= limits.mean_at_least)
    if limits.median_change_at_most is not None:
        change = None
        if known and marks.median_before is not None:
            change = quantile(marks.importance, Fraction(1, 2)) - marks.median_before
        yield RuleFound(
            "median_change", change, None if change is None else abs(change) <= limits.median_change_at_most
        )
    for wanted in limits.shares:
        inside = sum(wanted.low <= mark <= wanted.high for mark in marks.written)
        share = Fraction(inside, len(marks.written)) if marks.written else None
        yield RuleFound("share", share, None if share is None else wanted.holds(share), wanted)
    if limits.any_of:
        choices = [judge(choice, marks).reached for choice in limits.any_of]
        yield RuleFound("any_of", None, True if True in choices else None if None in choices else False)


def _all(verdicts: Sequence[bool | None]) -> bool | None:
    return False if False in verdicts else None if None in verdicts or not verdicts else True
