"""Ranks: who stands before whom, and what happens to equal totals."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.core.values import Text
from auditlib.scheme.results import Minimum, Ranking
from auditlib.scoring.rank import ranked
from auditlib.scoring.result import IndicatorScore, UnitScore


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


# --- units that were not assessed alike ---

POLICIES = ["by_share", "unranked", "apart", "undecided"]


def out_of(code, total, full, group=None):
    """A unit with so many points out of so many."""
    exact = None if total is None else Fraction(total)
    return UnitScore(code, code, group, exact, None if full is None else Fraction(full), True, (), {}, {})


def without(code, total, lacks, group=None):
    """A unit of a scheme without full marks, with points for x, y and z but for those that it ``lacks``."""
    indicators = tuple(
        IndicatorScore(name, None, None if name in lacks else Fraction(1), "scored", ()) for name in "xyz"
    )
    return UnitScore(code, code, group, Fraction(total), None, True, indicators, {}, {})


def standing(units, policy, last=(), **rules):
    """By unit where it stands, among whom, and whether those are the lesser ones; why, where it does not."""
    declared = ranking().model_copy(update={"different_maxima": policy, **rules})
    found = ranked(units, declared, last)
    among = {u.unit: {o.unit for o in found if o.rank and o.ranked_in == u.ranked_in} for u in found}
    return {
        u.unit: (u.rank, "".join(sorted(among[u.unit])), u.apart) if u.rank else str(u.unranked) for u in found
    }  # fmt: skip


# 0.8, 0.9, 0.9 and 0.8 of what they could attain.
UNEQUAL = [out_of("A", 80, 100), out_of("B", 45, 50), out_of("C", 90, 100), out_of("D", 40, 50)]
LESS = "assessed out of 50, others out of 100"
OPEN = "the group was assessed out of different full marks (100, 50); nothing decides"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("by_share", {u: (r, "ABCD", False) for u, r in {"B": 1, "C": 1, "A": 3, "D": 3}.items()}),
        ("unranked", {"C": (1, "AC", False), "A": (2, "AC", False), "B": LESS, "D": LESS}),
        ("apart", {"C": (1, "AC", False), "A": (2, "AC", False), "B": (1, "BD", True), "D": (2, "BD", True)}),
        ("undecided", dict.fromkeys("ABCD", OPEN)),
    ],
)
def test_units_out_of_different_full_marks_stand_as_the_ranking_declares(policy, expected):
    found = standing(UNEQUAL, policy)
    assert found == expected
    assert list(found) == list(expected), "those without a rank, or behind the others, come after them"


def test_by_share_equal_shares_of_different_full_marks_are_a_tie():
    declared = ranking().model_copy(update={"different_maxima": "by_share"})
    assert {u.unit: u.tie for u in ranked(UNEQUAL, declared)} == {"B": ("C",), "C": ("B",), "A": ("D",), "D": ("A",)}


def test_by_share_the_lower_share_stands_first_where_less_is_better():
    found = standing(UNEQUAL, "by_share", order="ascending")
    assert {unit: rank for unit, (rank, _, _) in found.items()} == {"A": 1, "D": 1, "B": 3, "C": 3}


def test_a_share_of_nothing_is_nothing():
    found = standing([out_of("A", 1, 100), out_of("B", 0, 0)], "by_share")
    assert found == {"A": (1, "AB", False), "B": (2, "AB", False)}


@pytest.mark.parametrize("policy", POLICIES)
def test_equal_full_marks_need_no_policy(policy):
    units = [out_of("A", 80, 100), out_of("B", 45, 100), out_of("C", None, None)]
    assert standing(units, policy) == {"A": (1, "AB", False), "B": (2, "AB", False), "C": "None"}


@pytest.mark.parametrize("policy", ["unranked", "apart", "undecided"])
def test_a_group_that_was_assessed_alike_is_ranked_whatever_another_was_assessed_on(policy):
    units = [
        out_of("A", 40, 50, "one"),
        out_of("B", 30, 50, "one"),
        out_of("C", 9, 100, "two"),
        out_of("D", 8, 50, "two"),
    ]
    found = standing(units, policy, within="group")
    assert (found["A"], found["B"]) == ((1, "AB", False), (2, "AB", False))
    assert found["D"] == {"unranked": LESS, "apart": (1, "D", True), "undecided": OPEN}[policy]


def test_apart_the_group_that_units_are_ranked_in_is_told_and_is_another_one():
    declared = ranking(within="group").model_copy(update={"different_maxima": "apart"})
    units = [out_of("A", 40, 50, "one"), out_of("B", 30, 60, "one")]
    assert [(u.unit, u.ranked_in) for u in ranked(units, declared)] == [("B", "one"), ("A", "one /50")]


X, Y = "not assessed on x, others were", "not assessed on y, others were"
UNLIKE = "the group was not assessed on the same indicators; nothing decides"


@pytest.mark.parametrize(
    ("lacks", "policy", "expected"),
    [
        # B and C lack z as all do, and x besides; D lacks y in its place.
        (("z", "xz", "xz", "yz"), "unranked", {"A": (1, "A", False), "B": X, "C": X, "D": Y}),
        (
            ("z", "xz", "xz", "yz"),
            "apart",
            {"A": (1, "A", False), "C": (1, "BC", True), "B": (2, "BC", True), "D": (1, "D", True)},
        ),
        (("z", "xz", "xz", "yz"), "undecided", dict.fromkeys("ABCD", UNLIKE)),
        # Nobody was assessed on all that the others were.
        (("x", "x", "y", "y"), "unranked", {"A": X, "B": X, "C": Y, "D": Y}),
        (
            ("x", "x", "y", "y"),
            "apart",
            {"B": (1, "AB", True), "A": (2, "AB", True), "D": (1, "CD", True), "C": (2, "CD", True)},
        ),
        *[(("xy",) * 4, policy, {u: (r, "ABCD", False) for r, u in enumerate("DCBA", 1)}) for policy in POLICIES],
    ],
)  # fmt: skip
def test_without_full_marks_units_compare_by_the_indicators_on_which_they_were_assessed(lacks, policy, expected):
    units = [without(code, total, own) for total, (code, own) in enumerate(zip("ABCD", lacks, strict=True))]
    assert standing(units, policy) == expected


def test_who_lacks_points_that_the_ranking_needs_makes_no_difference_to_the_others():
    units = [without("A", 5, ""), without("B", 7, ""), without("C", 9, "x")]
    assert standing(units, "undecided", needs=("x",)) == {
        "B": (1, "AB", False), "A": (2, "AB", False), "C": "the ranking needs points for x",
    }  # fmt: skip


# --- units that are put last ---


def put_last(policy, **rules):
    units = [unit("A", 90), unit("B", 10), unit("C", 50), unit("D", 60)]
    declared = ranking(**rules).model_copy(update={"forced_last": policy})
    return [(u.unit, u.rank, u.tie) for u in ranked(units, declared, {"A", "B"})]


def test_of_several_that_are_put_last_nobody_can_say_who_stands_before_whom():
    expected = [("D", 1, ()), ("C", 2, ()), ("A", 3, ("B",)), ("B", 3, ("A",))]
    assert put_last("undecided") == put_last("undecided", ties="shared") == expected


def test_or_they_stand_in_the_order_of_their_totals_behind_all_others():
    assert put_last("by_total") == [("D", 1, ()), ("C", 2, ()), ("A", 3, ()), ("B", 4, ())]


def test_where_less_is_better_they_are_last_all_the_same():
    assert put_last("by_total", order="ascending") == [("C", 1, ()), ("D", 2, ()), ("B", 3, ()), ("A", 4, ())]


def test_one_that_is_put_last_is_undecided_with_nobody():
    declared = ranking().model_copy(update={"forced_last": "undecided"})
    found = ranked([unit("A", 90), unit("B", 90), unit("C", 50)], declared, {"A"})
    assert [(u.unit, u.rank, u.tie) for u in found] == [("B", 1, ()), ("C", 2, ()), ("A", 3, ())]


def test_several_that_are_put_last_stand_by_their_shares_where_others_do():
    declared = {"forced_last": "by_total"}
    found = standing(UNEQUAL, "by_share", {"A", "C", "D"}, **declared)
    assert {unit: rank for unit, (rank, _, _) in found.items()} == {"B": 1, "C": 2, "A": 3, "D": 3}


def test_who_is_put_last_is_last_of_those_among_whom_it_is_ranked():
    found = standing(UNEQUAL, "apart", {"C", "B"}, forced_last="undecided")
    assert found == {"A": (1, "AC", False), "C": (2, "AC", False), "D": (1, "BD", True), "B": (2, "BD", True)}


# --- units with too few cases ---


def few(units, last=(), **rules):
    declared = ranking(**rules).model_copy(update={"minimum": Minimum(clause=None, of="received", at_least=10)})
    found = ranked(units, declared, last, counted=Text(zh="受理件数", en="cases received"))
    return [(u.unit, u.rank, u.too_few, None if u.unranked is None else str(u.unranked)) for u in found]


def test_a_unit_with_fewer_cases_than_the_ranking_needs_is_not_last_and_its_number_is_told():
    units = [unit("A", 90, received=10), unit("B", 10, received=2), unit("C", 50, received=200), unit("D", 95)]
    assert few(units) == [
        ("A", 1, False, None), ("C", 2, False, None),
        ("B", None, True, "2 (cases received) are fewer than the 10 that the ranking needs"),
        ("D", None, True, "0 (cases received) are fewer than the 10 that the ranking needs"),
    ]  # fmt: skip


def test_one_that_an_outcome_puts_last_is_last_however_few_cases_it_has():
    units = [unit("A", 90, received=10), unit("B", 95, received=2), unit("C", 50, received=200)]
    assert few(units, last={"B"}) == [("A", 1, False, None), ("C", 2, False, None), ("B", 3, False, None)]


def test_each_group_has_its_own_ranks_without_them():
    units = [unit("A", 90, "one", received=1), unit("B", 10, "one", received=20), unit("C", 5, "two", received=20)]
    assert [row[:3] for row in few(units, within="group")] == [("B", 1, False), ("A", None, True), ("C", 1, False)]
