"""Ranks over random weights: how often each unit takes each place, and who stands above whom."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from auditlib.analysis.weights.draws import WeightDraws
from auditlib.analysis.weights.ranking import Ranker
from auditlib.analysis.weights.table import WeightedTable
from auditlib.analysis.weights.uncertainty import RankUncertainty
from auditlib.core.errors import InputError, Problem

__all__ = ["CHUNK", "simulate_ranks"]

CHUNK = 1024
"""Draws from one random stream. Another number would give other draws."""
TOTALS_KEPT = 16 * CHUNK
"""Draws whose totals are kept for their quantiles; a million of them would not fit into memory."""

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class _Task:
    """What every worker needs; each batch of chunks is counted by itself."""

    ranker: Ranker
    draws: WeightDraws
    columns: NDArray[np.intp]
    """For each indicator of the table, its place among the draws' indicators."""
    points: NDArray[np.float64]
    compared: NDArray[np.intp]
    number: int
    seed: int


@dataclass
class _Tally:
    first: Counts
    last: Counts
    above: Counts
    totals: list[NDArray[np.float64]]


def simulate_ranks(
    table: WeightedTable,
    draws: WeightDraws,
    number: int,
    seed: int,
    *,
    compare: Sequence[str] | None = None,
    workers: int | None = None,
    batch: int = 16,
) -> RankUncertainty:
    """The ranks of the units of ``table`` under ``number`` random weightings.

    ``compare`` names the units between which to count who stands above whom, by default all. The result depends
    on table, draws, number and seed alone: each 1024 draws have a random stream of their own, and ``workers``
    (threads, by default one a core) and ``batch`` (streams handed to a worker at once) only change the speed.
    Raises :class:`InputError` where the draws weight other indicators, a compared unit is unknown, or ``number``,
    ``seed``, ``workers`` or ``batch`` is too small.
    """
    compared = table.units if compare is None else tuple(compare)
    if problems := list(_problems(table, draws, compared, number, seed, workers, batch)):
        raise InputError(problems)
    task = _Task(
        Ranker(table.values, tie_within_rounding=draws.discrete),
        draws,
        np.array([draws.indicators.index(name) for name in table.indicators]),
        np.array([[float(table.full * value) for value in row] for row in table.values]).T,
        np.array([table.units.index(name) for name in compared], dtype=np.intp),
        number,
        seed,
    )
    chunks = -(-number // CHUNK)
    batches = [range(start, min(start + batch, chunks)) for start in range(0, chunks, batch)]
    whole = _empty_tally(task)
    # The matrix products are small: more threads inside each would only wait for one another.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers or _cores()) as pool:
        for tally in pool.map(partial(_counted, task), batches):
            whole.first += tally.first
            whole.last += tally.last
            whole.above += tally.above
            whole.totals += tally.totals
    return RankUncertainty(
        table.units,
        table.ranks,
        number,
        seed,
        whole.first,
        whole.last,
        compared,
        whole.above,
        np.concatenate(whole.totals),
    )


def _problems(
    table: WeightedTable,
    draws: WeightDraws,
    compared: Sequence[str],
    number: int,
    seed: int,
    workers: int | None,
    batch: int,
) -> Iterator[Problem]:
    where = "simulation"
    if sorted(draws.indicators) != sorted(table.indicators):
        odd = ", ".join(sorted(set(draws.indicators) ^ set(table.indicators)))
        yield Problem(where, None, "draws", f"found other indicators than in the table: {odd}")
    for name in compared:
        if name not in table.units:
            yield Problem(where, None, "compare", f"found {name}, expected units of the table")
    least = {
        "number": (number, 1),
        "seed": (seed, 0),
        "batch": (batch, 1),
        "workers": (1 if workers is None else workers, 1),
    }
    for path, (value, bound) in least.items():
        if value < bound:
            yield Problem(where, None, path, f"found {value}, expected {bound} or more")


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _empty_tally(task: _Task) -> _Tally:
    units, compared = task.points.shape[1], len(task.compared)
    square, pairs = (units, units), (compared, compared)
    return _Tally(np.zeros(square, np.int64), np.zeros(square, np.int64), np.zeros(pairs, np.int64), [])


def _counted(task: _Task, chunks: range) -> _Tally:
    tally = _empty_tally(task)
    for chunk in chunks:
        stream = np.random.SeedSequence(task.seed, spawn_key=(chunk,))
        count = min(CHUNK, task.number - chunk * CHUNK)
        weights = task.draws.draw(np.random.Generator(np.random.Philox(stream)), count)[:, task.columns]
        places = task.ranker.places(weights)
        taken = _times_taken(places.first)
        tally.first += taken
        tally.last += taken if places.last is places.first else _times_taken(places.last)
        tally.above += _pairs_above(places.first[:, task.compared], tied=places.last is not places.first)
        if chunk * CHUNK < TOTALS_KEPT:
            tally.totals.append(weights @ task.points)
    return tally


def _times_taken(places: NDArray[np.unsignedinteger]) -> Counts:
    """How often each unit (row) takes each place (column)."""
    units = places.shape[1]
    cells = places + np.arange(units) * units
    return np.bincount(cells.ravel(), minlength=units * units).reshape(units, units)


def _pairs_above(places: NDArray[np.unsignedinteger], *, tied: bool) -> Counts:
    """How often each unit (row) stands above each (column) in a chunk."""
    draws, units = places.shape
    padded = np.zeros((units, CHUNK), places.dtype)
    padded[:, :draws] = places.T
    above = np.zeros((units, units), np.int64)
    for unit, own in enumerate(padded):
        above[unit, unit + 1 :] = _times_less(own, padded[unit + 1 :])
        if tied:
            above[unit, :unit] = _times_less(own, padded[:unit])
    return above if tied else above + np.tril(draws - above.T, -1)


def _times_less(own: NDArray[np.unsignedinteger], others: NDArray[np.unsignedinteger]) -> Counts:
    """In how many draws (columns) ``own`` is less than each of ``others``.

    The truths of eight draws are added as one 64-bit word: the 128 words of a chunk cannot make a byte of it
    overflow, and this takes a third of the time of counting truths.
    """
    words = np.less(own, others).view(np.uint64).sum(axis=1)
    return words.view(np.uint8).reshape(-1, 8).sum(axis=1, dtype=np.int64)
