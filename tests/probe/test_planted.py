"""The planted winter under the tests: every plant is found by the test that should see it, at the unit that did it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from auditlib.core.period import Period
from auditlib.ledger.demonstration.planted import AFTER, BEFORE, LIST, MONTH, PLANTS
from auditlib.ledger.read import read_ledger
from auditlib.probe.families import Line
from auditlib.probe.probe import probe
from auditlib.probe.settings import Settings
from auditlib.restate.restatement import Restated, restate
from auditlib.scoring.assess import resolve_scheme

SEEN = {plant.name: plant for plant in PLANTS if not plant.test.startswith("restate")}
JANUARY = Period.parse(MONTH)


def probed(folder: Path) -> list[Line]:
    """The lines with a signal."""
    found = probe(read_ledger(folder), Settings(), resolve_scheme("s22-heating", JANUARY), JANUARY)
    return [line for line in found.lines if line.state in ("signal", "strong")]


@pytest.fixture(scope="module")
def after(planted: Path) -> list[Line]:
    return probed(planted / AFTER)


@pytest.fixture(scope="module")
def restated(planted: Path) -> Restated:
    return restate(*(read_ledger(planted / name) for name in (BEFORE, AFTER)))


def listed(folder: Path, plant: str) -> list[dict[str, str]]:
    rows = csv.DictReader((folder / LIST).read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row["plant"] == plant]


@pytest.mark.parametrize("plant", SEEN)
def test_every_plant_is_found_where_it_was_planted(planted: Path, after: list[Line], plant: str) -> None:
    known = SEEN[plant]
    lines = [line for line in after if (line.test, line.unit) == (known.test, known.unit)]
    assert lines, plant
    named = {case for line in lines for case in line.observed.cases}
    if named:  # tests of counts alone name no cases
        own = {row["case_id"] for row in listed(planted, plant)}
        if plant == "registered_anew":  # named are the cases before, listed the new ones
            assert len(named) >= len(own) - 4
        else:
            assert len(named & own) >= 0.7 * len(named)


@pytest.mark.long
def test_before_the_plants_one_unit_had_signals_and_nobody_else_has_one_afterwards(
    planted: Path, after: list[Line]
) -> None:
    """D07 broke down in the cold snap: late and unrated go together, and its problems came back, as the winter is."""
    honest = {(line.test, line.unit) for line in probed(planted / BEFORE)}
    assert honest == {("nonresponse", "D07"), ("reregistered", "D07")}
    units = {plant.unit for plant in PLANTS}
    others = {(line.test, line.unit) for line in after} - honest
    assert {unit for _, unit in others} <= units | {"丙处"}
    assert {test for test, _ in others} <= {plant.test for plant in SEEN.values()} | {"terminal_digit"}


def test_what_was_rewritten_taken_away_and_put_in_stands_in_the_restatement(planted: Path, restated: Restated) -> None:
    rows = restated.found.rows.filter(register="cases")
    found = dict(rows.select("key", "class").iter_rows())
    removed = {row["case_id"] for row in listed(planted, "removed")}
    assert {key for key, kind in found.items() if kind == "removed"} == removed
    added = {row["case_id"] for row in listed(planted, "registered_anew")}
    assert {key for key, kind in found.items() if kind == "inserted"} <= added
    for plant in ("shaved", "reclassified", "rounded"):
        touched = {row["case_id"] for row in listed(planted, plant)}
        assert {found[case] for case in touched} == {"rewritten"}
    rewritten = {key for key, kind in found.items() if kind == "rewritten"}
    assert rewritten <= {row["case_id"] for plant in PLANTS for row in listed(planted, plant.name)}
    assert restated.found.unbalanced.is_empty()
