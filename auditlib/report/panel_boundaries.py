"""The boundaries that screen the items of a panel, level by level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditlib.delphi.result import Analysis
from auditlib.delphi.statistics.descriptives import Bound
from auditlib.delphi.statistics.screening import BOUNDARY_STATISTICS, Statistic, boundary_value

__all__ = ["Boundary", "boundaries"]


@dataclass(frozen=True)
class Boundary:
    """A criterion of one level: ``statistic`` should be ``bound`` ``limit``.

    A boundary value (``own`` is None) lies ``spread`` from ``centre``; an ``own`` criterion has neither.
    """

    level: int
    statistic: Statistic
    bound: Bound
    limit: float
    own: str | None = None
    centre: float | None = None
    spread: float | None = None


def boundaries(analysis: Analysis) -> list[Boundary]:
    """Every criterion in force in the last round; a level of fewer than two items has no boundary values."""
    screening = analysis.panel.declared.thresholds.screening
    found: list[Boundary] = []
    for level in analysis.last.screening:
        if screening.boundary_values:
            found += _boundary_values(analysis, level)
        found += [
            Boundary(level, own.statistic, own.bound, float(own.limit), name)
            for name, own in screening.criteria.items()
        ]
    return found


def _boundary_values(analysis: Analysis, level: int) -> Iterator[Boundary]:
    items = analysis.last.items.items()
    asked = {name: one.described for name, one in items if one.level == level and one.described is not None}
    for statistic in BOUNDARY_STATISTICS:
        found = boundary_value(asked, statistic, analysis.panel.declared.sd)
        if found is not None:
            yield Boundary(level, statistic, found.bound, found.limit, None, found.mean, found.sd)
