"""Ranks without an indicator: exact, and equal to ranking the rest anew."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.analysis.weights.leave_out import leave_one_out
from auditlib.analysis.weights.table import WeightedTable
from auditlib.core.errors import InputError


def test_a_unit_falls_by_the_places_that_an_indicator_gave_it(table_of):
    found = leave_one_out(table_of(["1 0", "1/2 3/4", "0 1"], "2/3 1/3"))
    assert found.in_force == (1, 2, 3)  # 8/12, 7/12, 4/12
    assert found.ranks == {"a": (3, 2, 1), "b": (1, 2, 3)}
    assert found.change("a") == {"A": 2, "B": 0, "C": -2}


def test_thirds_that_binary_numbers_would_order_are_tied(table_of):
    """0.1 + 0.2 and 0.3: equal here, not in binary floats."""
    found = leave_one_out(table_of(["0.1 0.2 0 1", "0 0 0.3 0"]))
    assert found.ranks["d"] == (1, 1)


fractions = st.fractions(0, 1, max_denominator=12)


@pytest.mark.long
@settings(max_examples=50)
@given(st.lists(st.tuples(*[fractions] * 3), min_size=1, max_size=5), st.tuples(*[st.integers(1, 9)] * 3))
def test_leaving_an_indicator_out_is_ranking_the_others_with_their_weights_in_proportion(rows, weights):
    whole = sum(weights)
    units = tuple(f"U{n}" for n in range(len(rows)))
    table = WeightedTable(units, ("a", "b", "c"), tuple(rows), tuple(Fraction(w, whole) for w in weights))
    found = leave_one_out(table)
    for column, indicator in enumerate("abc"):
        rest = [n for n in range(3) if n != column]
        kept = sum(weights[n] for n in rest)
        totals = [sum(Fraction(weights[n], kept) * row[n] for n in rest) for row in rows]
        assert found.ranks[indicator] == tuple(1 + sum(other > total for other in totals) for total in totals)


def test_nothing_is_left_without_the_only_indicator(table_of):
    with pytest.raises(InputError, match="nothing is left"):
        leave_one_out(table_of(["1", "0"]))
