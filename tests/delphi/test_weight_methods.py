"""Weights by every method of panel.yaml, against published examples and independent computations."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.pairwise import judgement_in
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.weights.methods import centroid_shares, defuzzified, group_priorities, triangle
from auditlib.report.panel import PanelReport

ITEMS = "ABCDEFG"
# Saaty, Decision making with the analytic hierarchy process, Int. J. Services Sciences 1 (2008) 83-98: drinks.
DRINKS = ["9 5 2 1 1 1/2", "1/3 1/9 1/9 1/9 1/9", "1/3 1/4 0.333 0.11", "1/2 1 1/3", "2 0.5", "0.33"]
PRIORITIES = (0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327)


def base(count: int, scale: str = "{min: 1, max: 9}") -> str:
    items = ", ".join(f"{{id: {i}, title: {{zh: 项{i}, en: Item {i}}}}}" for i in ITEMS[:count])
    return f"panel: case\ntitle: {{zh: 例, en: case}}\nscale: {scale}\nitems: [{items}]\n"


def comparisons(expert: str, upper: list[str]) -> str:
    rows = [(ITEMS[i], ITEMS[i + 1 + k], value) for i, row in enumerate(upper) for k, value in enumerate(row.split())]
    return "".join(f"{expert},{one},{other},{value}\n" for one, other, value in rows)


def result_of(folder):
    return analyse(read_panel(folder)).to_json()["rounds"][0]


def weights_of(found, method):
    (one,) = [one for one in found["weights_by_method"] if one["method"] == method]
    return [item["weight"] for item in one["items"]]


HEAD = "expert,item,over,judgement\n"


def test_a_panels_comparisons_give_saatys_published_priorities_and_consistency(panel) -> None:
    files = {
        "round-1.csv": "expert,A,B,C,D,E,F,G\nE01,5,1,2,4,6,5,9\n",
        "pairwise-1.csv": HEAD + comparisons("E01", DRINKS),
    }
    folder = panel(files, "weights: {method: ahp, compare: [mean]}\n", base(7))
    found = result_of(folder)
    assert [item["weight"] for item in found["groups"][0]["items"]] == pytest.approx(PRIORITIES, abs=5e-4)
    (ahp,) = found["ahp"]
    assert (ahp["expert"], ahp["acceptable"]) == ("E01", True)
    assert ahp["CR"] == pytest.approx(0.022, abs=5e-4)
    assert weights_of(found, "mean")[0] == pytest.approx(5 / 32)
    text = PanelReport.open(panel=str(folder), language="en").show("weights").text
    assert "The weights of this report are those by: AHP." in text
    assert "0.022" in text


@pytest.mark.parametrize("how", ["judgements", "priorities"])
def test_a_group_is_the_geometric_mean_of_its_experts(panel, how) -> None:
    """Consistent judges: both ways give the normalised geometric means of their weights."""
    own = [np.array([4, 2, 1]), np.array([1, 2, 4]), np.array([9, 3, 1])]
    text = HEAD
    for number, weights in enumerate(own, start=1):
        for i, k in itertools.combinations(range(3), 2):
            text += f"E0{number},{ITEMS[i]},{ITEMS[k]},{Fraction(int(weights[i]), int(weights[k]))}\n"
    files = {"round-1.csv": "expert,A,B,C\nE01,4,2,1\nE02,1,2,4\nE03,9,3,1\n", "pairwise-1.csv": text}
    folder = panel(files, f"weights: {{method: ahp, aggregate: {how}}}\n", base(3))
    expected = np.prod([w / w.sum() for w in own], axis=0) ** (1 / 3)
    assert [i["weight"] for i in result_of(folder)["groups"][0]["items"]] == pytest.approx(expected / expected.sum())


def test_an_inconsistent_expert_is_named_with_the_comparison_that_spoils_it(panel) -> None:
    """All comparisons are those of 8 : 4 : 2 : 1 but the first to the last, 1/8 instead of 8."""
    text = HEAD + comparisons("E01", ["2 4 1/8", "2 4", "2"])
    files = {"round-1.csv": "expert,A,B,C,D\nE01,8,4,2,1\n", "pairwise-1.csv": text}
    (ahp,) = result_of(panel(files, "weights: {method: ahp}\n", base(4)))["ahp"]
    assert ahp["acceptable"] is False
    assert (ahp["worst"]["item"], ahp["worst"]["over"], ahp["worst"]["given"]) == ("A", "D", "1/8")
    assert ahp["worst"]["implied"] == pytest.approx(8)
    assert ahp["worst"]["CR"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", "3"), ("1/3", "1/3"), ("0.333", "1/3"), ("0.33", "1/3"), ("0.3333", "1/3"), ("0.14", "1/7"),
        ("0.143", "1/7"), ("0.142", "1/7"), ("0.125", "1/8"), ("0.13", "1/8"), ("0.12", "1/8"), ("0.11", "1/9"),
        ("0.17", "1/6"), ("0.16", "1/6"), ("0.5", "1/2"), ("0.25", "1/4"), ("2.5", "5/2"), ("0.4", "2/5"),
        ("1:5", "1/5"),
    ],
)  # fmt: skip
def test_judgements_are_read_as_experts_write_them(text, expected) -> None:
    assert judgement_in(text) == Fraction(expected)


@pytest.mark.parametrize("text", ["0", "10", "1/10", "", "-3", "三", "0.05"])
def test_what_is_no_judgement_is_refused(text) -> None:
    with pytest.raises(ValueError, match="expected a judgement from 1/9 to 9"):
        judgement_in(text)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("E01,A,B,3\n", "found no judgement of E01 on A and C, B and C, expected all pairs of the group or none"),
        ("E01,A,B,3\nE01,B,A,1/3\n", "pairwise-1.csv:3: item: found B and A again, expected each pair of E01 once"),
        ("E01,A,Z,3\n", "pairwise-1.csv:2: over: found A over Z, expected two items of one group"),
        ("E09,A,B,3\n", "pairwise-1.csv:2: expert: found E09, expected an expert of the round"),
        ("E01,A,B,11\n", "pairwise-1.csv:2: judgement: found '11', expected a judgement from 1/9 to 9"),
    ],
)
def test_faulty_comparisons_are_reported(panel, rows, message) -> None:
    files = {"round-1.csv": "expert,A,B,C\nE01,4,2,1\n", "pairwise-1.csv": HEAD + rows}
    with pytest.raises(InputError) as caught:
        read_panel(panel(files, base=base(3)))
    (problem,) = caught.value.problems
    assert message in str(problem)


def test_rank_order_centroids_of_the_experts_are_averaged_exactly() -> None:
    """Barron and Barrett (1996): three items have 11/18, 5/18, 2/18; two that share the first places have 8/18."""
    marks = {"A": [Fraction(5), Fraction(4)], "B": [Fraction(4), Fraction(4)], "C": [Fraction(1), Fraction(3)]}
    assert centroid_shares(marks) == {"A": Fraction(19, 36), "B": Fraction(13, 36), "C": Fraction(1, 9)}
    assert centroid_shares({"A": [None], "B": [Fraction(1)]}) is None


def test_a_triangle_has_its_numbers() -> None:
    """Marks 2, 4, 8: minimum 2, geometric mean 4, maximum 8; (2+4+8)/3 and (2+16+8)/6."""
    fuzzy = triangle([Fraction(2), Fraction(4), Fraction(8)])
    assert fuzzy == (2, 4, 8)
    assert defuzzified(fuzzy, "centroid") == Fraction(14, 3)
    assert defuzzified(fuzzy, "graded_mean") == Fraction(13, 3)
    assert defuzzified(fuzzy, "middle") == 4
    assert triangle([]) is None


def test_one_table_shows_where_ranks_depend_on_the_method(panel) -> None:
    rows = "expert,A,B,C\nE01,9,8,1\nE02,1,8,2\nE03,9,8,1\n"
    more = (
        "weights: {method: mean, compare: [rank_order_centroid, fuzzy, combined, authority_weighted],\n"
        '  combine: {methods: [mean, rank_order_centroid], shares: ["0.5", "0.5"]}}\n'
    )
    folder = panel({"round-1.csv": rows}, more, base(3))
    found = result_of(folder)
    mean, centroid = [19 / 47, 24 / 47, 4 / 47], [24 / 54, 21 / 54, 9 / 54]
    # Centroids: A is first, third, first (11 + 2 + 11)/54; B second, first, second; C third, second, third.
    assert weights_of(found, "mean") == pytest.approx(mean)
    assert weights_of(found, "rank_order_centroid") == pytest.approx(centroid)
    assert weights_of(found, "combined") == pytest.approx([(a + b) / 2 for a, b in zip(mean, centroid, strict=True)])
    assert weights_of(found, "authority_weighted") == [None, None, None]
    fuzzy = [(1 + 81 ** (1 / 3) + 9) / 3, 8, (1 + 2 ** (1 / 3) + 2) / 3]
    assert weights_of(found, "fuzzy") == pytest.approx([w / sum(fuzzy) for w in fuzzy])
    section = PanelReport.open(panel=str(folder)).show("weights")
    assert "名次随方法而变的条目：3 个中 2 个（A 项A、B 项B）" in section.text


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("weights: {method: combined}\n", "found combined without combine"),
        ("weights: {compare: [combined], combine: {methods: [mean]}}\n", "at least 2"),
        (
            'weights: {combine: {methods: [mean, fuzzy], shares: ["0.5", "0.6"]}}\n',
            "found 2 shares, 1.1 together, expected one for each of 2 methods, and 1 together",
        ),
    ],
)
def test_a_faulty_choice_of_methods_is_refused(panel, more, message) -> None:
    with pytest.raises(InputError) as caught:
        read_panel(panel({"round-1.csv": "expert,A,B,C\nE01,4,2,1\n"}, more, base(3)))
    assert any(message in str(problem) for problem in caught.value.problems)


def test_nobody_compared_gives_no_priorities() -> None:
    assert group_priorities({}, 3, "judgements") is None
    assert group_priorities({}, 1, "judgements") == ((1,), ())
