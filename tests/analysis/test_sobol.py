"""Sobol indices: the Ishigami function, and weights with readings whose shares of variance are known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import pi

import numpy as np
import pytest
from scipy.stats import spearmanr

from auditlib.analysis.weights.draws import Dirichlet
from auditlib.analysis.weights.sobol import sobol_indices, weight_and_reading_indices
from auditlib.core.errors import InputError

READING = {"bound": ("strict", "inclusive")}


def ishigami(cube):
    """sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on (−π, π)³."""
    one, two, three = ((2 * cube - 1) * pi).T
    return np.sin(one) + 7 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)


def ishigami_reference():
    """Ishigami and Homma 1990: first-order and total indices from the integrals."""
    a, b = 7, 0.1
    one, two, both = (1 + b * pi**4 / 5) ** 2 / 2, a**2 / 8, b**2 * pi**8 * 8 / 225
    whole = one + two + both
    return [one / whole, two / whole, 0], [(one + both) / whole, two / whole, both / whole], whole


def test_the_ishigami_function_has_its_reference_indices():
    first, total, variance = ishigami_reference()
    found = sobol_indices(ishigami, ["x1", "x2", "x3"], 4096, 1)
    assert found.first == pytest.approx(first, abs=0.01)
    assert found.total == pytest.approx(total, abs=0.01)
    assert found.variance == pytest.approx(variance, rel=0.01)
    assert found.evaluations == 4096 * 5
    assert (np.abs(found.first - first) < found.first_half_width).all()
    assert (np.abs(found.total - total) < found.total_half_width).all()


def test_a_group_has_the_indices_of_its_members_together():
    _, total, _ = ishigami_reference()
    found = sobol_indices(ishigami, ["x1", "x2", "x3"], 4096, 1, groups=["odd", "even", "odd"])
    assert found.inputs == ("odd", "even")
    assert found.first == pytest.approx([1 - total[1], total[1]], abs=0.01)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_indices_and_intervals(seed):
    one, other = (sobol_indices(ishigami, ["x1", "x2", "x3"], 64, seed) for _ in range(2))
    assert all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("first", "first_half_width", "total", "total_half_width")
    )


def test_another_seed_gives_other_points():
    one, other = (sobol_indices(ishigami, ["x1", "x2", "x3"], 64, seed) for seed in (0, 1))
    assert not np.array_equal(one.first, other.first)


def test_an_output_that_never_changes_has_no_indices():
    found = sobol_indices(lambda cube: np.ones(len(cube)), ["x"], 16, 1)
    assert found.variance == 0
    assert np.isnan([found.first, found.total, found.first_half_width, found.total_half_width]).all()


@pytest.fixture
def choices(table_of):
    """A reading that adds 1/5 to whatever the weights make of unit A, and takes B from last to first."""
    strict = table_of(["3/5 1/10", "1/20 1/20"])
    inclusive = replace(strict, values=((Fraction(4, 5), Fraction(3, 10)), (Fraction(1), Fraction(1))))
    return {("strict",): strict, ("inclusive",): inclusive}


def indices(choices, output, unit="A", concentration=2, points=2048, **options):
    weights = Dirichlet.around(choices[("strict",)], concentration)
    return weight_and_reading_indices(
        choices, READING, weights, output, points, 1, in_force=("strict",), unit=unit, **options
    )


def test_a_total_that_adds_weights_and_reading_splits_its_variance_between_them(choices):
    """A = 1/10 + w/2 + r/5, w uniform and r 0 or 1: variances (1/2)²/12 and (1/5)²/4."""
    found = indices(choices, "total", weights_together=True)
    by_weights, by_reading = 1 / 48, 1 / 100
    assert found.inputs == ("weights", "bound")
    assert found.variance == pytest.approx(by_weights + by_reading, rel=0.01)
    expected = [by_weights / (by_weights + by_reading), by_reading / (by_weights + by_reading)]
    assert found.first == pytest.approx(expected, abs=0.02)
    assert found.total == pytest.approx(expected, abs=0.02)


def test_two_equal_weights_share_what_they_explain_together(choices):
    found = indices(choices, "total")
    assert found.inputs == ("a", "b", "bound")
    assert found.first[0] == pytest.approx(found.first[1], abs=0.02)
    assert found.total[0] > found.first[0] + 0.01  # one pull scales the other down


def test_a_rank_that_the_reading_alone_decides_owes_nothing_to_the_weights(choices):
    found = indices(choices, "rank", points=256)
    assert found.first == pytest.approx([0, 0, 1], abs=0.05)
    assert found.total == pytest.approx([0, 0, 1], abs=0.05)


def test_the_agreement_of_two_units_is_full_or_reversed(choices):
    """Rank correlation 1 under one option and −1 under the other: a variance of 1, all of it the reading's."""
    found = indices(choices, "agreement", unit=None, points=256)
    assert found.variance == pytest.approx(1, rel=0.01)
    assert found.first == pytest.approx([0, 0, 1], abs=0.05)


