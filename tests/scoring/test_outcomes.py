"""What depends on the other units: standings, places, forced and barred units, exclusions, and composites."""

from __future__ import annotations

from fractions import Fraction

import pytest
from small_scheme import TITLE, base_scheme, late, outcome, scored, standing_scheme

from auditlib.analysis.conclusions import explain_outcomes
from auditlib.core.errors import InputError
from auditlib.scheme.load import load_scheme


def test_the_first_places_are_honoured_and_a_tie_across_the_edge_is_undecided_and_named(tmp_path) -> None:
    scheme = base_scheme(outcomes=[outcome("honour", place={"top": 2})])
    result = scored(tmp_path, scheme, {"A": late(0), "B": late(3), "C": late(3), "D": late(9)})
    given = {unit.unit: [(o.id, o.decided) for o in unit.outcomes] for unit in result.units}
    assert given == {"A": [("honour", True)], "B": [("honour", False)], "C": [("honour", False)], "D": []}
    assert "undecided tie: B, C" in result.warnings


def test_a_tie_inside_the_edge_decides_for_both(tmp_path) -> None:
    scheme = base_scheme(outcomes=[outcome("honour", place={"top": 2})])
    result = scored(tmp_path, scheme, {"A": late(1), "B": late(1), "C": late(3)})
    assert {u.unit: [o.decided for o in u.outcomes] for u in result.units} == {"A": [True], "B": [True], "C": []}


@pytest.mark.parametrize(("fills_up", "honoured"), [(False, {"A"}), (True, {"A", "C"})])
def test_a_barred_place_stays_empty_unless_the_next_unit_moves_up(tmp_path, fills_up, honoured) -> None:
    scheme = base_scheme(
        outcomes=[
            outcome("bar", quantity={"of": "grave", "at_least": 1}, bars=["honour"]),
            outcome("honour", place={"top": 2}, fills_up=fills_up),
        ]
    )
    result = scored(tmp_path, scheme, {"A": late(0), "B": ["重"], "C": late(1), "D": late(2)})
    assert {u.unit for u in result.units if any(o.id == "honour" for o in u.outcomes)} == honoured


def test_a_forced_last_unit_stands_behind_units_with_fewer_points(tmp_path) -> None:
    scheme = base_scheme(outcomes=[outcome("last", quantity={"of": "grave", "at_least": 1}, forces_last=True)])
    result = scored(tmp_path, scheme, {"A": ["重"], "B": late(2), "C": late(40)})
    assert [(unit.unit, unit.rank) for unit in result.units] == [("B", 1), ("C", 2), ("A", 3)]


def test_the_line_is_exact_and_its_bound_is_said(tmp_path) -> None:
    scheme = base_scheme(outcomes=[outcome("called_to_account", total={"below": 70})])
    result = scored(tmp_path, scheme, {"A": late(30), "B": late(31)})
    assert {u.unit: [o.id for o in u.outcomes] for u in result.units} == {"A": [], "B": ["called_to_account"]}


def test_units_are_ranked_in_the_group_that_the_scheme_moves_them_to(tmp_path) -> None:
    ranking = base_scheme()["ranking"] | {"regroup": {"A": "乙"}}  # type: ignore[operator]
    result = scored(
        tmp_path,
        base_scheme(ranking=ranking),
        {"A": late(5), "B": late(6), "C": late(1)},
        {"B": "乙", "C": "甲", "A": "甲"},
    )
    assert {(unit.unit, unit.ranked_in, unit.rank) for unit in result.units} == {
        ("A", "乙", 1),
        ("B", "乙", 2),
        ("C", "甲", 1),
    }


def test_excluded_cases_are_not_counted_and_the_score_with_them_stands_beside(tmp_path) -> None:
    result = scored(tmp_path, base_scheme(), {"A": late(3), "B": late(1)}, exclusions=["A0", "A1"])
    a, b = result.unit("A"), result.unit("B")
    assert (a.total, a.before_exclusions, a.excluded) == (99, 97, 2)
    assert (b.total, b.before_exclusions, b.excluded) == (99, 99, 0)
    plain = {unit["unit"]: unit for unit in result.to_json()["units"]}
    assert (plain["A"]["excluded"], plain["A"]["total_without_exclusions"]) == (2, "97")


UNITS = {
    "A": [*late(9), "按"],
    "B": [*late(4), "按"],
    "C": [*late(4), "按"],
    "D": [*late(1), *["按"] * 9],
    "E": [*late(12), *["按"] * 3],
}


