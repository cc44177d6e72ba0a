"""Which uncertain inputs move a unit's total or rank: Sobol indices over weights and readings together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sampling
from scipy.special import gammaincinv

from auditlib.analysis.weights.draws import Dirichlet
from auditlib.analysis.weights.ranking import Ranker
from auditlib.analysis.weights.table import WeightedTable
from auditlib.core.errors import InputError, Problem

__all__ = ["Output", "SobolIndices", "sobol_indices", "weight_and_reading_indices"]

Matrix = NDArray[np.float64]
Output = Literal["total", "rank", "agreement"]


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """The share of the variance of an output that each input explains.

    ``first`` by itself alone, ``total`` together with all others; each with the half width of its confidence
    interval, in the order of ``inputs``. Where the output never changes, ``variance`` is 0 and every index is nan.
    Estimates may lie a little below 0 or above 1.
    """

    inputs: tuple[str, ...]
    first: Matrix
    first_half_width: Matrix
    total: Matrix
    total_half_width: Matrix
    variance: float
    evaluations: int


def sobol_indices(
    function: Callable[[Matrix], Matrix],
    inputs: Sequence[str],
    points: int,
    seed: int,
    *,
    groups: Sequence[str] | None = None,
    level: float = 0.95,
) -> SobolIndices:
    """The Sobol indices of ``function`` of independent inputs, each uniform from 0 to 1.

    ``function`` takes a row an evaluation and a column an input, and gives a value a row. ``points`` is a power
    of 2; inputs + 2 times as many evaluations are made. ``groups`` names a group for each input: then a group has
    indices, not its members. The confidence intervals come from 100 resamples.
    Raises :class:`InputError` where ``points`` is no power of 2 or ``level`` lies outside 0 and 1.
    """
    problems = []
    if points < 2 or points & (points - 1):
        problems.append(Problem("sobol", None, "points", f"found {points}, expected a power of 2"))
    if not 0 < level < 1:
        problems.append(Problem("sobol", None, "level", f"found {level}, expected above 0 and below 1"))
    if problems:
        raise InputError(problems)
    problem = {"num_vars": len(inputs), "names": list(inputs), "bounds": [[0, 1]] * len(inputs)}
    named = tuple(inputs)
    if groups is not None:
        problem["groups"] = list(groups)
        named = tuple(dict.fromkeys(groups))
    for_points, for_resamples = np.random.SeedSequence(seed).spawn(2)
    cube = sampling.sample(problem, points, calc_second_order=False, seed=np.random.default_rng(for_points))
    values = function(cube)
    if np.ptp(values) == 0:
        unknown = np.full(len(named), np.nan)
        return SobolIndices(named, unknown, unknown, unknown, unknown, 0.0, len(cube))
    # SALib takes a seed of 0 for none.
    resamples = 1 + int(for_resamples.generate_state(1)[0])
    found = analysis.analyze(problem, values, calc_second_order=False, conf_level=level, seed=resamples)
    return SobolIndices(
        named, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], float(np.var(values)), len(cube)
    )


def weight_and_reading_indices(
    tables: Mapping[tuple[str, ...], WeightedTable],
    readings: Mapping[str, Sequence[str]],
    weights: Dirichlet,
    output: Output,
    points: int,
    seed: int,
    *,
    in_force: tuple[str, ...],
    unit: str | None = None,
    weights_together: bool = False,
) -> SobolIndices:
    """What moves ``output`` more: the weight of which indicator, or the reading of which clause.

    ``readings`` gives the options of each reading, all equally likely, and ``tables`` the scored units for each
    choice, keyed by the options in the order of ``readings``; ``in_force`` is the choice in use. ``output`` is the
    ``total`` or the ``rank`` of ``unit``, or the ``agreement`` of all ranks with those in force (Spearman's rank
    correlation, mid-ranks for ties).

    The weight of an indicator is the gamma quantile of its input, divided by the sum over all: this makes the
    weights Dirichlet (each input stands for the pull on its indicator, before the others are scaled down to fit).
    ``weights_together`` takes all of them for one input called ``weights``.
    Raises :class:`InputError` where a choice lacks its table, tables differ in units or indicators, the unit is
    unknown, or all units are tied in force and ``output`` is their agreement.
    """
    if problems := list(_problems(tables, readings, weights, output, in_force, unit)):
        raise InputError(problems)
    evaluate = _Evaluation(tables, readings, weights, output, in_force, unit)
    inputs = [*weights.indicators, *readings]
    groups = ["weights"] * len(weights.indicators) + list(readings) if weights_together else None
    return sobol_indices(evaluate, inputs, points, seed, groups=groups)


class _Evaluation:
    """The output for points of the unit cube: a coordinate a weight, then one a reading."""

    def __init__(
        self,
        tables: Mapping[tuple[str, ...], WeightedTable],
        readings: Mapping[str, Sequence[str]],
        weights: Dirichlet,
        output: Output,
        in_force: tuple[str, ...],
        unit: str | None,
    ) -> None:
        self._alpha = weights.alpha
        self._options = [len(options) for options in readings.values()]
        self._tables = [tables[choice] for choice in product(*readings.values())]
        self._rankers = [Ranker(table.values, tie_within_rounding=False) for table in self._tables]
        self._output = output
        self._unit = -1 if unit is None else tables[in_force].units.index(unit)
        self._ranks_in_force = np.array([_mid_ranks(tables[in_force])])

    def __call__(self, cube: Matrix) -> Matrix:
        # A weight of 0 stays 0; the gamma distribution has no shape 0.
        pulls = np.where(self._alpha > 0, gammaincinv(np.maximum(self._alpha, 1e-9), cube[:, : len(self._alpha)]), 0)
        weights = pulls / pulls.sum(axis=1, keepdims=True)
        steps = [
            np.floor(cube[:, len(self._alpha) + place] * count).astype(np.int64)
            for place, count in enumerate(self._options)
        ]
        choice = np.ravel_multi_index(steps, self._options) if steps else np.zeros(len(cube), np.int64)
        values = np.empty(len(cube))
        for place in range(len(self._tables)):
            rows = np.flatnonzero(choice == place)
            values[rows] = self._values(place, weights[rows])
        return values

    def _values(self, choice: int, weights: Matrix) -> Matrix:
        if self._output == "total":
            table = self._tables[choice]
            return weights @ np.array([float(table.full * value) for value in table.values[self._unit]])
        places = self._rankers[choice].places(weights)
        if self._output == "rank":
            return places.first[:, self._unit].astype(np.float64) + 1
        return _correlation((places.first + places.last.astype(np.float64)) / 2, self._ranks_in_force)


def _mid_ranks(table: WeightedTable) -> list[float]:
    ranks = table.ranks
    return [rank + (ranks.count(rank) - 1) / 2 for rank in ranks]


def _correlation(ranks: Matrix, others: Matrix) -> Matrix:
    """Pearson's correlation of each row with ``others``; 0 where a row is constant."""
    ranks, others = ranks - ranks.mean(axis=1, keepdims=True), others - others.mean()
    spread = np.sqrt((ranks**2).sum(axis=1) * (others**2).sum())
    correlation = np.zeros(len(ranks))
    np.divide((ranks * others).sum(axis=1), spread, out=correlation, where=spread > 0)
    return correlation


