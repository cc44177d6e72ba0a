"""What the experts said of an item: published values, an independent library, and named holes."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.delphi.statistics.descriptives import UNDEFINED, describe

NAN = float("nan")


@pytest.mark.parametrize(
    ("counts", "mean", "cv", "full"),
    [
        ((10, 12, 9, 2, 0), 3.9091, 0.2338, 0.3030),
        ((20, 11, 1, 1, 0), 4.5152, 0.1578, 0.6061),
        ((9, 17, 7, 0, 0), 4.0606, 0.1735, 0.2727),
        ((13, 14, 5, 1, 0), 4.1818, 0.1933, 0.3939),
    ],
)
def test_published_counts_of_marks_give_the_published_statistics(counts, mean, cv, full):
    """Shared reference table, row 6: how many of 33 experts gave 5, 4, 3, 2, 1."""
    found = describe(np.repeat([5, 4, 3, 2, 1], counts), top=5)
    assert found.n == 33
    assert (found.mean, found.cv, found.full_mark_ratio) == pytest.approx((mean, cv, full), abs=5e-5)
    assert found.undefined == {}


@given(st.lists(st.integers(1, 9), min_size=2, max_size=40))
def test_statistics_are_those_of_the_standard_library(marks):
    found, population = describe(marks, top=9), describe(marks, top=9, spread="population")
    q1, median, q3 = statistics.quantiles(marks, method="inclusive")  # type 7
    assert (found.mean, found.sd) == pytest.approx((statistics.mean(marks), statistics.stdev(marks)))
    assert population.sd == pytest.approx(statistics.pstdev(marks))
    assert (found.q1, found.median, found.q3, found.iqr) == pytest.approx((q1, median, q3, q3 - q1))
    assert found.cv == pytest.approx(statistics.stdev(marks) / statistics.mean(marks))


def test_the_full_mark_is_the_top_of_the_scale_and_not_of_the_answers():
    assert describe([4, 4, 3], top=5).full_mark_ratio == 0
    assert describe([5, NAN, 3, NAN], top=5).full_mark_ratio == 0.5


@pytest.mark.parametrize(
    ("marks", "spread", "undefined"),
    [
        ([4], "sample", {"sd": "one_answer", "cv": "one_answer"}),
        ([4, NAN], "population", {}),
        ([0, 0, 0], "sample", {"cv": "mean_not_positive"}),
        ([-1, -2], "sample", {"cv": "mean_not_positive"}),
        ([0], "sample", {"sd": "one_answer", "cv": "one_answer"}),
        (
            [NAN],
            "sample",
            dict.fromkeys(("mean", "sd", "cv", "median", "q1", "q3", "iqr", "full_mark_ratio"), "no_answers"),
        ),
    ],
)
def test_what_is_not_defined_is_missing_with_its_reason(marks, spread, undefined):
    found = describe(marks, top=5, spread=spread)
    assert found.undefined == undefined
    missing = {name for name, value in vars(found).items() if value is None}
    assert missing == undefined.keys()
    assert set(undefined.values()) <= UNDEFINED.keys()


def test_a_mark_above_the_scale_is_refused():
    with pytest.raises(ValueError, match="found the mark 6, expected at most the scale's top mark 5"):
        describe([5, 6], top=5)


def test_a_matrix_is_not_one_item():
    with pytest.raises(ValueError, match="found marks in 2 dimensions"):
        describe([[5, 4]], top=5)
