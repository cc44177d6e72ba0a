"""Standings: what equal units lose, who decides it, and units whose group no table names."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from small_scheme import late, scored, standing_scheme

from auditlib.core.message import told
from auditlib.scoring.result import Result

# Shares late: B 0.8 and C 0.8 of five cases, D 0.1 of ten. Places 1 and 2 cost 10 and 9, all others 1.
B, D = [*late(4), "按"], [*late(1), *["按"] * 9]


def points(result: Result) -> dict[str, Fraction | None]:
    return {unit.unit: unit.indicator("volume").points for unit in result.units}


def standings(
    folder: Path, still_equal: str, cases: dict[str, list[str]], groups: dict[str, str] | None = None
) -> Result:
    return scored(folder, standing_scheme("mean", still_equal), cases, groups)


@pytest.mark.parametrize(
    ("still_equal", "each"), [("undecided", None), ("first", 0), ("mean", 10 - Fraction(10 + 9, 2))]
)
def test_equal_units_at_places_that_cost_different_points_lose_what_is_declared(tmp_path, still_equal, each) -> None:
    found = standings(tmp_path, still_equal, {"B": B, "C": B, "D": D})
    assert points(found) == {"B": each, "C": each, "D": 10}


@pytest.mark.parametrize(("still_equal", "each"), [("undecided", None), ("first", 1), ("mean", 5)])
def test_the_places_of_equal_units_begin_behind_those_that_are_higher(tmp_path, still_equal, each) -> None:
    """A alone is first; B and C have places 2 and 3, which cost 9 and 1."""
    found = standings(tmp_path, still_equal, {"A": [*late(9), "按"], "B": B, "C": B, "D": D, "E": D})
    assert points(found) == {"A": 0, "B": each, "C": each, "D": 10, "E": 10}


@pytest.mark.parametrize("still_equal", ["undecided", "first", "mean"])
def test_places_that_cost_the_same_need_no_decision(tmp_path, still_equal) -> None:
    """Places 3, 4 and 5 cost 1 each; units at or under the average lose nothing, equal or not."""
    above = {"A": [*late(10)], "B": [*late(19), "按"], "C": B, "E": B, "F": B}
    found = standings(tmp_path, still_equal, above | {"D": D, "G": D, "H": D, "I": D, "J": D})
    assert points(found) == {"A": 0, "B": 1, "C": 9, "E": 9, "F": 9} | dict.fromkeys("DGHIJ", 10)


@pytest.mark.parametrize("still_equal", ["undecided", "first", "mean"])
def test_the_greater_number_decides_before_anything_is_undecided(tmp_path, still_equal) -> None:
    found = standings(tmp_path, still_equal, {"B": B, "C": B * 2, "D": D})
    assert points(found) == {"C": 0, "B": 1, "D": 10}


def test_who_is_equal_is_named_at_the_line_and_the_item_waits(tmp_path) -> None:
    found = standings(tmp_path, "undecided", {"B": B, "C": B, "D": D})
    volume = found.unit("B").indicator("volume")
    (line,) = volume.lines
    assert (volume.status, line.points, line.undecided_with) == ("needs_input", None, ("C",))
    assert told(line.reason, "en") == (
        "equal with C in index and number: nobody can say who stands at place 1 and who at 2"
    )  # fmt: skip
    assert found.unit("B").complete is False
    assert found.unit("D").complete is True


def test_of_three_equal_units_each_names_the_two_others_and_the_last_of_their_places(tmp_path) -> None:
    found = standings(tmp_path, "undecided", {"A": [*late(9), "按"], "B": B, "C": B, "E": B, "D": D, "F": D})
    (line,) = found.unit("C").indicator("volume").lines
    assert line.undecided_with == ("B", "E")
    assert "at place 2 and who at 4" in told(line.reason, "en")


@pytest.mark.parametrize(
    ("group", "reason", "near"),
    [
        ("组一", "the scheme ranks no group 组一; it ranks by 组", "; is 组 meant?"),
        ("别的", "the scheme ranks no group 别的; it ranks by 组", ""),
        ("", "the register of units gives no group; the scheme ranks by 组", ""),
    ],
)  # fmt: skip
def test_a_unit_of_no_group_that_has_a_table_waits_for_it_and_is_told(tmp_path, group, reason, near) -> None:
    found = standings(tmp_path, "first", {"A": late(9), "B": B, "D": D}, {"A": group})
    volume = found.unit("A").indicator("volume")
    assert (volume.status, volume.points) == ("needs_input", None)
    assert [told(line.reason, "en") for line in volume.lines] == [reason]
    assert [str(one.message) for one in found.noticed("unknown_group")] == [f"A: {reason}{near}"]


def test_units_of_another_group_count_neither_in_the_average_nor_in_the_places(tmp_path) -> None:
    """With A, late in all its cases, the average of A, B and D would be 0.63 and B second."""
    found = standings(tmp_path, "first", {"A": late(9), "B": B, "D": D}, {"A": "别的"})
    assert points(found) == {"A": None, "B": 0, "D": 10}
    assert not standings(tmp_path, "first", {"A": late(9), "B": B, "D": D}).noticed("unknown_group")


def test_a_unit_without_anything_to_assess_has_no_place_and_takes_none(tmp_path) -> None:
    found = standings(tmp_path, "undecided", {"A": [], "B": B, "D": D})
    assert points(found) == {"A": None, "B": 0, "D": 10}
    assert found.unit("A").indicator("volume").status == "not_assessable"
