"""Krippendorff's α of a panel: agreement on the marks themselves, not on the order of items alone; nan allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import krippendorff
import numpy as np

from auditlib.core.values import Text
from auditlib.delphi.statistics.concordance import as_marks

__all__ = ["UNDEFINED", "Alpha", "Level", "krippendorff_alpha"]

Level = Literal["nominal", "ordinal", "interval", "ratio"]

UNDEFINED = {
    "no_pairs": Text(zh="没有条目由两位以上专家打分", en="no item was marked by two experts or more"),
    "one_mark": Text(zh="所有打分相同，α 没有定义", en="all marks are the same, so α is not defined"),
}
"""Why α is missing, by the name that :attr:`Alpha.undefined` carries."""


@dataclass(frozen=True)
class Alpha:
    """α: 1 perfect agreement, 0 what chance gives, below 0 systematic disagreement; None where ``undefined`` says why.

    ``pairable`` marks stand on an item that at least two experts marked; the others cannot be compared.
    """

    alpha: float | None
    level: Level
    raters: int
    items: int
    pairable: int
    undefined: str | None = None


def krippendorff_alpha(marks: object, level: Level = "ordinal") -> Alpha:
    """Krippendorff's α of ``marks`` (experts × items, nan = no answer), which it takes to be of ``level``.

    Source: Krippendorff, Content Analysis (4th ed. 2018), ch. 12. Raises :class:`ValueError` for one expert, one item
    or infinite marks.
    """
    matrix = as_marks(marks)
    shared = matrix[:, (~np.isnan(matrix)).sum(axis=0) > 1]
    values = shared[~np.isnan(shared)]
    undefined = "no_pairs" if not len(values) else "one_mark" if (values == values[0]).all() else None
    alpha = None if undefined else float(krippendorff.alpha(shared, level_of_measurement=level))
    raters, items = matrix.shape
    return Alpha(alpha, level, raters, items, len(values), undefined)
