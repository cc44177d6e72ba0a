"""What moved between rounds, and what is agreed: two different questions."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.core.multiplicity import holm
from auditlib.delphi.statistics.stability import UNDEFINED, Consensus, consensus, stability, weighted_kappa

NAN = float("nan")
pairs = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=25)


def kappa_of_the_table(before, after, power):
    """Cohen's κ from the table of counts with disagreement weights |i − j|^power."""
    categories = range(1, 6)
    n = len(before)
    observed = dict.fromkeys(itertools.product(categories, repeat=2), 0)
    for cell in zip(before, after, strict=True):
        observed[cell] += 1
    rows = {i: sum(observed[i, j] for j in categories) for i in categories}
    columns = {j: sum(observed[i, j] for i in categories) for j in categories}
    seen = sum(abs(i - j) ** power * Fraction(count, n) for (i, j), count in observed.items())
    chance = sum(abs(i - j) ** power * Fraction(rows[i] * columns[j], n * n) for i, j in observed)
    return 1 - seen / chance if min(len(set(before)), len(set(after))) > 1 else None


def signed_rank_p(differences):
    """The two-sided p over all signs that the differences could have had."""
    moved = [d for d in differences if d]
    sizes = sorted(abs(d) for d in moved)
    ranks = [(2 * sizes.index(abs(d)) + sizes.count(abs(d)) + 1) / 2 for d in moved]

    def centred(signs):
        return abs(sum(rank for rank, sign in zip(ranks, signs, strict=True) if sign) - sum(ranks) / 2)

    seen = centred([d > 0 for d in moved])
    orders = [centred(signs) >= seen - 1e-9 for signs in itertools.product((False, True), repeat=len(moved))]
    return sum(orders) / len(orders)


@given(pairs)
def test_weighted_kappa_is_that_of_the_table_of_counts(marks):
    before, after = zip(*marks, strict=True)
    for weights, power in (("linear", 1), ("quadratic", 2)):
        expected = kappa_of_the_table(before, after, power)
        found = weighted_kappa(before, after, weights)
        assert found is None if expected is None else found == pytest.approx(float(expected))


def test_kappa_says_nothing_where_everyone_agrees_in_one_round_and_the_share_that_kept_its_mark_does():
    """Nine of ten keep 5, one goes from 4 to 5: observed and chance disagreement are both 0.1, which would make κ 0."""
    before, after = np.array([[5.0]] * 9 + [[4.0]]), np.full((10, 1), 5.0)
    (found,) = stability(before, after, ["a"])
    assert (found.kappa_linear, found.kappa_quadratic) == (None, None)
    assert found.undefined["kappa_linear"] == found.undefined["kappa_quadratic"] == "no_spread"
    assert found.unchanged == Fraction(9, 10)
    (spread,) = stability(before, np.array([[5.0]] * 8 + [[4.0]] * 2), ["a"])
    assert spread.kappa_linear == pytest.approx(float(kappa_of_the_table([5] * 9 + [4], [5] * 8 + [4] * 2, 1)))


def test_kappa_is_1_where_nobody_moves():
    assert weighted_kappa([1, 3, 5, 5], [1, 3, 5, 5], "linear") == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [([3, 3, 2, 5, 4, 4, 1], [4, 4, 4, 4, 4, 5, 3]), ([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]), ([5, 5, 5, 1], [4, 5, 5, 5])],
)
def test_wilcoxon_of_a_small_panel_counts_all_signs(before, after):
    (found,) = stability(np.array([before]).T, np.array([after]).T, ["a"])
    assert found.wilcoxon_p == pytest.approx(signed_rank_p(np.subtract(after, before).tolist()))


def test_wilcoxon_of_a_larger_panel_with_ties_and_experts_who_stay_counts_all_signs_too():
    before = [3, 3, 2, 5, 4, 4, 1, 2, 2, 3, 4, 1, 5, 3, 4, 4, 4, 4, 4, 4]
    after = [4, 4, 4, 4, 5, 5, 3, 4, 1, 5, 5, 4, 3, 4, 4, 4, 4, 4, 4, 4]
    (found,) = stability(np.array([before]).T, np.array([after]).T, ["a"])
    assert found.wilcoxon_p == pytest.approx(signed_rank_p(np.subtract(after, before).tolist()))


