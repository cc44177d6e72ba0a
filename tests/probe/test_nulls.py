"""Laws of what would be if nothing were made up: printed values, and enumeration. Each test is named by its example."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import product
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from auditlib.core.multiplicity import holm
from auditlib.probe.families import benjamini_hochberg
from auditlib.probe.families import testable as able
from auditlib.probe.nulls import (
    Binomial,
    Hypergeometric,
    Occupancy,
    PoissonBinomial,
    Squares,
    smallest_total,
    strata_tail,
)  # fmt: skip
from auditlib.probe.patterns.benford import FIRST_DIGITS
from auditlib.probe.patterns.bunching import excess_mass, placebo_share
from auditlib.probe.patterns.identical_durations import average_frequency
from auditlib.probe.patterns.nonresponse import rating_bounds
from auditlib.probe.patterns.ratings import fewer_dissatisfied

EXAMPLES = {
    "window-placebo-a": (Binomial(12, 19, F(1, 3)), 0.007424060114693624),
    "window-one-placebo": (Binomial(30, 40, F(1, 2)), 0.0011107168866146822),
    "window-peers-a": (Hypergeometric(9, 440, 39, 40), 0.004767964089421507),
    "window-clock-a": (PoissonBinomial(4, [0.5, 0.25, 0.4, 0.6, 0.3]), 0.0855),
    "batch-some-minute-3-a": (Occupancy(3, 20, 480), 0.004811254303919637),
    "round-times": (Binomial(12, 20, F(2, 60)), 1.8463036557472308e-13),
    "terminal-digit-a": (Squares((20, 5, 5, 5, 5, 20, 5, 5, 5, 5), (0.1,) * 10), 9.226628710549154e-07),
    "all-satisfied": (fewer_dissatisfied(0, 40, 80, 800), 0.01649937189159845),
    "survey-phone-share": (Binomial(48, 100, F("0.3")), 0.00011737809819841332),
    "nonresponse-late-a": (Hypergeometric(18, 300, 58, 30), 1.8581301609354937e-07),
    "exclusions-late": (Hypergeometric(10, 300, 60, 12), 2.5297124893618736e-06),
    "exclusions-approver": (Hypergeometric(10, 40, 15, 12), 0.00016744308819783118),
    "reclassified-past-limit": (Hypergeometric(14, 60, 20, 20), 3.803374895280473e-05),
    "withdrawn-peers": (Hypergeometric(6, 450, 18, 50), 0.009124342758690958),
    "benford-sinoforest": (Squares((231, 124, 97, 70, 64, 54, 40, 54, 38), FIRST_DIGITS), 0.4682063813003674),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_p_value_of_the_example(name: str) -> None:
    null, expected = EXAMPLES[name]
    assert null.p == pytest.approx(expected, rel=1e-9)
    assert null.least <= null.p


def test_statistics_of_the_examples() -> None:
    """terminal-digit-a, benford-sinoforest (jfa test-digit-test.R), average-frequency (Datacolada 77: 1.5225)."""
    assert EXAMPLES["terminal-digit-a"][0].statistic == 45  # type: ignore[attr-defined]
    assert EXAMPLES["benford-sinoforest"][0].statistic == pytest.approx(7.651742698949987, rel=1e-12)  # type: ignore[attr-defined]
    assert average_frequency([2, 1, 3]) == F(7, 3)
    often = [1] * 1013 + [2] * 203 + [3] * 41 + [4] * 12 + [5] * 2
    assert round(float(average_frequency(often)), 4) == 1.5225


def test_window_peers_stratified() -> None:
    """R ``mantelhaen.test(exact=TRUE)``: unit 5 of 10 with peers 6 of 60, and 4 of 20 with 8 of 90."""
    strata = [(70, 11, 10), (110, 12, 20)]
    assert strata_tail(9, strata) == pytest.approx(0.004098380697644182, rel=1e-12)
    many = strata * 15  # beyond the exact ones: floats against the same convolution by hand
    law = np.array([1.0])
    for population, bad, n in many:
        law = np.convolve(law, stats.hypergeom(population, bad, n).pmf(range(min(bad, n) + 1)))
    assert strata_tail(60, many) == pytest.approx(law[60:].sum(), rel=1e-9)


def test_excess_mass_linear() -> None:
    """R ``lm`` through the bins outside the window (CRAN bunching, degree 1)."""
    counts = [22, 20, 19, 21, 48, 6, 14, 15, 14, 16]
    found = excess_mass([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5], counts, [-1, 1])
    expected = [18.36574074074074, 29.63425925925926, 1.6135618855558356, 10.88425925925926]
    assert list(map(float, found)) == pytest.approx(expected, rel=1e-12)


def test_placebo_curvature_2h() -> None:
    """Exponential durations of 20 h on average, windows 2 h apart: the middle one holds less than a third."""
    assert placebo_share(0.1) == pytest.approx(0.3322249935333473, rel=1e-12)
    assert placebo_share(0.1) == pytest.approx(1 / (1 + exp(0.1) + exp(-0.1)), rel=1e-12)


def test_nonresponse_bounds() -> None:
    """Manski bounds of 250 closed, 200 rated, 180 satisfied; and of S22's (10 s + 6 f)/n × 10."""
    assert rating_bounds(250, 200, F(180)) == (F("0.72"), F("0.9"), F("0.92"))
    worst, rated, best = rating_bounds(50, 40, F(30) + F(6, 10) * 5)
    assert (100 * worst, 100 * (rated or 0), 100 * best) == (66, F("82.5"), 86)


