"""What the experts said of each item: mean, spread, quartiles, share of full marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from auditlib.core.values import Text

__all__ = ["UNDEFINED", "Bound", "Descriptives", "Spread", "describe", "reaches"]

Bound = Literal["at_least", "at_most"]
Spread = Literal["sample", "population"]

ROUNDING_ERROR = 1e-9
"""A statistic this near to a limit equals it: equal numbers must not differ by the rounding of a mean."""

UNDEFINED = {
    "no_answers": Text(zh="无人作答", en="nobody answered"),
    "one_answer": Text(zh="只有一人作答，样本标准差没有定义", en="one answer has no sample standard deviation"),
    "mean_not_positive": Text(
        zh="均数不大于零，变异系数没有定义", en="a mean of zero or less has no coefficient of variation"
    ),
}
"""Why a statistic is missing, by the name that :attr:`Descriptives.undefined` carries."""


STATISTICS = ("mean", "sd", "cv", "median", "q1", "q3", "iqr", "full_mark_ratio")


@dataclass(frozen=True)
class Descriptives:
    """The statistics of one item; a statistic is None where ``undefined`` names the reason under the same key.

    ``n`` answers; ``sd`` the standard deviation; ``cv`` 变异系数 = sd / mean; quartiles of type 7 (linear between
    order statistics); ``full_mark_ratio`` 满分频率 the share of answers that give the scale's top mark.
    """

    n: int
    mean: float | None = None
    sd: float | None = None
    cv: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    iqr: float | None = None
    full_mark_ratio: float | None = None
    undefined: Mapping[str, str] = field(default_factory=dict)


def describe(marks: ArrayLike, top: float, spread: Spread = "sample") -> Descriptives:
    """The statistics of one item's ``marks`` (one an expert, nan = no answer); ``top`` is the scale's top mark.

    ``spread`` chooses the divisor of the variance: n − 1 (sample) or n (population).
    Raises :class:`ValueError` for marks that are not a list of numbers, or above ``top``.
    """
    values = np.asarray(marks, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"found marks in {values.ndim} dimensions, expected one mark for each expert")
    values = values[~np.isnan(values)]
    if (values > top).any():
        raise ValueError(f"found the mark {values.max():g}, expected at most the scale's top mark {top:g}")
    n = len(values)
    if n == 0:
        return Descriptives(0, undefined=dict.fromkeys(STATISTICS, "no_answers"))
    mean = float(values.mean())
    undefined = {"cv": "mean_not_positive"} if mean <= 0 else {}
    sd = None
    if n > 1 or spread == "population":
        sd = float(values.std(ddof=1 if spread == "sample" else 0))
    else:
        undefined |= {"sd": "one_answer", "cv": "one_answer"}
    cv = None if sd is None or mean <= 0 else sd / mean
    q1, median, q3 = (float(q) for q in np.quantile(values, [0.25, 0.5, 0.75], method="linear"))
    full = float((values == top).mean())
    return Descriptives(n, mean, sd, cv, median, q1, q3, q3 - q1, full, undefined)


def reaches(statistic: float, bound: Bound, limit: Fraction | float) -> bool:
    """Whether a ``statistic`` with square roots or means in floats is ``at_least`` or ``at_most`` an agreed ``limit``.

    A κ of 0.6 reaches the limit 0.6, although the float nearest to 0.6 is less.
    """
    short = float(limit) - statistic if bound == "at_least" else statistic - float(limit)
    return short <= ROUNDING_ERROR
