"""Every recipe of the cookbook, scored as a user would score it: what its page says comes out does come out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from auditlib.proofs.check import check_scheme
from auditlib.scoring.result import Result
from handbook.cookbook import Expected, Recipe, Scored, recipes
from handbook.places import COOKBOOK
from handbook.recipe_pages import recipe_pages

RECIPES = recipes()
each_recipe = pytest.mark.parametrize("name", RECIPES)


def ways(recipe: Recipe) -> Iterator[tuple[dict[str, str], dict[str, str], dict[str, Expected]]]:
    """The scheme's own readings and no supplied gap, and what the recipe has besides."""
    yield {}, {}, recipe.expect
    for other in recipe.otherwise:
        yield other.reading, other.supplied, other.expect


@each_recipe
def test_a_recipe_gives_what_it_says_and_a_wrong_number_is_noticed(name: str, tmp_path: Path) -> None:
    """A recipe that expected anything else would fail."""
    recipe = RECIPES[name]
    for number, (readings, supplied, expect) in enumerate(ways(recipe)):
        folder = tmp_path / str(number)
        folder.mkdir()
        _, result = Scored(recipe, folder).result(readings, supplied)
        for unit, expected in expect.items():
            assert found(result, unit, expected) == expected.model_dump(include=expected.model_fields_set), unit
            spoilt = expected.model_copy(update={"total": "-987"})
            spoilt.model_fields_set.add("total")
            assert found(result, unit, spoilt) != spoilt.model_dump(include=spoilt.model_fields_set)


def found(result: Result, name: str, expected: Expected) -> dict[str, Any]:
    """What a unit got, of what a recipe speaks of."""
    unit = result.unit(name)
    lines = [line for indicator in unit.indicators for line in indicator.lines]
    of_rule = {
        rule: [line.points for line in lines if line.rule == rule and line.points is not None]
        for rule in expected.lines
    }
    every = {
        "points": {key: result.text(unit.indicator(key).points) for key in expected.points},
        "lines": {key: result.text(sum(points, Fraction(0))) if points else None for key, points in of_rule.items()},
        "total": result.text(unit.total),
        "rank": unit.rank,
        "outcomes": tuple(one.id for one in unit.outcomes if one.decided),
        "undecided": tuple(one.id for one in unit.outcomes if not one.decided),
        "status": {key: unit.indicator(key).status for key in expected.status},
        "met": {key: unit.indicator(key).met for key in expected.met},
        "rates": {key: result.text(unit.rates[key]) for key in expected.rates},
        "amounts": {key: amount(result, name, key) for key in expected.amounts},
    }
    return {key: every[key] for key in expected.model_fields_set}


def amount(result: Result, unit: str, key: str) -> str | None:
    amounts = [one.amounts[key] for one in result.unit(unit).outcomes if key in one.amounts]
    return result.text(amounts[0]) if amounts else None


@each_recipe
def test_a_recipe_has_no_fault_that_check_can_prove(name: str, tmp_path: Path) -> None:
    Scored(RECIPES[name], tmp_path).scheme_file()
    assert check_scheme(tmp_path / "recipe.yaml").clean


def test_there_are_forty_recipes_and_their_names_are_numbers_and_words() -> None:
    assert len(RECIPES) >= 40
    assert [int(name[:2]) for name in RECIPES] == list(range(1, len(RECIPES) + 1))
    assert all(re.fullmatch(r"\d\d(-[a-z0-9]+)+", name) for name in RECIPES)


def test_the_clauses_of_the_survey_that_recipes_name_are_there(shared_data: Path) -> None:
    file = shared_data.parent / "vocabulary" / "survey.json"
    if not file.exists():
        pytest.skip(f"the survey of published rules is not at {file}")
    known = {clause["id"] for one in json.loads(file.read_text(encoding="utf-8"))["sets"] for clause in one["clauses"]}
    assert {recipe.survey for recipe in RECIPES.values() if recipe.survey} <= known


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_recipe_has_a_page_with_its_sentence_its_scheme_and_its_arithmetic(language: Any) -> None:
    pages = recipe_pages(language)
    for name, recipe in RECIPES.items():
        page = pages[f"cookbook/{name}"]
        assert recipe.sentence(language) in page
        assert recipe.note(language) in page
        assert "\n".join((COOKBOOK / f"{name}.yaml").read_text(encoding="utf-8").split("\n")[1:2]) not in page
        assert f"({name}.md)" in pages["cookbook/index"]
