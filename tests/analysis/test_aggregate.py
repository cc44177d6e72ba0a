"""Weighted means up a tree: by hand, and against COINr's published example."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.analysis.weights.aggregate import aggregate
from auditlib.analysis.weights.table import exact_ranks
from auditlib.core.errors import InputError
from auditlib.delphi.weights.shares import Item

TREE = (Item("whole", (Item("x", (Item("a"), Item("b"))), Item("y", (Item("c"),)))),)


def importance(**given):
    return {name: Fraction(given.get(name, 1)) for name in ("whole", "x", "y", "a", "b", "c")}


def test_an_item_is_the_weighted_mean_of_its_children():
    values = {"a": [Fraction(6)], "b": [Fraction(3)], "c": [Fraction(1)]}
    found = aggregate(values, TREE, importance(x=3, a=2))
    assert {item: values[0] for item, values in found.items()} == {"a": 6, "b": 3, "c": 1, "x": 5, "y": 1, "whole": 4}


@settings(max_examples=50)
@given(*[st.integers(1, 9)] * 4, st.lists(st.fractions(0, 100, max_denominator=9), min_size=3, max_size=3))
def test_the_root_is_the_leaves_under_weights_multiplied_down_the_tree(x, y, a, b, values):
    found = aggregate(
        {name: [value] for name, value in zip("abc", values, strict=True)}, TREE, importance(x=x, y=y, a=a, b=b)
    )
    one, two, three = values
    assert found["whole"][0] == Fraction(x, x + y) * (a * one + b * two) / (a + b) + Fraction(y, x + y) * three


def test_values_that_do_not_fit_the_leaves_are_refused():
    with pytest.raises(InputError) as caught:
        aggregate({"a": [Fraction(1)], "b": [], "x": [Fraction(1)]}, TREE, importance())
    assert [problem.path for problem in caught.value.problems] == ["", "c", "x"]


def test_siblings_without_weight_are_refused():
    with pytest.raises(InputError, match="a: found 0 for it and all its siblings"):
        aggregate({name: [Fraction(1)] for name in "abc"}, TREE, importance(a=0, b=0))


# --- COINr's ASEM example ---------------------------------------------------------------------------

WINSORISED = {
    "Flights": 1, "Bord": 3, "Gas": 3, "Services": 4, "FDI": 2, "ForPort": 3, "CostImpEx": 1, "Tariff": 3,
    "StMob": 2, "CultServ": 2, "Forest": 2, "Poverty": 3, "NGOs": 3, "PubDebt": 1, "FemLab": -1,
}  # fmt: skip
"""How many of the greatest values (of the least, below 0) COINr pulls in to the next one: outliers of an indicator
with a skewness beyond 2 and a kurtosis beyond 3.5."""


def read(folder, name):
    with (folder / "coinr-asem" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def asem(shared_data):
    """Meta rows by code, raw rows by unit, and the published tables by file name and unit."""
    if not (shared_data / "coinr-asem").is_dir():
        pytest.skip("COINr's ASEM example is not among the public data sets")
    files = ("ASEM_iData", "dset_Normalised", "dset_Aggregated", "results_scores", "results_ranks")
    by_unit = {name: {row["uCode"]: row for row in read(shared_data, f"{name}.csv")} for name in files}
    return {row["iCode"]: row for row in read(shared_data, "ASEM_iMeta.csv")}, by_unit


@pytest.fixture(scope="module")
def aggregated(asem):
    """Our aggregation of COINr's normalised values, and the units in order."""
    meta, files = asem
    nodes = {code: row for code, row in meta.items() if row["Type"] in ("Indicator", "Aggregate")}

    def below(parent):
        return tuple(Item(code, below(code)) for code, row in nodes.items() if row["Parent"] == parent)

    weights = {code: Fraction(row["Weight"]) for code, row in nodes.items()}
    rows = files["dset_Normalised"].values()
    values = {code: [Fraction(row[code]) for row in rows] for code, row in nodes.items() if row["Type"] == "Indicator"}
    return list(files["dset_Normalised"]), aggregate(values, below("NA"), weights)


@pytest.mark.shared
def test_every_aggregate_of_coinr_comes_out(asem, aggregated):
    units, ours = aggregated
    assert len(units) == 51
    assert len(ours) == 60
    for place, unit in enumerate(units):
        for node, values in ours.items():
            assert abs(values[place] - Fraction(asem[1]["dset_Aggregated"][unit][node])) < Fraction(1, 10**9)
            # Its table of results is printed to eight digits.
            published = Fraction(asem[1]["results_scores"][unit][node])
            assert abs(values[place] - published) <= Fraction(5, 10**7)


@pytest.mark.shared
def test_every_rank_of_coinr_comes_out(asem, aggregated):
    units, ours = aggregated
    ranks = asem[1]["results_ranks"]
    for node in (
        "Index",
        "Conn",
        "Sust",
        "Physical",
        "ConEcFin",
        "Political",
        "Instit",
        "P2P",
        "Environ",
        "Social",
        "SusEcFin",
    ):
        assert dict(zip(units, exact_ranks(ours[node]), strict=True)) == {
            unit: int(ranks[unit][node]) for unit in units
        }
