"""Chance and uncertainty of W: exact null distributions, brute force, and how often the interval is right."""

# ruff: noqa: SIM300 - W is a result, not a constant

import itertools
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from auditlib.delphi.statistics import resampling
from auditlib.delphi.statistics.concordance import concordance, from_W, half_ranks, rank_correlations
from auditlib.delphi.statistics.interval import NO_INTERVAL
from auditlib.delphi.statistics.resampling import bootstrap_interval, exact_p, permutation_p

NAN = float("nan")
LIKERT = np.random.default_rng(7).integers(1, 6, (26, 11)) + np.arange(11) // 4

HOLES = [[1, 2, 3, 4, NAN], [2, 1, 3, NAN, 5], [1, 3, 2, 5, 4], [NAN, 2, 2, 3, 5]]

small_panels = st.tuples(st.integers(2, 4), st.integers(2, 3)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(1, 3))
)


def brute_force_p(marks):
    """Every order of every row, the observed ties kept: none of the shortcuts of the code under test."""
    rows = [row.tolist() for row in half_ranks(np.asarray(marks, dtype=float))]

    def S(panel):
        return sum(sum(column) ** 2 for column in zip(*panel, strict=True))

    panels = [S(panel) for panel in itertools.product(*(itertools.permutations(row) for row in rows))]
    return Fraction(sum(s >= S(rows) for s in panels), len(panels))


@pytest.mark.parametrize(
    ("marks", "W", "p"),
    [
        ([[1, 2, 3], [1, 2, 3], [1, 2, 3]], 1, 0.027778),
        ([[1, 2, 3], [1, 2, 3], [1, 3, 2]], 0.7778, 0.194444),
        ([[1, 2, 3], [1, 3, 2], [2, 1, 3]], 0.4444, 0.361111),
        ([[1, 2, 3], [1, 2, 3], [2, 3, 1]], 0.3333, 0.527778),
        ([[1, 2, 3], [2, 1, 3], [2, 3, 1]], 0.1111, 0.944444),
        ([[1, 2, 3], [2, 3, 1], [3, 1, 2]], 0, 1),
    ],
)
def test_exact_distribution_of_three_raters_and_three_items(marks, W, p):
    """Shared reference table, row 2."""
    assert concordance(marks).W == pytest.approx(W, abs=5e-5)
    found = exact_p(marks)
    assert found.p == pytest.approx(p, abs=5e-7)
    assert (found.method, found.error) == ("enumeration", 0)


@pytest.mark.parametrize(
    ("marks", "W", "p"),
    [
        ([[1, 2, 3]] * 4, 1, 0.00463),
        ([[1, 2, 3, 4]] * 3, 1, 0.00174),
        ([[1, 2, 3, 4], [1, 2, 3, 4], [1, 3, 2, 4]], 0.9111, 0.01736),
    ],
)
def test_exact_distribution_of_four_by_three_and_three_by_four(marks, W, p):
    """Shared reference table, row 3."""
    assert concordance(marks).W == pytest.approx(W, abs=5e-5)
    assert exact_p(marks).p == pytest.approx(p, abs=5e-6)


@pytest.mark.parametrize(("m", "n"), [(2, 2), (5, 3), (20, 3), (6, 4), (3, 5), (2, 7)])
def test_perfect_agreement_has_the_probability_of_the_formula(m, n):
    """P(W = 1) = (1 / n!)^(m − 1) without ties."""
    orders = np.prod(np.arange(1, n + 1))
    assert exact_p([list(range(n))] * m).p == pytest.approx(float(Fraction(1, int(orders)) ** (m - 1)), rel=1e-12)


@given(small_panels)
@settings(max_examples=40)
def test_exact_p_with_ties_is_that_of_brute_force(marks):
    found = exact_p(marks)
    if concordance(marks).W is None:
        assert found is None
    else:
        assert found.method == "enumeration"
        assert found.p == pytest.approx(float(brute_force_p(marks)), rel=1e-12)


def test_beyond_the_limit_exact_p_says_that_it_drew_panels():
    found = exact_p(LIKERT, draws=200, seed=5)
    assert found == permutation_p(LIKERT, draws=200, seed=5)
    assert (found.method, found.draws, found.seed) == ("permutation", 200, 5)
    assert found.error > 0


def test_heavy_ties_keep_large_panels_enumerable():
    """One top mark each among twelve items: 12 orders of each rater instead of 12!."""
    marks = np.ones((4, 12))
    marks[[0, 1, 2, 3], [0, 0, 0, 1]] = 5
    found = exact_p(marks)
    # the squares of how many tops an item has sum to 10: all but one of the four on one item, or to 16: all
    assert found.method == "enumeration"
    assert found.p == pytest.approx((12 + 4 * 12 * 11) / 12**4)


