"""Ranks over random weights: against closed forms, against slow exact loops, and against themselves."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.analysis.weights.draws import Dirichlet, ExpertBootstrap
from auditlib.analysis.weights.ranking import Ranker
from auditlib.analysis.weights.simulate import simulate_ranks
from auditlib.analysis.weights.table import WeightedTable
from auditlib.analysis.weights.uncertainty import RankUncertainty
from auditlib.core.errors import InputError
from auditlib.delphi.weights.shares import Item

COUNTS = ("first", "last", "above", "totals")


def four_errors(draws):
    """Four standard errors of a share estimated from so many draws, at most."""
    return 4 * 0.5 / sqrt(draws)


def random_table(units, indicators, seed, denominators=(20,)):
    chance = random.Random(seed)
    rows = [
        [Fraction(chance.randint(0, 20), chance.choice(denominators)) for _ in range(indicators)] for _ in range(units)
    ]
    return WeightedTable(
        tuple(f"U{n}" for n in range(units)),
        tuple(f"I{n}" for n in range(indicators)),
        tuple(map(tuple, rows)),
        (Fraction(1, indicators),) * indicators,
    )


def panel_of(items, marks):
    """A panel without levels: a row of marks an expert."""
    return ExpertBootstrap(tuple(map(Item, items)), dict(zip(items, zip(*marks, strict=True), strict=True)))


# --- closed forms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "chance"),
    [
        ("1 0", "0 1/2", Fraction(2, 3)),  # w > (1 − w)/2
        ("1 0", "0 1", Fraction(1, 2)),
        ("1 0 0", "0 1/2 1/2", Fraction(4, 9)),  # w > 1/3, and P(w > t) = (1 − t)² for three uniform weights
        ("1 0 0 0", "0 1/3 1/3 1/3", Fraction(27, 64)),  # w > 1/4, and P(w > t) = (1 − t)³
    ],
)
def test_under_uniform_weights_the_chance_of_standing_above_is_the_volume_where_it_does(
    table_of, first, second, chance
):
    table = table_of([first, second])
    found = simulate_ranks(table, Dirichlet.around(table, len(table.indicators)), 40_000, 1)
    assert found.probability_above()[0, 1] == pytest.approx(float(chance), abs=four_errors(40_000))
    assert found.expected_rank()[0] == pytest.approx(float(2 - chance), abs=four_errors(40_000))


def test_weights_around_given_ones_have_the_variance_that_the_concentration_declares(table_of):
    table = table_of(["1 0 0", "0 1 0"], "1/2 1/3 1/6")
    totals = simulate_ranks(table, Dirichlet.around(table, 11), 16_000, 1).totals
    for column, weight in ((0, 1 / 2), (1, 1 / 3)):
        assert totals[:, column].mean() == pytest.approx(weight, abs=0.005)
        assert totals[:, column].var() == pytest.approx(weight * (1 - weight) / 12, rel=0.05)


def test_the_draws_of_a_panel_are_its_experts_with_replacement(table_of):
    """All 27 panels of three experts are equally likely: the exact chance is a count over them."""
    marks = ((5, 1, 2), (1, 4, 4), (2, 2, 5))
    table = table_of(["1 0 1/2", "0 1 1/2", "1/4 1/2 1"])
    above = np.zeros((3, 3))
    for panel in product(marks, repeat=3):
        weights = [sum(column) for column in zip(*panel, strict=True)]
        totals = [sum(w * v for w, v in zip(weights, row, strict=True)) for row in table.values]
        above += [[a > b for b in totals] for a in totals]
    draws = panel_of("abc", marks)
    found = simulate_ranks(table, draws, 20_000, 5)
    assert found.probability_above() == pytest.approx(above / 27, abs=four_errors(20_000))


# --- slow exact loops -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "concentration"),
    [
        (random_table(6, 4, 1), 8),
        (random_table(5, 3, 2, (3, 7, 11, 20)), 50),
        (random_table(3, 12, 3, (97, 101, 103, 107, 109, 113, 127)), 30),
        (random_table(7, 2, 4), 0.5),
    ],
    ids=["decimals", "odd denominators", "too many digits for whole numbers", "far from the weights in force"],
)
def test_counts_are_those_of_exact_ranks_of_the_same_draws(exact_places, table, concentration):
    draws = Dirichlet.around(table, concentration)
    found = simulate_ranks(table, draws, 1200, 9)
    places = exact_places(table, draws, 1200, 9)
    units = range(len(table.units))
    for unit, rank in product(units, units):
        assert found.first[unit, rank] == sum(draw[unit][0] == rank + 1 for draw in places)
        assert found.last[unit, rank] == sum(draw[unit][1] == rank + 1 for draw in places)
    for one, other in product(units, units):
        assert found.above[one, other] == sum(draw[one][0] < draw[other][0] for draw in places)


def test_intervals_and_chances_are_those_of_a_list_of_ranks(exact_places):
    table = random_table(6, 4, 1)
    draws = Dirichlet.around(table, 8)
    found = simulate_ranks(table, draws, 1000, 9)
    places = exact_places(table, draws, 1000, 9)
    for unit in range(6):
        ranks = [draw[unit][0] for draw in places]
        best = max(rank for rank in range(1, 7) if sum(other < rank for other in ranks) <= 50)
        worst = min(rank for rank in range(1, 7) if sum(other > rank for other in ranks) <= 50)
        assert found.rank_interval(0.9)[unit].tolist() == [best, worst]
        assert found.rank_interval(1)[unit].tolist() == [min(ranks), max(ranks)]
        assert found.expected_rank()[unit] == pytest.approx(sum(ranks) / 1000)
        assert found.top(2)[unit] == sum(rank <= 2 for rank in ranks) / 1000
        assert found.bottom(2)[unit] == sum(rank >= 5 for rank in ranks) / 1000


def test_draws_just_at_the_limit_lie_outside_the_interval():
    """5 % of 1000 draws are 50, though (1 − 0.9)/2 × 1000 is a little less in binary numbers."""
    counts = np.array([[50, 900, 50], [900, 49, 51], [50, 51, 899]])
    found = RankUncertainty("ABC", (2, 1, 3), 1000, 0, counts, counts, (), np.zeros((0, 0)), np.zeros((0, 3)))
    assert found.rank_interval(0.9).tolist() == [[2, 2], [1, 3], [2, 3]]


def test_a_place_at_risk_says_how_often_it_changes_hands_and_how_often_its_holder_drops_out(exact_places):
    table = random_table(6, 4, 1)
    draws = Dirichlet.around(table, 8)
    found = simulate_ranks(table, draws, 1000, 9)
    places = exact_places(table, draws, 1000, 9)
    for number, at_risk, keeps in (
        (2, found.top_at_risk(2), lambda first, last: first <= 2),
        (3, found.bottom_at_risk(3), lambda first, last: last >= 4),
    ):
        assert [place.rank for place in at_risk] == sorted(table.ranks)[: number if number == 2 else None][-number:]
        for place in at_risk:
            unit = table.units.index(place.unit)
            assert place.changes_hands == sum(draw[unit][0] != place.rank for draw in places) / 1000
            assert place.drops_out == sum(not keeps(*draw[unit]) for draw in places) / 1000


# --- the same draws, however the work is shared out -----------------------------------------------------


@pytest.mark.parametrize(("workers", "batch"), [(1, 1), (2, 1), (3, 2), (2, 100)])
def test_the_result_does_not_depend_on_workers_or_batches(workers, batch):
    table = random_table(9, 5, 6)
    draws = Dirichlet.around(table, 10)
    expected = simulate_ranks(table, draws, 5000, 3, workers=1, batch=16)
    found = simulate_ranks(table, draws, 5000, 3, workers=workers, batch=batch)
    assert all(getattr(found, name).tobytes() == getattr(expected, name).tobytes() for name in COUNTS)


def test_fewer_draws_are_the_first_of_more_draws():
    table = random_table(4, 5, 6)
    draws = Dirichlet.around(table, 10)
    longer = simulate_ranks(table, draws, 4000, 3).totals
    assert simulate_ranks(table, draws, 1500, 3).totals == pytest.approx(longer[:1500], rel=1e-12)


def test_another_seed_gives_other_draws():
    table = random_table(4, 5, 6)
    draws = Dirichlet.around(table, 10)
    assert not np.array_equal(simulate_ranks(table, draws, 100, 3).totals, simulate_ranks(table, draws, 100, 4).totals)


def test_comparing_chosen_units_gives_their_part_of_all_pairs():
    table = random_table(6, 4, 1)
    draws = Dirichlet.around(table, 8)
    every = simulate_ranks(table, draws, 1500, 2).above
    chosen = simulate_ranks(table, draws, 1500, 2, compare=["U4", "U1"]).above
    assert chosen.tolist() == [[every[4, 4], every[4, 1]], [every[1, 4], every[1, 1]]]


def test_the_order_of_the_panels_items_need_not_be_the_tables(table_of):
    table = table_of(["1 0", "0 1"], "3/4 1/4")
    draws = panel_of("ba", [(1, 3)])
    assert simulate_ranks(table, draws, 10, 0).totals[0].tolist() == [0.75, 0.25]


# --- ties -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["1/3 1/7 2/11 9/10", "0.1 0.2 0.3 0.7", "1/1000003 1/1000033 1/1000037 1/1000039"])
def test_units_with_equal_values_are_tied_in_every_draw(table_of, value):
    table = table_of([value, "1 1 1 1", value, "0 0 0 0"])
    found = simulate_ranks(table, Dirichlet.around(table, 4), 3000, 1)
    assert found.first.tolist() == [[0, 3000, 0, 0], [3000, 0, 0, 0], [0, 3000, 0, 0], [0, 0, 0, 3000]]
    assert found.last.tolist() == [[0, 0, 3000, 0], [3000, 0, 0, 0], [0, 0, 3000, 0], [0, 0, 0, 3000]]
    assert found.above[0, 2] == found.above[2, 0] == 0
    assert found.top(2).tolist() == [1, 1, 1, 0]
    assert found.bottom(2).tolist() == [1, 0, 1, 1]
    assert [place.unit for place in found.bottom_at_risk(2)] == ["A", "C", "D"]


def test_all_units_equal_is_one_tie(table_of):
    table = table_of(["1/3 1/7"] * 3)
    found = simulate_ranks(table, Dirichlet.around(table, 2), 50, 1)
    assert found.expected_rank().tolist() == [1, 1, 1]
    assert found.last[:, 2].tolist() == [50, 50, 50]


def test_one_unit_alone_is_first(table_of):
    table = table_of(["1/3 1/7"])
    assert simulate_ranks(table, Dirichlet.around(table, 2), 50, 1).first.tolist() == [[50]]


def test_totals_that_a_panel_makes_equal_are_tied_and_not_ordered_by_rounding(table_of):
    """Each expert marks x and y alike, so that their children share 1/2, in thirds and sevenths."""
    tree = (Item("x", (Item("a"), Item("b"))), Item("y", (Item("c"), Item("d"))))
    marks = {"x": (3, 5, 2), "y": (3, 5, 2), "a": (1, 4, 1), "b": (2, 5, 3), "c": (4, 1, 5), "d": (3, 5, 2)}
    table = table_of(["1 1 0 0", "0 0 1 1", "9/10 9/10 0 0"])
    found = simulate_ranks(table, ExpertBootstrap(tree, marks), 4000, 2)
    assert found.above.tolist() == [[0, 0, 4000], [0, 0, 4000], [0, 0, 0]]


def test_two_weights_that_add_up_to_three_others_tie_what_they_should(table_of):
    """Each weight is rounded by itself, so that the two and the three do not add up to the same by themselves."""
    marks = ((3, 3, 1, 2, 3), (5, 2, 2, 4, 1), (4, 4, 1, 1, 6), (1, 7, 5, 2, 1))
    table = table_of(["1 1 0 0 0", "0 0 1 1 1"])
    found = simulate_ranks(table, panel_of("abcde", marks), 4000, 2)
    assert found.above.sum() == 0


def test_the_least_difference_is_told_apart_beside_the_greatest():
    """A weight rounded up to the least one times the least difference of values: one part in 2**51."""
    least = Fraction(1, 2**25)
    values = [[Fraction(0), Fraction(1)], [Fraction(0), 1 - least], [Fraction(1), Fraction(1)]]
    places = Ranker(values, tie_within_rounding=False).places(np.array([[1, 1e-30]]))
    assert places.first.tolist() == [[1, 2, 0]]


def test_a_unit_that_is_better_in_one_indicator_alone_stands_above_however_small_its_weight(table_of):
    table = table_of(["1/2 1/2 1/2", "1/2 1/2 101/200"])
    places = Ranker(table.values, tie_within_rounding=False).places(np.array([[0.5, 0.5, 1e-30], [0.5, 0.5, 0]]))
    assert places.first.tolist() == [[1, 0], [0, 0]]
    assert places.last.tolist() == [[1, 0], [1, 1]]


def test_more_than_256_units_are_ranked_like_few():
    table = random_table(300, 3, 8, (997,))
    weights = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])
    places = Ranker(table.values, tie_within_rounding=False).places(weights)
    for row, exact in zip(places.first, ([2, 1, 1], [1, 1, 6]), strict=True):
        totals = [sum(w * v for w, v in zip(exact, values, strict=True)) for values in table.values]
        assert row.tolist() == [sum(other > total for other in totals) for total in totals]


# --- invariants -----------------------------------------------------------------------------------------

tenths = st.integers(0, 10).map(lambda n: Fraction(n, 10))
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[tenths] * width), min_size=2, max_size=6).map(
        lambda rows: WeightedTable(
            tuple(f"U{n}" for n in range(len(rows))),
            tuple(f"I{n}" for n in range(width)),
            tuple(rows),
            (Fraction(1, width),) * width,
        )
    )
)


def simulated(table):
    return simulate_ranks(table, Dirichlet.around(table, 3), 200, 7, workers=1)


@settings(max_examples=25)
@given(tables, st.fractions(Fraction(1, 50), 50), st.fractions(-5, 5))
def test_scaling_or_shifting_all_points_changes_no_rank(table, factor, shift):
    moved = replace(table, values=tuple(tuple(factor * value + shift for value in row) for row in table.values))
    before, after = simulated(table), simulated(moved)
    assert before.first.tolist() == after.first.tolist()
    assert before.above.tolist() == after.above.tolist()


@settings(max_examples=25)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_the_units_changes_nothing(table, chance):
    order = list(range(len(table.units)))
    chance.shuffle(order)
    moved = replace(table, units=tuple(table.units[n] for n in order), values=tuple(table.values[n] for n in order))
    before, after = simulated(table), simulated(moved)
    assert before.first[order].tolist() == after.first.tolist()
    assert before.last[order].tolist() == after.last.tolist()
    assert before.above[np.ix_(order, order)].tolist() == after.above.tolist()


@settings(max_examples=25)
@given(tables)
def test_the_counts_add_up(table):
    found = simulated(table)
    units = len(table.units)
    assert found.first.sum(axis=1).tolist() == found.last.sum(axis=1).tolist() == [200] * units
    assert (found.above + found.above.T <= 200).all()
    # Whoever stands above a unit comes before its rank: ranks are the counts of units above, plus one.
    assert found.expected_rank() == pytest.approx(1 + found.above.sum(axis=0) / 200)
    assert found.top(units).tolist() == found.bottom(units).tolist() == [1] * units
    equal = [[one == other for other in table.values] for one in table.values]
    assert ((200 - found.above - found.above.T) == 200 * np.array(equal)).all()


# --- refusals -------------------------------------------------------------------------------------------


def test_all_that_is_wrong_with_a_simulation_is_said_at_once(table_of):
    table = table_of(["1 0", "0 1"])
    with pytest.raises(InputError) as caught:
        simulate_ranks(table, Dirichlet(("a", "z"), table.weights, 2), 0, -1, compare=["Q"], workers=0, batch=0)
    assert [problem.path for problem in caught.value.problems] == [
        "draws", "compare", "number", "seed", "batch", "workers",
    ]  # fmt: skip
    assert "b, z" in str(caught.value)


@pytest.mark.parametrize("ask", [lambda u: u.top(0), lambda u: u.bottom(3), lambda u: u.rank_interval(1.5)])
def test_a_question_without_an_answer_is_refused(table_of, ask):
    table = table_of(["1 0", "0 1"])
    with pytest.raises(InputError, match="expected"):
        ask(simulate_ranks(table, Dirichlet.around(table, 2), 10, 1))