def test_tied_units_agree_by_their_mid_ranks(choices, table_of):
    """1, 2, 3, 4 in force and 1.5, 1.5, 3, 4 under the other option, whatever the weights."""
    other = table_of(["3/4 3/4", "3/4 3/4", "2/4 2/4", "1/4 1/4"])
    in_force = table_of(["1 1", "3/4 3/4", "2/4 2/4", "1/4 1/4"])
    found = indices({("strict",): in_force, ("inclusive",): other}, "agreement", unit=None, points=256)
    correlation = spearmanr([1, 2, 3, 4], [1.5, 1.5, 3, 4]).statistic
    assert found.variance == pytest.approx(((1 - correlation) / 2) ** 2, rel=0.01)


def test_an_indicator_without_weight_explains_nothing(table_of):
    table = table_of(["1 0 1", "0 1/2 1/2"], "0 1/2 1/2")
    found = weight_and_reading_indices(
        {(): table}, {}, Dirichlet.around(table, 2), "total", 256, 1, in_force=(), unit="A"
    )
    assert found.first[0] == found.total[0] == 0
    assert found.total[1] > 0.3


def test_several_readings_choose_among_all_combinations(table_of):
    """Unit A gets 2 r + s: variances 1 and 1/4, whatever the weights."""
    readings = {"r": ("0", "1"), "s": ("0", "1")}
    tables = {(r, s): table_of([f"{2 * int(r) + int(s)} {2 * int(r) + int(s)}", "9 9"]) for r in "01" for s in "01"}
    weights = Dirichlet.around(tables["0", "0"], 2)
    found = weight_and_reading_indices(tables, readings, weights, "total", 512, 1, in_force=("0", "0"), unit="A")
    assert found.first == pytest.approx([0, 0, 0.8, 0.2], abs=0.02)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tables": {}}, "found none for strict"),
        ({"in_force": ("lax",)}, "found lax, expected a choice of readings"),
        ({"unit": "Z"}, "found Z, expected a unit"),
        ({"readings": {"weights": ("strict", "inclusive")}}, "found a reading called weights"),
        ({"points": 100}, "found 100, expected a power of 2"),
    ],
)
def test_an_analysis_that_cannot_be_made_is_refused(choices, change, message):
    asked = {"tables": choices, "readings": READING, "in_force": ("strict",), "unit": "A", "points": 16, **change}
    with pytest.raises(InputError, match=message):
        weight_and_reading_indices(
            asked["tables"], asked["readings"], Dirichlet.around(choices[("strict",)], 2), "rank", asked["points"], 1,
            in_force=asked["in_force"], unit=asked["unit"],
        )  # fmt: skip


def test_tables_of_different_units_are_refused(choices):
    other = replace(choices[("inclusive",)], units=("A", "Q"))
    with pytest.raises(InputError, match="found other units than in force"):
        indices({**choices, ("inclusive",): other}, "rank")


def test_no_agreement_with_a_result_in_which_all_are_tied(choices, table_of):
    with pytest.raises(InputError, match="no rank correlation is defined"):
        indices({**choices, ("strict",): table_of(["1 1", "1 1"])}, "agreement")
