"""The random ledgers reach the states that schemes leave open: without them, agreement with a twin says little."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
from typing import Any

import ledgers_s09
import ledgers_s12
import ledgers_s22
import pytest
import twin_s09
import twin_s12
import twin_s22
from hypothesis import Phase, find, settings
from hypothesis.errors import HypothesisWarning, NoSuchExample
from random_ledgers import DAY, Assessment

Units = dict[str, dict[str, Any]]
Reached = Callable[[Assessment, Units], bool]

a_few = settings(max_examples=3000, phases=[Phase.generate], database=None, deadline=None)


def not_reached(
    strategy: Any,
    computed: Callable[[Assessment], Units],
    states: dict[str, Reached],
    few: settings = a_few,
    seed: int = 1,
) -> list[str]:
    """The states that no ledger of the strategy comes to, of so many; it stops when all of them were reached."""
    left = dict(states)

    def look(drawn: Assessment) -> bool:
        units = computed(drawn)
        for state in [state for state, reached in left.items() if reached(drawn, units)]:
            del left[state]
        return not left

    with suppress(NoSuchExample), warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)  # a ledger is a large example, and is not printed here
        find(strategy, look, settings=few, random=random.Random(seed))
    return list(left)


def pairs(units: Units) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every two units of a group that have a total."""
    scored = [unit for unit in units.values() if unit["total"] is not None]
    return [(one, other) for one in scored for other in scored if one is not other and one["group"] == other["group"]]


def ranked(units: Units) -> list[dict[str, Any]]:
    return [unit for unit in units.values() if unit["rank"] is not None]


# --- s22-heating ---


def heating(drawn: Assessment) -> Units:
    return twin_s22.scored(drawn.registers, drawn.period, drawn.as_of, drawn.taken, drawn.readings, drawn.supplied)


def repeats_by(drawn: Assessment, window: str) -> list[Any]:
    found = twin_s22.scored(
        drawn.registers, drawn.period, drawn.as_of, drawn.taken, drawn.readings | {"repeat_window": window}, {}
    )
    return [unit["indicators"]["repeat_rate"]["points"] for unit in found.values()]


def same_person_later(drawn: Assessment, days: int) -> bool:
    """A complaint of a person so many days after an earlier one about the same, at a later time of day."""
    complaints = [
        row for row in drawn.registers.get("cases", []) if row["kind"] in ("投诉", "复杂") and row["person_key"]
    ]
    return any(
        one["problem_key"] and one["person_key"] == other["person_key"] and one["problem_key"] == other["problem_key"]
        and (other["received_at"].date() - one["received_at"].date()).days == days
        and days * DAY < other["received_at"] - one["received_at"] < days * DAY + timedelta(hours=24)
        for one in complaints
        for other in complaints
    )  # fmt: skip


HEATING: dict[str, Reached] = {
    "different full marks in a group": lambda _, units: any(a["total_of"] != b["total_of"] for a, b in pairs(units)),
    "equal shares of different full marks": lambda drawn, units: (
        drawn.readings["different_maxima"] == "by_share"
        and any(a["total_of"] != b["total_of"] and b["unit"] in a["tie"] for a, b in pairs(units))
    ),
    "a greater total that is the lesser share": lambda drawn, units: (
        drawn.readings["different_maxima"] == "by_share"
        and any(a["total"] > b["total"] and a["rank"] > b["rank"] for a, b in pairs(units))
    ),
    "two ranked apart": lambda _, units: any(unit["apart"] and unit["rivals"] for unit in units.values()),
    "a group without ranks": lambda drawn, units: (
        drawn.readings["different_maxima"] == "undecided" and bool(pairs(units)) and not ranked(units)
    ),
    "one of several not ranked": lambda drawn, units: (
        drawn.readings["different_maxima"] == "unranked"
        and any(a["rank"] is None and b["rank"] is not None for a, b in pairs(units))
    ),
    "a repeat on the thirtieth day, later in the day": lambda drawn, _: same_person_later(drawn, 30),
    "a repeat that the hours do not count and the days do": lambda drawn, _: (
        repeats_by(drawn, "hours") != repeats_by(drawn, "calendar_days")
    ),
}


@pytest.mark.long
def test_the_ledgers_of_the_heating_company_reach_each_of_these() -> None:
    assert not_reached(ledgers_s22.assessments(), heating, HEATING) == []


# --- s09-chengde-12315 ---


def stations(drawn: Assessment) -> Units:
    return twin_s09.scored(drawn.registers, drawn.period, drawn.as_of, drawn.taken, drawn.readings, drawn.supplied)


STATIONS: dict[str, Reached] = {
    "two ranked apart": HEATING["two ranked apart"],
    "a group without ranks": lambda drawn, units: (
        drawn.readings["assessed_otherwise"] == "undecided" and bool(pairs(units)) and not ranked(units)
    ),
    "one of several not ranked": lambda _, units: any(
        a["rank"] is None and b["rank"] is not None for a, b in pairs(units)
    ),
    "nobody assessed on all that others were": lambda drawn, units: (
        drawn.readings["assessed_otherwise"] == "unranked" and bool(pairs(units)) and not ranked(units)
    ),
    "units alike ranked": lambda _, units: any(a["rank"] and a["rank"] < (b["rank"] or 0) for a, b in pairs(units)),
}


