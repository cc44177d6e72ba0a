"""Kendall's W: the values that others computed, what W must never do, and what it says where it is not defined."""

# ruff: noqa: SIM300 - W is a result, not a constant

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from auditlib.delphi.statistics.concordance import UNDEFINED, concordance, from_W, strength

NAN = float("nan")

# Three raters, ten items with ties: shared reference table, row 1.
TIED = [
    [1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10],
    [2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5],
    [2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10],
]

panels = st.tuples(st.integers(2, 7), st.integers(2, 7)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(1, 5).map(float))
)


def slow_W(marks):
    """W by its definition, mark by mark, in exact fractions; None where all are tied."""
    m, n = len(marks), len(marks[0])

    def rank(row, mark):
        return Fraction(2 * sum(x < mark for x in row) + sum(x == mark for x in row) + 1, 2)

    sums = [sum(rank(row, row[j]) for row in marks) for j in range(n)]
    S = sum((R - Fraction(m * (n + 1), 2)) ** 2 for R in sums)
    T = sum(t**3 - t for row in marks for t in (list(row).count(x) for x in set(row)))
    below = m * m * (n**3 - n) - m * T
    return 12 * S / below if below else None


def test_three_raters_with_ties_have_the_published_coefficient():
    found = concordance(TIED)
    assert (found.S, found.T, found.raters, found.items, found.dropped) == (591, 114, 3, 10, 0)
    assert found.W_uncorrected == pytest.approx(0.795960, abs=5e-7)
    assert found.W == pytest.approx(0.827731, abs=5e-7)
    assert found.chi2 == pytest.approx(22.34874, abs=5e-6)
    assert found.df == 9
    assert found.p == pytest.approx(0.0078370, abs=5e-8)
    assert found.undefined is None


def test_F_follows_Marozzi():
    found = concordance(TIED)
    W = 7092 / 8568  # 12 · 591 / (9 · 990 − 3 · 114)
    df1 = 9 - 2 / 3
    assert found.F == pytest.approx(2 * W / (1 - W))
    assert (found.F_df1, found.F_df2) == pytest.approx((df1, 2 * df1))
    assert found.F_p == pytest.approx(1 - stats.f.cdf(2 * W / (1 - W), df1, 2 * df1))


def test_untied_sums_of_a_worked_example():
    """Examples of the S19 study: rank sums 4, 6, 8, 12, so S = 35 and W = 420 / 540."""
    found = concordance([[1, 2, 3, 4], [2, 1, 3, 4], [1, 3, 2, 4]])
    assert (found.S, found.T) == (35, 0)
    assert found.W == found.W_uncorrected == 420 / 540


def test_identical_raters_agree_entirely():
    found = concordance([[3, 1, 2, 5], [4, 2, 3, 5]])
    assert (found.W, found.F, found.F_p) == (1, None, 0)


def test_two_reversed_raters_do_not_agree_at_all():
    assert concordance([[1, 2, 3, 4], [4, 3, 2, 1]]).W == 0


def test_two_raters_and_two_items_have_no_F():
    found = concordance([[1, 2], [1, 2]])
    assert (found.W, found.F, found.F_df1, found.F_p) == (1, None, 0, None)


@pytest.mark.parametrize("seed", range(25))
def test_chi_square_is_that_of_friedmans_test(seed):
    random = np.random.default_rng(seed)
    marks = random.integers(1, random.integers(3, 9), (random.integers(2, 40), random.integers(3, 20))).astype(float)
    friedman = stats.friedmanchisquare(*marks.T)
    found = concordance(marks)
    assert found.chi2 == pytest.approx(friedman.statistic, rel=1e-10)
    assert found.p == pytest.approx(friedman.pvalue, rel=1e-9)


@given(panels)
def test_W_is_the_definition_and_lies_between_0_and_1(marks):
    found, expected = concordance(marks), slow_W(marks.tolist())
    if expected is None:
        assert (found.W, found.undefined) == (None, "all_tied")
    else:
        assert found.W == float(expected)
        assert 0 <= found.W_uncorrected <= found.W <= 1