def test_equal_moves_on_a_scale_of_tenths_are_ties():
    """In floats 4.3 − 4.2 is less than 3.2 − 3.1, which is less than 0.1."""
    before, after = [4.2, 3.1, 2.0, 1.5, 4.0], [4.3, 3.0, 2.1, 1.7, 4.3]
    (found,) = stability(np.array([before]).T, np.array([after]).T, ["a"])
    assert found.wilcoxon_p == pytest.approx(signed_rank_p([1, -1, 1, 2, 3]))


def test_wilcoxon_has_darwins_published_p():
    """Heights of crossed less self-fertilised maize (Darwin 1876): W = 24, two-sided exact p = 0.0413."""
    differences = np.array([[6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]]).T
    (found,) = stability(np.ones_like(differences), differences + 1, ["maize"])
    assert found.wilcoxon_p == pytest.approx(0.0413, abs=5e-5)


def test_holm_multiplies_the_smallest_p_most_and_never_turns_their_order():
    """The example of R's p.adjust, method "holm"."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1, 1]
    assert holm([]) == []


def test_every_item_is_corrected_for_all_items_tested_together():
    random = np.random.default_rng(1)
    before = random.integers(1, 6, (12, 4)).astype(float)
    after = np.clip(before + random.integers(0, 3, (12, 4)), 1, 5)
    after[:, 2] = before[:, 2]
    found = stability(before, after, "abcd")
    tested = [item for item in found if item.item != "c"]
    assert [item.wilcoxon_p_holm for item in tested] == pytest.approx(holm([item.wilcoxon_p for item in tested]))
    assert found[2].wilcoxon_p is None
    assert found[2].undefined["wilcoxon_p"] == "nobody_moved"
    assert found[2].kappa_linear == 1


def test_cvs_are_of_all_answers_and_the_rest_of_those_who_answered_twice():
    before = np.array([[1.0], [3], [5], [NAN]])
    after = np.array([[3.0], [3], [NAN], [5]])
    (found,) = stability(before, after, ["a"])
    assert found.experts == 2
    assert found.cv_before == pytest.approx(2 / 3)
    assert found.cv_after == pytest.approx((4 / 3) ** 0.5 / (11 / 3))
    assert found.cv_change == pytest.approx(found.cv_after - found.cv_before)


@pytest.mark.parametrize(
    ("before", "after", "reasons"),
    [
        ([[3], [3]], [[3], [3]], {"kappa_linear": "one_mark", "wilcoxon_p": "nobody_moved"}),
        ([[3], [NAN]], [[NAN], [4]], {"kappa_quadratic": "no_pairs", "wilcoxon_p_holm": "no_pairs"}),
        ([[3], [NAN]], [[3], [4]], {"cv_before": "one_answer", "cv_change": "one_answer"}),
    ],
)
def test_what_is_not_defined_is_missing_with_its_reason(before, after, reasons):
    (found,) = stability(before, after, ["a"])
    assert {name: found.undefined[name] for name in reasons} == reasons
    assert {name for name, value in vars(found).items() if value is None} == found.undefined.keys()
    assert set(found.undefined.values()) <= UNDEFINED.keys() | {"one_answer"}


def test_rounds_of_different_experts_are_refused():
    with pytest.raises(ValueError, match="expected the same experts"):
        stability([[1, 2]], [[1, 2], [1, 2]], ["a", "b"])


MARKS = [Fraction(mark) for mark in (5, 4, 4, 2)]


def test_a_threshold_of_agreement_is_met_exactly():
    found = consensus([*MARKS, None], None, agreement_at_least=Fraction(3, 4), agreeing_from=Fraction(4))
    assert found == Consensus(None, None, Fraction(3, 4), True)
    missed = consensus(MARKS, None, agreement_at_least=Fraction("0.7501"), agreeing_from=Fraction(4))
    assert missed.agreement_reached is False


def test_cv_must_lie_below_its_threshold():
    assert consensus(MARKS, 0.25, cv_below=Fraction("0.25")).cv_reached is False
    assert consensus(MARKS, 0.2499, cv_below=Fraction("0.25")).cv_reached is True
    assert consensus(MARKS, 0.3, cv_below=Fraction("0.3")).cv_reached is False  # the float 0.3 is less than 3/10


def test_without_threshold_or_answers_nothing_is_said():
    assert consensus(MARKS, 0.1) == Consensus(0.1, None, None, None)
    nobody = consensus([None], None, Fraction("0.25"), Fraction("0.75"), Fraction(4))
    assert nobody == Consensus(None, None, None, None)


def test_half_a_threshold_of_agreement_is_refused():
    with pytest.raises(ValueError, match="expected both or neither"):
        consensus(MARKS, None, agreeing_from=Fraction(4))