@pytest.mark.long
@pytest.mark.parametrize("yearly", [False, True])
def test_the_ledgers_of_the_stations_reach_each_of_these(yearly: bool) -> None:
    assert not_reached(ledgers_s09.assessments(yearly=yearly), stations, STATIONS) == []


# --- s12-jiangsu-insurance ---


def insurers(drawn: Assessment) -> Units:
    facts = [row | {"value": Fraction(row["value"])} for row in drawn.registers["unit_facts"]]
    registers = drawn.registers | {"unit_facts": facts}
    bonus = Fraction(drawn.supplied["third_bonus"]) if drawn.supplied else None
    return twin_s12.score(registers, drawn.period, drawn.as_of, drawn.taken, drawn.readings, bonus)


def volumes(units: Units) -> list[dict[str, Any]]:
    return [unit["indicators"]["volume"] for unit in units.values()]


def put_last(units: Units) -> list[dict[str, Any]]:
    return [u for u in ranked(units) if {"last_by_petition", "last_by_exposure"} & u["outcomes"].keys()]


def facts_of(drawn: Assessment, unit: dict[str, Any]) -> list[Any]:
    rows = drawn.registers["unit_facts"]
    return [Fraction(r["value"]) for r in rows if r["unit"] == unit["unit"] and r["period"] == drawn.period]


INSURERS: dict[str, Reached] = {
    "a place that nobody can decide": lambda _, units: any(
        volume["status"] == "needs_input" and any(volume["lines"].values()) for volume in volumes(units)
    ),
    "the mean of several places": lambda _, units: any(
        (points or Fraction(0)).denominator > 1 for volume in volumes(units) for points in volume["lines"].values()
    ),
    "two that share the first of their places": lambda drawn, units: (
        drawn.readings["volume_still_equal"] == "first"
        and any(len([v for v in volumes(units) if v["lines"]["calls"] == -n]) > 1 for n in (15, 10))
    ),
    "several put last, their order undecided": lambda drawn, units: (
        drawn.readings["several_last"] == "undecided" and any(len(unit["tie"]) > 1 for unit in put_last(units))
    ),
    "several put last in the order of their totals": lambda drawn, units: (
        drawn.readings["several_last"] == "by_total" and len({unit["rank"] for unit in put_last(units)}) > 1
    ),
    "more than three put last and criticised": lambda drawn, units: (
        len([unit for unit in put_last(units) if unit["outcomes"].get("criticised")]) > 3
    ),
    "a mistyped group": lambda _, units: any(
        unit["group"] == "寿" and unit["indicators"]["volume"]["status"] == "needs_input" for unit in units.values()
    ),
    "an empty group": lambda _, units: any(
        unit["group"] is None and unit["indicators"]["volume"]["status"] == "needs_input" for unit in units.values()
    ),
    "a fact of nothing, not assessable": lambda drawn, units: any(
        Fraction(0) in facts_of(drawn, unit) and unit["indicators"]["volume"]["status"] == "not_assessable"
        for unit in units.values()
    ),
    "a fact of nothing, and the other term": lambda drawn, units: any(
        Fraction(0) in facts_of(drawn, unit) and unit["indicators"]["volume"]["points"] not in (None, 30)
        for unit in units.values()
    ),
    "a place among the first that a waiting company leaves open": lambda _, units: any(
        unit["outcomes"].get("advanced") is False and not unit["tie"] for unit in ranked(units)
    ),
    "a place among the last that a waiting company leaves open": lambda _, units: any(
        unit["outcomes"].get("criticised") is False and not unit["tie"] for unit in ranked(units)
    ),
    "a company of which only incidents are known, and that waits": lambda drawn, units: any(
        unit["outcomes"] and not facts_of(drawn, unit) and unit["indicators"]["routine"]["points"] is not None
        and all(row["unit"] != unit["unit"] for row in drawn.registers.get("cases", []))
        for unit in units.values()
    ) and any(unit["outcomes"].get("criticised") is False for unit in units.values()),
    "a company without volume that is put last": lambda _, units: any(
        unit["rank"] is None and "last_by_petition" in unit["outcomes"] for unit in units.values()
    ),
}  # fmt: skip


@pytest.mark.long
def test_the_ledgers_of_the_insurers_reach_each_of_these() -> None:
    assert not_reached(ledgers_s12.assessments(), insurers, INSURERS, seed=2) == []


@pytest.mark.long
def test_what_no_ledger_comes_to_is_named() -> None:
    """The control: a state that there is not, beside one that there is."""
    never = {"a mistyped group": INSURERS["a mistyped group"], "a rank below the first": lambda _, __: False}
    few = settings(a_few, max_examples=30)
    assert not_reached(ledgers_s12.assessments(), insurers, never, few) == ["a rank below the first"]
