"""Weights from marks: exact shares, exact products, named holes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.delphi.weights.shares import UNDEFINED, Item, mean_mark, mean_shares, weigh

TREE = (Item("a", (Item("a1"), Item("a2"))), Item("b"))


def marks(**by_item):
    return {name: [None if mark is None else Fraction(mark) for mark in values] for name, values in by_item.items()}


MARKS = marks(a=[5, 4], b=[3, 4], a1=[5, 4], a2=[2, 1])

fractions = st.fractions(min_value=0, max_value=10, max_denominator=50)


@st.composite
def trees(draw, name="", depth=3):
    count = draw(st.integers(1, 4))
    return tuple(
        Item(f"{name}{letter}", draw(trees(f"{name}{letter}", depth - 1)) if depth > 1 and draw(st.booleans()) else ())
        for letter in "abcd"[:count]
    )


def every(tree):
    for item in tree:
        yield item
        yield from every(item.children)


def test_a_weight_is_the_share_of_the_mean_among_siblings():
    found = mean_shares(TREE, MARKS)
    assert {name: (w.parent, w.weight, w.combined) for name, w in found.items()} == {
        "a": (None, Fraction(9, 16), Fraction(9, 16)),
        "b": (None, Fraction(7, 16), Fraction(7, 16)),
        "a1": ("a", Fraction(3, 4), Fraction(27, 64)),
        "a2": ("a", Fraction(1, 4), Fraction(9, 64)),
    }
    assert all(weight.undefined is None for weight in found.values())


def test_parents_come_before_their_children():
    assert list(mean_shares(TREE, MARKS)) == ["a", "b", "a1", "a2"]


def test_authority_weighs_the_experts():
    """Cr 0.9 and 0.6: a (4.5 + 2.4) / 1.5 = 4.6, b (2.7 + 2.4) / 1.5 = 3.4."""
    found = mean_shares(TREE, MARKS, authority=[Fraction("0.9"), Fraction("0.6")])
    assert (found["a"].weight, found["b"].weight) == (Fraction("0.575"), Fraction("0.425"))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=9), fractions.filter(bool))
def test_equal_authority_changes_nothing(given_marks, authority):
    answers = [Fraction(mark) for mark in given_marks]
    assert mean_mark(answers, [authority] * len(answers)) == mean_mark(answers)


def test_the_mean_is_of_those_who_answered():
    assert mean_mark([Fraction(5), None, Fraction(4)]) == Fraction(9, 2)
    assert mean_mark([Fraction(5), None, Fraction(4)], [Fraction(1), Fraction(9), Fraction(3)]) == Fraction(17, 4)
    assert mean_mark([None]) is None
    assert mean_mark([Fraction(5)], [Fraction(0)]) is None


@pytest.mark.long
@given(trees(), st.data())
def test_the_children_of_every_parent_and_all_leaves_sum_to_exactly_1(tree, data):
    items = list(every(tree))
    importance = {item.id: data.draw(fractions.filter(bool)) for item in items}
    weights = weigh(tree, importance)
    for children in (tree, *(item.children for item in items if item.children)):
        assert sum(weights[child.id].weight for child in children) == 1
    assert sum(weights[item.id].combined for item in items if not item.children) == 1


@pytest.mark.parametrize(
    ("changed", "undefined"),
    [
        ({"a2": [None, None]}, {"a1": "no_share", "a2": "no_share"}),
        ({"a1": [0, 0], "a2": [0, 0]}, {"a1": "zero_sum", "a2": "zero_sum"}),
        ({"b": [None, None]}, {"a": "no_share", "b": "no_share", "a1": "parent", "a2": "parent"}),
    ],
)
def test_a_group_without_weights_says_why_and_leaves_the_others_alone(changed, undefined):
    found = mean_shares(TREE, MARKS | marks(**changed))
    assert {name: weight.undefined for name, weight in found.items() if weight.undefined} == undefined
    assert {name for name, weight in found.items() if weight.combined is None} == undefined.keys()
    assert set(undefined.values()) <= UNDEFINED.keys()


def test_the_weight_within_its_parent_stands_even_where_the_parent_has_none():
    found = mean_shares(TREE, MARKS | marks(b=[None, None]))
    assert (found["a1"].weight, found["a1"].combined) == (Fraction(3, 4), None)


def test_every_fault_of_the_marks_is_named_at_once():
    with pytest.raises(ValueError, match=r"no marks of a2.*1 marks of a1, expected one for each of 2.*mark -1 of b"):
        mean_shares(TREE, marks(a=[5, 4], b=[-1, 4], a1=[5]))
    with pytest.raises(ValueError, match="found the authority -1, expected 0 or more"):
        mean_shares(TREE, MARKS, authority=[Fraction(-1), Fraction(1)])


def test_every_fault_of_an_importance_is_named_at_once():
    tree = (Item("a"), Item("a"), Item("b"), Item("c"))
    with pytest.raises(ValueError, match=r"item a 2 times.*no importance of c.*importance -2 of b"):
        weigh(tree, {"a": Fraction(1), "b": Fraction(-2)})
