"""Ranks: who stands before whom, and what happens to equal totals."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.rank import ranked
from auditlib.result import UnitScore
from auditlib.scheme.results import Ranking


def unit(code, total, group=None, **measures):
    exact = None if total is None else Fraction(total)
    return UnitScore(code, code, group, exact, None, True, (), {k: Fraction(v) for k, v in measures.items()}, {})


NO_MAXIMA = {"different_maxima": "undecided", "forced_last": "by_total"}


def ranking(ties="undecided", within="all", order="descending"):
    return Ranking.model_validate(
        {"clause": None, "by": "total", "order": order, "within": within, "ties": ties, **NO_MAXIMA}
    )


def places(units, **rules):
    return [(u.unit, u.rank, u.tie) for u in ranked(units, ranking(**rules))]


def test_the_highest_total_stands_first():
    assert places([unit("A", 70), unit("B", 90), unit("C", 80)]) == [("B", 1, ()), ("C", 2, ()), ("A", 3, ())]


def test_ascending_puts_the_lowest_total_first():
    assert places([unit("A", 70), unit("B", 90), unit("C", -5)], order="ascending") == [
        ("C", 1, ()), ("A", 2, ()), ("B", 3, ()),
    ]  # fmt: skip


def test_undecided_ties_share_the_better_rank_name_each_other_and_the_next_rank_is_skipped():
    assert places([unit("A", 70), unit("B", 80), unit("C", 80), unit("D", 90), unit("E", 80)]) == [
        ("D", 1, ()), ("B", 2, ("C", "E")), ("C", 2, ("B", "E")), ("E", 2, ("B", "C")), ("A", 5, ()),
    ]  # fmt: skip


def test_shared_ties_share_the_rank_and_are_no_open_question():
    assert places([unit("A", 80), unit("B", 80), unit("C", 70)], ties="shared") == [
        ("A", 1, ()),
        ("B", 1, ()),
        ("C", 3, ()),
    ]


def test_totals_that_only_look_equal_when_rounded_are_no_tie():
    assert places([unit("A", "1/3"), unit("B", "0.3333333333333333333333")]) == [("A", 1, ()), ("B", 2, ())]


@pytest.mark.parametrize(("order", "first"), [("descending", "B"), ("ascending", "A")])
def test_a_tie_break_orders_equal_totals_by_its_measure(order, first):
    units = [unit("A", 80, volume=5), unit("B", 80, volume=9), unit("C", 90, volume=1)]
    assert [u.unit for u in ranked(units, ranking({"by": "volume", "order": order}))][:2] == ["C", first]
    assert [u.rank for u in ranked(units, ranking({"by": "volume", "order": order}))] == [1, 2, 3]


def test_what_the_tie_break_leaves_equal_is_undecided():
    units = [unit("A", 80, volume=5), unit("B", 80, volume=5), unit("C", 80, volume=4)]
    assert places(units, ties={"by": "volume", "order": "descending"}) == [
        ("A", 1, ("B",)), ("B", 1, ("A",)), ("C", 3, ()),
    ]  # fmt: skip


def test_each_group_is_ranked_by_itself_in_the_order_of_their_names_and_units_without_one_come_last():
    units = [unit("A", 70, "two"), unit("B", 90), unit("C", 80, "one"), unit("D", 60, "two"), unit("E", 95, "one")]
    assert places(units, within="group") == [
        ("E", 1, ()), ("C", 2, ()), ("A", 1, ()), ("D", 2, ()), ("B", 1, ()),
    ]  # fmt: skip


def test_across_all_groups_no_group_matters():
    assert places([unit("A", 70, "two"), unit("B", 90), unit("C", 70, "one")]) == [
        ("B", 1, ()), ("A", 2, ("C",)), ("C", 2, ("A",)),
    ]  # fmt: skip


def test_units_without_a_total_come_last_by_code_and_have_no_rank():
    assert places([unit("C", None), unit("A", 10), unit("B", None)]) == [("A", 1, ()), ("B", None, ()), ("C", None, ())]


def test_no_units_have_no_ranks():
    assert places([]) == []


TOTALS = st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=8)


@given(TOTALS, st.sampled_from(["descending", "ascending"]), st.randoms())
def test_a_rank_is_one_more_than_the_number_of_better_units_whatever_their_order(totals, order, random):
    units = [unit(f"U{number}", total) for number, total in enumerate(totals)]
    sign = 1 if order == "descending" else -1
    expected = {
        u.unit: None
        if u.total is None
        else 1 + sum(o.total is not None and sign * o.total > sign * u.total for o in units)
        for u in units
    }
    result = ranked(random.sample(units, len(units)), ranking(order=order))
    assert {u.unit: u.rank for u in result} == expected
    assert result == ranked(units, ranking(order=order))
