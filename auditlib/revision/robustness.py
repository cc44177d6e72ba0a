"""How sure the ranks under a new version are: experts drawn anew, and readings beside weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from auditlib.analysis.weights.draws import ExpertBootstrap, WeightDraws
from auditlib.analysis.weights.table import WeightedTable, weighted_table
from auditlib.core.errors import InputError, Problem
from auditlib.delphi.rounds import Panel
from auditlib.scoring.result import Result

__all__ = ["Among", "WeighedBy", "choices_of", "group_tables", "incomplete_units", "panel_draws", "why_not_drawn"]


@dataclass(frozen=True)
class Among:
    """The weights of some ``indicators`` of other draws, brought back to the sum 1: the others are not scored."""

    of: WeightDraws
    indicators: tuple[str, ...]

    @property
    def discrete(self) -> bool:
        """As the other draws."""
        return self.of.discrete

    def draw(self, generator: np.random.Generator, count: int) -> NDArray[np.float64]:
        """A row a draw, a column an indicator."""
        kept = self.of.draw(generator, count)[:, [self.of.indicators.index(name) for name in self.indicators]]
        shares: NDArray[np.float64] = kept / kept.sum(axis=1, keepdims=True)
        return shares


WeighedBy = Literal["", "authority", "method", "missing"]
"""Why the weights of a panel are no shares of plain means over the same experts: empty where they are."""


def why_not_drawn(panel: Panel) -> WeighedBy:
    """Why experts drawn anew do not give weights as the panel has them; empty where they do.

    A draw takes shares of plain means: weights by another ``method`` or by ``authority`` are none, and where a mark is
    ``missing`` some draws have no mean.
    """
    declared, last = panel.declared, panel.last
    method = declared.weights.method
    if method == "authority_weighted" or (method == "mean" and declared.mean != "plain"):
        return "authority"
    if method != "mean":
        return "method"
    whole = all((expert, item) in last.marks for expert in last.experts for item in last.items)
    return "" if whole else "missing"


def panel_draws(panel: Panel) -> ExpertBootstrap:
    """The weights of a panel's last round, its experts drawn with replacement.

    Raises :class:`InputError` where :func:`why_not_drawn` says why not.
    """
    if why := why_not_drawn(panel):
        message = f"found weights that are not drawn ({why}), expected plain means of marks that all experts gave"
        raise InputError.at(panel.folder / "panel.yaml", "weights", message)
    last = panel.last
    marks = {
        item.id: tuple(last.marks.get((expert, item.id)) for expert in last.experts)
        for item in panel.declared.asked(last.number)
    }
    return ExpertBootstrap(panel.declared.tree(last.number), marks)


def group_tables(result: Result, without_units: Collection[str] = ()) -> dict[str | None, WeightedTable]:
    """The weighted table of every group in which at least two units are left, by group.

    Raises :class:`InputError` for a unit that nobody ranks, and where a group is no weighted sum.
    """
    known = {unit.unit for unit in result.units}
    if unknown := sorted(set(without_units) - known):
        found, expected = ", ".join(unknown), ", ".join(sorted(known))
        raise InputError.at(result.scheme, "without_units", f"found {found}, expected some of: {expected}")
    tables: dict[str | None, WeightedTable] = {}
    problems: list[Problem] = []
    for group in dict.fromkeys(unit.ranked_in for unit in result.units):
        codes = [unit.unit for unit in result.units if unit.ranked_in == group]
        left_out = [code for code in codes if code in without_units]
        if len(codes) - len(left_out) < 2:
            continue
        try:
            tables[group] = weighted_table(result, group, without_units=left_out)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tables


def incomplete_units(result: Result) -> tuple[str, ...]:
    """The units without points for an indicator that others they are ranked with have points for.

    No weight can be put on points that are not there, so that these have no rank under other weights.
    """
    scored: dict[str | None, set[str]] = {}
    for unit in result.units:
        scored.setdefault(unit.ranked_in, set()).update(one.id for one in unit.indicators if one.points is not None)
    return tuple(
        unit.unit
        for unit in result.units
        if any(one.points is None and one.id in scored[unit.ranked_in] for one in unit.indicators)
    )


def choices_of(readings: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Every combination of the options of some readings."""
    return [dict(zip(readings, options, strict=True)) for options in product(*readings.values())]
