"""The analytic hierarchy process against published examples, and its faults."""

# ruff: noqa: SIM300 - CI and CR are results, not constants

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.delphi.weights.ahp import judgement_faults, priorities, reciprocal


def matrix(*rows):
    return [[Fraction(value) for value in row.split()] for row in rows]


# Saaty, Decision making with the analytic hierarchy process, Int. J. Services Sciences 1 (2008) 83-98: drinks.
DRINKS = matrix(
    "1 9 5 2 1 1 1/2",
    "1/9 1 1/3 1/9 1/9 1/9 1/9",
    "1/5 3 1 1/3 1/4 1/3 1/9",
    "1/2 9 3 1 1/2 1 1/3",
    "1 9 4 2 1 2 1/2",
    "1 9 3 1 1/2 1 1/3",
    "2 9 9 3 2 3 1",
)
# 姜启源《数学模型》, 选择旅游地; the book prints weights from an approximation.
TRAVEL = matrix("1 1/2 4 3 3", "2 1 7 5 5", "1/4 1/7 1 1/2 1/3", "1/3 1/5 2 1 1", "1/3 1/5 3 1 1")

ratios = st.lists(st.fractions(min_value=Fraction(1, 9), max_value=9, max_denominator=9), min_size=3, max_size=8)


def consistent(weights):
    return [[a / b for b in weights] for a in weights]


def test_saatys_drinks_have_the_published_priorities():
    found = priorities(DRINKS)
    assert found.weights == pytest.approx((0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327), abs=5e-4)
    assert found.CR == pytest.approx(0.022, abs=5e-4)
    assert found.acceptable


def test_the_textbook_choice_of_a_journey_has_the_published_consistency():
    found = priorities(TRAVEL)
    assert found.weights == pytest.approx((0.263, 0.475, 0.055, 0.099, 0.110), abs=2e-3)
    assert found.lambda_max == pytest.approx(5.073, abs=1e-3)
    assert (found.CI, found.CR) == pytest.approx((0.018, 0.016), abs=5e-4)


@pytest.mark.long
@given(ratios)
def test_consistent_judgements_give_back_their_weights(weights):
    found = priorities(consistent(weights))
    assert found.weights == pytest.approx([float(weight / sum(weights)) for weight in weights])
    assert found.CR == pytest.approx(0, abs=1e-9)
    assert found.worst is None


@pytest.mark.long
@given(ratios.filter(lambda weights: len(weights) > 3), st.data())
def test_the_one_judgement_that_was_spoilt_is_found_with_what_it_should_be(weights, data):
    judgements = consistent(weights)
    i, k = data.draw(st.sampled_from(list(itertools.combinations(range(len(weights)), 2))))
    right = judgements[i][k]
    judgements[i][k], judgements[k][i] = right * 5, 1 / (right * 5)
    worst = priorities(judgements).worst
    assert (worst.row, worst.column, worst.given) == (i, k, right * 5)
    assert worst.implied == pytest.approx(float(right))
    assert worst.CR == pytest.approx(0, abs=1e-9)


def test_the_worst_judgement_once_mended_gives_the_promised_consistency():
    worst = priorities(DRINKS).worst
    mended = [list(row) for row in DRINKS]
    mended[worst.row][worst.column] = Fraction(worst.implied)
    mended[worst.column][worst.row] = 1 / Fraction(worst.implied)
    assert priorities(mended).CR == pytest.approx(worst.CR)
    assert worst.CR < priorities(DRINKS).CR


def test_a_circle_of_preferences_is_not_acceptable():
    found = priorities(matrix("1 9 1/9", "1/9 1 9", "9 1/9 1"))
    assert found.weights == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert found.CR > 1
    assert not found.acceptable
    assert found.worst is None  # each of three comparisons contradicts the two others alike


@pytest.mark.parametrize(("judgements", "weights"), [(matrix("1"), (1,)), (matrix("1 3", "1/3 1"), (0.75, 0.25))])
def test_one_or_two_items_cannot_contradict_themselves(judgements, weights):
    found = priorities(judgements)
    assert found.weights == pytest.approx(weights)
    assert (found.CI, found.CR, found.worst) == (0, 0, None)


def test_every_fault_of_a_matrix_is_named():
    faults = judgement_faults(matrix("1 3 0", "1/2 2 4", "1/5 1/4 1"), ["甲", "乙", "丙"])
    assert faults == (
        "found 0 for 甲 over 丙, expected more than 0",
        "found 2 for 乙 over itself, expected 1",
        "found 3 for 甲 over 乙 and 1/2 for 乙 over 甲, expected 1/3 for the second",
    )
    with pytest.raises(ValueError, match=r"found 0 for 1 over 3.*found 2 for 2 over itself.*found 3 for 1 over 2"):
        priorities(matrix("1 3 0", "1/2 2 4", "1/5 1/4 1"))


def test_a_matrix_that_is_not_square_is_refused():
    assert judgement_faults(matrix("1 2", "1/2"), ["a", "b"]) == (
        "found 2 rows of 2, 1 judgements, expected 2 rows of 2",
    )
    assert judgement_faults(DRINKS, list("abcdefg")) == ()


@pytest.mark.parametrize("size", [0, 16])
def test_sizes_without_a_random_index_are_refused(size):
    with pytest.raises(ValueError, match=f"found judgements of {size} items, expected 1 to 15"):
        priorities([[Fraction(1)] * size] * size)


def test_the_judgements_above_the_diagonal_make_the_matrix():
    upper = {(i, k): DRINKS[i][k] for i in range(7) for k in range(i + 1, 7)}
    assert reciprocal(upper, 7) == tuple(map(tuple, DRINKS))


def test_missing_surplus_and_impossible_judgements_are_named_at_once():
    with pytest.raises(
        ValueError, match=r"-1 for items 0 and 1.*judgement of items 2 and 1.*no judgement of items 0 and 2"
    ):
        reciprocal({(0, 1): Fraction(-1), (1, 2): Fraction(2), (2, 1): Fraction(1, 2)}, 3)