def test_only_units_above_the_average_lose_points_by_their_place(tmp_path) -> None:
    # Shares late: A 0.9, B 0.8, C 0.8, D 0.1, E 0.8; mean 0.68. E has more cases than B and C, which are equal.
    result = scored(tmp_path, standing_scheme("mean"), UNITS)
    assert {unit.unit: unit.total for unit in result.units} == {"A": 0, "E": 1, "B": 9, "C": 9, "D": 10}


def test_the_pooled_average_is_the_index_of_the_summed_counts(tmp_path) -> None:
    # 30 late of 45: 0.667; of 0.9, 0.8, 0.8, 0.1, 0.8 the same units are above it. With D large it sinks to 0.31.
    cases = UNITS | {"F": [*late(20), *["按"] * 40]}
    by_mean = {u.unit: u.total for u in scored(tmp_path, standing_scheme("mean"), cases).units}
    by_pool = {u.unit: u.total for u in scored(tmp_path, standing_scheme("pooled"), cases).units}
    assert Fraction(9 + 4 + 4 + 1 + 12 + 20, 10 + 5 + 5 + 10 + 15 + 60) == Fraction(10, 21)  # 0.476 > F's 0.333
    assert by_mean == by_pool == {"A": 0, "E": 1, "B": 9, "C": 9, "D": 10, "F": 10}


@pytest.mark.parametrize(
    ("missing", "expected"), [("renormalise", "0.9"), ("zero", "0.45"), ("full", "0.95"), ("not_assessable", None)]
)
def test_a_composite_says_what_a_part_of_nothing_becomes(tmp_path, missing, expected) -> None:
    rate = {"title": TITLE, "numerator": "late", "denominator": "received", "zero": "not_assessable", "show": "percent"}
    scheme = base_scheme(
        rates={"lateness": rate, "absent": rate | {"numerator": "grave", "denominator": "grave"}},
        composites={
            "both": {
                "title": TITLE,
                "parts": {"lateness": "0.5", "absent": "0.5"},
                "missing": missing,
                "show": "percent",
            }
        },
    )
    result = scored(tmp_path, scheme, {"A": [*late(9), "按"]})
    assert result.text(result.unit("A").rates["both"]) == expected


def test_a_range_that_a_person_decides_is_asked_for_until_it_is_decided(tmp_path) -> None:
    consequences = [
        {"id": "months", "who": TITLE, "what": TITLE, "low": 1, "high": 3},
        {"id": "fixed", "who": TITLE, "what": TITLE, "amount": 6, "each": True},
    ]
    scheme = base_scheme(
        outcomes=[
            outcome("sanction", quantity={"of": "grave", "at_least": 1}, evidence="grave", consequences=consequences)
        ]
    )
    (open_,) = scored(tmp_path, scheme, {"A": ["重", "重"]}).unit("A").outcomes
    assert (open_.count, open_.amounts, open_.needs, open_.evidence) == (2, {"fixed": 12}, ("months",), ("A0", "A1"))
    (tmp_path / "marks.csv").write_text("unit,period,indicator,points\nA,2025-06,months,2\n", encoding="utf-8")
    (decided,) = scored(tmp_path, scheme, {"A": ["重", "重"]}).unit("A").outcomes
    assert (decided.amounts, decided.needs) == ({"months": 2, "fixed": 12}, ())


# --- units that wait for a rank ---

FACTS = "unit,period,fact,value\n"
NO_EVENTS = "event_id,unit,at,kind\n"


def staffed_scheme(**place: object) -> dict[str, object]:
    """Units whose staff nobody gave are not ranked; nor are those without a case."""
    one = {"id": "staffed", "title": TITLE, "clause": "一", "max": 10, "start": 10, "floor": 0, "cap": 10}
    staffed = one | {
        "rules": [
            {"id": "no_staff", "clause": "一", "title": TITLE, "points": -10, "when": {"of": "staff", "below": 1}}
        ]
    }
    prompt = one | {
        "id": "prompt",
        "rules": [{"id": "slow", "clause": "一", "title": TITLE, "points": 0, "per": "lateness"}],
    }
    scheme = base_scheme(outcomes=[outcome("edge", place=place)])
    scheme["measures"] |= {  # type: ignore[operator]
        "staff": {"title": TITLE, "fact": "staff"},
        "incidents": {"title": TITLE, "register": "events", "where": "kind = '事故'", "context": True},
    }
    rate = {"title": TITLE, "numerator": "late", "denominator": "received", "zero": "not_assessable", "show": "number"}
    scheme["rates"] = {"lateness": rate}
    scheme["indicators"] += [staffed, prompt]  # type: ignore[operator]
    scheme["ranking"] |= {"needs": ["staffed", "prompt"]}  # type: ignore[operator]
    return scheme


