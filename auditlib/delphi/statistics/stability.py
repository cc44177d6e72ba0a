"""What changed between two rounds (stability), and, apart from it, whether a round agrees (consensus).

Experts may agree and still move, or disagree and stand still: the two are never merged into one number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from auditlib.core.multiplicity import holm
from auditlib.core.values import Text
from auditlib.delphi.statistics.descriptives import Spread, describe, reaches

__all__ = [
    "UNDEFINED", "Consensus", "ItemStability", "consensus", "signed_rank_p", "stability", "weighted_kappa",
]  # fmt: skip

Marks = NDArray[np.float64]

DECIMALS = 9
"""To how many decimals two differences of marks are the same: 4.3 − 4.2 is as much as 3.2 − 3.1."""

UNDEFINED = {
    "no_pairs": Text(zh="没有专家两轮都作答", en="no expert answered in both rounds"),
    "one_mark": Text(zh="两轮打分全部相同，κ 没有定义", en="all marks of both rounds are the same: κ is not defined"),
    "no_spread": Text(
        zh="其中一轮打分全部相同，κ 不说明什么：偶然一致与实际一致总相等",
        en="all marks of one round are the same: κ says nothing, as chance agrees as much as the experts do",
    ),
    "nobody_moved": Text(zh="没有专家改变打分，无从检验", en="no expert changed the mark, so there is nothing to test"),
}
"""Why a statistic is missing, by the name that :attr:`ItemStability.undefined` carries (or one of descriptives)."""


@dataclass(frozen=True)
class ItemStability:
    """How one item moved from a round to the next, over the ``experts`` who marked it in both.

    ``cv_change`` is later less earlier. Weighted κ compares each expert's two marks (1 = nobody moved) with linear
    and quadratic weights; where all marks of one round are the same it says nothing and is None. ``unchanged`` is
    the share of these experts who kept their mark. ``wilcoxon_p`` is the two-sided signed-rank p of the item alone,
    ``wilcoxon_p_holm`` the same corrected by Holm over the items compared together. None where ``undefined`` says why.
    """

    item: str
    experts: int
    cv_before: float | None
    cv_after: float | None
    cv_change: float | None
    kappa_linear: float | None
    kappa_quadratic: float | None
    wilcoxon_p: float | None
    wilcoxon_p_holm: float | None
    undefined: Mapping[str, str] = field(default_factory=dict)
    unchanged: Fraction | None = None


@dataclass(frozen=True)
class Consensus:
    """Whether an item reached the panel's thresholds; None where none was stated or the statistic is undefined.

    ``agreement`` is the share of those who answered that gave the mark of agreement or a higher one.
    """

    cv: float | None
    cv_reached: bool | None
    agreement: Fraction | None
    agreement_reached: bool | None


def stability(
    before: ArrayLike, after: ArrayLike, items: Sequence[str], spread: Spread = "sample"
) -> tuple[ItemStability, ...]:
    """The movement of each of ``items``; both matrices hold the same experts (rows) and items (columns), nan = none.

    CVs are of all answers of their round, κ and Wilcoxon of the experts who marked the item in both. Wilcoxon leaves
    out who did not move. Raises :class:`ValueError` where the shapes differ.
    """
    old, new = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if old.shape != new.shape or old.ndim != 2 or old.shape[1] != len(items):
        raise ValueError(
            f"found rounds of {old.shape} and {new.shape} marks and {len(items)} items, "
            "expected the same experts (rows) and items (columns) in both"
        )
    found = [_movement(item, old[:, column], new[:, column], spread) for column, item in enumerate(items)]
    tested = [position for position, item in enumerate(found) if item.wilcoxon_p is not None]
    corrected = holm([p for item in found if (p := item.wilcoxon_p) is not None])
    for position, p in zip(tested, corrected, strict=True):
        found[position] = replace(found[position], wilcoxon_p_holm=p)
    return tuple(found)


def weighted_kappa(before: ArrayLike, after: ArrayLike, weights: Literal["linear", "quadratic"]) -> float | None:
    """Cohen's weighted κ of two marks of each expert. None where all marks of a round are one and the same: then the
    mean distances are equal whatever the experts do, and κ is 0 where all but one of ten kept their mark.

    κ = 1 − (mean distance of the two marks of an expert) / (mean distance of any earlier and any later mark), with
    the distance itself or squared: Cohen, Weighted kappa, Psychological Bulletin 70 (1968) 213-220.
    """
    power = 1 if weights == "linear" else 2
    a, b = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if not (np.ptp(a) and np.ptp(b)):
        return None
    by_chance = float((np.abs(a[:, None] - b[None, :]) ** power).mean())
    return 1 - float((np.abs(a - b) ** power).mean()) / by_chance


def signed_rank_p(moves: ArrayLike) -> float | None:
    """The exact two-sided p of Wilcoxon's signed-rank test of ``moves``, ties included. None where nobody moved.

    Moves of 0 are left out. The sum of the ranks of those who rise is compared with those over all signs that the ranks
    could have had: Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945) 80-83.
    """
    differences = np.round(np.asarray(moves, dtype=np.float64), DECIMALS)
    differences = differences[differences != 0]
    if not len(differences):
        return None
    doubled = np.rint(2 * stats.rankdata(np.abs(differences))).astype(np.int64)  # mid-ranks are whole in half ranks
    chances = np.ones(1)
    for rank in doubled:
        chances = (np.pad(chances, (0, rank)) + np.pad(chances, (rank, 0))) / 2
    risen = doubled[differences > 0].sum()
    return min(1.0, 2 * float(min(chances[: risen + 1].sum(), chances[risen:].sum())))


def consensus(
    marks: Sequence[Fraction | None],
    cv: float | None,
    cv_below: Fraction | None = None,
    agreement_at_least: Fraction | None = None,
    agreeing_from: Fraction | None = None,
) -> Consensus:
    """Whether one item's ``marks`` (None = no answer) and their ``cv`` reach what the panel stated before the round.

    ``cv_below``: the CV must lie below it. ``agreement_at_least``: the share of marks of ``agreeing_from`` or more
    must reach it; shares are compared exactly. Raises :class:`ValueError` for one of the last two without the other.
    """
    if (agreement_at_least is None) != (agreeing_from is None):
        raise ValueError("found one of agreement_at_least and agreeing_from, expected both or neither")
    answers = [mark for mark in marks if mark is not None]
    agreement = None
    if agreeing_from is not None and answers:
        agreement = Fraction(sum(mark >= agreeing_from for mark in answers), len(answers))
    return Consensus(
        cv,
        None if cv is None or cv_below is None else not reaches(cv, "at_least", cv_below),
        agreement,
        None if agreement is None or agreement_at_least is None else agreement >= agreement_at_least,
    )


def _movement(item: str, before: Marks, after: Marks, spread: Spread) -> ItemStability:
    """One item without the correction for several."""
    undefined: dict[str, str] = {}
    earlier, later = _cv(before, spread), _cv(after, spread)
    for name, (value, reason) in (("cv_before", earlier), ("cv_after", later)):
        if value is None:
            undefined[name] = undefined["cv_change"] = reason
    change = None if earlier[0] is None or later[0] is None else later[0] - earlier[0]
    both = ~np.isnan(before) & ~np.isnan(after)
    experts = int(both.sum())
    old, new = before[both], after[both]
    linear = quadratic = p = None
    if experts:
        linear, quadratic = weighted_kappa(old, new, "linear"), weighted_kappa(old, new, "quadratic")
        p = signed_rank_p(new - old)
    if linear is None:
        reason = "no_pairs" if not experts else "one_mark" if len({*old, *new}) == 1 else "no_spread"
        undefined |= dict.fromkeys(("kappa_linear", "kappa_quadratic"), reason)
    if p is None:
        undefined |= dict.fromkeys(("wilcoxon_p", "wilcoxon_p_holm"), "nobody_moved" if experts else "no_pairs")
    if not experts:
        undefined["unchanged"] = "no_pairs"
    kept = Fraction(int((np.round(new - old, DECIMALS) == 0).sum()), experts) if experts else None
    return ItemStability(item, experts, earlier[0], later[0], change, linear, quadratic, p, None, undefined, kept)


def _cv(marks: Marks, spread: Spread) -> tuple[float | None, str]:
    described = describe(marks, float("inf"), spread)
    return described.cv, described.undefined.get("cv", "")
