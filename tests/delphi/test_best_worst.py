"""The best-worst method against published examples, another implementation, and the vertices of its linear program."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.weights.best_worst import BestWorst, best_worst_priorities
from auditlib.report.panel import PanelReport


def judged(best_over, over_worst) -> BestWorst:
    there, back = (tuple(map(Fraction, values)) for values in (best_over, over_worst))
    return BestWorst(there.index(Fraction(1)), back.index(Fraction(1)), there, back)


def test_the_published_example_of_three_criteria() -> None:
    """Rezaei, Omega 53 (2015): a_B = (8, 2, 1), a_W = (1, 5, 8) gives ξ* = 0.26 and CR = 0.26 / 4.47 = 0.058."""
    found = best_worst_priorities(judged((8, 2, 1), (1, 5, 8)))
    assert found.xi == pytest.approx(0.26, abs=0.005)
    assert pytest.approx(0.058, abs=0.0005) == found.CR


def test_the_published_car_has_its_ratio() -> None:
    """Rezaei, Omega 53 (2015): price the best, style the worst; ξ* = 1, CR = 1 / 4.47 = 0.22. The ratio from the
    comparisons is what pyDecision 4 prints for the same car: 0.1429."""
    found = best_worst_priorities(judged((2, 1, 4, 3, 8), (4, 8, 4, 2, 1)))
    assert found.xi == pytest.approx(1)
    assert pytest.approx(0.22, abs=0.005) == found.CR
    assert found.input_CR == Fraction(1, 7)
    assert found.spoils == 2


@pytest.mark.parametrize(
    ("best_over", "over_worst", "weights"),
    [  # the tests of the R package BWM by J. Tomczak, which implements the linear model of Rezaei (2016)
        ((2, 1, 4, 2, 8), (4, 8, 2, 4, 1), (0.21052632, 0.42105263, 0.10526316, 0.21052632, 0.05263158)),
        ((2, 1, 4, 3, 8), (4, 8, 2, 3, 1), (0.22950820, 0.44808743, 0.11475410, 0.15300546, 0.05464481)),
    ],
)
def test_weights_are_those_of_another_implementation(best_over, over_worst, weights) -> None:
    found = best_worst_priorities(judged(best_over, over_worst))
    assert list(map(float, found.weights)) == pytest.approx(weights, abs=1e-8)
    assert sum(found.weights) == 1


@pytest.mark.parametrize(
    ("whole", "index"),
    [(1, 0), (2, 0.44), (3, 1), (4, 1.63), (5, 2.30), (6, 3), (7, 3.73), (8, 4.47), (9, 5.23)],
)
def test_the_consistency_index_is_the_published_table(whole, index) -> None:
    """Rezaei (2015), table 1: the worst case is a middle item with a_Bj = a_jW = a_BW, whose ξ* is the index itself."""
    a = Fraction(whole)
    found = best_worst_priorities(BestWorst(0, 2, (Fraction(1), a, a), (a, a, Fraction(1))))
    assert found.xi == pytest.approx(index, abs=0.005)
    assert pytest.approx(1 if whole > 1 else 0) == found.CR


def vertices(found: BestWorst) -> float:
    """The least ξ over all vertices of the program, by brute force: a slow twin for three and four items."""
    n = len(found.best_over)
    rows = []
    for place in range(n):
        if place != found.best:
            row = np.zeros(n)
            row[found.best], row[place] = 1, -float(found.best_over[place])
            rows += [row, -row]
        if place not in (found.best, found.worst):
            row = np.zeros(n)
            row[place], row[found.worst] = 1, -float(found.over_worst[place])
            rows += [row, -row]
    bounds = np.array([np.append(row, -1.0) for row in rows] + [np.append(-unit, 0.0) for unit in np.eye(n)])
    least = np.inf
    for active in itertools.combinations(range(len(bounds)), n):
        matrix = np.vstack([np.append(np.ones(n), 0.0), bounds[list(active)]])
        if abs(np.linalg.det(matrix)) > 1e-9:
            point = np.linalg.solve(matrix, np.eye(n + 1)[0])
            if (bounds @ point < 1e-9).all():
                least = min(least, point[-1])
    return least


times = st.integers(1, 9)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.lists(st.tuples(times, times), min_size=1, max_size=2))
def test_xi_of_the_linear_model_is_the_least_of_all_vertices(whole, middle) -> None:
    comparisons = BestWorst(
        0, len(middle) + 1,
        (Fraction(1), *(Fraction(there) for there, _ in middle), Fraction(whole)),
        (Fraction(whole), *(Fraction(back) for _, back in middle), Fraction(1)),
    )  # fmt: skip
    found = best_worst_priorities(comparisons)
    assert float(found.xi_linear) == pytest.approx(vertices(comparisons), abs=1e-9)
    assert sum(found.weights) == 1


# --- in a panel -----------------------------------------------------------------------------------------

BASE = (
    "panel: case\ntitle: {zh: 例, en: case}\nscale: {min: 1, max: 9}\n"
    "items: [{id: A, title: {zh: 甲, en: A}}, {id: B, title: {zh: 乙, en: B}}, {id: C, title: {zh: 丙, en: C}}]\n"
)
HEAD = "expert,item,role,best_over,over_worst\n"
PUBLISHED = HEAD + "E01,A,worst,8,\nE01,B,,2,5\nE01,C,best,,8\n"
MARKS = "expert,A,B,C\nE01,1,5,9\n"


def test_a_panel_weighs_by_the_best_worst_method_and_tells_its_consistency(panel) -> None:
    folder = panel(
        {"round-1.csv": MARKS, "best-worst-1.csv": PUBLISHED}, "weights: {method: best_worst, compare: [mean]}\n", BASE
    )
    found = analyse(read_panel(folder)).to_json()["rounds"][0]
    (own,) = found["best_worst"]
    assert own["CR"] == pytest.approx(0.058, abs=0.0005)
    assert own["spoils"] == "B"
    assert [item["weight"] for item in found["groups"][0]["items"]] == pytest.approx([1 / 14, 9 / 28, 17 / 28])
    text = PanelReport.open(panel=str(folder), language="en").show("weights").text
    assert "0.058" in text
    assert "best-worst method" in text


def test_two_experts_are_averaged(panel) -> None:
    other = "E02,A,best,,2\nE02,B,,2,1\nE02,C,worst,2,1\n"  # 2 : 1 : 1
    files = {"round-1.csv": MARKS + "E02,9,5,5\n", "best-worst-1.csv": PUBLISHED + other}
    folder = panel(files, "weights: {method: best_worst}\n", BASE)
    items = analyse(read_panel(folder)).to_json()["rounds"][0]["groups"][0]["items"]
    expected = [(1 / 14 + 1 / 2) / 2, (9 / 28 + 1 / 4) / 2, (17 / 28 + 1 / 4) / 2]
    assert [item["weight"] for item in items] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("E01,A,worst,8,\nE01,B,,2,5\nE01,C,,1,8\n", "found none as best of A, B, C, expected one item"),
        ("E01,A,worst,8,\nE01,B,best,1,5\nE01,C,best,,8\n", "found B, C as best of A, B, C, expected one item"),
        ("E01,A,worst,8,\nE01,B,,2,\nE01,C,best,,8\n", "found no over_worst of B, expected all items of the group"),
        ("E01,A,worst,8,\nE01,B,,2,5\nE01,C,best,,7\n", "found 8 and 7 for the best over the worst item"),
        ("E01,A,worst,0.5,\n", "found '0.5', expected a number from 1 to 9"),
        ("E01,A,middle,,\n", "found 'middle', expected best, worst or nothing"),
        ("E09,A,worst,8,\n", "found E09, expected an expert of the round"),
        ("E01,Z,worst,8,\n", "found Z, expected an item that the round asks"),
    ],
)
def test_faulty_comparisons_are_refused(panel, rows, message) -> None:
    with pytest.raises(InputError) as caught:
        read_panel(panel({"round-1.csv": MARKS, "best-worst-1.csv": HEAD + rows}, base=BASE))
    assert any(message in str(problem) for problem in caught.value.problems)