RANKED = {unit: ["按", *late(number)] for number, unit in enumerate("ABCD")}


def edges(folder, place, waiting, facts="ABCD", events="", groups=None):  # type: ignore[no-untyped-def]
    """Who is among the first or the last, and whether that is certain."""
    files = {"unit_facts": FACTS + "".join(f"{unit},2025-06,staff,3\n" for unit in facts), "events": NO_EVENTS + events}
    result = scored(folder, staffed_scheme(**place), RANKED | waiting, groups, **files)
    assert [unit.unit for unit in result.units if unit.rank is not None] == list("ABCD")
    return decided(result)


def decided(result) -> dict[str, bool]:  # type: ignore[no-untyped-def]
    """Whether it is certain, for each ranked unit that the outcome concerns."""
    return {unit.unit: one.decided for unit in result.units if unit.rank is not None for one in unit.outcomes}


@pytest.mark.parametrize(
    ("place", "waiting", "expected"),
    [
        ({"top": 2}, "", {"A": True, "B": True}),
        ({"top": 2}, "E", {"A": True, "B": False}),
        ({"top": 2}, "EF", {"A": False, "B": False}),
        ({"top": 2}, "EFG", {"A": False, "B": False}),
        ({"top": 4}, "EF", {"A": True, "B": True, "C": False, "D": False}),
        ({"top": 5}, "E", dict.fromkeys("ABCD", True)),  # five places for five
        ({"top": 5}, "EF", {"A": True, "B": True, "C": True, "D": False}),
        ({"bottom": 2}, "E", {"D": True, "C": False}),
        ({"bottom": 3}, "EF", {"D": True, "C": False, "B": False}),
    ],
)
def test_each_unit_that_waits_for_a_rank_leaves_one_place_open(tmp_path, place, waiting, expected) -> None:
    assert edges(tmp_path, place, {unit: ["按"] for unit in waiting}) == expected


@pytest.mark.parametrize(("facts", "waits"), [("ABCD", True), ("ABCDE", False)])
@pytest.mark.parametrize("place", [{"top": 2}, {"bottom": 2}])
def test_a_unit_that_waits_for_its_rank_may_be_among_the_first_or_the_last(tmp_path, place, facts, waits) -> None:
    """The control: a unit that nothing is known of, and nothing missing of either, is not among them."""
    files = {"unit_facts": FACTS + "".join(f"{unit},2025-06,staff,3\n" for unit in facts), "events": NO_EVENTS}
    result = scored(tmp_path, staffed_scheme(**place), RANKED | {"E": ["按"] if waits else []}, **files)
    unit = result.unit("E")
    assert unit.rank is None
    assert [(one.id, one.decided, one.place) for one in unit.outcomes] == ([("edge", False, None)] if waits else [])


def test_why_a_place_is_open_is_told(tmp_path) -> None:
    """B is second of two places and E may come before it; A, C and D are certain, one way or the other."""
    files = {"unit_facts": FACTS + "".join(f"{unit},2025-06,staff,3\n" for unit in "ABCD"), "events": NO_EVENTS}
    result = scored(tmp_path, staffed_scheme(top=2), RANKED | {"E": ["按"]}, **files)
    resolved = load_scheme(tmp_path / "small.yaml").resolve()
    told = {
        unit.unit: [(one.state, one.note) for one in explain_outcomes(resolved, result, unit, "zh")]
        for unit in result.units
    }
    assert told == {
        "A": [("holds", "")],
        "B": [("undecided", "有单位名次未定，可能排在前面或后面")],
        "C": [("no", "")],
        "D": [("no", "")],
        "E": [("undecided", "名次未定：排名须有甲的得分")],
    }


def test_a_tie_at_the_last_certain_place_is_undecided_too(tmp_path) -> None:
    """Of three places one is left open; A is certain of the first two, B and C share the second."""
    files = {"unit_facts": FACTS + "".join(f"{unit},2025-06,staff,3\n" for unit in "ABCD"), "events": NO_EVENTS}
    cases = {"A": ["按"], "B": late(1), "C": late(1), "D": late(2), "E": ["按"]}
    result = scored(tmp_path, staffed_scheme(top=3), cases, **files)
    assert decided(result) == {"A": True, "B": False, "C": False}


@pytest.mark.parametrize(
    ("events", "waits"), [("", False), ("1,E,2025-06-10,事故\n", True), ("1,E,2025-05-10,事故\n", False)]
)
def test_a_unit_waits_as_soon_as_the_ledger_holds_any_row_of_it_in_the_period(tmp_path, events, waits) -> None:
    """Without a case or a fact, an incident shows that there is such a unit to be assessed."""
    assert edges(tmp_path, {"top": 2}, {"E": []}, events=events) == {"A": True, "B": not waits}