def test_minimum_events_window_and_all_satisfied_min_n() -> None:
    assert [smallest_total(F(1, 3), level) for level in (F("0.05"), F("0.05") / 12)] == [3, 5]
    assert [smallest_total(F("0.9"), level) for level in (F("0.05"), F("0.05") / 12)] == [29, 53]


def test_adjust_a_and_adjust_bh1995() -> None:
    """R ``p.adjust``; the example of Benjamini & Hochberg (1995)."""
    p = [0.01, 0.04, 0.03, 0.005, 0.2]
    assert benjamini_hochberg(p) == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.2])
    assert holm(p) == pytest.approx([0.04, 0.09, 0.09, 0.025, 0.2])
    print_ = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
        0.759, 1.0,
    ]  # fmt: skip
    assert sum(q <= 0.05 for q in benjamini_hochberg(print_)) == 4
    assert sum(q <= 0.05 for q in holm(print_)) == 3


@given(st.lists(st.floats(0, 1), max_size=20))
def test_adjusting_agrees_with_scipy_and_is_never_below_the_p_value(p: list[float]) -> None:
    if p:
        assert benjamini_hochberg(p) == pytest.approx(list(stats.false_discovery_control(p)))
    rows = zip(holm(p), benjamini_hochberg(p), p, strict=True)
    assert all(strict + 1e-12 >= loose >= one - 1e-12 for strict, loose, one in rows)


def test_who_can_be_a_signal_at_all() -> None:
    """By hand (Tarone): with 0.05/2 two can; 0.03 could alone but not beside another."""
    assert able([0.01, 0.02, 0.03, 0.5], 0.05) == [True, True, False, False]
    assert able([0.03, 0.5], 0.05) == [True, False]
    assert able([], 0.05) == []


@pytest.mark.parametrize(("observed", "n", "cells"), [(2, 3, 4), (3, 5, 4), (2, 6, 5), (4, 5, 3)])
def test_occupancy_is_what_enumeration_counts(observed: int, n: int, cells: int) -> None:
    whole = list(product(range(cells), repeat=n))
    hit = sum(max(map(one.count, set(one))) >= observed for one in whole)
    assert Occupancy(observed, n, cells).p == pytest.approx(hit / len(whole), rel=1e-12)


def test_both_ways_of_counting_a_full_minute_agree() -> None:
    for observed in (2, 3, 4):
        exact = Occupancy(observed, 40, 480).p
        near = np.mean([Occupancy(observed, n, 480).p for n in (39, 41)])  # 41 by truncated Poisson counts
        assert exact == pytest.approx(near, rel=0.01)


@given(st.lists(st.sampled_from([0.1, 0.25, 0.5, 0.9]), min_size=1, max_size=9), st.integers(0, 9))
def test_a_poisson_binomial_tail_is_what_enumeration_counts(chances: list[float], k: int) -> None:
    found = sum(
        np.prod([p if hit else 1 - p for p, hit in zip(chances, one, strict=True)])
        for one in product((0, 1), repeat=len(chances))
        if sum(one) >= k
    )
    assert PoissonBinomial(k, chances).p == pytest.approx(found, abs=1e-12)


def test_a_long_poisson_binomial_agrees_with_the_binomial_that_it_is() -> None:
    assert PoissonBinomial(850, [1 / 3] * 2400).p == pytest.approx(stats.binom.sf(849, 2400, 1 / 3), rel=1e-9)
