"""Random weights: shares of 1, with the distribution that is declared."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from auditlib.analysis.weights.draws import Dirichlet, ExpertBootstrap
from auditlib.core.errors import InputError
from auditlib.delphi.weights.shares import Item, mean_shares

TREE = (Item("x", (Item("a"), Item("b"))), Item("y", (Item("c"), Item("d"), Item("e"))))
MARKS = {
    "x": (5, 4, 3),
    "y": (4, 4, 5),
    "a": (3, 5, 1),
    "b": (2, 5, 4),
    "c": (5, 2, 4),
    "d": (1, 3, 4),
    "e": (4, 3, 2),
}
FLAT = (Item("a"), Item("b"))


def test_a_weight_of_zero_stays_zero():
    draws = Dirichlet(("a", "b", "c"), (Fraction(0), Fraction(1, 4), Fraction(3, 4)), 5)
    weights = draws.draw(np.random.default_rng(1), 100)
    assert (weights[:, 0] == 0).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(100))


@pytest.mark.parametrize("times", [(1, 1, 1), (2, 0, 1), (0, 0, 3)])
def test_the_weights_of_a_drawn_panel_are_those_that_the_panel_would_have(times):
    """Each expert answers as many times as drawn: mean shares multiplied down the tree, in exact fractions."""
    drawn = {
        item: [Fraction(m) for m, n in zip(marks, times, strict=True) for _ in range(n)]
        for item, marks in MARKS.items()
    }
    exact = mean_shares(TREE, drawn)
    draws = ExpertBootstrap(TREE, MARKS)
    assert draws.indicators == ("a", "b", "c", "d", "e")
    found = draws.weights_of(np.array([times]))[0]
    assert found == pytest.approx([float(exact[leaf].combined) for leaf in draws.indicators], abs=1e-15)


def test_a_panel_draws_as_many_experts_as_it_has():
    draws = ExpertBootstrap(FLAT, {"a": (1, 3), "b": (3, 1)})
    shares = np.unique(draws.draw(np.random.default_rng(1), 500)[:, 0])
    assert shares.tolist() == [0.25, 0.5, 0.75]


def test_experts_who_agree_give_one_set_of_weights():
    draws = ExpertBootstrap(FLAT, {"a": (1,) * 4, "b": (3,) * 4})
    assert np.unique(draws.draw(np.random.default_rng(1), 50), axis=0).tolist() == [[0.25, 0.75]]


@pytest.mark.parametrize(
    ("weights", "concentration", "path"),
    [
        (("1/2", "1/3"), 5, "weights"),
        (("3/2", "-1/2"), 5, "weights"),
        (("1",), 5, "weights"),
        (("1/2", "1/2"), 0, "concentration"),
    ],
)
def test_weights_that_are_no_shares_of_one_are_refused(weights, concentration, path):
    with pytest.raises(InputError) as caught:
        Dirichlet(("a", "b"), tuple(map(Fraction, weights)), concentration)
    assert [problem.path for problem in caught.value.problems] == [path]


@pytest.mark.parametrize(
    ("marks", "problems"),
    [
        ({}, [("a", "found 0 marks, expected one of each of some experts"), ("b", "found 0 marks")]),
        ({"a": (1, 2)}, [("b", "found 0 marks, expected one of each of 2 experts")]),
        ({"a": (1, 2), "b": (None, -1)}, [("b, expert 1", "found None"), ("b, expert 2", "found -1")]),
        ({"a": (1, 0), "b": (1, 0)}, [("a, b, expert 2", "found 0 for all of them")]),
    ],
)
def test_a_panel_that_gives_no_weights_is_refused(marks, problems):
    with pytest.raises(InputError) as caught:
        ExpertBootstrap(FLAT, marks)
    found = [(problem.path, problem.message) for problem in caught.value.problems]
    assert [path for path, _ in found] == [path for path, _ in problems]
    assert all(message.startswith(start) for (_, message), (_, start) in zip(found, problems, strict=True))


def test_faults_deep_in_the_tree_are_found():
    with pytest.raises(InputError, match="d, expert 2: found None"):
        ExpertBootstrap(TREE, {**MARKS, "d": (1, None, 4)})