def _problems(
    tables: Mapping[tuple[str, ...], WeightedTable],
    readings: Mapping[str, Sequence[str]],
    weights: Dirichlet,
    output: Output,
    in_force: tuple[str, ...],
    unit: str | None,
) -> Iterator[Problem]:
    choices = list(product(*readings.values()))
    if "weights" in readings:
        yield Problem("sobol", None, "readings", "found a reading called weights, which names all weights together")
    for choice in choices:
        if choice not in tables:
            yield Problem("sobol", None, "tables", f"found none for {', '.join(choice)}")
    for choice, table in tables.items():
        if choice not in choices:
            yield Problem("sobol", None, "tables", f"found {', '.join(choice)}, which is no choice of readings")
        if table.indicators != weights.indicators:
            yield Problem("sobol", None, f"tables.{', '.join(choice)}", "found other indicators than the weights have")
        if in_force in tables and table.units != tables[in_force].units:
            yield Problem("sobol", None, f"tables.{', '.join(choice)}", "found other units than in force")
    if in_force not in choices:
        yield Problem("sobol", None, "in_force", f"found {', '.join(in_force)}, expected a choice of readings")
    elif in_force in tables:
        table = tables[in_force]
        if output == "agreement":
            if len(set(table.ranks)) == 1:
                yield Problem("sobol", None, "in_force", "found all units tied, so that no rank correlation is defined")
        elif unit not in table.units:
            yield Problem("sobol", None, "unit", f"found {unit}, expected a unit of the tables for the output {output}")
