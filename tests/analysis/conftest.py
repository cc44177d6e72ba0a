"""What the tests of sensitivity share: small tables, and the same draws ranked slowly and exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from auditlib.analysis.weights.simulate import CHUNK
from auditlib.analysis.weights.table import WeightedTable


@pytest.fixture(scope="session")
def table_of():
    def build(rows, weights=None):
        """A table of rows written as text; units A, B, … and indicators a, b, …; equal weights."""
        values = tuple(tuple(Fraction(value) for value in row.split()) for row in rows)
        count = len(values[0])
        return WeightedTable(
            tuple(map(chr, range(65, 65 + len(rows)))),
            tuple(map(chr, range(97, 97 + count))),
            values,
            tuple(map(Fraction, weights.split())) if weights else (Fraction(1, count),) * count,
        )

    return build


@pytest.fixture(scope="session")
def exact_places():
    def rank(table, draws, number, seed):
        """The rank and the lowest place of each unit in each draw, by exact fractions of the same weights."""
        places = []
        for chunk in range(-(-number // CHUNK)):
            stream = np.random.SeedSequence(seed, spawn_key=(chunk,))
            generator = np.random.Generator(np.random.Philox(stream))
            for drawn in draws.draw(generator, min(CHUNK, number - chunk * CHUNK)):
                weights = [Fraction(drawn[draws.indicators.index(name)]) for name in table.indicators]
                totals = [sum(w * v for w, v in zip(weights, row, strict=True)) for row in table.values]
                places.append(
                    [
                        (1 + sum(other > total for other in totals), sum(other >= total for other in totals))
                        for total in totals
                    ]
                )
        return places

    return rank