def test_a_unit_of_which_there_is_nothing_to_assess_waits_for_nothing(tmp_path) -> None:
    assert edges(tmp_path, {"top": 2}, {"E": []}, facts="ABCDE") == {"A": True, "B": True}


def test_a_unit_of_another_group_leaves_no_place_open_in_this_one(tmp_path) -> None:
    assert edges(tmp_path, {"top": 2}, {"E": ["按"]}, groups={"E": "别的"}) == {"A": True, "B": True}


# --- units that are put last, and the last places ---


def forced(folder, number, count, waiting=""):  # type: ignore[no-untyped-def]
    """Who is among the last so many, where the first ``number`` of A to E are put last."""
    scheme = staffed_scheme(bottom=count)
    scheme["outcomes"] = [
        outcome("last", quantity={"of": "grave", "at_least": 1}, forces_last=True),
        *scheme["outcomes"],  # type: ignore[misc]
    ]
    cases = {unit: ["按", *late(n), *(["重"] if n < number else [])] for n, unit in enumerate("ABCDE")}
    files = {"unit_facts": FACTS + "".join(f"{unit},2025-06,staff,3\n" for unit in "ABCDE"), "events": NO_EVENTS}
    result = scored(folder, scheme, cases | {unit: ["按"] for unit in waiting}, **files)
    open_ = [one.decided for unit in result.units if unit.rank is None for one in unit.outcomes]
    assert open_ == [False] * (len(waiting) if number < count else 0)  # who waits may be among the last, if any is left
    return {
        unit.unit: one.decided
        for unit in result.units if unit.rank is not None
        for one in unit.outcomes if one.id == "edge"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "waiting", "expected"),
    [
        (0, "", {"C": True, "D": True, "E": True}),
        (1, "", {"A": True, "D": True, "E": True}),
        (3, "", {"A": True, "B": True, "C": True}),
        (4, "", {"A": True, "B": True, "C": True, "D": True}),
        (1, "F", {"A": True, "D": False, "E": True}),
        (2, "F", {"A": True, "B": True, "E": False}),
        (2, "FGHI", {"A": True, "B": True, "E": False}),
        (4, "FGHI", {"A": True, "B": True, "C": True, "D": True}),
    ],
)
def test_all_that_are_put_last_are_among_the_last_and_others_fill_what_is_left(
    tmp_path, number, waiting, expected
) -> None:
    assert forced(tmp_path, number, 3, waiting) == expected


# --- an outcome that hangs on the total of a unit that was not assessed on everything ---


def total_scheme(bound: dict[str, int], **bounds: int | None) -> dict[str, object]:
    """100 points for being in time, and 20 for the share of cases in time, which is 0/0 without a case."""
    scheme = staffed_scheme(top=1)
    scheme["ranking"] = base_scheme()["ranking"]
    rules = [{"id": "share", "clause": "一", "title": TITLE, "points": 20, "per": "lateness"}]
    share = {
        "id": "share",
        "title": TITLE,
        "clause": "一",
        "max": 20,
        "start": 0,
        "floor": 0,
        "cap": 20,
        "rules": rules,
    }
    return scheme | {
        "indicators": [*base_scheme()["indicators"], share | bounds],  # type: ignore[misc]
        "outcomes": [outcome("line", total=bound)],
    }


@pytest.mark.parametrize(
    ("bound", "bounds", "expected"),
    [
        ({"at_least": 100}, {}, [True]),
        ({"at_least": 101}, {}, [False]),
        ({"at_least": 120}, {}, [False]),
        ({"at_least": 121}, {}, []),
        ({"above": 119}, {}, [False]),
        ({"above": 120}, {}, []),
        ({"below": 100}, {}, []),
        ({"below": 101}, {}, [False]),
        ({"below": 121}, {}, [True]),
        ({"at_most": 99}, {}, []),
        ({"at_most": 100}, {}, [False]),
        ({"at_most": 120}, {}, [True]),
        # what it lacks could have been a bonus, or could have taken points away
        ({"at_least": 125}, {"cap": 25}, [False]),
        ({"at_least": 126}, {"cap": 25}, []),
        ({"at_least": 1000}, {"cap": None}, [False]),
        ({"at_least": 100}, {"floor": -5}, [False]),
        ({"at_least": 95}, {"floor": -5}, [True]),
        ({"at_least": 1}, {"floor": None}, [False]),
        ({"below": 96}, {"floor": -5}, [False]),
        ({"below": 95}, {"floor": -5}, []),
    ],
)
def test_an_outcome_of_the_total_is_undecided_where_what_a_unit_lacks_could_change_it(
    tmp_path, bound, bounds, expected
) -> None:
    """A has no case: 100 of 100, and could have had 0 to 20 more."""
    found = scored(tmp_path, total_scheme(bound, **bounds), {"A": []}, events=NO_EVENTS, unit_facts=FACTS)
    assert (found.unit("A").total, found.unit("A").rank) == (100, 1)
    assert [one.decided for one in found.unit("A").outcomes] == expected


