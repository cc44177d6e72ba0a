"""Weights from ranks and from data, and weights combined."""

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auditlib.delphi.weights.from_data import combine, critic, entropy, rank_order_centroid

tables = st.tuples(st.integers(3, 8), st.integers(2, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(1, 20).map(float))
)
vectors = st.lists(st.lists(st.fractions(min_value=Fraction(1, 9), max_value=9), min_size=3, max_size=3), min_size=1)


@pytest.mark.parametrize(
    ("ranks", "weights"),
    [
        ([1], (1,)),
        ([1, 2], (0.75, 0.25)),
        ([1, 2, 3], (0.6111, 0.2778, 0.1111)),
        ([1, 2, 3, 4], (0.5208, 0.2708, 0.1458, 0.0625)),
    ],
)
def test_rank_order_centroids_are_those_of_the_published_table(ranks, weights):
    """Barron and Barrett (1996), table of rank-order centroid weights."""
    found = rank_order_centroid(ranks)
    assert [float(weight) for weight in found] == pytest.approx(weights, abs=5e-5)
    assert sum(found) == 1


def test_items_of_equal_rank_share_the_mean_of_their_places():
    plain = rank_order_centroid([1, 2, 3, 4])
    assert rank_order_centroid([2, 1, 2, 4]) == (
        (plain[1] + plain[2]) / 2,
        plain[0],
        (plain[1] + plain[2]) / 2,
        plain[3],
    )


@pytest.mark.parametrize("ranks", [[1, 3], [0, 1], [1, 1, 2], []])
def test_ranks_with_gaps_are_refused(ranks):
    with pytest.raises(ValueError, match="found the ranks"):
        rank_order_centroid(ranks)


@given(tables)
def test_entropy_weights_follow_their_formula(table):
    assume((np.ptp(table, axis=0) > 0).any())
    diversities = []
    for column in table.T.tolist():
        shares = [x / sum(column) for x in column]
        entropy_of = -sum(p * math.log(p) for p in shares) / math.log(len(column))
        diversities.append(0 if len(set(column)) == 1 else 1 - entropy_of)
    assert entropy(table) == pytest.approx([d / sum(diversities) for d in diversities], abs=1e-9)


def test_an_item_on_which_all_units_are_equal_has_no_entropy_weight():
    assert entropy([[3, 1, 0], [3, 2, 5], [3, 4, 0]])[0] == 0


def test_an_item_that_one_unit_has_alone_has_the_least_entropy():
    """p = (1, 0, 0): e = 0; p = (1/2, 1/2, 0): e = ln 2 / ln 3."""
    left = 1 - math.log(2) / math.log(3)
    assert entropy([[7, 1], [0, 1], [0, 0]]) == pytest.approx((1 / (1 + left), left / (1 + left)))


@given(tables)
def test_critic_weights_follow_their_formula(table):
    columns = table.T.tolist()
    assume(all(len(set(column)) > 1 for column in columns))
    scaled = [[(x - min(column)) / (max(column) - min(column)) for x in column] for column in columns]
    conflicts = [sum(1 - statistics.correlation(one, other) for other in scaled) for one in scaled]
    assume(max(conflicts) > 1e-6)
    information = [statistics.stdev(one) * conflict for one, conflict in zip(scaled, conflicts, strict=True)]
    assert critic(table) == pytest.approx([c / sum(information) for c in information], abs=1e-9)


def test_an_item_where_less_is_better_conflicts_the_other_way():
    table = np.array([[1.0, 9, 2], [2, 7, 9], [3, 5, 4], [5, 1, 7]])
    assert critic(table, costs=[False, True, False]) == pytest.approx(critic(table * [1, -1, 1]))
    assert critic(table, costs=[False, True, False]) != pytest.approx(critic(table))


@pytest.mark.parametrize(
    ("function", "table", "message"),
    [
        (entropy, [[1, 2]], "at least two units"),
        (entropy, [[1, float("nan")], [1, 2]], "found missing"),
        (entropy, [[1, -2], [1, 2]], "found negative data"),
        (entropy, [[0, 2], [0, 1]], "a column of zeros"),
        (entropy, [[1, 2], [1, 2]], "only constant columns"),
        (critic, [[1, 2], [1, 3]], "a constant column"),
        (critic, [[1], [2]], "a single or"),
        (critic, [[1, 2], [2, 4], [3, 6]], "all rise and fall together"),
    ],
)
def test_data_that_cannot_weigh_are_refused(function, table, message):
    with pytest.raises(ValueError, match=message):
        function(table)


def test_costs_of_other_items_are_refused():
    with pytest.raises(ValueError, match="found 1 costs, expected one for each of 2 items"):
        critic([[1, 2], [2, 1]], costs=[True])


HALVES = [Fraction(1, 2), Fraction(1, 2)]
QUARTERS = [Fraction(1, 4), Fraction(3, 4)]


def test_vectors_are_added_by_their_shares():
    assert combine([HALVES, QUARTERS], "additive") == (Fraction(3, 8), Fraction(5, 8))
    found = combine([HALVES, QUARTERS], "additive", shares=[Fraction("0.6"), Fraction("0.4")])
    assert found == (Fraction("0.4"), Fraction("0.6"))


def test_vectors_are_multiplied_and_divided_by_the_sum():
    """0.5 · 0.25 : 0.5 · 0.75 = 1 : 3, and 0.25² : 0.75² = 1 : 9."""
    assert combine([HALVES, QUARTERS], "multiplicative") == (Fraction(1, 4), Fraction(3, 4))
    assert combine([QUARTERS, QUARTERS], "multiplicative") == (Fraction(1, 10), Fraction(9, 10))


@pytest.mark.long
@given(vectors, st.sampled_from(["additive", "multiplicative"]))
def test_combined_weights_sum_to_exactly_1_and_ignore_the_scale_of_a_vector(several, method):
    found = combine(several, method)
    assert sum(found) == 1
    assert combine([[7 * weight for weight in several[0]], *several[1:]], method) == found


def test_every_reason_against_a_combination_is_named():
    with pytest.raises(ValueError, match=r"vectors of \[2, 3\] weights.*a negative weight"):
        combine([HALVES, [Fraction(-1), Fraction(1), Fraction(1)]], "additive")
    with pytest.raises(ValueError, match=r"found the shares 1/2, 1/4, expected"):
        combine([HALVES, QUARTERS], "additive", shares=[Fraction(1, 2), Fraction(1, 4)])
    with pytest.raises(ValueError, match="found shares, expected none"):
        combine([HALVES, QUARTERS], "multiplicative", shares=HALVES)
    with pytest.raises(ValueError, match="found no item that every vector gives weight"):
        combine([[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]], "multiplicative")
