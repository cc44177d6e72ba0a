"""A bootstrap interval of W, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.core.values import Text

__all__ = ["NO_INTERVAL", "Interval"]

NO_INTERVAL = {
    "few_experts": Text(
        zh="计入的专家不足四位，自助法给不出区间", en="fewer than four experts count: a bootstrap says nothing"
    ),
    "undefined_draws": Text(
        zh="没有定义 W 的重抽样超过区间之外的份额，自助法给不出区间",
        en="more draws have no W than an interval may leave out: a bootstrap says nothing",
    ),
    "one_value": Text(
        zh="每次重抽样的 W 都相同，自助法给不出区间", en="every draw has the same W: a bootstrap says nothing"
    ),
    "beside_W": Text(
        zh="重抽样的 W 偏在一边，区间不含所得的 W，故不给出",
        en="the draws lie to one side and their interval does not hold the W that was found, so none is given",
    ),
}
"""Why there is no interval, by the name that :attr:`Interval.undefined` carries."""


@dataclass(frozen=True)
class Interval:
    """Where W lies for panels like this one: the middle ``level`` of ``draws`` resampled panels, made from ``seed``.

    ``undefined_draws`` are left out: one expert alone was drawn, or only experts who tie all items. ``low`` and
    ``high`` are None where ``undefined`` (a key of :data:`NO_INTERVAL`) says why a bootstrap says nothing.
    """

    low: float | None
    high: float | None
    level: float
    draws: int
    seed: int
    undefined_draws: int
    undefined: str | None = None
