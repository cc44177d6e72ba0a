"""Random weights: around the weights in force, or from an expert panel drawn anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from auditlib.analysis.weights.aggregate import leaves
from auditlib.analysis.weights.table import WeightedTable
from auditlib.core.errors import InputError, Problem
from auditlib.delphi.weights.shares import Answers, Item

__all__ = ["Dirichlet", "ExpertBootstrap", "WeightDraws"]


class WeightDraws(Protocol):
    """Where random weights come from. A row of ``draw`` has a weight for each of ``indicators`` and adds up to 1.

    The first rows of a longer draw are the rows of a shorter one from the same generator. ``discrete`` says that
    the weights take few values, so that two units can have equal totals without having equal values.
    """

    @property
    def indicators(self) -> tuple[str, ...]: ...

    @property
    def discrete(self) -> bool: ...

    def draw(self, generator: np.random.Generator, count: int) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Dirichlet:
    """Weights around given ones: a Dirichlet distribution with mean ``weights``.

    The larger ``concentration``, the closer: a weight w has the variance w(1−w)/(concentration + 1). With n equal
    weights and concentration n every set of weights is equally likely. A weight of 0 stays 0.
    Raises :class:`InputError` where the weights are no shares of 1 or the concentration is not above 0.
    """

    indicators: tuple[str, ...]
    weights: tuple[Fraction, ...]
    concentration: float
    discrete = False

    def __post_init__(self) -> None:
        problems = []
        if not 0 < self.concentration < float("inf"):
            message = f"found {self.concentration}, expected a number above 0"
            problems.append(Problem("dirichlet", None, "concentration", message))
        if len(self.weights) != len(self.indicators) or sum(self.weights) != 1 or min(self.weights, default=-1) < 0:
            message = f"found {', '.join(map(str, self.weights))}, expected a share of 1 for each indicator"
            problems.append(Problem("dirichlet", None, "weights", message))
        if problems:
            raise InputError(problems)

    @classmethod
    def around(cls, table: WeightedTable, concentration: float) -> Dirichlet:
        """Around the weights in force of a table."""
        return cls(table.indicators, table.weights, concentration)

    @property
    def alpha(self) -> NDArray[np.float64]:
        """The parameter of the distribution, concentration × weight."""
        return self.concentration * np.array([float(weight) for weight in self.weights])

    def draw(self, generator: np.random.Generator, count: int) -> NDArray[np.float64]:
        return generator.dirichlet(self.alpha, count)


@dataclass(frozen=True)
class ExpertBootstrap:
    """Weights of a panel whose experts are drawn with replacement, as many as there are.

    ``marks`` has for each item of ``tree`` a mark an expert, in one order of experts. An item's share is its mean
    mark over the sum of its siblings' means, and the weight of a leaf is the product of the shares down to it.
    Raises :class:`InputError` with every missing or negative mark, and where an expert marks all siblings with 0.
    """

    tree: tuple[Item, ...]
    marks: Mapping[str, Answers]
    discrete = True

    def __post_init__(self) -> None:
        if problems := [Problem("panel", None, path, message) for path, message in self._problems(self.tree)]:
            raise InputError(problems)

    def _problems(self, siblings: Sequence[Item]) -> Iterator[tuple[str, str]]:
        known = [self.marks.get(item.id, ()) for item in siblings]
        for item, marks in zip(siblings, known, strict=True):
            if len(marks) != self.experts or not marks:
                yield item.id, f"found {len(marks)} marks, expected one of each of {self.experts or 'some'} experts"
            for expert, mark in enumerate(marks, 1):
                if mark is None or mark < 0:
                    yield f"{item.id}, expert {expert}", f"found {mark}, expected a mark of 0 or more"
            yield from self._problems(item.children)
        for expert, given in enumerate(zip(*known, strict=False), 1):
            if not any(given) and None not in given:
                names = ", ".join(item.id for item in siblings)
                yield f"{names}, expert {expert}", "found 0 for all of them, expected one above 0"

    @property
    def experts(self) -> int:
        """How many experts mark, and are drawn."""
        return max(map(len, self.marks.values()), default=0)

    @property
    def indicators(self) -> tuple[str, ...]:
        return tuple(leaves(self.tree))

    def draw(self, generator: np.random.Generator, count: int) -> NDArray[np.float64]:
        return self.weights_of(generator.multinomial(self.experts, np.full(self.experts, 1 / self.experts), count))

    def weights_of(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """The weights of the leaves (columns) where each expert (column) answers so many times, a row a panel."""
        sums = {item: times @ np.array([float(mark or 0) for mark in marks]) for item, marks in self.marks.items()}
        return np.column_stack(list(_combined(self.tree, sums, np.ones(len(times)))))


def _combined(
    siblings: Sequence[Item], sums: Mapping[str, NDArray[np.float64]], above: NDArray[np.float64]
) -> Iterator[NDArray[np.float64]]:
    """The weight of each leaf below the siblings, whose parent has the weight ``above``."""
    whole = np.sum([sums[item.id] for item in siblings], axis=0)
    for item in siblings:
        weight = above * sums[item.id] / whole
        if item.children:
            yield from _combined(item.children, sums, weight)
        else:
            yield weight