@pytest.mark.parametrize(("bound", "expected"), [({"at_least": 101}, []), ({"at_least": 100}, [True])])
def test_an_outcome_of_the_total_of_a_unit_assessed_on_everything_is_decided(tmp_path, bound, expected) -> None:
    found = scored(tmp_path, total_scheme(bound), {"A": ["按"]}, events=NO_EVENTS, unit_facts=FACTS)
    assert (found.unit("A").total, [one.decided for one in found.unit("A").outcomes]) == (100, expected)


def test_an_outcome_bars_others_that_hang_on_the_total_alone(tmp_path) -> None:
    """信用等级 of 850 and more is AAA and not AA, too; what AAA bars it bars wherever in the file it stands."""
    grades = [outcome("AA", total={"at_least": 90}), outcome("AAA", total={"at_least": 98}, bars=["AA"])]
    for outcomes in (grades, grades[::-1]):
        result = scored(tmp_path, base_scheme(outcomes=outcomes), {"A": late(1), "B": late(5), "C": late(20)})
        assert {u.unit: [o.id for o in u.outcomes] for u in result.units} == {"A": ["AAA"], "B": ["AA"], "C": []}


def test_what_is_barred_bars_nothing_and_of_two_that_bar_each_other_the_first_of_the_file_stands(tmp_path) -> None:
    scheme = base_scheme(
        outcomes=[
            outcome("first", total={"at_least": 90}, bars=["second"]),
            outcome("second", total={"at_least": 80}, bars=["first", "third"]),
            outcome("third", total={"at_least": 70}),
        ]
    )
    result = scored(tmp_path, scheme, {"A": late(1), "B": late(15)})
    assert {u.unit: [o.id for o in u.outcomes] for u in result.units} == {"A": ["first", "third"], "B": ["second"]}


def test_an_outcome_for_the_first_places_bars_too(tmp_path) -> None:
    scheme = base_scheme(
        outcomes=[
            outcome("praise", total={"at_least": 90}),
            outcome("prize", place={"top": 1}, bars=["praise"]),
        ]
    )
    result = scored(tmp_path, scheme, {"A": late(0), "B": late(1), "C": late(20)})
    assert {u.unit: [o.id for o in u.outcomes] for u in result.units} == {"A": ["prize"], "B": ["praise"], "C": []}


def test_an_undecided_outcome_leaves_undecided_what_it_would_bar_and_says_so(tmp_path) -> None:
    scheme = base_scheme(
        outcomes=[
            outcome("prize", place={"top": 1}, bars=["praise"]),
            outcome("praise", total={"at_least": 90}),
        ]
    )
    result = scored(tmp_path, scheme, {"A": late(3), "B": late(3)})
    assert {u.unit: [(o.id, o.decided) for o in u.outcomes] for u in result.units} == {
        name: [("prize", False), ("praise", False)] for name in "AB"
    }


def test_who_may_be_barred_leaves_undecided_who_moves_up(tmp_path) -> None:
    scheme = base_scheme(
        outcomes=[
            outcome("last", place={"bottom": 1}, bars=["honour"]),
            outcome("honour", place={"top": 3}, fills_up=True),
        ]
    )
    result = scored(tmp_path, scheme, {"A": late(0), "B": late(1), "C": late(9), "D": late(9)})
    honoured = {u.unit: [o.decided for o in u.outcomes if o.id == "honour"] for u in result.units}
    assert honoured == {"A": [True], "B": [True], "C": [False], "D": [False]}


def test_an_outcome_that_puts_units_last_is_not_to_be_barred(tmp_path) -> None:
    scheme = base_scheme(
        outcomes=[
            outcome("bar", total={"at_least": 90}, bars=["last"]),
            outcome("last", quantity={"of": "grave", "at_least": 1}, forces_last=True),
        ]
    )
    with pytest.raises(InputError, match="found last, which puts units last before any outcome is looked at"):
        scored(tmp_path, scheme, {"A": late(0)})