def test_random_panels_come_near_the_exact_p():
    marks = [[1, 2, 3, 4], [1, 3, 2, 4], [2, 1, 4, 3], [1, 2, 2, 3], [4, 1, 2, 3]]
    exact, drawn = exact_p(marks), permutation_p(marks, draws=20_000, seed=2)
    assert exact.method == "enumeration"
    assert drawn.error == pytest.approx((exact.p * (1 - exact.p) / 20_000) ** 0.5, rel=0.1)
    assert abs(drawn.p - exact.p) < 4 * drawn.error


@pytest.mark.parametrize("missing", ["complete", "pairwise"])
def test_a_panel_as_concordant_as_the_observed_one_counts(missing):
    """Two raters, two items: half of all panels agree entirely, as the observed one does."""
    found = permutation_p([[1, 2], [1, 2]], draws=2000, seed=1, missing=missing)
    assert abs(found.p - 0.5) < 4 * found.error


def test_random_panels_come_near_chi_square_for_a_large_panel():
    marks = np.random.default_rng(11).integers(1, 6, (40, 12))
    approximate = from_W(concordance(marks).W, 40, 12).p
    drawn = permutation_p(marks, draws=4000, seed=3)
    assert abs(drawn.p - approximate) < 5 * drawn.error + 0.01


def test_every_order_of_a_row_is_equally_likely():
    ranks = half_ranks(np.array([[1.0, 2, 3], [1, 1, 1]]))
    sums = np.concatenate(list(resampling._random_sums(ranks, 12_000, seed=9)))
    orders, times = np.unique(sums, axis=0, return_counts=True)
    assert len(orders) == 6
    assert ((times - 2000) ** 2 / 2000).sum() < 20.5  # χ² with 5 degrees of freedom: p = 0.001


def test_a_permutation_p_is_never_zero():
    assert permutation_p([[1, 2, 3, 4, 5, 6]] * 9, draws=99).p == 1 / 100


def test_the_same_seed_gives_the_same_numbers_however_little_memory_is_used(monkeypatch):
    p, interval = permutation_p(LIKERT, 500, 4), bootstrap_interval(LIKERT, 500, 4)
    holes = permutation_p(HOLES, 50, 4, missing="pairwise")
    monkeypatch.setattr(resampling, "BLOCK", 1)
    assert permutation_p(LIKERT, 500, 4) == p
    assert permutation_p(HOLES, 50, 4, missing="pairwise") == holes
    assert bootstrap_interval(LIKERT, 500, 4) == interval
    assert bootstrap_interval(LIKERT, 500, 5) != interval


def test_raters_who_leave_an_item_out_take_no_part():
    marks = np.vstack([LIKERT, np.full(11, NAN)])
    assert permutation_p(marks, 100) == permutation_p(LIKERT, 100)
    assert bootstrap_interval(marks, 100) == bootstrap_interval(LIKERT, 100)


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ([[5, 4, 3], [4, 5, 2]], "few_experts"),
        ([[1, 2, 3], [1, 2, 3], [2, 1, 3]], "few_experts"),
        ([[1, 2, 3], [1, 2, 3], [2, 1, 3], [1, NAN, 3]], "few_experts"),  # three of the four answered every item
        ([[1, 2, 3, 3]] * 5, "one_value"),
    ],
)
def test_a_bootstrap_that_says_nothing_gives_no_bounds_and_says_why(marks, reason):
    found = bootstrap_interval(marks, draws=300)
    assert (found.low, found.high, found.undefined) == (None, None, reason)
    assert reason in NO_INTERVAL


def test_draws_without_W_are_counted_and_too_many_leave_no_interval():
    pairs = [[1, 2, 3, NAN, NAN, NAN], [1, 3, 2, NAN, NAN, NAN], [NAN, NAN, NAN, 1, 2, 3], [NAN, NAN, NAN, 3, 2, 1]]
    found = bootstrap_interval(pairs, draws=2000, missing="pairwise")
    # Of 4⁴ drawings, those of one expert, or of one of each pair, have no two to compare: 4 + 4 · 14 = 60.
    assert found.undefined_draws / 2000 == pytest.approx(60 / 256, abs=0.04)
    assert (found.low, found.undefined) == (None, "undefined_draws")
    control = bootstrap_interval(LIKERT, draws=300)
    assert control.undefined is None
    assert 0 <= control.low < control.high <= 1


marks_with_holes = st.integers(2, 6).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from([1, 2, 3, 4, 5, NAN]), min_size=4, max_size=4),
        min_size=raters, max_size=raters,
    )
)  # fmt: skip


@given(marks_with_holes, st.sampled_from(["complete", "pairwise"]))
def test_W_lies_from_0_to_1_or_is_undefined_and_an_interval_holds_it(marks, missing):
    found, interval = concordance(marks, missing), bootstrap_interval(marks, 50, missing=missing)
    assert (found.W is None) == (found.undefined is not None) == (interval is None)
    assert found.W is None or 0 <= found.W <= 1
    if interval is not None and interval.undefined is None:
        assert interval.low - 1e-9 <= found.W <= interval.high + 1e-9
        assert interval.low < interval.high