@given(panels, st.randoms(use_true_random=False))
def test_W_does_not_depend_on_the_order_of_raters_or_items(marks, random):
    rows, columns = list(range(marks.shape[0])), list(range(marks.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    assert concordance(marks[rows]) == concordance(marks)
    assert concordance(marks[:, columns]) == concordance(marks)


@given(panels)
def test_W_sees_only_the_order_of_marks(marks):
    assert concordance(np.exp(marks) - 3) == concordance(marks)


@given(panels)
def test_W_of_two_raters_without_ties_is_their_rank_correlation(marks):
    ranks = np.argsort(np.argsort(marks[:2] + np.arange(marks.shape[1]) / 100, axis=1), axis=1)
    assume(marks.shape[1] > 2)
    assert concordance(ranks).W == pytest.approx((1 + stats.spearmanr(*ranks).statistic) / 2)


def test_a_transposed_panel_has_another_W():
    marks = np.array(TIED)
    assert concordance(marks.T).W == pytest.approx(float(slow_W(marks.T.tolist())))
    assert abs(concordance(marks.T).W - concordance(marks).W) > 0.5


def test_a_printed_W_gives_the_chi_square_and_p_that_the_study_leaves_out():
    """S19: 26 raters, W = 0.317 over 3 items and 0.496 over 11; the text breaks off at “(P”."""
    first, second = from_W(0.317, 26, 3), from_W(0.496, 26, 11)
    assert first.chi2 == pytest.approx(16.484, abs=1e-12)
    assert (first.df, second.df) == (2, 10)
    assert first.p == pytest.approx(0.000263, abs=5e-7)
    assert second.chi2 == pytest.approx(128.96, abs=1e-12)
    assert second.p < 1e-20


@pytest.mark.parametrize(("W", "m", "n"), [(1.1, 26, 3), (-0.1, 26, 3), (0.5, 1, 3), (0.5, 26, 1)])
def test_a_printed_W_that_cannot_be_is_refused(W, m, n):
    with pytest.raises(ValueError, match="expected W from 0 to 1, at least two experts and two items"):
        from_W(W, m, n)


def test_raters_who_leave_an_item_out_are_dropped_and_counted():
    marks = [*TIED, [1, 2, 3, 4, 5, 6, 7, 8, 9, NAN], [NAN] * 10]
    found = concordance(marks)
    assert (found.raters, found.dropped) == (3, 2)
    assert found.W == concordance(TIED).W


def test_pairwise_W_of_complete_untied_panels_is_W():
    marks = np.random.default_rng(4).permuted(np.tile(np.arange(6.0), (5, 1)), axis=1)
    found = concordance(marks, missing="pairwise")
    assert found.W == pytest.approx(concordance(marks).W)
    assert (found.pairs, found.dropped, found.chi2) == (10, 0, None)


def test_pairwise_W_compares_each_two_raters_on_what_both_marked():
    marks = np.array([[1, 2, 3, 4, NAN], [2, 1, 3, NAN, 5], [1, 3, 2, 5, 4], [NAN, NAN, NAN, NAN, 3]])
    rhos = []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        both = ~np.isnan(marks[a]) & ~np.isnan(marks[b])
        rhos.append(stats.spearmanr(marks[a][both], marks[b][both]).statistic)
    found = concordance(marks, missing="pairwise")
    assert found.pairs == 3
    assert found.mean_rho == pytest.approx(np.mean(rhos))
    assert found.W == pytest.approx((1 + 3 * np.mean(rhos)) / 4)


def test_two_items_in_common_are_enough_to_compare_two_raters():
    found = concordance([[1, 2, NAN], [2, 1, 3]], missing="pairwise")
    assert (found.pairs, found.mean_rho, found.W) == (1, -1, 0)


@pytest.mark.parametrize(
    ("marks", "missing", "reason"),
    [
        ([[3, 3, 3], [4, 4, 4]], "complete", "all_tied"),
        ([[1, 2, 3], [1, NAN, 3]], "complete", "too_few_complete"),
        ([[NAN, NAN], [NAN, NAN]], "complete", "too_few_complete"),
        ([[1, 2, NAN], [NAN, 2, 3]], "pairwise", "no_pairs"),
        ([[3, 3, 3], [4, 4, 4]], "pairwise", "no_pairs"),
    ],
)
def test_where_W_is_not_defined_the_reason_is_named(marks, missing, reason):
    found = concordance(marks, missing=missing)
    assert (found.W, found.chi2, found.p, found.F, found.undefined) == (None, None, None, None, reason)
    assert UNDEFINED[reason].zh
    assert UNDEFINED[reason].en


@pytest.mark.parametrize(
    ("marks", "message"),
    [
        ([[1, 2, 3]], r"found 1 expert\(s\), expected at least two experts \(rows\)"),
        ([[1], [2]], r"found 1 item\(s\), expected"),
        ([[1]], r"found 1 expert\(s\) and 1 item\(s\), expected"),
        ([1, 2, 3], "found marks in 1 dimensions"),
        ([[1, 2], [3, float("inf")]], "found an infinite mark"),
    ],
)
def test_what_is_no_panel_is_refused(marks, message):
    with pytest.raises(ValueError, match=message):
        concordance(marks)


@pytest.mark.parametrize(
    ("W", "words"),
    [
        (0, "very weak"),
        (0.1999, "very weak"),
        (0.2, "weak"),
        (0.317, "weak"),
        (0.4, "moderate"),
        (0.496, "moderate"),
        (0.6, "strong"),
        (0.7, "strong"),
        (0.8, "unusually strong"),
        (1, "unusually strong"),
    ],
)
def test_strength_is_the_nearest_of_schmidts_points(W, words):
    assert strength(W).words.en == words
