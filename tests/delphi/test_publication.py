"""Printed weights: what adds up, and what explains a table that somebody printed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.delphi.weights.rounding import ROUNDINGS, PrintedItem, largest_remainder, publish, recompute_printed
from auditlib.delphi.weights.shares import Item, Weight, weigh

# Table 2 of the S19 study (投诉处理岗位核心能力评价指标及其权重): weights and combined weights in percent.
STUDY = [
    PrintedItem(item, parent, Fraction(weight), None if combined is None else Fraction(combined))
    for item, parent, weight, combined in [
        ("1", None, "38.15", None),
        ("1①", "1", "24.23", "9.24"),
        ("1②", "1", "22.48", "8.58"),
        ("1③", "1", "27.14", "10.35"),
        ("1④", "1", "26.15", "9.98"),
        ("2", None, "33.47", None),
        ("2①", "2", "34.52", "11.55"),
        ("2②", "2", "30.16", "10.10"),
        ("2③", "2", "21.24", "7.11"),
        ("2④", "2", "14.08", "4.71"),
        ("3", None, "28.38", None),
        ("3①", "3", "31.21", "8.86"),
        ("3②", "3", "36.57", "10.38"),
        ("3③", "3", "32.22", "9.14"),
    ]
]

values = st.lists(st.fractions(min_value=0, max_value=100, max_denominator=997), min_size=1, max_size=12)


def printed(item, parent, weight, combined=None):
    return PrintedItem(item, parent, Fraction(weight), None if combined is None else Fraction(combined))


def test_one_product_of_the_study_is_not_the_product():
    found = recompute_printed(STUDY, digits=2)
    wrong = [cell for cell in found.cells if not cell.is_product]
    assert [(cell.item, cell.product, cell.rounded, cell.printed) for cell in wrong] == [
        ("2②", Fraction("10.094552"), Fraction("10.09"), Fraction("10.10"))
    ]
    assert wrong[0].explained_by == ("up", "largest_remainder", "unrounded_factors")


def test_largest_remainders_reproduce_all_eleven_cells_of_the_study():
    found = recompute_printed(STUDY, digits=2)
    assert len(found.cells) == 11
    assert all(cell.largest_remainder == cell.printed for cell in found.cells)
    assert found.reproduces == {
        "half_up": 10,
        "half_even": 10,
        "down": 5,
        "up": 6,
        "largest_remainder": 11,
        "unrounded_factors": 11,
    }
    assert found.reproduces.keys() == ROUNDINGS.keys()


def test_products_rounded_one_by_one_miss_the_whole_by_a_hundredth():
    found = recompute_printed(STUDY, digits=2)
    assert (found.printed_sum, found.rounded_sum) == (100, Fraction("99.99"))
    assert found.weight_sums == {None: 100, "1": 100, "2": 100, "3": 100}


def test_the_limits_of_unrounded_factors_are_those_of_the_printed_digits():
    """33.475 × 30.165 % = 10.0977: unrounded weights could print as 10.10, and never as 10.11."""
    rows = [row for row in STUDY if row.item != "2②"]
    assert (
        "unrounded_factors"
        in recompute_printed([*rows, printed("2②", "2", "30.16", "10.10")], 2).cells[-1].explained_by
    )
    assert recompute_printed([*rows, printed("2②", "2", "30.16", "10.11")], 2).cells[-1].explained_by == ()


def test_products_go_all_the_way_down_the_tree():
    table = [printed("a", None, 50, 50), printed("aa", "a", 50, 25), printed("aaa", "aa", 30, "7.5")]
    found = recompute_printed(table, digits=1)
    assert [cell.product for cell in found.cells] == [50, 25, Fraction("7.5")]
    assert found.printed_sum == Fraction("7.5")


def test_a_table_in_fractions_of_one_is_recomputed_in_its_unit():
    table = [printed("a", None, "0.6"), printed("a1", "a", "0.35", "0.210"), printed("b", None, "0.4", "0.400")]
    found = recompute_printed(table, digits=3, unit=Fraction(1), factor_digits=2)
    assert [cell.is_product for cell in found.cells] == [True, True]


def test_weights_of_zero_can_be_recomputed():
    table = [printed("a", None, 0), printed("a1", "a", 100, 0), printed("b", None, 100, 100)]
    assert [cell.is_product for cell in recompute_printed(table, 2).cells] == [True, True]


def test_every_fault_of_a_printed_table_is_named_at_once():
    table = [printed("a", "z", "1.234"), printed("b", None, -1), printed("b", None, 5, "0.001")]
    message = (
        r"parent z of a.*weight 617/500 of a, expected 0 or more with at most 2 decimals.*weight -1 of b.*"
        r"item b a second time.*combined weight 1/1000 of b"
    )
    with pytest.raises(ValueError, match=message):
        recompute_printed(table, digits=2)


@pytest.mark.long
@given(values.filter(any), st.integers(0, 4))
def test_largest_remainders_sum_to_the_total_and_stay_within_a_unit_of_the_quota(shares, digits):
    found = largest_remainder(shares, Fraction(100), digits)
    assert sum(found) == 100
    for share, rounded in zip(shares, found, strict=True):
        assert abs(rounded - share * 100 / sum(shares)) < Fraction(1, 10**digits)


@pytest.mark.long
@given(values.filter(any), st.integers(0, 3))
def test_a_larger_value_never_gets_less(shares, digits):
    found = largest_remainder(shares, Fraction(1), digits)
    order = sorted(range(len(shares)), key=lambda i: (shares[i], found[i]))
    assert [found[i] for i in order] == sorted(found)


def test_of_equal_remainders_the_earlier_gets_the_unit():
    thirds = [Fraction(1)] * 3
    assert largest_remainder(thirds, Fraction(100), 0) == (34, 33, 33)


@pytest.mark.parametrize(("shares", "total"), [([0, 0], 100), ([-1, 2], 100), ([1, 2], Fraction("99.999")), ([1], -1)])
def test_what_cannot_be_shared_out_is_refused(shares, total):
    with pytest.raises(ValueError, match="which 2 decimals cannot share out"):
        largest_remainder([Fraction(share) for share in shares], Fraction(total), 2)


def tree_and_weights(draw_weight):
    tree = tuple(Item(parent, tuple(Item(parent + child) for child in "xyz")) for parent in "abc")
    importance = {name: draw_weight() for name in [*"abc", *(p + c for p in "abc" for c in "xyz")]}
    return tree, weigh(tree, importance)


@pytest.mark.long
@given(st.data(), st.integers(0, 4), st.sampled_from(["nested", "together"]))
def test_published_weights_add_up_under_every_parent_and_over_the_leaves(data, digits, leaves):
    positive = st.fractions(min_value=Fraction(1, 99), max_value=9, max_denominator=99)
    tree, weights = tree_and_weights(lambda: data.draw(positive))
    found = publish(weights, digits, leaves=leaves)
    assert sum(found[item.id].weight for item in tree) == 100
    for item in tree:
        assert sum(found[child.id].weight for child in item.children) == 100
        assert sum(found[child.id].combined for child in item.children) == found[item.id].combined
    assert sum(found[item.id].combined for item in tree) == 100


def test_nested_leaves_follow_their_parent_and_leaves_together_follow_the_whole():
    """Three parents of a third each: 34, 33, 33. Rounded together, every leaf of a ninth is 11 and the first has 12."""
    _, weights = tree_and_weights(lambda: Fraction(1))
    nested, together = publish(weights, 0), publish(weights, 0, leaves="together")
    assert [nested[name].combined for name in ("a", "ax", "ay", "az", "b", "bx")] == [34, 12, 11, 11, 33, 11]
    assert [together[name].combined for name in ("a", "ax", "ay", "az", "b", "bx")] == [34, 12, 11, 11, 33, 11]
    shifted = {name: weight for name, weight in weights.items() if name != "a"}
    shifted = {"a": weights["a"], **dict(reversed(shifted.items()))}
    assert publish(shifted, 0, leaves="together")["cz"].combined == 12


def test_undefined_weights_are_left_out_of_print():
    weights = weigh((Item("a", (Item("a1"),)), Item("b")), {"a": Fraction(1), "b": Fraction(3), "a1": Fraction(0)})
    assert publish(weights, 2).keys() == {"a", "b"}
    with pytest.raises(ValueError, match="found no weight of a1"):
        publish(weights, 2, leaves="together")


def test_a_parent_of_weight_zero_prints_zeros_below_it():
    weights = {
        "a": Weight("a", None, Fraction(0), Fraction(0)),
        "b": Weight("b", None, Fraction(1), Fraction(1)),
        "a1": Weight("a1", "a", Fraction(1), Fraction(0)),
    }
    assert publish(weights, 2)["a1"].combined == 0
