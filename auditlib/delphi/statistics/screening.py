"""Which items stay for the next round: boundary values 界值法, and criteria of one's own.

A criterion is a name and a function of the table of items, which returns the items that fail it. An item that fails
every criterion is proposed for deletion, one that fails some for discussion; the panel decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from auditlib.delphi.statistics.descriptives import Bound, Descriptives, Spread, reaches

__all__ = [
    "BOUNDARY_STATISTICS",
    "BoundaryValue",
    "Criterion",
    "Failure",
    "Screened",
    "Statistic",
    "boundary_value",
    "boundary_values",
    "limit",
    "screen",
]

Statistic = Literal["mean", "sd", "cv", "median", "q1", "q3", "iqr", "full_mark_ratio"]
Verdict = Literal["keep", "discuss", "delete"]

BOUNDARY_STATISTICS: dict[Statistic, Bound] = {"mean": "at_least", "full_mark_ratio": "at_least", "cv": "at_most"}
"""What 界值法 looks at, and on which side of the boundary an item should lie; also the names of its criteria."""


@dataclass(frozen=True)
class BoundaryValue:
    """Where 界值法 cuts a level: one ``sd`` from the ``mean`` of the ``statistic`` over the items."""

    statistic: Statistic
    mean: float
    sd: float

    @property
    def bound(self) -> Bound:
        """On which side of the limit an item should lie."""
        return BOUNDARY_STATISTICS[self.statistic]

    @property
    def limit(self) -> float:
        """The number that an item should reach or not exceed."""
        return self.mean - self.sd if self.bound == "at_least" else self.mean + self.sd


@dataclass(frozen=True)
class Failure:
    """Why an item fails: its ``found`` value of ``statistic`` should be ``bound`` (at least, at most) ``limit``."""

    statistic: str
    found: float
    bound: Bound
    limit: float


Criterion = Callable[[Mapping[str, Descriptives]], Mapping[str, Failure]]
"""From the items of a level, by id, to the failure of each one that fails: what one's own criterion must be."""


@dataclass(frozen=True)
class Screened:
    """What is proposed for an item, and its failures by the name of the criterion."""

    item: str
    verdict: Verdict
    failures: Mapping[str, Failure]


def limit(statistic: Statistic, bound: Bound, value: float) -> Criterion:
    """The criterion that ``statistic`` is ``at_least`` or ``at_most`` ``value``; an undefined one does not fail."""

    def failing(items: Mapping[str, Descriptives]) -> dict[str, Failure]:
        return {
            item: Failure(statistic, found, bound, value)
            for item, found in _known(items, statistic).items()
            if not reaches(found, bound, value)
        }

    return failing


def boundary_value(
    items: Mapping[str, Descriptives], statistic: Statistic, spread: Spread = "sample"
) -> BoundaryValue | None:
    """The boundary of one of :data:`BOUNDARY_STATISTICS` over the ``items`` of a level, by id.

    None where fewer than two of them have the statistic. ``spread`` chooses the divisor of the variance over the items.
    """
    values = list(_known(items, statistic).values())
    if len(values) < 2:
        return None
    return BoundaryValue(statistic, float(np.mean(values)), float(np.std(values, ddof=1 if spread == "sample" else 0)))


def boundary_values(spread: Spread = "sample") -> dict[str, Criterion]:
    """The three criteria of 界值法, by the names of :data:`BOUNDARY_STATISTICS`.

    Over the items of a level: M_j ≥ mean(M) − sd(M), K_j ≥ mean(K) − sd(K), CV_j ≤ mean(CV) + sd(CV).
    An item whose statistic is undefined takes no part in the boundary and does not fail it; where fewer than two
    items are left there is no boundary.
    """
    return {statistic: _beyond_boundary(statistic, spread) for statistic in BOUNDARY_STATISTICS}


def screen(items: Mapping[str, Descriptives], criteria: Mapping[str, Criterion]) -> tuple[Screened, ...]:
    """The proposal for each of ``items`` (those of one level, by id, in this order) by ``criteria``, by name.

    All criteria failed: delete; some: discuss; none: keep. Criteria of one's own stand beside or instead of
    :func:`boundary_values`: ``screen(items, {**boundary_values(), "spread": limit("iqr", "at_most", 1)})``.
    """
    failing = {name: criterion(items) for name, criterion in criteria.items()}
    proposals = []
    for item in items:
        failures = {name: found[item] for name, found in failing.items() if item in found}
        verdict: Verdict = "keep" if not failures else "delete" if len(failures) == len(criteria) else "discuss"
        proposals.append(Screened(item, verdict, failures))
    return tuple(proposals)


def _known(items: Mapping[str, Descriptives], statistic: Statistic) -> dict[str, float]:
    values = {item: getattr(described, statistic) for item, described in items.items()}
    return {item: value for item, value in values.items() if value is not None}


def _beyond_boundary(statistic: Statistic, spread: Spread) -> Criterion:
    def failing(items: Mapping[str, Descriptives]) -> Mapping[str, Failure]:
        found = boundary_value(items, statistic, spread)
        return {} if found is None else limit(statistic, found.bound, found.limit)(items)

    return failing