def test_an_interval_of_95_percent_holds_the_true_W_of_most_panels():
    """Panels drawn from one population; its W for ten raters comes from twenty thousand of them."""
    random = np.random.default_rng(3)
    liked = np.random.default_rng(0).standard_normal(8) * 0.6

    def panel(raters):
        return np.clip(np.rint(3.5 + liked + random.standard_normal((raters, 8))), 1, 5)

    many = concordance(panel(20_000)).W
    rho = (20_000 * many - 1) / 19_999
    true_W = (1 + 9 * rho) / 10
    held = 0
    for _ in range(200):
        interval = bootstrap_interval(panel(10), draws=400)
        held += interval.low <= true_W <= interval.high
    assert held >= 184  # 0.92; 0.95 expected, and 0.83 where raters agree with themselves


def test_pairwise_p_shuffles_what_each_rater_marked():
    """Against every order of every row, each pair compared over the items that both marked."""
    holes = [(1, 2, 3, None), (1, 3, 2, 4), (None, 1, 2, 2)]

    @cache
    def rho(one, other):
        both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
        ranks = [stats.rankdata(marks) for marks in zip(*both, strict=True)]
        return np.corrcoef(ranks)[0, 1] if all(map(np.ptp, ranks)) else None

    def mean_rho(panel):
        rhos = [rho(one, other) for one, other in itertools.combinations(panel, 2)]
        return np.mean([rho for rho in rhos if rho is not None])

    def orders(row):
        places = [place for place, mark in enumerate(row) if mark is not None]
        for order in itertools.permutations(places):
            moved = dict(zip(places, order, strict=True))
            yield tuple(row[moved[place]] if place in moved else None for place in range(len(row)))

    observed = mean_rho(holes)
    marks = np.array(holes, dtype=float)
    assert concordance(marks, "pairwise").mean_rho == pytest.approx(observed)
    panels = [mean_rho(panel) >= observed - 1e-9 for panel in itertools.product(*map(orders, holes))]
    found = permutation_p(marks, 10_000, seed=2, missing="pairwise")
    assert abs(found.p - np.mean(panels)) < 4 * found.error
    assert exact_p(marks, 10_000, seed=2, missing="pairwise") == found


def test_pairwise_numbers_of_an_untied_complete_panel_are_those_of_complete_cases():
    marks = [[1, 2, 3, 4], [1, 3, 2, 4], [2, 1, 4, 3], [4, 1, 2, 3]]
    drawn = permutation_p(marks, 10_000, seed=2, missing="pairwise")
    assert abs(drawn.p - exact_p(marks).p) < 4 * drawn.error
    complete, pairwise = bootstrap_interval(marks, 500), bootstrap_interval(marks, 500, missing="pairwise")
    assert (pairwise.low, pairwise.high) == pytest.approx((complete.low, complete.high))
    assert pairwise.undefined_draws == complete.undefined_draws


def test_a_pairwise_interval_resamples_raters_with_their_holes():
    """Every panel of four that can be drawn, with the pairs of one rater with himself left out."""
    rhos = rank_correlations(np.array(HOLES))
    drawn = []
    for panel in itertools.product(range(4), repeat=4):
        pairs = [rhos[i, k] for i, k in itertools.combinations(panel, 2) if i != k]
        if pairs:
            drawn.append((1 + 3 * np.mean(pairs)) / 4)
    expected = np.quantile(drawn, [0.1, 0.9])
    found = bootstrap_interval(HOLES, 20_000, level=0.8, missing="pairwise")
    assert (found.low, found.high) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("function", [exact_p, permutation_p, bootstrap_interval])
def test_raters_who_have_no_items_in_common_cannot_be_compared(function):
    assert function([[1, 2, NAN], [NAN, 2, 3]], missing="pairwise") is None


@pytest.mark.parametrize("function", [exact_p, permutation_p, bootstrap_interval])
@pytest.mark.parametrize("marks", [[[3, 3], [4, 4]], [[1, 2], [NAN, 1]], [[NAN, NAN], [NAN, 1]]])
def test_where_W_is_not_defined_nothing_is_drawn(function, marks):
    assert function(marks) is None


@pytest.mark.parametrize("function", [exact_p, permutation_p, bootstrap_interval])
def test_one_rater_is_refused(function):
    with pytest.raises(ValueError, match="expected at least two experts"):
        function([[1, 2, 3]])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(ValueError, match="expected a number between 0 and 1"):
        bootstrap_interval(LIKERT, level=level)


@pytest.mark.parametrize("function", [exact_p, permutation_p, bootstrap_interval])
def test_no_draws_are_refused(function):
    with pytest.raises(ValueError, match="found 0 draws, expected at least one"):
        function(LIKERT, draws=0)
