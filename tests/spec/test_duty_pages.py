"""Every worked example of a duty of a committed scheme, under its own readings and the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from duty_examples import Page, compared, left_out, variants_of
from spec_pages import SCHEMES, pages

from auditlib.scheme.load import load_scheme


def pages_of_duties() -> Iterator[Page]:
    for file, page in pages():
        if page.get("judged") == "duties":
            yield SCHEMES / f"{file.parent.name}.yaml", page


@pytest.mark.parametrize(("page", "example", "variant", "scheme"), list(variants_of(pages_of_duties())))
def test_worked_example_of_a_duty(page: Any, example: Any, variant: Any, scheme: Path, tmp_path: Path) -> None:
    compared(page, example, variant, scheme, tmp_path)


def test_every_example_of_the_sources_that_is_a_duty_is_a_worked_example(shared_data: Path) -> None:
    known = shared_data.parent / "duties" / "examples.json"
    if not known.exists():
        pytest.skip(f"the examples of duties are not at {known}")
    assert left_out(pages_of_duties(), json.loads(known.read_text(encoding="utf-8"))) == set()


def test_grounds_that_a_source_prints_for_every_rung_stand_beside_each() -> None:
    """S29 三第七条 and 第八条 follow the three rungs of 第六条 and single none out: three grounds each way."""
    rungs = load_scheme(SCHEMES / "s29-three-systems.yaml").natural.outcomes
    grounds = [("graver", f"三第七条{n}") for n in "一二三"] + [("milder", f"三第八条{n}") for n in "一二三"]
    assert [rung.id for rung in rungs] == ["rung_1", "rung_2", "rung_3"]
    assert [[(one.towards, one.clause) for one in rung.weighs] for rung in rungs] == [grounds] * 3
