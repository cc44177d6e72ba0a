"""Do the experts agree? Kendall's coefficient of concordance W, its significance and its strength in words.

A matrix of marks has one row an expert (rater) and one column an item; nan is no answer. The orientation matters:
the transposed matrix has another W. Inside, mid-ranks are counted in half ranks around their mean, which are whole
numbers, so that permuted panels are compared with the observed one without rounding.

Sources: Kendall and Gibbons, Rank Correlation Methods (5th ed. 1990), ch. 6; Marozzi, Testing for concordance between
several criteria, J. Stat. Comput. Simul. 84 (2014) 1843-1850, for F.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from auditlib.core.values import Text

__all__ = [
    "UNDEFINED",
    "Concordance",
    "Missing",
    "Significance",
    "Strength",
    "as_marks",
    "complete_cases",
    "concordance",
    "from_W",
    "half_ranks",
    "rank_correlations",
    "strength",
]

Marks = NDArray[np.float64]
ROUNDING_ERROR = 1e-12
"""A W this little below 0 is 0."""
Missing = Literal["complete", "pairwise"]

UNDEFINED = {
    "all_tied": Text(
        zh="每位专家对所有条目打分都相同，W 没有定义", en="every expert ties all items, so W is not defined"
    ),
    "too_few_complete": Text(
        zh="答全的专家不足两位，W 没有定义", en="fewer than two experts answered every item, so W is not defined"
    ),
    "no_pairs": Text(
        zh="没有两位专家可以比较（共同作答的条目不足两个或全部同分）",
        en="no two experts can be compared (fewer than two items in common, or all of them tied)",
    ),
    "impossible_mean_rho": Text(
        zh="各对专家只就共同作答的条目比较，平均 ρ 低于完整排序所能有的 −1/(m−1)，W 没有定义",
        en="the pairs of experts share different items, and their mean ρ lies below −1/(m − 1), which no complete "
        "rankings can have, so W is not defined",
    ),
}
"""Why a coefficient is missing, by the name that :attr:`Concordance.undefined` carries."""


@dataclass(frozen=True)
class Strength:
    """A word for the strength of agreement: it describes W where p only says that W is not chance."""

    W: float
    words: Text


SCHMIDT = (
    Strength(0.1, Text(zh="很弱", en="very weak")),
    Strength(0.3, Text(zh="弱", en="weak")),
    Strength(0.5, Text(zh="中等", en="moderate")),
    Strength(0.7, Text(zh="强", en="strong")),
    Strength(0.9, Text(zh="异常强", en="unusually strong")),
)
"""Schmidt, Managing Delphi surveys using nonparametric statistical techniques, Decision Sciences 28 (1997) 763-774."""


@dataclass(frozen=True)
class Significance:
    """How unlikely W is when experts rank at random: the χ² approximation, fair for more than seven items."""

    chi2: float
    df: int
    p: float


@dataclass(frozen=True)
class Concordance:
    """The agreement of a panel over the items of one group.

    ``W`` is corrected for ties and lies between 0 (no agreement) and 1 (the same order from everyone);
    ``W_uncorrected`` leaves ties out of account. Both are None where ``undefined`` (a key of :data:`UNDEFINED`)
    says why. ``S`` is the sum of squared deviations of the items' rank sums, ``T`` the sum of t³ − t over
    groups of t tied items. ``raters`` were counted, ``dropped`` were not because they left an item out.
    ``F`` is None where W is 1 (F is infinite and ``F_p`` is 0) or its degrees of freedom vanish.
    With ``missing="pairwise"`` W comes from the mean Spearman correlation ``mean_rho`` over ``pairs`` of experts;
    S, T, χ² and F have no meaning then and are None. Where pairs share different items the correlations need not
    fit together; a mean that would put W below 0 leaves it undefined.
    """

    raters: int
    items: int
    dropped: int
    missing: Missing
    W: float | None
    W_uncorrected: float | None = None
    S: float | None = None
    T: int | None = None
    chi2: float | None = None
    df: int | None = None
    p: float | None = None
    F: float | None = None
    F_df1: float | None = None
    F_df2: float | None = None
    F_p: float | None = None
    mean_rho: float | None = None
    pairs: int | None = None
    undefined: str | None = None


def as_marks(marks: object) -> Marks:
    """``marks`` as a matrix of floats. Raises :class:`ValueError` for a panel that cannot agree or disagree."""
    matrix = np.asarray(marks, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError(f"found marks in {matrix.ndim} dimensions, expected a row an expert and a column an item")
    raters, items = matrix.shape
    short = [f"{count} {what}" for count, what in ((raters, "expert(s)"), (items, "item(s)")) if count < 2]
    if short:
        raise ValueError(f"found {' and '.join(short)}, expected at least two experts (rows) and two items (columns)")
    if np.isinf(matrix).any():
        raise ValueError("found an infinite mark, expected numbers, or nan for no answer")
    return matrix


def complete_cases(marks: Marks) -> Marks:
    """The rows of the experts who marked every item."""
    return marks[~np.isnan(marks).any(axis=1)]


def half_ranks(marks: Marks) -> NDArray[np.int64]:
    """Mid-ranks in the last dimension, less their mean, in half ranks: 2·rank − (n + 1), always whole."""
    return np.rint(2 * stats.rankdata(marks, axis=-1)).astype(np.int64) - (marks.shape[-1] + 1)


def rank_correlations(panels: Marks) -> Marks:
    """Spearman's ρ of each two experts over the items that both marked.

    Takes one panel or several that leave the same answers out, (…, experts, items); gives (…, experts, experts). ρ is
    nan of an expert with himself, over fewer than two items, and where one of the two ties them all.
    """
    *several, m, n = panels.shape
    answered = ~np.isnan(panels.reshape(-1, m, n)[0])
    rhos = np.full((*several, m, m), np.nan)

    @cache
    def ranked(expert: int, items: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        ranks = half_ranks(panels[..., expert, np.frombuffer(items, dtype=np.bool_)])
        return ranks, (ranks**2).sum(axis=-1)

    for i, k in combinations(range(m), 2):
        common = answered[i] & answered[k]
        if common.sum() > 1:
            (one, one_size), (other, other_size) = (ranked(expert, common.tobytes()) for expert in (i, k))
            size = np.sqrt(one_size * other_size)
            rho = np.divide((one * other).sum(axis=-1), size, out=np.full(size.shape, np.nan), where=size > 0)
            rhos[..., i, k] = rhos[..., k, i] = rho
    return rhos


def concordance(marks: object, missing: Missing = "complete") -> Concordance:
    """Kendall's W of ``marks`` (experts × items, nan = no answer).

    Experts with a missing answer are dropped and counted; ``missing="pairwise"`` keeps them and compares each two
    experts over the items that both marked. Raises :class:`ValueError` for one expert, one item or infinite marks.
    """
    matrix = as_marks(marks)
    return _pairwise(matrix) if missing == "pairwise" else _complete(matrix)


def from_W(W: float, m: int, n: int) -> Significance:
    """χ² = m(n − 1)W, its degrees of freedom and p, for a W that was printed for m experts and n items.

    Raises :class:`ValueError` where W lies outside [0, 1] or there are not two experts and two items.
    """
    if not 0 <= W <= 1 or m < 2 or n < 2:
        raise ValueError(f"found W {W}, m {m}, n {n}; expected W from 0 to 1, at least two experts and two items")
    chi2 = m * (n - 1) * W
    return Significance(chi2, n - 1, float(stats.chi2.sf(chi2, n - 1)))


def strength(W: float) -> Strength:
    """The nearest of Schmidt's five points (0.1, 0.3, 0.5, 0.7, 0.9), the stronger one halfway: 0.317 is weak.

    Schmidt (1997) describes points, not bands; that the nearest one holds is this library's reading.
    """
    return min(SCHMIDT, key=lambda point: (abs(round(W - point.W, 9)), -point.W))


def _complete(marks: Marks) -> Concordance:
    kept = complete_cases(marks)
    (m, n), dropped = kept.shape, len(marks) - len(kept)
    if m < 2:
        return Concordance(m, n, dropped, "complete", None, undefined="too_few_complete")
    ranks = half_ranks(kept)
    four_S = int((ranks.sum(axis=0) ** 2).sum())
    S, T = four_S / 4, _ties(ranks)
    plain = m * m * (n**3 - n)
    corrected = plain - m * T
    if corrected == 0:
        return Concordance(m, n, dropped, "complete", None, None, S, T, undefined="all_tied")
    W = 3 * four_S / corrected
    chance = from_W(W, m, n)
    df1 = n - 1 - 2 / m
    df2 = (m - 1) * df1
    F = W * (m - 1) / (1 - W) if W < 1 and df1 > 0 else None
    F_p = None if df1 <= 0 else 0.0 if F is None else float(stats.f.sf(F, df1, df2))
    return Concordance(
        m, n, dropped, "complete", W, 3 * four_S / plain, S, T, chance.chi2, chance.df, chance.p, F, df1, df2, F_p
    )


def _ties(ranks: NDArray[np.int64]) -> int:
    """Σ (t³ − t): what ties take from the rows' sums of squares, of which n³ − n in quarters of thirds is the whole."""
    m, n = ranks.shape
    return m * (n**3 - n) - 3 * int((ranks**2).sum())


def _pairwise(marks: Marks) -> Concordance:
    m, n = marks.shape
    rhos = rank_correlations(marks)
    known = rhos[~np.isnan(rhos)]
    if not len(known):
        return Concordance(m, n, 0, "pairwise", None, pairs=0, undefined="no_pairs")
    mean_rho, pairs = math.fsum(known) / len(known), len(known) // 2
    W = (1 + (m - 1) * mean_rho) / m
    if W < -ROUNDING_ERROR:
        return Concordance(
            m, n, 0, "pairwise", None, mean_rho=mean_rho, pairs=pairs, undefined="impossible_mean_rho"
        )  # fmt: skip
    return Concordance(m, n, 0, "pairwise", min(1.0, max(0.0, W)), mean_rho=mean_rho, pairs=pairs)
